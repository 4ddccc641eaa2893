/* The engine where the machine gives no more: one call fails, the first, the middle or the last of its kind
 * in a run, or there are few descriptors. The run ends by itself, with a reason in words, and leaves no
 * process. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "tests/faults/fault-lab.h"
#include "tests/unit/run.h"

#define SMALL " repeat=1 warmup=0 timeout_ms=20000 "
#define EVERYWHERE "mode=serial,threads,processes,epoll tasks=3 "

/* Between them every experiment that needs something of the system. */
static const char *const runs[] = {
    "countdown n=1000 lock=gil,ticket " EVERYWHERE SMALL "format=json",
    "countdown n=1000 lock=gil mode=threads,processes tasks=2" SMALL "format=trace",
    "convoy hogs=2 duration_ms=5 lock=gil,none mode=serial,threads,processes,epoll" SMALL "format=json",
    "convoy hogs=2 duration_ms=5 await_every=1000 lock=gil mode=epoll" SMALL "format=json",
    "share items=500 via=pipe lock=gil " EVERYWHERE SMALL "format=json",
    "share items=500 via=shared-memory lock=gil " EVERYWHERE SMALL "format=json",
    "idle duration_ms=5 lock=gil " EVERYWHERE SMALL "format=json",
    "fetch delay_ms=1 requests=2 request_timeout_ms=3000 lock=gil " EVERYWHERE SMALL "format=json",
};

static char *engine;

/* A cell that has failed says why. */
static void check_cells(const json_t *run, const char *words, const char *what)
{
    json_t *cell;
    size_t i;

    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const char *status = json_string_value(json_object_get(cell, "status"));
        const char *reason = json_string_value(json_object_get(cell, "reason"));

        ck_assert_msg(status && (strcmp(status, "done") == 0 || (reason && strlen(reason) > 10)),
            "%s, %s: cell %zu is %s: %s", words, what, i, status, reason);
    }
}

/* What was said of a run: not that it hangs or crashes, and as the exit status has it. Of a long text the
 * beginning is shown. */
static void check_end(const FaultEnd *end, const char *words, const char *what)
{
    json_auto_t *run = json_loads(end->output, 0, NULL);
    const char *status = json_string_value(json_object_get(run, "status"));
    int exited = WIFEXITED(end->status) ? WEXITSTATUS(end->status) : -1;
    bool crashed = strstr(end->output, "died of signal") || strstr(end->errors, "Assertion");

    ck_assert_msg(exited >= 0 && exited <= 2 && !crashed, "%s, %s: wait status %d\n%.1000s\n%.1000s", words,
        what, end->status, end->errors, end->output);
    check_cells(run, words, what);
    if (status)
        ck_assert_msg(strcmp(status, exited == 0 ? "done" : "failed") == 0, "%s, %s: %s and exit status %d",
            words, what, status, exited);
    else if (exited != 0)
        ck_assert_msg(strncmp(end->errors, "gilscope-run: ", 14) == 0, "%s, %s: exit status %d, %.1000s",
            words, what, exited, end->errors);
}

static void check_fault(const char *words, int call, unsigned at)
{
    auto_fault_end FaultEnd end =
        fault_run(&(FaultRun){.program = engine, .words = words, .call = call, .at = at});
    char what[64];

    snprintf(what, sizeof(what), "%s fails at call %u", fault_names[call], at);
    check_end(&end, words, what);
    /* Threads may need a call less in this run than in the one in which they were counted. */
    ck_assert_msg(end.book.struck || end.status == 0, "%s: %s", words, end.errors);
}

/* Each call is counted in a run in which none fails; then as many runs as there are places for a failure. */
START_TEST(whatever_call_fails_the_run_ends_with_a_reason)
{
    unsigned n_of[N_FAULT_CALLS] = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        auto_fault_end FaultEnd all = fault_run(&(FaultRun){.program = engine, .words = runs[i], .call = -1});

        ck_assert_msg(all.status == 0, "%s: %.1000s\n%.1000s", runs[i], all.errors, all.output);
        for (int call = 0; call < N_FAULT_CALLS; call++) {
            unsigned n = all.book.calls[call];

            n_of[call] += n;
            if (n > 0)
                check_fault(runs[i], call, 1);
            if (n > 2)
                check_fault(runs[i], call, (n + 1) / 2);
            if (n > 1)
                check_fault(runs[i], call, n);
        }
    }
    for (int call = 0; call < N_FAULT_CALLS; call++)
        printf("%s: %u calls\n", fault_names[call], n_of[call]);
    ck_assert_uint_gt(n_of[FAULT_EPOLL_CREATE], 0);
    ck_assert_uint_gt(n_of[FAULT_EPOLL_CTL], 0);
    ck_assert_uint_gt(n_of[FAULT_FORK], 0);
    ck_assert_uint_gt(n_of[FAULT_MMAP], 0);
    ck_assert_uint_gt(n_of[FAULT_PIDFD_OPEN], 0);
    ck_assert_uint_gt(n_of[FAULT_PIPE], 0);
    ck_assert_uint_gt(n_of[FAULT_POSIX_SPAWN], 0);
    ck_assert_uint_gt(n_of[FAULT_PTHREAD_CREATE], 0);
    ck_assert_uint_gt(n_of[FAULT_SEM_INIT], 0);
    ck_assert_uint_gt(n_of[FAULT_SOCKET], 0);
    ck_assert_uint_gt(n_of[FAULT_SOCKETPAIR], 0);
}
END_TEST

/* With fewer than four not even its libraries can be loaded. */
START_TEST(with_few_descriptors_the_run_ends_with_a_reason)
{
    static const unsigned limits[] = {4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24, 32};

    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++)
        for (size_t j = 0; j < ARRAY_LENGTH(limits); j++) {
            auto_fault_end FaultEnd end =
                fault_run(&(FaultRun){.program = engine, .words = runs[i], .call = -1, .nofile = limits[j]});
            char what[64];

            snprintf(what, sizeof(what), "with %u descriptors", limits[j]);
            check_end(&end, runs[i], what);
        }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        whatever_call_fails_the_run_ends_with_a_reason, with_few_descriptors_the_run_ends_with_a_reason};
    int status;

    if (FAULTS_CANNOT_BE_MADE)
        return MESON_SKIPPED;
    engine = sibling_find("engine", "gilscope-run");
    status = run_tests("faults-engine", tests, ARRAY_LENGTH(tests), 900);
    free(engine);
    return status;
}
