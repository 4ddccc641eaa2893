/* What the fidelity table says of values that are known: the judgement, the recorded figures, and the reading
 * of a run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "fidelity/judge.h"
#include "fidelity/reading.h"
#include "fidelity/recorded.h"
#include "fidelity/report.h"
#include "tests/unit/run.h"

static const FidelityQuantity within_10 = {.name = "a ratio", .bound = {BOUND_PART, 0.10}};
static const FidelityQuantity twofold = {.name = "a count", .bound = {BOUND_FACTOR, 2}};
static const FidelityQuantity whether = {.name = "losses", .bound = {BOUND_WHETHER, 0}};
static const FidelityQuantity shown = {.name = "bytes", .bound = {BOUND_NONE, 0}};

/* Six rounds in which the real value is 2, and the model's quotient goes evenly from low to high. */
static FidelityRow judge_between(const FidelityQuantity *quantity, double low, double high)
{
    FidelityPair pairs[6];

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        pairs[i] = (FidelityPair){2, 2 * (low + (high - low) * (double)i / 5), true};
    return fidelity_judge(quantity, pairs, ARRAY_LENGTH(pairs), NULL);
}

START_TEST(a_bound_holds_misses_or_cannot_be_told)
{
    static const struct {
        const FidelityQuantity *quantity;
        double low, high;
        FidelityOutcome outcome;
    } cases[] = {
        {&within_10, 0.95, 1.05, FIDELITY_HOLDS},
        {&within_10, 0.91, 1.09, FIDELITY_HOLDS},
        {&within_10, 1.05, 1.20, FIDELITY_INCONCLUSIVE},
        {&within_10, 0.80, 0.95, FIDELITY_INCONCLUSIVE},
        {&within_10, 0.80, 1.20, FIDELITY_INCONCLUSIVE},
        {&within_10, 1.11, 1.20, FIDELITY_MISSES},
        {&within_10, 0.50, 0.89, FIDELITY_MISSES},
        {&twofold, 0.6, 1.9, FIDELITY_HOLDS},
        {&twofold, 1.9, 2.1, FIDELITY_INCONCLUSIVE},
        {&twofold, 2.1, 9, FIDELITY_MISSES},
        {&twofold, 0.1, 0.4, FIDELITY_MISSES},
        {&shown, 3, 9, FIDELITY_SHOWN},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        FidelityRow row = judge_between(cases[i].quantity, cases[i].low, cases[i].high);

        ck_assert_msg(row.outcome == cases[i].outcome, "case %zu: %s", i, fidelity_outcome_name(row.outcome));
        ck_assert_double_eq_tol(row.low, cases[i].low, 1e-6);
        ck_assert_double_eq_tol(row.high, cases[i].high, 1e-6);
        ck_assert_double_eq(row.real, 2);
        ck_assert_uint_eq(row.n_rounds, 6);
    }
}
END_TEST

START_TEST(fewer_rounds_than_an_interval_needs_say_nothing)
{
    const FidelityPair pairs[5] = {{1, 9, true}, {1, 9, true}, {1, 9, true}, {1, 9, true}, {1, 9, true}};
    FidelityRow row = fidelity_judge(&within_10, pairs, 5, NULL);

    ck_assert_int_eq(row.outcome, FIDELITY_INCONCLUSIVE);
    ck_assert(isnan(row.low));
    ck_assert_double_eq_tol(row.ratio, 9, 1e-6);
}
END_TEST

START_TEST(rounds_in_which_the_machine_changed_are_dropped)
{
    FidelityPair pairs[8];
    FidelityRow row;

    for (size_t i = 0; i < 8; i++)
        pairs[i] = (FidelityPair){1, i < 2 ? 7 : 1, i >= 2};
    row = fidelity_judge(&within_10, pairs, 8, NULL);
    ck_assert_int_eq(row.outcome, FIDELITY_HOLDS);
    ck_assert_uint_eq(row.n_dropped, 2);
    for (size_t i = 0; i < 8; i++)
        pairs[i].is_steady = false;
    row = fidelity_judge(&within_10, pairs, 8, NULL);
    ck_assert_int_eq(row.outcome, FIDELITY_INCONCLUSIVE);
    ck_assert_str_eq(row.reason, "the CPUs were not of one speed in any round");
    free(row.reason);
}
END_TEST

