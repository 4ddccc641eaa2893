/* Two runs against each other: made-up ones whose ratios are easy to check, and some made to do harm. */
#include "results/compare.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/plain.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* Three cells under the gil with 7 repetitions each, of about these milliseconds. */
static json_t *run_of(const char *id, int serial_ms, int threads_ms, int processes_ms)
{
    Results *results = make_results();
    json_t *run;

    add_repetitions(results, 0, serial_ms, 7);
    add_repetitions(results, 1, threads_ms, 7);
    add_repetitions(results, 2, processes_ms, 7);
    run = make_run(results, "done", NULL);
    json_object_set_new(run, "id", json_string(id));
    return run;
}

/* A run with the samples of one cell given as JSON. */
static json_t *run_with_samples(const char *id, const char *samples)
{
    json_t *run = run_of(id, 270, 275, 136);

    json_array_remove(json_object_get(run, "cells"), 2);
    json_array_remove(json_object_get(run, "cells"), 1);
    json_object_set_new(find(run, "cells.0.wall_ns"), "samples", json_loads(samples, JSON_DECODE_ANY, NULL));
    ck_assert_ptr_nonnull(find(run, "cells.0.wall_ns.samples"));
    return run;
}

/* The comparison of two runs as JSON. */
static json_t *compared(const json_t *baseline, const json_t *candidate)
{
    auto_result_run ResultRun first, second;
    RunComparison *both;
    json_t *object;

    result_run_read(baseline, &first);
    result_run_read(candidate, &second);
    both = compare_runs(&first, &second, NULL);
    object = compare_json(both);
    compare_free(both);
    return object;
}

/* The same as text. */
static char *format(const json_t *baseline, const json_t *candidate, ResultFormat as)
{
    auto_result_run ResultRun first, second;
    RunComparison *both;
    size_t length = 0;
    char *text;

    result_run_read(baseline, &first);
    result_run_read(candidate, &second);
    both = compare_runs(&first, &second, NULL);
    text = compare_format(both, as, &length);
    compare_free(both);
    ck_assert_uint_eq(strlen(text), length);
    ck_assert_uint_gt(length, 0);
    ck_assert_int_eq(text[length - 1], '\n');
    return text;
}

static double number(const json_t *from, const char *path)
{
    ck_assert_msg(json_is_number(find(from, path)), "%s is no number", path);
    return json_number_value(find(from, path));
}

/* Whether some warning contains the words. */
static bool warns(const json_t *comparison, const char *words)
{
    size_t i;
    json_t *warning;

    json_array_foreach (json_object_get(comparison, "warnings"), i, warning) {
        if (strstr(json_string_value(warning), words))
            return true;
    }
    return false;
}

/* A run that was kept before there was a parameter, of a new lock for example, has nothing to say of it. */
START_TEST(a_parameter_that_one_run_does_not_know_tells_no_cells_apart)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68);
    json_auto_t *both = NULL, *stranger = NULL;
    json_t *cell;
    size_t i;

    json_array_foreach (find(candidate, "cells"), i, cell)
        json_object_set_new(json_object_get(cell, "params"), "spins", json_integer(100));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "cells")), 3);
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "slower");
    json_object_set_new(candidate, "experiment", json_string("fetch"));
    stranger = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(stranger, "cells")), 0);
    ck_assert_uint_eq(json_array_size(find(stranger, "only_baseline")), 3);
}
END_TEST

/* The same rule as for serial in a run. */
START_TEST(a_cell_that_failed_in_either_run_is_not_compared)
{
    static const char *const places[] = {"the baseline", "the candidate", "both runs"};

    for (int i = 0; i < 3; i++) {
        json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68);
        auto_free char *hint = text_printf("it failed in %s, so there is nothing to compare", places[i]);
        json_auto_t *both = NULL;

        if (i != 1)
            json_object_set_new(find(baseline, "cells.0"), "status", json_string("failed"));
        if (i != 0)
            json_object_set_new(find(candidate, "cells.0"), "status", json_string("failed"));
        both = compared(baseline, candidate);
        ck_assert_uint_eq(json_array_size(find(both, "cells")), 3);
        ck_assert(json_is_null(find(both, "cells.0.ratio")));
        ck_assert(json_is_null(find(both, "cells.0.interval")));
        ck_assert_str_eq(find_text(both, "cells.0.verdict"), "cannot tell");
        ck_assert_str_eq(find_text(both, "cells.0.hint"), hint);
        ck_assert_str_eq(find_text(both, "summary"),
            "Of 3 cells that both have, the candidate was faster in 1, slower in 0, the same in 1; 1 failed, "
            "so there is nothing to compare.");
        ck_assert_str_eq(find_text(both, "cells.1.verdict"), "same");
        ck_assert_str_eq(find_text(both, "cells.2.verdict"), "faster");
    }
}
END_TEST

