/* How long a request will run and how much memory it will need, before it does: the catalog says what one
 * task costs, and mode and lock say how many of them run at once. A guess to refuse the hopeless and to tell
 * people how long they wait; a timeout ends what it got wrong. */
#pragma once

#include "base/nsec.h"
#include "catalog/catalog.h"

/* Returns the estimate for one repetition of a cell, in nanoseconds, with the fork and the report around it.
 * It is at most 10^18 instead of overflowing. The cell must be complete: runtime, experiment, mode and lock
 * are not NULL. */
nsec_t estimate_cell(const CellSpec *cell);

/* Returns the bytes of memory that a cell needs at once; 0 if the experiment says nothing of it. A double,
 * because the product of what a request may hold does not fit into 64 bits. */
double estimate_memory(const CellSpec *cell);

/* Returns the parameter of the experiment that makes the largest part of it so large: the one that is
 * furthest above its default. NULL if that is the number of tasks. Borrowed. */
const char *estimate_memory_cause(const CellSpec *cell);
