/* A run in a few words: what lists and the class board show of it. */
#pragma once

#include <jansson.h>

#include "results/cell.h"

/* Takes a run and the path of the figure that its experiment is about ("metrics.lost_updates"; NULL: the wall
 * time). Returns a new object:
 *
 *     { "reason": only if there is one, "queued_ns", "duration_ns", "n_cells", "noisy",
 *       "headline": null or
 *           { "text": "threads took 1.98 times the serial time", "value": 1.98, "unit": "ratio" } }
 *
 * The headline of a run about time is the ratio to serial that is farthest from 1, else the median of its
 * first cell; of any other the largest figure. */
json_t *summary_make(const ResultRun *run, const char *headline);