START_TEST(each_cell_is_held_against_its_partner)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68);
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_uint_eq(json_array_size(find(both, "cells")), 3);
    ck_assert_str_eq(find_text(both, "cells.0.mode"), "serial");
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "slower");
    ck_assert_double_eq(number(both, "cells.0.ratio"), 1.989); /* 543 / 273 = 1.98901... */
    ck_assert_double_lt(number(both, "cells.0.interval.0"), 1.989);
    ck_assert_double_gt(number(both, "cells.0.interval.1"), 1.989);
    ck_assert_str_eq(find_text(both, "cells.0.finding"), "the candidate is slower");
    ck_assert_str_eq(find_text(both, "cells.0.title"), "");
    ck_assert_str_eq(find_text(both, "common"), "2 tasks, lock gil, 2 CPUs");
    ck_assert_str_eq(find_text(both, "cells.1.verdict"), "same");
    ck_assert_str_eq(find_text(both, "cells.1.finding"), "the same");
    ck_assert_double_eq(number(both, "cells.1.ratio"), 1);
    ck_assert_str_eq(find_text(both, "cells.2.verdict"), "faster");
    ck_assert_double_eq(number(both, "cells.2.ratio"), 0.5108); /* 71 / 139 = 0.510791... */
    ck_assert_str_eq(find_text(both, "cells.2.finding"), "the candidate is faster");
    ck_assert_ptr_null(find(both, "cells.2.hint"));
    ck_assert_int_eq(find_integer(both, "cells.2.params.n"), 1000000000);
    ck_assert_int_eq(find_integer(both, "cells.2.baseline.median"), 139000000);
    ck_assert_int_eq(find_integer(both, "cells.2.candidate.median"), 71000000);
    ck_assert_ptr_null(find(both, "cells.2.candidate.samples"));
    ck_assert_uint_eq(json_array_size(find(both, "only_baseline")), 0);
    ck_assert_uint_eq(json_array_size(find(both, "only_candidate")), 0);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 0);
    ck_assert_str_eq(find_text(both, "summary"),
        "Of 3 cells that both have, the candidate was faster in 1, slower in 1, the same in 1.");
}
END_TEST

START_TEST(the_runs_are_left_as_they_were)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68);
    json_auto_t *before = json_deep_copy(baseline), *later = json_deep_copy(candidate);
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_ptr_nonnull(both);
    for (const char *const *name = format_names(FORMAT_ANSWER); *name; name++)
        free(format(baseline, candidate, format_of_name(*name)));
    ck_assert(json_equal(baseline, before));
    ck_assert(json_equal(candidate, later));
}
END_TEST

START_TEST(the_same_runs_give_the_same_intervals)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 271, 280, 130);
    json_auto_t *first = compared(baseline, candidate), *second = compared(baseline, candidate);

    ck_assert(json_equal(first, second));
}
END_TEST

START_TEST(heads_say_which_runs)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136),
                *candidate = json_pack("{s:i, s:[]}", "id", 7, "label");
    json_auto_t *both = NULL;

    json_object_set_new(baseline, "label", json_string("before"));
    both = compared(baseline, candidate);
    ck_assert_str_eq(find_text(both, "baseline.id"), "A");
    ck_assert_str_eq(find_text(both, "baseline.experiment"), "countdown");
    ck_assert_str_eq(find_text(both, "baseline.label"), "before");
    ck_assert_str_eq(find_text(both, "baseline.created_at"), "2017-10-27T08:00:00.123Z");
    ck_assert_str_eq(find_text(both, "baseline.status"), "done");
    ck_assert(json_is_null(find(both, "candidate.id")));
    ck_assert(json_is_null(find(both, "candidate.label")));
}
END_TEST

START_TEST(cells_match_whatever_their_order_and_stay_in_that_of_the_baseline)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;
    json_t *cells = find(candidate, "cells");

    json_array_append(cells, json_array_get(cells, 0));
    json_array_remove(cells, 0);
    both = compared(baseline, candidate);
    ck_assert_str_eq(find_text(both, "cells.0.mode"), "serial");
    ck_assert_str_eq(find_text(both, "cells.1.mode"), "threads");
    ck_assert_str_eq(find_text(both, "cells.2.mode"), "processes");
    ck_assert_int_eq(find_integer(both, "cells.0.candidate.median"), 273000000);
}
END_TEST

START_TEST(the_order_of_parameters_does_not_matter)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;
    json_t *params = find(candidate, "cells.1.params");

    json_object_del(params, "switch_interval_us");
    json_object_set_new(params, "switch_interval_us", json_integer(5000));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "cells")), 3);
}
END_TEST

START_TEST(every_part_of_what_a_cell_is_must_match)
{
    static const struct {
        const char *name, *other;
    } parts[] = {{"runtime", "\"other\""}, {"mode", "\"other\""}, {"lock", "\"other\""}, {"tasks", "77"},
        {"cpus", "77"}, {"params", "{\"n\": 77}"}};

    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
        json_auto_t *both = NULL, *other = json_loads(parts[i].other, JSON_DECODE_ANY, NULL);

        json_object_set(find(candidate, "cells.1"), parts[i].name, other);
        both = compared(baseline, candidate);
        ck_assert_msg(json_array_size(find(both, "cells")) == 2, "%s", parts[i].name);
        ck_assert_str_eq(find_text(both, "only_baseline.0.mode"), "threads");
        ck_assert(json_equal(json_object_get(find(both, "only_candidate.0"), parts[i].name), other));
        ck_assert_ptr_null(find(both, "only_baseline.0.wall_ns"));
        ck_assert_int_eq(
            strlen(find_text(both, "only_candidate.0.title")) > 0, strcmp(parts[i].name, "mode") != 0);
        ck_assert_str_eq(find_text(both, "summary"),
            "Of 2 cells that both have, the candidate was faster in 0, slower in 0, the same in 2. 1 cell is "
            "only in the baseline, 1 only in the candidate.");
    }
}
END_TEST

