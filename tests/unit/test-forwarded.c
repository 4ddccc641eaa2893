/* What is believed of the headers that proxies add: tables of chains as honest proxies write them, and as
 * clients forge them. */
#include "handlers/forwarded.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/fake-request.h"
#include "tests/unit/run.h"

#define TRUSTED "127.0.0.1, 10.0.0.0/8 ::1,fd00::/8"
#define FOR "X-Forwarded-For: "

static Forwarded read_headers(const char *peer, const char *const *headers)
{
    FakeRequest fake = fake_request(METHOD_GET, headers);

    fake.request.peer = peer;
    forwarded_read(&fake.request, TRUSTED);
    return fake.request.forwarded;
}

static const struct {
    const char *peer;
    const char *headers[MAX_HEADERS];
    const char *client;
} chains[] = {
    {"127.0.0.1", {NULL}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "192.0.2.1:4711"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "2001:db8::1"}, "2001:db8::1"},
    {"127.0.0.1", {FOR "[2001:db8::1]"}, "2001:db8::1"},
    {"127.0.0.1", {FOR "[2001:DB8:0::1]:4711"}, "2001:db8::1"},
    {"127.0.0.1", {FOR "::ffff:192.0.2.1"}, "192.0.2.1"},
    {"::1", {FOR " 192.0.2.1 "}, "192.0.2.1"},
    /* Several proxies, and several lines. */
    {"127.0.0.1", {FOR "192.0.2.1, 10.0.0.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "192.0.2.1,10.0.0.1,,\t10.0.0.2 , "}, "192.0.2.1"},
    {"127.0.0.1", {FOR "192.0.2.1", FOR "10.0.0.1", FOR "fd00::7"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "10.0.0.3, 10.0.0.1"}, "10.0.0.3"},
    /* What the client wrote itself stands before what the proxy added. */
    {"127.0.0.1", {FOR "198.51.100.1, 192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "198.51.100.1", FOR "192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "10.0.0.1, 192.0.2.1, 10.0.0.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "127.0.0.1, 192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "\",, nonsense \xff\xfe', 192.0.2.1"}, "192.0.2.1"},
    /* No address: the last proxy that is known. */
    {"127.0.0.1", {FOR ""}, "127.0.0.1"},
    {"127.0.0.1", {FOR ", ,"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "unknown"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1, unknown"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1, unknown, 10.0.0.9"}, "10.0.0.9"},
    {"127.0.0.1", {FOR "localhost"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1 10.0.0.1"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.01"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "3221225985"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1:"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1:port"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1:123456"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1:80:80"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "[192.0.2.1]"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "[2001:db8::1"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "[2001:db8::1]x"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "fe80::1%eth0"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "\"192.0.2.1\""}, "127.0.0.1"},
    {"127.0.0.1", {FOR "0.0.0.0/0"}, "127.0.0.1"},
    /* A peer that is no proxy of ours says what it likes. */
    {"192.0.2.9", {FOR "192.0.2.1"}, "192.0.2.9"},
    {"192.0.2.9", {FOR "127.0.0.1"}, "192.0.2.9"},
    {"192.0.2.9", {"Forwarded: for=127.0.0.1"}, "192.0.2.9"},
    {"2001:db8::9", {FOR "192.0.2.1"}, "2001:db8::9"},
    /* RFC 7239. */
    {"127.0.0.1", {"Forwarded: for=192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: For=\"192.0.2.1:4711\""}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=\"[2001:db8:cafe::17]\""}, "2001:db8:cafe::17"},
    {"127.0.0.1", {"Forwarded: for=\"[2001:db8:cafe::17]:_port\""}, "2001:db8:cafe::17"},
    {"127.0.0.1", {"Forwarded: by=10.0.0.1;FOR=192.0.2.1 ; proto=https"}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=\"192\\.0.2.1\""}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: ;for=192.0.2.1;;secret=\"a,b;for=10.0.0.1\\\",\""}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=192.0.2.1, for=10.0.0.1;by=10.0.0.2"}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=192.0.2.1", "Forwarded: for=10.0.0.1"}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=198.51.100.1, for=192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=nonsense=;, for=192.0.2.1,"}, "192.0.2.1"},
    {"127.0.0.1", {"Forwarded: for=unknown"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=_hidden, for=10.0.0.1"}, "10.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=\"_gazonk:_x\""}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: by=192.0.2.1"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: 192.0.2.1"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=192.0.2.1;for=192.0.2.2"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=192.0.2.1 for=192.0.2.2"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for="}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: =192.0.2.1"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: "}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: ,;,\t;"}, "127.0.0.1"},
    /* A quotation mark of the client's that swallows what the proxy adds. */
    {"127.0.0.1", {"Forwarded: for=198.51.100.1;by=\"", "Forwarded: for=192.0.2.1"}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=198.51.100.1;by=\", for=\"[2001:db8::1]\""}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=198.51.100.1;by=\"\\, for=\"[2001:db8::1]\""}, "127.0.0.1"},
    {"127.0.0.1", {"Forwarded: for=\"192.0.2.1\\"}, "127.0.0.1"},
    /* Both: one of them is perhaps the client's own. */
    {"127.0.0.1", {FOR "192.0.2.1", "Forwarded: for=192.0.2.1"}, "192.0.2.1"},
    {"127.0.0.1", {FOR "192.0.2.1", "Forwarded: for=\"[::ffff:192.0.2.1]:80\""}, "192.0.2.1"},
    {"127.0.0.1", {FOR "192.0.2.1", "Forwarded: for=198.51.100.1"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "198.51.100.1", "Forwarded: for=192.0.2.1"}, "127.0.0.1"},
    {"127.0.0.1", {FOR "192.0.2.1", "Forwarded: for=unknown"}, "127.0.0.1"},
};

