/* What a comparison is put together from; private to this folder. */
#pragma once

#include <jansson.h>

/* Returns {runtime, mode, lock, tasks, cpus, params} of a cell, a new reference; what it lacks is null.
 * Parameters whose names are keys of skipped, which may be NULL, are left out. */
json_t *compare_identity(const json_t *cell, const json_t *skipped);

/* Returns an index of cells by what they are, without the skipped parameters: a new object of arrays of
 * positions, the first cell's last in its array. */
json_t *compare_index(const json_t *cells, const json_t *skipped);

/* Returns the positions of the cells that are what this one is. Borrowed; NULL if there are none. */
json_t *compare_find(const json_t *index, const json_t *cell, const json_t *skipped);

/* Sets "cells", "only_baseline" and "only_candidate" of the comparison. Of cells that are there twice, the
 * first is held against the first, the second against the second. */
void compare_set_cells(json_t *comparison, const json_t *baseline, const json_t *candidate);

/* Returns what stands against the comparison, in words; a new array. Needs what compare_set_cells() set. */
json_t *compare_warnings(const json_t *comparison, const json_t *baseline, const json_t *candidate);
