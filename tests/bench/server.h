/* gilscope's server as the benchmark starts it: on a free port, with the settings that users have, except
 * that it asks no interpreters what they can run, which would take CPU time beside the measurement. Its log
 * is written, to nowhere. */
#pragma once

#include "tests/bench/program.h"

typedef struct Server {
    Program program;
    int port;
} Server;

/* Starts it with an archive at this path (NULL: in memory), behind the words of a wrapper (NULL: none) such
 * as valgrind, and waits until it says where it listens. Returns 0 or the result of bench_fail(). */
int server_start(Server *server, const char *archive, const char *const wrapper[]);

void server_stop(Server *server);

/* Starts the slow origin. Returns 0 and sets *ret_ports to its ports, separated by commas (owned by the
 * caller), or the result of bench_fail(). */
int origin_start(Program *origin, char **ret_ports);