START_TEST(cells_that_are_there_twice_pair_in_their_order)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68);
    json_auto_t *both = NULL;
    json_t *again = json_deep_copy(find(baseline, "cells.0"));

    json_array_append_new(find(baseline, "cells"), again);
    json_array_append(find(baseline, "cells"), again);
    again = json_deep_copy(find(candidate, "cells.0"));
    json_object_set_new(json_object_get(again, "wall_ns"), "median", json_integer(7));
    json_array_append_new(find(candidate, "cells"), again);
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "cells")), 4);
    ck_assert_int_eq(find_integer(both, "cells.0.candidate.median"), 543000000);
    ck_assert_int_eq(find_integer(both, "cells.3.candidate.median"), 7);
    ck_assert_uint_eq(json_array_size(find(both, "only_baseline")), 1);
    ck_assert_str_eq(find_text(both, "only_baseline.0.mode"), "serial");
    ck_assert_uint_eq(json_array_size(find(both, "only_candidate")), 0);
}
END_TEST

START_TEST(few_repetitions_cannot_tell_and_say_how_many_it_takes)
{
    json_auto_t *baseline = run_with_samples("A", "[1000, 1000, 1000, 1000, 1000, 1000, 1000]");
    json_auto_t *candidate = run_with_samples("B", "[3000, 3000, 3000]");
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_double_eq(number(both, "cells.0.ratio"), 3);
    ck_assert(json_is_null(find(both, "cells.0.interval")));
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "cannot tell");
    ck_assert_str_eq(find_text(both, "cells.0.hint"),
        "all were slower, but 3 good repetitions are too few for an interval, which needs 6; try repeat=7");
    ck_assert_str_eq(find_text(both, "cells.0.finding"),
        "cannot tell: all were slower, but 3 good repetitions are too "
        "few for an interval, which needs 6; try repeat=7");
    ck_assert_str_eq(find_text(both, "summary"),
        "In the one cell that both have, the repetitions cannot tell which was faster.");
}
END_TEST

START_TEST(scattered_repetitions_cannot_tell_and_say_what_would_help)
{
    json_auto_t *baseline = run_with_samples("A", "[1000, 1100, 1200, 1300, 1400, 1500, 1600]");
    json_auto_t *candidate = run_with_samples("B", "[1020, 1120, 1230, 1350, 1420, 1540, 1630]");
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "cannot tell");
    ck_assert_uint_eq(json_array_size(find(both, "cells.0.interval")), 2);
    ck_assert_ptr_eq(
        strstr(find_text(both, "cells.0.hint"), "the ratio is between "), find_text(both, "cells.0.hint"));
}
END_TEST

START_TEST(what_is_no_time_is_no_sample)
{
    json_auto_t *baseline =
        run_with_samples("A", "[0, -5, 1000, null, \"9\", 1000, 1000, [], 1000, 1000, 1.5, 1000, {}]");
    json_auto_t *candidate = run_with_samples(
        "B", "[9223372036854775807, 2000, 2000, 2000, 2000, 1000000000000000001, 2000, 2000, 1e300, true]");
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_double_eq(number(both, "cells.0.ratio"), 2);
    ck_assert_double_eq(number(both, "cells.0.interval.0"), 2);
    ck_assert_double_eq(number(both, "cells.0.interval.1"), 2);
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "slower");
}
END_TEST

START_TEST(the_largest_and_the_smallest_time_have_a_ratio)
{
    json_auto_t *baseline = run_with_samples("A", "[1, 1, 1, 1, 1, 1]"), *both = NULL;
    json_auto_t *candidate = run_with_samples("B",
        "[1000000000000000000, 1000000000000000000, 1000000000000000000, 1000000000000000000, "
        "1000000000000000000, 1000000000000000000]");

    both = compared(baseline, candidate);
    ck_assert_double_eq(number(both, "cells.0.ratio"), 1e18);
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "slower");
    json_decref(both);
    both = compared(candidate, baseline);
    ck_assert_double_eq(number(both, "cells.0.ratio"), 1e-18);
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "faster");
}
END_TEST

START_TEST(without_samples_the_medians_give_a_ratio_but_no_verdict)
{
    json_auto_t *baseline = run_with_samples("A", "null"), *candidate = run_with_samples("B", "{}");
    json_auto_t *both = NULL;

    json_object_set_new(find(baseline, "cells.0.wall_ns"), "median", json_integer(300));
    json_object_set_new(find(candidate, "cells.0.wall_ns"), "median", json_integer(200));
    both = compared(baseline, candidate);
    ck_assert_double_eq(number(both, "cells.0.ratio"), 0.6667);
    ck_assert(json_is_null(find(both, "cells.0.interval")));
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "cannot tell");
}
END_TEST

START_TEST(without_a_time_there_is_no_ratio)
{
    static const char *const medians[] = {"0", "-1", "null", "\"x\"", "1e300", "[]", "9223372036854775807"};

    for (size_t i = 0; i < ARRAY_LENGTH(medians); i++) {
        json_auto_t *baseline = run_with_samples("A", "[]"), *candidate = run_with_samples("B", "[1, 2]");
        json_auto_t *both = NULL;

        json_object_set_new(
            find(baseline, "cells.0.wall_ns"), "median", json_loads(medians[i], JSON_DECODE_ANY, NULL));
        both = compared(baseline, candidate);
        ck_assert_msg(json_is_null(find(both, "cells.0.ratio")), "%s", medians[i]);
        ck_assert_str_eq(find_text(both, "cells.0.verdict"), "cannot tell");
        ck_assert_ptr_nonnull(strstr(find_text(both, "cells.0.hint"), "0 good repetitions"));
    }
}
END_TEST

