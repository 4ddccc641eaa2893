/* One cell of a run as JSON: what was asked, whether it went well, the figures, and the details of the one
 * repetition that stands for all.
 *
 * Keys are set in the order of the documentation, which is the order that a reader sees. A figure that is
 * missing is null and not left out, so that a program finds the same fields however the run ended. */
#include "results/cell-json.h"

#include <math.h>

#include "base/cleanup.h"
#include "results/advice.h"
#include "results/beside.h"
#include "results/crowd.h"
#include "results/scaling.h"
#include "results/time-json.h"
#include "results/totals.h"

/* The samples are listed in the order in which they were made: a drift over the repetitions can be seen.
 * Statistics need them sorted, and sort a copy. */
static json_t *cell_stats_json(const int64_t *values, const Stats *stats)
{
    json_t *samples = json_array(), *object = time_json(&(ResultTime){
                                        .median = stats->median,
                                        .min = stats->min,
                                        .max = stats->max,
                                        .mad = stats->n < ENOUGH_FOR_SPREAD ? RESULT_UNKNOWN : stats->mad,
                                        .low = stats->has_interval ? stats->low : RESULT_UNKNOWN,
                                        .high = stats->has_interval ? stats->high : RESULT_UNKNOWN,
                                        .level = stats->has_interval ? stats->level : NAN,
                                        .n = stats->n,
                                    });

    for (size_t i = 0; i < stats->n; i++)
        json_array_append_new(samples, json_integer(values[i]));
    json_object_set_new(object, "samples", samples);
    return object;
}

/* A baseline cell is compared, too, with itself: a reader of the JSON finds the same fields in all cells, and
 * a stored run tells which cell the baseline is without any catalog (result_is_baseline()). */
static json_t *cell_relative_json(const Results *results, Figures *figures, size_t i)
{
    auto_free char *hint = NULL, *advice = NULL;
    ResultRelative relative;
    json_t *object;
    Ratio ratio;

    if (!figures_ratio(figures, i, &ratio))
        return json_null();
    if (verdict_make(&ratio) == VERDICT_CANNOT_TELL)
        advice = advice_of_run(results, figures, i, &ratio);
    relative = relative_from_ratio(&ratio, advice, &hint);
    object = json_pack("{s:I}", "to", (json_int_t)figures[i].baseline);
    relative_json_set(object, &relative);
    return object;
}

/* What is empty or unknown in the struct is null in the JSON; results/cell.c turns it back when it reads. */
static json_t *cell_text_json(const char *text)
{
    return *text ? json_string(text) : json_null();
}

static json_t *cell_number_json(int64_t number)
{
    return number == RESULT_UNKNOWN ? json_null() : json_integer(number);
}

static json_t *cell_share_or_null(const json_t *value)
{
    return value ? json_incref((json_t *)value) : json_null();
}

json_t *identity_json(const ResultCell *cell)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "runtime", cell_text_json(cell->runtime), "mode",
        cell_text_json(cell->mode), "lock", cell_text_json(cell->lock), "tasks",
        cell_number_json(cell->tasks), "cpus", cell_number_json(cell->cpus), "params",
        cell_share_or_null(cell->params));
}

/* Spans are counted here and not when they come, because this is made off the server's loop. */
static void cell_set_crowds(json_t *object, const CollectedCell *collected)
{
    auto_words Words words = {0};
    ResultCell cell = collected->asked;
    double fine_ns = collected->spec.runtime->timeline_ns;

    cell.inside = crowd_of_spans(collected->spans, SPANS_RUN, fine_ns);
    cell.outside = crowd_of_spans(collected->spans, SPANS_OUTSIDE, fine_ns);
    cell.inside.text = crowd_words(&words, &cell);
    json_object_set_new(object, "inside", crowd_json(&cell.inside));
    json_object_set_new(object, "outside", crowd_json(&cell.outside));
}

