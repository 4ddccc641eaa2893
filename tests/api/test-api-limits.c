/* The server at its limits: connections, descriptors. Whoever has to wait comes in as soon as there is room,
 * and however much comes at once, the server is there afterwards. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

/* The idle connections of a test stay open until it closes them itself. */
#define PATIENT "limits.header_timeout_ms=600000"
#define EIGHT "server.max_connections=8"

enum { N_EIGHT = 8, N_EIGHT_WATCH = 6, N_DESCRIPTORS = 72, N_CROWD = 60 };

static ApiServer server;

/* Asks over a connection that stays open. */
static int ask_health(void)
{
    return api_send(&server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

static void assert_answered(int fd)
{
    char answer[512] = "";

    ck_assert_int_gt(recv(fd, answer, sizeof(answer) - 1, 0), 0);
    ck_assert_msg(strncmp(answer, "HTTP/1.1 200 ", 13) == 0, "%s", answer);
}

/* What happens meanwhile, the server sees all at once. */
static void pause_server(void)
{
    int status;

    ck_assert_int_eq(kill(server.pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
    ck_assert(WIFSTOPPED(status));
}

START_TEST(when_all_connections_end_at_once_the_next_is_accepted)
{
    int fds[N_EIGHT];

    api_server_start(&server, EIGHT, PATIENT, NULL);
    for (int i = 0; i < N_EIGHT; i++) {
        fds[i] = ask_health();
        assert_answered(fds[i]);
    }
    pause_server();
    for (int i = 0; i < N_EIGHT; i++)
        close(fds[i]);
    ck_assert_int_eq(kill(server.pid, SIGCONT), 0);
    fds[0] = ask_health();
    assert_answered(fds[0]);
    close(fds[0]);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* As many as may watch, and others that only stay. The next heartbeat would let the waiting client in, too:
 * so it must not have come before the answer. */
START_TEST(when_one_of_the_watchers_leaves_who_waits_comes_in)
{
    ApiStream streams[N_EIGHT_WATCH];
    int others[N_EIGHT - N_EIGHT_WATCH], fd;

    api_server_start(&server, EIGHT, PATIENT, NULL);
    for (int i = 0; i < N_EIGHT_WATCH; i++)
        api_stream_open(&streams[i], &server, "/events", "");
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        others[i] = ask_health();
        assert_answered(others[i]);
    }
    fd = ask_health();
    api_stream_close(&streams[0]);
    assert_answered(fd);
    for (int i = 1; i < N_EIGHT_WATCH; i++) {
        char text[4096] = "";

        recv(streams[i].fd, text, sizeof(text) - 1, MSG_DONTWAIT);
        ck_assert_msg(!strstr(text, ": still here"), "it came in with the heartbeat only");
        api_stream_close(&streams[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        close(others[i]);
    close(fd);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Asserts that one more watcher is refused by the limit of this name. */
static void assert_refused(const char *path, const char *header, int status, const char *limit)
{
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = header});
    auto_free char *retry = api_answer_header(&answer, "Retry-After");
    auto_free char *type = api_answer_header(&answer, "Content-Type");

    api_assert_status(&answer, status);
    ck_assert_ptr_nonnull(retry);
    ck_assert_str_eq(type, "application/problem+json");
    ck_assert_msg(strstr(answer.body, limit), "no %s in %s", limit, answer.body);
}

/* Waits until a place was given back. */
static void wait_for_watchers(int n)
{
    for (int i = 0; i < API_PATIENCE_S * 100; i++) {
        auto_answer ApiAnswer metrics = api_get(&server, "/metrics");
        auto_free char *line = text_printf("\ngilscope_watchers %d\n", n);

        if (strstr(metrics.body, line))
            return;
        usleep(10000);
    }
    ck_abort_msg("there are never %d watchers", n);
}

/* Three quarters of the connections, whatever the limit says. */
START_TEST(those_who_watch_leave_room_for_all_others)
{
    ApiStream streams[12], again;
    auto_answer ApiAnswer health = {0}, booked = {0};

    api_server_start(&server, API_FAKE_RUNTIME, "server.max_connections=16", PATIENT, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(streams); i++)
        api_stream_open(&streams[i], &server, "/events", "");
    assert_refused("/events", NULL, 503, "no more than 12");
    assert_refused("/run/gated?repeat=1&warmup=0", NULL, 503, "limits.max_watchers");
    health = api_get(&server, "/healthz");
    api_assert_status(&health, 200);
    booked =
        api_ask(&server, (ApiAsk){.path = "/run/fine?repeat=1&warmup=0", .header = "Prefer: respond-async"});
    api_assert_status(&booked, 202);
    api_stream_close(&streams[0]);
    wait_for_watchers(11);
    api_stream_open(&again, &server, "/events", "");
    api_stream_close(&again);
    for (size_t i = 1; i < ARRAY_LENGTH(streams); i++)
        api_stream_close(&streams[i]);
    wait_for_watchers(0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

#define ANN "X-Forwarded-For: 192.0.2.1"
#define BOB "X-Forwarded-For: 192.0.2.2"

/* The board, a run that is looked on at, and one that is waited for: each takes a place of its address. */
START_TEST(one_address_has_only_so_many_who_watch)
{
    ApiStream board, run, other;
    auto_free char *id = NULL, *events = NULL;
    int waiting;

    api_server_start(
        &server, API_FAKE_RUNTIME, "server.trusted_proxies=127.0.0.1", "limits.max_watchers_address=3", NULL);
    api_stream_open(&board, &server, "/events", ANN "\r\n");
    waiting =
        api_send(&server, "GET /run/gated?repeat=1&warmup=0 HTTP/1.1\r\nHost: localhost\r\n" ANN "\r\n\r\n");
    api_server_wait_for_file(&server, "begun");
    id = api_wait_for_asks(&server, 1);
    events = text_printf("/runs/%s/events", id);
    api_stream_open(&run, &server, events, ANN "\r\n");
    assert_refused("/events", ANN, 429, "limits.max_watchers_address");
    assert_refused(events, ANN, 429, "no more than 3 of 192.0.2.1");
    assert_refused("/run/fine?repeat=1&warmup=0", ANN, 429, "limits.max_watchers_address");
    api_stream_open(&other, &server, "/events", BOB "\r\n");
    api_server_touch(&server, "go");
    assert_answered(waiting);
    wait_for_watchers(2);
    api_stream_close(&board);
    api_stream_close(&run);
    api_stream_close(&other);
    close(waiting);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* As many descriptors as the kernel lets this process have. Returns how many of them are for connections, at
 * most as many as the server takes. */
static int raise_descriptors(void)
{
    enum { FOR_OTHERS = 64, USUAL = 1024 };
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit.rlim_cur > USUAL + FOR_OTHERS ? USUAL : (int)limit.rlim_cur - FOR_OTHERS;
}

START_TEST(silent_connections_make_room_for_one_that_asks)
{
    int n = raise_descriptors(), fd;
    auto_free int *silent = calloc((size_t)n, sizeof(int));
    auto_free char *most = text_printf("server.max_connections=%d", n);

    ck_assert_ptr_nonnull(silent);
    api_server_start(&server, most, PATIENT, "log.level=warning", NULL);
    for (int i = 0; i < n; i++)
        silent[i] = api_connect(&server);
    fd = ask_health();
    assert_answered(fd);
    close(fd);
    for (int i = 0; i < n; i++)
        close(silent[i]);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Limits the server, which inherits it; this process needs as many. */
static void limit_descriptors(void)
{
    const struct rlimit limit = {.rlim_cur = N_DESCRIPTORS, .rlim_max = N_DESCRIPTORS};

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int count_ready(struct pollfd *clients, size_t n, int patience_ms)
{
    int r = poll(clients, n, patience_ms);

    ck_assert_int_ge(r, 0);
    return r;
}

/* Returns how many are answered when the server can take no more: it has said so when the last that it took
 * is answered and no other one follows. */
static int wait_until_full(struct pollfd *clients, size_t n)
{
    int n_ready = 0, n_before;

    do {
        n_before = n_ready;
        usleep(200000);
        n_ready = count_ready(clients, n, API_PATIENCE_S * 1000);
    } while (n_ready != n_before);
    return n_ready;
}

START_TEST(when_a_descriptor_becomes_free_who_waits_comes_in)
{
    struct pollfd clients[N_CROWD];
    int n_ready, i;

    limit_descriptors();
    api_server_start(&server, PATIENT, NULL);
    for (i = 0; i < N_CROWD; i++)
        clients[i] = (struct pollfd){.fd = ask_health(), .events = POLLIN};
    n_ready = wait_until_full(clients, ARRAY_LENGTH(clients));
    ck_assert_int_lt(n_ready, N_CROWD);
    for (i = 0; !(clients[i].revents & POLLIN); i++)
        ;
    close(clients[i].fd);
    clients[i].fd = -1;
    for (i = 0; i < N_CROWD; i++)
        if (clients[i].revents & POLLIN)
            clients[i].events = 0;
    ck_assert_msg(
        count_ready(clients, ARRAY_LENGTH(clients), API_PATIENCE_S * 1000) == 1, "nobody else comes in");
    for (i = 0; i < N_CROWD; i++)
        if (clients[i].fd >= 0)
            close(clients[i].fd);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* What fills the memory that libmicrohttpd has for a connection, 32 KB: many small pieces of one kind. (A
 * cookie that leaves less than 200 bytes of it is out of reach: version 0.9.75 hangs up before anybody sees
 * the request.) */
typedef struct Filling {
    const char *name;
    const char *before, *piece, *behind;
    int first, last, step; /* how many pieces there are */
} Filling;

#define GET "GET /version HTTP/1.1\r\n" HOST
#define POST "POST /run/countdown HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n"
#define HOST "Host: localhost\r\nConnection: close\r\n"
#define BAD_JSON "{\"no\":1}"

static const Filling fillings[] = {
    {"parameters", "GET /version?", "a&", " HTTP/1.1\r\n" HOST "\r\n", 0, 5000, 97},
    {"parameters with a value", "GET /version?a=1", "&a=", " HTTP/1.1\r\n" HOST "\r\n", 480, 500, 1},
    {"lines", GET, "a:\r\n", "\r\n", 0, 520, 1},
    {"many lines", GET, "a:\r\n", "\r\n", 520, 9000, 1111},
    {"lines before a body", POST "Content-Length: 8\r\n", "a:\r\n", "\r\n" BAD_JSON, 0, 520, 1},
    {"cookies", GET "Cookie: a=b", "; a=b", "\r\n\r\n", 0, 520, 1},
    {"bytes of a cookie", GET "Cookie: a=b", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "\r\n\r\n",
        0, 644, 3},
    {"bytes of a line", GET "X: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\r\n\r\n", 0, 700,
        3},
    {"bytes of the path", "GET /", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        " HTTP/1.1\r\n" HOST "\r\n", 0, 700, 3},
    {"lines and parameters", "GET /version?a&a&a&a&a&a&a&a&a&a&a&a HTTP/1.1\r\n" HOST, "a:\r\n", "\r\n", 0,
        520, 3},
    {"lines and cookies", GET "Cookie: a; b; c; d\r\n", "Cookie: a; b; c; d\r\n", "\r\n", 0, 300, 1},
    {"lines behind the body", CHUNKED "\r\n8\r\n" BAD_JSON "\r\n0\r\n", "a:\r\n", "\r\n", 0, 520, 1},
    {"bytes behind the body", CHUNKED "\r\n8\r\n" BAD_JSON "\r\n0\r\nX: ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\r\n\r\n", 0, 700, 3},
};

static char *filled(const Filling *filling, int n)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    fputs(filling->before, file);
    for (int i = 0; i < n; i++)
        fputs(filling->piece, file);
    fputs(filling->behind, file);
    fclose(file);
    return text;
}

static void assert_always_answered(const Filling *filling)
{
    for (int n = filling->first; n <= filling->last; n += filling->step) {
        auto_free char *request = filled(filling, n), *answer = api_receive(api_send(&server, request));

        ck_assert_msg(strncmp(answer, "HTTP/1.1 200 ", 13) == 0 || strncmp(answer, "HTTP/1.1 4", 10) == 0,
            "%d %s: \"%s\"", n, filling->name, answer);
    }
}

/* What does not fit at all, libmicrohttpd refuses by itself. What does, has to leave room for an answer. */
START_TEST(a_request_is_answered_whatever_it_is_filled_with)
{
    api_server_start(&server, "log.level=warning", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(fillings); i++)
        assert_always_answered(&fillings[i]);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Bodies of nearly 64 KB in which everything is wrong: a piece again and again, with its number in it. */
typedef struct Body {
    const char *before, *piece, *behind;
    int n;
} Body;

static const Body bodies[] = {
    {"{\"a\":0", ",\"b%d\":1", "}", 5000},              /* unknown names */
    {"{\"tasks\":[0", ",%d", "]}", 10000},              /* values out of range, and twice */
    {"{\"mode\":[\"a\"", ",\"\\u0001%d\"", "]}", 5000}, /* wrong choices that have to be escaped */
    {"{\"", "\\u0001", "\":1}", 10000},                 /* a long name */
    {"{\"label\":\"", "\\\"", "\"}", 10000},            /* a long text */
    {"", "[", "", 30000},                               /* no JSON */
    {"{\"n\":{\"a\":0", ",\"b%d\":{}", "}}", 5000},     /* an object where there should be a number */
};

static void write_body(FILE *file, const Body *body)
{
    fputs(body->before, file);
    for (int i = 0; i < body->n; i++)
        fprintf(file, body->piece, i);
    fputs(body->behind, file);
}

/* Unknown names whose values are deep. */
static void write_nested(FILE *file)
{
    static const Body open = {"", "[", "", 2000}, close = {"", "]", "", 2000};

    fputs("{\"a\":0", file);
    for (int i = 0; i < 16; i++) {
        fprintf(file, ",\"unknown%d\":", i);
        write_body(file, &open);
        write_body(file, &close);
    }
    fputs("}", file);
}

static const char *const paths[] = {
    "/run/countdown", "/runs", "/compare", "/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV"};

static void assert_small(const char *path, const char *method, size_t i)
{
    auto_free char *body = NULL;
    auto_answer ApiAnswer answer = {0};
    size_t length;
    FILE *file = open_memstream(&body, &length);

    if (i < ARRAY_LENGTH(bodies))
        write_body(file, &bodies[i]);
    else
        write_nested(file);
    fclose(file);
    ck_assert_uint_lt(length, 65536);
    answer = api_ask(&server,
        (ApiAsk){.method = method, .path = path, .body = body, .header = "Content-Type: application/json"});
    ck_assert_msg(answer.status >= 400 && answer.status < 500, "%s: body %zu: %ld", path, i, answer.status);
    ck_assert_msg(answer.length < 65536, "%s: the answer to body %zu has %zu bytes", path, i, answer.length);
}

START_TEST(the_answer_to_a_bad_request_is_small)
{
    api_server_start(&server, "log.level=warning", NULL);
    for (size_t i = 0; i <= ARRAY_LENGTH(bodies); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(paths); k++)
            assert_small(paths[k], NULL, i);
        assert_small("/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV", "PATCH", i);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(what_is_nested_too_deep_is_refused_by_name)
{
    auto_answer ApiAnswer answer = {0};
    const json_t *errors;

    api_server_start(&server, NULL);
    answer = api_ask(&server, (ApiAsk){.path = "/run/countdown",
                                  .body = "{\"tasks\":[1,[2]], \"lock\":{\"a\":{}}, \"mode\":[\"serial\"]}",
                                  .header = "Content-Type: application/json"});
    ck_assert_int_eq(answer.status, 400);
    errors = json_object_get(answer.json, "errors");
    ck_assert_uint_eq(json_array_size(errors), 2);
    ck_assert_ptr_nonnull(strstr(answer.body, "tasks is [1,[2]]: is nested too deep"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-limits", 120, when_all_connections_end_at_once_the_next_is_accepted,
    when_one_of_the_watchers_leaves_who_waits_comes_in, those_who_watch_leave_room_for_all_others,
    one_address_has_only_so_many_who_watch, silent_connections_make_room_for_one_that_asks,
    when_a_descriptor_becomes_free_who_waits_comes_in, a_request_is_answered_whatever_it_is_filled_with,
    the_answer_to_a_bad_request_is_small, what_is_nested_too_deep_is_refused_by_name)
