/* Bytes on a socket: what clients that are slow, odd or hostile get. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

#define ONCE "?repeat=1&warmup=0&mode=serial&lock=gil&fresh=1"

static ApiServer server;

/* What comes back for these bytes, until the server closes. */
#define SECOND "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

/* libmicrohttpd from version 1 on refuses these by itself, see docs/http.md: with 501, the newest some with
 * 400. */
#define REFUSED_CODING (API_HTTP_LIBRARY < 1 ? "HTTP/1.1 400" : "HTTP/1.1 ")

static const struct {
    const char *bytes, *begins;
} rows[] = {
    {SECOND, "HTTP/1.1 200"},
    {"GET http://example.org/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200"},
    {"GET http://127.0.0.1:8080 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 200"},
    {"GET http://example.org HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 421"},
    {"GET /healthz HTTP/1.0\r\n\r\n", "HTTP/1."},
    {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 204"},
    {"GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 404"},
    {"GET healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"},
    {"GET /a b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"},
    {"GET /healthz HTTP/1.1\r\n\r\n" SECOND, "HTTP/1.1 400"},
    {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n" SECOND, "HTTP/1.1 400"},
    {"nonsense\r\n\r\n", ""},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc" SECOND,
        "HTTP/1.1 400"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" SECOND,
        "HTTP/1.1 400"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n" SECOND,
        "HTTP/1.1 400"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
     "0\r\n\r\n" SECOND,
        "HTTP/1.1 400"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "x\r\n\r\n"
     "0\r\n\r\n" SECOND,
        REFUSED_CODING},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n" SECOND, "HTTP/1.1 400"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 413"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n",
        "HTTP/1.1 413"},
    {"POST /run/fine HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n" SECOND, REFUSED_CODING},
};

