/* host[:port] and origins, read and compared. */
#include "base/authority.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/run.h"

static const struct {
    const char *text;
    AuthorityKind kind;
    const char *host;
    int port;
} rows[] = {
    {"localhost", AUTHORITY_NAME, "localhost", 0},
    {"LocalHost.:8080", AUTHORITY_NAME, "localhost", 8080},
    {"a_b-c.example.org:", AUTHORITY_NAME, "a_b-c.example.org", 0},
    {"lab:65535", AUTHORITY_NAME, "lab", 65535},
    {"127.0.0.1:00080", AUTHORITY_IPV4, "127.0.0.1", 80},
    {"127.1", AUTHORITY_NAME, "127.1", 0},
    {"0x7f.1", AUTHORITY_NAME, "0x7f.1", 0},
    {"2130706433", AUTHORITY_NAME, "2130706433", 0},
    {"127.0.0.256", AUTHORITY_NAME, "127.0.0.256", 0},
    {"127.0.0.01", AUTHORITY_NAME, "127.0.0.01", 0},
    {"[::1]", AUTHORITY_IPV6, "::1", 0},
    {"[0:0:0:0:0:0:0:1]:8080", AUTHORITY_IPV6, "::1", 8080},
    {"[::1]:", AUTHORITY_IPV6, "::1", 0},
    {"[2001:DB8::A]:1", AUTHORITY_IPV6, "2001:db8::a", 1},
};

START_TEST(an_authority_is_read_into_one_form)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Authority made;

        ck_assert_msg(authority_parse(rows[i].text, strlen(rows[i].text), &made) == 0, "%s", rows[i].text);
        ck_assert_int_eq(made.kind, rows[i].kind);
        ck_assert_str_eq(made.host, rows[i].host);
        ck_assert_int_eq(made.port, rows[i].port);
        ck_assert_int_eq(made.default_port, 0);
    }
}
END_TEST

START_TEST(what_is_no_authority_is_refused_and_leaves_the_old_one)
{
    static const char *const bad[] = {"", ".", ":80", "a..b", ".a", "a b", " a", "a ", "a/b", "user@host",
        "user:pw@host", "a%20b", "a,b", "a\\b", "b\xc3\xbc", "a:x", "a:0", "a:65536", "a:080808", "a:-1",
        "a:+1", "a:80:80", "::1", "[::1", "::1]", "[]", "[::1]x", "[::1]80", "[127.0.0.1]",
        "[fe80::1%25eth0]", "[localhost]", "*", "*.example.org",
        "a123456789a123456789a123456789a123456789a123456789a123456789abcd"};

    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        Authority made = {.port = 4711};

        ck_assert_msg(authority_parse(bad[i], strlen(bad[i]), &made) == -EINVAL, "%s", bad[i]);
        ck_assert_int_eq(made.port, 4711);
    }
}
END_TEST

START_TEST(a_name_has_at_most_253_characters)
{
    char name[400];

    for (size_t length = 240; length < sizeof(name); length++) {
        Authority made;

        for (size_t i = 0; i < length; i++)
            name[i] = i % 10 == 9 && i + 1 < length ? '.' : 'a';
        ck_assert_int_eq(authority_parse(name, length, &made), length <= 253 ? 0 : -EINVAL);
    }
}
END_TEST

static const struct {
    const char *url;
    int length; /* or what is wrong */
    int default_port;
    bool origin;
} urls[] = {
    {"https://Lab:1/a?b", 13, 443, false},
    {"HTTP://[::1]#x", 12, 80, false},
    {"http://lab?", 10, 80, false},
    {"http://lab/", 10, 80, false},
    {"http://lab", 10, 80, true},
    {"https://lab:443", 15, 443, true},
    {"ftp://lab", -EINVAL, 0, false},
    {"http:/lab", -EINVAL, 0, false},
    {"http:///lab", -EINVAL, 0, false},
    {"http://user@lab", -EINVAL, 0, false},
    {"lab", -EINVAL, 0, false},
    {"null", -EINVAL, 0, false},
    {"", -EINVAL, 0, false},
};

