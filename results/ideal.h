/* What a machine without any cost of its own would need: the line that a measured bar is held against. The
 * distance between the two is what creating, switching and handing over took; without the line a reader
 * cannot tell a slow mode from a large amount of work. The rules stand at the top of ideal.c. */
#pragma once

#include <stdint.h>

#include "catalog/catalog.h"

/* Returns the ideal wall time of a cell in nanoseconds, given the median wall and CPU time of its baseline
 * cell, which has the same runtime, lock, tasks, CPUs and parameters; or -1 if there is no rule for the mode.
 * The facts of the catalog decide, never a name: a mode or lock that is new has its ideal at once. */
int64_t ideal_wall_ns(const CellSpec *cell, int64_t baseline_wall_ns, int64_t baseline_cpu_ns);
