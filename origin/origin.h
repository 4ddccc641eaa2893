/* The slow HTTP server on a libuv loop: one libmicrohttpd daemon for each port, all in one thread. */
#pragma once

#include <stdint.h>
#include <uv.h>

typedef struct Origin Origin;

/* Listens on n_ports free ports of the address and writes them to ports. Returns 0, or a negative errno. */
int origin_start(uv_loop_t *loop, const char *address, int n_ports, uint16_t *ports, Origin **ret);

/* Closes all connections, answered or not; the loop has nothing of the origin's left after it ran. */
void origin_stop(Origin *origin);