/* Sets n in all cells, and whether it was chosen by measuring. */
static void set_n(json_t *run, json_int_t n, bool sized)
{
    json_t *cell;
    size_t i;

    json_array_foreach (find(run, "cells"), i, cell)
        json_object_set_new(json_object_get(cell, "params"), "n", json_integer(n));
    json_object_set_new(find(run, "request"), "sized", sized ? json_pack("[s]", "n") : json_array());
}

START_TEST(a_measured_n_that_differs_is_named_once)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    set_n(baseline, 50000000, true);
    set_n(candidate, 20000000, true);
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "cells")), 0);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"),
        "n was chosen by measuring: 50000000 in the baseline, 20000000 in the candidate; ask for the same n");
    ck_assert_str_eq(find_text(both, "summary"), "The two runs have no cell in common, so nothing can be "
                                                 "compared. 3 cells are only in the baseline, 3 "
                                                 "only in the candidate.");
}
END_TEST

START_TEST(an_n_measured_on_one_side_is_named_with_its_side)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL, *reverse = NULL, *asked = NULL;

    set_n(baseline, 50000000, true);
    set_n(candidate, 20000000, false);
    both = compared(baseline, candidate);
    ck_assert_str_eq(find_text(both, "warnings.0"),
        "n of the baseline was chosen by measuring: 50000000 in the baseline, 20000000 in the candidate; ask "
        "for the same n");
    reverse = compared(candidate, baseline);
    ck_assert(warns(reverse, "n of the candidate was chosen by measuring: 20000000 in the baseline, 5"));
    set_n(baseline, 50000000, false);
    asked = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(asked, "warnings")), 0);
}
END_TEST

START_TEST(a_measured_n_does_not_explain_what_differs_in_more)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;
    json_t *cell;
    size_t i;

    set_n(baseline, 50000000, true);
    set_n(candidate, 20000000, true);
    json_array_foreach (find(candidate, "cells"), i, cell)
        json_object_set_new(cell, "tasks", json_integer(4));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 0);
}
END_TEST

START_TEST(warnings_name_what_differs_between_the_hosts)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;
    json_t *host = find(candidate, "host");

    json_object_set_new(find(baseline, "host"), "cpu_quota", json_null());
    json_object_set_new(find(baseline, "host"), "load1", json_real(3));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 0);
    json_object_set_new(host, "cpu_model", json_string("B CPU"));
    json_object_set_new(host, "cpus_usable", json_integer(1));
    json_object_set_new(host, "cpu_quota", json_real(1.3));
    json_object_del(host, "kernel");
    json_decref(both);
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"),
        "the hosts differ: cpu_model (A CPU in the baseline, B CPU in the candidate), cpus_usable (2 in the "
        "baseline, 1 in the candidate), cpu_quota (none in the baseline, 1.3 in the candidate), kernel "
        "(6.18.0 in the baseline, unknown in the candidate)");
}
END_TEST

START_TEST(a_host_that_is_not_known_is_a_warning)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    json_object_set_new(candidate, "host", json_null());
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"), "the host of the candidate is not known");
}
END_TEST

START_TEST(noise_is_a_warning_with_its_reasons)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    json_object_set_new(find(candidate, "host"), "noisy", json_true());
    json_object_set_new(
        find(candidate, "host"), "noise_reasons", json_pack("[s, i, n, s]", "this", 1, "that"));
    json_object_set_new(find(baseline, "host"), "noise_reasons", json_pack("[s]", "but not noisy"));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"), "the machine was noisy during the candidate: this; that");
}
END_TEST

START_TEST(a_run_that_is_not_done_is_a_warning)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    json_object_set_new(baseline, "status", json_string("timeout"));
    json_object_set_new(baseline, "reason", json_string("it took more than 5 s"));
    json_object_del(candidate, "status");
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 2);
    ck_assert_str_eq(find_text(both, "warnings.0"),
        "the baseline is not done, its status is timeout: it took more than 5 s");
    ck_assert_str_eq(find_text(both, "warnings.1"), "the candidate is not done, its status is unknown");
}
END_TEST

START_TEST(cells_that_are_not_done_are_a_warning)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    json_object_set_new(find(candidate, "cells.1"), "status", json_string("failed"));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"), "1 of 3 cells of the candidate is not done");
}
END_TEST

/* A run that got error pages looks faster than one that got pages. */
START_TEST(answers_that_were_no_pages_are_a_warning)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    json_object_set_new(baseline, "experiment", json_string("fetch"));
    json_object_set_new(candidate, "experiment", json_string("fetch"));
    json_object_set_new(
        find(candidate, "cells.1"), "metrics", json_pack("{s:{s:i, s:i}}", "responses", "200", 4, "503", 1));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"), "in the candidate 1 of 5 answers was 503");
}
END_TEST

START_TEST(different_experiments_are_a_warning)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 270, 275, 136);
    json_auto_t *both = NULL;

    json_object_set_new(candidate, "experiment", json_string("fetch"));
    both = compared(baseline, candidate);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert_str_eq(find_text(both, "warnings.0"),
        "the experiments differ: countdown in the baseline, fetch in the candidate");
}
END_TEST

