/* Who passes the gate: tables of requests as browsers, curl and attackers send them. */
#include "handlers/gate.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/fake-request.h"
#include "tests/unit/run.h"

#define HOSTS "lab.example.org, *.school.example"
#define ORIGINS "https://pages.example.org http://localhost:3000,http://[2001:db8::1]:8080"
#define TOKEN "user-secret"
#define INSTRUCTOR "teacher-secret"

/* A refusal has this status and these words in its body; NULL: any. */
static void assert_refused(Response *refusal, int status, const char *words, const char *what)
{
    ck_assert_msg(refusal, "%s passes", what);
    ck_assert_msg(refusal->status == status, "%s: %s", what, refusal->body);
    ck_assert_str_eq(refusal->type, "application/problem+json");
    ck_assert_msg(!words || strstr(refusal->body, words), "%s: no \"%s\" in %s", what, words, refusal->body);
    response_free(refusal);
}

static const struct {
    const char *host; /* NULL: there is none */
    int status;       /* 0: it passes */
    const char *words;
} hosts[] = {
    {"127.0.0.1", 0, NULL},
    {"127.0.0.1:8080", 0, NULL},
    {"192.168.1.17:8080", 0, NULL},
    {"[::1]:8080", 0, NULL},
    {"[2001:db8::5]", 0, NULL},
    {"localhost", 0, NULL},
    {"LOCALHOST:9000", 0, NULL},
    {"localhost.", 0, NULL},
    {"gilscope.localhost:1", 0, NULL},
    {"lab.example.org", 0, NULL},
    {"Lab.Example.org:8080", 0, NULL},
    {"lab.example.org.:443", 0, NULL},
    {"a.school.example", 0, NULL},
    {"a.b.school.example:81", 0, NULL},
    {"lab.example.org ", 0, NULL},
    {NULL, 0, NULL},
    {"evil.example", 421, "--set server.hosts=evil.example"},
    {"evil.example:8080", 421, "\"setting\": \"server.hosts\""},
    {"school.example", 421, "school.example"},
    {"badschool.example", 421, NULL},
    {"a.school.example.evil.net", 421, NULL},
    {"lab.example.org.evil.net", 421, NULL},
    {"notlocalhost", 421, NULL},
    {"localhost.evil.net", 421, NULL},
    {"127.0.0.1.evil.net", 421, NULL},
    {"127.1", 421, NULL},
    {"0x7f.1", 421, NULL},
    {"2130706433", 421, NULL},
    {"127.0.0.01", 421, NULL},
    {"", 400, NULL},
    {"user@localhost", 400, "user@localhost"},
    {"local host", 400, NULL},
    {"localhost:0", 400, NULL},
    {"localhost:65536", 400, NULL},
    {"localhost:http", 400, NULL},
    {"localhost:80:80", 400, NULL},
    {"localhost/", 400, NULL},
    {"::1", 400, NULL},
    {"[::1", 400, NULL},
    {"[127.0.0.1]", 400, NULL},
    {"[::1]evil.net", 400, NULL},
    {"a..b", 400, NULL},
    {"b\xfc", 400, "b\xef\xbf\xbd"},
};

START_TEST(a_host_passes_if_it_cannot_be_rebound_or_is_allowed)
{
    const GateSettings settings = {HOSTS, "", "", ""};

    for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
        char line[300] = "Host: ";
        const char *const headers[MAX_HEADERS] = {hosts[i].host ? strcat(line, hosts[i].host) : NULL};
        FakeRequest request = fake_request(METHOD_GET, headers);
        GateRole role = GATE_NOBODY;
        Response *refusal = gate_check(&settings, &request.request, NEEDS_HOST, &role);

        if (hosts[i].status > 0) {
            assert_refused(refusal, hosts[i].status, hosts[i].words, line);
            ck_assert_int_eq(role, GATE_NOBODY);
        } else {
            ck_assert_msg(!refusal, "%s: %s", line, refusal->body);
            ck_assert_int_eq(role, GATE_USER);
        }
        ck_assert_ptr_null(gate_check(&settings, &request.request, NEEDS_NOTHING, &role));
    }
}
END_TEST

