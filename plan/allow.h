/* The operator's list of where fetch may go besides the own origin: host:port patterns with commas or blanks
 * between them. The port is a number or *. Of hosts there are two kinds:
 *
 *     10.0.0.5:80  [fd00::1]:8080  127.0.0.1:*     an address: it may be dialled, whatever it is for
 *     example.org:443  *.example.org:443  *:*      a name, all names below one, any host: a URL may have it,
 *                                                  but only public addresses may be dialled for it
 *
 * localhost is both: a URL may have the name, and loopback addresses may be dialled. Nobody but the operator
 * decides what a name leads to, so a name alone never opens the way into the operator's own network.
 *
 * Pure functions on texts: no name is looked up here, and any thread may call them. patterns may be NULL or
 * empty, which allows nothing. */
#pragma once

#include <stdbool.h>

#include "base/address.h"

/* Whether a URL may have this host (without brackets) and port (1 to 65535). Upper and lower case are the
 * same. */
bool allow_host(const char *patterns, const char *host, int port);

/* Whether this very address and port are listed, or it is a loopback address and localhost is listed for the
 * port. false does not mean that it must not be dialled: a public address needs no entry of its own if the
 * name that led to it is allowed. */
bool allow_address(const char *patterns, const Address *address, int port);
