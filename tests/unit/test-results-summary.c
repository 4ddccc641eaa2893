/* What lists say of a run. */
#include "results/summary.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/run.h"

static const char times[] =
    "{\"status\": \"done\", \"queued_ns\": 5, \"duration_ns\": 7, \"host\": {\"noisy\": true}, \"cells\": ["
    "{\"mode\": \"serial\", \"wall_ns\": {\"median\": 400000000}, \"relative\": {\"to\": 0, \"ratio\": 1}},"
    "{\"mode\": \"threads\", \"wall_ns\": {\"median\": 792000000}, \"relative\": {\"to\": 0, \"ratio\": "
    "1.98}},"
    "{\"mode\": \"processes\", \"wall_ns\": {\"median\": 208000000}, \"relative\": {\"to\": 0, \"ratio\": "
    "0.52}}]}";

static const char lost[] =
    "{\"status\": \"failed\", \"reason\": \"why\", \"cells\": ["
    "{\"mode\": \"threads\", \"lock\": \"gil\", \"metrics\": {\"lost_updates\": 0}},"
    "{\"mode\": \"threads\", \"lock\": \"none\", \"metrics\": {\"lost_updates\": 1234}},"
    "{\"mode\": \"threads\", \"lock\": \"none\", \"metrics\": null}]}";

static json_t *summary_of(const char *text, const char *headline)
{
    json_auto_t *json = json_loads(text, 0, NULL);
    auto_result_run ResultRun run;

    ck_assert_ptr_nonnull(json);
    result_run_read(json, &run);
    return summary_make(&run, headline);
}

static const char *headline_of(const json_t *summary)
{
    const char *text = json_string_value(json_object_get(json_object_get(summary, "headline"), "text"));

    return text ? text : "";
}

START_TEST(a_run_about_time_tells_the_ratio_farthest_from_one)
{
    json_auto_t *summary = summary_of(times, NULL);

    ck_assert_str_eq(headline_of(summary), "threads took 1.98 times the serial time");
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "n_cells")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "duration_ns")), 7);
    ck_assert(json_is_true(json_object_get(summary, "noisy")));
    ck_assert_ptr_null(json_object_get(summary, "reason"));
}
END_TEST

START_TEST(a_run_about_a_figure_tells_the_largest)
{
    json_auto_t *summary = summary_of(lost, "metrics.lost_updates");

    ck_assert_str_eq(headline_of(summary), "threads lock=none: lost_updates 1,234");
    ck_assert_str_eq(json_string_value(json_object_get(summary, "reason")), "why");
    ck_assert(json_is_null(json_object_get(summary, "noisy")));
}
END_TEST

START_TEST(a_single_cell_tells_its_time)
{
    json_auto_t *summary =
        summary_of("{\"cells\": [{\"mode\": \"epoll\", \"wall_ns\": {\"median\": 2500000}}]}", NULL);

    ck_assert_str_eq(headline_of(summary), "epoll took 2.50 ms");
}
END_TEST

START_TEST(without_figures_there_is_no_headline)
{
    static const char *const runs[] = {"{}", "{\"cells\": []}", "{\"cells\": 7}", "{\"cells\": [{}]}",
        "{\"cells\": [{\"mode\": \"serial\", \"wall_ns\": null, \"metrics\": {\"lost_updates\": \"x\"}}]}"};

    for (size_t i = 0; i < 2 * ARRAY_LENGTH(runs); i++) {
        json_auto_t *summary = summary_of(runs[i / 2], i % 2 ? "metrics.lost_updates" : NULL);

        ck_assert(json_is_null(json_object_get(summary, "headline")));
    }
}
END_TEST

RUN_TESTS("results-summary", 10, a_run_about_time_tells_the_ratio_farthest_from_one,
    a_run_about_a_figure_tells_the_largest, a_single_cell_tells_its_time,
    without_figures_there_is_no_headline)
