/* The parameters that every experiment has: one table row each. */
#pragma once

#include <jansson.h>

#include "plan/plan.h"

/* Returns the descriptions (see plan/param.h) of the common parameters with the ranges and defaults in
 * force, a new array. Choices come from the runtimes' catalogs. */
json_t *common_parameters(const json_t *catalogs, const PlanLimits *limits);

/* Replaces the zeros of *limits by the table's own values. */
PlanLimits common_limits(const PlanLimits *limits);
