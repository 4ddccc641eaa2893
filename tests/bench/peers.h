/* Other programs that the benchmark measures beside gilscope, or measures with, where they are installed. */
#pragma once

#include <stdbool.h>

/* Returns how the peer is started (of aiohttp: the python3 that has it), or NULL if it is not here. Names:
 * aiohttp, meson, nginx, python3, valgrind, wrk. */
const char *peer_find(const char *name);
