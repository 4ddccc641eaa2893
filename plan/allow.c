/* The operator's list of hosts and addresses, read and asked. The list is read anew for each question: it has
 * a few entries, and the questions are rare, so that there is nothing to keep in step with the settings. An
 * entry that cannot be read allows nothing: whatever is wrong with the list, it can only close a way and
 * never open one.
 *
 * Names and addresses are asked in two functions on purpose. A name is what the client writes, an address is
 * where the connection goes, and only somebody who controls the name's DNS decides how the two belong
 * together. If one list of names answered both questions, whoever owns a listed name could point it at a
 * machine inside the operator's network. */
#include "plan/allow.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = ", \t";

/* One entry of the list, taken apart. */
typedef struct Pattern {
    char host[256]; /* without brackets */
    int port;       /* 0: any */
    bool is_address;
    Address address;
} Pattern;

/* Reads "host:port". The last colon separates the port, because an IPv6 address has colons of its own; such
 * an address stands in brackets, which are taken off. Returns false for what is no such pattern. */
static bool read_pattern(const char *text, size_t length, Pattern *ret)
{
    const char *colon = memrchr(text, ':', length);
    size_t host_length = colon ? (size_t)(colon - text) : 0;

    if (host_length > 2 && text[0] == '[' && text[host_length - 1] == ']') {
        text++;
        host_length -= 2;
    }
    if (host_length == 0 || host_length >= sizeof(ret->host))
        return false;
    memcpy(ret->host, text, host_length);
    ret->host[host_length] = '\0';
    ret->is_address = address_parse(ret->host, &ret->address);
    /* A port of 0 is none, and must not stand for all. */
    ret->port = colon[1] == '*' ? 0 : atoi(colon + 1);
    return colon[1] == '*' || ret->port > 0;
}

/* Steps to the next pattern of the list that is for this port. Returns false at the end. A pattern that
 * cannot be read is stepped over, so that one slip does not take the rest of the list away. */
static bool next_pattern(const char **at, int port, Pattern *ret)
{
    while (*at && **at) {
        const char *start = *at + strspn(*at, blanks);
        size_t length = strcspn(start, blanks);

        *at = start + length;
        if (read_pattern(start, length, ret) && (ret->port == 0 || ret->port == port))
            return true;
    }
    return false;
}

/* "*.example.org" stands for what is below example.org, with the dot: not for badexample.org, and not for
 * example.org itself, which may belong to somebody else's server. */
static bool host_matches(const char *host, const char *pattern)
{
    size_t host_length = strlen(host), end_length;

    if (strcmp(pattern, "*") == 0)
        return true;
    if (strncmp(pattern, "*.", 2) != 0)
        return strcasecmp(host, pattern) == 0;
    end_length = strlen(pattern + 1);
    return host_length > end_length && strcasecmp(host + host_length - end_length, pattern + 1) == 0;
}

/* A pattern that is an address is for allow_address() alone: the text 10.0.0.5 in a URL is judged as an
 * address, in whatever way it is written. */
bool allow_host(const char *patterns, const char *host, int port)
{
    Pattern pattern;

    while (next_pattern(&patterns, port, &pattern))
        if (!pattern.is_address && host_matches(host, pattern.host))
            return true;
    return false;
}

/* localhost is the one name that also opens addresses. The kernel decides what loopback is, so nobody can
 * point it elsewhere. */
bool allow_address(const char *patterns, const Address *address, int port)
{
    bool is_loopback = address_is_loopback(address);
    Pattern pattern;

    while (next_pattern(&patterns, port, &pattern)) {
        if (pattern.is_address && address_equals(&pattern.address, address))
            return true;
        if (is_loopback && strcasecmp(pattern.host, "localhost") == 0)
            return true;
    }
    return false;
}
