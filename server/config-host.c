/* Names are checked strictly here because they decide later who may ask and where fetch may go: what two
 * programs could read differently is refused when it is written, not when it is used. */
#include "server/config-host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/address.h"
#include "base/authority.h"
#include "base/cleanup.h"
#include "base/number.h"

bool host_is_address(const char *value)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, value, address) == 1 || inet_pton(AF_INET6, value, address) == 1;
}

/* Letters, digits, hyphens and underscores, in labels with dots between them. A name whose last label is a
 * number, or that resolvers read as one ("0x7f000001"), would be taken for an IPv4 address, so it has to be
 * one. */
static bool host_is_plain_name(const char *name)
{
    Address address;
    const char *label = name;

    if (strlen(name) > 253)
        return false;
    for (;;) {
        size_t length = strcspn(label, ".");

        if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
            return false;
        for (size_t i = 0; i < length; i++)
            if (!isalnum((unsigned char)label[i]) && label[i] != '-' && label[i] != '_')
                return false;
        if (label[length] == '\0')
            break;
        label += length + 1;
    }
    /* A name that resolvers read as an address has to be that address in its usual form; any other
     * spelling would pass a check of names here and be dialled as an address there. */
    if (label[strspn(label, "0123456789")] != '\0' && !address_parse_loosely(name, &address))
        return true;
    return address_parse(name, &address);
}

static bool host_is_port(const char *port)
{
    int64_t number;

    if (strcmp(port, "*") == 0)
        return true;
    if (port[strspn(port, "0123456789")] != '\0' || number_parse(port, strlen(port), &number) < 0)
        return false;
    return number >= 1 && number <= 65535;
}

/* The last colon separates the port. An IPv6 literal has colons of its own, which is why it stands in
 * brackets. */
bool host_is_pattern(const char *item)
{
    unsigned char address[sizeof(struct in6_addr)];
    const char *colon = strrchr(item, ':');
    auto_free char *host = colon ? strndup(item, (size_t)(colon - item)) : NULL;
    size_t length = host ? strlen(host) : 0;

    if (!host)
        return false;
    if (!host_is_port(colon + 1))
        return false;
    if (strcmp(host, "*") == 0)
        return true;
    if (host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        return inet_pton(AF_INET6, host + 1, address) == 1;
    }
    return strncmp(host, "*.", 2) == 0 ? host_is_name(host) : host_is_plain_name(host);
}

bool host_is_name(const char *item)
{
    unsigned char address[sizeof(struct in_addr)];

    if (strncmp(item, "*.", 2) == 0)
        item += 2;
    return host_is_plain_name(item) && inet_pton(AF_INET, item, address) != 1;
}

/* A browser writes no colon without a port. */
bool host_is_origin(const char *item)
{
    Authority authority;

    if (strcmp(item, "*") == 0)
        return true;
    return authority_parse_origin(item, strlen(item), &authority) == 0 && item[strlen(item) - 1] != ':' &&
           (authority.kind != AUTHORITY_NAME || host_is_name(authority.host));
}

bool host_is_loopback(const char *text)
{
    Address address;

    return address_parse(text, &address) && address_is_loopback(&address);
}

const char *host_reachable(const char *text)
{
    if (strcmp(text, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(text, "::") == 0 ? "::1" : text;
}
