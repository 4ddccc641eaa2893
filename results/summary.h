/* A run in a few words: what lists and the class board show of it. */
#pragma once

#include <jansson.h>

#include "results/cell.h"

/* Takes a run as results_run() makes it. Returns a new object:
 *
 *     { "reason": only if there is one, "queued_ns", "duration_ns", "n_cells", "noisy",
 *       "headline": the one of the run, see results/headline.h; null if it has none } */
json_t *summary_make(const ResultRun *run);
