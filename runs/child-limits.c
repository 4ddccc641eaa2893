/* The limit of CPU time is a net below a net. A run is normally ended by its time limit, by the clock on
 * the wall; this one is for a process that has escaped from everything, and that the kernel then ends. So
 * it is the most that an honest process could use: all CPUs for all of the time. In the same way a run may
 * have half as much memory again as a request may be estimated to need. */
#include "runs/child-limits.h"

#include <unistd.h>

enum { SPARE_S = 10 };

ChildLimits child_limits(const RunSettings *settings, nsec_t timeout, int64_t n_cpus, const char *cpus)
{
    /* Rounded up: the kernel's limit must not come before the clock's. */
    int64_t timeout_s = (int64_t)((timeout + NSEC_PER_SEC - 1) / NSEC_PER_SEC);
    int64_t n_online = sysconf(_SC_NPROCESSORS_ONLN);

    if (n_cpus <= 0 || n_cpus > n_online)
        n_cpus = n_online;
    return (ChildLimits){
        .cpu_seconds = timeout_s * n_cpus + SPARE_S,
        .max_file_bytes = settings->max_file_bytes,
        .max_processes = settings->max_processes,
        .memory_bytes = settings->limits.max_memory_bytes + settings->limits.max_memory_bytes / 2,
        .cpus = cpus,
    };
}
