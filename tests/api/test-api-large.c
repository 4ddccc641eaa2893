/* Runs of many megabytes, and clients that read them slowly or not at all: everybody else is served
 * meanwhile, and what is held for them is held once. */
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

#define CLOSED " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

enum {
    SMALL_ROOM = 4096, /* bytes that may be under way to a client that does not read */
    LONG = 9 << 19,    /* bytes; a large run is longer, and more than a socket takes by itself */
    N_READERS = 20,
    N_WATCHERS = 20,
};

static ApiServer server;
static char id[32]; /* of the large run */

/* Makes it, and starts the server with these settings. */
static void start_with_run(const char *setting)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *location = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "log.level=warning", setting, NULL);
    answer = api_get(&server, "/run/bulky" API_ONCE);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_gt(answer.length, LONG);
    location = api_answer_header(&answer, "Location");
    ck_assert(location && strlen(location) == strlen("../runs/") + 26);
    strcpy(id, location + strlen("../runs/"));
}

static char *path_of(const char *what)
{
    return text_printf("/runs/%s%s", id, what);
}

/* Asks, and reads nothing but the header of the answer. Returns the socket and sets *ret_length. */
static int begin_to_read(const char *what, size_t *ret_length)
{
    auto_free char *path = path_of(what), *request = text_printf("GET %s" CLOSED, path);
    char text[2048] = "";
    const char *length;
    int fd = api_connect_small(&server, SMALL_ROOM);

    ck_assert_int_eq(text_write_fd(fd, request, strlen(request)), 0);
    while (!strstr(text, "\r\n\r\n")) {
        ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_PEEK);

        ck_assert_int_gt(n, 0);
        text[n] = '\0';
    }
    ck_assert_msg(strncmp(text, "HTTP/1.1 200 ", 13) == 0, "%s", text);
    length = strstr(text, "Content-Length: ");
    ck_assert_ptr_nonnull(length);
    *ret_length = strtoull(length + strlen("Content-Length: "), NULL, 10);
    ck_assert_uint_gt(*ret_length, LONG);
    return fd;
}

static long long gauge(const char *name)
{
    auto_answer ApiAnswer metrics = api_get(&server, "/metrics");
    auto_free char *line = text_printf("\n%s ", name);
    const char *at = strstr(metrics.body, line);

    ck_assert_msg(at, "%s: %s", name, metrics.body);
    return atoll(at + strlen(line));
}

/* Each look is a connection of its own, of which the last one may not be closed yet. */
static void wait_for_gauge(const char *name, long long value)
{
    for (int i = 0; i < API_PATIENCE_S * 100; i++) {
        if (gauge(name) == value)
            return;
        usleep(10000);
    }
    ck_abort_msg("%s never is %lld", name, value);
}

static void assert_shared(const char *what)
{
    size_t first, length;
    int fds[N_READERS];

    for (int i = 0; i < N_READERS; i++) {
        fds[i] = begin_to_read(what, &length);
        if (i == 0)
            first = length;
        ck_assert_uint_eq(length, first);
    }
    ck_assert_int_eq(gauge("gilscope_unread_bytes"), (long long)first);
    for (int i = 0; i < N_READERS; i++)
        close(fds[i]);
    wait_for_gauge("gilscope_unread_bytes", 0);
}

