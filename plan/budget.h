/* What a request may cost as a whole: the tasks of all its cells, the memory of its largest cell, and its
 * time. Nothing of it is measured here: the catalog says what things cost, see plan/estimate.h. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/nsec.h"
#include "base/problem.h"
#include "plan/plan.h"

/* A request whose parameters are right. All is borrowed. */
typedef struct Asked {
    const json_t *catalogs;
    const char *experiment;
    const json_t *given; /* as in plan_make() */
    const PlanLimits *limits;
    json_t *values; /* of all parameters */
    json_t *cells;  /* as in Plan */
} Asked;

/* How often each cell runs: with its warm-up, and once more for a timeline. */
int64_t budget_rounds(const json_t *values);

/* Returns the estimate of the running time. */
nsec_t budget_estimate(const Asked *asked);

/* Adds to the problem what is over its limit. estimate is what budget_estimate() returned. */
void budget_check(const Asked *asked, nsec_t estimate, Problem *problem);
