/* When the rounds of a run with a precision end, who ended them, and what is said of it. The times are made
 * up: a cell that jitters by so many per cent is as noisy as the test wants it. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

#define SECOND INT64_C(1000000000)

enum { MOST = 100 };

/* serial, threads and processes: repeat to max_repeat repetitions without a warm-up. */
static Results *begin(int precision, int repeat, int max_repeat, const json_t *cells)
{
    json_auto_t *request = make_request(), *usual = make_cells();

    json_object_set_new(request, "repeat", json_integer(repeat));
    json_object_set_new(request, "warmup", json_integer(0));
    json_object_set_new(request, "precision", json_integer(precision));
    json_object_set_new(request, "max_repeat", json_integer(max_repeat));
    return results_of(request, cells ? cells : usual, &made_countdown);
}

/* Times lie evenly from 100 ms to so many per cent above it, in an order that is not that of their size. */
static json_int_t wall_of(int round, double jitter)
{
    static const int places[] = {0, 5, 9, 2, 7, 4, 1, 8, 3, 6};

    return (json_int_t)(1e8 * (1 + jitter / 100 * places[round % 10] / 9.0));
}

/* Asks until it is decided. */
static ResultsNext ask(Results *results, int64_t elapsed, int64_t most)
{
    ResultsNext next;

    do
        next = results_precision(results, elapsed, most);
    while (next == RESULTS_ASK_AGAIN);
    return next;
}

/* One repetition of n cells, each of which takes a second. Returns the answer to the last one; those before
 * it must be to go on. */
static ResultsNext run_round(Results *results, int n, int round, double jitter, int64_t most)
{
    ResultsNext next = RESULTS_GO_ON;

    for (int cell = 0; cell < n; cell++) {
        json_int_t wall = wall_of(round + 3 * cell, jitter);

        ck_assert_int_eq(next, RESULTS_GO_ON);
        ck_assert_int_eq(add(results, make_sample(cell, round, wall, wall)), 0);
        next = ask(results, (round * n + cell + 1) * SECOND, most);
    }
    return next;
}

/* Runs rounds until they are stopped, and returns how many there were. */
static int run_rounds(Results *results, int n, double jitter, int64_t most)
{
    for (int round = 0; round < MOST; round++) {
        if (run_round(results, n, round, jitter, most) == RESULTS_STOP)
            return round + 1;
    }
    return MOST;
}

static void assert_precision(const json_t *run, const char *stopped_by, int rounds)
{
    ck_assert_str_eq(find_text(run, "precision.stopped_by"), stopped_by);
    ck_assert_int_eq(find_integer(run, "precision.rounds"), rounds);
    ck_assert_uint_eq(json_array_size(find(run, "cells.1.wall_ns.samples")), (size_t)rounds);
}

static double reached(const json_t *run)
{
    ck_assert(json_is_number(find(run, "precision.reached")));
    return json_number_value(find(run, "precision.reached"));
}

START_TEST(without_precision_nothing_is_decided)
{
    Results *results = begin(0, 7, 50, NULL);
    json_auto_t *run = NULL;

    for (int round = 0; round < 7; round++)
        ck_assert_int_eq(run_round(results, 3, round, 1, SECOND), RESULTS_GO_ON);
    ck_assert_int_eq(add(results, make_sample(0, 7, 100, 100)), -EINVAL);
    ck_assert(!results_cut(results, "time"));
    run = make_run(results, "done", NULL);
    ck_assert(json_is_null(find(run, "precision")));
    ck_assert(json_is_null(find(run, "sentences.precision")));
}
END_TEST

/* A quiet machine: the first look is enough, and that is after ten rounds, whatever repeat says. */
START_TEST(narrow_intervals_end_the_rounds)
{
    Results *results = begin(5, 7, 50, NULL);
    json_auto_t *run = NULL;

    ck_assert_int_eq(run_rounds(results, 3, 1, 0), 10);
    ck_assert(results_complete(results, NULL));
    run = make_run(results, "done", NULL);
    assert_precision(run, "precision", 10);
    ck_assert_double_le(reached(run), 5);
    ck_assert_str_eq(find_text(run, "precision.of"), "ratio");
    ck_assert_str_eq(find_text(run, "cells.2.status"), "done");
    ck_assert_ptr_nonnull(
        strstr(find_text(run, "sentences.precision"), ", as asked (5 %), after 10 repetitions"));
    ck_assert_ptr_nonnull(strstr(find_text(run, "sentences.repetitions"), "10 repetitions"));
}
END_TEST

