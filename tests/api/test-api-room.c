/* A room behind one address, all at once: everybody is answered or told when to come back, in turns, and
 * nobody who leaves is worked for. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

#define FRESH "&fresh=1"

/* With a sanitizer each run costs ten times as much, and of so many it finds no more than of some. */
#if defined(__SANITIZE_ADDRESS__)
enum { N_CLIENTS = 64, N_CROWD = 100 };
#else
enum { N_CLIENTS = 64, N_CROWD = 500 };
#endif

static ApiServer server;

/* A run of somebody else, so that all others wait until it may end. */
static void occupy(void)
{
    free(api_book(&server, "gated", "&client=first" FRESH));
    api_server_wait_for_file(&server, "begun");
}

/* Each client sends a request of its own; the label is its number. Who has no name is one with all others. */
static void send_all(int *fds, int n, bool named)
{
    for (int i = 0; i < n; i++) {
        auto_free char *more =
            named ? text_printf("&client=c%d&label=%d" FRESH, i, i) : text_printf("&label=%d" FRESH, i);

        fds[i] = api_send_run(&server, "fine", more);
    }
}

/* How long /healthz takes while others work. */
typedef struct Health {
    void *connection;
    nsec_t times[20000];
    size_t n;
} Health;

static Health health;

static void check_health(void)
{
    nsec_t began = nsec_now();
    auto_answer ApiAnswer answer =
        api_ask(&server, (ApiAsk){.path = "/healthz", .connection = health.connection});

    api_assert_status(&answer, 200);
    if (health.n < sizeof(health.times) / sizeof(health.times[0]))
        health.times[health.n++] = nsec_now() - began;
}

static int compare_times(const void *a, const void *b)
{
    nsec_t one = *(const nsec_t *)a, other = *(const nsec_t *)b;

    return (one > other) - (one < other);
}

static void say_health(void)
{
    qsort(health.times, health.n, sizeof(health.times[0]), compare_times);
    printf("/healthz was answered %zu times meanwhile, 99 of 100 within %.2f ms\n", health.n,
        (double)health.times[health.n * 99 / 100] / 1e6);
    api_connection_free(health.connection);
}

/* Waits for all answers; returns how many have run. The others were told why not, and when to come back. */
static int receive_all(int *fds, int n, const char *words)
{
    int n_done = 0;

    for (int i = 0; i < n; i++) {
        auto_free char *text = NULL;
        struct pollfd ready = {.fd = fds[i], .events = POLLIN};

        do
            check_health();
        while (poll(&ready, 1, 1) == 0);
        text = api_receive(fds[i]);
        if (strncmp(text, "HTTP/1.1 200 ", 13) == 0) {
            n_done++;
            continue;
        }
        ck_assert_msg(strncmp(text, "HTTP/1.1 429 ", 13) == 0, "%s", text);
        ck_assert_msg(strstr(text, "\r\nRetry-After: ") && strstr(text, words), "%s", text);
    }
    return n_done;
}

/* Nobody gets a second turn before everybody who waits has had a first one. */
static void assert_fair(ApiStream *board, int n)
{
    bool served[N_CLIENTS] = {false};

    for (int i = 0; i < n; i++) {
        auto_event ApiEvent event = api_stream_find(board, "started");
        int client = atoi(api_text(event.data, "label"));

        ck_assert_int_lt(client, N_CLIENTS);
        ck_assert_msg(i >= N_CLIENTS || !served[client], "client %d has the turn %d as well", client, i);
        served[client] = true;
    }
}

START_TEST(sixty_four_clients_of_one_address_are_served_in_turns)
{
    int first[N_CLIENTS], second[N_CLIENTS];
    auto_event ApiEvent of_first = {0};
    ApiStream board;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_queue_address=100", NULL);
    health.connection = api_connection_new();
    occupy();
    send_all(first, N_CLIENTS, true);
    api_wait_for_runs(&server, "queued", N_CLIENTS);
    send_all(second, N_CLIENTS, true);
    api_wait_for_runs(&server, "queued", 100);
    api_stream_open(&board, &server, "/events", "");
    of_first = api_stream_find(&board, "started");
    api_server_touch(&server, "go");
    ck_assert_int_eq(receive_all(first, N_CLIENTS, ""), N_CLIENTS);
    ck_assert_int_eq(receive_all(second, N_CLIENTS, "limits.max_queue_address"), 100 - N_CLIENTS);
    assert_fair(&board, 100);
    api_stream_close(&board);
    say_health();
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_client_without_a_name_shares_the_places_of_its_address)
{
    int fds[N_CLIENTS];

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    health.connection = api_connection_new();
    occupy();
    send_all(fds, N_CLIENTS, false);
    api_wait_for_runs(&server, "queued", 4);
    api_server_touch(&server, "go");
    /* A place becomes free when a run begins, so a late one may get one, too. */
    ck_assert_int_ge(receive_all(fds, N_CLIENTS, "without client= your address is the client"), 4);
    say_health();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void raise_descriptors(void)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

START_TEST(half_of_a_crowd_vanishes_and_the_other_half_is_answered)
{
    int fds[N_CROWD];

    raise_descriptors();
    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_queue=1000", "limits.max_queue_address=1000",
        "limits.max_watchers=1000", "limits.max_watchers_address=1000", NULL);
    occupy();
    send_all(fds, N_CROWD, true);
    api_wait_for_runs(&server, "queued", N_CROWD);
    for (int i = 0; i < N_CROWD; i += 2)
        close(fds[i]);
    api_wait_for_runs(&server, "cancelled", N_CROWD / 2);
    api_wait_for_runs(&server, "queued", N_CROWD / 2);
    api_server_touch(&server, "go");
    for (int i = 1; i < N_CROWD; i += 2) {
        json_auto_t *run = api_receive_json(fds[i]);

        ck_assert_str_eq(api_text(run, "status"), "done");
        ck_assert_int_eq(atoi(api_text(run, "label")), i);
    }
    api_wait_for_runs(&server, "done", N_CROWD / 2 + 1);
    api_wait_for_runs(&server, "cancelled", N_CROWD / 2);
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-room", 240, sixty_four_clients_of_one_address_are_served_in_turns,
    a_client_without_a_name_shares_the_places_of_its_address,
    half_of_a_crowd_vanishes_and_the_other_half_is_answered)
