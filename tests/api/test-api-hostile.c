/* A table of what attackers send, and what each of them gets. Nothing is ever started for them: after each
 * table the server is alive, has no run, and no process but its origin.
 *
 * A redirect to loopback, and a name that leads there, start a run that fails: they are in test-api-egress.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define LOCAL "Host: localhost\r\n"
#define ONE API_ONCE "&fresh=1"
#define RUN "/run/fine" ONE
#define CLOSE "Connection: close\r\n"
#define END "\r\n"

/* What must not be read as a second request. */
#define SMUGGLED "GET /version HTTP/1.1\r\n" LOCAL CLOSE END

/* The header of a run in two halves, for a body that is not what it says. */
#define POST "POST " RUN " HTTP/1.1\r\n" LOCAL
#define CHUNKED POST "Transfer-Encoding: chunked\r\n" END

/* A string literal with the NULs in it. */
#define BYTES(text) text, sizeof(text) - 1

static ApiServer server;

/* Who refuses it. What the library refuses has neither problem details nor the guarding headers; docs/http.md
 * lists it. */
typedef enum Refuser {
    OURS,
    NEWER,   /* libmicrohttpd from version 1 on, or at least some of these; we before that */
    LIBRARY, /* libmicrohttpd in any version */
} Refuser;

/* libmicrohttpd before version 1 answers with a page that is cut. */
typedef struct Row {
    const char *bytes;
    size_t length;
    /* The answer, but not that of the library from version 1 on; "": none, the connection is closed. */
    const char *begins;
    const char *words; /* that stand in ours; NULL: any */
    Refuser refuser;
} Row;

#define BAD "HTTP/1.1 400 "
#define LINE "header line"

