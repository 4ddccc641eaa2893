/* The end of the server, told or forced: it ends, with the right status, and no process stays behind. */
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define ONCE "?repeat=1&warmup=0&mode=serial&lock=gil&fresh=1"

static ApiServer server;

START_TEST(it_ends_at_once_when_nothing_runs)
{
    api_server_start(&server, NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    api_server_start(&server, NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGINT), 0);
}
END_TEST

START_TEST(a_run_that_ends_within_the_grace_is_answered)
{
    auto_free char *text = NULL;
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=30000", NULL);
    fd = api_send_get(&server, "/run/gated" ONCE);
    api_server_wait_for_file(&server, "begun");
    kill(server.pid, SIGTERM);
    api_server_touch(&server, "go");
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "HTTP/1.1 200"), "%s", text);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

/* A terminal sends its signals to the whole process group, which the server leads here. When it is closed, it
 * does so by itself, and a shell does, too. */
static void assert_grace(int signal_number, int times)
{
    auto_free char *text = NULL;
    int fd, terminal = -1;

    if (signal_number == SIGHUP) {
        terminal = api_server_start_in_terminal(&server, API_FAKE_RUNTIME, "server.grace_ms=30000", NULL);
        if (terminal < 0)
            return;
    } else {
        api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=30000", NULL);
    }
    fd = api_send_get(&server, "/run/gated" ONCE);
    api_server_wait_for_file(&server, "begun");
    if (signal_number == SIGHUP)
        close(terminal);
    while (times-- > 0) {
        kill(-server.pid, signal_number);
        usleep(100000);
    }
    api_server_touch(&server, "go");
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "HTTP/1.1 200"), "%s", text);
    ck_assert_int_eq(api_server_wait(&server), 0);
}

START_TEST(ctrl_c_leaves_the_grace_to_the_run)
{
    assert_grace(SIGINT, 1);
}
END_TEST

START_TEST(a_hang_up_leaves_the_grace_to_the_run)
{
    assert_grace(SIGHUP, 3);
}
END_TEST

START_TEST(under_nohup_a_hang_up_is_nothing)
{
    auto_answer ApiAnswer answer = {0};

    signal(SIGHUP, SIG_IGN);
    api_server_start(&server, NULL);
    kill(-server.pid, SIGHUP);
    usleep(50000);
    answer = api_get(&server, "/readyz");
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_run_that_outlasts_the_grace_is_cancelled)
{
    auto_free char *text = NULL;
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=100", NULL);
    fd = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    kill(server.pid, SIGTERM);
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "HTTP/1.1 503"), "%s", text);
    ck_assert(strstr(text, "\"cancelled\""));
    ck_assert(strstr(text, "Retry-After: "));
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

START_TEST(a_second_signal_takes_the_grace_away)
{
    auto_free char *text = NULL;
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=600000", NULL);
    fd = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    kill(server.pid, SIGTERM);
    usleep(50000);
    kill(server.pid, SIGTERM);
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "\"cancelled\""), "%s", text);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

START_TEST(who_waits_in_the_queue_is_told_at_once)
{
    auto_free char *text = NULL;
    auto_answer ApiAnswer answer = {0};
    int first, second;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=600000", NULL);
    first = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    second = api_send_get(&server, "/run/fine" ONCE);
    answer = api_get(&server, "/healthz");
    kill(server.pid, SIGTERM);
    text = api_receive(second);
    ck_assert_msg(strstr(text, "HTTP/1.1 503"), "%s", text);
    close(first);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

START_TEST(a_long_line_is_told_at_once)
{
    enum { WAITING = 50 };
    int first, others[WAITING];

    api_server_start(
        &server, API_FAKE_RUNTIME, "server.grace_ms=600000", "limits.max_queue_client=100", NULL);
    first = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    for (int i = 0; i < WAITING; i++)
        others[i] = api_send_get(&server, "/run/fine" ONCE);
    api_wait_for_runs(&server, "queued", WAITING);
    kill(server.pid, SIGTERM);
    for (int i = 0; i < WAITING; i++) {
        auto_free char *text = api_receive(others[i]);

        ck_assert_msg(strstr(text, "HTTP/1.1 503"), "%d: %s", i, text);
    }
    close(first);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

START_TEST(while_it_stops_it_says_so_and_takes_nothing_new)
{
    void *connection = api_connection_new();
    auto_answer ApiAnswer before = {0}, after = {0}, run = {0};
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=600000", NULL);
    fd = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    before = api_ask(&server, (ApiAsk){.path = "/readyz", .connection = connection});
    ck_assert_int_eq(before.status, 200);
    kill(server.pid, SIGTERM);
    do {
        api_answer_finish(&after);
        after = api_ask(&server, (ApiAsk){.path = "/readyz", .connection = connection});
    } while (after.status == 200);
    ck_assert_int_eq(after.status, 503);
    ck_assert(strstr(after.body, "stopping"));
    run = api_ask(&server, (ApiAsk){.path = "/run/fine" ONCE, .connection = connection});
    ck_assert_int_eq(run.status, 503);
    api_connection_free(connection);
    close(fd);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

/* Reads a stream to its last chunk, which is empty. */
static void await_end(int fd)
{
    char last[6] = "";

    while (strcmp(last, "0\r\n\r\n") != 0) {
        memmove(last, last + 1, 4);
        ck_assert_int_eq(read(fd, last + 4, 1), 1);
    }
}

/* Its header came in time, so the server still waits for it when the board, which it asks about, is gone. */
START_TEST(a_request_that_is_complete_when_the_server_has_stopped_finds_it_so)
{
    static const char begun[] =
        "POST /class HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer teacher-secret\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        "Content-Length: 12\r\n\r\nactio";
    auto_free char *text = NULL;
    int fd, board;

    api_server_start(&server, "server.instructor_token=teacher-secret", NULL);
    board = api_send(&server, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    fd = api_send(&server, begun);
    /* It has read that much when it answers what came behind it. */
    {
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = "/healthz"});

        ck_assert_int_eq(answer.status, 200);
    }
    kill(server.pid, SIGTERM);
    await_end(board);
    ck_assert_int_eq(write(fd, "n=clear", 7), 7);
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "HTTP/1.1 503") && strstr(text, "Stopping"), "%s", text);
    close(board);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

START_TEST(a_killed_server_leaves_no_process)
{
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    fd = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    ck_assert_int_eq(api_server_stop(&server, SIGKILL), 128 + SIGKILL);
    close(fd);
}
END_TEST

/* It asks the runtime then, which does not answer. That the stop was orderly, its status says. */
START_TEST(a_signal_while_it_starts_ends_the_start)
{
    static const int signals[] = {SIGTERM, SIGINT};

    for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
        api_server_start(&server, API_FAKE_RUNTIME, NULL);
        ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
        api_server_touch(&server, "mute");
        api_server_launch_again(&server, API_FAKE_RUNTIME, NULL);
        api_server_wait_for_file(&server, "asked");
        ck_assert_int_eq(api_server_stop(&server, signals[i]), 0);
    }
}
END_TEST

