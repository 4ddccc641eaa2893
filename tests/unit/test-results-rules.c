/* The rules of ideal and verdict, case by case. */
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "results/ideal.h"
#include "results/time-json.h"
#include "results/verdict.h"
#include "tests/unit/made-catalog.h"
#include "tests/unit/run.h"

#define MS INT64_C(1000000)

static CellSpec cell_of(const char *mode, const char *lock, int tasks, int cpus)
{
    return (CellSpec){
        .runtime = &made_runtimes[0],
        .experiment = &made_countdown,
        .mode = made_mode(mode),
        .lock = made_lock(lock),
        .tasks = tasks,
        .cpus = cpus,
    };
}

/* 600 ms of serial wall time: the given part waited, the rest computed. */
static int64_t ideal_ms(const char *mode, const char *lock, int tasks, int cpus, int waits_ms)
{
    CellSpec cell = cell_of(mode, lock, tasks, cpus);
    int64_t ns = ideal_wall_ns(&cell, 600 * MS, waits_ms * MS);

    return ns < 0 ? ns : ns / MS;
}

START_TEST(serial_is_its_own_ideal)
{
    ck_assert_int_eq(ideal_ms("serial", "gil", 2, 2, 0), 600);
    ck_assert_int_eq(ideal_ms("serial", "none", 3, 1, 600), 600);
    ck_assert_int_eq(ideal_ms("serial", "none", 3, 1, 0), 600);
}
END_TEST

START_TEST(threads_under_one_lock_share_waiting_only)
{
    ck_assert_int_eq(ideal_ms("threads", "gil", 2, 2, 0), 600);
    ck_assert_int_eq(ideal_ms("threads", "gil-py2", 4, 2, 0), 600);
    ck_assert_int_eq(ideal_ms("threads", "gil", 3, 2, 300), 300 + 100);
    ck_assert_int_eq(ideal_ms("threads", "gil", 3, 2, 600), 200);
}
END_TEST

START_TEST(threads_that_let_go_of_the_lock_compute_side_by_side)
{
    CellSpec cell = cell_of("threads", "gil", 3, 2);

    cell.experiment = &made_released;
    ck_assert_int_eq(ideal_wall_ns(&cell, 600 * MS, 0), 400 * MS);
    cell.mode = made_mode("epoll");
    ck_assert_int_eq(ideal_wall_ns(&cell, 600 * MS, 0), 600 * MS);
}
END_TEST

START_TEST(without_one_lock_the_fullest_cpu_decides)
{
    static const char *const locks[] = {"none", "per-interpreter"};

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(ideal_ms("threads", locks[i], 2, 2, 0), 300);
        ck_assert_int_eq(ideal_ms("threads", locks[i], 3, 2, 0), 400);
        ck_assert_int_eq(ideal_ms("threads", locks[i], 4, 2, 0), 300);
        ck_assert_int_eq(ideal_ms("threads", locks[i], 2, 1, 0), 600);
        ck_assert_int_eq(ideal_ms("threads", locks[i], 2, 16, 0), 300);
        ck_assert_int_eq(ideal_ms("threads", locks[i], 3, 2, 300), 200 + 100);
    }
}
END_TEST

START_TEST(processes_have_a_lock_each)
{
    static const char *const locks[] = {"none", "gil", "gil-py2", "per-interpreter"};

    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(ideal_ms("processes", locks[i], 2, 2, 0), 300);
        ck_assert_int_eq(ideal_ms("processes", locks[i], 3, 2, 0), 400);
        ck_assert_int_eq(ideal_ms("processes", locks[i], 1, 2, 0), 600);
    }
}
END_TEST

START_TEST(epoll_overlaps_waits_unless_its_client_blocks)
{
    CellSpec cell = cell_of("epoll", "none", 5, 2);

    ck_assert_int_eq(ideal_wall_ns(&cell, 1000 * MS, 900 * MS), 100 * MS + 180 * MS);
    cell.experiment = &made_blocking;
    ck_assert_int_eq(ideal_wall_ns(&cell, 1000 * MS, 900 * MS), 1000 * MS);
}
END_TEST