START_TEST(a_run_compared_with_itself_is_a_warning)
{
    json_auto_t *run = run_of("A", 270, 275, 136), *again = json_deep_copy(run), *both = NULL;

    both = compared(run, again);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 1);
    ck_assert(warns(both, "a run is compared with itself"));
    json_object_del(run, "id");
    json_decref(both);
    both = compared(run, run);
    ck_assert(warns(both, "a run is compared with itself"));
    ck_assert_double_eq(number(both, "cells.1.ratio"), 1);
}
END_TEST

/* One of each verdict, a cell on each side that the other has not, and a machine that differs. */
static json_t *make_baseline(void)
{
    json_t *run = run_of("A", 270, 275, 136);

    json_object_set_new(run, "label", json_string("before"));
    json_object_set_new(find(run, "cells.1"), "tasks", json_integer(3));
    return run;
}

static json_t *make_candidate(void)
{
    json_t *run = run_of("B", 540, 275, 68);

    json_array_clear(find(run, "cells.2.wall_ns.samples"));
    json_object_set_new(find(run, "host"), "kernel", json_string("7.0"));
    return run;
}

static const char small_table[] =
    "comparison  runtime=c  lock=gil  cpus=2  switch_interval_us=5,000  n=1,000,000,000\n"
    "baseline: A, countdown, before, 2017-10-27T08:00:00.123Z, done\n"
    "candidate: B, countdown, 2017-10-27T08:00:00.123Z, done\n"
    "\n"
    "Of 2 cells that both have, the candidate was faster in 0, slower in 1, the same in 0; in 1 the\n"
    "repetitions cannot tell. 1 cell is only in the baseline, 1 only in the candidate.\n"
    "\n"
    "mode       tasks  baseline  candidate  ratio    interval  verdict\n"
    "---------  -----  --------  ---------  -----  ----------  --------------\n"
    "serial         2    273 ms     543 ms   1.99  1.97..2.01  slower\n"
    "processes      2    139 ms    71.0 ms   0.51           -  cannot tell\n"
    "threads        3         -          -      -           -  only baseline\n"
    "threads        2         -          -      -           -  only candidate\n"
    "\n"
    "ratio: the candidate's time over the baseline's; the verdict is same if its whole interval is within\n"
    "  5 % of 1, else faster or slower if all of it is below or above 1, else cannot tell\n"
    "\n"
    "processes tasks=2: cannot tell, 0 good repetitions are too few for an interval, which needs 6; try\n"
    "  repeat=7\n"
    "\n"
    "Take the comparison with care:\n"
    "the hosts differ: kernel (6.18.0 in the baseline, 7.0 in the candidate)\n";

START_TEST(the_table_of_a_comparison)
{
    json_auto_t *baseline = make_baseline(), *candidate = make_candidate();
    auto_free char *text = format(baseline, candidate, RESULT_FORMAT_TABLE);

    ck_assert_str_eq(text, small_table);
}
END_TEST

START_TEST(markdown_is_the_same_table)
{
    json_auto_t *baseline = make_baseline(), *candidate = make_candidate();
    auto_free char *text = format(baseline, candidate, RESULT_FORMAT_MARKDOWN);

    ck_assert_msg(strncmp(text, "**comparison** `runtime=c` ", 27) == 0, "%s", text);
    ck_assert_msg(strstr(text, "\n\nbaseline: A, countdown, before, "), "%s", text);
    ck_assert_msg(
        strstr(
            text, "\n| serial    |     2 |   273 ms |    543 ms |  1.99 | 1.97..2.01 | slower         |\n"),
        "%s", text);
    ck_assert_msg(strstr(text, "\n\n- the hosts differ: kernel "), "%s", text);
}
END_TEST

START_TEST(json_reads_back_and_has_a_line_for_each_field)
{
    json_auto_t *baseline = make_baseline(), *candidate = make_candidate();
    json_auto_t *both = compared(baseline, candidate), *again = NULL;
    auto_free char *text = format(baseline, candidate, RESULT_FORMAT_JSON);

    again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert(json_equal(both, again));
    ck_assert_ptr_eq(strstr(text, "{\n  \"baseline\": {\"id\": \"A\", \"experiment\": "), text);
    ck_assert_ptr_nonnull(strstr(text, "\n    \"ratio\": 1.989,\n"));
}
END_TEST