START_TEST(more_than_ten_are_asked_for_before_the_first_look)
{
    Results *results = begin(5, 15, 50, NULL);

    ck_assert_int_eq(run_rounds(results, 3, 1, 0), 15);
    results_free(results);
}
END_TEST

/* Each look comes when a quarter has come anew: 10, 13, 17, 22, 28. What stopped the run is what it says. */
START_TEST(looks_come_at_growing_steps)
{
    static const int looks[] = {10, 13, 17, 22, 28, 35, 44, 55, 69, 87};
    bool any_later = false;

    for (double jitter = 5; jitter < 60; jitter *= 1.3) {
        Results *results = begin(5, 7, MOST, NULL);
        int rounds = run_rounds(results, 3, jitter, 0);
        json_auto_t *run = make_run(results, "done", NULL);
        bool is_look = rounds == MOST;

        for (size_t i = 0; i < ARRAY_LENGTH(looks); i++)
            is_look = is_look || rounds == looks[i];
        ck_assert_msg(is_look, "%d rounds", rounds);
        assert_precision(run, rounds < MOST ? "precision" : find_text(run, "precision.stopped_by"), rounds);
        ck_assert_int_eq(strcmp(find_text(run, "precision.stopped_by"), "precision") == 0, reached(run) <= 5);
        any_later = any_later || (rounds > 10 && rounds < MOST);
    }
    ck_assert(any_later);
}
END_TEST

START_TEST(max_repeat_ends_what_stays_wide)
{
    Results *results = begin(1, 7, 12, NULL);
    json_auto_t *run = NULL;

    ck_assert_int_eq(run_rounds(results, 3, 100, 0), 12);
    run = make_run(results, "done", NULL);
    assert_precision(run, "max_repeat", 12);
    ck_assert_double_gt(reached(run), 1);
    ck_assert_ptr_nonnull(strstr(find_text(run, "sentences.precision"),
        "max_repeat ended it after 12 repetitions: every ratio is known"));
}
END_TEST

/* A round takes 3 s. After the 8th there are 6 s left of 30, of which the last twentieth is kept. */
START_TEST(a_round_that_would_not_fit_is_not_begun)
{
    Results *results = begin(1, 2, MOST, NULL);
    json_auto_t *run = NULL;

    ck_assert_int_eq(run_rounds(results, 3, 100, 30 * SECOND), 9);
    ck_assert(results_complete(results, NULL));
    run = make_run(results, "done", NULL);
    assert_precision(run, "time", 9);
    ck_assert_ptr_nonnull(
        strstr(find_text(run, "sentences.precision"), "the time limit ended it after 9 repetitions"));
}
END_TEST

/* What was asked for at the least is no matter of precision: it has its time, or the run is late. */
START_TEST(the_time_limit_leaves_the_least_rounds_alone)
{
    Results *results = begin(1, 7, MOST, NULL);

    for (int round = 0; round < 6; round++)
        ck_assert_int_eq(run_round(results, 3, round, 100, SECOND), RESULTS_GO_ON);
    ck_assert(!results_cut(results, "time"));
    ck_assert_int_eq(run_round(results, 3, 6, 100, SECOND), RESULTS_STOP);
    results_free(results);
}
END_TEST

/* The round that was broken off does not count. */
START_TEST(a_run_with_all_that_it_must_have_can_be_cut)
{
    Results *results = begin(1, 7, MOST, NULL);
    json_auto_t *run = NULL;

    for (int round = 0; round < 8; round++)
        ck_assert_int_eq(run_round(results, 3, round, 100, 0), RESULTS_GO_ON);
    ck_assert_int_eq(add(results, make_sample(0, 8, 100, 100)), 0);
    ck_assert(results_cut(results, "output"));
    ck_assert(results_cut(results, "time"));
    ck_assert_int_eq(ask(results, 100 * SECOND, 0), RESULTS_STOP);
    run = make_run(results, "done", NULL);
    assert_precision(run, "output", 8);
    ck_assert_uint_eq(json_array_size(find(run, "cells.0.wall_ns.samples")), 8);
    ck_assert_ptr_nonnull(
        strstr(find_text(run, "sentences.precision"), "became too much after 8 repetitions"));
}
END_TEST

/* A good sample with a count and a row of counts. */
static json_t *make_count(int cell, int round, int count)
{
    json_t *sample = make_sample(cell, round, 100000000 + round, 100);

    json_object_set_new(
        json_object_get(sample, "metrics"), "by_code", json_pack("{s:i, s:i}", "2xx", count, "5xx", count));
    json_object_set_new(json_object_get(sample, "metrics"), "count", json_integer(count));
    return sample;
}