START_TEST(no_name_but_localhost_passes_without_a_setting)
{
    const GateSettings settings = {"", "", "", ""};
    const char *const local[MAX_HEADERS] = {"Host: localhost:8080"};
    const char *const named[MAX_HEADERS] = {"Host: lab.example.org"};
    FakeRequest request = fake_request(METHOD_GET, local);
    GateRole role;

    ck_assert_ptr_null(gate_check(&settings, &request.request, NEEDS_HOST, &role));
    request = fake_request(METHOD_GET, named);
    assert_refused(gate_check(&settings, &request.request, NEEDS_HOST, &role), 421, NULL, named[0]);
}
END_TEST

START_TEST(behind_a_proxy_both_names_have_to_be_right)
{
    static const struct {
        const char *host, *forwarded;
        int status;
    } rows[] = {
        {"Host: 127.0.0.1:8080", "lab.example.org", 0},
        {"Host: lab.example.org", "lab.example.org:443", 0},
        {NULL, "lab.example.org", 0},
        {"Host: localhost", "evil.example", 421},
        {"Host: evil.example", "localhost", 421},
        {"Host: localhost", "user@localhost", 400},
        {"Host: localhost", "a, b", 400},
        {"Host: \"", "localhost", 400},
    };
    const GateSettings settings = {HOSTS, "", "", ""};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const char *const headers[MAX_HEADERS] = {rows[i].host};
        FakeRequest request = fake_request(METHOD_GET, headers);
        GateRole role;
        Response *refusal;

        strcpy(request.request.forwarded.host, rows[i].forwarded);
        refusal = gate_check(&settings, &request.request, NEEDS_HOST, &role);
        ck_assert_msg((refusal ? refusal->status : 0) == rows[i].status, "%s for %s: %s", rows[i].host,
            rows[i].forwarded, refusal ? refusal->body : "passes");
        response_free(refusal);
    }
}
END_TEST

/* The page knows itself by the name that the client asked for, not by what the proxy calls the server. */
START_TEST(behind_a_proxy_a_page_is_its_own_under_the_name_of_the_proxy)
{
    const GateSettings settings = {HOSTS, "", "", ""};
    const char *const own[MAX_HEADERS] = {"Host: 127.0.0.1:8080", "Origin: https://lab.example.org"};
    const char *const inner[MAX_HEADERS] = {"Host: 127.0.0.1:8080", "Origin: http://127.0.0.1:8080"};
    FakeRequest request = fake_request(METHOD_POST, own);
    GateRole role;

    assert_refused(
        gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role), 403, "Origin", "no proxy");
    strcpy(request.request.forwarded.host, "lab.example.org");
    request.request.forwarded.https = true;
    strcpy(request.request.forwarded.prefix, "/lab");
    ck_assert_ptr_null(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role));
    request.headers = inner;
    assert_refused(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role), 403,
        "\"page\": \"https://lab.example.org/lab/\"", "Origin of the inside");
}
END_TEST

START_TEST(of_an_absolute_target_and_a_host_the_target_counts)
{
    const GateSettings settings = {"", "", "", ""};
    const char *const headers[MAX_HEADERS] = {"Host: localhost", "Origin: http://localhost"};
    const char *const foreign[MAX_HEADERS] = {"Host: evil.example", "Origin: http://127.0.0.1:8080"};
    FakeRequest request = fake_request(METHOD_GET, headers);
    GateRole role;

    request.request.authority = "evil.example";
    assert_refused(gate_check(&settings, &request.request, NEEDS_HOST, &role), 421, NULL, "target");
    request.request.authority = "";
    assert_refused(gate_check(&settings, &request.request, NEEDS_HOST, &role), 400, NULL, "empty target");
    request.request.authority = "127.0.0.1:8080";
    assert_refused(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role), 403, NULL, "Origin");
    request.headers = foreign;
    ck_assert_ptr_null(gate_check(&settings, &request.request, NEEDS_HOST | NEEDS_SAME_SITE, &role));
}
END_TEST

#define AT_LOCALHOST "Host: localhost:8080"
#define CHROME_IMAGE "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
#define FIREFOX_IMAGE "image/avif,image/jxl,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
#define OLD_FIREFOX_IMAGE "image/webp,*/*"
#define SAFARI_IMAGE                                                                                         \
    "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,"  \
    "image/*;q=0.8,*/*;q=0.5"
#define NAVIGATION                                                                                           \
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"