START_TEST(csv_has_a_row_for_each_cell_of_either_run)
{
    json_auto_t *baseline = make_baseline(), *candidate = make_candidate();
    static const char closing[] =
        ",true,,0.4,,,,7,2017-10-27T08:00:00.123Z,2017-10-27T08:00:00.123Z,,,,,before,,\"the hosts "
        "differ: "
        "kernel (6.18.0 in the baseline, 7.0 in the candidate); the machine was noisy during the candidate\"";
    auto_free char *text = NULL, *expected = NULL;

    json_object_set_new(find(baseline, "cells.0.params"), "verdict", json_string("=1+1"));
    json_object_set_new(find(candidate, "cells.0.params"), "verdict", json_string("=1+1"));
    json_object_set_new(find(candidate, "host"), "noisy", json_true());
    json_object_set_new(find(candidate, "host"), "foreign_cpu", json_real(0.4));
    json_object_set_new(find(candidate, "host"), "throttled_ns", json_integer(7));
    text = format(baseline, candidate, RESULT_FORMAT_CSV);
    expected = text_printf(
        "baseline_id,candidate_id,baseline_experiment,candidate_experiment,cell,runtime,mode,lock,tasks,cpus,"
        "switch_interval_us,n,param_verdict,found_in,baseline_median_ns,baseline_low_ns,baseline_high_ns,"
        "candidate_median_ns,candidate_low_ns,candidate_high_ns,ratio,ratio_low,ratio_high,verdict,hint,"
        "baseline_noisy,candidate_noisy,baseline_foreign_cpu,candidate_foreign_cpu,baseline_steal,candidate_"
        "steal,"
        "baseline_throttled_ns,candidate_throttled_ns,baseline_created_at,candidate_created_at,model_ratio,"
        "model_low,model_high,model_verdict,baseline_"
        "label,"
        "candidate_label,warnings\r\n"
        "A,B,countdown,countdown,0,c,serial,gil,2,2,5000,1000000000,\"'=1+1\",both,273000000,270000000,"
        "276000000,543000000,540000000,546000000,1.989,1.971,2.007,slower,,%s\r\n"
        "A,B,countdown,countdown,1,c,processes,gil,2,2,5000,1000000000,,both,139000000,136000000,142000000,"
        "71000000,68000000,74000000,0.5108,,,cannot tell,\"0 good repetitions are too few for an interval, "
        "which needs "
        "6; try repeat=7\",%s\r\n"
        "A,B,countdown,countdown,2,c,threads,gil,3,2,5000,1000000000,,baseline,,,,,,,,,,,,%s\r\n"
        "A,B,countdown,countdown,3,c,threads,gil,2,2,5000,1000000000,,candidate,,,,,,,,,,,,%s\r\n",
        closing, closing, closing, closing);
    ck_assert_str_eq(text, expected);
}
END_TEST

/* The time of such a run is what was asked for: no verdict rests on it. */
START_TEST(runs_of_a_given_time_are_not_compared_by_it)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68), *both = NULL;
    json_t *about = json_pack("{s:s, s:s, s:s, s:b}", "figure", "metrics.turns_per_tick", "head", "turns",
        "words", "a tick had {} turns", "fixed_time", 1);
    auto_free char *text = NULL;

    json_object_set_new(baseline, "about", about);
    json_object_set(candidate, "about", about);
    json_object_set_new(find(candidate, "cells.1.metrics"), "turns_per_tick", json_integer(7));
    both = compared(baseline, candidate);
    for (size_t i = 0; i < 3; i++) {
        const json_t *cell = json_array_get(json_object_get(both, "cells"), i);

        ck_assert(json_is_null(json_object_get(cell, "ratio")));
        ck_assert_str_eq(find_text(cell, "verdict"), "cannot tell");
        ck_assert_str_eq(find_text(cell, "hint"), "its time was given, and is no measure");
    }
    ck_assert_str_eq(find_text(both, "summary"), "Such a run goes on for a given time, so the 3 cells that "
                                                 "both have cannot be compared by time; look at the "
                                                 "figures.");
    text = format(baseline, candidate, RESULT_FORMAT_TABLE);
    ck_assert_msg(strstr(text, "\nmode       baseline: turns  candidate: turns  verdict\n"), "%s", text);
    ck_assert_msg(strstr(text, "\nthreads                 20                 7  cannot tell\n"), "%s", text);
    ck_assert(json_is_true(find(both, "about.fixed_time")));
    ck_assert_int_eq(find_integer(both, "cells.1.figures.candidate"), 7);
}
END_TEST

START_TEST(what_runs_are_about_beside_their_time_is_shown_and_not_judged)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68), *both = NULL;
    json_auto_t *other = NULL;
    json_t *about = json_pack("{s:s, s:s, s:s, s:b}", "figure", "metrics.lost_updates", "head", "off by",
        "words", "the counter was off by {}", "fixed_time", 0);
    auto_free char *text = NULL;

    json_object_set_new(baseline, "about", about);
    json_object_set_new(candidate, "about", json_deep_copy(about));
    json_object_set_new(find(candidate, "cells.1.metrics"), "lost_updates", json_integer(7));
    both = compared(baseline, candidate);
    ck_assert_str_eq(find_text(both, "about.head"), "off by");
    ck_assert(json_is_false(find(both, "about.fixed_time")));
    ck_assert_str_eq(find_text(both, "cells.0.verdict"), "slower");
    ck_assert(json_is_null(find(both, "cells.1.figures.baseline")));
    ck_assert_int_eq(find_integer(both, "cells.1.figures.candidate"), 7);
    ck_assert_str_eq(find_text(both, "summary"),
        "Of 3 cells that both have, the candidate was faster in 1, slower in 1, the same in 1. That is of "
        "wall "
        "times alone; what such a run is about (off by) stands beside them for each, and is not judged.");
    text = format(baseline, candidate, RESULT_FORMAT_MARKDOWN);
    ck_assert_msg(strstr(text, "candidate: off by"), "%s", text);
    json_object_set_new(json_object_get(candidate, "about"), "figure", json_string("metrics.other"));
    other = compared(baseline, candidate);
    ck_assert(json_is_null(find(other, "about")) && json_is_null(find(other, "cells.1.figures")));
}
END_TEST

/* One that was stored before runs said what they are about has still its request. */
START_TEST(an_old_run_of_a_given_time_is_not_compared_by_it_either)
{
    json_auto_t *baseline = run_of("A", 270, 275, 136), *candidate = run_of("B", 540, 275, 68), *both = NULL;

    json_object_del(baseline, "about");
    json_object_del(candidate, "about");
    json_object_set_new(find(baseline, "request"), "duration_ms", json_integer(100));
    both = compared(baseline, candidate);
    ck_assert(json_is_null(find(both, "cells.0.ratio")));
    ck_assert_str_eq(find_text(both, "cells.0.hint"), "its time was given, and is no measure");
}
END_TEST