START_TEST(what_was_not_measured_says_why)
{
    const FidelityPair pairs[2] = {{NAN, 1, true}, {1, NAN, true}};
    FidelityRow row = fidelity_judge(&within_10, pairs, 2, strdup("python3: died"));

    ck_assert_int_eq(row.outcome, FIDELITY_NOT_MEASURED);
    ck_assert(isnan(row.ratio));
    ck_assert_str_eq(row.reason, "python3: died");
    free(row.reason);
}
END_TEST

START_TEST(a_lock_without_a_model_has_its_own_figures)
{
    const FidelityPair pairs[3] = {{1, NAN, true}, {3, NAN, false}, {2, NAN, true}},
                       none[1] = {{NAN, NAN, true}};
    FidelityRow row = fidelity_show(&within_10, pairs, 3, NULL);

    ck_assert_int_eq(row.outcome, FIDELITY_SHOWN);
    ck_assert_double_eq_tol(row.real, 2, 1e-6);
    ck_assert(isnan(row.ratio));
    ck_assert_uint_eq(row.n_rounds, 3);
    ck_assert_int_eq(fidelity_show(&within_10, none, 1, NULL).outcome, FIDELITY_NOT_MEASURED);
}
END_TEST

START_TEST(losses_are_compared_by_whether_there_are_any)
{
    const FidelityPair both[] = {{0, 0.2, true}, {0.3, 0, true}}, none[] = {{0, 0, true}, {0, 0, true}};
    const FidelityPair model_only[] = {{0, 0.2, true}, {0, 0, true}};

    ck_assert_int_eq(fidelity_judge(&whether, both, 2, NULL).outcome, FIDELITY_HOLDS);
    ck_assert_int_eq(fidelity_judge(&whether, none, 2, NULL).outcome, FIDELITY_HOLDS);
    ck_assert_int_eq(fidelity_judge(&whether, model_only, 2, NULL).outcome, FIDELITY_MISSES);
    ck_assert_double_eq(fidelity_judge(&whether, none, 2, NULL).real, 0);
}
END_TEST

static json_t *recorded_data(void)
{
    auto_free char *path = text_printf(
        "%s/tests/bench/reference/cpython.json", getenv("SOURCE_ROOT") ? getenv("SOURCE_ROOT") : ".");
    json_t *data = json_load_file(path, 0, NULL);

    ck_assert_ptr_nonnull(data);
    return data;
}

START_TEST(the_nearest_recorded_interpreter_is_taken)
{
    json_auto_t *data = recorded_data();

    ck_assert_str_eq(recorded_python(data, "cpython3", "3.11.2"), "311");
    ck_assert_str_eq(recorded_python(data, "cpython3", "3.13.0"), "313");
    ck_assert_str_eq(recorded_python(data, "cpython2", "2.7.18"), "27");
    ck_assert_str_eq(recorded_python(data, "free-threaded", "3.14.0"), "313t");
    ck_assert_ptr_null(recorded_python(data, "jython", "2.7.2"));
    ck_assert_ptr_null(recorded_python(data, NULL, NULL));
}
END_TEST

/* A row that names a record which does not exist would show nothing for ever. */
START_TEST(every_row_finds_its_recorded_figure)
{
    json_auto_t *data = recorded_data();
    const char *name;
    json_t *python;

    for (size_t i = 0; i < fidelity_n_quantities; i++) {
        const FidelityQuantity *quantity = &fidelity_quantities[i];
        bool any = !quantity->recorded.list;

        json_object_foreach (json_object_get(data, "pythons"), name, python)
            any = any || recorded_figure(data, name, &quantity->recorded) > 0;
        ck_assert_msg(any, "nothing is recorded of \"%s\"", quantity->name);
        ck_assert_uint_lt(quantity->measurement, fidelity_n_measurements);
    }
    ck_assert_double_eq_tol(
        recorded_figure(data, "311", &(FidelityRecorded){"slices", "cores=2 interval=0.005 k=2", "p50", 1e3}),
        5114043, 1);
    ck_assert(isnan(recorded_figure(data, "311", &(FidelityRecorded){"cpu", "cores=64", "x_once", 1})));
    ck_assert(isnan(recorded_figure(data, NULL, &(FidelityRecorded){"cpu", "cores=2", "x_once", 1})));
}
END_TEST

/* Three runtimes. The first did one task after the other with two tasks (99 to 130) and with four (196 to
 * 300), so one takes 49 at the least; it did so with another interval too, which is other work. Of three
 * repetitions those of the second took 80, 100, 101: one alone was as fast. The two tasks of the third had 54
 * of the CPUs' time each, where one alone took 49. */
