/* The catalog of this runtime: what its registry holds and what this machine allows. */
#pragma once

#include <jansson.h>

#define RUNTIME_NAME "c"

enum { PROTOCOL_VERSION = 1 };

/* What --describe prints, a new reference. Measures the size of a default countdown, a few milliseconds. */
json_t *describe_runtime(void);
