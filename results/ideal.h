/* What a machine without any cost of its own would need: the line that a measured bar is held against. The
 * distance between the two is what creating, switching and handing over took; without the line a reader
 * cannot tell a slow mode from a large amount of work. The rules stand at the top of ideal.c. */
#pragma once

#include <stdint.h>

#include "catalog/catalog.h"

/* No time is negative, so this stands for one that nobody knows. */
#define IDEAL_NOT_KNOWN INT64_C(-1)

/* Returns the ideal wall time of a cell in nanoseconds, given the median wall time of its baseline cell,
 * which has the same runtime, lock, tasks, CPUs and parameters, and the median of what its tasks themselves
 * waited for (IDEAL_NOT_KNOWN: its runtime does not measure that). Returns IDEAL_NOT_KNOWN if there is no
 * rule for the mode, or if the experiment waits and nobody knows how long. The facts of the catalog decide,
 * never a name: a mode or lock that is new has its ideal at once. */
int64_t ideal_wall_ns(const CellSpec *cell, int64_t baseline_wall_ns, int64_t baseline_waits_ns);