static const char run_text[] =
    "{'id': 'x', 'experiment': 'countdown', 'status': 'done', 'request': {}, 'cells': ["
    "{'runtime': 'c', 'mode': 'serial', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 100, 'min': 99, 'max': 130, 'samples': [99, 100, 130]},"
    " 'relative': {'to': 0, 'ratio': 1.0, 'interval': null, 'verdict': 'same'}},"
    "{'runtime': 'c', 'mode': 'threads', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 1000000, 'min': 99, 'max': 101, 'samples': [99, 101]},"
    " 'cpu_ns': {'median': 130, 'min': 129, 'max': 131, 'samples': [129, 131]},"
    " 'per_task': [{'cpu_ns': 49}, {'cpu_ns': 50}],"
    " 'context_switches': {'voluntary': 7, 'involuntary': 0}, 'metrics': {'lost_updates': 5, 'expected': 20},"
    " 'relative': {'to': 0, 'ratio': 1.01, 'interval': null, 'verdict': 'same'},"
    " 'timeline': {'spans': [[0, 'run', 0, 900], [1, 'wait-lock', 10, 900], [1, 'run', 900, 1400], [0, "
    "'run', 1400, 1920],"
    " [1, 'run', 1920, 2440], [0, 'run', 2440, 2990], [1, 'run', 2990, 3000], [0, 'run', 3000, 3001]]}},"
    "{'runtime': 'c', 'mode': 'serial', 'lock': 'gil', 'tasks': 4, 'cpus': 1, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 197, 'min': 196, 'max': 300, 'samples': [300, 196, 197]},"
    " 'relative': {'to': 2, 'ratio': 1.0, 'interval': null, 'verdict': 'same'}},"
    "{'runtime': 'c', 'mode': 'serial', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 500},"
    " 'status': 'done', 'wall_ns': {'median': 10, 'min': 10, 'max': 10, 'samples': [10, 10]},"
    " 'relative': {'to': 3, 'ratio': 1.0, 'interval': null, 'verdict': 'same'}},"
    "{'runtime': 'real', 'mode': 'serial', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 100, 'min': 80, 'max': 101, 'samples': [80, 100, 101]},"
    " 'relative': {'to': 4, 'ratio': 1.0, 'interval': null, 'verdict': 'same'}},"
    "{'runtime': 'real', 'mode': 'threads', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 210, 'min': 209, 'max': 211, 'samples': [209, 211]},"
    " 'relative': {'to': 4, 'ratio': 2.1, 'interval': null, 'verdict': 'slower'}},"
    "{'runtime': 'slow', 'mode': 'serial', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 98, 'min': 98, 'max': 99, 'samples': [98, 98, 99]},"
    " 'relative': {'to': 6, 'ratio': 1.0, 'interval': null, 'verdict': 'same'}},"
    "{'runtime': 'slow', 'mode': 'threads', 'lock': 'gil', 'tasks': 2, 'cpus': 2, 'params': "
    "{'switch_interval_us': 5000},"
    " 'status': 'done', 'wall_ns': {'median': 99, 'min': 99, 'max': 99, 'samples': [99, 99]},"
    " 'create_alone_ns': {'median': 5, 'min': 5, 'max': 9, 'samples': [9, 5]},"
    " 'start_ns': {'median': 4, 'min': 3, 'max': 4, 'samples': [3, 4]},"
    " 'join_ns': {'median': 3, 'min': 2, 'max': 3, 'samples': [2, 3]},"
    " 'cpu_ns': {'median': 119, 'min': 118, 'max': 120, 'samples': [118, 120]},"
    " 'per_task': [{'cpu_ns': 52}, {'cpu_ns': null}, {'cpu_ns': 58}],"
    " 'relative': {'to': 6, 'ratio': 1.0, 'interval': null, 'verdict': 'same'}}]}";

static FidelityQuantity quantity_of(FidelityFigure figure, const char *mode, int64_t interval)
{
    return (FidelityQuantity){.mode = mode,
        .tasks = 2,
        .cpus = 2,
        .parameter = "switch_interval_us",
        .value = interval,
        .figure = figure};
}

