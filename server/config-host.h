/* Inside the configuration: the form of addresses and of fetch.allow. What they name is not looked up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the text is an IPv4 or IPv6 literal, without brackets. */
bool host_is_address(const char *text);

/* Whether the text is host:port: host "*", a name, "*.example.org", an IPv4 literal or an IPv6 literal in
 * brackets; port 1 to 65535 or "*". */
bool host_is_pattern(const char *text);

/* Steps to the next item of a list that is separated by spaces and commas. Returns its length and sets *ret,
 * or 0 at the end. */
size_t host_next_item(const char **at, const char **ret);