/* Of the round that was broken off one cell has a repetition, and one has the next as well. */
START_TEST(what_is_summed_is_of_the_repetitions_that_count)
{
    json_auto_t *cells = make_cells(), *before = NULL, *run = NULL, *request = make_request();
    Results *results;

    json_object_set_new(request, "warmup", json_integer(0));
    json_object_set_new(request, "precision", json_integer(1));
    json_object_set_new(request, "max_repeat", json_integer(MOST));
    results = results_of(request, cells, &made_counting);
    for (int round = 0; round < 8; round++)
        for (int cell = 0; cell < 3; cell++)
            ck_assert_int_eq(add(results, make_count(cell, round, 10)), 0);
    ck_assert_int_eq(add(results, make_count(0, 8, 1)), 0);
    ck_assert_int_eq(add(results, make_count(0, 9, 1)), 0);
    before = results_run(results, &(RunHead){.status = "running"});
    ck_assert_int_eq(find_integer(before, "cells.0.metrics.count"), 82);
    ck_assert(results_cut(results, "time"));
    run = make_run(results, "done", NULL);
    for (int cell = 0; cell < 3; cell++) {
        const json_t *metrics = json_object_get(json_array_get(find(run, "cells"), (size_t)cell), "metrics");

        ck_assert_int_eq(find_integer(metrics, "count"), 80);
        ck_assert_int_eq(find_integer(metrics, "by_code.2xx"), 80);
        ck_assert_int_eq(find_integer(metrics, "by_code.5xx"), 80);
    }
}
END_TEST

/* The time was over while it traced: whatever had more than `repeat` repetitions is whole all the same. */
START_TEST(a_cell_without_its_timeline_says_why)
{
    Results *results = begin(1, 7, MOST, NULL);
    json_auto_t *run = NULL;

    for (int round = 0; round < 8; round++)
        run_round(results, 3, round, 100, 0);
    ck_assert(results_cut(results, "time"));
    results_end_timelines(results, NULL, "timeout_ms left no time for it");
    run = make_run(results, "done", NULL);
    for (int cell = 0; cell < 3; cell++)
        ck_assert_str_eq(find_text(json_array_get(find(run, "cells"), (size_t)cell), "timeline.reason"),
            "timeout_ms left no time for it");
}
END_TEST

/* Two rounds more may have been on their way. Whatever comes, none of it counts and none of it is a fault. */
START_TEST(a_runtime_that_goes_on_is_not_heard)
{
    Results *results = begin(5, 7, 12, NULL);
    json_auto_t *run = NULL;

    ck_assert_int_eq(run_rounds(results, 3, 1, 0), 10);
    for (int round = 10; round < 12; round++)
        for (int cell = 0; cell < 3; cell++) {
            ck_assert_int_eq(add(results, make_failure(cell, round, "late")), 0);
            ck_assert_int_eq(ask(results, 100 * SECOND, 0), RESULTS_STOP);
            ck_assert(!results_overrun(results, NULL));
        }
    ck_assert_int_eq(add(results, make_sample(0, 12, 1, 1)), 0);
    ck_assert(results_overrun(results, NULL));
    ck_assert(!results_failed(results));
    run = make_run(results, "done", NULL);
    assert_precision(run, "precision", 10);
}
END_TEST

/* An impatient runtime sends what belongs to the next round while a look goes on. It counts only if there is
 * a next round. */
START_TEST(a_look_is_about_the_rounds_before_it)
{
    for (int narrow = 0; narrow < 2; narrow++) {
        Results *results = begin(5, 7, 50, NULL);
        json_int_t wall = wall_of(9 + 6, narrow ? 1 : 100);
        json_auto_t *run = NULL;

        for (int round = 0; round < 9; round++)
            run_round(results, 3, round, narrow ? 1 : 100, 0);
        for (int cell = 0; cell < 2; cell++)
            ck_assert_int_eq(
                add(results, make_sample(cell, 9, wall_of(9 + 3 * cell, narrow ? 1 : 100), 1)), 0);
        ck_assert_int_eq(add(results, make_sample(2, 9, wall, wall)), 0);
        if (narrow)
            ck_assert_int_eq(results_precision(results, 30 * SECOND, 0), RESULTS_ASK_AGAIN);
        ck_assert_int_eq(add(results, make_sample(0, 10, 5, 5)), 0);
        ck_assert_int_eq(ask(results, 31 * SECOND, 0), narrow ? RESULTS_STOP : RESULTS_GO_ON);
        run = make_run(results, narrow ? "done" : "cancelled", NULL);
        ck_assert_int_eq(find_integer(run, "precision.rounds"), 10);
        ck_assert_uint_eq(json_array_size(find(run, "cells.0.wall_ns.samples")), narrow ? 10 : 11);
    }
}
END_TEST

