/* Networks, and which addresses are in them. What kinds of addresses there are is tested in test-egress.c. */
#include "base/address.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/run.h"

static const char *const networks[] = {"192.0.2.1", "10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32",
    "172.16.0.0/12", "::1", "fd00::/8", "2001:db8::/32", "2001:db8::1/128", "::/0", "::ffff:10.0.0.0/104",
    "fe80::/10"};

static const char *const others[] = {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8",
    "10.0.0.0/08x", "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0.0/0x8", "10.0.0.0/4294967304",
    "10.0.0.0/255.0.0.0", "10.1.2.3/8", "10.0.0.1/31", "192.0.2.1/0", "10.0.0/8", "10/8", "010.0.0.0/8",
    "0x0a.0.0.0/8", "fd00::/129", "fd00::1/8", "::ffff:10.0.0.0/90", "::ffff:10.0.0.1/104", "[::1]",
    "[fd00::]/8", "fe80::1%lo", "localhost", "*", "10.0.0.0/8\n",
    "1111:2222:3333:4444:5555:6666:7777:8888:9999/8",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/8"};

START_TEST(a_network_is_an_address_and_perhaps_the_length_of_a_prefix)
{
    for (size_t i = 0; i < ARRAY_LENGTH(networks); i++)
        ck_assert_msg(address_is_network(networks[i]), "%s", networks[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        ck_assert_msg(!address_is_network(others[i]), "%s", others[i]);
}
END_TEST

static const struct {
    const char *address, *list;
    bool is_among;
} rows[] = {
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.2", "192.0.2.1", false},
    {"192.0.2.1", "", false},
    {"192.0.2.1", " , ", false},
    {"192.0.2.1", "198.51.100.7, 192.0.2.0/24", true},
    {"192.0.2.255", "192.0.2.0/24", true},
    {"192.0.3.0", "192.0.2.0/24", false},
    {"192.0.2.127", "192.0.2.0/25", true},
    {"192.0.2.128", "192.0.2.0/25", false},
    {"192.0.2.5", "192.0.2.4/31", true},
    {"192.0.2.6", "192.0.2.4/31", false},
    {"8.8.8.8", "0.0.0.0/0", true},
    {"2001:db8::1", "0.0.0.0/0", false},
    {"::1", "0.0.0.0/0", false},
    {"2001:db8::1", "2001:db8::/32", true},
    {"2001:db9::1", "2001:db8::/32", false},
    {"fdff::1", "fd00::/8", true},
    {"::1", "::1", true},
    {"::1", "127.0.0.0/8", false},
    /* One machine has one address, however it is written. */
    {"::ffff:192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "::ffff:192.0.2.0/120", true},
    {"192.0.2.1", "::ffff:0:0/96", true},
    /* Those who trust all of IPv6 did not speak of IPv4. */
    {"2001:db8::1", "::/0", true},
    {"192.0.2.1", "::/0", false},
    {"192.0.2.1", "::/1", false},
    /* An item that is none holds nothing, and spoils no other. */
    {"192.0.2.1", "192.0.2.1/8 nonsense", false},
    {"192.0.2.1", "nonsense 192.0.2.1", true},
};

START_TEST(an_address_is_among_those_whose_prefix_it_has)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Address address;

        ck_assert(address_parse(rows[i].address, &address));
        ck_assert_msg(address_is_among(&address, rows[i].list) == rows[i].is_among, "%s in \"%s\"",
            rows[i].address, rows[i].list);
    }
}
END_TEST

RUN_TESTS("address", 10, a_network_is_an_address_and_perhaps_the_length_of_a_prefix,
    an_address_is_among_those_whose_prefix_it_has)