/* Whether a repetition came that does not count: of a round that was broken off. */
static bool cell_has_more(const Results *results, const CollectedCell *collected)
{
    const Sample *samples = collected_repetitions(results, collected);
    size_t n = collected->n_places - results->warmup;

    for (size_t i = results->limit; i < n; i++) {
        if (samples[i].status == SAMPLE_GOOD)
            return true;
    }
    return false;
}

/* What is summed over the repetitions that count, a new reference or NULL. The sums are made as samples come,
 * before anybody knows which round is the last: where one came that does not count, they are made anew.
 * Otherwise a server that refused a request in a round that was broken off would be doubted for a request of
 * which the answer has no figures. */
static json_t *cell_totals(const Results *results, const CollectedCell *collected)
{
    const Sample *samples = collected_repetitions(results, collected);
    size_t n = collected_count(results, collected);
    json_t *totals = NULL;

    if (!collected->totals || !cell_has_more(results, collected))
        return json_incref(collected->totals);
    for (size_t i = 0; i < n; i++) {
        json_auto_t *event = samples[i].status == SAMPLE_GOOD ? sample_event(&samples[i]) : NULL;

        totals_add(&totals, collected->spec.experiment, json_object_get(event, "metrics"));
    }
    return totals;
}

/* Fields of the event of the repetition that stands for all, but for the memory, which any has, and for what
 * the experiment wants summed over all of them. They come from one repetition because they belong together:
 * an average of lock counters from one and of task rows from another would describe a run that never
 * happened. The event is unpacked only here, since it may be kept as text. */
static void cell_set_details(
    json_t *object, const Results *results, const CollectedCell *collected, const Figures *figures)
{
    json_auto_t *totals = cell_totals(results, collected);
    json_auto_t *event = figures->median ? sample_event(figures->median) : NULL;
    json_t *switches = NULL, *lock = NULL, *rows = NULL, *omitted = NULL, *order = NULL, *metrics = NULL;

    json_unpack(event, "{s?o, s?o, s?o, s?o, s?o, s?o}", "context_switches", &switches, "lock_stats", &lock,
        "per_task", &rows, "per_task_omitted", &omitted, "completion_order", &order, "metrics", &metrics);
    json_object_set_new(object, "context_switches", cell_share_or_null(switches));
    json_object_set_new(object, "memory", cell_share_or_null(collected->memory));
    json_object_set_new(object, "lock_stats", cell_share_or_null(lock));
    json_object_set_new(object, "per_task", json_is_array(rows) ? json_incref(rows) : json_array());
    json_object_set_new(object, "per_task_omitted", json_integer(json_integer_value(omitted)));
    json_object_set_new(object, "completion_order", cell_share_or_null(order));
    json_object_set_new(
        object, "metrics", json_is_object(metrics) ? totals_apply(metrics, totals) : json_null());
    cell_set_crowds(object, collected);
    if (collected->spans)
        json_object_set_new(object, "timeline",
            results->full ? spans_json(collected->spans) : spans_counts(collected->spans));
    else if (results->full)
        json_object_set_new(object, "timeline", json_null());
}

json_t *cell_json(const Results *results, Figures *figures, size_t i)
{
    const CollectedCell *collected = &results->collected[i];
    const Figures *cell = &figures[i];
    int64_t ideal = figures_ideal(figures, i);
    json_auto_t *model = beside_json(figures, results->n_cells, i);
    json_t *object = identity_json(&collected->asked);

    json_object_set_new(object, "status", json_string(result_status_name(cell->status)));
    if (cell->reason)
        json_object_set_new(object, "reason", json_string(cell->reason));
    for (SampleTime t = 0; t < N_SAMPLE_TIMES; t++) {
        json_object_set_new(object, sample_time_name(t),
            cell->times[t] ? cell_stats_json(cell->times[t], &cell->stats[t]) : json_null());
    }
    json_object_set_new(object, "ideal_ns", ideal < 0 ? json_null() : json_integer(ideal));
    json_object_set_new(object, "relative", cell_relative_json(results, figures, i));
    json_object_set_new(object, "scaling", scaling_json(results, figures, i));
    if (model)
        json_object_set(object, "model", model);
    cell_set_details(object, results, collected, cell);
    return object;
}
