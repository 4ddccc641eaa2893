/* What machine this is. */
#pragma once

#include <jansson.h>

/* {cpu_model, cpus_online, cpus_usable, kernel}, a new reference. */
json_t *host_describe(void);
