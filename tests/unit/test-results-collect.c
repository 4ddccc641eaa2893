/* Events in, cells out: what counts, what is refused, and what becomes of a run that is not complete. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

static const char *const run_keys[] = {"id", "experiment", "status", "label", "created_at", "queued_ns",
    "duration_ns", "request", "precision", "host", "runtimes", "about", "cells", "lesson", "headline",
    "sentences"};

static const char *const cell_keys[] = {"title", "runtime", "mode", "lock", "tasks", "cpus", "params",
    "status", "wall_ns", "cpu_ns", "create_ns", "join_ns", "waits_ns", "start_ns", "create_alone_ns",
    "ideal_ns", "relative", "scaling", "context_switches", "memory", "lock_stats", "per_task",
    "per_task_omitted", "completion_order", "metrics", "inside", "outside"};

static const char *const time_keys[] = {
    "median", "min", "max", "mad", "interval", "level", "reason", "samples"};

static const char *const relative_keys[] = {"to", "ratio", "interval", "verdict"};

static void assert_keys(json_t *object, const char *const *keys, size_t n)
{
    const char *key;
    json_t *value;
    size_t i = 0;

    ck_assert_uint_eq(json_object_size(object), n);
    json_object_foreach (object, key, value)
        ck_assert_str_eq(key, keys[i++]);
}

#define ASSERT_KEYS(object, keys) assert_keys(object, keys, ARRAY_LENGTH(keys))

START_TEST(keys_come_in_the_documented_order)
{
    json_auto_t *run = make_good_run();

    ASSERT_KEYS(run, run_keys);
    ASSERT_KEYS(find(run, "cells.1"), cell_keys);
    ASSERT_KEYS(find(run, "cells.1.wall_ns"), time_keys);
    ASSERT_KEYS(find(run, "cells.1.relative"), relative_keys);
    ck_assert_str_eq(find_text(run, "created_at"), "2017-10-27T08:00:00.123Z");
    ck_assert_str_eq(find_text(run, "experiment"), "countdown");
    ck_assert(json_is_null(find(run, "label")));
    ck_assert(json_is_string(find(run, "lesson")));
}
END_TEST

/* 275 and 0 to 6 ms more. */
START_TEST(statistics_are_those_of_the_repetitions)
{
    json_auto_t *run = make_good_run();
    const json_t *wall = find(run, "cells.1.wall_ns");

    ck_assert_str_eq(find_text(run, "cells.1.status"), "done");
    ck_assert_int_eq(find_integer(wall, "median"), 278000000);
    ck_assert_int_eq(find_integer(wall, "min"), 275000000);
    ck_assert_int_eq(find_integer(wall, "max"), 281000000);
    ck_assert_int_eq(find_integer(wall, "mad"), 2000000);
    ck_assert_int_eq(find_integer(wall, "interval.0"), 275000000);
    ck_assert_int_eq(find_integer(wall, "interval.1"), 281000000);
    ck_assert_double_eq(json_number_value(find(wall, "level")), 0.984);
    ck_assert_uint_eq(json_array_size(find(wall, "samples")), 7);
    ck_assert_int_eq(find_integer(wall, "samples.0"), 279000000);
    ck_assert_int_eq(find_integer(wall, "samples.6"), 278000000);
    ck_assert_int_eq(find_integer(run, "cells.1.create_ns.median"), 41000);
}
END_TEST

START_TEST(the_order_in_which_samples_come_does_not_matter)
{
    Results *results = make_results();

    for (int i = 6; i >= 0; i--)
        ck_assert_int_eq(add(results, make_sample(0, i, 100 + i, 90)), 0);
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_int_eq(find_integer(cells, "0.wall_ns.samples.0"), 100);
        ck_assert_int_eq(find_integer(cells, "0.wall_ns.samples.6"), 106);
    }
    results_free(results);
}
END_TEST

START_TEST(each_cell_is_held_against_its_serial_cell)
{
    json_auto_t *run = make_good_run();

    ck_assert_int_eq(find_integer(run, "cells.0.relative.to"), 0);
    ck_assert_double_eq(json_number_value(find(run, "cells.0.relative.ratio")), 1);
    ck_assert_double_eq(json_number_value(find(run, "cells.0.relative.interval.0")), 1);
    ck_assert_str_eq(find_text(run, "cells.0.relative.verdict"), "same");
    ck_assert_double_eq(json_number_value(find(run, "cells.1.relative.ratio")), 1.018);
    ck_assert_str_eq(find_text(run, "cells.1.relative.verdict"), "same");
    ck_assert_double_eq(json_number_value(find(run, "cells.2.relative.ratio")), 0.5092);
    ck_assert_str_eq(find_text(run, "cells.2.relative.verdict"), "faster");
    ck_assert_int_eq(find_integer(run, "cells.0.ideal_ns"), 273000000);
    ck_assert_int_eq(find_integer(run, "cells.1.ideal_ns"), 273000000);
    ck_assert_int_eq(find_integer(run, "cells.2.ideal_ns"), 136500000);
}
END_TEST

/* Cells differ from the serial one in lock, tasks or parameters: there is nothing to compare with. */
START_TEST(a_serial_cell_counts_only_with_everything_else_equal)
{
    json_auto_t *request = make_request();
    json_auto_t *cells = json_pack("[o, o, o, o, o]", make_cell(0, "serial", "gil", 2, 10),
        make_cell(1, "threads", "none", 2, 10), make_cell(2, "threads", "gil", 3, 10),
        make_cell(3, "threads", "gil", 2, 11), make_cell(4, "threads", "gil", 2, 10));
    Results *results = results_of(request, cells, &made_countdown);

    for (int i = 0; i < 5; i++)
        add_repetitions(results, i, 100, 7);
    {
        json_auto_t *made = results_cells(results);

        for (size_t i = 1; i < 4; i++) {
            ck_assert(json_is_null(json_object_get(json_array_get(made, i), "relative")));
            ck_assert(json_is_null(json_object_get(json_array_get(made, i), "ideal_ns")));
        }
        ck_assert_int_eq(find_integer(made, "4.relative.to"), 0);
    }
    results_free(results);
}
END_TEST

