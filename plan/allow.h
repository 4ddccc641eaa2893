/* The operator's list of where fetch may go besides the own origin: host:port patterns with commas or blanks
 * between them. The port is a number or *. Of hosts there are two kinds:
 *
 *     10.0.0.5:80  [fd00::1]:8080  127.0.0.1:*     an address: it may be dialled, whatever it is for
 *     example.org:443  *.example.org:443  *:*      a name, all names below one, any host: a URL may have it,
 *                                                  but only public addresses may be dialled for it
 *
 * localhost is both: a URL may have the name, and loopback addresses may be dialled. Nobody but the operator
 * decides what a name leads to, so a name alone never opens the way into the operator's own network. */
#pragma once

#include <stdbool.h>

#include "base/address.h"

/* Whether a URL may have this host (without brackets) and port. */
bool allow_host(const char *patterns, const char *host, int port);

/* Whether this very address is listed. */
bool allow_address(const char *patterns, const Address *address, int port);