START_TEST(the_client_is_the_last_address_that_is_no_trusted_proxy)
{
    for (size_t i = 0; i < ARRAY_LENGTH(chains); i++) {
        Forwarded forwarded = read_headers(chains[i].peer, chains[i].headers);

        ck_assert_msg(strcmp(forwarded.client, chains[i].client) == 0, "row %zu, %s: %s instead of %s", i,
            chains[i].headers[0], forwarded.client, chains[i].client);
    }
}
END_TEST

/* Most of it is the client's; a proxy has added the end. */
static void assert_long_list(const char *name, const char *item, const char *last, const char *client)
{
    enum { LENGTH = 65536 };
    size_t item_length = strlen(item);
    auto_free char *filler = malloc(LENGTH + 1), *line = NULL;

    ck_assert_ptr_nonnull(filler);
    for (size_t i = 0; i < LENGTH; i++)
        filler[i] = item[i % item_length];
    filler[LENGTH] = '\0';
    line = text_printf("%s: %s,%s", name, filler, last);
    ck_assert_str_eq(read_headers("127.0.0.1", (const char *const[MAX_HEADERS]){line}).client, client);
}

START_TEST(a_list_of_64_kb_is_read_from_its_end)
{
    static const char *const fillers[] = {",", " ", "a", ";", "=", "10.0.0.1,", "\\", "\xff", "[", ":"};

    for (size_t i = 0; i < ARRAY_LENGTH(fillers); i++) {
        assert_long_list("X-Forwarded-For", fillers[i], "192.0.2.1", "192.0.2.1");
        assert_long_list("Forwarded", fillers[i], "for=192.0.2.1", "192.0.2.1");
    }
    /* A chain of our own proxies as long as that has no client. */
    assert_long_list("X-Forwarded-For", "a", "a", "127.0.0.1");
    assert_long_list("Forwarded", "for=10.0.0.1, ", "for=unknown", "127.0.0.1");
    assert_long_list("Forwarded", "\"", "\", for=192.0.2.1", "127.0.0.1");
}
END_TEST