/* The serial cell of such an experiment takes longer because it is serial: it is no other way to do the same.
 */
START_TEST(where_time_is_no_measure_nothing_is_compared)
{
    json_auto_t *request = make_request(), *cells = make_cells(), *made = NULL;
    Results *results;
    size_t i;
    json_t *cell;

    results = results_of(request, cells, &made_fixed_time);
    add_repetitions(results, 0, 200, 7);
    add_repetitions(results, 1, 100, 7);
    add_repetitions(results, 2, 100, 7);
    made = results_cells(results);
    json_array_foreach (made, i, cell) {
        ck_assert(json_is_null(json_object_get(cell, "relative")));
        ck_assert(json_is_null(json_object_get(cell, "ideal_ns")));
        ck_assert(json_is_object(json_object_get(cell, "wall_ns")));
    }
    results_free(results);
}
END_TEST

/* Two runtimes take their cells from one plan: numbers are not places. */
START_TEST(cells_may_have_any_numbers)
{
    json_auto_t *request = make_request();
    json_auto_t *cells =
        json_pack("[o, o]", make_cell(17, "threads", "gil", 2, 10), make_cell(4, "serial", "gil", 2, 10));
    Results *results = results_of(request, cells, &made_countdown);

    add_repetitions(results, 4, 100, 7);
    add_repetitions(results, 17, 200, 7);
    ck_assert_int_eq(add(results, make_sample(0, 0, 1, 1)), -EINVAL);
    {
        json_auto_t *made = results_cells(results);

        ck_assert_str_eq(find_text(made, "0.mode"), "threads");
        ck_assert_int_eq(find_integer(made, "0.relative.to"), 1);
        ck_assert_int_eq(find_integer(made, "0.wall_ns.median"), 203000000);
    }
    results_free(results);
}
END_TEST

START_TEST(details_are_those_of_the_median_repetition)
{
    json_auto_t *run = make_good_run();
    const json_t *cell = find(run, "cells.1");

    ck_assert_int_eq(find_integer(cell, "context_switches.voluntary"), 278000);
    ck_assert_int_eq(find_integer(cell, "metrics.twice_wall_ns"), 2 * 278000000);
    ck_assert_int_eq(find_integer(cell, "per_task.0.end_ns"), 278000000);
    ck_assert_int_eq(find_integer(cell, "per_task_omitted"), 1);
    ck_assert_int_eq(find_integer(cell, "completion_order.0"), 0);
    ck_assert_int_eq(find_integer(cell, "lock_stats.acquires"), 110);
}
END_TEST

static void add_waits(Results *results, int cell, int repetition, json_t *waits)
{
    json_t *sample = make_sample(cell, repetition, 300 + repetition, 200);

    json_object_set_new(sample, "waits_ns", waits);
    ck_assert_int_eq(add(results, sample), 0);
}

/* A median of those that say it would be of other repetitions than the wall time beside it. */
START_TEST(waits_are_known_if_every_repetition_says_them)
{
    Results *results = make_results();

    for (int i = 0; i < 7; i++) {
        add_waits(results, 0, i, json_integer(100 + i));
        add_waits(results, 1, i, i == 3 ? json_null() : json_integer(100));
        ck_assert_int_eq(add(results, make_sample(2, i, 300, 200)), 0);
    }
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_int_eq(find_integer(cells, "0.waits_ns.median"), 103);
        ck_assert_int_eq(find_integer(cells, "0.waits_ns.samples.6"), 106);
        ck_assert_int_eq(find_integer(cells, "0.ideal_ns"), 303);
        ck_assert_int_eq(find_integer(cells, "1.ideal_ns"), 200 + 52);
        ck_assert(json_is_null(find(cells, "1.waits_ns")));
        ck_assert(json_is_null(find(cells, "2.waits_ns")));
    }
    results_free(results);
}
END_TEST

/* Adds repetition i of 7 (below 0: the warm-up), whose wall time is so long, with these metrics. */
static void add_counted(Results *results, int i, int wall_ms, const char *metrics)
{
    json_t *sample = make_sample(0, i, wall_ms * (json_int_t)1000000, 1);
    auto_free char *text = strdup(metrics);

    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_object_set_new(sample, "metrics", json_loads(text, 0, NULL));
    ck_assert_int_eq(add(results, sample), 0);
}

/* Which repetition stands for all must not decide whether one error of many is seen. */
START_TEST(what_an_experiment_counts_is_summed_over_all_good_repetitions)
{
    json_auto_t *request = make_request(), *cells = json_pack("[o]", make_cell(0, "serial", "gil", 1, 5));
    Results *results = results_of(request, cells, &made_counting);
    json_auto_t *run = NULL;
    const json_t *metrics;

    add_counted(results, -1, 50, "{'count': 1000, 'by_code': {'200': 1000}}");
    add_counted(results, 0, 10, "{'rate': 1, 'count': 2, 'by_code': {'200': 2}, 'own': {'a': 1}}");
    add_counted(results, 1, 20, "{'rate': 2, 'count': 2, 'by_code': {'200': 1, '503': 1}, 'own': {'a': 2}}");
    add_counted(results, 2, 30, "{'rate': 3, 'count': 2, 'by_code': {'200': 2}, 'own': {'a': 3}}");
    ck_assert_int_eq(add(results, make_failure(0, 3, "it crashed")), 0);
    /* Nothing, or no counts: what cannot be added is left out. */
    add_counted(results, 4, 40, "{'rate': 4, 'count': -7, 'by_code': {'200': 'x', '404': 1}}");
    add_counted(results, 5, 5, "{'count': 1.5, 'by_code': 3}");
    add_counted(results, 6, 6, "{}");
    run = make_run(results, "done", NULL);
    metrics = find(run, "cells.0.metrics");
    ck_assert_int_eq(find_integer(metrics, "count"), 6);
    ck_assert_int_eq(find_integer(metrics, "by_code.200"), 5);
    ck_assert_int_eq(find_integer(metrics, "by_code.503"), 1);
    ck_assert_int_eq(find_integer(metrics, "by_code.404"), 1);
    /* All else is of the one that stands for all. */
    ck_assert_int_eq(find_integer(metrics, "rate"), 1);
    ck_assert_int_eq(find_integer(metrics, "own.a"), 1);
    ck_assert_ptr_null(find(metrics, "nothing"));
}
END_TEST

