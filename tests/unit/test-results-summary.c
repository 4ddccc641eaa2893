/* What lists say of a run, and the line that stands for it. */
#include "results/summary.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/headline.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* A cell of 2 tasks under the lock; the rest is members of its own. */
#define CELL(mode, lock, more)                                                                               \
    "{\"mode\": \"" mode "\", \"lock\": \"" lock "\", \"tasks\": 2, \"status\": \"done\", " more "}"
#define RATIO(to, ratio, verdict)                                                                            \
    "\"wall_ns\": {\"median\": 5000000}, \"relative\": {\"to\": " to ", \"ratio\": " ratio                   \
    ", \"verdict\": \"" verdict "\"}"
#define SERIAL(lock, index) CELL("serial", lock, RATIO(index, "1", "same"))
#define RUN(cells) "{\"status\": \"done\", \"cells\": [" cells "]}"

/* A run that is about a figure. */
#define RUN_ABOUT(figure, words, cells)                                                                      \
    "{\"status\": \"done\", \"about\": {\"figure\": \"" figure "\", \"head\": \"head\", \"words\": \"" words \
    "\"}, \"cells\": [" cells "]}"
#define LOST(n) "\"metrics\": {\"lost_updates\": " n "}"
#define LATENCY(ns) "\"metrics\": {\"latency_p50_ns\": " ns "}"

static json_t *headline_of(const char *text)
{
    json_error_t error;
    json_auto_t *json = json_loads(text, 0, &error);
    auto_result_run ResultRun run;

    ck_assert_msg(json != NULL, "%s: %s", error.text, text);
    result_run_read(json, &run);
    return headline_make(&run);
}

static void assert_headline(const char *run, const char *text, double value, const char *unit)
{
    json_auto_t *headline = headline_of(run);

    ck_assert_str_eq(json_string_value(json_object_get(headline, "text")), text);
    ck_assert_double_eq(json_number_value(json_object_get(headline, "value")), value);
    ck_assert_str_eq(json_string_value(json_object_get(headline, "unit")), unit);
}

/* Nothing could be told: there are words, and no figure. */
static void assert_open(const char *run, const char *text)
{
    json_auto_t *headline = headline_of(run);

    ck_assert_str_eq(json_string_value(json_object_get(headline, "text")), text);
    ck_assert(json_is_null(json_object_get(headline, "value")));
    ck_assert(json_is_null(json_object_get(headline, "unit")));
}

START_TEST(a_run_about_time_tells_its_verdicts)
{
    assert_headline(RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "1.02", "same")) "," CELL(
                        "processes", "gil", RATIO("0", "0.52", "faster"))),
        "2 tasks, lock gil: threads took 1.02 times the serial time (the same), processes 0.52 times "
        "(faster)",
        1.02, "ratio");
}
END_TEST

/* The farthest ratio is the one of a cell that cannot tell. */
START_TEST(a_ratio_without_a_verdict_makes_no_headline)
{
    assert_headline(
        RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "94.66", "cannot tell")) "," CELL(
            "processes", "gil", RATIO("0", "0.52", "faster"))),
        "2 tasks, lock gil: processes took 0.52 times the serial time (faster); threads: cannot tell", 0.52,
        "ratio");
    assert_open(RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "1.26", "cannot tell")) "," CELL(
                    "processes", "gil", RATIO("0", "94.66", "cannot tell"))),
        "2 tasks, lock gil: threads, processes against serial: cannot tell");
}
END_TEST

/* The same request twice: other ratios, and another one is farthest from 1. */
START_TEST(two_runs_of_one_request_name_the_same_cells)
{
    static const char *const runs[] = {
        RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "9.00", "slower")) "," CELL(
            "processes", "gil", RATIO("0", "8.00", "slower"))),
        RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "8.00", "slower")) "," CELL(
            "processes", "gil", RATIO("0", "9.00", "slower")))};

    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        json_auto_t *headline = headline_of(runs[i]);
        auto_free char *text = text_printf(
            "2 tasks, lock gil: threads took %s times the serial time (slower), processes %s times "
            "(slower)",
            i ? "8.00" : "9.00", i ? "9.00" : "8.00");

        ck_assert_str_eq(json_string_value(json_object_get(headline, "text")), text);
    }
}
END_TEST

/* On a busy machine no time can be trusted, and a count of who was inside can. */
START_TEST(where_times_cannot_tell_spans_do)
{
    assert_open(
        RUN(SERIAL("gil", "0") "," CELL("threads", "gil",
            "\"inside\": {\"max\": 1, \"mean\": 0.97, \"whole\": true, \"text\": \"never more than one "
            "thread held the lock at a time\"}, " RATIO("0", "1.26", "cannot tell"))),
        "2 tasks, lock gil: threads against serial: cannot tell, but never more than one thread held "
        "the lock at a time");
}
END_TEST

START_TEST(what_differs_between_two_groups_names_them)
{
    assert_headline(RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "1.02", "same")) "," SERIAL(
                        "none", "2") "," CELL("threads", "none", RATIO("2", "0.51", "faster"))),
        "2 tasks, lock gil: threads took 1.02 times the serial time (the same); lock none: threads took 0.51 "
        "times the serial time (faster)",
        1.02, "ratio");
}
END_TEST

