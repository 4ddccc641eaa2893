/* The server at work: one loop with the runtimes' catalogs, the origin, the queue and HTTP. */
#pragma once

#include "server/config.h"

/* Serves until SIGTERM, SIGINT or the end of its terminal, and returns when all connections and runs are gone. Returns the
 * exit status of the program; what went wrong was printed. config must live as long. */
int serve(const Config *config);
