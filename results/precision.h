/* When a run with precision=P has repetitions enough; private to this folder, see results_precision().
 *
 * The rounds of a run (a repetition of every cell) go on until every ratio is known within P per cent on
 * either side. Three things keep that honest and cheap:
 *
 * - The interval is that of the answer, by the same code and the same draws, so what stopped a run is what it
 *   says.
 * - It is looked at seldom: after `repeat` rounds, 10 at the least, and then each time a quarter more have
 *   come. An interval of few values is narrow by luck now and then, and a rule that looks after every round
 *   waits for just that moment. docs/measuring.md has the figures.
 * - A look goes cell by cell, and ends at the first that is too wide. The one that was too wide last time is
 *   asked first. So nearly every look costs one cell, and a server can do something else between two.
 *
 * Cells that failed are left out, and so are those that are compared with nothing. A cell without a baseline
 * cell that is held against one task of its mode (results/scaling.h) has its speed-up for a ratio. Where no
 * cell has either, the interval of each median is held against the median itself. */
#pragma once

#include <jansson.h>

#include "results/cell.h"
#include "results/figures.h"

/* Before so many rounds there is no look: an interval of fewer is narrow by luck too often. */
#define PRECISION_LEAST_ROUNDS 10

/* Reads what the request says of it. */
void precision_begin(Precision *precision, const json_t *request, size_t repeat);

/* Whether rounds beyond the least may still come. */
static inline bool precision_is_open(const Results *results)
{
    return results->precision.asked > 0 && !results->precision.stopped_by;
}

/* Returns the run's "precision": null if none was asked, else {asked, reached, of, rounds, stopped_by}. */
json_t *precision_json(const Results *results, Figures *figures, ResultStatus status, const char *stopped_by);

/* Returns how many rounds it should take until all that count are within one per cent, by their intervals
 * now; 0 where there are none. */
double precision_rounds(const Results *results, Figures *figures);
