/* Two limits on CPUs hold at once. The affinity says on which CPUs a process may run at all; taskset and
 * container managers set it. A quota says how much CPU time it may use in a period, on as many CPUs as it
 * likes. Of memory the machine has so much, and each control group allows so much. */
#include "base/machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/text.h"

int64_t machine_cpus(int64_t n_cpus, double quota)
{
    if (quota > 0 && quota < (double)n_cpus)
        n_cpus = (int64_t)ceil(quota);
    return n_cpus > 1 ? n_cpus : 1;
}

/* In bytes; /proc/meminfo counts kilobytes. */
static int64_t machine_meminfo(const char *root, const char *name)
{
    auto_free char *path = text_printf("%s/proc/meminfo", root);
    auto_file FILE *file = fopen(path, "re");
    char line[256];

    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            return strtoll(line + strlen(name), NULL, 10) * 1024;
    return INT64_MAX;
}

/* MemAvailable is what programs can have without swapping; MemFree would leave out the page cache, which the
 * kernel gives back when it is asked. The tightest limit counts, with its name. */
int64_t machine_memory(const char *root, bool now, const char **ret_limit)
{
    struct {
        const char *limit;
        int64_t bytes;
    } rows[] = {{"memory", 0}, {"memory (memory.limit_in_bytes)", 0}, {"memory (memory.max)", 0}};
    size_t tightest = 0;
    Cgroup cgroup;

    cgroup_find_controller(root, "memory", &cgroup);
    rows[0].bytes = machine_meminfo(root, now ? "MemAvailable:" : "MemTotal:");
    rows[1].bytes = cgroup_left(&cgroup.v1, "memory.limit_in_bytes", now ? "memory.usage_in_bytes" : NULL);
    rows[2].bytes = cgroup_left(&cgroup.v2, "memory.max", now ? "memory.current" : NULL);
    for (size_t i = 1; i < ARRAY_LENGTH(rows); i++)
        if (rows[i].bytes < rows[tightest].bytes)
            tightest = i;
    if (ret_limit)
        *ret_limit = rows[tightest].limit;
    return rows[tightest].bytes;
}

/* Version 1 has a number where there is no limit, too, but one that is larger than any machine. */
int64_t machine_memory_limit(const char *root)
{
    int64_t allowed = machine_memory(root, false, NULL);

    return allowed < machine_meminfo(root, "MemTotal:") ? allowed : 0;
}

static int64_t machine_count_cpus(const cpu_set_t *within)
{
    cpu_set_t usable, both;

    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return 1;
    if (!within)
        return CPU_COUNT(&usable);
    CPU_AND(&both, &usable, within);
    return CPU_COUNT(&both) > 0 ? CPU_COUNT(&both) : CPU_COUNT(within);
}

void machine_read(const cpu_set_t *within, Machine *ret)
{
    Cgroup cgroup;

    cgroup_find("", &cgroup);
    ret->cpu_quota = cgroup_cpu_quota(&cgroup);
    ret->cpus_usable = machine_cpus(machine_count_cpus(within), ret->cpu_quota);
    ret->memory_bytes = machine_memory("", true, NULL);
}