/* The same for every time, and not for the wall time alone. */
START_TEST(what_too_few_repetitions_cannot_say_is_null_with_the_reason)
{
    static const char *const names[] = {"wall_ns", "cpu_ns", "create_ns", "join_ns"};
    static const char *const reasons[] = {
        "1 repetition is too few for an interval, which needs 6, and for a spread, which needs 3",
        "2 repetitions are too few for an interval, which needs 6, and for a spread, which needs 3",
        "3 repetitions are too few for an interval, which needs 6",
        "4 repetitions are too few for an interval, which needs 6",
        "5 repetitions are too few for an interval, which needs 6",
        NULL,
        NULL,
    };
    Results *results = make_results();

    for (int n = 1; n <= 7; n++) {
        json_auto_t *cells = NULL;

        ck_assert_int_eq(add(results, make_sample(0, n - 1, 300 + n, 200 + n)), 0);
        cells = results_cells(results);
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
            const json_t *time = find(find(cells, "0"), names[i]), *reason = json_object_get(time, "reason");

            ck_assert(json_is_integer(json_object_get(time, "median")));
            ck_assert_int_eq(json_is_null(json_object_get(time, "mad")), n < 3);
            ck_assert_int_eq(json_is_null(json_object_get(time, "interval")), n < 6);
            ck_assert_int_eq(json_is_null(json_object_get(time, "level")), n < 6);
            if (reasons[n - 1])
                ck_assert_str_eq(json_string_value(reason), reasons[n - 1]);
            else
                ck_assert(json_is_null(reason));
        }
    }
    results_free(results);
}
END_TEST

START_TEST(memory_comes_from_the_sample_that_has_it)
{
    Results *results = make_results();
    json_t *warmup = make_sample(0, -1, 500, 400);

    json_object_set_new(warmup, "memory", json_pack("{s:i}", "peak_rss_bytes", 4096));
    ck_assert_int_eq(add(results, warmup), 0);
    ck_assert_int_eq(add(results, make_sample(0, 0, 300, 200)), 0);
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_int_eq(find_integer(cells, "0.memory.peak_rss_bytes"), 4096);
        ck_assert_int_eq(find_integer(cells, "0.wall_ns.median"), 300);
        ck_assert(json_is_null(find(cells, "1.memory")));
    }
    results_free(results);
}
END_TEST

START_TEST(a_runtime_may_leave_out_what_it_cannot_measure)
{
    static const char *const optional[] = {"reason", "start_ns", "create_alone_ns", "context_switches",
        "memory", "lock_stats", "per_task", "per_task_omitted", "completion_order", "metrics"};
    Results *results = make_results();
    json_t *missing = make_sample(0, 0, 300, 200), *null = make_sample(0, 1, 300, 200);

    for (size_t i = 0; i < ARRAY_LENGTH(optional); i++) {
        json_object_del(missing, optional[i]);
        json_object_set_new(null, optional[i], json_null());
    }
    ck_assert_int_eq(add(results, missing), 0);
    ck_assert_int_eq(add(results, null), 0);
    {
        json_auto_t *cells = results_cells(results);

        ck_assert(json_is_null(find(cells, "0.lock_stats")));
        ck_assert(json_is_null(find(cells, "0.metrics")));
        ck_assert_uint_eq(json_array_size(find(cells, "0.per_task")), 0);
        ck_assert_int_eq(find_integer(cells, "0.per_task_omitted"), 0);
    }
    results_free(results);
}
END_TEST

/* Half of them would be a median of other repetitions than all the others are. */
START_TEST(a_time_is_known_only_if_all_repetitions_say_it)
{
    Results *results = make_results();

    for (int i = 0; i < 3; i++) {
        json_t *all = make_sample(0, i, 300, 200), *some = make_sample(1, i, 300, 200);

        json_object_set_new(all, "start_ns", json_integer(5 + i));
        if (i > 0)
            json_object_set_new(some, "start_ns", json_integer(5));
        ck_assert_int_eq(add(results, all), 0);
        ck_assert_int_eq(add(results, some), 0);
    }
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_int_eq(find_integer(cells, "0.start_ns.median"), 6);
        ck_assert(json_is_null(find(cells, "1.start_ns")));
        ck_assert_int_eq(find_integer(cells, "1.wall_ns.median"), 300);
    }
    results_free(results);
}
END_TEST

START_TEST(a_cell_without_a_good_sample_has_no_figures)
{
    Results *results = make_results();

    add_repetitions(results, 0, 270, 7);
    for (int i = -1; i < 7; i++)
        ck_assert_int_eq(add(results, make_failure(1, i, "task 1 died of signal 11")), 0);
    ck_assert(results_failed(results));
    {
        json_auto_t *run = make_run(results, "failed", NULL);
        const json_t *cell = find(run, "cells.1");

        ck_assert_str_eq(find_text(cell, "status"), "failed");
        ck_assert_str_eq(find_text(cell, "reason"),
            "7 of 7 repetitions and 1 of 1 warm-up failed: task 1 died of signal 11");
        ck_assert(json_is_null(find(cell, "wall_ns")));
        ck_assert(json_is_null(find(cell, "relative")));
        ck_assert_int_eq(find_integer(cell, "ideal_ns"), 273000000);
        ck_assert(json_is_null(find(cell, "context_switches")));
        ck_assert_uint_eq(json_array_size(find(cell, "per_task")), 0);
    }
}
END_TEST

