/* Several tasks against one of the same mode: speed-up, efficiency, and the number of tasks from which on
 * more of them do not help. */
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/scaling.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* One cell: what it is, and what each repetition takes, in ms (0 to 6 more). */
typedef struct Row {
    const char *mode;
    int tasks, wall_ms;
} Row;

/* A run of such cells under the gil. */
static json_t *run_of(const Row *rows, size_t n, int repetitions, const CatalogExperiment *experiment)
{
    json_auto_t *request = make_request(), *cells = json_array();
    Results *results;

    json_object_set_new(request, "repeat", json_integer(repetitions));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(cells, make_cell((int)i, rows[i].mode, "gil", rows[i].tasks, 1000));
    results = results_of(request, cells, experiment);
    for (size_t i = 0; i < n; i++)
        add_repetitions(results, (int)i, rows[i].wall_ms, repetitions);
    return make_run(results, "done", NULL);
}

static json_t *run_threads(int one_ms, int two_ms, int four_ms)
{
    const Row rows[] = {{"threads", 1, one_ms}, {"threads", 2, two_ms}, {"threads", 4, four_ms}};

    return run_of(rows, ARRAY_LENGTH(rows), 7, &made_countdown);
}

START_TEST(tasks_are_held_against_one_of_the_same_mode)
{
    json_auto_t *run = run_threads(1000, 1000, 2000);
    const json_t *first = find(run, "cells.0.scaling"), *last = find(run, "cells.2.scaling");

    ck_assert(json_is_null(find(run, "cells.2.relative")));
    ck_assert_int_eq(find_integer(last, "to"), 0);
    ck_assert_double_eq_tol(json_real_value(find(last, "speedup")), 4.0 * 1003 / 2003, 1e-3);
    ck_assert_double_eq_tol(json_real_value(find(last, "efficiency")), 1003.0 / 2003, 1e-3);
    ck_assert_double_le(json_real_value(find(last, "interval.0")), json_real_value(find(last, "speedup")));
    ck_assert_double_ge(json_real_value(find(last, "interval.1")), json_real_value(find(last, "speedup")));
    ck_assert_str_eq(find_text(last, "verdict"), "faster");
    ck_assert_str_eq(find_text(last, "gain"), "same");
    ck_assert_str_eq(find_text(run, "cells.1.scaling.gain"), "faster");
    ck_assert_int_eq(find_integer(first, "to"), 0);
    ck_assert_double_eq(json_real_value(find(first, "speedup")), 1);
    ck_assert_str_eq(find_text(first, "verdict"), "same");
    ck_assert(json_is_null(find(first, "gain")));
}
END_TEST

/* The order of the cells does not matter. */
START_TEST(an_interval_is_drawn_from_two_streams)
{
    static const Row rows[] = {{"threads", 4, 300}, {"threads", 1, 300}};
    json_auto_t *run = run_of(rows, ARRAY_LENGTH(rows), 7, &made_countdown);
    const json_t *scaling = find(run, "cells.0.scaling");

    ck_assert_int_eq(find_integer(scaling, "to"), 1);
    /* The same seven times on both sides: one stream for both would draw an interval without any width. */
    ck_assert_double_eq(json_real_value(find(scaling, "speedup")), 4);
    ck_assert_double_lt(json_real_value(find(scaling, "interval.0")), 3.99);
    ck_assert_double_gt(json_real_value(find(scaling, "interval.1")), 4.01);
}
END_TEST

START_TEST(serial_cells_leave_nothing_to_scale)
{
    static const Row rows[] = {
        {"serial", 1, 1000}, {"threads", 1, 1000}, {"serial", 2, 2000}, {"threads", 2, 2000}};
    json_auto_t *run = run_of(rows, ARRAY_LENGTH(rows), 7, &made_countdown);

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const json_t *cell = json_array_get(json_object_get(run, "cells"), i);

        ck_assert(json_is_null(json_object_get(cell, "scaling")));
        ck_assert(json_is_object(json_object_get(cell, "relative")));
    }
}
END_TEST

START_TEST(without_one_task_or_with_nothing_else_there_is_none)
{
    static const Row no_one[] = {{"threads", 2, 1000}, {"threads", 4, 1000}, {"processes", 1, 1000}};
    json_auto_t *run = run_of(no_one, ARRAY_LENGTH(no_one), 7, &made_countdown);

    for (size_t i = 0; i < ARRAY_LENGTH(no_one); i++)
        ck_assert(json_is_null(json_object_get(json_array_get(json_object_get(run, "cells"), i), "scaling")));
}
END_TEST

START_TEST(where_time_is_no_measure_there_is_none)
{
    static const Row rows[] = {{"threads", 1, 1000}, {"threads", 2, 1000}};
    json_auto_t *run = run_of(rows, ARRAY_LENGTH(rows), 7, &made_fixed_time);

    ck_assert(json_is_null(find(run, "cells.0.scaling")));
    ck_assert(json_is_null(find(run, "cells.1.scaling")));
}
END_TEST

START_TEST(a_failed_cell_is_no_measure)
{
    json_auto_t *request = make_request(), *cells = json_array(), *run = NULL;
    Results *results;

    for (int i = 0; i < 3; i++)
        json_array_append_new(cells, make_cell(i, "threads", "gil", 1 << i, 1000));
    results = results_of(request, cells, &made_countdown);
    add_repetitions(results, 0, 1000, 7);
    add_repetitions(results, 1, 1000, 6);
    ck_assert_int_eq(add(results, make_failure(1, 6, "it crashed")), 0);
    add_repetitions(results, 2, 1000, 7);
    run = make_run(results, "done", NULL);
    ck_assert(json_is_null(find(run, "cells.1.scaling")));
    ck_assert_str_eq(find_text(run, "cells.2.scaling.gain"), "faster");
}
END_TEST

