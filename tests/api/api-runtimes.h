/* The runtimes of a server: which it has, and waiting until it has them, since they are asked in the
 * background. */
#pragma once

#include "tests/api/api-server.h"

/* What /healthz says of all of them: "c ready, slow starting, odd broken (there is no ...)"; owned by the
 * caller. */
char *api_runtimes_told(const ApiServer *server);

/* Waits until they are told so. */
void api_runtimes_wait(const ApiServer *server, const char *wanted);