START_TEST(failed_repetitions_do_not_count_but_fail_the_cell)
{
    Results *results = make_results();

    for (int i = 0; i < 7; i++) {
        bool fails = i == 2 || i == 5;

        ck_assert_int_eq(add(results, fails ? make_failure(0, i, i == 2 ? "first" : "second")
                                            : make_sample(0, i, 100 + i, 90)),
            0);
    }
    ck_assert(results_failed(results));
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_str_eq(find_text(cells, "0.status"), "failed");
        ck_assert_str_eq(find_text(cells, "0.reason"), "2 of 7 repetitions failed: first");
        ck_assert_uint_eq(json_array_size(find(cells, "0.wall_ns.samples")), 5);
        ck_assert_int_eq(find_integer(cells, "0.wall_ns.median"), 103);
        ck_assert(json_is_null(find(cells, "0.wall_ns.interval")));
        ck_assert(json_is_null(find(cells, "0.wall_ns.level")));
        ck_assert_str_eq(
            find_text(cells, "0.wall_ns.reason"), "5 repetitions are too few for an interval, which needs 6");
    }
    results_free(results);
}
END_TEST

/* Serial failed in one of seven repetitions, and was "no result"; yet threads took so much of its time. */
START_TEST(a_failed_cell_is_no_baseline_and_has_none)
{
    static const struct {
        int failed, at;
        bool serial_is_there, threads_are_there;
    } rows[] = {
        {0, 5, false, false},
        {0, -1, false, false}, /* a warm-up */
        {1, 5, true, false},
        {1, -1, true, false},
    };

    for (size_t r = 0; r < ARRAY_LENGTH(rows); r++) {
        Results *results = make_results();
        json_auto_t *cells = NULL;

        for (int cell = 0; cell < 3; cell++) {
            for (int i = -1; i < 7; i++) {
                bool fails = cell == rows[r].failed && i == rows[r].at;

                ck_assert_int_eq(add(results, fails ? make_failure(cell, i, "why")
                                                    : make_sample(cell, i, 100 + 100 * cell, 90)),
                    0);
            }
        }
        cells = results_cells(results);
        ck_assert_int_eq(json_is_object(find(cells, "0.relative")), rows[r].serial_is_there);
        ck_assert_int_eq(json_is_integer(find(cells, "0.ideal_ns")), rows[r].serial_is_there);
        ck_assert_int_eq(json_is_object(find(cells, "1.relative")), rows[r].threads_are_there);
        ck_assert_int_eq(json_is_integer(find(cells, "1.ideal_ns")), rows[r].serial_is_there);
        ck_assert_int_eq(json_is_object(find(cells, "2.relative")), rows[r].serial_is_there);
        ck_assert_int_eq(json_is_integer(find(cells, "2.ideal_ns")), rows[r].serial_is_there);
        ck_assert(json_is_object(find(cells, "0.wall_ns")));
        ck_assert(json_is_object(find(cells, "1.wall_ns")));
        results_free(results);
    }
}
END_TEST

START_TEST(a_failed_warm_up_fails_the_cell)
{
    Results *results = make_results();

    ck_assert_int_eq(add(results, make_failure(0, -1, NULL)), 0);
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(add(results, make_sample(0, i, 100, 90)), 0);
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_str_eq(find_text(cells, "0.status"), "failed");
        ck_assert_str_eq(find_text(cells, "0.reason"), "1 of 1 warm-up failed: the runtime gave no reason");
        ck_assert_uint_eq(json_array_size(find(cells, "0.wall_ns.samples")), 7);
    }
    results_free(results);
}
END_TEST

START_TEST(a_failed_sample_may_lack_everything_else)
{
    Results *results = make_results();
    json_t *failure = make_failure(0, 0, "why");

    json_object_set_new(failure, "wall_ns", json_string("not a number"));
    ck_assert_int_eq(add(results, failure), 0);
    results_free(results);
}
END_TEST

/* Three at a fifth of the serial time are no verdict, and not nothing either. */
START_TEST(what_was_seen_of_too_few_repetitions_is_said)
{
    Results *results = make_results();

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(add(results, make_sample(0, i, 1000 + i, 900)), 0);
        ck_assert_int_eq(add(results, make_sample(1, i, 200 + i, 900)), 0);
        ck_assert_int_eq(add(results, make_sample(2, i, 999 + i, 900)), 0);
    }
    {
        json_auto_t *run = make_run(results, "cancelled", NULL);

        ck_assert_str_eq(find_text(run, "cells.1.relative.verdict"), "cannot tell");
        ck_assert_str_eq(find_text(run, "cells.1.relative.hint"),
            "all were faster, but 3 good repetitions are too few "
            "for an interval, which needs 6; try repeat=7");
        ck_assert_str_eq(find_text(run, "cells.2.relative.hint"),
            "3 good repetitions are too few for an interval, which needs 6; try repeat=7");
        ck_assert_str_eq(find_text(run, "sentences.doubts.0"),
            "threads against serial: cannot tell, all were faster, but 3 good repetitions are too few for "
            "an interval, which needs 6; try repeat=7.");
    }
}
END_TEST

START_TEST(a_cancelled_run_keeps_what_it_has)
{
    Results *results = make_results();

    add_repetitions(results, 0, 270, 7);
    add_repetitions(results, 1, 275, 3);
    ck_assert(!results_complete(results, NULL));
    {
        json_auto_t *run = make_run(results, "cancelled", "the client went away");

        ck_assert_str_eq(find_text(run, "status"), "cancelled");
        ck_assert_str_eq(find_text(run, "reason"), "the client went away");
        ck_assert_str_eq(find_text(run, "cells.0.status"), "done");
        ck_assert_str_eq(find_text(run, "cells.1.status"), "cancelled");
        ck_assert_str_eq(find_text(run, "cells.1.reason"), "ended after 3 of 7 repetitions");
        ck_assert_uint_eq(json_array_size(find(run, "cells.1.wall_ns.samples")), 3);
        ck_assert_str_eq(find_text(run, "cells.1.relative.verdict"), "cannot tell");
        ck_assert_str_eq(find_text(run, "cells.1.relative.hint"),
            "3 good repetitions are too few for an interval, which needs 6; try repeat=7");
        ck_assert_str_eq(find_text(run, "cells.2.status"), "cancelled");
        ck_assert_ptr_null(find(run, "cells.2.reason"));
        ck_assert(json_is_null(find(run, "cells.2.wall_ns")));
    }
}
END_TEST