/* What somebody does to the two processes of a guard; 0: nothing. */
typedef struct Attack {
    int on_keeper, on_watchman;
} Attack;

/* The origin is a child of the server, too, but one that the server knows: it is spared. */
static void assert_nothing_left_after(Attack attack)
{
    auto_free char *text = NULL;
    auto_answer ApiAnswer answer = {0};
    pid_t origin, keeper, watchman;
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    fd = api_send_get(&server, "/run/astray" ONCE "&timeout_ms=3000");
    api_server_wait_for_file(&server, "begun");
    origin = api_server_find_named(&server, "gilscope-origin");
    keeper = api_server_find_named(&server, "gilscope-guard");
    watchman = api_server_find_named(&server, "gilscope-watch");
    kill(keeper, attack.on_keeper);
    kill(watchman, attack.on_watchman);
    text = api_receive(fd);
    /* All others are gone when the run is answered. */
    ck_assert_int_eq(api_server_count_descendants(&server), 1);
    ck_assert_int_eq(api_server_find_descendant(&server), origin);
    answer = api_get(&server, "/run/fine" ONCE);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}

START_TEST(both_guards_killed_leave_no_process)
{
    assert_nothing_left_after((Attack){.on_keeper = SIGKILL, .on_watchman = SIGKILL});
}
END_TEST

START_TEST(a_stopped_and_a_killed_guard_leave_no_process)
{
    assert_nothing_left_after((Attack){.on_keeper = SIGSTOP, .on_watchman = SIGKILL});
    assert_nothing_left_after((Attack){.on_keeper = SIGKILL, .on_watchman = SIGSTOP});
}
END_TEST

/* It does not see that its owner is gone, but the kernel does. */
START_TEST(a_killed_server_wakes_a_stopped_guard)
{
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    fd = api_send_get(&server, "/run/astray" ONCE);
    api_server_wait_for_file(&server, "begun");
    kill(api_server_find_named(&server, "gilscope-guard"), SIGSTOP);
    ck_assert_int_eq(api_server_stop(&server, SIGKILL), 128 + SIGKILL);
    close(fd);
}
END_TEST

START_TEST(the_origin_is_started_again)
{
    pid_t first, now;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_server_find_descendant(&server);
    ck_assert_int_gt(first, 0);
    kill(first, SIGKILL);
    do {
        auto_answer ApiAnswer answer = api_get(&server, "/healthz");

        ck_assert_int_eq(answer.status, 200);
        now = api_server_find_descendant(&server);
    } while (now == 0 || now == first);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* What it has started hangs up with it. */
START_TEST(it_ends_with_the_test_that_started_it)
{
    ApiServer *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t test;

    ck_assert_ptr_ne(shared, MAP_FAILED);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    test = fork();
    ck_assert_int_ge(test, 0);
    if (test == 0) {
        api_server_start(shared, API_FAKE_RUNTIME, NULL);
        api_send_get(shared, "/run/gated" ONCE);
        api_server_wait_for_file(shared, "begun");
        _exit(0);
    }
    ck_assert_int_eq(waitpid(test, NULL, 0), test);
    shared->output = -1;
    ck_assert_int_eq(api_server_wait(shared), 128 + SIGKILL);
}
END_TEST

RUN_TESTS("api-stop", 120, it_ends_at_once_when_nothing_runs, a_run_that_ends_within_the_grace_is_answered,
    ctrl_c_leaves_the_grace_to_the_run, a_hang_up_leaves_the_grace_to_the_run,
    under_nohup_a_hang_up_is_nothing, a_run_that_outlasts_the_grace_is_cancelled,
    a_second_signal_takes_the_grace_away, who_waits_in_the_queue_is_told_at_once, a_long_line_is_told_at_once,
    while_it_stops_it_says_so_and_takes_nothing_new,
    a_request_that_is_complete_when_the_server_has_stopped_finds_it_so, a_killed_server_leaves_no_process,
    a_signal_while_it_starts_ends_the_start, both_guards_killed_leave_no_process,
    a_stopped_and_a_killed_guard_leave_no_process, a_killed_server_wakes_a_stopped_guard,
    the_origin_is_started_again, it_ends_with_the_test_that_started_it)
