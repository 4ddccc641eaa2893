/* The server at work: one loop with the runtime's catalog, the origin, the queue and HTTP. */
#pragma once

#include "server/config.h"

/* Serves until SIGTERM, SIGINT or SIGHUP. Returns the exit status; what went wrong was printed. */
int serve(const Config *config);
