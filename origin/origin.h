/* The slow HTTP server on a libuv loop: one libmicrohttpd daemon for each port, all in one thread. */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "origin/page.h"

typedef struct Origin Origin;

typedef struct OriginSettings {
    const char *address; /* numeric, IPv4 or IPv6 */
    int n_ports;
    PageLimits limits;
} OriginSettings;

/* Listens on n_ports free ports of the address and writes them to ports. Returns 0 and sets *ret, or a
 * negative errno. */
int origin_start(uv_loop_t *loop, const OriginSettings *settings, uint16_t *ports, Origin **ret);

/* Closes all connections, answered or not, and starts to close what is on the loop. Runs in no callback of
 * the loop. */
void origin_stop(Origin *origin);

/* Frees the rest, once the loop has ended. */
void origin_free(Origin *origin);
