/* The rules, all in one place. The serial cell ran every task one after the other. Its wall time has a part
 * C, in which a CPU computed (the CPU time, at most the wall time), and a part W, in which it waited:
 *
 *   serial                                          C + W
 *   threads under one lock (gil, gil-py2)           C + W / tasks
 *   the same, computing outside the lock            C x share + W / tasks
 *   threads without it (none, per-interpreter)      C x share + W / tasks
 *   processes                                       C x share + W / tasks
 *   epoll                                           C + W / tasks
 *   epoll with a client that blocks the loop        C + W
 *
 * Waits overlap freely. Computing overlaps on as many CPUs as there are, and the CPU that got most tasks
 * ends last: share = ceil(tasks / cpus) / tasks. Creating, switching, handing over and joining cost nothing,
 * so a measured time is above the ideal unless the serial cell was disturbed. */
#include "results/ideal.h"

#include <string.h>

static bool lock_is_exclusive(const char *lock)
{
    return strcmp(lock, "gil") == 0 || strcmp(lock, "gil-py2") == 0;
}

/* part * share, rounded to the nearest; share has at most the value 1, so nothing overflows. */
static int64_t divide_computing(int64_t part, int64_t tasks, int64_t cpus)
{
    int64_t most = tasks / cpus + (tasks % cpus > 0);

    return (int64_t)((double)part * ((double)most / (double)tasks) + 0.5);
}

static int64_t divide_waiting(int64_t part, int64_t tasks)
{
    return part / tasks + (part % tasks >= tasks - part % tasks);
}

int64_t ideal_wall_ns(const IdealShape *shape, int64_t serial_wall_ns, int64_t serial_cpu_ns)
{
    int64_t tasks = shape->tasks > 1 ? shape->tasks : 1, cpus = shape->cpus > 1 ? shape->cpus : 1;
    int64_t computing = serial_cpu_ns < serial_wall_ns ? serial_cpu_ns : serial_wall_ns;
    int64_t waiting = serial_wall_ns - computing, overlapped = divide_waiting(waiting, tasks);

    if (strcmp(shape->mode, "serial") == 0)
        return serial_wall_ns;
    if (strcmp(shape->mode, "epoll") == 0)
        return computing + (shape->blocking ? waiting : overlapped);
    if (strcmp(shape->mode, "threads") == 0 && lock_is_exclusive(shape->lock) && !shape->released)
        return computing + overlapped;
    if (strcmp(shape->mode, "threads") == 0 || strcmp(shape->mode, "processes") == 0)
        return divide_computing(computing, tasks, cpus) + overlapped;
    return -1;
}
