/* Which addresses fetch may be pointed at: a strict grammar, so that no two parsers read one URL in two
 * ways, and the operator's list of allowed host:port patterns. */
#pragma once

#include <stdbool.h>

/* NULL if url is http:// or https://, a plain host name or address literal, an optional port, and a path of
 * printable ASCII; else what is wrong with it, as a clause. */
const char *url_complaint(const char *url);

/* True if the url (one without complaint) matches one of the patterns: host:port with commas or spaces
 * between them, * for any port, *.example.org for any name below it, * for any host. */
bool url_allowed(const char *url, const char *patterns);