/* What the first finding of a run says behind "threads: ". */
static const char *finding_of(const json_t *run)
{
    const char *finding = find_text(run, "sentences.findings.0");

    ck_assert_msg(strncmp(finding, "threads: ", 9) == 0, "%s", finding);
    return finding + 9;
}

START_TEST(a_sentence_tells_how_far_it_scales)
{
    static const struct {
        int ms[3];
        const char *text;
    } rows[] = {
        {{1000, 1000, 1000}, "4 tasks do 4.00 times the work of one in the same time (3.99 to 4.01)"},
        {{1000, 1000, 2000},
            "2 tasks do 2.00 times the work of one in the same time (1.99 to 2.01), and 4 do no more"},
        {{1000, 1000, 4000},
            "2 tasks do 2.00 times the work of one in the same time (1.99 to 2.01), and 4 do less"},
        {{1000, 2000, 4000}, "2 tasks do no more than one in the same time"},
        {{1000, 8000, 4000}, "2 tasks do less than one in the same time"},
        {{20, 38, 70}, "whether 2 tasks do more than one in the same time cannot be told"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *run = run_threads(rows[i].ms[0], rows[i].ms[1], rows[i].ms[2]);

        ck_assert_str_eq(finding_of(run), rows[i].text);
    }
}
END_TEST

START_TEST(too_few_repetitions_tell_nothing)
{
    static const Row rows[] = {{"threads", 1, 1000}, {"threads", 2, 1000}};
    json_auto_t *run = run_of(rows, ARRAY_LENGTH(rows), 5, &made_countdown);

    ck_assert(json_is_null(find(run, "cells.1.scaling.interval")));
    ck_assert_str_eq(find_text(run, "cells.1.scaling.verdict"), "cannot tell");
    ck_assert(strstr(find_text(run, "cells.1.scaling.hint"), "5 good repetitions"));
    ck_assert_str_eq(finding_of(run), "whether 2 tasks do more than one in the same time cannot be told");
}
END_TEST

/* The cell that ran out of time is no part of the lesson. A mode with nothing behind it is no sentence. */
START_TEST(a_mode_that_ran_out_of_time_is_not_named_alone)
{
    json_auto_t *request = make_request(), *cells = json_array(), *run = NULL;
    Results *results;

    json_object_set_new(request, "repeat", json_integer(7));
    json_array_append_new(cells, make_cell(0, "threads", "gil", 1, 1000));
    json_array_append_new(cells, make_cell(1, "threads", "gil", 2, 1000));
    results = results_of(request, cells, &made_countdown);
    add_repetitions(results, 0, 1000, 7);
    add_repetitions(results, 1, 1000, 6);
    run = make_run(results, "timeout", NULL);
    ck_assert_str_eq(find_text(run, "cells.1.status"), "timeout");
    ck_assert_msg(!strstr(find_text(run, "lesson"), "Threads."), "%s", find_text(run, "lesson"));
    ck_assert_msg(
        strstr(find_text(run, "headline.text"), "threads took "), "%s", find_text(run, "headline.text"));
}
END_TEST

START_TEST(table_lesson_csv_and_headline_say_it)
{
    json_auto_t *run = run_threads(1000, 1000, 2000);
    auto_free char *table = NULL, *csv = NULL;
    size_t length;

    table = result_format(run, RESULT_FORMAT_TABLE, &length);
    ck_assert_msg(strstr(table, "  speed-up  verdict"), "%s", table);
    ck_assert_msg(!strstr(table, "x serial"), "%s", table);
    csv = result_format(run, RESULT_FORMAT_CSV, &length);
    ck_assert_msg(strstr(csv, ",scaling_to,scaling_speedup,scaling_low,scaling_high,scaling_efficiency,"
                              "scaling_verdict,scaling_gain,"),
        "%s", csv);
    ck_assert_msg(
        strstr(find_text(run, "lesson"), "Threads: 2 tasks do 2.00 times"), "%s", find_text(run, "lesson"));
    ck_assert(!strstr(find_text(run, "lesson"), "nothing to compare"));
}
END_TEST

START_TEST(what_was_written_is_read)
{
    json_auto_t *run = run_threads(1000, 1000, 2000), *broken = json_pack("{s:i}", "to", 0);
    auto_result_run ResultRun read = {0};
    ResultScaling scaling;

    result_run_read(run, &read);
    ck_assert(scaling_is_base(read.cells.at[0]));
    ck_assert(!scaling_is_base(read.cells.at[1]));
    ck_assert_int_eq(read.cells.at[2]->scaling.verdict, VERDICT_FASTER);
    ck_assert_int_eq(read.cells.at[2]->scaling.gain, VERDICT_SAME);
    scaling_read(broken, &scaling);
    ck_assert(!scaling.is_known);
    ck_assert(isnan(scaling.speedup));
    scaling_read(NULL, &scaling);
    ck_assert(!scaling.is_known);
}
END_TEST

RUN_TESTS("results-scaling", 60, tasks_are_held_against_one_of_the_same_mode,
    an_interval_is_drawn_from_two_streams, serial_cells_leave_nothing_to_scale,
    without_one_task_or_with_nothing_else_there_is_none, where_time_is_no_measure_there_is_none,
    a_failed_cell_is_no_measure, a_sentence_tells_how_far_it_scales, too_few_repetitions_tell_nothing,
    a_mode_that_ran_out_of_time_is_not_named_alone, table_lesson_csv_and_headline_say_it,
    what_was_written_is_read)