static const struct {
    const char *run_status, *run_reason, *cell_status, *cell_reason;
    int n;
} incomplete[] = {
    {"queued", NULL, "queued", NULL, -1},
    {"running", NULL, "queued", NULL, -1},
    {"running", NULL, "running", NULL, 0},
    {"running", NULL, "running", NULL, 3},
    {"running", NULL, "done", NULL, 7},
    {"timeout", "too long", "timeout", NULL, 0},
    {"timeout", "too long", "timeout", "ended after 3 of 7 repetitions", 3},
    {"timeout", "too long", "done", NULL, 7},
    {"failed", "the runtime died", "failed", "ended after 3 of 7 repetitions: the runtime died", 3},
    {"failed", "the runtime died", "failed", "ended after 0 of 7 repetitions: the runtime died", -1},
    {"failed", "the runtime died", "done", NULL, 7},
    {"failed", NULL, "failed", "the runtime gave 3 of 7 repetitions", 3},
    {"done", NULL, "failed", "the runtime gave 3 of 7 repetitions", 3},
};

START_TEST(an_incomplete_cell_takes_after_the_run)
{
    for (size_t i = 0; i < ARRAY_LENGTH(incomplete); i++) {
        Results *results = make_results();
        json_auto_t *run = NULL;

        if (incomplete[i].n >= 0)
            add_repetitions(results, 1, 100, incomplete[i].n);
        run = make_run(results, incomplete[i].run_status, incomplete[i].run_reason);
        ck_assert_str_eq(find_text(run, "cells.1.status"), incomplete[i].cell_status);
        if (incomplete[i].cell_reason)
            ck_assert_str_eq(find_text(run, "cells.1.reason"), incomplete[i].cell_reason);
        else
            ck_assert_ptr_null(find(run, "cells.1.reason"));
    }
}
END_TEST

START_TEST(an_error_event_is_the_reason_of_the_run)
{
    Results *results = make_results();

    ck_assert_int_eq(add(results, json_pack("{s:s, s:s}", "event", "error", "message", "no memory")), 0);
    ck_assert_int_eq(add(results, json_pack("{s:s, s:s}", "event", "error", "message", "later")), 0);
    ck_assert(results_failed(results));
    {
        json_auto_t *run = make_run(results, "failed", NULL);

        ck_assert_str_eq(find_text(run, "reason"), "no memory");
        ck_assert_str_eq(find_text(run, "cells.0.reason"), "ended after 0 of 7 repetitions: no memory");
    }
}
END_TEST

START_TEST(words_that_are_no_text_do_not_break_the_run)
{
    json_auto_t *run = make_run(make_results(), "failed", "bad \xff byte");

    ck_assert_str_eq(find_text(run, "reason"), "bad \xef\xbf\xbd byte");
    ck_assert_str_eq(
        find_text(run, "cells.0.reason"), "ended after 0 of 7 repetitions: bad \xef\xbf\xbd byte");
}
END_TEST

START_TEST(other_events_say_nothing_about_results)
{
    static const char *const names[] = {"hello", "done"};
    Results *results = make_results();

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        ck_assert_int_eq(add(results, json_pack("{s:s}", "event", names[i])), 0);
    ck_assert(!results_failed(results));
    ck_assert(!results_complete(results, NULL));
    results_free(results);
}
END_TEST

START_TEST(a_run_is_complete_when_every_repetition_came)
{
    Results *results = make_results();

    for (int cell = 0; cell < 3; cell++) {
        for (int i = 0; i < 7; i++) {
            ck_assert(!results_complete(results, NULL));
            ck_assert_int_eq(
                add(results, cell == 1 && i == 1 ? make_failure(1, 1, "x") : make_sample(cell, i, 9, 9)), 0);
        }
    }
    ck_assert(results_complete(results, NULL));
    results_free(results);
}
END_TEST

/* Patches to a good sample of cell 0, repetition 0, each of which makes it malformed, and what is said of
 * them: the beginning. */