START_TEST(all_who_read_the_same_share_one_text)
{
    start_with_run("limits.max_unread_bytes=1000000");
    assert_shared("");
    assert_shared("/events");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(slow_readers_hold_no_more_than_is_allowed)
{
    auto_free char *events = NULL, *run = NULL, *retry = NULL;
    auto_answer ApiAnswer refused = {0}, small = {0}, taken = {0};
    size_t length;
    int fd;

    start_with_run("limits.max_unread_bytes=1000000");
    events = path_of("/events");
    run = path_of("");
    fd = begin_to_read("/events", &length);
    refused = api_get(&server, run);
    api_assert_status(&refused, 503);
    ck_assert_ptr_nonnull(strstr(refused.body, "limits.max_unread_bytes"));
    retry = api_answer_header(&refused, "Retry-After");
    ck_assert_ptr_nonnull(retry);
    small = api_get(&server, "/run/fine" API_ONCE);
    api_assert_status(&small, 200);
    close(fd);
    wait_for_gauge("gilscope_unread_bytes", 0);
    taken = api_get(&server, events);
    api_assert_status(&taken, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The number of the last event that begins in a text, owned by the caller. */
static char *last_id(const char *text)
{
    const char *at, *last = NULL;

    for (at = strstr(text, "\nid: "); at; at = strstr(at + 1, "\nid: "))
        last = at + strlen("\nid: ");
    ck_assert_ptr_nonnull(last);
    return strndup(last, strcspn(last, "\n"));
}

/* It holds a result of 5 MB when the end comes with as much. What it lacks it can ask for, as browsers do by
 * themselves. */
START_TEST(a_watcher_that_does_not_read_is_cut_off_and_can_come_back)
{
    static const char request[] = "GET /run/bulky" API_ONCE " HTTP/1.1\r\nHost: localhost\r\n"
                                  "Accept: text/event-stream\r\nConnection: close\r\n\r\n";
    auto_free char *cut = NULL, *newest = NULL, *events = NULL, *number = NULL, *header = NULL;
    auto_answer ApiAnswer rest = {0};
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, "log.level=warning", "limits.max_unread_bytes=1000000", NULL);
    fd = api_connect_small(&server, SMALL_ROOM);
    ck_assert_int_eq(text_write_fd(fd, request, strlen(request)), 0);
    wait_for_gauge("gilscope_watchers", 1);
    wait_for_gauge("gilscope_watchers", 0);
    ck_assert_int_eq(gauge("gilscope_unread_event_bytes"), 0);
    cut = api_receive(fd);
    ck_assert_msg(strncmp(cut, "HTTP/1.1 200 ", 13) == 0, "%.500s", cut);
    ck_assert_ptr_null(strstr(cut, "\nevent: done\n"));
    newest = api_wait_for_asks(&server, 1);
    number = last_id(cut);
    header = text_printf("Last-Event-ID: %s", number);
    events = text_printf("/runs/%s/events", newest);
    rest = api_ask(&server, (ApiAsk){.path = events, .header = header});
    api_assert_status(&rest, 200);
    ck_assert_ptr_nonnull(strstr(rest.body, "\nevent: done\n"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Reads on and on, 2 MB a second: when the time is over for the first time that one may take who reads
 * nothing, more is still to be sent than any socket holds. */
START_TEST(one_that_reads_slowly_gets_all_of_it)
{
    enum { PIECE = 100 << 10, PAUSE_NS = 50000000 };
    static char piece[PIECE];
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    size_t length, n = 0;
    ssize_t got;
    int fd;

    start_with_run("limits.answer_timeout_ms=2000");
    fd = begin_to_read("/events", &length);
    while ((got = recv(fd, piece, sizeof(piece), MSG_WAITALL)) > 0) {
        n += (size_t)got;
        nanosleep(&pause, NULL);
    }
    ck_assert_int_eq(got, 0);
    ck_assert_uint_gt(n, length);
    ck_assert_uint_lt(n, length + 2048);
    close(fd);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(one_that_reads_nothing_is_hung_up_on)
{
    size_t length;
    int fd;

    start_with_run("limits.answer_timeout_ms=200");
    fd = begin_to_read("/events", &length);
    wait_for_gauge("gilscope_unread_bytes", 0);
    /* The one that asks. */
    wait_for_gauge("gilscope_connections", 1);
    close(fd);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Half of them leave before they have their turn. */
START_TEST(many_who_ask_for_much_at_once_are_answered_in_turn)
{
    enum { N = 8 };
    auto_free char *compare = NULL;
    int fds[N];

    start_with_run(NULL);
    compare = text_printf("/compare?baseline=%s&candidate=%s", id, id);
    for (int i = 0; i < N; i++) {
        auto_free char *path = i % 4 < 2 ? strdup(compare) : path_of(i % 4 == 2 ? "/events" : "?format=csv");

        fds[i] = api_send_get(&server, path);
    }
    for (int i = 1; i < N; i += 2)
        close(fds[i]);
    for (int i = 0; i < N; i += 2) {
        auto_free char *text = api_receive(fds[i]);

        ck_assert_msg(strncmp(text, "HTTP/1.1 200 ", 13) == 0, "%d: %.500s", i, text);
    }
    wait_for_gauge("gilscope_unread_bytes", 0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Some read nothing, some watch, one waits for a run, and some have just asked for what takes long. */
START_TEST(the_server_ends_although_nobody_reads)
{
    ApiStream watchers[N_WATCHERS];
    int readers[N_READERS], waiting, late[4];
    size_t length;

    start_with_run("server.grace_ms=0");
    for (int i = 0; i < N_READERS; i++)
        readers[i] = begin_to_read(i % 2 ? "/events" : "", &length);
    for (int i = 0; i < N_WATCHERS; i++)
        api_stream_open(&watchers[i], &server, "/events", "");
    waiting = api_send_get(&server, "/run/gated" API_ONCE);
    api_server_wait_for_file(&server, "begun");
    for (size_t i = 0; i < ARRAY_LENGTH(late); i++) {
        auto_free char *path = path_of(i % 2 ? "?format=csv" : "?format=table");

        late[i] = api_send_get(&server, path);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    close(waiting);
    for (int i = 0; i < N_READERS; i++)
        close(readers[i]);
    for (int i = 0; i < N_WATCHERS; i++)
        api_stream_close(&watchers[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(late); i++)
        close(late[i]);
}
END_TEST

RUN_TESTS("api-large", 120, all_who_read_the_same_share_one_text, slow_readers_hold_no_more_than_is_allowed,
    a_watcher_that_does_not_read_is_cut_off_and_can_come_back, one_that_reads_slowly_gets_all_of_it,
    one_that_reads_nothing_is_hung_up_on, many_who_ask_for_much_at_once_are_answered_in_turn,
    the_server_ends_although_nobody_reads)
