/* Runs read into structs: what was made here, and what an archive may hold. */
#include "results/cell.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* Reads a run and lets go of its JSON, which the run keeps for itself. */
static ResultRun read_run(json_t *json)
{
    ResultRun run;

    ck_assert_ptr_nonnull(json);
    result_run_read(json, &run);
    json_decref(json);
    return run;
}

static ResultRun read_text(const char *text)
{
    return read_run(json_loads(text, JSON_DECODE_ANY, NULL));
}

START_TEST(a_run_says_what_was_asked_and_how_it_went)
{
    auto_result_run ResultRun run = read_run(make_good_run());

    ck_assert_str_eq(run.id, "01KAN5V2M3Z5T0W4QH8R6XJ7CE");
    ck_assert_str_eq(run.experiment, "countdown");
    ck_assert_int_eq(run.status, RESULT_DONE);
    ck_assert_str_eq(result_status_name(run.status), "done");
    ck_assert_ptr_null(run.reason);
    ck_assert_ptr_null(run.label);
    ck_assert_int_eq(run.duration_ns, 5610000000);
    ck_assert_int_eq(run.repeat, 7);
    ck_assert_int_eq(run.warmup, 1);
    ck_assert(run.host.is_known);
    ck_assert_str_eq(run.host.cpu_model, "A CPU");
    ck_assert_int_eq(run.host.cpus_usable, 2);
    ck_assert(isnan(run.host.cpu_quota));
    ck_assert(!run.host.has_noise && !run.host.is_noisy);
}
END_TEST

START_TEST(a_cell_has_its_figures)
{
    auto_result_run ResultRun run = read_run(make_good_run());
    const ResultCell *threads = run.cells.at[1];
    int64_t samples[3];
    double metric = 0;

    ck_assert_uint_eq(run.cells.n, 3);
    ck_assert_uint_eq(threads->index, 1);
    ck_assert_str_eq(threads->runtime, "c");
    ck_assert_str_eq(threads->mode, "threads");
    ck_assert_str_eq(threads->lock, "gil");
    ck_assert_int_eq(threads->tasks, 2);
    ck_assert_int_eq(threads->cpus, 2);
    ck_assert_int_eq(threads->status, RESULT_DONE);
    ck_assert_int_eq(threads->wall.median, 278000000);
    ck_assert_int_eq(threads->wall.low, 275000000);
    ck_assert_int_eq(threads->wall.high, 281000000);
    ck_assert_double_eq_tol(threads->wall.level, 0.984, 1e-9);
    ck_assert_uint_eq(threads->wall.n, 7);
    ck_assert_uint_eq(result_time_samples(&threads->wall, samples, 3), 3);
    ck_assert_int_eq(samples[0], 279000000);
    ck_assert_int_eq(threads->create.median, 41000);
    ck_assert_int_eq(threads->ideal_ns, 273000000);
    ck_assert_int_eq(threads->switches.involuntary, 3);
    ck_assert_int_eq(threads->lock_stats.acquires, 110);
    ck_assert_int_eq(threads->lock_stats.handoffs, RESULT_UNKNOWN);
    ck_assert_int_eq(threads->memory.peak_rss_bytes, RESULT_UNKNOWN);
    ck_assert(result_metric(threads, "turns_per_tick", &metric));
    ck_assert_double_eq(metric, 20);
}
END_TEST

START_TEST(a_cell_knows_what_it_is_compared_with)
{
    auto_result_run ResultRun run = read_run(make_good_run());
    const ResultRelative *processes = &run.cells.at[2]->relative;

    ck_assert(result_is_baseline(run.cells.at[0]));
    ck_assert(!result_is_baseline(run.cells.at[1]));
    ck_assert(processes->is_known);
    ck_assert_int_eq(processes->to, 0);
    ck_assert_double_eq_tol(processes->ratio, 0.51, 0.005);
    ck_assert_double_le(processes->low, processes->ratio);
    ck_assert_double_ge(processes->high, processes->ratio);
    ck_assert_int_eq(processes->verdict, VERDICT_FASTER);
    ck_assert_ptr_null(processes->hint);
}
END_TEST

START_TEST(parameters_are_read_by_name)
{
    auto_result_run ResultRun run = read_text("{\"cells\": [{\"params\": {\"n\": 5, \"via\": \"pipe\"}}]}");
    const ResultCell *cell = run.cells.at[0];

    ck_assert_double_eq(result_param_number(cell, "n"), 5);
    ck_assert_double_eq(result_param_number(cell, "via"), 0);
    ck_assert_str_eq(result_param_text(cell, "via"), "pipe");
    ck_assert_str_eq(result_param_text(cell, "n"), "");
    ck_assert_str_eq(result_param_text(cell, "none"), "");
    ck_assert_ptr_null(result_param(cell, "none"));
}
END_TEST

