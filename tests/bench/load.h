/* As many requests as a server answers, made by wrk. */
#pragma once

#include <stdbool.h>

#include "tests/bench/program.h"

typedef struct Load {
    int port;
    const char *path;
    int n_connections;
    bool takes_gzip;
} Load;

/* Asks the program for a second, over connections that stay open. Returns 0 and sets *ret_rate to requests
 * per second and *ret_cpu_us to the program's CPU time for each; or the result of bench_fail(), also where an
 * answer was not 200. */
int load_run(const Load *load, const Program *program, double *ret_rate, double *ret_cpu_us);
