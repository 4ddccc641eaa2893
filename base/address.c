/* Everything rests on one form: 16 bytes, in which IPv4 is ::ffff:a.b.c.d. So one table of prefixes answers
 * for both families, and none of the spellings of an address, of which there are many, can slip past a rule
 * that was written for another spelling. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

typedef struct Range {
    uint8_t prefix[16];
    int bits;
    const char *purpose; /* NULL: none, it is public */
} Range;

#define V4(a, b, c, d)                                                                                       \
    {                                                                                                        \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d                                                 \
    }
#define V4_BITS(bits) (96 + (bits))

static const char loopback[] = "a loopback address (127.0.0.0/8)";
static const char loopback_6[] = "a loopback address (::1)";

/* The first that holds the address counts, so exceptions stand before what they are taken from. The row of
 * 0.0.0.0/0 closes the IPv4 part: whatever reaches it is a public IPv4 address, and no IPv4 address ever
 * gets as far as the rows of IPv6. The last row holds everything, so the search needs no end of its own. A
 * row in the wrong place would be silent: with 2001::/23 before 2001::/32 a Teredo address would be called a
 * protocol assignment, and with 2000::/3 before either of them both would be public. */
static const Range ranges[] = {
    {V4(0, 0, 0, 0), V4_BITS(8), "an unspecified address (0.0.0.0/8)"},
    {V4(10, 0, 0, 0), V4_BITS(8), "a private address (10.0.0.0/8)"},
    {V4(100, 64, 0, 0), V4_BITS(10), "a carrier-grade NAT address (100.64.0.0/10)"},
    {V4(127, 0, 0, 0), V4_BITS(8), loopback},
    {V4(169, 254, 0, 0), V4_BITS(16), "a link-local address (169.254.0.0/16)"},
    {V4(172, 16, 0, 0), V4_BITS(12), "a private address (172.16.0.0/12)"},
    {V4(192, 0, 0, 0), V4_BITS(24), "a protocol assignment (192.0.0.0/24)"},
    {V4(192, 0, 2, 0), V4_BITS(24), "a documentation address (192.0.2.0/24)"},
    {V4(192, 88, 99, 0), V4_BITS(24), "a 6to4 relay address (192.88.99.0/24)"},
    {V4(192, 168, 0, 0), V4_BITS(16), "a private address (192.168.0.0/16)"},
    {V4(198, 18, 0, 0), V4_BITS(15), "a benchmark address (198.18.0.0/15)"},
    {V4(198, 51, 100, 0), V4_BITS(24), "a documentation address (198.51.100.0/24)"},
    {V4(203, 0, 113, 0), V4_BITS(24), "a documentation address (203.0.113.0/24)"},
    {V4(224, 0, 0, 0), V4_BITS(4), "a multicast address (224.0.0.0/4)"},
    {V4(255, 255, 255, 255), V4_BITS(32), "the broadcast address (255.255.255.255)"},
    {V4(240, 0, 0, 0), V4_BITS(4), "a reserved address (240.0.0.0/4)"},
    {V4(0, 0, 0, 0), V4_BITS(0), NULL},

    {{0}, 128, "the unspecified address (::)"},
    {{[15] = 1}, 128, loopback_6},
    {{0, 0x64, 0xff, 0x9b}, 96, "a NAT64 address (64:ff9b::/96)"},
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, "a NAT64 address (64:ff9b:1::/48)"},
    {{0x20, 0x01, 0, 0}, 32, "a Teredo address (2001::/32)"},
    {{0x20, 0x01, 0, 0}, 23, "a protocol assignment (2001::/23)"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "a documentation address (2001:db8::/32)"},
    {{0x20, 0x02}, 16, "a 6to4 address (2002::/16)"},
    {{0x3f, 0xff}, 20, "a documentation address (3fff::/20)"},
    {{0x20}, 3, NULL},
    {{0xfc}, 7, "a unique local address (fc00::/7)"},
    {{0xfe, 0x80}, 10, "a link-local address (fe80::/10)"},
    {{0xfe, 0xc0}, 10, "a site-local address (fec0::/10)"},
    {{0xff}, 8, "a multicast address (ff00::/8)"},
    {{0}, 0, "a reserved address (outside 2000::/3)"},
};

/* The whole bytes of the prefix are compared as they are; of the byte that it ends in, only the upper bits
 * count, and those agree if nothing of the difference is left above the others. */
static bool is_below(const Address *address, const Range *range)
{
    size_t whole = (size_t)range->bits / 8, rest = (size_t)range->bits % 8;

    if (memcmp(address->bytes, range->prefix, whole) != 0)
        return false;
    return rest == 0 || (address->bytes[whole] ^ range->prefix[whole]) >> (8 - rest) == 0;
}

const char *address_purpose(const Address *address)
{
    const Range *range = ranges;

    /* The last row holds every address. */
    while (!is_below(address, range))
        range++;
    return range->purpose;
}

/* The rows of the table share the two texts above, so one pointer tells the row, and this file holds the
 * loopback prefixes only once. */
bool address_is_loopback(const Address *address)
{
    const char *purpose = address_purpose(address);

    return purpose == loopback || purpose == loopback_6;
}

/* The prefix comes from the same macro as the table's, so that the two cannot disagree. */
static void set_ipv4(Address *address, const void *four)
{
    *address = (Address){V4(0, 0, 0, 0)};
    memcpy(address->bytes + 12, four, 4);
}

