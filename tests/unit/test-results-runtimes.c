/* Cells of several runtimes in one run: who may report what, and what becomes of the others when one of the
 * runtimes is lost. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

#define OTHER "python3.13-freethreaded"
#define DIED "the runtime " OTHER " died of signal 9 (Killed)"
#define SECOND INT64_C(1000000000)

/* serial and threads of two runtimes: cells 0 and 1 of "c", 2 and 3 of the other. */
static json_t *make_four_cells(void)
{
    json_t *cells = json_pack("[o, o, o, o]", make_cell(0, "serial", "gil", 2, 1000),
        make_cell(1, "threads", "gil", 2, 1000), make_cell(2, "serial", "gil", 2, 1000),
        make_cell(3, "threads", "gil", 2, 1000));

    for (size_t i = 2; i < 4; i++)
        json_object_set_new(json_array_get(cells, i), "runtime", json_string(OTHER));
    return cells;
}

/* precision 0: none, and repeat repetitions. */
static Results *begin(int repeat, int precision, int max_repeat)
{
    json_auto_t *request = make_request(), *cells = make_four_cells();

    json_object_set_new(request, "repeat", json_integer(repeat));
    json_object_set_new(request, "warmup", json_integer(0));
    json_object_set_new(request, "precision", json_integer(precision));
    json_object_set_new(request, "max_repeat", json_integer(max_repeat));
    return results_of(request, cells, &made_countdown);
}

static int add_of(Results *results, const char *runtime, json_t *event)
{
    json_auto_t *owned = event;

    return results_add(results, runtime, owned, NULL);
}

/* Repetition `round` of the cells from..to-1; times differ by so many per cent from round to round. */
static void add_round(Results *results, int from, int to, int round, int jitter)
{
    for (int cell = from; cell < to; cell++) {
        json_int_t wall = 100000000 + round % 2 * jitter * 1000000;

        ck_assert_int_eq(add(results, make_sample(cell, round, wall, wall)), 0);
    }
}

static ResultsNext ask(Results *results, int64_t elapsed)
{
    ResultsNext next;

    do
        next = results_precision(results, elapsed, 0);
    while (next == RESULTS_ASK_AGAIN);
    return next;
}

static json_t *run_of(const Results *results, const char *status, const char *reason)
{
    return results_run(results, &(RunHead){.status = status, .reason = reason});
}

static void assert_cell(const json_t *run, size_t i, const char *status, const char *reason)
{
    const json_t *cell = json_array_get(json_object_get(run, "cells"), i);
    const char *said = json_string_value(json_object_get(cell, "reason"));

    ck_assert_str_eq(json_string_value(json_object_get(cell, "status")), status);
    ck_assert_pstr_eq(said, reason);
}

START_TEST(a_runtime_reports_its_own_cells_only)
{
    Results *results = begin(2, 0, 0);

    ck_assert_int_eq(add_of(results, "c", make_sample(0, 0, 100, 100)), 0);
    ck_assert_int_eq(add_of(results, "c", make_sample(2, 0, 100, 100)), -EINVAL);
    ck_assert_int_eq(add_of(results, OTHER, make_sample(0, 1, 100, 100)), -EINVAL);
    ck_assert_int_eq(add_of(results, OTHER, make_sample(2, 0, 100, 100)), 0);
    ck_assert_int_eq(add_of(results, "nobody", make_sample(2, 1, 100, 100)), -EINVAL);
    ck_assert_int_eq(add_of(results, NULL, make_sample(2, 1, 100, 100)), 0);
    ck_assert_int_eq(
        add_of(results, "c", json_pack("{s:s, s:i, s:s}", "event", "timeline", "cell", 3, "reason", "none")),
        -EINVAL);
    results_free(results);
}
END_TEST

START_TEST(the_first_load_that_is_said_counts)
{
    Results *results = begin(2, 0, 0);
    json_auto_t *host = make_host(), *run = NULL;

    ck_assert_int_eq(add_of(results, OTHER, json_pack("{s:s, s:n}", "event", "hello", "load1")), 0);
    ck_assert_int_eq(add_of(results, "c", json_pack("{s:s, s:f}", "event", "hello", "load1", 0.25)), 0);
    ck_assert_int_eq(add_of(results, OTHER, json_pack("{s:s, s:f}", "event", "hello", "load1", 9.0)), 0);
    run = results_run(results, &(RunHead){.status = "running", .host = host});
    ck_assert_double_eq(json_number_value(json_object_get(json_object_get(run, "host"), "load1")), 0.25);
    results_free(results);
}
END_TEST