#define WHOLE "must be a whole number from 0 to 1000000000000000000, "
static const struct {
    const char *patch, *reason;
} malformed[] = {
    {"{\"event\": null}", "event: must be one of done, error, hello, sample, timeline, is null"},
    {"{\"event\": 1}", "event: must be one of "},
    {"{\"event\": \"simple\"}", "event: must be one of done, error, hello, sample, timeline, is \"simple\""},
    {"{\"event\": \"\"}", "event: must be one of "},
    {"{\"cell\": null}", "cell: " WHOLE "is null"},
    {"{\"cell\": \"0\"}", "cell: " WHOLE "is \"0\""},
    {"{\"cell\": 0.0}", "cell: " WHOLE "is 0.0"},
    {"{\"cell\": -1}", "cell: " WHOLE "is -1"},
    {"{\"cell\": 3}", "cell: must be one of its own cells (0, 1, 2), is 3"},
    {"{\"cell\": 9223372036854775807}", "cell: " WHOLE "is 9223372036854775807"},
    {"{\"cell\": true}", "cell: " WHOLE "is true"},
    {"{\"cell\": []}", "cell: " WHOLE "is a list"},
    {"{\"repetition\": null}", "repetition: must be a whole number, is null"},
    {"{\"repetition\": \"0\"}", "repetition: must be a whole number, is \"0\""},
    {"{\"repetition\": 0.0}", "repetition: must be a whole number, is 0.0"},
    {"{\"repetition\": 7}", "repetition: must be from -1 to 6, is 7"},
    {"{\"repetition\": -2}", "repetition: must be from -1 to 6, is -2"},
    {"{\"repetition\": 9223372036854775807}", "repetition: must be from -1 to 6, is 9223372036854775807"},
    {"{\"repetition\": -9223372036854775808}", "repetition: must be from -1 to 6, is -9223372036854775808"},
    {"{\"status\": null}", "status: must be \"done\" or \"failed\", is null"},
    {"{\"status\": \"ok\"}", "status: must be \"done\" or \"failed\", is \"ok\""},
    {"{\"status\": 1}", "status: must be \"done\" or \"failed\", is 1"},
    {"{\"reason\": 1}", "reason: must be a text, is 1"},
    {"{\"reason\": {}}", "reason: must be a text, is an object"},
    {"{\"wall_ns\": null}", "wall_ns: must be a whole number from 1 to 1000000000000000000, is null"},
    {"{\"wall_ns\": 1.5}", "wall_ns: must be a whole number from 1 to 1000000000000000000, is 1.5"},
    {"{\"wall_ns\": \"1\"}", "wall_ns: must be a whole number from 1 to 1000000000000000000, is \"1\""},
    {"{\"wall_ns\": -1}", "wall_ns: must be a whole number from 1 to 1000000000000000000, is -1"},
    {"{\"wall_ns\": 0}", "wall_ns: must be a whole number from 1 to 1000000000000000000, is 0"},
    {"{\"wall_ns\": 9223372036854775807}", "wall_ns: must be a whole number from 1 to "},
    {"{\"wall_ns\": 1e18}", "wall_ns: must be a whole number from 1 to 1000000000000000000, is 1e18"},
    {"{\"wall_ns\": 1000000000000000001}", "wall_ns: must be a whole number from 1 to "},
    {"{\"cpu_ns\": null}", "cpu_ns: " WHOLE "is null"},
    {"{\"cpu_ns\": -1}", "cpu_ns: " WHOLE "is -1"},
    {"{\"create_ns\": null}", "create_ns: " WHOLE "is null"},
    {"{\"join_ns\": []}", "join_ns: " WHOLE "is a list"},
    {"{\"start_ns\": -1}", "start_ns: " WHOLE "is -1"},
    {"{\"start_ns\": \"0\"}", "start_ns: " WHOLE "is \"0\""},
    {"{\"waits_ns\": -1}", "waits_ns: " WHOLE "is -1"},
    {"{\"waits_ns\": \"0\"}", "waits_ns: " WHOLE "is \"0\""},
    {"{\"create_alone_ns\": \"0\"}", "create_alone_ns: " WHOLE "is \"0\""},
    {"{\"context_switches\": 1}", "context_switches: must be an object of counters, is 1"},
    {"{\"context_switches\": []}", "context_switches: must be an object of counters, is a list"},
    {"{\"context_switches\": {\"voluntary\": \"1\"}}", "context_switches.voluntary: " WHOLE "is \"1\""},
    {"{\"context_switches\": {\"voluntary\": -1}}", "context_switches.voluntary: " WHOLE "is -1"},
    {"{\"memory\": []}", "memory: must be an object of counters, is a list"},
    {"{\"memory\": {\"peak_rss_bytes\": 1.5}}", "memory.peak_rss_bytes: " WHOLE "is 1.5"},
    {"{\"lock_stats\": \"none\"}", "lock_stats: must be an object of counters, is \"none\""},
    {"{\"lock_stats\": {\"held_ns\": {}}}", "lock_stats.held_ns: " WHOLE "is an object"},
    {"{\"lock_stats\": {\"held_ns\": 9223372036854775807}}",
        "lock_stats.held_ns: " WHOLE "is 9223372036854775807"},
    {"{\"per_task\": {}}", "per_task: must be a list, is an object"},
    {"{\"per_task\": [1]}", "per_task[0]: must be an object, is 1"},
    {"{\"per_task\": [null]}", "per_task[0]: must be an object, is null"},
    {"{\"per_task\": [{}]}", "per_task[0].id: " WHOLE "is missing"},
    {"{\"per_task\": [{\"id\": 0, \"start_ns\": 0}]}", "per_task[0].end_ns: " WHOLE "is missing"},
    {"{\"per_task\": [{\"id\": -1, \"start_ns\": 0, \"end_ns\": 0}]}", "per_task[0].id: " WHOLE "is -1"},
    {"{\"per_task\": [{\"id\": 0, \"start_ns\": 0, \"end_ns\": 0, \"cpu_ns\": \"0\"}]}",
        "per_task[0].cpu_ns: " WHOLE "is \"0\""},
    {"{\"per_task_omitted\": -1}", "per_task_omitted: " WHOLE "is -1"},
    {"{\"per_task_omitted\": []}", "per_task_omitted: " WHOLE "is a list"},
    {"{\"completion_order\": {}}", "completion_order: must be a list, is an object"},
    {"{\"completion_order\": [\"0\"]}", "completion_order[0]: " WHOLE "is \"0\""},
    {"{\"completion_order\": [0, -1]}", "completion_order[1]: " WHOLE "is -1"},
    {"{\"metrics\": []}", "metrics: must be an object, is a list"},
    {"{\"metrics\": 1}", "metrics: must be an object, is 1"},
    {"{\"metrics\": {\"twice_wall_ns\": \"600\"}}",
        "metrics.twice_wall_ns: must be a number, being what the experiment is about, is \"600\""},
    {"{\"metrics\": {\"twice_wall_ns\": {}}}",
        "metrics.twice_wall_ns: must be a number, being what the experiment is about, is an object"},
};

/* About a figure that samples have. */
static const CatalogExperiment made_twice = {
    .name = "countdown", .headline = {.figure = "metrics.twice_wall_ns"}};

static void assert_refused(Results *results, const json_t *event, const char *wanted)
{
    auto_free char *reason = NULL;

    ck_assert_msg(results_add(results, NULL, event, &reason) == -EINVAL, "%s: it was taken", wanted);
    ck_assert_msg(reason && strncmp(reason, wanted, strlen(wanted)) == 0, "%s: %s", wanted, reason);
}

