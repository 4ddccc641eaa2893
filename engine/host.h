/* What machine this is. */
#pragma once

#include <jansson.h>

/* {cpu_model, cpus_online, cpus_usable, cpu_quota (CPUs as a real, or null), memory_limit_bytes (of the
 * control groups, or null), kernel, container (text or null)}, a new reference. root is put before the paths
 * of control groups and containers: "", or in tests a made-up tree. */
json_t *host_describe(const char *root);

/* How many threads wanted a CPU, on average over the last minute; -1 if that is not known. */
double host_load(void);
