/* How long a request will run and how much memory it will need, before it does: the catalog says what one
 * task costs, the mode and the lock say how many of them run at once. A guess to refuse the hopeless and to
 * tell people how long they wait; a timeout ends what it got wrong.
 *
 * A term of time is {kind, ns, times}, a term of memory {per, bytes, times}: so many nanoseconds or
 * bytes times the values of the parameters named in times. kind is cpu or wait. per is task, or cell for what
 * is needed once for all. A term with only_if {"name": value} counts only where the parameter has that value,
 * or the cell's mode or lock that fact: {"mode.one_loop": true}. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/nsec.h"

/* Estimate for one repetition of a cell; catalog is the runtime's and experiment its entry, exclusive whether
 * its lock lets only one in at a time. Saturates instead of overflowing. */
nsec_t estimate_cell(const json_t *catalog, const json_t *experiment, const json_t *cell, bool exclusive);

/* The bytes of memory that a cell needs at once; experiment is the catalog's entry, which may say nothing. */
double estimate_memory(const json_t *catalog, const json_t *experiment, const json_t *cell);

/* The parameter of the experiment that makes the largest part of it so large: the one that is furthest above
 * its default. NULL if that is the number of tasks. Borrowed. */
const char *estimate_memory_cause(const json_t *catalog, const json_t *experiment, const json_t *cell);
