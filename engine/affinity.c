/* Two limits hold at once. The affinity says on which CPUs a process may run at all; taskset and container
 * managers set it. A quota says how much CPU time it may use in a period, on as many CPUs as it likes. Only
 * the first can be used to confine a cell, but both decide how many tasks can really run side by side. */
#include "engine/affinity.h"

#include <errno.h>
#include <sched.h>

#include "base/cgroup.h"
#include "base/machine.h"

/* Kept after the first call, since reading it takes a walk through several files. Called by one thread. */
double affinity_quota(void)
{
    static double quota = -1;
    Cgroup cgroup;

    if (quota < 0) {
        cgroup_find("", &cgroup);
        quota = cgroup_cpu_quota(&cgroup);
    }
    return quota;
}

int affinity_usable(void)
{
    cpu_set_t usable;

    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return 1;
    return (int)machine_cpus(CPU_COUNT(&usable), affinity_quota());
}

/* The first CPUs of the set are taken, whichever they are, so that all cells of a run with the same number
 * use the same ones. Threads and processes that are made later inherit the set. */
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