static json_t *run_json(void)
{
    auto_free char *text = strdup(run_text);
    json_t *json;

    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

START_TEST(quantities_are_read_from_the_cell_that_they_name)
{
    static const struct {
        const char *runtime;
        FidelityFigure figure;
        double value;
        bool is_steady;
    } cases[] = {
        {"c", FIGURE_OVER_ONE, 99. / 49, true},
        {"c", FIGURE_OVER_ONE_APART, 99. / 49, true},
        {"slow", FIGURE_OVER_ONE_APART, 85. / 49, false},
        {"c", FIGURE_OVER_SERIAL, 1.01, true},
        {"c", FIGURE_WALL, 1000000, true},
        {"c", FIGURE_SWITCHES, 7000, true},
        {"c", FIGURE_PART_LOST, 0.25, true},
        {"real", FIGURE_OVER_ONE, 209. / 80 * 2, false},
        {"real", FIGURE_OVER_SERIAL, 2.1, false},
        {"real", FIGURE_WALL, 210, true},
        /* The spans between the first and the last of each task: 520, 520, 550; the median. */
        {"c", FIGURE_SLICE, 520, true},
    };
    json_auto_t *json = run_json();
    auto_result_run ResultRun run = {0};

    result_run_read(json, &run);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        FidelityQuantity quantity = quantity_of(cases[i].figure, "threads", 5000);
        auto_free char *reason = NULL;
        bool is_steady;

        ck_assert_double_eq_tol(reading_value(&run, &quantity, cases[i].runtime, "gil", &is_steady, &reason),
            cases[i].value, 1e-9);
        ck_assert_ptr_null(reason);
        ck_assert_int_eq(is_steady, cases[i].is_steady);
    }
}
END_TEST

/* An interpreter whose x += 1 is not whole beside a model whose is: the model's losses are those of its x +=
 * f(). A value that is in another run must be one that this run has. */
START_TEST(the_models_value_may_be_in_another_run)
{
    size_t n = 0;

    for (size_t i = 0; i < fidelity_n_quantities; i++) {
        const FidelityQuantity *quantity = &fidelity_quantities[i];
        const FidelityMeasurement *of_model = &fidelity_measurements[quantity->model_measurement];

        if (quantity->model_measurement == 0)
            continue;
        ck_assert_uint_lt(quantity->model_measurement, fidelity_n_measurements);
        ck_assert_str_eq(of_model->experiment, fidelity_measurements[quantity->measurement].experiment);
        ck_assert_int_eq(of_model->locks, FIDELITY_ANY_LOCK);
        n++;
    }
    ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(a_metric_that_is_null_keeps_its_reason)
{
    const FidelityQuantity quantity = {.mode = "threads",
        .tasks = 2,
        .cpus = 2,
        .figure = FIGURE_METRIC_NS,
        .path = "metrics.latency_p90_ns"};
    json_auto_t *json = json_pack("{s:s, s:[{s:s, s:s, s:s, s:s, s:i, s:i, s:{s:n, s:s}}]}", "experiment",
        "convoy", "cells", "runtime", "c", "mode", "threads", "lock", "gil", "status", "done", "tasks", 2,
        "cpus", 2, "metrics", "latency_p90_ns", "latency_p90_ns_reason", "9 requests are too few");
    auto_result_run ResultRun run = {0};
    auto_free char *reason = NULL;
    bool is_steady;

    ck_assert_ptr_nonnull(json);
    result_run_read(json, &run);
    ck_assert(isnan(reading_value(&run, &quantity, "c", "gil", &is_steady, &reason)));
    ck_assert_str_eq(reason, "c: 9 requests are too few");
}
END_TEST

START_TEST(what_a_run_lacks_has_a_reason)
{
    static const struct {
        const char *runtime, *mode, *reason;
        FidelityFigure figure;
        int64_t interval;
    } cases[] = {
        {"c", "threads", "c: the run does not have this cell", FIGURE_OVER_ONE, 500},
        {"c", "epoll", "c: the run does not have this cell", FIGURE_OVER_ONE, 5000},
        {"real", "threads", "real: the run does not have this figure", FIGURE_SLICE, 5000},
        {"real", "threads", "real: the run does not have this figure", FIGURE_SWITCHES, 5000},
    };
    json_auto_t *json = run_json();
    auto_result_run ResultRun run = {0};

    result_run_read(json, &run);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        FidelityQuantity quantity = quantity_of(cases[i].figure, cases[i].mode, cases[i].interval);
        auto_free char *reason = NULL;
        bool is_steady;

        ck_assert(isnan(reading_value(&run, &quantity, cases[i].runtime, "gil", &is_steady, &reason)));
        ck_assert_str_eq(reason, cases[i].reason);
    }
}
END_TEST

