/* What machine this is. */
#pragma once

#include <jansson.h>

/* {cpu_model, cpus_online, cpus_usable, cpu_quota (CPUs as a real, or null), kernel, container (text or
 * null)}, a new reference. */
json_t *host_describe(void);

/* How many threads wanted a CPU, on average over the last minute; -1 if that is not known. */
double host_load(void);
