/* Which answer to a question came out of a run (see catalog/questions.h).
 *
 * Nothing more is said than the figures bear: an answer came out only if the whole interval of the figure
 * lies in its range. The figure is that of the one cell of the run that is what the question says; where
 * there is none or where there are several, nothing is told. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "catalog/questions.h"
#include "results/results.h"

/* Returns what came out for each question about the run's experiment, a new object by the id of the question:
 *
 *     {"countdown": {"outcome": "same", "reason": null},
 *      "two-threads": {"outcome": null, "reason": "what was measured lies between ...", "possible": ["same",
 * "longer"]}, "half-or-more": {"outcome": null, "reason": "the run has 2 cells that the question may be
 * about"}}
 *
 * possible is there where the interval is known and lies in the ranges of several answers, or beside all of
 * them: of the others it is certain that they did not come out.
 *
 * status is the run's: unless it is done, no answer came out. questions may be NULL. Takes about as long as
 * results_run() without its words, so it is called off the loop, too. */
json_t *results_outcomes(const Results *results, const char *status, const Questions *questions);

/* Whether the figure of an answer is one that can be looked up at all. */
bool outcome_knows_figure(const char *figure);