/* One cell of the lost runtime has all that it must have, the other does not. */
START_TEST(a_lost_runtime_fails_what_it_lacks_and_nothing_else)
{
    Results *results = begin(2, 0, 0);
    json_auto_t *running = NULL, *run = NULL;

    add_round(results, 0, 4, 0, 0);
    add_round(results, 2, 3, 1, 0);
    ck_assert(!results_failed(results));
    results_lose(results, OTHER, DIED);
    results_lose(results, OTHER, "something that came of it");
    ck_assert(results_failed(results));
    ck_assert(!results_complete(results, NULL));
    running = run_of(results, "running", NULL);
    assert_cell(running, 0, "running", NULL);
    assert_cell(running, 2, "done", NULL);
    assert_cell(running, 3, "failed", "ended after 1 of 2 repetitions: " DIED);

    add_round(results, 0, 2, 1, 0);
    ck_assert(results_complete(results, NULL));
    run = run_of(results, "failed", DIED "; c went on");
    assert_cell(run, 0, "done", NULL);
    assert_cell(run, 1, "done", NULL);
    assert_cell(run, 2, "done", NULL);
    assert_cell(run, 3, "failed", "ended after 1 of 2 repetitions: " DIED);
    results_free(results);
}
END_TEST

START_TEST(a_runtime_that_is_lost_with_all_it_must_have_fails_nothing)
{
    Results *results = begin(2, 0, 0);

    add_round(results, 2, 4, 0, 0);
    add_round(results, 2, 4, 1, 0);
    results_lose(results, OTHER, DIED);
    ck_assert(!results_failed(results));
    results_free(results);
}
END_TEST

/* The rounds are those of both until one is lost. */
START_TEST(rounds_do_not_wait_for_a_lost_runtime)
{
    Results *results = begin(2, 5, 100);
    json_auto_t *run = NULL;
    const json_t *precision;

    for (int round = 0; round < 20; round++)
        add_round(results, 0, 2, round, 0);
    add_round(results, 2, 4, 0, 0);
    ck_assert_int_eq(ask(results, SECOND), RESULTS_GO_ON);
    results_lose(results, OTHER, DIED);
    ck_assert_int_eq(ask(results, SECOND), RESULTS_STOP);
    run = run_of(results, "failed", DIED);
    precision = json_object_get(run, "precision");
    ck_assert_int_eq(json_integer_value(json_object_get(precision, "rounds")), 20);
    ck_assert_double_le(json_number_value(json_object_get(precision, "reached")), 5);
    ck_assert_str_eq(json_string_value(json_object_get(precision, "stopped_by")), "precision");
    assert_cell(run, 0, "done", NULL);
    assert_cell(run, 2, "failed", "ended after 1 of 2 repetitions: " DIED);
    results_free(results);
}
END_TEST

/* Its wide intervals would keep the others busy for ever; what it has is shown. */
START_TEST(intervals_of_a_lost_runtime_are_not_looked_at)
{
    Results *results = begin(2, 5, 100);
    json_auto_t *run = NULL;

    for (int round = 0; round < 10; round++) {
        add_round(results, 0, 2, round, 0);
        add_round(results, 2, 4, round, 80);
    }
    ck_assert_int_eq(ask(results, SECOND), RESULTS_GO_ON);
    results_lose(results, OTHER, DIED);
    for (int round = 10; round < 13; round++)
        add_round(results, 0, 2, round, 0);
    ck_assert_int_eq(ask(results, 2 * SECOND), RESULTS_STOP);
    run = run_of(results, "failed", DIED);
    assert_cell(run, 2, "done", NULL);
    results_free(results);
}
END_TEST

/* Both have ended their rounds, so both were looked at, and that one of them is lost while it traces takes
 * nothing back. */
START_TEST(what_is_lost_after_the_rounds_still_counts)
{
    Results *results = begin(2, 50, 100);
    json_auto_t *run = NULL;

    for (int round = 0; round < 10; round++) {
        add_round(results, 0, 2, round, 0);
        add_round(results, 2, 4, round, 20);
    }
    ck_assert_int_eq(ask(results, SECOND), RESULTS_STOP);
    results_lose(results, OTHER, DIED);
    run = run_of(results, "failed", DIED);
    ck_assert_double_gt(json_number_value(json_object_get(json_object_get(run, "precision"), "reached")), 0);
    results_free(results);
}
END_TEST

