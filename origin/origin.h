/* The slow HTTP server on a libuv loop: one libmicrohttpd daemon for each port, all in one thread.
 *
 * What it is for: to be a server that is slow on purpose and costs the machine almost nothing while it
 * is. The delay is a timer, not work, so what a run measures is how its own tasks wait. */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "origin/page.h"

typedef struct Origin Origin;

typedef struct OriginSettings {
    const char *address; /* numeric, IPv4 or IPv6; borrowed for the call */
    int n_ports;
    PageLimits limits;
} OriginSettings;

/* Listens on n_ports free ports of the address and writes them to ports, which has room for so many.
 * Returns 0 and sets *ret; or a negative errno, and then nothing is left on the loop, which was run for
 * that. Requests are answered while the loop runs. */
int origin_start(uv_loop_t *loop, const OriginSettings *settings, uint16_t *ports, Origin **ret);

/* Closes all connections, answered or not, and starts to close what is on the loop; let the loop run to
 * its end, and then call origin_free(). Not to be called from a callback of the loop. */
void origin_stop(Origin *origin);

/* Frees the rest, once the loop has ended. */
void origin_free(Origin *origin);
