#include "server/config-host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/address.h"
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
static bool is_name(const char *name)
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
    if (label[strspn(label, "0123456789")] != '\0' && !address_parse_loosely(name, &address))
        return true;
    return address_parse(name, &address);
}

static bool is_port(const char *port)
{
    int64_t number;

    if (strcmp(port, "*") == 0)
        return true;
    if (port[strspn(port, "0123456789")] != '\0' || number_parse(port, strlen(port), &number) < 0)
        return false;
    return number >= 1 && number <= 65535;
}

bool host_is_pattern(const char *item)
{
    unsigned char address[sizeof(struct in6_addr)];
    const char *colon = strrchr(item, ':');
    auto_free char *host = colon ? strndup(item, (size_t)(colon - item)) : NULL;
    size_t length = host ? strlen(host) : 0;

    if (!host)
        return false;
    if (!is_port(colon + 1))
        return false;
    if (strcmp(host, "*") == 0)
        return true;
    if (host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        return inet_pton(AF_INET6, host + 1, address) == 1;
    }
    if (strncmp(host, "*.", 2) == 0)
        return is_name(host + 2) && inet_pton(AF_INET, host + 2, address) != 1;
    return is_name(host);
}

size_t host_next_item(const char **at, const char **ret)
{
    size_t length;

    *at += strspn(*at, " ,");
    length = strcspn(*at, " ,");
    *ret = *at;
    *at += length;
    return length;
}
