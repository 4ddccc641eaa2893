/* One cell as JSON: all that is known of it, and what it was asked to be. Private to this folder. */
#pragma once

#include "results/figures.h"

/* Returns the object of cell i, a new reference. figures are those of all cells, because a cell refers to its
 * baseline; resampled medians may be added to them. */
json_t *cell_json(const Results *results, Figures *figures, size_t i);

/* Returns {runtime, mode, lock, tasks, cpus, params} of any cell, a new reference; what it lacks is null. */
json_t *identity_json(const ResultCell *cell);