/* Two opinions on where the request ends, or what its headers are. */
static const Row framing[] = {
    {BYTES(POST "Content-Length: 3\r\nContent-Length: 4\r\n" END "abc" SMUGGLED), BAD, "more than once",
        NEWER},
    {BYTES(POST "Content-Length: 3\r\nContent-Length: 3\r\n" END "abc" SMUGGLED), BAD, "more than once",
        NEWER},
    {BYTES(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD,
        "another length", NEWER},
    {BYTES(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" END "0\r\n\r\n" SMUGGLED), BAD,
        "another length", NEWER},
    {BYTES(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD,
        "another length", NEWER},
    {BYTES(POST "Transfer-Encoding: xchunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD, "only chunked", NEWER},
    {BYTES(POST "Transfer-Encoding: gzip, chunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD, "only chunked", NEWER},
    {BYTES(POST "Transfer-Encoding: chunked, identity\r\n" END "0\r\n\r\n" SMUGGLED), BAD, "only chunked",
        NEWER},
    {BYTES(POST "Transfer-Encoding:\r\n" END SMUGGLED), BAD, "only chunked", NEWER},
    {BYTES("POST " RUN " HTTP/1.0\r\n" LOCAL "Transfer-Encoding: chunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD,
        "HTTP/1.0", NEWER},
    {BYTES(POST "Transfer-Encoding : chunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD, LINE, NEWER},
    {BYTES(POST "Content-Length : 5\r\n" END "abcde" SMUGGLED), BAD, LINE, NEWER},
    {BYTES(POST "Content-Length\t: 5\r\n" END "abcde" SMUGGLED), BAD, LINE, NEWER},
    {BYTES(POST "Content-Length\0: 5\r\n" END "abcde" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length:\r\n 5\r\n" END "abcde" SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "Transfer-Encoding:\r\n\tchunked\r\n" END "0\r\n\r\n" SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "X-Fold: a\r\n b\r\n" END SMUGGLED), BAD, NULL, NEWER},
    {BYTES("GET /version HTTP/1.1\r\n Host: localhost\r\n" END SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "X-Nul: a\0b\r\n" END SMUGGLED), BAD, NULL, NEWER},
    {BYTES("GET /version HTTP/1.1\r\nHost: localhost\0.evil.example\r\n" END SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "Transfer-Encoding: chunked\0x\r\n" END "0\r\n\r\n" SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "Content-Length: 5\0001\r\n" END "abcde" SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "X-Return: a\rContent-Length: 5\r\n" END "abcde" SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "X-Feed: a\nContent-Length: 5\r\n" END "abcde" SMUGGLED), BAD, NULL, NEWER},
    {BYTES("GET /version HTTP/1.1\nHost: localhost\n\n" SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "X-Bell: \a\r\n" END SMUGGLED), BAD, NULL, OURS},
    {BYTES(POST ": empty\r\n" END SMUGGLED), BAD, NULL, NEWER},
    {BYTES(POST "no colon\r\n" END SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length: -1\r\n" END SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length: +5\r\n" END "abcde" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length: 0x5\r\n" END "abcde" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length: 5, 5\r\n" END "abcde" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length:\r\n" END SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(POST "Content-Length: 18446744073709551616\r\n" END SMUGGLED), "HTTP/1.1 413 ", NULL, LIBRARY},
    {BYTES(POST "Content-Length: 18446744073709551615\r\n" END SMUGGLED), "HTTP/1.1 413 ", "65536", NEWER},
    {BYTES(POST "Content-Length: 70000000\r\n" END SMUGGLED), "HTTP/1.1 413 ", "65536", OURS},
    {BYTES(CHUNKED "-1\r\n" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(CHUNKED "g\r\nabc\r\n0\r\n\r\n" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(CHUNKED " 3\r\nabc\r\n0\r\n\r\n" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(CHUNKED "3\r\nabcXX0\r\n\r\n" SMUGGLED), BAD, NULL, LIBRARY},
    {BYTES(CHUNKED "10000000000000003\r\nabc\r\n0\r\n\r\n" SMUGGLED), "HTTP/1.1 4", NULL, LIBRARY},
};

/* What is no request for this server at all, or never ends. */
static const Row odd[] = {
    {BYTES("GET /version\r\n\r\n"), BAD, NULL, LIBRARY},
    {BYTES("GET /version HTTP/0.9\r\n" LOCAL END), "HTTP/1.1 ", NULL, LIBRARY},
    {BYTES("GET /version HTTP/1.10\r\n" LOCAL END), BAD, NULL, LIBRARY},
    {BYTES("GET /version HTTQ/1.1\r\n" LOCAL END), BAD, NULL, LIBRARY},
    {BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "HTTP/1.1 505 ", NULL, LIBRARY},
    {BYTES("\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "", NULL, OURS},
    {BYTES("GET /version\r HTTP/1.1\r\n" LOCAL CLOSE END), BAD, NULL, NEWER},
    {BYTES("GET /a b HTTP/1.1\r\n" LOCAL CLOSE END), BAD, NULL, NEWER},
    {BYTES("GET /run/fine\0?a HTTP/1.1\r\n" LOCAL CLOSE END), BAD, NULL, NEWER},
    {BYTES("CONNECT localhost:22 HTTP/1.1\r\n" LOCAL CLOSE END), BAD, "slash", OURS},
    {BYTES("TRACE /version HTTP/1.1\r\n" LOCAL CLOSE END), "HTTP/1.1 405 ", "GET, HEAD, OPTIONS", OURS},
    {BYTES("G@T /version HTTP/1.1\r\n" LOCAL CLOSE END), "HTTP/1.1 405 ", "GET, HEAD, OPTIONS", OURS},
    {BYTES("HEAD " RUN " HTTP/1.1\r\n" LOCAL CLOSE END), "HTTP/1.1 405 ", NULL, OURS},
    {BYTES("GET /version HTTP/1.1\r\n" LOCAL LOCAL CLOSE END), BAD, "one Host", NEWER},
    {BYTES("GET /version HTTP/1.0\r\n" LOCAL LOCAL END), BAD, "one Host", NEWER},
    {BYTES("GET /version HTTP/1.1\r\n" CLOSE END), BAD, "one Host", NEWER},
    {BYTES("GET /version HTTP/1.1\r\nHost:\r\n" CLOSE END), BAD, "asks for the host", OURS},
    {BYTES("GET /version HTTP/1.1\r\nHost: a b\r\n" CLOSE END), BAD, "asks for the host", OURS},
    /* Slow or unfinished: closed when limits.header_timeout_ms is over. */
    {BYTES("GET /version HTTP/1.1\r\nHost: local"), "", NULL, OURS},
    {BYTES(POST "Content-Length: 100\r\n" END "abc"), "", NULL, OURS},
    {BYTES(CHUNKED "fffffff\r\nabc"), "", NULL, OURS},
};

/* A page of HTML, or from version 1 on not a word. */
static bool is_of_the_library(const char *text)
{
    bool is_page = strstr(text, "<html>") &&
                   (strncmp(text, "HTTP/1.1 4", 10) == 0 || strncmp(text, "HTTP/1.1 5", 10) == 0);

    return is_page || (API_HTTP_LIBRARY >= 1 && *text == '\0');
}

static bool begins_as_expected(const Row *row, const char *text)
{
    return *row->begins ? strncmp(text, row->begins, strlen(row->begins)) == 0 : *text == '\0';
}

static void assert_ours(const Row *row, const char *text)
{
    ck_assert_msg(begins_as_expected(row, text), "%s\n%s", row->bytes, text);
    ck_assert_msg(
        !*text || (strstr(text, "application/problem+json") && strstr(text, "\nX-Frame-Options: DENY")),
        "%s\n%s", row->bytes, text);
    ck_assert_msg(
        !row->words || strstr(text, row->words), "%s\nno \"%s\" in %s", row->bytes, row->words, text);
}

static void assert_row(const Row *row)
{
    int fd = api_connect(&server);
    auto_free char *text = NULL;

    /* A client that is refused early may be hung up on while it still talks. */
    (void)!write(fd, row->bytes, row->length);
    text = api_receive(fd);
    ck_assert_msg(!strstr(text, "\"compiler\""), "smuggled: %s\n%s", row->bytes, text);
    if (row->refuser == LIBRARY)
        ck_assert_msg(is_of_the_library(text) && (API_HTTP_LIBRARY >= 1 || begins_as_expected(row, text)),
            "%s\n%s", row->bytes, text);
    else if (row->refuser == OURS || API_HTTP_LIBRARY < 1 || !is_of_the_library(text))
        assert_ours(row, text);
}

/* Alive, nothing was started, and nothing is left. */
static void assert_unharmed(const char *token)
{
    auto_answer ApiAnswer health = api_get(&server, "/healthz");
    auto_answer ApiAnswer runs = api_ask(&server, (ApiAsk){.path = "/runs", .header = token});

    api_assert_status(&health, 200);
    api_assert_status(&runs, 200);
    ck_assert_msg(json_array_size(json_object_get(runs.json, "runs")) == 0, "%s", runs.body);
    api_server_wait_for_descendants(&server, 1);
}

START_TEST(no_request_hides_behind_another)
{
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(framing); i++)
        assert_row(&framing[i]);
    assert_unharmed(NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(what_is_no_request_is_refused_or_hung_up_on)
{
    api_server_start(&server, API_FAKE_RUNTIME, "limits.header_timeout_ms=300", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(odd); i++)
        assert_row(&odd[i]);
    assert_unharmed(NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* A request that is in order, but for what it wants. */
typedef struct Ask {
    const char *request, *headers; /* the first line without the version, and complete header lines */
    const char *body;              /* NULL: none */
    int status;
    const char *words; /* that stand in the answer; NULL: any */
} Ask;

static void assert_ask(const Ask *ask)
{
    const char *body = ask->body ? ask->body : "";
    auto_free char *bytes = text_printf("%s HTTP/1.1\r\n%s" CLOSE "Content-Length: %zu\r\n\r\n%s",
        ask->request, ask->headers, strlen(body), body);
    auto_free char *begins = text_printf("HTTP/1.1 %d ", ask->status);
    auto_free char *text = api_receive(api_send(&server, bytes));

    ck_assert_msg(strncmp(text, begins, strlen(begins)) == 0, "%.2000s\n%s", bytes, text);
    ck_assert_msg(
        !ask->words || strstr(text, ask->words), "%.2000s\nno \"%s\" in %s", bytes, ask->words, text);
    ck_assert_msg(!strstr(text, "\nSet-Cookie"), "%.2000s\n%s", bytes, text);
}

#define EVIL "Host: evil.example\r\n"
#define CROSS LOCAL "Sec-Fetch-Site: cross-site\r\n"
#define ORIGIN LOCAL "Origin: https://evil.example\r\n"
#define FORM LOCAL "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON LOCAL "Content-Type: application/json\r\n"
#define ID "01ARZ3NDEKTSV4RRFFQ69G5FAV"
#define STREAM "Accept: text/event-stream\r\n"

static const Ask asks[] = {
    /* Names of others. */
    {"GET /version", EVIL, NULL, 421, "server.hosts"},
    {"GET /", "Host: 127.0.0.1.evil.example\r\n", NULL, 421, "server.hosts"},
    {"GET /", "Host: localhost.evil.example:8080\r\n", NULL, 421, "server.hosts"},
    {"GET " RUN, EVIL, NULL, 421, NULL},
    {"GET /runs", EVIL, NULL, 421, NULL},
    {"GET /events", EVIL STREAM, NULL, 421, NULL},
    {"DELETE /runs/" ID, EVIL, NULL, 421, NULL},
    {"GET http://evil.example/runs", LOCAL, NULL, 421, NULL},
    /* Pages of others. */
    {"GET " RUN, CROSS, NULL, 403, "Sec-Fetch-Site"},
    {"GET " RUN, LOCAL "Sec-Fetch-Site: same-site\r\n", NULL, 403, "Sec-Fetch-Site"},
    {"GET " RUN, ORIGIN, NULL, 403, "http://localhost/"},
    {"GET " RUN, LOCAL "Origin: null\r\n", NULL, 403, "Origin"},
    {"GET " RUN, LOCAL "Origin: http://localhost:1\r\n", NULL, 403, "Origin"},
    {"GET " RUN, LOCAL "Referer: https://evil.example/localhost\r\n", NULL, 403, "Referer"},
    {"GET " RUN, LOCAL "Accept: image/avif,image/webp,*/*\r\n", NULL, 403, "Accept"},
    {"GET " RUN, CROSS STREAM, NULL, 403, NULL},
    {"POST " RUN, CROSS, NULL, 403, NULL},
    {"POST /run/fine", ORIGIN "Content-Type: text/plain\r\n", "{}", 403, NULL},
    {"POST " RUN, ORIGIN "Prefer: respond-async\r\n", NULL, 403, NULL},
    {"PATCH /runs/" ID "?label=x", ORIGIN, NULL, 403, NULL},
    {"DELETE /runs/" ID, CROSS, NULL, 403, NULL},
    {"DELETE /runs", CROSS, NULL, 403, "another site"},
    {"POST /class?action=end", CROSS, NULL, 403, "another site"},
    {"POST /runs/" ID "/cancel", CROSS, NULL, 403, NULL},
    {"POST /runs/" ID "/cancel", LOCAL "Referer: http://evil.example/\r\n", NULL, 403, NULL},
    {"GET /events", CROSS STREAM, NULL, 403, NULL},
    {"GET /runs/" ID "/events", ORIGIN STREAM, NULL, 403, NULL},
    /* Paths. */
    {"GET /../../etc/passwd", LOCAL, NULL, 404, "nothing at"},
    {"GET /%2e%2e/%2e%2e/etc/passwd", LOCAL, NULL, 404, "nothing at"},
    {"GET /..%2f..%2fetc%2fpasswd", LOCAL, NULL, 404, "nothing at"},
    {"GET /static/../../etc/passwd", LOCAL, NULL, 404, NULL},
    {"GET //etc/passwd", LOCAL, NULL, 404, NULL},
    {"GET /%zz", LOCAL, NULL, 400, "percent-escape"},
    {"GET /%", LOCAL, NULL, 400, "percent-escape"},
    {"GET /%00", LOCAL, NULL, 400, "NUL"},
    {"GET /%0d%0aSet-Cookie:%20a=b", LOCAL, NULL, 404, NULL},
    {"GET /runs/..%2f..%2fetc", LOCAL, NULL, 404, NULL},
    {"GET /runs/%27%20OR%201=1--", LOCAL, NULL, 404, NULL},
    {"GET /runs/" ID "x", LOCAL, NULL, 404, "there is no run"},
    {"GET /runs/01arz3ndektsv4rrffq69g5fav", LOCAL, NULL, 404, "there is no run"},
    {"DELETE /runs/" ID, LOCAL, NULL, 404, "there is no run"},
    {"DELETE /runs", LOCAL, NULL, 403, "server.instructor_token"},
    {"PATCH /runs", LOCAL, NULL, 405, "GET, HEAD, DELETE"},
    {"POST /class?action=end", LOCAL, NULL, 403, "server.instructor_token"},
    /* Parameters. */
    {"GET /runs?limit=0", LOCAL, NULL, 400, "\"limit\""},
    {"GET /runs?limit=201", LOCAL, NULL, 400, "\"max\": 200"},
    {"GET /runs?limit=99999999999999999999", LOCAL, NULL, 400, "\"limit\""},
    {"GET /runs?before=junk", LOCAL, NULL, 400, "\"before\""},
    {"GET /runs?before='%20OR%20''='", LOCAL, NULL, 400, "\"before\""},
    {"GET /runs?status=dead", LOCAL, NULL, 400, "\"status\""},
    {"GET /runs?limit=1&limit=2", LOCAL, NULL, 400, "more than once"},
    {"GET " RUN "&client=a%20b", LOCAL, NULL, 400, "\"client\""},
    {"GET " RUN "&client=%0d%0aSet-Cookie:a", LOCAL, NULL, 400, "\"client\""},
    {"GET " RUN "&client=../../x", LOCAL, NULL, 400, "\"client\""},
    {"GET " RUN "&client=", LOCAL, NULL, 400, "\"client\""},
    {"GET " RUN "&label=%ff", LOCAL, NULL, 400, "UTF-8"},
    {"GET " RUN "&label=a%00b", LOCAL, NULL, 400, "NUL"},
    {"GET " RUN "&seed=1e400", LOCAL, NULL, 400, "\"seed\""},
    {"GET " RUN "&timeout_ms=-9223372036854775809", LOCAL, NULL, 400, "\"timeout_ms\""},
    {"GET /compare?baseline=%27&candidate=" ID, LOCAL, NULL, 404, NULL},
    {"GET /events", LOCAL "Last-Event-ID: junk\r\n", NULL, 400, "Last-Event-ID"},
    {"GET /events", LOCAL "Last-Event-ID: -1\r\n", NULL, 400, "Last-Event-ID"},
    {"GET /events", LOCAL "Last-Event-ID: 99999999999999999999\r\n", NULL, 400, "Last-Event-ID"},
    {"GET /runs/" ID "/events", LOCAL "Last-Event-ID: 1;2\r\n", NULL, 400, "Last-Event-ID"},
    /* Bodies. */
    {"POST /run/fine", JSON, "{\"tasks\": 1, \"tasks\": 2}", 400, "line 1"},
    {"POST /run/fine", JSON, "{\"label\": \"a\\u0000b\"}", 400, "line 1"},
    {"POST /run/fine", JSON, "{\"label\": \"\xff\"}", 400, "line 1"},
    {"POST /run/fine", JSON, "{\"label\": \"\\ud800\"}", 400, "line 1"},
    {"POST /run/fine", JSON, "{\"seed\": 1e999}", 400, "line 1"},
    {"POST /run/fine", JSON, "{\"seed\": 99999999999999999999}", 400, "line 1"},
    {"POST /run/fine", JSON, "[[[[[[[[[[]]]]]]]]]]", 400, "must be an object"},
    {"POST /run/fine", JSON, "{} {}", 400, "line 1"},
    {"POST /run/fine", JSON, "{\"__proto__\": {}}", 400, "no such parameter"},
    {"POST /run/fine", FORM, "seed=1&seed=2", 400, "more than once"},
    {"POST /run/fine", FORM, "seed=%0", 400, "percent-escape"},
    {"POST /run/fine", LOCAL "Content-Type: multipart/form-data; boundary=x\r\n", "--x--", 415, NULL},
    {"PATCH /runs/" ID, JSON, "{\"label\": {}}", 400, "\"label\""},
    {"PATCH /runs/" ID, JSON, "[]", 400, "must be an object"},
};

START_TEST(what_may_not_be_asked_is_refused_by_name)
{
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(asks); i++)
        assert_ask(&asks[i]);
    assert_unharmed(NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* n times the character, owned by the caller. */
static char *many(size_t n, char character)
{
    char *text = malloc(n + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, character, n);
    text[n] = '\0';
    return text;
}

/* A list of so many times the item, between what begins and what ends it; owned by the caller. */
static char *many_items(const char *begins, size_t n, const char *item, const char *ends)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(file);
    fputs(begins, file);
    for (size_t i = 0; i < n; i++)
        fprintf(file, "%s%s", i > 0 ? "," : "", item);
    fputs(ends, file);
    fclose(file);
    return text;
}

START_TEST(what_is_too_large_is_refused)
{
    auto_free char *list = many_items("{\"cpus\": [", 30000, "1", "]}");
    auto_free char *words = many_items("{\"tasks\": \"", 30000, "1", "\"}");
    auto_free char *form = many_items("switch_interval_us=", 30000, "1", "");
    auto_free char *some = many(9000, 'a'), *more = many(20000, 'a'), *body = many(65537, 'a');
    auto_free char *deep = many(3000, '['), *long_label = many(101, 'a');
    auto_free char *url = text_printf("GET /?%s", some), *header = text_printf(LOCAL "X-Long: %s\r\n", more);
    auto_free char *id = text_printf("GET /runs/%.4000s", some);
    auto_free char *client = text_printf("GET " RUN "&client=%.65s", some);
    auto_free char *label = text_printf("GET " RUN "&label=%s", long_label);
    auto_free char *name = text_printf(LOCAL "X-Request-ID: %.9000s\r\n", more);
    const Ask large[] = {
        {url, LOCAL, NULL, 414, "8192"},
        {"GET /", header, NULL, 431, NULL},
        {"POST /run/fine", FORM, body, 413, "65536"},
        {"POST /run/fine", JSON, deep, 400, "line 1"},
        {"POST /run/fine", JSON, list, 400, "has 30000 values, and at most 64 are allowed"},
        {"POST /run/fine", JSON, words, 400, "has 30000 values, and at most 64 are allowed"},
        {"POST /run/fine", FORM, form, 400, "has 30000 values, and at most 64 are allowed"},
        {id, LOCAL, NULL, 404, NULL},
        {client, LOCAL, NULL, 400, "\"client\""},
        {label, LOCAL, NULL, 400, "\"label\""},
        {"GET /nowhere", name, NULL, 404, NULL},
    };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(large); i++)
        assert_ask(&large[i]);
    assert_unharmed(NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* A name for the request is sent back only if it is fit for a log. */
START_TEST(a_request_is_named_by_its_client_only_with_plain_words)
{
    auto_free char *more = many(65, 'a');
    const struct {
        const char *given;
        bool taken;
    } names[] = {{"a-b_c.1", true}, {"a b", false}, {"a%0d%0aSet-Cookie: b=c", false}, {"<script>", false},
        {more, false}, {"\xff", false}};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        auto_free char *header = text_printf("X-Request-ID: %s", names[i].given);
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = "/version", .header = header});
        auto_free char *back = api_answer_header(&answer, "X-Request-ID");

        ck_assert_ptr_nonnull(back);
        ck_assert_msg((strcmp(back, names[i].given) == 0) == names[i].taken, "%s: %s", names[i].given, back);
        ck_assert_ptr_null(strstr(answer.headers, "Set-Cookie"));
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static const Ask tokens[] = {
    {"GET " RUN, LOCAL, NULL, 401, "WWW-Authenticate: Bearer"},
    {"GET /runs", LOCAL, NULL, 401, NULL},
    {"GET /runs/" ID, LOCAL, NULL, 401, NULL},
    {"GET /runs/" ID "/events", LOCAL, NULL, 401, NULL},
    {"GET /runs/" ID "/trace", LOCAL, NULL, 401, NULL},
    {"GET /events", LOCAL STREAM, NULL, 401, NULL},
    {"GET /compare?baseline=" ID "&candidate=" ID, LOCAL, NULL, 401, NULL},
    {"PATCH /runs/" ID "?label=x", LOCAL, NULL, 401, NULL},
    {"DELETE /runs/" ID, LOCAL, NULL, 401, NULL},
    {"DELETE /runs", LOCAL, NULL, 401, NULL},
    {"DELETE /runs", LOCAL "Authorization: Bearer user-secret\r\n", NULL, 403, "only the instructor"},
    {"GET /class", LOCAL, NULL, 401, NULL},
    {"POST /class?action=end", LOCAL, NULL, 401, NULL},
    {"POST /class?action=end", LOCAL "Authorization: Bearer user-secret\r\n", NULL, 403,
        "only the instructor"},
    {"POST /class?action=end", LOCAL "Authorization: Bearer teacher-secre\r\n", NULL, 401, "invalid_token"},
    {"POST /runs/" ID "/cancel", LOCAL, NULL, 401, NULL},
    {"GET " RUN, LOCAL "Authorization: Bearer wrong-secret\r\n", NULL, 401, "invalid_token"},
    {"GET " RUN, LOCAL "Authorization: Bearer user-secre\r\n", NULL, 401, "invalid_token"},
    {"GET " RUN, LOCAL "Authorization: Bearer user-secrets\r\n", NULL, 401, "invalid_token"},
    {"GET " RUN, LOCAL "Authorization: Bearer user-secret user-secret\r\n", NULL, 401, NULL},
    {"GET " RUN, LOCAL "Authorization: Bearer\r\n", NULL, 401, NULL},
    {"GET " RUN, LOCAL "Authorization: Basic dXNlcjp1c2VyLXNlY3JldA==\r\n", NULL, 401, NULL},
    {"GET " RUN, LOCAL "Authorization: user-secret\r\n", NULL, 401, NULL},
    {"GET " RUN "&token=user-secret", LOCAL, NULL, 401, NULL},
    {"GET " RUN, LOCAL "Cookie: token=user-secret\r\n", NULL, 401, NULL},
};

START_TEST(without_the_right_token_there_is_nothing)
{
    auto_free char *more = many(9000, 'x'), *header = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.token=user-secret",
        "server.instructor_token=teacher-secret", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(tokens); i++)
        assert_ask(&tokens[i]);
    header = text_printf(LOCAL "Authorization: Bearer user-secret%s\r\n", more);
    assert_ask(&(Ask){"GET " RUN, header, NULL, 401, "invalid_token"});
    assert_unharmed("Authorization: Bearer user-secret");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

#define FETCH "GET /run/fetch?mode=serial&repeat=1&warmup=0&url="

static const Ask fetches[] = {
    {FETCH "http://127.0.0.1:22/", LOCAL, NULL, 400, "127.0.0.1"},
    {FETCH "http://169.254.169.254/latest/meta-data/", LOCAL, NULL, 400, "link-local"},
    {FETCH "http://2130706433/", LOCAL, NULL, 400, "loopback"},
    {FETCH "http://0x7f000001/", LOCAL, NULL, 400, "loopback"},
    {FETCH "http://0177.0.0.1/", LOCAL, NULL, 400, "127.0.0.1"},
    {FETCH "http://[::ffff:127.0.0.1]/", LOCAL, NULL, 400, "loopback"},
    {FETCH "http://[::ffff:7f00:1]/", LOCAL, NULL, 400, "loopback"},
    {FETCH "http://[::]/", LOCAL, NULL, 400, "unspecified"},
    {FETCH "http://100.64.0.1/", LOCAL, NULL, 400, "100.64.0.1"},
    {FETCH "file:///etc/passwd", LOCAL, NULL, 400, "\"url\""},
    {FETCH "gopher://127.0.0.1:22/", LOCAL, NULL, 400, "\"url\""},
    {FETCH "http://example.org%40127.0.0.1/", LOCAL, NULL, 400, "\"url\""},
    {FETCH "http://127.0.0.1%23.example.org/", LOCAL, NULL, 400, "\"url\""},
    {FETCH "http://127.0.0.1%0d%0aHost:x/", LOCAL, NULL, 400, "\"url\""},
    {FETCH "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", LOCAL, NULL, 400, "\"url\""},
};

START_TEST(fetch_is_not_sent_where_it_may_not_go)
{
    api_server_start(&server, "fetch.allow=*:*", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(fetches); i++)
        assert_ask(&fetches[i]);
    assert_unharmed(NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-hostile", 120, no_request_hides_behind_another, what_is_no_request_is_refused_or_hung_up_on,
    what_may_not_be_asked_is_refused_by_name, what_is_too_large_is_refused,
    a_request_is_named_by_its_client_only_with_plain_words, without_the_right_token_there_is_nothing,
    fetch_is_not_sent_where_it_may_not_go)