/* ::a.b.c.d is the same as ::ffff:a.b.c.d here, but for :: and ::1, which are addresses of their own.
 * Otherwise one machine would have two values, and a rule that names the one would not hold for the other. */
static void set_ipv6(Address *address, const uint8_t bytes[static 16])
{
    static const uint8_t zeros[16];

    if (memcmp(bytes, zeros, 12) == 0 && (memcmp(bytes, zeros, 15) != 0 || bytes[15] > 1))
        set_ipv4(address, bytes + 12);
    else
        memcpy(address->bytes, bytes, 16);
}

/* inet_pton(3) takes four decimal numbers and nothing else as IPv4. It also refuses leading zeros, which
 * some programs read as octal: 010.0.0.1 would be two different machines. */
bool address_parse(const char *text, Address *ret)
{
    uint8_t bytes[16];

    if (inet_pton(AF_INET, text, bytes) == 1) {
        set_ipv4(ret, bytes);
        return true;
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
        set_ipv6(ret, bytes);
        return true;
    }
    return false;
}

bool address_parse_loosely(const char *text, Address *ret)
{
    size_t length = strlen(text);
    struct in_addr four;
    char plain[64];

    if (address_parse(text, ret))
        return true;
    /* inet_aton takes anything behind a blank, so "127.1 example" would be an address. */
    if (length == 0 || length >= sizeof(plain) || text[strspn(text, "0123456789abcdefABCDEFxX.")] != '\0')
        return false;
    /* A resolver takes one dot at the end of a name for the root, so "127.1." is looked up as "127.1". */
    strcpy(plain, text);
    if (plain[length - 1] == '.')
        plain[length - 1] = '\0';
    if (inet_aton(plain, &four) == 0)
        return false;
    set_ipv4(ret, &four);
    return true;
}

bool address_from_socket(const struct sockaddr *from, Address *ret, int *ret_port)
{
    in_port_t port;

    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)from;

        set_ipv4(ret, &ipv4->sin_addr);
        port = ipv4->sin_port;
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)from;

        set_ipv6(ret, ipv6->sin6_addr.s6_addr);
        port = ipv6->sin6_port;
    } else {
        return false;
    }
    if (ret_port)
        *ret_port = ntohs(port);
    return true;
}

bool address_equals(const Address *one, const Address *other)
{
    return memcmp(one->bytes, other->bytes, sizeof(one->bytes)) == 0;
}

static bool is_ipv4(const Address *address)
{
    static const Range mapped = {V4(0, 0, 0, 0), V4_BITS(0), NULL};

    return is_below(address, &mapped);
}

/* Reads "10.0.0.0/8"; an address alone is a network of one. The text ends after `length` bytes. */
static bool network_parse(const char *text, size_t length, Range *ret)
{
    char address_text[ADDRESS_TEXT_SIZE];
    const char *slash = memchr(text, '/', length);
    size_t address_length = slash ? (size_t)(slash - text) : length;
    size_t n_digits = slash ? length - address_length - 1 : 0;
    Address address;
    int most, bits;

    if (address_length >= sizeof(address_text))
        return false;
    memcpy(address_text, text, address_length);
    address_text[address_length] = '\0';
    if (!address_parse(address_text, &address))
        return false;
    /* "::ffff:10.0.0.0" is written as IPv6, so its prefix is counted as IPv6, too. */
    most = strchr(address_text, ':') ? 128 : 32;
    bits = most;
    if (slash) {
        /* atoi() would take a sign, a blank, or a number that is cut off by the end of the item. */
        if (n_digits < 1 || n_digits > 3 || strspn(slash + 1, "0123456789") < n_digits)
            return false;
        bits = atoi(slash + 1);
        if (bits > most)
            return false;
    }
    bits += 128 - most;
    for (int i = bits; i < 128; i++)
        if (address.bytes[i / 8] & (0x80 >> i % 8))
            return false;
    *ret = (Range){.bits = bits};
    memcpy(ret->prefix, address.bytes, sizeof(ret->prefix));
    return true;
}

bool address_is_network(const char *text)
{
    Range range;

    return network_parse(text, strlen(text), &range);
}

/* An IPv6 network with a short prefix, "::/1", has the IPv4-mapped addresses in it by its bits. It was not
 * written for them: an operator who trusts IPv6 peers would trust every IPv4 peer with them. */
bool address_is_among(const Address *address, const char *networks)
{
    const char *item;
    size_t length;

    while ((length = text_next_item(&networks, &item)) > 0) {
        Range range;

        if (network_parse(item, length, &range) && is_below(address, &range) &&
            (range.bits >= V4_BITS(0) || !is_ipv4(address)))
            return true;
    }
    return false;
}

/* An IPv4 address is written as one, not as ::ffff:192.0.2.1, so that messages show what people typed. There
 * is room for the longest address, so inet_ntop(3) cannot fail here. */
void address_format(const Address *address, char text[static ADDRESS_TEXT_SIZE])
{
    if (is_ipv4(address))
        inet_ntop(AF_INET, address->bytes + 12, text, ADDRESS_TEXT_SIZE);
    else
        inet_ntop(AF_INET6, address->bytes, text, ADDRESS_TEXT_SIZE);
}

void address_format_port(const Address *address, int port, char text[static ADDRESS_PORT_TEXT_SIZE])
{
    char plain[ADDRESS_TEXT_SIZE];

    address_format(address, plain);
    snprintf(text, ADDRESS_PORT_TEXT_SIZE, is_ipv4(address) ? "%s:%d" : "[%s]:%d", plain, port);
}
