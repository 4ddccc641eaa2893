/* gilscope --preflight: which lessons this machine can show, measured in some ten seconds. */
#pragma once

#include "server/config.h"

/* Measures, and prints a table on standard output. Returns the exit status: 0 if every lesson can be shown,
 * if only in part, else 1. */
int preflight(const Config *config);