static const struct {
    Method method;
    const char *headers[MAX_HEADERS];
    const char *sign; /* the header that tells, or NULL: it passes */
} sites[] = {
    /* curl, scripts, the page itself, the address line. */
    {METHOD_GET, {AT_LOCALHOST, "Accept: */*"}, NULL},
    {METHOD_POST, {AT_LOCALHOST}, NULL},
    {METHOD_GET, {NULL}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Sec-Fetch-Site: same-origin", "Referer: http://localhost:8080/"}, NULL},
    {METHOD_POST, {AT_LOCALHOST, "Sec-Fetch-Site: same-origin", "Origin: http://localhost:8080"}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Sec-Fetch-Site: none", "Accept: " NAVIGATION}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Accept: application/json, application/problem+json"}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Accept: text/csv, image/png"}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Accept:  "}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Referer: "}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Referer: http://LOCALHOST:8080/run/x?y#z"}, NULL},
    {METHOD_POST, {"Host: lab", "Origin: http://lab"}, NULL},
    {METHOD_POST, {"Host: lab", "Origin: https://lab"}, NULL},
    {METHOD_POST, {"Host: lab:443", "Origin: https://lab"}, NULL},
    {METHOD_POST, {"Host: lab:80", "Origin: http://lab"}, NULL},
    {METHOD_POST, {"Host: [0:0::1]:80", "Origin: http://[::1]"}, NULL},
    {METHOD_POST, {AT_LOCALHOST, "Accept: " CHROME_IMAGE}, NULL},
    /* Another site's script or form. */
    {METHOD_GET, {AT_LOCALHOST, "Sec-Fetch-Site: cross-site"}, "Sec-Fetch-Site"},
    {METHOD_GET, {AT_LOCALHOST, "Sec-Fetch-Site: same-site"}, "Sec-Fetch-Site"},
    {METHOD_GET, {AT_LOCALHOST, "Sec-Fetch-Site: "}, "Sec-Fetch-Site"},
    {METHOD_POST, {AT_LOCALHOST, "Sec-Fetch-Site: same-origin", "Origin: https://evil.example"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: https://evil.example"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: null"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: "}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: http://localhost"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: http://localhost:8081"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: http://localhost:8080/"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: ftp://localhost:8080"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: http://127.0.0.1:8080"}, "Origin"},
    {METHOD_POST, {"Host: lab:80", "Origin: https://lab"}, "Origin"},
    {METHOD_POST, {"Origin: http://localhost"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: https://pages.example.org:444"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: http://pages.example.org"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: https://localhost:3000"}, "Origin"},
    {METHOD_POST, {AT_LOCALHOST, "Origin: https://pages.example.org.evil.net"}, "Origin"},
    {METHOD_GET, {AT_LOCALHOST, "Referer: https://evil.example/page"}, "Referer"},
    {METHOD_GET, {AT_LOCALHOST, "Referer: http://localhost:8080@evil.example/"}, "Referer"},
    {METHOD_GET, {AT_LOCALHOST, "Referer: http://localhost:8080.evil.example/"}, "Referer"},
    {METHOD_GET, {AT_LOCALHOST, "Referer: about:client"}, "Referer"},
    {METHOD_GET, {AT_LOCALHOST, "Referer: https://pages.example.org/"}, "Referer"},
    /* Its images, whose Accept gives them away. */
    {METHOD_GET, {AT_LOCALHOST, "Accept: " CHROME_IMAGE}, "Accept"},
    {METHOD_GET, {AT_LOCALHOST, "Accept: " FIREFOX_IMAGE}, "Accept"},
    {METHOD_GET, {AT_LOCALHOST, "Accept: " OLD_FIREFOX_IMAGE}, "Accept"},
    {METHOD_GET, {AT_LOCALHOST, "Accept: " SAFARI_IMAGE}, "Accept"},
    {METHOD_HEAD, {AT_LOCALHOST, "Accept: IMAGE/png"}, "Accept"},
    {METHOD_GET, {AT_LOCALHOST, "Accept: text/css,*/*;q=0.1"}, "Accept"},
    /* An origin that is allowed. */
    {METHOD_POST,
        {AT_LOCALHOST, "Sec-Fetch-Site: cross-site", "Origin: https://pages.example.org",
            "Referer: https://pages.example.org/"},
        NULL},
    {METHOD_POST, {AT_LOCALHOST, "Sec-Fetch-Site: same-site", "Origin: http://localhost:3000"}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Origin: https://PAGES.example.org:443"}, NULL},
    {METHOD_GET, {AT_LOCALHOST, "Origin: http://[2001:db8:0::1]:8080", "Accept: " CHROME_IMAGE}, NULL},
};

START_TEST(a_request_for_another_site_is_refused_by_the_header_that_tells)
{
    const GateSettings settings = {HOSTS, ORIGINS, "", ""};

    for (size_t i = 0; i < ARRAY_LENGTH(sites); i++) {
        FakeRequest request = fake_request(sites[i].method, sites[i].headers);
        const char *what = sites[i].headers[1] ? sites[i].headers[1] : "(no header)";
        char named[64];
        GateRole role;
        Response *refusal = gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role);

        if (sites[i].sign) {
            snprintf(named, sizeof(named), "\"header\": \"%s\"", sites[i].sign);
            assert_refused(refusal, 403, named, what);
        } else {
            ck_assert_msg(!refusal, "%s: %s", what, refusal->body);
        }
        ck_assert_ptr_null(gate_check(&settings, &request.request, NEEDS_NOTHING, &role));
    }
}
END_TEST

START_TEST(a_refused_page_is_told_where_this_one_is)
{
    const GateSettings settings = {"", "", "", ""};
    const char *const headers[MAX_HEADERS] = {"Host: [::1]:8080", "Origin: https://evil.example"};
    const char *const nowhere[MAX_HEADERS] = {"Origin: https://evil.example"};
    FakeRequest request = fake_request(METHOD_POST, headers);
    GateRole role;
    Response *refusal;

    assert_refused(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role), 403,
        "\"page\": \"http://[::1]:8080/\"", "Origin");
    assert_refused(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role), 403,
        "https://evil.example", "Origin");
    request = fake_request(METHOD_POST, nowhere);
    refusal = gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role);
    ck_assert_ptr_nonnull(refusal);
    ck_assert_ptr_null(strstr(refusal->body, "\"page\""));
    response_free(refusal);
}
END_TEST