START_TEST(where_all_are_lost_the_rounds_that_came_are_told)
{
    Results *results = begin(2, 5, 100);
    json_auto_t *run = NULL;

    for (int round = 0; round < 3; round++)
        add_round(results, 0, 4, round, 0);
    results_lose(results, OTHER, DIED);
    results_lose(results, "c", "the runtime c ended with status 1");
    ck_assert(results_complete(results, NULL));
    run = run_of(results, "failed", DIED);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(run, "precision"), "rounds")), 3);
    results_free(results);
}
END_TEST

/* Each answers for itself alone: three rounds of its two cells are more than two. */
START_TEST(each_runtime_overruns_by_itself)
{
    Results *results = begin(2, 5, 100);

    for (int round = 0; round < 10; round++)
        add_round(results, 0, 4, round, 0);
    ck_assert_int_eq(ask(results, SECOND), RESULTS_STOP);
    for (int round = 10; round < 12; round++)
        add_round(results, 2, 4, round, 0);
    ck_assert(!results_overrun(results, OTHER));
    add_round(results, 2, 3, 12, 0);
    ck_assert(results_overrun(results, OTHER));
    ck_assert(!results_overrun(results, "c"));
    ck_assert(!results_overrun(results, NULL));
    results_free(results);
}
END_TEST

START_TEST(rounds_of_a_runtime_are_counted_in_parts)
{
    Results *results = begin(3, 0, 0);

    ck_assert_double_eq(results_rounds_of(results, "c"), 0);
    add_round(results, 0, 1, 0, 0);
    ck_assert_double_eq(results_rounds_of(results, "c"), 0.5);
    ck_assert_double_eq(results_rounds_of(results, OTHER), 0);
    ck_assert_double_eq(results_rounds_of(results, NULL), 0.25);
    /* A cell that failed is not run again, and the other one is two rounds further. */
    ck_assert_int_eq(add(results, make_failure(1, 0, "it crashed")), 0);
    add_round(results, 0, 1, 1, 0);
    ck_assert_double_eq(results_rounds_of(results, "c"), 2);
    ck_assert_int_eq(
        add(results, json_pack("{s:s, s:i, s:s}", "event", "timeline", "cell", 0, "reason", "none")), 0);
    ck_assert_double_eq(results_rounds_of(results, "c"), 3);
    ck_assert_int_eq(add(results, make_failure(0, 2, "it crashed")), 0);
    ck_assert(isinf(results_rounds_of(results, "c")));
    results_free(results);
}
END_TEST

START_TEST(each_runtime_says_why_it_has_no_timeline)
{
    json_auto_t *request = make_request(), *cells = make_four_cells(), *run = NULL;
    Results *results;
    const json_t *made;

    json_object_set_new(request, "repeat", json_integer(1));
    json_object_set_new(request, "warmup", json_integer(0));
    json_object_set_new(request, "detail", json_string("full"));
    results = results_of(request, cells, &made_countdown);
    add_round(results, 0, 4, 0, 0);
    results_end_timelines(results, OTHER, "it died");
    results_end_timelines(results, NULL, "it was too late");
    run = run_of(results, "done", NULL);
    made = json_object_get(run, "cells");
    for (size_t i = 0; i < 4; i++) {
        const json_t *timeline = json_object_get(json_array_get(made, i), "timeline");

        ck_assert_str_eq(
            json_string_value(json_object_get(timeline, "reason")), i < 2 ? "it was too late" : "it died");
    }
    results_free(results);
}
END_TEST

RUN_TESTS("results-runtimes", 60, a_runtime_reports_its_own_cells_only, the_first_load_that_is_said_counts,
    a_lost_runtime_fails_what_it_lacks_and_nothing_else,
    a_runtime_that_is_lost_with_all_it_must_have_fails_nothing, rounds_do_not_wait_for_a_lost_runtime,
    intervals_of_a_lost_runtime_are_not_looked_at, what_is_lost_after_the_rounds_still_counts,
    where_all_are_lost_the_rounds_that_came_are_told, each_runtime_overruns_by_itself,
    rounds_of_a_runtime_are_counted_in_parts, each_runtime_says_why_it_has_no_timeline)
