/* The parameters that every experiment has: one table row each. */
#pragma once

#include <jansson.h>

#include "plan/plan.h"

/* Returns the descriptions (see plan/param.h) of the common parameters with the ranges and defaults in
 * force, a new array. Choices come from the runtimes' catalogs; the range of tasks is the experiment's, or
 * the widest of all if experiment (an entry of a catalog) is NULL. */
json_t *common_parameters(const json_t *catalogs, const PlanLimits *limits, const json_t *experiment);

/* Replaces the zeros of *limits by the table's own values, and by what the runtimes say of this machine:
 * max_memory_bytes stays 0 if none of them knows, and then there is no such limit. */
PlanLimits common_limits(const json_t *catalogs, const PlanLimits *limits);