START_TEST(a_star_allows_every_origin)
{
    const GateSettings settings = {"", "*", "", ""};
    const char *const headers[][MAX_HEADERS] = {{AT_LOCALHOST, "Origin: https://any.example"},
        {AT_LOCALHOST, "Origin: null", "Sec-Fetch-Site: cross-site"}};
    const char *const no_origin[MAX_HEADERS] = {AT_LOCALHOST, "Sec-Fetch-Site: cross-site"};
    FakeRequest request;
    GateRole role;

    for (size_t i = 0; i < 2; i++) {
        request = fake_request(METHOD_POST, headers[i]);
        ck_assert_ptr_null(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role));
    }
    request = fake_request(METHOD_GET, no_origin);
    assert_refused(gate_check(&settings, &request.request, NEEDS_SAME_SITE, &role), 403, NULL, no_origin[1]);
}
END_TEST

typedef enum Tokens { NONE, USERS, INSTRUCTORS, BOTH } Tokens;

static const GateSettings tokens[] = {
    [NONE] = {"", "", "", ""},
    [USERS] = {"", "", TOKEN, ""},
    [INSTRUCTORS] = {"", "", "", INSTRUCTOR},
    [BOTH] = {"", "", TOKEN, INSTRUCTOR},
};

enum { WRONG = -1, MISSING = -2 }; /* refused, and whether the challenge says invalid_token */

static const struct {
    Tokens set;
    const char *authorization; /* NULL: there is none */
    int role;                  /* or why it is refused */
} claims[] = {
    {NONE, NULL, GATE_USER},
    {NONE, "Bearer whatever", GATE_USER},
    {NONE, "Bearer ", GATE_USER},
    {USERS, NULL, MISSING},
    {USERS, "Bearer " TOKEN, GATE_USER},
    {USERS, "bearer " TOKEN, GATE_USER},
    {USERS, "BEARER   " TOKEN "  ", GATE_USER},
    {USERS, "Bearer user-secreT", WRONG},
    {USERS, "Bearer user-secre", WRONG},
    {USERS, "Bearer user-secrett", WRONG},
    {USERS, "Bearer user-secret more", WRONG},
    {USERS, "Bearer", WRONG},
    {USERS, "Bearer ", WRONG},
    {USERS, "Bearer " INSTRUCTOR, WRONG},
    {USERS, "Bearer" TOKEN, MISSING},
    {USERS, TOKEN, MISSING},
    {USERS, "Basic dXNlcjpzZWNyZXQ=", MISSING},
    {USERS, "", MISSING},
    {INSTRUCTORS, NULL, GATE_USER},
    {INSTRUCTORS, "Basic dXNlcjpzZWNyZXQ=", GATE_USER},
    {INSTRUCTORS, "Bearer " INSTRUCTOR, GATE_INSTRUCTOR},
    {INSTRUCTORS, "Bearer " TOKEN, WRONG},
    {INSTRUCTORS, "Bearer ", WRONG},
    {BOTH, NULL, MISSING},
    {BOTH, "Bearer " TOKEN, GATE_USER},
    {BOTH, "Bearer " INSTRUCTOR, GATE_INSTRUCTOR},
    {BOTH, "Bearer " TOKEN INSTRUCTOR, WRONG},
};