START_TEST(odd_requests_are_answered_and_closed)
{
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *text = api_receive(api_send(&server, rows[i].bytes));

        ck_assert_msg(
            strncmp(text, rows[i].begins, strlen(rows[i].begins)) == 0, "%s: %s", rows[i].bytes, text);
        /* What stands behind a refused header is not read as a second request. */
        ck_assert_msg(!strstr(text, "alive") || !(strstr(text, "HTTP/1.1 4") || strstr(text, "HTTP/1.1 5")),
            "%s: %s", rows[i].bytes, text);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(nothing_hides_behind_a_nul_in_the_request_line)
{
    static const char rest[] = "\0&b=2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    auto_free char *text = NULL;
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    fd = api_send(&server, "GET /run/fine?a=1");
    ck_assert_int_eq(write(fd, rest, sizeof(rest) - 1), (ssize_t)sizeof(rest) - 1);
    text = api_receive(fd);
    /* libmicrohttpd 1 hangs up without a word. */
    ck_assert_msg(text[0] == '\0' || strncmp(text, "HTTP/1.1 400", 12) == 0, "%s", text);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_header_that_is_too_large_is_refused)
{
    auto_free char *filler = calloc(1, 20001), *url = NULL, *header = NULL, *text = NULL;

    memset(filler, 'a', 20000);
    url = text_printf("GET /%.9000s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", filler);
    header =
        text_printf("GET / HTTP/1.1\r\nHost: localhost\r\nX-Filler: %s\r\nConnection: close\r\n\r\n", filler);
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    text = api_receive(api_send(&server, url));
    ck_assert_msg(strncmp(text, "HTTP/1.1 414", 12) == 0, "%s", text);
    free(text);
    text = api_receive(api_send(&server, header));
    ck_assert_msg(strncmp(text, "HTTP/1.1 431", 12) == 0, "%s", text);
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Sends a byte now and then until the server has had enough. */
static void drip(const char *bytes)
{
    int fd = api_send(&server, bytes);
    struct pollfd closed = {.fd = fd, .events = POLLIN};

    for (int i = 0; i < API_PATIENCE_S * 20; i++) {
        if (poll(&closed, 1, 50) == 1)
            break;
        send(fd, "a", 1, MSG_NOSIGNAL);
    }
    ck_assert_msg(closed.revents, "a slow client is never closed");
    close(fd);
}

START_TEST(a_client_that_drips_its_request_is_closed)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, API_FAKE_RUNTIME, "limits.header_timeout_ms=300", NULL);
    drip("");
    drip("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    drip("POST /run/fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n");
    answer = api_get(&server, "/healthz");
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(an_idle_connection_is_closed)
{
    int fd;
    auto_free char *text = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.header_timeout_ms=300", NULL);
    fd = api_send(&server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    text = api_receive(fd);
    ck_assert(strstr(text, "HTTP/1.1 200"));
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_run_may_take_longer_than_a_header)
{
    auto_free char *text = NULL;
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.header_timeout_ms=100", NULL);
    fd = api_send_get(&server, "/run/gated" ONCE);
    api_server_wait_for_file(&server, "begun");
    usleep(300000);
    api_server_touch(&server, "go");
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "HTTP/1.1 200"), "%s", text);
    api_server_stop(&server, SIGTERM);
}
END_TEST

static int count(const char *text, const char *word)
{
    int n = 0;

    for (; (text = strstr(text, word)); text += strlen(word))
        n++;
    return n;
}

START_TEST(requests_in_one_packet_are_answered_in_order)
{
    auto_free char *text = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    api_server_touch(&server, "go");
    text = api_receive(
        api_send(&server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                          "GET /run/gated" ONCE " HTTP/1.1\r\nHost: localhost\r\n\r\n"
                          "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
                          "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    ck_assert_int_eq(count(text, "HTTP/1.1 200"), 3);
    ck_assert_int_eq(count(text, "HTTP/1.1 404"), 1);
    ck_assert(strstr(text, "\"alive\"") < strstr(text, "\"gated\""));
    ck_assert(strstr(text, "\"gated\"") < strstr(text, "HTTP/1.1 404"));
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_connection_serves_many_requests)
{
    void *connection = api_connection_new();

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (int i = 0; i < 50; i++) {
        auto_answer ApiAnswer health =
            api_ask(&server, (ApiAsk){.path = "/healthz", .connection = connection});
        auto_answer ApiAnswer bad =
            api_ask(&server, (ApiAsk){.path = "/run/fine", .body = "tasks=0", .connection = connection});

        ck_assert_int_eq(health.status, 200);
        ck_assert_int_eq(bad.status, 400);
    }
    api_connection_free(connection);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(more_clients_than_connections_wait_for_their_turn)
{
    enum { N = 40 };
    int fds[N];

    api_server_start(&server, API_FAKE_RUNTIME, "server.max_connections=8", NULL);
    for (int i = 0; i < N; i++)
        fds[i] = api_send_get(&server, "/healthz");
    for (int i = 0; i < N; i++) {
        auto_free char *text = api_receive(fds[i]);

        ck_assert_msg(strstr(text, "HTTP/1.1 200"), "client %d: %s", i, text);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(half_of_the_waiting_clients_may_vanish)
{
    enum { N = 40 };
    int fds[N];

    api_server_start(
        &server, API_FAKE_RUNTIME, "limits.max_queue_client=1000", "limits.max_queue_address=1000", NULL);
    for (int i = 0; i < N; i++)
        fds[i] = api_send_get(&server, "/run/fine" ONCE);
    for (int i = 0; i < N; i += 2)
        close(fds[i]);
    for (int i = 1; i < N; i += 2) {
        auto_free char *text = api_receive(fds[i]);

        ck_assert_msg(strstr(text, "HTTP/1.1 200"), "client %d: %s", i, text);
    }
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-http", 120, odd_requests_are_answered_and_closed,
    nothing_hides_behind_a_nul_in_the_request_line, a_header_that_is_too_large_is_refused,
    a_client_that_drips_its_request_is_closed, an_idle_connection_is_closed,
    a_run_may_take_longer_than_a_header, requests_in_one_packet_are_answered_in_order,
    a_connection_serves_many_requests, more_clients_than_connections_wait_for_their_turn,
    half_of_the_waiting_clients_may_vanish)