/* A blocking client holds up its own loop, and threads have one each. */
START_TEST(threads_do_not_mind_a_blocking_client)
{
    CellSpec cell = cell_of("threads", "gil", 5, 2);

    cell.experiment = &made_blocking;
    ck_assert_int_eq(ideal_wall_ns(&cell, 1000 * MS, 1000 * MS), 200 * MS);
}
END_TEST

/* The two medians may be of different repetitions. */
START_TEST(more_waiting_than_wall_time_is_no_negative_computing)
{
    ck_assert_int_eq(ideal_ms("threads", "gil", 2, 2, 1200), 300);
    ck_assert_int_eq(ideal_ms("processes", "gil", 2, 2, 1200), 300);
}
END_TEST

/* Serial took 80.1 ms under a quota of 0.5 CPU, and 40 ms of CPU time. The ideal of threads was 42.0 ms: what
 * the quota held back passed for a wait. */
START_TEST(what_a_quota_holds_back_is_no_waiting)
{
    static const char *const modes[] = {"serial", "threads", "epoll", "processes"};

    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
        CellSpec cell = cell_of(modes[i], "gil", 4, 1);

        cell.cpu_quota = 0.5;
        ck_assert_int_eq(ideal_wall_ns(&cell, 80100000, 0), 80100000);
        cell.cpus = 2;
        ck_assert_int_eq(ideal_wall_ns(&cell, 80100000, 0), 80100000);
    }
}
END_TEST

/* On a busy machine, serial 882 ms with 231 ms of CPU time: the ideal of threads was 557 ms. */
START_TEST(what_other_programs_took_is_no_waiting)
{
    ck_assert_int_eq(ideal_ms("threads", "gil", 2, 2, 0), 600);
    ck_assert_int_eq(ideal_ms("epoll", "gil", 2, 2, 0), 600);
}
END_TEST

/* Of 300 ms of work, 1.5 CPUs do no more than 1.5 times as much in the same time as one. */
START_TEST(side_by_side_no_more_is_done_than_the_quota_allows)
{
    CellSpec cell = cell_of("processes", "gil", 2, 2);

    cell.cpu_quota = 1.5;
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 200 * MS);
    cell.tasks = 3;
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 200 * MS);
    cell.tasks = 5; /* the fuller CPU has three of them: 180 ms, less than the quota asks for */
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 200 * MS);
    cell.tasks = 1;
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 300 * MS);
    cell.tasks = 2;
    cell.cpus = 1;
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 300 * MS);
    cell.cpus = 2;
    cell.cpu_quota = 2;
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 150 * MS);
    cell.cpu_quota = 64;
    ck_assert_int_eq(ideal_wall_ns(&cell, 300 * MS, 0), 150 * MS);
}
END_TEST

/* A quota takes nothing from waiting. */
START_TEST(waits_overlap_under_any_quota)
{
    CellSpec cell = cell_of("threads", "gil", 5, 1);

    cell.cpu_quota = 0.5;
    ck_assert_int_eq(ideal_wall_ns(&cell, 1000 * MS, 900 * MS), 100 * MS + 180 * MS);
}
END_TEST

/* A runtime may not measure what its tasks wait for. Then there is an ideal only where they do not wait. */
START_TEST(waits_that_nobody_measured_leave_no_ideal)
{
    static const char *const modes[] = {"threads", "epoll", "processes"};

    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
        CellSpec cell = cell_of(modes[i], "gil", 2, 2);

        ck_assert_int_ge(ideal_wall_ns(&cell, 600 * MS, IDEAL_NOT_KNOWN), 300 * MS);
        cell.experiment = &made_waiting;
        ck_assert_int_eq(ideal_wall_ns(&cell, 600 * MS, IDEAL_NOT_KNOWN), IDEAL_NOT_KNOWN);
        ck_assert_int_ge(ideal_wall_ns(&cell, 600 * MS, 0), 300 * MS);
    }
    ck_assert_int_eq(ideal_ms("threads", "gil", 2, 2, -1), 600);
}
END_TEST