/* Nothing is compared, so each time is held against itself. */
START_TEST(without_a_ratio_the_medians_decide)
{
    json_auto_t *cells = json_pack("[o]", make_cell(0, "threads", "gil", 2, 1000));
    Results *results = begin(5, 7, 50, cells);
    json_auto_t *run = NULL;

    ck_assert_int_eq(run_rounds(results, 1, 1, 0), 10);
    run = make_run(results, "done", NULL);
    ck_assert_str_eq(find_text(run, "precision.of"), "median");
    ck_assert_ptr_nonnull(strstr(find_text(run, "sentences.precision"), "every median is known within "));
    ck_assert_double_le(reached(run), 5);
}
END_TEST

/* How far the farther end of a speed-up is from it, in per cent. */
static double scaling_width(const json_t *cell)
{
    double speedup = json_number_value(find(cell, "scaling.speedup"));
    double low = json_number_value(find(cell, "scaling.interval.0"));
    double high = json_number_value(find(cell, "scaling.interval.1"));

    return 100 * (speedup - low > high - speedup ? speedup - low : high - speedup) / speedup;
}

/* Without serial the speed-ups decide, and not the medians, which are narrower: what stopped the run is what
 * stands in its cells (there with four digits). */
START_TEST(without_serial_the_speedups_decide)
{
    int n_precise = 0, n_later = 0;

    for (double jitter = 1; jitter < 60; jitter *= 1.2) {
        json_auto_t *cells = json_pack("[o, o, o]", make_cell(0, "threads", "gil", 1, 1000),
            make_cell(1, "threads", "gil", 2, 1000), make_cell(2, "threads", "gil", 4, 1000));
        Results *results = begin(5, 7, MOST, cells);
        int rounds = run_rounds(results, 3, jitter, 0);
        json_auto_t *run = make_run(results, "done", NULL);
        double one = scaling_width(find(run, "cells.1")), two = scaling_width(find(run, "cells.2"));

        ck_assert_str_eq(find_text(run, "precision.of"), "speedup");
        ck_assert_double_eq_tol(reached(run), one > two ? one : two, 0.1);
        if (strcmp(find_text(run, "precision.stopped_by"), "precision") != 0)
            continue;
        n_precise++;
        n_later += rounds > 10;
        ck_assert_double_le(reached(run), 5);
        ck_assert_ptr_nonnull(
            strstr(find_text(run, "sentences.precision"), "every speed-up is known within "));
    }
    ck_assert_int_gt(n_precise, 0);
    ck_assert_int_gt(n_later, 0);
}
END_TEST

/* The one with one task is what the others are held against, so nothing is left but their own times. */
START_TEST(without_the_cell_with_one_task_the_medians_decide)
{
    json_auto_t *cells =
        json_pack("[o, o]", make_cell(0, "threads", "gil", 1, 1000), make_cell(1, "threads", "gil", 2, 1000));
    Results *results = begin(5, 7, 50, cells);
    json_auto_t *run = NULL;

    ck_assert_int_eq(add(results, make_failure(0, 0, "no memory")), 0);
    for (int round = 0; round < 10; round++) {
        ck_assert_int_eq(add(results, make_sample(1, round, wall_of(round, 1), 1)), 0);
        ask(results, (round + 1) * SECOND, 0);
    }
    run = make_run(results, "failed", NULL);
    assert_precision(run, "precision", 10);
    ck_assert_str_eq(find_text(run, "precision.of"), "median");
}
END_TEST

/* The cell that failed would be as wide as it likes; the other two decide. */
START_TEST(a_cell_that_failed_is_left_out)
{
    Results *results = begin(5, 7, 50, NULL);
    json_auto_t *run = NULL;

    ck_assert_int_eq(add(results, make_failure(2, 0, "no memory")), 0);
    ck_assert_int_eq(run_rounds(results, 2, 1, 0), 10);
    ck_assert(results_failed(results));
    run = make_run(results, "failed", NULL);
    assert_precision(run, "precision", 10);
    ck_assert_str_eq(find_text(run, "cells.2.status"), "failed");
}
END_TEST

