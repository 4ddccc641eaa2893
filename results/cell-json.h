/* One cell as JSON: all that is known of it, and what it was asked to be. Private to this folder. */
#pragma once

#include "results/figures.h"

/* Returns the object of cell i, a new reference. figures are those of all cells, because a cell refers to its
 * baseline; resampled medians may be added to them. The status and reason of the run (which may be NULL)
 * decide what an incomplete cell says of itself. */
json_t *cell_json(
    const Results *results, Figures *figures, size_t i, ResultStatus run_status, const char *run_reason);

/* Returns {runtime, mode, lock, tasks, cpus, params} of any cell, a new reference; what it lacks is null. */
json_t *identity_json(const ResultCell *cell);