START_TEST(a_mode_without_a_rule_has_no_ideal)
{
    ck_assert_int_eq(ideal_ms("neither", "gil", 2, 2, 0), -1);
    ck_assert_int_eq(ideal_ms("neither", "none", 2, 2, 0), -1);
}
END_TEST

/* Names once decided, so a lock that was new kept nobody apart in the ideal: 80 ms beside a serial 160. */
START_TEST(a_lock_that_nobody_ever_heard_of_is_known_by_its_facts)
{
    ck_assert_int_eq(ideal_ms("threads", "zzz", 2, 2, 0), 600);
    ck_assert_int_eq(ideal_ms("threads", "zzz", 3, 2, 300), 300 + 100);
    ck_assert_int_eq(ideal_ms("processes", "zzz", 2, 2, 0), 300);
    ck_assert_int_eq(ideal_ms("serial", "zzz", 2, 2, 0), 600);
    ck_assert_int_eq(ideal_ms("epoll", "zzz", 3, 2, 600), 200);
}
END_TEST

/* A lock that is exclusive but of which each task has its own keeps nobody apart. */
START_TEST(an_exclusive_lock_for_each_task_keeps_nobody_apart)
{
    CellSpec cell = cell_of("threads", "zzz", 2, 2);
    CatalogLock lock = *cell.lock;

    lock.whose = CATALOG_FOR_EACH_TASK;
    cell.lock = &lock;
    ck_assert_int_eq(ideal_wall_ns(&cell, 600 * MS, 0), 300 * MS);
}
END_TEST

START_TEST(extreme_numbers_do_not_overflow)
{
    const int64_t top = INT64_C(1000000000000000000);
    CellSpec cell = cell_of("processes", "none", 10000, 1);

    ck_assert_int_eq(ideal_wall_ns(&cell, top, 0), top);
    ck_assert_int_eq(ideal_wall_ns(&cell, top, top), top / 10000);
    cell.cpus = 0;
    cell.tasks = 0;
    ck_assert_int_eq(ideal_wall_ns(&cell, top, 0), top);
}
END_TEST

static Ratio ratio_of(double value, double low, double high)
{
    return (Ratio){.value = value, .has_interval = true, .low = low, .high = high, .n = 7};
}

static const struct {
    double low, high;
    const char *verdict;
} verdicts[] = {
    {1, 1, "same"},
    {0.96, 1.04, "same"},
    {0.95, 1.05, "same"},
    {1.01, 1.03, "same"},
    {0.97, 0.99, "same"},
    {0.5, 0.52, "faster"},
    {0.94, 0.99, "faster"},
    {1.95, 2.01, "slower"},
    {1.01, 1.06, "slower"},
    {0.949, 1.0, "cannot tell"},
    {1.0, 1.051, "cannot tell"},
    {0.9, 1.1, "cannot tell"},
    {0.94, 1.001, "cannot tell"},
};

START_TEST(the_interval_decides_the_verdict)
{
    for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++) {
        Ratio ratio = ratio_of(1, verdicts[i].low, verdicts[i].high);

        ck_assert_msg(strcmp(verdict_name(verdict_make(&ratio)), verdicts[i].verdict) == 0, "%g..%g is %s",
            verdicts[i].low, verdicts[i].high, verdict_name(verdict_make(&ratio)));
    }
}
END_TEST

START_TEST(without_an_interval_nothing_can_be_told)
{
    Ratio ratio = {.value = 2, .n = 5};
    auto_free char *hint = NULL;

    ck_assert_int_eq(verdict_make(&ratio), VERDICT_CANNOT_TELL);
    hint = verdict_hint(&ratio, NULL);
    ck_assert_str_eq(hint, "5 good repetitions are too few for an interval, which needs 6; try repeat=7");
}
END_TEST

