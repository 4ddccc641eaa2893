#include "engine/affinity.h"

#include <errno.h>
#include <sched.h>

int affinity_usable(void)
{
    cpu_set_t usable;

    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return 1;
    return CPU_COUNT(&usable);
}

int affinity_confine(int n_cpus)
{
    cpu_set_t usable, chosen;
    int n = 0;

    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return -errno;
    CPU_ZERO(&chosen);
    for (int cpu = 0; cpu < CPU_SETSIZE && n < n_cpus; cpu++) {
        if (CPU_ISSET(cpu, &usable)) {
            CPU_SET(cpu, &chosen);
            n++;
        }
    }
    if (n < n_cpus)
        return -EINVAL;
    return sched_setaffinity(0, sizeof(chosen), &chosen) < 0 ? -errno : 0;
}