static void assert_narrow(const char *table)
{
    auto_free char *text = strdup(table);

    for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        ck_assert_msg(plain_width(line) <= 100, "%s", line);
        for (const char *at = line; *at; at++)
            ck_assert_msg((unsigned char)*at >= 0x20, "control character %d", *at);
    }
}

/* Text that is long, steers a terminal and is markup, wherever a run has text. */
static json_t *make_evil_run(const char *id)
{
    json_t *run = run_of(id, 270, 275, 136), *cell;
    char evil[600];
    size_t i;

    memset(evil, 'x', sizeof(evil));
    evil[sizeof(evil) - 1] = '\0';
    memcpy(evil, "\033[31m=<b>|`*\r\n", 15);
    memcpy(evil + 16, id, 1);
    json_array_foreach (find(run, "cells"), i, cell) {
        json_object_set_new(cell, "runtime", json_string(evil));
        json_object_set_new(json_object_get(cell, "params"), evil, json_string(evil));
        for (int k = 0; k < 30; k++) {
            auto_free char *name = text_printf("%d%s", k, i == 0 ? "" : evil);

            json_object_set_new(json_object_get(cell, "params"), name, json_integer((json_int_t)i));
        }
    }
    json_object_set_new(run, "label", json_string(evil));
    json_object_set_new(run, "status", json_string(evil));
    json_object_set_new(run, "reason", json_string(evil));
    json_object_set_new(run, "experiment", json_string(evil));
    json_object_set_new(find(run, "host"), "kernel", json_string(evil));
    json_object_set_new(find(run, "host"), "noisy", json_true());
    json_object_set_new(find(run, "host"), "noise_reasons", json_pack("[s, s]", evil, evil));
    return run;
}

/* Within code nothing acts as markup. */
static void erase_code(char *markdown)
{
    bool is_code = false;

    for (char *at = markdown; *at; at++) {
        if (*at == '`' && (at == markdown || at[-1] != '\\'))
            is_code = !is_code;
        else if (is_code && *at == '<')
            *at = '.';
    }
    ck_assert(!is_code);
}

START_TEST(a_table_is_narrow_and_harmless_whatever_it_is_made_of)
{
    json_auto_t *baseline = make_evil_run("A"), *candidate = make_evil_run("B");
    auto_free char *text = format(baseline, candidate, RESULT_FORMAT_TABLE);
    auto_free char *other = format(baseline, baseline, RESULT_FORMAT_TABLE);
    auto_free char *markdown = format(baseline, candidate, RESULT_FORMAT_MARKDOWN);

    assert_narrow(text);
    assert_narrow(other);
    ck_assert_ptr_nonnull(strstr(other, " more parameters in JSON and CSV)\n"));
    erase_code(markdown);
    ck_assert_ptr_null(strstr(markdown, "<b>"));
    ck_assert_ptr_null(strchr(markdown, '\033'));
}
END_TEST

/* What an archive may hold, or somebody may have written by hand. */
static const char *const strange_runs[] = {
    "null",
    "1",
    "\"x\"",
    "[]",
    "{}",
    "{\"cells\": null}",
    "{\"cells\": {}}",
    "{\"cells\": []}",
    "{\"cells\": [null, 1, \"x\", [], true]}",
    "{\"cells\": [{}]}",
    "{\"cells\": [{}, {}, {}]}",
    "{\"cells\": [{\"params\": 1, \"wall_ns\": 7}, {\"params\": {\"\": null}, \"wall_ns\": []}]}",
    "{\"cells\": [{\"mode\": {\"a\": [1, {}]}, \"runtime\": [], \"tasks\": \"2\", \"cpus\": -1e300}]}",
    "{\"cells\": [{\"wall_ns\": {\"median\": -9223372036854775808, \"samples\": [1, 2, 3, 4, 5, 6]}}]}",
    "{\"cells\": [{\"wall_ns\": {\"median\": 1e300, \"interval\": 3, \"samples\": {\"a\": 1}}, \"status\": "
    "1}]}",
    "{\"cells\": [{\"wall_ns\": {\"median\": 0, \"interval\": [[], {}], \"samples\": [0, 0, 0, 0, 0, 0, "
    "0]}}]}",
    "{\"cells\": [{\"ratio\": 5, \"verdict\": [], \"found_in\": 1, \"hint\": {}, \"reason\": 1, "
    "\"baseline\": 2}]}",
    "{\"id\": [], \"status\": {}, \"reason\": 3, \"experiment\": 1, \"label\": false, \"host\": 1}",
    "{\"request\": [], \"host\": {\"noisy\": true, \"noise_reasons\": 4, \"kernel\": [{}], \"cpu_quota\": "
    "\"\"}}",
    "{\"request\": {\"sized\": [1, null, \"n\", \"n\", \"\"]}, \"cells\": [{\"params\": {\"n\": []}}]}",
    "{\"request\": {\"sized\": {\"n\": 1}}, \"cells\": [{\"params\": {\"n\": 1}}]}",
    "{\"request\": {\"sized\": [\"n\", \"m\"]}, \"cells\": [{\"params\": {\"n\": 1, \"m\": {}}}, "
    "{\"params\": 1}]}",
    "{\"host\": {\"noisy\": true, \"noise_reasons\": [1, null, {}]}}",
};

#define N_STRANGE ARRAY_LENGTH(strange_runs)