START_TEST(a_url_is_read_up_to_its_path_and_an_origin_has_none)
{
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        size_t length = strlen(urls[i].url);
        Authority made = {0};

        ck_assert_int_eq(authority_parse_url(urls[i].url, length, &made), urls[i].length);
        ck_assert_int_eq(made.default_port, urls[i].default_port);
        ck_assert_int_eq(authority_parse_origin(urls[i].url, length, &made), urls[i].origin ? 0 : -EINVAL);
    }
}
END_TEST

START_TEST(a_nul_is_refused_and_ends_nothing)
{
    static const char url[] = "http://lab\0.evil.example/", origin[] = "http://lab\0";
    Authority made;

    ck_assert_int_eq(authority_parse_url(url, sizeof(url) - 1, &made), -EINVAL);
    ck_assert_int_eq(authority_parse_url(origin, sizeof(origin) - 1, &made), -EINVAL);
    ck_assert_int_eq(authority_parse_origin(origin, sizeof(origin) - 1, &made), -EINVAL);
}
END_TEST

START_TEST(a_url_ends_where_its_length_says)
{
    Authority made;

    ck_assert_int_eq(authority_parse_origin("http://lab.example.org", 10, &made), 0);
    ck_assert_str_eq(made.host, "lab");
    ck_assert_int_eq(authority_parse_origin("http://lab", 6, &made), -EINVAL);
}
END_TEST

/* Without a scheme it is what a Host header says. */
static const struct {
    const char *host, *origin;
    bool equal;
} pairs[] = {
    {"lab:8080", "http://lab:8080", true},
    {"LAB.:8080", "http://lab:8080", true},
    {"lab", "http://lab", true},
    {"lab", "https://lab", true},
    {"lab:80", "http://lab", true},
    {"lab:443", "https://lab", true},
    {"lab", "https://lab:443", true},
    {"[0::1]:1", "http://[::1]:1", true},
    {"lab:443", "http://lab", false},
    {"lab:80", "https://lab", false},
    {"lab:8080", "http://lab", false},
    {"lab", "http://lab:8080", false},
    {"lab", "http://lab.example.org", false},
    {"127.0.0.1", "http://localhost", false},
};

START_TEST(authorities_are_equal_with_the_same_host_and_port)
{
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        Authority host, origin;

        ck_assert_int_eq(authority_parse(pairs[i].host, strlen(pairs[i].host), &host), 0);
        ck_assert_int_eq(authority_parse_origin(pairs[i].origin, strlen(pairs[i].origin), &origin), 0);
        ck_assert_msg(
            authority_equals(&host, &origin) == pairs[i].equal, "%s %s", pairs[i].host, pairs[i].origin);
        ck_assert_msg(
            authority_equals(&origin, &host) == pairs[i].equal, "%s %s", pairs[i].host, pairs[i].origin);
    }
}
END_TEST

static const struct {
    const char *host, *pattern;
    bool fits;
} patterns[] = {
    {"lab.example.org", "lab.example.org", true},
    {"lab.example.org", "LAB.example.ORG", true},
    {"lab.example.org", "*.example.org", true},
    {"a.b.example.org", "*.example.org", true},
    {"example.org", "*.example.org", false},
    {"badexample.org", "*.example.org", false},
    {"lab.example.org", "example.org", false},
    {"lab.example.org.evil.net", "*.example.org", false},
    {"lab", "la", false},
    {"la", "lab", false},
    {"192.0.2.1", "192.0.2.1", false},
};

START_TEST(a_pattern_stands_for_names)
{
    for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
        Authority host;

        ck_assert_int_eq(authority_parse(patterns[i].host, strlen(patterns[i].host), &host), 0);
        ck_assert_msg(
            authority_fits(&host, patterns[i].pattern, strlen(patterns[i].pattern)) == patterns[i].fits,
            "%s %s", patterns[i].host, patterns[i].pattern);
    }
}
END_TEST

RUN_TESTS("authority", 30, an_authority_is_read_into_one_form,
    what_is_no_authority_is_refused_and_leaves_the_old_one, a_name_has_at_most_253_characters,
    a_url_is_read_up_to_its_path_and_an_origin_has_none, a_nul_is_refused_and_ends_nothing,
    a_url_ends_where_its_length_says, authorities_are_equal_with_the_same_host_and_port,
    a_pattern_stands_for_names)