static const struct {
    const char *headers[MAX_HEADERS];
    const char *base;
} bases[] = {
    {{"Host: lab"}, "http://lab"},
    {{NULL}, ""},
    {{"Host: lab", "X-Forwarded-Proto: https"}, "https://lab"},
    {{"Host: lab:8080 ", "X-Forwarded-Proto: HTTPS"}, "https://lab:8080"},
    {{"Host: lab", "X-Forwarded-Proto: http, https"}, "https://lab"},
    {{"Host: lab", "X-Forwarded-Proto: https, http"}, "http://lab"},
    {{"Host: lab", "X-Forwarded-Proto: https "}, "https://lab"},
    {{"Host: lab", "X-Forwarded-Proto: httpsx"}, "http://lab"},
    {{"Host: lab", "X-Forwarded-Proto: javascript"}, "http://lab"},
    {{"Host: in", "X-Forwarded-Host: lab.example.org:8443"}, "http://lab.example.org:8443"},
    {{"Host: in", "X-Forwarded-Host: evil.example, lab.example.org"}, "http://lab.example.org"},
    {{"Host: in", "X-Forwarded-Host: evil.example", "X-Forwarded-Host: lab"}, "http://lab"},
    {{"X-Forwarded-Prefix: /lab"}, "/lab"},
    {{"Host: h", "X-Forwarded-Prefix: /lab/"}, "http://h/lab"},
    {{"Host: h", "X-Forwarded-Prefix: /a/b-c_d.e~f"}, "http://h/a/b-c_d.e~f"},
    {{"Host: h", "X-Forwarded-Prefix: /evil, /lab"}, "http://h/lab"},
    {{"Host: h", "X-Forwarded-Prefix: /"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: lab"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: //evil.example"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /lab//evil"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /lab/../evil"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /.lab"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /lab; Domain=evil"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /lab\"\\"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /lab%0d%0a"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: /lab?a=1"}, "http://h"},
    {{"Host: h", "X-Forwarded-Prefix: https://evil.example"}, "http://h"},
    /* Of Forwarded, the entry that names the client; the headers of one value go before it. */
    {{"Host: in", "Forwarded: for=192.0.2.1;proto=https;host=\"lab:8443\""}, "https://lab:8443"},
    {{"Host: in", "Forwarded: for=192.0.2.1;proto=https;host=lab, for=10.0.0.1;proto=http;host=inner"},
        "https://lab"},
    {{"Host: in", "Forwarded: for=192.0.2.7;proto=https;host=evil, for=192.0.2.1;proto=http;host=lab"},
        "http://lab"},
    {{"Host: in", "Forwarded: for=192.0.2.1;proto=https;host=a", "X-Forwarded-Proto: http",
         "X-Forwarded-Host: b"},
        "http://b"},
    {{"Host: in", FOR "192.0.2.1", "Forwarded: for=192.0.2.2;proto=https;host=evil"}, "http://in"},
};

START_TEST(a_proxy_says_how_the_client_has_asked)
{
    for (size_t i = 0; i < ARRAY_LENGTH(bases); i++) {
        FakeRequest fake = fake_request(METHOD_GET, bases[i].headers);
        auto_free char *base = NULL;

        fake.request.peer = "10.1.2.3";
        forwarded_read(&fake.request, TRUSTED);
        base = forwarded_base(&fake.request);
        ck_assert_msg(strcmp(base, bases[i].base) == 0, "row %zu: %s instead of %s", i, base, bases[i].base);
    }
}
END_TEST

START_TEST(a_stranger_says_nothing_of_itself)
{
    static const char *const headers[MAX_HEADERS] = {"Host: lab", "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil", "X-Forwarded-Prefix: /evil",
        "Forwarded: for=127.0.0.1;proto=https;host=evil", FOR "127.0.0.1"};
    Forwarded forwarded = read_headers("192.0.2.1", headers);

    ck_assert_str_eq(forwarded.client, "192.0.2.1");
    ck_assert(!forwarded.said && !forwarded.https);
    ck_assert_str_eq(forwarded.host, "");
    ck_assert_str_eq(forwarded.prefix, "");
}
END_TEST

START_TEST(what_is_too_long_is_no_prefix_and_no_host)
{
    auto_free char *prefix = text_printf("X-Forwarded-Prefix: /%0*d", FORWARDED_MAX_PREFIX - 1, 7);
    auto_free char *longer = text_printf("%s7", prefix);
    auto_free char *host = text_printf("X-Forwarded-Host: %0400d", 7);
    Forwarded forwarded = read_headers("127.0.0.1", (const char *const[MAX_HEADERS]){prefix});

    ck_assert_uint_eq(strlen(forwarded.prefix), FORWARDED_MAX_PREFIX);
    forwarded = read_headers("127.0.0.1", (const char *const[MAX_HEADERS]){longer, host});
    ck_assert_str_eq(forwarded.prefix, "");
    /* Longer than any host; the gate refuses it. */
    ck_assert_uint_eq(strlen(forwarded.host), sizeof(forwarded.host) - 1);
}
END_TEST

RUN_TESTS("forwarded", 20, the_client_is_the_last_address_that_is_no_trusted_proxy,
    a_list_of_64_kb_is_read_from_its_end, a_proxy_says_how_the_client_has_asked,
    a_stranger_says_nothing_of_itself, what_is_too_long_is_no_prefix_and_no_host)
