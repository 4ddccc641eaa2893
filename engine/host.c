/* What a result says about the machine it comes from, so that two results can be compared by somebody who
 * sees only the results. Everything here is read once or rarely and never in a timed region. */
#include "engine/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/machine.h"
#include "engine/affinity.h"
#include "engine/container.h"

/* /proc/cpuinfo names the model on most architectures; where it does not, the machine's name must do. On
 * arm64, for one, there is no such line. */
static json_t *host_cpu_model(const struct utsname *name)
{
    auto_file FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];

    while (file && fgets(line, sizeof(line), file)) {
        char *colon = strchr(line, ':');

        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = '\0';
        return json_string(colon + 1 + strspn(colon + 1, " "));
    }
    return json_string(name->machine);
}

static json_t *host_cpu_quota(const char *root)
{
    Cgroup cgroup;
    double quota;

    cgroup_find(root, &cgroup);
    quota = cgroup_cpu_quota(&cgroup);
    return quota > 0 ? json_real(quota) : json_null();
}

static json_t *host_memory_limit(const char *root)
{
    int64_t limit = machine_memory_limit(root);

    return limit > 0 ? json_integer((json_int_t)limit) : json_null();
}

json_t *host_describe(const char *root)
{
    auto_free char *container = container_detect(root);
    struct utsname name;

    uname(&name);
    return json_pack("{s:o, s:I, s:i, s:o, s:o, s:s, s:s?}", "cpu_model", host_cpu_model(&name),
        "cpus_online", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "cpus_usable", affinity_usable(),
        "cpu_quota", host_cpu_quota(root), "memory_limit_bytes", host_memory_limit(root), "kernel",
        name.release, "container", container);
}

double host_load(void)
{
    double load;

    return getloadavg(&load, 1) == 1 ? load : -1;
}