START_TEST(malformed_events_are_refused_with_the_member_and_change_nothing)
{
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results = results_of(request, cells, &made_twice);
    json_auto_t *before = results_cells(results), *after = NULL;

    for (size_t i = 0; i < ARRAY_LENGTH(malformed); i++) {
        json_auto_t *patch = json_loads(malformed[i].patch, 0, NULL), *event = make_sample(0, 0, 300, 200);

        ck_assert_msg(patch != NULL, "%s", malformed[i].patch);
        json_object_update(event, patch);
        assert_refused(results, event, malformed[i].reason);
    }
    after = results_cells(results);
    ck_assert(json_equal(before, after));
    ck_assert(!results_failed(results));
    ck_assert_int_eq(add(results, make_sample(0, 0, 300, 200)), 0);
    results_free(results);
}
END_TEST

/* What could not be measured is null, and metrics say why. */
START_TEST(a_headline_may_be_null_and_negative)
{
    static const char *const values[] = {"null", "-1.5"};
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results = results_of(request, cells, &made_twice);

    for (int i = 0; i < (int)ARRAY_LENGTH(values); i++) {
        json_t *event = make_sample(0, i, 300, 200);

        json_object_set_new(
            json_object_get(event, "metrics"), "twice_wall_ns", json_loads(values[i], JSON_DECODE_ANY, NULL));
        ck_assert_int_eq(add(results, event), 0);
    }
    results_free(results);
}
END_TEST

/* So many lists inside of one another. */
static json_t *nested(int depth)
{
    json_t *value = json_integer(1);

    while (depth-- > 0)
        value = json_pack("[o]", value);
    return value;
}

/* All that an event has is written again deeper inside of an answer. */
START_TEST(what_is_nested_too_deep_is_refused)
{
    static const char *const names[] = {"metrics", "per_task", "what_nobody_reads"};
    Results *results = make_results();
    json_auto_t *good = make_sample(0, 0, 300, 200);

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        json_auto_t *event = make_sample(0, 0, 300, 200);
        auto_free char *wanted = text_printf("%s: must not be nested deeper than 32", names[i]);

        json_object_set_new(event, names[i], nested(2000));
        assert_refused(results, event, wanted);
        json_object_set_new(event, names[i], nested(33));
        assert_refused(results, event, wanted);
    }
    json_object_set_new(json_object_get(good, "metrics"), "deep", nested(31));
    ck_assert_int_eq(results_add(results, NULL, good, NULL), 0);
    results_free(results);
}
END_TEST

/* A text may be as long as its line, and have anything in it. */
START_TEST(long_texts_are_refused_and_shown_in_part)
{
    Results *results = make_results();
    json_auto_t *event = make_sample(0, 0, 300, 200);
    auto_free char *many = calloc(1, 10001);

    memset(many, 'x', 10000);
    json_object_set_new(event, "reason", json_string(many));
    assert_refused(results, event, "reason: must be a text of at most 8192 bytes, has 10000");
    json_object_set_new(event, "reason", json_null());
    many[1] = '\n';
    json_object_set_new(event, "status", json_string(many));
    many[60] = '\0';
    many[1] = 'x';
    {
        auto_free char *wanted =
            text_printf("status: must be \"done\" or \"failed\", is \"x\xef\xbf\xbd%s...\"", many + 2);

        assert_refused(results, event, wanted);
    }
    results_free(results);
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
    static const char *const values[] = {"null", "[]", "[{}]", "1", "\"sample\"", "{}", "true",
        "{\"event\": \"error\"}", "{\"event\": \"error\", \"message\": 1}", "{\"event\": \"sample\"}"};
    Results *results = make_results();

    for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
        ck_assert_int_eq(add(results, json_loads(values[i], JSON_DECODE_ANY, NULL)), -EINVAL);
    ck_assert_int_eq(results_add(results, NULL, NULL, NULL), -EINVAL);
    results_free(results);
}
END_TEST

START_TEST(a_repetition_counts_once)
{
    Results *results = make_results();
    json_auto_t *again = make_sample(0, 0, 100, 100);

    ck_assert_int_eq(add(results, make_sample(0, 0, 300, 200)), 0);
    assert_refused(results, again, "repetition: must be one that has not come yet: cell 0 has had 0");
    ck_assert_int_eq(add(results, make_failure(0, 0, "late")), -EINVAL);
    ck_assert_int_eq(add(results, make_failure(1, -1, "x")), 0);
    ck_assert_int_eq(add(results, make_sample(1, -1, 100, 100)), -EINVAL);
    {
        json_auto_t *cells = results_cells(results);

        ck_assert_int_eq(find_integer(cells, "0.wall_ns.max"), 300);
        ck_assert_str_eq(find_text(cells, "0.status"), "running");
    }
    results_free(results);
}
END_TEST

/* A sample of 10,000 tasks whose id, start and place in the order follow a rule. */
static json_t *make_wide_sample(int cell, int repetition, json_int_t wall_ns)
{
    json_t *event = make_sample(cell, repetition, wall_ns, 100), *rows = json_array(), *order = json_array();

    for (int i = 0; i < 10000; i++) {
        json_array_append_new(
            rows, json_pack("{s:i, s:i, s:I, s:n, s:{s:i, s:s}}", "id", i, "start_ns", 7 * i, "end_ns",
                      wall_ns, "cpu_ns", "answer", "status", 200, "content_start", "\xc3\xa4\n\""));
        json_array_append_new(order, json_integer(9999 - i));
    }
    json_object_set_new(event, "per_task", rows);
    json_object_set_new(event, "completion_order", order);
    json_object_set_new(event, "per_task_omitted", json_integer(0));
    return event;
}

/* Adds three repetitions to cell 0, of which the second is the median, and returns cell 0. */
static json_t *wide_cell(const char *detail)
{
    json_auto_t *request = make_request(), *cells = make_cells(), *made = NULL;
    Results *results;

    json_object_set_new(request, "detail", json_string(detail));
    json_object_set_new(request, "repeat", json_integer(3));
    results = results_of(request, cells, &made_countdown);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(add(results, make_wide_sample(0, i, 1000 + i)), 0);
    made = results_cells(results);
    results_free(results);
    return json_incref(json_array_get(made, 0));
}