/* They had three good repetitions each: "after 0 repetitions" would contradict their own reasons. */
START_TEST(where_all_cells_failed_no_number_of_repetitions_is_told)
{
    Results *results = begin(5, 7, 50, NULL);
    json_auto_t *run = NULL;

    for (int round = 0; round < 3; round++)
        ck_assert_int_eq(run_round(results, 2, round, 1, 0), RESULTS_GO_ON);
    for (int cell = 0; cell < 3; cell++)
        ck_assert_int_eq(add(results, make_failure(cell, cell < 2 ? 3 : 0, "no memory")), 0);
    run = make_run(results, "failed", NULL);
    ck_assert_int_eq(find_integer(run, "precision.rounds"), 0);
    ck_assert_str_eq(find_text(run, "sentences.precision"),
        "it failed, with too few repetitions for an interval; 5 % was asked");
}
END_TEST

START_TEST(times_that_are_all_the_same_are_known_within_nothing)
{
    Results *results = begin(5, 7, 50, NULL);
    json_auto_t *run = NULL;

    ck_assert_int_eq(run_rounds(results, 3, 0, 0), 10);
    run = make_run(results, "done", NULL);
    ck_assert_double_eq(reached(run), 0);
    ck_assert(!signbit(reached(run)));
    ck_assert_str_eq(find_text(run, "sentences.precision"),
        "every ratio is known within 0 %, as asked (5 %), after 10 repetitions");
}
END_TEST

START_TEST(whoever_ended_it_is_named)
{
    static const struct {
        const char *status, *by, *expected;
    } rows[] = {
        {"cancelled", "client", "client"},
        {"cancelled", "server", "server"},
        {"failed", NULL, "failure"},
        {"done", NULL, "runtime"},
        {"timeout", NULL, "time"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Results *results = begin(5, 7, 50, NULL);
        json_auto_t *run = NULL;

        for (int round = 0; round < 8; round++)
            run_round(results, 3, round, 100, 0);
        run = results_run(results, &(RunHead){.status = rows[i].status, .stopped_by = rows[i].by});
        ck_assert_str_eq(find_text(run, "precision.stopped_by"), rows[i].expected);
        ck_assert(json_is_string(find(run, "sentences.precision")));
        ck_assert_str_eq(find_text(run, "cells.0.status"), "done");
        results_free(results);
    }
}
END_TEST

START_TEST(a_run_that_goes_on_says_so)
{
    Results *results = begin(5, 7, 50, NULL);
    json_auto_t *run = NULL;

    for (int round = 0; round < 8; round++)
        run_round(results, 3, round, 1, 0);
    ck_assert_uint_eq(results_rounds_expected(results), 10);
    run = make_run(results, "running", NULL);
    ck_assert(json_is_null(find(run, "precision.stopped_by")));
    ck_assert_int_eq(find_integer(run, "precision.rounds"), 8);
    ck_assert_str_eq(find_text(run, "cells.0.status"), "running");
    ck_assert(json_is_null(find(run, "sentences.precision")));
}
END_TEST

START_TEST(what_is_to_come_is_guessed_from_the_width)
{
    Results *results = begin(5, 7, 1000, NULL);

    for (int round = 0; round < 10; round++)
        run_round(results, 3, round, 100, 0);
    ck_assert_uint_gt(results_rounds_expected(results), 13);
    ck_assert_uint_le(results_rounds_expected(results), 1000);
    results_free(results);
}
END_TEST

RUN_TESTS("results-precision", 60, without_precision_nothing_is_decided, narrow_intervals_end_the_rounds,
    more_than_ten_are_asked_for_before_the_first_look, looks_come_at_growing_steps,
    max_repeat_ends_what_stays_wide, a_round_that_would_not_fit_is_not_begun,
    the_time_limit_leaves_the_least_rounds_alone, a_run_with_all_that_it_must_have_can_be_cut,
    what_is_summed_is_of_the_repetitions_that_count, a_cell_without_its_timeline_says_why,
    a_runtime_that_goes_on_is_not_heard, a_look_is_about_the_rounds_before_it,
    without_a_ratio_the_medians_decide, without_serial_the_speedups_decide,
    without_the_cell_with_one_task_the_medians_decide, a_cell_that_failed_is_left_out,
    where_all_cells_failed_no_number_of_repetitions_is_told,
    times_that_are_all_the_same_are_known_within_nothing, whoever_ended_it_is_named,
    a_run_that_goes_on_says_so, what_is_to_come_is_guessed_from_the_width)