START_TEST(strange_runs_are_compared_all_the_same)
{
    for (size_t i = 0; i < N_STRANGE * N_STRANGE; i++) {
        json_auto_t *baseline = json_loads(strange_runs[i / N_STRANGE], JSON_DECODE_ANY, NULL);
        json_auto_t *candidate = json_loads(strange_runs[i % N_STRANGE], JSON_DECODE_ANY, NULL);
        json_auto_t *both = NULL;

        ck_assert_msg(
            baseline && candidate, "%s %s", strange_runs[i / N_STRANGE], strange_runs[i % N_STRANGE]);
        both = compared(baseline, candidate);
        ck_assert_uint_eq(json_object_size(both), 10);
        for (const char *const *name = format_names(FORMAT_ANSWER); *name; name++) {
            auto_free char *text = format(baseline, candidate, format_of_name(*name));

            if (strcmp(*name, "table") == 0)
                assert_narrow(text);
        }
    }
}
END_TEST

START_TEST(a_missing_run_has_no_cells)
{
    json_auto_t *run = run_of("A", 270, 275, 136), *both = compared(NULL, run);

    ck_assert_uint_eq(json_array_size(find(both, "only_candidate")), 3);
    ck_assert_str_eq(find_text(both, "summary"), "The two runs have no cell in common, so nothing can be "
                                                 "compared. 3 cells are only in the candidate.");
}
END_TEST

/* Cells that differ in n: first, first + 1 and so on. */
static json_t *run_of_many(const char *id, int n_cells, int first, bool sized)
{
    json_t *run = run_of(id, 270, 275, 136), *cells = find(run, "cells");
    json_auto_t *model = json_deep_copy(json_array_get(cells, 0));

    json_array_clear(cells);
    for (int i = 0; i < n_cells; i++) {
        json_t *cell = json_deep_copy(model);

        json_object_set_new(json_object_get(cell, "params"), "n", json_integer(first + i));
        json_array_append_new(cells, cell);
    }
    json_object_set_new(find(run, "request"), "sized", sized ? json_pack("[s]", "n") : json_array());
    return run;
}

START_TEST(thousands_of_cells_find_their_partners)
{
    json_auto_t *baseline = run_of_many("A", 3000, 0, false), *candidate = run_of_many("B", 3000, 10, false);
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_uint_eq(json_array_size(find(both, "cells")), 2990);
    ck_assert_uint_eq(json_array_size(find(both, "only_baseline")), 10);
    ck_assert_uint_eq(json_array_size(find(both, "only_candidate")), 10);
    ck_assert_int_eq(find_integer(both, "cells.0.params.n"), 10);
    ck_assert_int_eq(find_integer(both, "only_candidate.9.params.n"), 3009);
    for (const char *const *name = format_names(FORMAT_ANSWER); *name; name++)
        free(format(baseline, candidate, format_of_name(*name)));
}
END_TEST

START_TEST(many_measured_values_do_not_make_many_warnings)
{
    json_auto_t *baseline = run_of_many("A", 3000, 0, true), *candidate = run_of_many("B", 3000, 3000, true);
    json_auto_t *both = compared(baseline, candidate);

    ck_assert_uint_eq(json_array_size(find(both, "cells")), 0);
    ck_assert_uint_eq(json_array_size(find(both, "warnings")), 9);
    ck_assert_str_eq(find_text(both, "warnings.8"), "2992 more values that were chosen by measuring differ");
}
END_TEST

RUN_TESTS("results-compare", 60, answers_that_were_no_pages_are_a_warning,
    a_parameter_that_one_run_does_not_know_tells_no_cells_apart,
    a_cell_that_failed_in_either_run_is_not_compared, each_cell_is_held_against_its_partner,
    the_runs_are_left_as_they_were, the_same_runs_give_the_same_intervals, heads_say_which_runs,
    cells_match_whatever_their_order_and_stay_in_that_of_the_baseline,
    the_order_of_parameters_does_not_matter, every_part_of_what_a_cell_is_must_match,
    cells_that_are_there_twice_pair_in_their_order, few_repetitions_cannot_tell_and_say_how_many_it_takes,
    scattered_repetitions_cannot_tell_and_say_what_would_help, what_is_no_time_is_no_sample,
    the_largest_and_the_smallest_time_have_a_ratio, without_samples_the_medians_give_a_ratio_but_no_verdict,
    without_a_time_there_is_no_ratio, a_measured_n_that_differs_is_named_once,
    an_n_measured_on_one_side_is_named_with_its_side, a_measured_n_does_not_explain_what_differs_in_more,
    warnings_name_what_differs_between_the_hosts, a_host_that_is_not_known_is_a_warning,
    noise_is_a_warning_with_its_reasons, a_run_that_is_not_done_is_a_warning,
    cells_that_are_not_done_are_a_warning, different_experiments_are_a_warning,
    a_run_compared_with_itself_is_a_warning, the_table_of_a_comparison, markdown_is_the_same_table,
    json_reads_back_and_has_a_line_for_each_field, csv_has_a_row_for_each_cell_of_either_run,
    runs_of_a_given_time_are_not_compared_by_it,
    what_runs_are_about_beside_their_time_is_shown_and_not_judged,
    an_old_run_of_a_given_time_is_not_compared_by_it_either,
    a_table_is_narrow_and_harmless_whatever_it_is_made_of, strange_runs_are_compared_all_the_same,
    a_missing_run_has_no_cells, thousands_of_cells_find_their_partners,
    many_measured_values_do_not_make_many_warnings)