/* Each of these once made, or might make, a reader look at what is not there. */
START_TEST(what_is_strange_is_unknown)
{
    static const char *const cells[] = {
        "{}",
        "{\"runtime\": 1, \"mode\": null, \"lock\": [], \"tasks\": \"2\", \"cpus\": -1, \"params\": 7}",
        "{\"wall_ns\": 3, \"cpu_ns\": [], \"relative\": 7, \"metrics\": [], \"status\": \"exploded\"}",
        "{\"wall_ns\": {\"median\": -5, \"interval\": [null, 1], \"samples\": {}, \"level\": \"x\"}}",
        "{\"wall_ns\": {\"median\": 1e300, \"interval\": [], \"samples\": null}, \"lock_stats\": \"x\"}",
        "{\"tasks\": 9223372036854775807, \"ideal_ns\": null, \"timeline\": {\"reason\": 5}, \"reason\": 1}",
    };

    for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
        json_auto_t *json = json_loads(cells[i], 0, NULL);
        double untouched = 1;
        ResultCell cell;

        ck_assert_msg(json != NULL, "%s", cells[i]);
        result_cell_read(json, 0, &cell);
        ck_assert_str_eq(cell.mode, "");
        ck_assert_int_eq(cell.tasks, RESULT_UNKNOWN);
        ck_assert_int_eq(cell.status, RESULT_STATUS_UNKNOWN);
        ck_assert_ptr_null(cell.reason);
        ck_assert_ptr_null(cell.timeline_reason);
        ck_assert_int_eq(cell.wall.median, RESULT_UNKNOWN);
        ck_assert_int_eq(cell.wall.low, RESULT_UNKNOWN);
        ck_assert_int_eq(cell.wall.high, RESULT_UNKNOWN);
        ck_assert(isnan(cell.wall.level));
        ck_assert_int_eq(cell.lock_stats.held_ns, RESULT_UNKNOWN);
        ck_assert_int_eq(cell.relative.verdict, VERDICT_NONE);
        ck_assert(!result_is_baseline(&cell));
        ck_assert_ptr_null(cell.params);
        ck_assert(!result_metric(&cell, "x", &untouched));
        ck_assert_double_eq(untouched, 1);
        ck_assert_ptr_null(result_metric_text(&cell, "x"));
    }
}
END_TEST

START_TEST(any_json_is_a_run_if_need_be_without_cells)
{
    static const char *const runs[] = {"null", "1", "[]", "{}", "{\"cells\": {}}", "{\"cells\": [1, null]}",
        "{\"id\": 1, \"status\": [], \"host\": 3, \"request\": []}"};

    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        auto_result_run ResultRun run = read_text(runs[i]);

        ck_assert_uint_eq(run.cells.n, 0);
        ck_assert_ptr_null(run.id);
        ck_assert_int_eq(run.status, RESULT_STATUS_UNKNOWN);
        ck_assert_int_eq(run.repeat, RESULT_UNKNOWN);
        ck_assert_uint_eq(run.sized.n, 0);
        ck_assert(!run.host.is_known);
        ck_assert_uint_eq(run.host.noise_reasons.n, 0);
    }
}
END_TEST

/* A cell that is left out keeps its place, or what others say of their baseline would be wrong. */
START_TEST(cells_keep_their_place)
{
    auto_result_run ResultRun run = read_text("{\"cells\": [7, {\"relative\": {\"to\": 1}}]}");

    ck_assert_uint_eq(run.cells.n, 1);
    ck_assert_uint_eq(run.cells.at[0]->index, 1);
    ck_assert(result_is_baseline(run.cells.at[0]));
}
END_TEST

START_TEST(lists_keep_their_texts_and_nothing_else)
{
    auto_result_run ResultRun run = read_text(
        "{\"request\": {\"sized\": [\"n\", 1, null]}, \"host\": {\"noise_reasons\": [{}, \"a\", \"b\"]}}");

    ck_assert_uint_eq(run.sized.n, 1);
    ck_assert_str_eq(run.sized.at[0], "n");
    ck_assert_uint_eq(run.host.noise_reasons.n, 2);
    ck_assert_str_eq(run.host.noise_reasons.at[1], "b");
}
END_TEST

RUN_TESTS("results-cell", 10, a_run_says_what_was_asked_and_how_it_went, a_cell_has_its_figures,
    a_cell_knows_what_it_is_compared_with, parameters_are_read_by_name, what_is_strange_is_unknown,
    any_json_is_a_run_if_need_be_without_cells, cells_keep_their_place,
    lists_keep_their_texts_and_nothing_else)