/* A line is all that a board shows, so what was measured instead stands in it. */
START_TEST(answers_that_were_no_pages_stand_in_the_headline)
{
    assert_headline(
        "{\"status\": \"done\", \"experiment\": \"fetch\", \"cells\": [" CELL("serial", "gil",
            RATIO("0", "1", "same") ", \"metrics\": {\"responses\": {\"500\": 14}}") ", " CELL("threads",
            "gil", RATIO("0", "0.5", "faster")) "]}",
        "2 tasks, lock gil: threads took 0.50 times the serial time (faster); but 14 of 14 answers were 500",
        0.5, "ratio");
}
END_TEST

START_TEST(verdicts_of_a_large_grid_are_counted)
{
    assert_headline(
        RUN(SERIAL("gil", "0") "," CELL("threads", "gil", RATIO("0", "1.26", "cannot tell")) "," SERIAL(
            "none", "2") "," CELL("threads", "none", RATIO("2", "0.51", "faster")) "," SERIAL("gil-py2",
            "4") "," CELL("threads", "gil-py2", RATIO("4", "1.60", "slower"))),
        "2 tasks, lock gil, none and gil-py2: threads against serial: slower 1 time, faster 1 time, cannot "
        "tell "
        "1 time",
        0.51, "ratio");
}
END_TEST

/* A cell that failed at its fifteenth repetition has a ratio, and nobody is told of it. */
START_TEST(cells_that_are_not_done_make_no_headline)
{
    static const char failed[] = "{\"mode\": \"threads\", \"lock\": \"gil\", \"tasks\": 2, \"status\": "
                                 "\"failed\", " RATIO("0", "1.98", "slower") "}";
    auto_free char *mixed = text_printf(RUN("%s, %s, %s"), SERIAL("gil", "0"), failed,
        CELL("processes", "gil", RATIO("0", "0.52", "faster")));
    auto_free char *all = text_printf("{\"status\": \"failed\", \"cells\": [%s]}", failed);
    json_auto_t *headline = headline_of(all);

    assert_headline(
        mixed, "2 tasks, lock gil: processes took 0.52 times the serial time (faster)", 0.52, "ratio");
    ck_assert(json_is_null(headline));
}
END_TEST

START_TEST(a_figure_is_told_in_the_words_of_its_experiment)
{
    assert_headline(
        RUN_ABOUT("metrics.latency_p50_ns", "half of the answers came within {}",
            CELL("serial", "gil", LATENCY("24200")) "," CELL("threads", "gil", LATENCY("5180000"))),
        "2 tasks, lock gil: half of the answers came within 24.2 µs in serial, 5.18 ms in threads", 5180000,
        "ns");
}
END_TEST

/* A percentile of too few values is null: the line is about all cells all the same. */
START_TEST(a_cell_without_its_figure_is_named)
{
    assert_headline(RUN_ABOUT("metrics.latency_p50_ns", "half of the answers came within {}",
                        CELL("serial", "gil", LATENCY("24200")) "," CELL(
                            "threads", "gil", LATENCY("null")) "," CELL("epoll", "gil", "\"metrics\": null")),
        "2 tasks, lock gil: half of the answers came within 24.2 µs in serial; threads, epoll: no figure",
        24200, "ns");
    assert_open(RUN_ABOUT("metrics.lost_updates", "off by {}", CELL("serial", "gil", "\"metrics\": null")),
        "2 tasks, lock gil: serial: no figure");
}
END_TEST

START_TEST(what_most_cells_have_in_common_is_said_once)
{
    assert_headline(RUN_ABOUT("metrics.lost_updates", "the counter was off by {}",
                        CELL("serial", "gil", LOST("0")) "," CELL("threads", "gil", LOST("0")) "," CELL(
                            "serial", "none", LOST("0")) "," CELL("threads", "none", LOST("1234"))),
        "2 tasks: the counter was off by 1,234 in threads (lock none), 0 in the other 3 cells", 1234,
        "count");
    assert_headline(RUN_ABOUT("metrics.lost_updates", "the counter was off by {}",
                        CELL("serial", "gil", LOST("0")) "," CELL("threads", "gil", LOST("0"))),
        "2 tasks, lock gil: the counter was off by 0 in each of 2 cells", 0, "count");
}
END_TEST

/* No cell is picked out of many by its figure. */
START_TEST(many_figures_are_told_as_a_range)
{
    assert_headline(RUN_ABOUT("metrics.lost_updates", "the counter was off by {}",
                        CELL("a", "gil", LOST("5")) "," CELL("b", "gil", LOST("1")) "," CELL("c", "gil",
                            LOST("2")) "," CELL("d", "gil", LOST("4")) "," CELL("e", "gil", LOST("3"))),
        "2 tasks, lock gil: the counter was off by 1 to 5 in 5 cells", 5, "count");
}
END_TEST

