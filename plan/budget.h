/* What a request may cost as a whole: the tasks of all its cells, the memory of its largest cell, and its
 * time. Nothing of it is measured here: the catalog says what things cost, see plan/estimate.h.
 *
 * A size that nobody gave is one at which a single cell runs for a good time. Where the grid is so large that
 * it would take too long, a smaller size does: less exact, but there. */
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

/* Makes the sizes that nobody gave smaller, in values and cells, if the estimate is over the limit: to the
 * largest in steps of 1, 2, 5 that leaves some margin, and at least a tenth. Returns the estimate then, which
 * may still be over the limit. */
nsec_t budget_fit(const Asked *asked);

/* Adds to the problem what is over its limit. estimate is what budget_fit() returned. */
void budget_check(const Asked *asked, nsec_t estimate, Problem *problem);
