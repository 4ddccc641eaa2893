/* The server at work: one loop with the runtimes' catalogs, the origin, the queue and HTTP. */
#pragma once

#include "server/config.h"

/* Has the log written as the settings want it. Before everything else that may have something to say. */
void serve_set_log(const Config *config);

/* Serves until SIGTERM, SIGINT or the end of its terminal, and returns when all connections and runs are gone. Returns the
 * exit status of the program; what went wrong was printed. config must live as long. */
int serve(const Config *config);
