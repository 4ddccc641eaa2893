/* Which addresses fetch may be pointed at: a strict grammar, so that no two parsers read one URL in two
 * ways, and what the operator's list (plan/allow.h) says of it. A name is not looked up here: what it leads
 * to is judged by the runtime, when it is about to go there. */
#pragma once

#include <stdbool.h>

#include "base/address.h"

/* Where a URL leads. */
typedef struct UrlTarget {
    char host[256];  /* as written, without the brackets of an IPv6 literal */
    int port;        /* 1 to 65535; that of the scheme if the URL has none */
    bool is_address; /* the host is an address, also one written as a single number or the like */
    Address address; /* only if is_address */
} UrlTarget;

/* Reads a URL that is http:// or https://, a plain host name or address literal, an optional port, and a path
 * of printable ASCII. Returns NULL with *ret set, or what is wrong with it, as a clause. The complaint is a
 * constant; *ret is untouched then. */
const char *url_read(const char *url, UrlTarget *ret);

/* The same, if only the complaint is asked for. */
const char *url_complaint(const char *url);

/* Why these patterns do not let fetch go to the url (one without complaint), as a clause that names the
 * address and the rule; the caller frees it. NULL if they do. */
char *url_refusal(const char *url, const char *patterns);
