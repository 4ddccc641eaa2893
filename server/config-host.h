/* Inside the configuration: the form of addresses, names and origins. What they name is not looked up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the text is an IPv4 or IPv6 literal, without brackets. */
bool host_is_address(const char *text);

/* Whether the text is host:port: host "*", a name, "*.example.org", an IPv4 literal or an IPv6 literal in
 * brackets; port 1 to 65535 or "*". */
bool host_is_pattern(const char *text);

/* Whether the text is a name, or "*.example.org". */
bool host_is_name(const char *text);

/* Whether the text is an origin, "https://lab.example.org" or "http://192.0.2.1:8080", or "*". */
bool host_is_origin(const char *text);

/* Whether an address, as host_is_address() has it, is this machine's own only. */
bool host_is_loopback(const char *text);

/* Returns the address by which this machine reaches a server that listens on this one: "all addresses" is none
 * that one can connect to. */
const char *host_reachable(const char *text);