START_TEST(without_anything_to_compare_with_times_are_told)
{
    assert_headline(RUN(CELL("epoll", "gil", "\"wall_ns\": {\"median\": 2500000}")),
        "2 tasks, lock gil: epoll took 2.50 ms", 2500000, "ns");
    assert_headline(RUN(CELL("threads", "gil", "\"wall_ns\": {\"median\": 1000000}") "," CELL(
                        "epoll", "gil", "\"wall_ns\": {\"median\": 2500000}")),
        "2 tasks, lock gil: threads took 1.00 ms, epoll 2.50 ms", 1000000, "ns");
}
END_TEST

START_TEST(without_figures_there_is_no_headline)
{
    static const char *const runs[] = {"{}", "{\"cells\": []}", "{\"cells\": 7}", "{\"cells\": [{}]}",
        "{\"cells\": [{\"mode\": \"serial\", \"wall_ns\": null, \"metrics\": {\"lost_updates\": \"x\"}}]}",
        "{\"status\": \"running\", \"cells\": [" SERIAL("gil", "0") "]}",
        "{\"status\": \"done\", \"about\": {\"fixed_time\": true}, \"cells\": [" SERIAL("gil", "0") "]}"};

    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        json_auto_t *headline = headline_of(runs[i]);

        ck_assert_msg(json_is_null(headline), "%s", runs[i]);
    }
}
END_TEST

/* A stored run says by itself what a chart or a list should show of it. */
START_TEST(a_run_says_what_it_is_about)
{
    static const CatalogExperiment with_words = {.name = "countdown",
                                       .headline = {"metrics.turns_per_tick", "turns",
                                           "a tick had {} turns"}},
                                   without_words = {.name = "countdown",
                                       .fixed_time = true,
                                       .headline = {.figure = "metrics.turns_per_tick"}};
    json_auto_t *request = make_request(), *cells = json_pack("[o]", make_cell(0, "threads", "gil", 2, 10));
    Results *first = results_of(request, cells, &with_words),
            *second = results_of(request, cells, &without_words);
    json_auto_t *told = NULL, *named = NULL, *about_time = make_good_run();

    add_repetitions(first, 0, 100, 7);
    add_repetitions(second, 0, 100, 7);
    told = make_run(first, "done", NULL);
    named = make_run(second, "done", NULL);
    ck_assert_str_eq(find_text(told, "about.head"), "turns");
    ck_assert_str_eq(find_text(told, "headline.text"), "2 tasks, lock gil: a tick had 20 turns in threads");
    ck_assert_str_eq(find_text(named, "about.head"), "turns_per_tick");
    ck_assert_str_eq(find_text(named, "headline.text"), "2 tasks, lock gil: turns_per_tick: 20 in threads");
    ck_assert(json_is_false(find(told, "about.fixed_time")) && json_is_true(find(named, "about.fixed_time")));
    ck_assert(json_is_null(find(about_time, "about.figure")));
    ck_assert_str_eq(find_text(about_time, "headline.text"),
        "2 tasks, lock gil: threads took 1.02 times the serial time "
        "(the same), processes 0.51 times (faster)");
}
END_TEST

START_TEST(a_summary_has_what_a_list_shows)
{
    json_auto_t *json = json_pack("{s:s, s:s, s:i, s:i, s:{s:b}, s:[{}], s:{s:s, s:f, s:s}}", "status",
        "failed", "reason", "why", "queued_ns", 5, "duration_ns", 7, "host", "noisy", 1, "cells", "headline",
        "text", "threads took 1.98 times the serial time", "value", 1.98, "unit", "ratio");
    auto_result_run ResultRun run;
    json_auto_t *summary = NULL, *empty = json_object(), *nothing = NULL;

    result_run_read(json, &run);
    summary = summary_make(&run);
    ck_assert(json_equal(json_object_get(summary, "headline"), json_object_get(json, "headline")));
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "n_cells")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "queued_ns")), 5);
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "duration_ns")), 7);
    ck_assert(json_is_true(json_object_get(summary, "noisy")));
    ck_assert_str_eq(json_string_value(json_object_get(summary, "reason")), "why");
    result_run_finish(&run);
    result_run_read(empty, &run);
    nothing = summary_make(&run);
    ck_assert(json_is_null(json_object_get(nothing, "headline")));
    ck_assert(json_is_null(json_object_get(nothing, "noisy")));
    ck_assert_ptr_null(json_object_get(nothing, "reason"));
}
END_TEST

RUN_TESTS("results-summary", 10, a_run_about_time_tells_its_verdicts,
    a_ratio_without_a_verdict_makes_no_headline, two_runs_of_one_request_name_the_same_cells,
    where_times_cannot_tell_spans_do, answers_that_were_no_pages_stand_in_the_headline,
    what_differs_between_two_groups_names_them, verdicts_of_a_large_grid_are_counted,
    cells_that_are_not_done_make_no_headline, a_figure_is_told_in_the_words_of_its_experiment,
    a_cell_without_its_figure_is_named, what_most_cells_have_in_common_is_said_once,
    many_figures_are_told_as_a_range, without_anything_to_compare_with_times_are_told,
    without_figures_there_is_no_headline, a_run_says_what_it_is_about, a_summary_has_what_a_list_shows)
