/* What a request may cost as a whole: the tasks of all its cells, the memory of its largest cell, and its
 * time. Nothing of it is measured here: the catalog says what things cost, see plan/estimate.h.
 *
 * A size that nobody gave is one at which a single cell runs for a good time. Where the grid is so large that
 * it would take too long, a smaller size does: less exact, but there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "base/problem.h"
#include "plan/asked.h"

/* The parameter that says how many tasks there are: "tasks", unless the experiment derives their number from
 * one of its own. A complaint about too many tasks must name what the client can change. */
const char *budget_tasks_parameter(const Asked *asked);

/* What all cells and all their repetitions should take, in nanoseconds; saturates at 10^18. And whether a run
 * may take so long. */
nsec_t budget_estimate(const Asked *asked);
bool budget_allows(const Asked *asked, nsec_t estimate);

/* Milliseconds that the estimate of a request may be. */
int64_t budget_most_ms(const Asked *asked);

/* Makes the sizes that nobody gave smaller, in values and cells, if the estimate is over the limit: to the
 * largest in steps of 1, 2, 5 that leaves some margin, and at least a tenth. Returns the estimate then, which
 * may still be over the limit. */
nsec_t budget_fit(const Asked *asked);

/* Adds to the problem what is over its limit. estimate is what budget_fit() returned. All limits are asked,
 * so that a request that is too large in two ways hears of both at once. */
void budget_check(const Asked *asked, nsec_t estimate, Problem *problem);
