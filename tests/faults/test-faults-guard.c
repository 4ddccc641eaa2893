/* The guard where the machine gives no more, and the engine inside of a guard's limit of processes. */
#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/faults/fault-lab.h"
#include "tests/unit/run.h"

enum { GUARD_FAILED = 125 };

static char *guard, *engine;

/* What it could not do stands in one line, and nothing was started. */
START_TEST(whatever_call_of_the_guard_fails_it_says_so)
{
    static const char *const words[] = {"-- echo started", "--pids-max=100 -- echo started"};
    unsigned n_struck = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        auto_fault_end FaultEnd all = fault_run(&(FaultRun){.program = guard, .words = words[i], .call = -1});

        ck_assert_int_eq(all.status, 0);
        ck_assert_str_eq(all.output, "started\n");
        for (int call = 0; call < N_FAULT_CALLS; call++)
            for (unsigned at = 1; at <= all.book.calls[call]; at++) {
                auto_fault_end FaultEnd end =
                    fault_run(&(FaultRun){.program = guard, .words = words[i], .call = call, .at = at});

                n_struck += end.book.struck;
                ck_assert_msg(WIFEXITED(end.status) && WEXITSTATUS(end.status) == GUARD_FAILED,
                    "%s fails at call %u: wait status %d", fault_names[call], at, end.status);
                ck_assert_str_eq(end.output, "");
                ck_assert_msg(strncmp(end.errors, "gilscope-guard: ", 16) == 0 &&
                                  strchr(end.errors, '\n') == end.errors + strlen(end.errors) - 1,
                    "%s", end.errors);
            }
    }
    /* Two starts, a pipe and the signals, each time. */
    ck_assert_uint_ge(n_struck, 4 * ARRAY_LENGTH(words));
}
END_TEST

/* Runs the engine with these words inside a limit of processes, and asks first whether there is one. The
 * shell asks by itself: another program would be counted for a moment longer than it lives, and on a busy
 * machine the engine would then lack a process more than it should. */
static FaultEnd run_limited(int most, const char *words, bool *ret_limited)
{
    assert(engine);
    auto_free char *guarded = text_printf("--pids-max=%d -- sh -c 'while read -r group; do case $group in "
                                          "*gilscope-[0-9]*) echo limited >&2; break;; "
                                          "esac; done </proc/self/cgroup; exec %s %s'",
        most, engine, words);
    FaultEnd end = fault_run(&(FaultRun){.program = guard, .words = guarded, .call = -1});

    *ret_limited = strncmp(end.errors, "limited\n", 8) == 0;
    return end;
}

/* The engine, a cell and its client are three, so one or two tasks are missing. The others must not wait for
 * them, nor the client. */
START_TEST(a_convoy_that_cannot_begin_whole_fails_at_once)
{
    static const char *const modes[] = {"threads lock=gil", "threads lock=none", "processes lock=gil"};

    for (int most = 2; most <= 5; most++)
        for (size_t m = 0; m < ARRAY_LENGTH(modes); m++) {
            auto_free char *words = text_printf(
                "convoy hogs=2 duration_ms=5 mode=%s repeat=1 warmup=0 timeout_ms=20000 format=json",
                modes[m]);
            bool limited;
            auto_fault_end FaultEnd end = run_limited(most, words, &limited);
            json_auto_t *run = json_loads(end.output, 0, NULL);
            const json_t *cell = json_array_get(json_object_get(run, "cells"), 0);
            const char *status = json_string_value(json_object_get(run, "status"));
            const char *reason = json_string_value(json_object_get(cell, "reason"));

            ck_assert_msg(status && strcmp(status, limited ? "failed" : "done") == 0,
                "%d, %s: %s: %s\n%.1000s", most, words, status, reason, end.errors);
            ck_assert_msg(!limited || (reason && strstr(reason, "start")), "%d, %s: %s", most, words, reason);
        }
}
END_TEST

/* They would leave nothing for anybody else, so it is not even tried. */
START_TEST(idle_is_refused_where_there_is_no_room)
{
    bool limited;
    auto_fault_end FaultEnd end =
        run_limited(50, "idle mode=threads tasks=1000 duration_ms=5 repeat=1 warmup=0", &limited);

    if (!limited)
        return;
    ck_assert_msg(WIFEXITED(end.status) && WEXITSTATUS(end.status) == 2, "%.1000s", end.errors);
    ck_assert_msg(strstr(end.errors, "given 1000") && strstr(end.errors, "pids.max"), "%.1000s", end.errors);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {whatever_call_of_the_guard_fails_it_says_so,
        a_convoy_that_cannot_begin_whole_fails_at_once, idle_is_refused_where_there_is_no_room};
    int status;

    if (FAULTS_CANNOT_BE_MADE)
        return MESON_SKIPPED;
    guard = sibling_find("guard", "gilscope-guard");
    engine = sibling_find("engine", "gilscope-run");
    status = run_tests("faults-guard", tests, ARRAY_LENGTH(tests), 240);
    free(guard);
    free(engine);
    return status;
}
