/* Which state of a run may follow which: every pair is tried, each in a process of its own, as what may not
 * follow ends it. */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "runs/run.h"
#include "tests/unit/run.h"

static const char *const rows[] = {
    /* to:          Q R L S O S K H */
    [RUN_QUEUED] = "-+--+---",
    [RUN_RUNNING] = "--+++---",
    [RUN_LEAVING] = "---++---",
    [RUN_STOPPING] = "----+---",
    [RUN_OVER] = "-----+--",
    [RUN_SHOWN] = "------++",
    [RUN_KEPT] = "--------",
    [RUN_HELD] = "--------",
};

/* A run in this state, as far as run_become() looks at it; with all that the next state asks for. */
static Run run_between(RunState from, RunState to)
{
    return (Run){
        .state = from,
        .outcome = to > RUN_LEAVING ? OUTCOME_DONE : OUTCOME_OPEN,
        .object = to >= RUN_SHOWN ? json_null() : NULL,
    };
}

/* Whether it comes through. */
static bool becomes(Run *run, RunState to)
{
    int status;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        close(STDERR_FILENO);
        run_become(run, to);
        _exit(run->state == to ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "the state is another one");
    return WIFEXITED(status);
}

START_TEST(only_what_the_table_allows_follows)
{
    for (RunState from = 0; from < ARRAY_LENGTH(rows); from++)
        for (RunState to = 0; to < ARRAY_LENGTH(rows); to++) {
            Run run = run_between(from, to);

            ck_assert_msg(becomes(&run, to) == (rows[from][to] == '+'), "from %d to %d", (int)from, (int)to);
        }
}
END_TEST

START_TEST(a_run_ends_with_an_outcome_and_is_shown_with_an_object)
{
    Run undecided = run_between(RUN_RUNNING, RUN_RUNNING), bare = run_between(RUN_OVER, RUN_OVER);

    ck_assert(!becomes(&undecided, RUN_STOPPING));
    ck_assert(!becomes(&undecided, RUN_OVER));
    ck_assert(!becomes(&bare, RUN_SHOWN));
}
END_TEST

START_TEST(its_name_is_its_state_until_it_has_an_outcome)
{
    Run run = {.state = RUN_QUEUED};

    ck_assert_str_eq(run_status_name(&run), "queued");
    run_become(&run, RUN_RUNNING);
    ck_assert_str_eq(run_status_name(&run), "running");
    run_become(&run, RUN_LEAVING);
    ck_assert_str_eq(run_status_name(&run), "running");
    run_decide(&run, OUTCOME_TIMEOUT, "it ran too long");
    run_become(&run, RUN_STOPPING);
    ck_assert_str_eq(run_status_name(&run), "timeout");
    ck_assert_str_eq(run.reason, "it ran too long");
    free(run.reason);
}
END_TEST

RUN_TESTS("run-state", 60, only_what_the_table_allows_follows,
    a_run_ends_with_an_outcome_and_is_shown_with_an_object, its_name_is_its_state_until_it_has_an_outcome)
