/* host[:port], as it stands in a URL and in a Host header (RFC 3986, 3.2), read strictly and brought into one
 * form, so that two of them can be compared. Nothing is looked up. What resolvers would read as an address
 * but a URL would not write ("127.1", "0x7f.1", "2130706433") is a name here like any other; address.h has
 * address_parse_loosely() for those.
 *
 * Texts are given with their length and need no NUL behind them. Nothing is allocated or kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum AuthorityKind {
    AUTHORITY_NAME,
    AUTHORITY_IPV4, /* four decimal numbers */
    AUTHORITY_IPV6, /* in brackets */
} AuthorityKind;

typedef struct Authority {
    AuthorityKind kind;
    char host[256]; /* in lower case, without a dot at the end and without brackets; IPv6 in its short form */
    int port;       /* 0: none is given */
    int default_port; /* of its scheme, 80 or 443; 0: there is no scheme */
} Authority;

/* Reads all of text. Returns 0, or -EINVAL if it is none: an empty host, anything but letters, digits,
 * hyphens, underscores and single dots in a name (user names, blanks, percent-escapes), a port that is not 1
 * to 65535. "host:" has no port; *ret is untouched on failure. */
int authority_parse(const char *text, size_t length, Authority *ret);

/* Reads the beginning of an http or https URL. Returns its length up to behind the authority, or -EINVAL. */
int authority_parse_url(const char *url, size_t length, Authority *ret);

/* Reads an origin (RFC 6454): a URL that ends behind its authority. Returns 0, or -EINVAL. */
int authority_parse_origin(const char *origin, size_t length, Authority *ret);

/* Whether both are the same host and port. Where a port is not given, it is that of its scheme, or without
 * one that of the other's scheme. */
bool authority_equals(const Authority *one, const Authority *other);

/* Whether it is the name of this machine for itself: "localhost", or a name below it (RFC 6761, 6.3). */
bool authority_is_localhost(const Authority *authority);

/* Whether it is a name that the pattern stands for, whatever the port: "example.org" for itself,
 * "*.example.org" for every name below it. */
bool authority_fits(const Authority *authority, const char *pattern, size_t length);