START_TEST(a_summary_has_256_rows_and_says_how_many_it_left_out)
{
    json_auto_t *cell = wide_cell("summary");

    ck_assert_uint_eq(json_array_size(find(cell, "per_task")), 256);
    ck_assert_int_eq(find_integer(cell, "per_task_omitted"), 10000 - 256);
    ck_assert_uint_eq(json_array_size(find(cell, "completion_order")), 256);
    ck_assert_int_eq(find_integer(cell, "per_task.255.end_ns"), 1001);
}
END_TEST

START_TEST(full_detail_has_all_rows_unchanged)
{
    json_auto_t *cell = wide_cell("full"), *expected = make_wide_sample(0, 1, 1001);

    ck_assert_int_eq(find_integer(cell, "per_task_omitted"), 0);
    ck_assert(json_equal(find(cell, "per_task"), find(expected, "per_task")));
    ck_assert(json_equal(find(cell, "completion_order"), find(expected, "completion_order")));
}
END_TEST

START_TEST(the_label_and_the_experiment_can_be_overridden)
{
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results;
    json_auto_t *run = NULL, *renamed = NULL;

    json_object_set_new(request, "label", json_string("first"));
    results = results_of(request, cells, &made_countdown);
    run = results_run(results, &(RunHead){.status = "done"});
    renamed = results_run(results, &(RunHead){.status = "done", .label = "second", .experiment = "fetch"});
    ck_assert(json_is_null(find(run, "id")));
    ck_assert(json_is_null(find(run, "host")));
    ck_assert_str_eq(find_text(run, "label"), "first");
    ck_assert_str_eq(find_text(renamed, "label"), "second");
    ck_assert_str_eq(find_text(renamed, "experiment"), "fetch");
    results_free(results);
}
END_TEST

/* Also sums, rows that are kept as text, and reasons; and what it is a copy of may be gone. */
START_TEST(a_copy_says_what_was_known_when_it_was_made)
{
    json_auto_t *request = make_request(), *cells = make_cells(), *before = NULL, *then = NULL, *later = NULL;
    Results *results, *copy;

    json_object_set_new(request, "detail", json_string("full"));
    results = results_of(request, cells, &made_counting);
    add_counted(results, 0, 10, "{'count': 2}");
    ck_assert_int_eq(add(results, make_wide_sample(1, 0, 1000)), 0);
    ck_assert_int_eq(add(results, make_failure(2, 0, "it crashed")), 0);
    before = results_cells(results);
    copy = results_copy(results);
    add_counted(results, 1, 20, "{'count': 5}");
    ck_assert_int_eq(add(results, make_wide_sample(1, 1, 900)), 0);
    results_lose(results, NULL, "it is gone");
    later = results_cells(results);
    results_free(results);
    then = results_cells(copy);
    results_free(copy);
    ck_assert(json_equal(then, before));
    ck_assert(!json_equal(then, later));
    ck_assert_int_eq(find_integer(then, "0.metrics.count"), 2);
    ck_assert_uint_eq(json_array_size(find(then, "1.per_task")), 10000);
    ck_assert_str_eq(find_text(then, "2.reason"), "1 of 1 repetition failed: it crashed");
}
END_TEST

START_TEST(a_run_without_cells_is_a_run)
{
    json_auto_t *request = make_request(), *cells = json_array();
    Results *results = results_of(request, cells, &made_countdown);

    ck_assert_int_eq(add(results, make_sample(0, 0, 1, 1)), -EINVAL);
    ck_assert(results_complete(results, NULL));
    {
        json_auto_t *run = make_run(results, "done", NULL);

        ck_assert_uint_eq(json_array_size(find(run, "cells")), 0);
    }
}
END_TEST

START_TEST(the_same_samples_give_the_same_run)
{
    json_auto_t *one = make_good_run(), *two = make_good_run();

    ck_assert(json_equal(one, two));
}
END_TEST

RUN_TESTS("results-collect", 30, keys_come_in_the_documented_order, statistics_are_those_of_the_repetitions,
    the_order_in_which_samples_come_does_not_matter, each_cell_is_held_against_its_serial_cell,
    a_serial_cell_counts_only_with_everything_else_equal, where_time_is_no_measure_nothing_is_compared,
    cells_may_have_any_numbers, details_are_those_of_the_median_repetition,
    what_too_few_repetitions_cannot_say_is_null_with_the_reason, memory_comes_from_the_sample_that_has_it,
    what_an_experiment_counts_is_summed_over_all_good_repetitions,
    a_runtime_may_leave_out_what_it_cannot_measure, a_time_is_known_only_if_all_repetitions_say_it,
    a_cell_without_a_good_sample_has_no_figures, waits_are_known_if_every_repetition_says_them,
    failed_repetitions_do_not_count_but_fail_the_cell, a_failed_cell_is_no_baseline_and_has_none,
    a_failed_warm_up_fails_the_cell, a_failed_sample_may_lack_everything_else,
    a_cancelled_run_keeps_what_it_has, an_incomplete_cell_takes_after_the_run,
    an_error_event_is_the_reason_of_the_run, words_that_are_no_text_do_not_break_the_run,
    other_events_say_nothing_about_results, a_run_is_complete_when_every_repetition_came,
    malformed_events_are_refused_with_the_member_and_change_nothing, a_headline_may_be_null_and_negative,
    what_is_nested_too_deep_is_refused, long_texts_are_refused_and_shown_in_part,
    what_is_no_object_is_refused, a_repetition_counts_once,
    a_summary_has_256_rows_and_says_how_many_it_left_out, full_detail_has_all_rows_unchanged,
    the_label_and_the_experiment_can_be_overridden, a_copy_says_what_was_known_when_it_was_made,
    a_run_without_cells_is_a_run, the_same_samples_give_the_same_run,
    what_was_seen_of_too_few_repetitions_is_said)