static void assert_challenged(Response *refusal, int why, const char *what)
{
    ck_assert_msg(refusal && refusal->n_headers == 1, "%s passes", what);
    ck_assert_str_eq(refusal->headers[0].name, "WWW-Authenticate");
    ck_assert_str_eq(refusal->headers[0].value,
        why == WRONG ? "Bearer realm=\"gilscope\", error=\"invalid_token\"" : "Bearer realm=\"gilscope\"");
    ck_assert_ptr_null(strstr(refusal->body, "secret"));
    assert_refused(refusal, 401, NULL, what);
}

START_TEST(a_token_gives_its_role_where_one_is_needed)
{
    for (size_t i = 0; i < ARRAY_LENGTH(claims); i++) {
        char line[100] = "Authorization: ";
        const char *const headers[MAX_HEADERS] = {
            claims[i].authorization ? strcat(line, claims[i].authorization) : NULL};
        FakeRequest request = fake_request(METHOD_GET, headers);
        GateRole role = GATE_NOBODY;
        Response *refusal = gate_check(&tokens[claims[i].set], &request.request, NEEDS_TOKEN, &role);

        if (claims[i].role < 0) {
            assert_challenged(refusal, claims[i].role, line);
            continue;
        }
        ck_assert_msg(!refusal, "%s: %s", line, refusal->body);
        ck_assert_msg((int)role == claims[i].role, "%s with %d", line, claims[i].set);
    }
}
END_TEST

START_TEST(where_no_token_is_needed_a_wrong_one_is_nobodys)
{
    const char *const wrong[MAX_HEADERS] = {"Authorization: Bearer x"};
    const char *const right[MAX_HEADERS] = {"Authorization: Bearer " INSTRUCTOR};
    FakeRequest request = fake_request(METHOD_GET, wrong);
    GateRole role = GATE_USER;

    ck_assert_ptr_null(gate_check(&tokens[BOTH], &request.request, NEEDS_HOST, &role));
    ck_assert_int_eq(role, GATE_NOBODY);
    ck_assert_ptr_null(gate_check(&tokens[INSTRUCTORS], &request.request, NEEDS_HOST, &role));
    ck_assert_int_eq(role, GATE_USER);
    request = fake_request(METHOD_GET, right);
    ck_assert_ptr_null(gate_check(&tokens[BOTH], &request.request, NEEDS_HOST, &role));
    ck_assert_int_eq(role, GATE_INSTRUCTOR);
}
END_TEST

START_TEST(the_host_is_checked_first_and_the_token_last)
{
    const GateSettings settings = {"", "", TOKEN, ""};
    const char *headers[MAX_HEADERS] = {"Host: evil.example", "Origin: https://evil.example"};
    const unsigned all = NEEDS_HOST | NEEDS_SAME_SITE | NEEDS_TOKEN;
    FakeRequest request = fake_request(METHOD_POST, headers);
    GateRole role;

    assert_refused(gate_check(&settings, &request.request, all, &role), 421, NULL, "all wrong");
    headers[0] = "Host: localhost";
    assert_refused(gate_check(&settings, &request.request, all, &role), 403, NULL, "host right");
    headers[1] = "Origin: http://localhost";
    assert_refused(gate_check(&settings, &request.request, all, &role), 401, NULL, "site right");
    headers[2] = "Authorization: Bearer " TOKEN;
    ck_assert_ptr_null(gate_check(&settings, &request.request, all, &role));
}
END_TEST

#define ASKS "Access-Control-Request-Method: POST"

