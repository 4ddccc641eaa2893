/* What is done to the processes around the server: its origin and its guards are killed or stopped, its
 * descriptors are taken away. What runs says what happened, what comes next is done, and nothing is left. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cgroup-runs.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define FETCH "/run/fetch?mode=serial&lock=gil&tasks=1&repeat=1&warmup=0&fresh=1"

/* The origin, and of a run the two processes of its guard, the engine and its cell. */
enum { IDLE = 1, IN_A_CELL = 5 };

static ApiServer server;

static void assert_fetched(void)
{
    auto_answer ApiAnswer answer = api_get(&server, FETCH "&delay_ms=1");

    ck_assert_msg(answer.status == 200, "%s", answer.body);
    ck_assert_msg(strcmp(api_text(answer.json, "status"), "done") == 0, "%s", answer.body);
}

/* Asks for a page that comes so late, and waits until the cell is there that waits for it. */
static int send_fetch(int delay_ms)
{
    auto_free char *path = text_printf("%s&delay_ms=%d", FETCH, delay_ms);
    int fd = api_send_get(&server, path);

    api_server_wait_for_descendants(&server, IN_A_CELL);
    return fd;
}

static void kill_origin(void)
{
    ck_assert_int_eq(kill(api_server_find_named(&server, "gilscope-origin"), SIGKILL), 0);
}

START_TEST(a_run_that_comes_while_the_origin_starts_again_waits_for_it)
{
    api_server_start(&server, NULL);
    for (int i = 0; i < 3; i++) {
        kill_origin();
        /* It is reaped, so the server knows. */
        api_server_wait_for_descendants(&server, 0);
        assert_fetched();
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_fetch_whose_origin_is_killed_fails_at_once_with_the_reason)
{
    json_auto_t *run = NULL;
    const json_t *cell;
    int fd;

    api_server_start(&server, NULL);
    fd = send_fetch(5000);
    kill_origin();
    run = api_receive_json(fd);
    cell = json_array_get(json_object_get(run, "cells"), 0);
    ck_assert_str_eq(api_text(run, "status"), "failed");
    ck_assert_msg(strstr(api_text(cell, "reason"), "request 0: "), "%s", api_text(cell, "reason"));
    assert_fetched();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_stopped_origin_is_woken)
{
    json_auto_t *run = NULL;
    pid_t origin;
    int fd;

    api_server_start(&server, NULL);
    fd = send_fetch(300);
    origin = api_server_find_named(&server, "gilscope-origin");
    ck_assert_int_eq(kill(origin, SIGSTOP), 0);
    run = api_receive_json(fd);
    ck_assert_str_eq(api_text(run, "status"), "done");
    ck_assert_int_eq(kill(origin, SIGSTOP), 0);
    assert_fetched();
    ck_assert_int_eq(api_server_find_named(&server, "gilscope-origin"), origin);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The folder of the guard's control group, owned by the caller; NULL if none could be made here. */
static char *group_of(pid_t guard)
{
    Cgroup found;

    cgroup_runs_find("", &found);
    for (int i = 0; i < 2; i++) {
        auto_free char *folder = cgroup_runs_folder(i == 0 ? &found.v1 : &found.v2, guard);

        if (access(folder, F_OK) == 0)
            return take_pointer(folder);
    }
    return NULL;
}

/* Both of its processes; the keeper is stopped before, so that it cannot clean up between the two signals. */
START_TEST(a_killed_guard_leaves_no_process_and_no_group_and_the_run_says_so)
{
    auto_free char *group = NULL;
    json_auto_t *run = NULL;
    pid_t keeper, watchman;
    int fd;

    api_server_start(&server, NULL);
    fd = send_fetch(5000);
    keeper = api_server_find_named(&server, "gilscope-guard");
    watchman = api_server_find_named(&server, "gilscope-watch");
    group = group_of(keeper);
    kill(keeper, SIGSTOP);
    kill(watchman, SIGKILL);
    kill(keeper, SIGKILL);
    run = api_receive_json(fd);
    ck_assert_str_eq(api_text(run, "status"), "failed");
    ck_assert_msg(
        strstr(api_text(run, "reason"), "lost its guard to signal 9"), "%s", api_text(run, "reason"));
    ck_assert_int_eq(api_server_count_descendants(&server), IDLE);
    if (group)
        ck_assert_int_ne(access(group, F_OK), 0);
    assert_fetched();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static nsec_t cpu_of(pid_t pid)
{
    struct timespec used;
    clockid_t clock;

    ck_assert_int_eq(clock_getcpuclockid(pid, &clock), 0);
    ck_assert_int_eq(clock_gettime(clock, &used), 0);
    return nsec_from_timespec(&used);
}

/* Lets the server have so many descriptors, and no more than it has. */
static void limit_server(rlim_t most, struct rlimit *ret_before)
{
    struct rlimit limit;

    ck_assert_int_eq(prlimit(server.pid, RLIMIT_NOFILE, NULL, ret_before), 0);
    limit = (struct rlimit){most, ret_before->rlim_max};
    ck_assert_int_eq(prlimit(server.pid, RLIMIT_NOFILE, &limit, NULL), 0);
}

static int count(const char *text, const char *word)
{
    int n = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

/* None can be accepted, and none is there whose end would be a reason to look again. */
START_TEST(without_descriptors_the_server_rests_says_so_once_and_goes_on)
{
    enum { WATCH_US = 600000 };
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    int log = memfd_create("log", 0), own_errors = dup(STDERR_FILENO), fds[2];
    auto_free char *said = NULL;
    struct rlimit before;
    size_t length;
    nsec_t used;

    dup2(log, STDERR_FILENO);
    api_server_start(&server, NULL);
    dup2(own_errors, STDERR_FILENO);
    for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
        auto_free char *answer = NULL;

        limit_server(3, &before);
        fds[i] = api_send(&server, request);
        used = cpu_of(server.pid);
        usleep(WATCH_US);
        used = cpu_of(server.pid) - used;
        ck_assert_msg(used < WATCH_US * NSEC_PER_USEC / 4, "it used %ju us in %d us",
            (uintmax_t)(used / NSEC_PER_USEC), WATCH_US);
        ck_assert_int_eq(prlimit(server.pid, RLIMIT_NOFILE, &before, NULL), 0);
        answer = api_receive(fds[i]);
        ck_assert_msg(strncmp(answer, "HTTP/1.1 200 ", 13) == 0, "%s", answer);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    ck_assert_int_eq(lseek(log, 0, SEEK_SET), 0);
    ck_assert_int_eq(text_read_fd(log, 1 << 20, &said, &length), 0);
    ck_assert_msg(count(said, "descriptors_exhausted") == 1, "%s", said);
}
END_TEST

RUN_TESTS("api-troubles", 120, a_run_that_comes_while_the_origin_starts_again_waits_for_it,
    a_fetch_whose_origin_is_killed_fails_at_once_with_the_reason, a_stopped_origin_is_woken,
    a_killed_guard_leaves_no_process_and_no_group_and_the_run_says_so,
    without_descriptors_the_server_rests_says_so_once_and_goes_on)
