/* What a machine without any cost of its own would need: the line that a measured bar is held against. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What of a cell decides its ideal. */
typedef struct IdealShape {
    const char *mode; /* names as in the catalog */
    const char *lock;
    int64_t tasks, cpus; /* at least 1 */
    bool blocking;       /* an epoll loop whose client blocks it */
    bool released;       /* the work is done outside the lock */
} IdealShape;

/* Returns the ideal wall time in nanoseconds, given the median wall and CPU time of the serial cell with the
 * same runtime, lock, tasks, CPUs and parameters, or -1 if there is no rule for the mode. */
int64_t ideal_wall_ns(const IdealShape *shape, int64_t serial_wall_ns, int64_t serial_cpu_ns);
