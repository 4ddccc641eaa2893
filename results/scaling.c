/* Which cells are held against which, and what is said of it. A gain is the speed-up over the next smaller
 * number of tasks: what the knee is told from. */
#include "results/scaling.h"

#include <math.h>

#include "base/cleanup.h"
#include "results/advice.h"
#include "results/speedup.h"
#include "results/time-json.h"

/* A cell that has a baseline cell is held against that, and two comparisons of one time would be read as
 * one. */
static bool scaling_is_free(const Figures *figures)
{
    return figures_compares(figures) && figures->baseline == NO_CELL &&
           !figures->spec->experiment->fixed_time;
}

/* The cell with the most tasks from low up to high that is kin to cell i; NO_CELL if there is none. */
static size_t scaling_find(const Figures *figures, size_t n_cells, size_t i, int64_t low, int64_t high)
{
    size_t found = NO_CELL;

    for (size_t k = 0; k < n_cells; k++) {
        int64_t tasks = figures[k].spec->tasks;

        if (k == i || tasks < low || tasks > high || !scaling_is_free(&figures[k]) ||
            !speedup_is_kin(figures[k].spec, figures[i].spec))
            continue;
        if (found == NO_CELL || tasks > figures[found].spec->tasks)
            found = k;
    }
    return found;
}

static json_t *scaling_verdict_json(Verdict verdict)
{
    const char *name = verdict_name(verdict);

    return name ? json_string(name) : json_null();
}

/* The base is in the list as well, as once itself, so that a chart has its first point. */
static json_t *scaling_base_json(size_t i)
{
    return json_pack("{s:I, s:f, s:[f, f], s:f, s:s, s:n}", "to", (json_int_t)i, "speedup", 1.0, "interval",
        1.0, 1.0, "efficiency", 1.0, "verdict", verdict_name(VERDICT_SAME), "gain");
}

json_t *scaling_json(const Results *results, Figures *figures, size_t i)
{
    const size_t n_cells = results->n_cells;
    int64_t tasks = figures[i].spec->tasks;
    size_t base, before;
    auto_free char *hint = NULL, *advice = NULL;
    Ratio ratio, speedup, gain;
    ResultRelative shown;
    Verdict verdict;
    json_t *object;

    if (!scaling_is_free(&figures[i]))
        return json_null();
    if (tasks == 1)
        return scaling_find(figures, n_cells, i, 2, INT64_MAX) == NO_CELL ? json_null()
                                                                          : scaling_base_json(i);
    base = scaling_find(figures, n_cells, i, 1, 1);
    before = scaling_find(figures, n_cells, i, 1, tasks - 1);
    if (base == NO_CELL)
        return json_null();
    ratio = speedup_time_ratio(&figures[i], i, &figures[base], base);
    gain = speedup_time_ratio(&figures[i], i, &figures[before], before);
    speedup = speedup_of_time(&ratio);
    verdict = verdict_make(&ratio);
    if (verdict == VERDICT_CANNOT_TELL)
        advice = advice_of_run(results, figures, i, &ratio);
    shown = relative_from_ratio(&speedup, advice, &hint);
    object = json_pack("{s:I, s:f}", "to", (json_int_t)base, "speedup", shown.ratio);
    json_object_set_new(
        object, "interval", isnan(shown.low) ? json_null() : json_pack("[f, f]", shown.low, shown.high));
    json_object_set_new(object, "efficiency", json_real(round(speedup.value / (double)tasks * 1e4) / 1e4));
    json_object_set_new(object, "verdict", scaling_verdict_json(verdict));
    json_object_set_new(object, "gain", scaling_verdict_json(verdict_make(&gain)));
    if (hint && verdict == VERDICT_CANNOT_TELL)
        json_object_set_new(object, "hint", json_string(hint));
    return object;
}

static double scaling_real(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) > 0 ? json_number_value(value) : NAN;
}

/* What has no base or no speed-up is no scaling. */
void scaling_read(const json_t *json, ResultScaling *ret)
{
    const json_t *to = json_object_get(json, "to"), *interval = json_object_get(json, "interval");

    *ret = (ResultScaling){.to = RESULT_UNKNOWN, .speedup = NAN, .low = NAN, .high = NAN, .efficiency = NAN};
    if (!json_is_integer(to) || json_integer_value(to) < 0 ||
        isnan(scaling_real(json_object_get(json, "speedup"))))
        return;
    ret->is_known = true;
    ret->to = json_integer_value(to);
    ret->speedup = scaling_real(json_object_get(json, "speedup"));
    ret->low = scaling_real(json_array_get(interval, 0));
    ret->high = scaling_real(json_array_get(interval, 1));
    ret->efficiency = scaling_real(json_object_get(json, "efficiency"));
    ret->verdict = verdict_from_name(json_string_value(json_object_get(json, "verdict")));
    ret->gain = verdict_from_name(json_string_value(json_object_get(json, "gain")));
    ret->hint = json_string_value(json_object_get(json, "hint"));
}

bool scaling_is_base(const ResultCell *cell)
{
    return cell->scaling.is_known && cell->scaling.to == (int64_t)cell->index;
}

/* The next cell with more tasks than so many that is held against the base; NULL behind the last. */
static const ResultCell *scaling_next(const ResultCells *cells, const ResultCell *base, int64_t tasks)
{
    const ResultCell *next = NULL;

    for (size_t i = 0; i < cells->n; i++) {
        const ResultCell *cell = cells->at[i];

        if (cell->scaling.is_known && cell->scaling.to == (int64_t)base->index && cell->tasks > tasks &&
            (!next || cell->tasks < next->tasks))
            next = cell;
    }
    return next;
}

/* The figure stands beside its interval, or alone where the run is too short for one; then no verdict is
 * made of it either, and it is not told. */
static const char *scaling_times(Words *words, const ResultCell *cell)
{
    return words_printf(words, "%s do %s times the work of one in the same time (%s to %s)",
        words_count(words, cell->tasks, "task"), words_ratio(words, cell->scaling.speedup),
        words_ratio(words, cell->scaling.low), words_ratio(words, cell->scaling.high));
}

/* Up to where each step helped, then how it ended. Behind that nothing is said: a number that helps again
 * after one that does not is noise more often than not. */
const char *scaling_words(
    Words *words, const ResultCells *cells, const ResultCell *base, const ResultCell **ret_knee)
{
    const ResultCell *knee = NULL, *next = scaling_next(cells, base, 1);
    const char *than;

    while (next && next->scaling.gain == VERDICT_FASTER && next->scaling.verdict == VERDICT_FASTER) {
        knee = next;
        next = scaling_next(cells, base, knee->tasks);
    }
    *ret_knee = knee;
    if (!next)
        return knee ? scaling_times(words, knee) : "";
    than = knee ? words_integer(words, (double)next->tasks) : words_count(words, next->tasks, "task");
    if (next->scaling.gain == VERDICT_SAME || next->scaling.gain == VERDICT_SLOWER)
        than =
            words_printf(words, "%s do %s%s", than, next->scaling.gain == VERDICT_SAME ? "no more" : "less",
                knee ? "" : " than one in the same time");
    else
        than = words_printf(
            words, "whether %s do more%s cannot be told", than, knee ? "" : " than one in the same time");
    return words_join(words, knee ? scaling_times(words, knee) : "", ", and ", than);
}
