/* gilscope --health: asks a running server whether it is alive, as a container's health check does.
 *
 * It is the same program as the server, so a container needs no curl for its check. It uses neither the
 * loop nor libmicrohttpd. */
#pragma once

#include <stdint.h>

/* Asks for /healthz on this address; of one that means all addresses, on loopback. Returns 0 if the answer is
 * 200, else a negative errno: -EPROTO for another answer, -ETIMEDOUT for none in time. */
int health_ask(const char *bind_to, int64_t port);
