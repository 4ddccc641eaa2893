/* One cell of a run as JSON: what was asked, whether it went well, the figures, and the details of the one
 * repetition that stands for all. */
#include "results/cell-json.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/time-json.h"

static json_t *stats_json(const int64_t *values, const Stats *stats)
{
    json_t *samples = json_array(), *object = time_json(&(ResultTime){
                                        .median = stats->median,
                                        .min = stats->min,
                                        .max = stats->max,
                                        .mad = stats->mad,
                                        .low = stats->has_interval ? stats->low : RESULT_UNKNOWN,
                                        .high = stats->has_interval ? stats->high : RESULT_UNKNOWN,
                                        .level = stats->has_interval ? stats->level : NAN,
                                    });

    for (size_t i = 0; i < stats->n; i++)
        json_array_append_new(samples, json_integer(values[i]));
    json_object_set_new(object, "samples", samples);
    return object;
}

static json_t *relative_json(Figures *figures, size_t i)
{
    auto_free char *hint = NULL;
    ResultRelative relative;
    json_t *object;
    Ratio ratio;

    if (!figures_ratio(figures, i, &ratio))
        return json_null();
    relative = relative_from_ratio(&ratio, &hint);
    object = json_pack("{s:I}", "to", (json_int_t)figures[i].serial);
    relative_json_set(object, &relative);
    return object;
}

/* "2 of 7 repetitions and 1 of 1 warm-ups failed: REASON" */
static char *failure_reason(const CollectedCell *cell)
{
    auto_free char *repetitions = text_printf("%zu of %zu repetition%s", cell->n_failed_repetitions,
        cell->n_repetitions, cell->n_repetitions == 1 ? "" : "s");
    auto_free char *warmups = text_printf(
        "%zu of %zu warm-up%s", cell->n_failed_warmups, cell->n_warmups, cell->n_warmups == 1 ? "" : "s");

    if (cell->n_failed_warmups == 0)
        return text_printf("%s failed: %s", repetitions, cell->first_reason);
    if (cell->n_failed_repetitions == 0)
        return text_printf("%s failed: %s", warmups, cell->first_reason);
    return text_printf("%s and %s failed: %s", repetitions, warmups, cell->first_reason);
}

/* Returns the status of a cell, given the run's, and sets *ret_reason (owned by the caller, or NULL). */
static const char *cell_status(const Results *results, const CollectedCell *cell, const char *run_status,
    const char *run_reason, char **ret_reason)
{
    size_t came = cell->n_repetitions;

    *ret_reason = NULL;
    if (cell->first_reason) {
        *ret_reason = failure_reason(cell);
        return "failed";
    }
    if (came == results->repeat)
        return "done";
    if (strcmp(run_status, "queued") == 0 || strcmp(run_status, "running") == 0)
        return came + cell->n_warmups > 0 ? "running" : "queued";
    if (strcmp(run_status, "done") == 0 || (strcmp(run_status, "failed") == 0 && !run_reason)) {
        *ret_reason = text_printf("the runtime gave %zu of %zu repetitions", came, results->repeat);
        return "failed";
    }
    if (strcmp(run_status, "failed") == 0)
        *ret_reason =
            text_printf("ended after %zu of %zu repetitions: %s", came, results->repeat, run_reason);
    else if (came > 0)
        *ret_reason = text_printf("ended after %zu of %zu repetitions", came, results->repeat);
    return run_status;
}

static void set_or_null(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value ? json_incref(value) : json_null());
}

static void set_details(json_t *object, const CollectedCell *collected, const Figures *figures, bool full)
{
    json_auto_t *event = figures->median ? sample_event(figures->median) : NULL;
    json_t *rows = json_object_get(event, "per_task");
    json_t *omitted = json_object_get(event, "per_task_omitted");

    set_or_null(object, "context_switches", json_object_get(event, "context_switches"));
    set_or_null(object, "memory", collected->memory);
    set_or_null(object, "lock_stats", json_object_get(event, "lock_stats"));
    json_object_set_new(object, "per_task", json_is_array(rows) ? json_incref(rows) : json_array());
    json_object_set_new(object, "per_task_omitted", json_integer(json_integer_value(omitted)));
    set_or_null(object, "completion_order", json_object_get(event, "completion_order"));
    set_or_null(object, "metrics", json_object_get(event, "metrics"));
    if (collected->spans)
        json_object_set_new(
            object, "timeline", full ? spans_json(collected->spans) : spans_counts(collected->spans));
    else if (full)
        json_object_set_new(object, "timeline", json_null());
}

json_t *cell_json(
    const Results *results, Figures *figures, size_t i, const char *run_status, const char *run_reason)
{
    static const char *const from_plan[] = {"runtime", "mode", "lock", "tasks", "cpus", "params"};
    const Figures *cell = &figures[i];
    int64_t ideal = figures_ideal(figures, i);
    auto_free char *reason = NULL;
    const char *status = cell_status(results, &results->collected[i], run_status, run_reason, &reason);
    json_t *object = json_object();

    for (size_t k = 0; k < sizeof(from_plan) / sizeof(from_plan[0]); k++)
        set_or_null(object, from_plan[k], json_object_get(cell->plan, from_plan[k]));
    json_object_set_new(object, "status", json_string(status));
    if (reason)
        json_object_set_new(object, "reason", json_string(reason));
    for (SampleTime t = 0; t < N_SAMPLE_TIMES; t++) {
        json_object_set_new(object, sample_time_name(t),
            cell->n > 0 ? stats_json(cell->times[t], &cell->stats[t]) : json_null());
    }
    json_object_set_new(object, "ideal_ns", ideal < 0 ? json_null() : json_integer(ideal));
    json_object_set_new(object, "relative", relative_json(figures, i));
    set_details(object, &results->collected[i], cell, results->full);
    return object;
}