static const struct {
    int64_t min, max, baseline_min, baseline_max;
    size_t n;
    const char *hint;
} few[] = {
    {200, 210, 990, 1010, 3,
        "all were faster, but 3 good repetitions are too few for an interval, which needs 6; try repeat=7"},
    {1011, 2000, 990, 1010, 5,
        "all were slower, but 5 good repetitions are too few for an interval, which needs 6; try repeat=7"},
    {200, 990, 990, 1010, 3, "3 good repetitions are too few for an interval, which needs 6; try repeat=7"},
    {1010, 2000, 990, 1010, 3, "3 good repetitions are too few for an interval, which needs 6; try repeat=7"},
    {200, 200, 990, 990, 1, "1 good repetition is too few for an interval, which needs 6; try repeat=7"},
};

START_TEST(too_few_repetitions_say_what_was_seen_of_them)
{
    for (size_t i = 0; i < ARRAY_LENGTH(few); i++) {
        Ratio ratio = {.value = 0.2,
            .n = few[i].n,
            .seen = verdict_seen(few[i].min, few[i].max, few[i].baseline_min, few[i].baseline_max)};
        auto_free char *hint = verdict_hint(&ratio, NULL);

        ck_assert_str_eq(hint, few[i].hint);
        ck_assert_int_eq(verdict_make(&ratio), VERDICT_CANNOT_TELL);
    }
}
END_TEST

/* Half the width is 0.1, the way to 1 is 0.05: twice as narrow takes four times 7 repetitions. */
START_TEST(the_hint_says_how_many_repetitions_narrow_it)
{
    Ratio ratio = ratio_of(1.05, 0.95, 1.15);
    auto_free char *hint = verdict_hint(&ratio, NULL);

    ck_assert_str_eq(hint, "the ratio is between 0.95 and 1.15; try repeat=30");
}
END_TEST

START_TEST(a_hint_names_the_interval_that_is_shown)
{
    Ratio ratio = ratio_of(1.5, 0.97004, 2.27496);
    auto_free char *hint = NULL;
    ResultRelative relative = relative_from_ratio(&ratio, NULL, &hint);

    ck_assert_double_eq(relative.high, 2.275);
    ck_assert_msg(strstr(hint, "between 0.97 and 2.28"), "%s", hint);
}
END_TEST

START_TEST(a_hopeless_case_asks_for_something_else)
{
    Ratio ratio = ratio_of(1.02, 0.4, 2.5);
    auto_free char *hint = verdict_hint(&ratio, NULL);

    ck_assert_str_eq(hint, "the ratio is between 0.40 and 2.50; try a quieter machine");
}
END_TEST

RUN_TESTS("results-rules", 10, serial_is_its_own_ideal, threads_under_one_lock_share_waiting_only,
    threads_that_let_go_of_the_lock_compute_side_by_side, without_one_lock_the_fullest_cpu_decides,
    processes_have_a_lock_each, epoll_overlaps_waits_unless_its_client_blocks,
    threads_do_not_mind_a_blocking_client, more_waiting_than_wall_time_is_no_negative_computing,
    what_a_quota_holds_back_is_no_waiting, what_other_programs_took_is_no_waiting,
    side_by_side_no_more_is_done_than_the_quota_allows, waits_overlap_under_any_quota,
    waits_that_nobody_measured_leave_no_ideal, a_mode_without_a_rule_has_no_ideal,
    a_lock_that_nobody_ever_heard_of_is_known_by_its_facts,
    an_exclusive_lock_for_each_task_keeps_nobody_apart, extreme_numbers_do_not_overflow,
    the_interval_decides_the_verdict, without_an_interval_nothing_can_be_told,
    too_few_repetitions_say_what_was_seen_of_them, the_hint_says_how_many_repetitions_narrow_it,
    a_hint_names_the_interval_that_is_shown, a_hopeless_case_asks_for_something_else)
