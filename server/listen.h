/* The listening socket.
 *
 * Only literals are taken, no names: what a name means could change between two starts, and looking it up
 * could block. */
#pragma once

#include <stdint.h>

/* Listens on an IPv4 or IPv6 literal and a port; 0 picks a free one. Returns the socket and sets *ret_port to
 * the real port; or a negative errno. */
int listen_open(const char *bind_to, int64_t port, int *ret_port);

/* Writes the address as it stands in a URL: an IPv6 literal in brackets. Returns it, owned by the caller. */
char *listen_url(const char *bind_to, int port);
