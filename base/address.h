/* Internet addresses and networks: read strictly or as a resolver would, compared, and sorted into those of
 * the public Internet and those that are not. One form for all: an IPv4 address is kept as the IPv4-mapped
 * IPv6 address
 * ::ffff:a.b.c.d. So the many ways to write one address all come out as the same bytes, and one table of
 * prefixes serves both families.
 *
 * Nothing here looks a name up, allocates or keeps anything, so every thread may call it. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    ADDRESS_TEXT_SIZE = INET6_ADDRSTRLEN,
    ADDRESS_PORT_TEXT_SIZE = INET6_ADDRSTRLEN + 8, /* "[address]:65535" */
};

/* In network byte order. Two addresses are the same if their bytes are. */
typedef struct Address {
    uint8_t bytes[16];
} Address;

/* Reads a literal: four decimal numbers, or IPv6 without brackets or zone. An IPv4-mapped or IPv4-compatible
 * address becomes the IPv4 address inside. Returns whether it is one; otherwise *ret is untouched. */
bool address_parse(const char *text, Address *ret);

/* The same for what inet_aton(3) and so many a resolver reads as IPv4, too: "2130706433", "0x7f.1", "127.1",
 * and a dot at the end. */
bool address_parse_loosely(const char *text, Address *ret);

/* Takes address and port (ret_port may be NULL; the port is in the byte order of the machine) from AF_INET or
 * AF_INET6. Returns false, with nothing set, for other families. */
bool address_from_socket(const struct sockaddr *from, Address *ret, int *ret_port);

/* Whether both are the same address; an IPv4 address equals its IPv4-mapped form. */
bool address_equals(const Address *one, const Address *other);

/* Whether the text is an address, as address_parse() has it, or a network, "10.0.0.0/8" or "fd00::/8". A
 * network whose address has bits beyond its prefix, "10.1.2.3/8", is none: it could mean one machine or all
 * of them. */
bool address_is_network(const char *text);

/* Whether the address is one of a list, or in one of its networks; blanks and commas separate them. An IPv4
 * address is in IPv4 networks only, so "::/0" does not hold it. An item that is neither holds nothing. */
bool address_is_among(const Address *address, const char *networks);

/* What stands between the address and the public Internet, with the prefix that says so: "a loopback address
 * (127.0.0.0/8)". NULL if nothing does: a global unicast address without a special purpose. Addresses that
 * carry an IPv4 address through a translator or a tunnel (NAT64, 6to4, Teredo) count as special whatever they
 * carry. Sources: IANA's IPv4 and IPv6 Special-Purpose Address Registries. */
const char *address_purpose(const Address *address);

/* 127.0.0.0/8 and ::1. */
bool address_is_loopback(const Address *address);

/* Writes "192.0.2.1" or "2001:db8::1", and with a port "192.0.2.1:80" or "[2001:db8::1]:80". */
void address_format(const Address *address, char text[static ADDRESS_TEXT_SIZE]);
void address_format_port(const Address *address, int port, char text[static ADDRESS_PORT_TEXT_SIZE]);
