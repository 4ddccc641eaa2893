/* What tells the cells of a run apart, and what they all have in common; private to this folder. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "results/layout.h"

/* Returns the value that a cell has for a name: runtime, mode, lock, tasks, cpus or one of its parameters.
 * Borrowed; NULL if it has none. */
const json_t *view_value(const json_t *cell, const char *name);

/* Returns the names whose values differ between cells, or do not, in their usual order: an array, a new
 * reference. The mode is always among those that differ: no row is without a name. */
json_t *view_names(const json_t *cells, bool varying);

/* Returns "threads lock=gil tasks=2", which names one cell among the others; the caller frees it. */
char *view_label(const json_t *cell, const json_t *varying);

/* Adds the columns that say which cell a row is about. */
void view_add_columns(Layout *layout, const json_t *cells, const json_t *varying);