static const struct {
    const char *origins;
    Method method;
    const char *headers[MAX_HEADERS];
    size_t n_headers;      /* that the answer gets */
    const char *preflight; /* the origin that the preflight's answer allows, or NULL */
} shared[] = {
    {"", METHOD_GET, {"Origin: https://pages.example.org"}, 0, NULL},
    {"", METHOD_OPTIONS, {"Origin: https://pages.example.org", ASKS}, 0, NULL},
    {ORIGINS, METHOD_GET, {"Origin: https://pages.example.org"}, 3, NULL},
    {ORIGINS, METHOD_GET, {"Origin: https://evil.example"}, 1, NULL},
    {ORIGINS, METHOD_GET, {"Origin: null"}, 1, NULL},
    {ORIGINS, METHOD_GET, {NULL}, 1, NULL},
    {ORIGINS, METHOD_OPTIONS, {"Origin: https://pages.example.org"}, 3, NULL},
    {ORIGINS, METHOD_OPTIONS, {"Origin: https://pages.example.org", ASKS}, 0, "https://pages.example.org"},
    {ORIGINS, METHOD_OPTIONS, {"Origin: https://evil.example", ASKS}, 0, NULL},
    {"*", METHOD_GET, {"Origin: https://evil.example"}, 3, NULL},
    {"*", METHOD_OPTIONS, {"Origin: null", ASKS}, 0, "null"},
};

static const char *find_header(const Response *response, const char *name)
{
    for (size_t i = 0; i < response->n_headers; i++)
        if (strcmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    return NULL;
}

START_TEST(an_answer_may_be_read_by_pages_of_allowed_origins_only)
{
    for (size_t i = 0; i < ARRAY_LENGTH(shared); i++) {
        const GateSettings settings = {"", shared[i].origins, "", ""};
        FakeRequest request = fake_request(shared[i].method, shared[i].headers);
        GateHeader headers[GATE_CORS_HEADERS];
        size_t n = gate_cors_headers(&settings, &request.request, headers);

        ck_assert_msg(n == shared[i].n_headers, "row %zu: %zu", i, n);
        if (n > 0)
            ck_assert_str_eq(headers[0].name, "Vary");
        if (n < 3)
            continue;
        ck_assert_str_eq(headers[1].name, "Access-Control-Allow-Origin");
        ck_assert_str_eq(headers[1].value, fake_header(&request.request, "Origin"));
        ck_assert_str_eq(headers[2].name, "Access-Control-Expose-Headers");
    }
}
END_TEST

START_TEST(a_preflight_is_told_what_may_be_asked)
{
    for (size_t i = 0; i < ARRAY_LENGTH(shared); i++) {
        const GateSettings settings = {"", shared[i].origins, "", ""};
        FakeRequest request = fake_request(shared[i].method, shared[i].headers);
        Response *response =
            gate_cors_preflight(&settings, &request.request, response_new_empty(204), "GET, POST");

        if (shared[i].preflight) {
            ck_assert_str_eq(find_header(response, "Access-Control-Allow-Origin"), shared[i].preflight);
            ck_assert_str_eq(find_header(response, "Access-Control-Allow-Methods"), "GET, POST");
            ck_assert(strstr(find_header(response, "Access-Control-Allow-Headers"), "Authorization"));
            ck_assert_str_eq(find_header(response, "Access-Control-Max-Age"), "600");
            ck_assert_ptr_null(find_header(response, "Access-Control-Allow-Credentials"));
        } else {
            ck_assert_uint_eq(response->n_headers, 0);
        }
        response_free(response);
    }
}
END_TEST

RUN_TESTS("gate", 30, a_host_passes_if_it_cannot_be_rebound_or_is_allowed,
    no_name_but_localhost_passes_without_a_setting, behind_a_proxy_both_names_have_to_be_right,
    behind_a_proxy_a_page_is_its_own_under_the_name_of_the_proxy,
    of_an_absolute_target_and_a_host_the_target_counts,
    a_request_for_another_site_is_refused_by_the_header_that_tells, a_refused_page_is_told_where_this_one_is,
    a_star_allows_every_origin, a_token_gives_its_role_where_one_is_needed,
    where_no_token_is_needed_a_wrong_one_is_nobodys, the_host_is_checked_first_and_the_token_last,
    an_answer_may_be_read_by_pages_of_allowed_origins_only, a_preflight_is_told_what_may_be_asked)