START_TEST(a_run_that_could_not_be_planned_gives_its_reason)
{
    json_auto_t *json = json_pack("{s:s}", "reason", "there is no place in the queue");
    auto_result_run ResultRun run = {0};
    FidelityQuantity quantity = quantity_of(FIGURE_OVER_ONE, "threads", 5000);
    auto_free char *reason = NULL;
    bool is_steady;

    result_run_read(json, &run);
    ck_assert(isnan(reading_value(&run, &quantity, "c", "gil", &is_steady, &reason)));
    ck_assert_str_eq(reason, "c: there is no place in the queue");
}
END_TEST

START_TEST(the_table_shows_what_was_judged)
{
    FidelityReport report = {
        .runtime = "python3", .version = "3.11.7", .about = "CPython 3.11.7", .lock = "gil", .model = "gil"};
    auto_free char *text = NULL;
    json_auto_t *json = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    report.rows = calloc(2, sizeof(FidelityRow));
    report.n_rows = 2;
    ck_assert_ptr_nonnull(report.rows);
    report.rows[0] = judge_between(&within_10, 0.95, 1.05);
    report.rows[1] = fidelity_judge(&twofold, NULL, 0, strdup("python3: died"));
    report.rows[0].recorded = 1.98;
    fidelity_print(&report, file);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "python3 (CPython 3.11.7), lock gil, beside the model of it, gil"));
    ck_assert_ptr_nonnull(strstr(text, "1.00 [0.95, 1.05]"));
    ck_assert_ptr_nonnull(strstr(text, "not measured: python3: died"));
    ck_assert_ptr_nonnull(strstr(text, "1 holds, 1 not measured\n"));
    json = fidelity_json(&report);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(json_object_get(json, "rows"), 0), "outcome")),
        "holds");
    ck_assert(json_is_null(json_object_get(json_array_get(json_object_get(json, "rows"), 1), "ratio")));
    fidelity_report_finish(&report);
}
END_TEST

/* 15 ns beside 0.3 ns: a turn of Python 2 is three ticks, so one of these is 50 / 3 turns of ours. */
START_TEST(the_table_says_how_long_a_tick_was)
{
    static const FidelityQuantity turn = {.name = "a turn", .figure = FIGURE_TURN, .bound = {BOUND_NONE, 0}};
    const FidelityPair pair = {15, 0.3, true};
    FidelityReport report = {
        .runtime = "py27", .lock = "gil-py2", .model = "gil-py2", .tick_turns = 28, .n_rows = 1};
    auto_free char *text = NULL;
    json_auto_t *with = NULL, *without = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    report.rows = calloc(1, sizeof(FidelityRow));
    ck_assert_ptr_nonnull(report.rows);
    report.rows[0] = fidelity_judge(&turn, &pair, 1, NULL);
    fidelity_print(&report, file);
    fclose(file);
    ck_assert_msg(strstr(text, "a turn    15 ns  0.3 ns"), "%s", text);
    ck_assert_msg(
        strstr(text, "A tick of this interpreter took as long as 16.7 turns of the engine's countdown; "
                     "lock.tick_turns is 28.\n"),
        "%s", text);
    with = fidelity_json(&report);
    ck_assert_double_eq_tol(
        json_number_value(json_object_get(json_object_get(with, "tick"), "turns")), 50.0 / 3, 1e-3);
    report.rows[0].quantity = &within_10;
    without = fidelity_json(&report);
    ck_assert(json_is_null(json_object_get(without, "tick")));
    fidelity_report_finish(&report);
}
END_TEST

RUN_TESTS("fidelity", 60, a_bound_holds_misses_or_cannot_be_told,
    fewer_rounds_than_an_interval_needs_say_nothing, rounds_in_which_the_machine_changed_are_dropped,
    what_was_not_measured_says_why, a_lock_without_a_model_has_its_own_figures,
    losses_are_compared_by_whether_there_are_any, the_nearest_recorded_interpreter_is_taken,
    every_row_finds_its_recorded_figure, quantities_are_read_from_the_cell_that_they_name,
    the_models_value_may_be_in_another_run, a_metric_that_is_null_keeps_its_reason,
    what_a_run_lacks_has_a_reason, a_run_that_could_not_be_planned_gives_its_reason,
    the_table_shows_what_was_judged, the_table_says_how_long_a_tick_was)
