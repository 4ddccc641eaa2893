/* Most quantities are a figure that a run has anyway, or a quotient of two. The one that is made here is the
 * length of a slice: the spans of the timeline say from when to when a task ran. The first and the last span
 * of a task are left out, as they were cut by the beginning and the end and not by the lock.
 *
 * Times of work are those of the fastest repetition. Whatever else a machine has to do can only make work
 * longer, so the fastest one was disturbed least, and where a neighbour comes and goes every few milliseconds
 * the medians of two cells say more about the neighbour than about the locks. For the same reason the time of
 * one task is the least that any cell of the run which did one after the other needed for each: 2 of them,
 * 3 or 4, on one CPU or two, are the same work. */
#include "fidelity/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/stats.h"

/* The machine has changed its speed if no other repetition of one task after the other came as near to the
 * fastest as this: that one alone may then have been made at a speed which the rest of the run never had. */
static const double most_unsteady = 1.10;

enum { MOST_SAMPLES = 64 };

static const ResultCell *find_cell(
    const ResultRun *run, const FidelityQuantity *quantity, const char *runtime, const char *lock)
{
    for (size_t i = 0; i < run->cells.n; i++) {
        const ResultCell *cell = run->cells.at[i];

        if (strcmp(cell->runtime, runtime) == 0 && strcmp(cell->lock, lock) == 0 &&
            strcmp(cell->mode, quantity->mode) == 0 && cell->tasks == quantity->tasks &&
            cell->cpus == quantity->cpus &&
            (!quantity->parameter ||
                result_param_number(cell, quantity->parameter) == (double)quantity->value))
            return cell;
    }
    return NULL;
}

/* Borrowed. The spans are no part of a ResultCell, since only a timeline needs them. */
static const json_t *spans_of(const ResultRun *run, const ResultCell *cell)
{
    const json_t *json = json_array_get(json_object_get(run->json, "cells"), cell->index);

    return json_object_get(json_object_get(json, "timeline"), "spans");
}

/* A span in which a task ran, of the task's own spans in their order. */
typedef struct Ran {
    int64_t task, length;
} Ran;

static size_t runs_of(const json_t *spans, Ran *ret)
{
    size_t n = 0, i;
    json_t *span;

    json_array_foreach (spans, i, span) {
        const char *kind = json_string_value(json_array_get(span, 1));

        if (kind && strcmp(kind, "run") == 0)
            ret[n++] = (Ran){json_integer_value(json_array_get(span, 0)),
                json_integer_value(json_array_get(span, 3)) - json_integer_value(json_array_get(span, 2))};
    }
    return n;
}

static bool is_of_task(const Ran *ran, size_t from, size_t to, int64_t task)
{
    for (size_t i = from; i < to; i++)
        if (ran[i].task == task)
            return true;
    return false;
}

/* Spans are in the order in which they began. */
static double slice_of(const json_t *spans)
{
    size_t n = json_array_size(spans), n_inner = 0;
    auto_free Ran *ran = calloc(n + 1, sizeof(*ran));
    auto_free int64_t *lengths = calloc(n + 1, sizeof(*lengths));
    Stats stats;

    if (!ran || !lengths)
        return NAN;
    n = runs_of(spans, ran);
    for (size_t i = 0; i < n; i++)
        if (is_of_task(ran, 0, i, ran[i].task) && is_of_task(ran, i + 1, n, ran[i].task))
            lengths[n_inner++] = ran[i].length;
    if (n_inner == 0)
        return NAN;
    stats_describe(lengths, n_inner, &stats);
    return (double)stats.median;
}

static double figure_at(const ResultCell *cell, const char *path)
{
    json_auto_t *figure = result_figure(cell, path);

    return figure ? json_number_value(figure) : NAN;
}

/* What one task takes, in ns: the two least times. INFINITY: there is none. */
typedef struct OneTask {
    double fastest, next;
} OneTask;

static void add_time(OneTask *one, double time)
{
    if (time < one->fastest) {
        one->next = one->fastest;
        one->fastest = time;
    } else if (time < one->next) {
        one->next = time;
    }
}

static bool is_same_work(const ResultCell *cell, const ResultCell *baseline)
{
    return strcmp(cell->runtime, baseline->runtime) == 0 && strcmp(cell->lock, baseline->lock) == 0 &&
           strcmp(cell->mode, baseline->mode) == 0 && json_equal(cell->params, baseline->params);
}

static OneTask one_task(const ResultRun *run, const ResultCell *baseline)
{
    OneTask one = {INFINITY, INFINITY};

    for (size_t i = 0; baseline && i < run->cells.n; i++) {
        const ResultCell *cell = run->cells.at[i];
        int64_t samples[MOST_SAMPLES];
        size_t n = is_same_work(cell, baseline) ? result_time_samples(&cell->wall, samples, MOST_SAMPLES) : 0;

        for (size_t k = 0; k < n; k++)
            add_time(&one, (double)samples[k] / (double)cell->tasks);
    }
    return one;
}

/* A time of the cell over that of one task. */
static double over_one(const ResultRun *run, const ResultCell *cell, double time)
{
    OneTask one = one_task(run, cell->relative.baseline);

    return cell->wall.n > 0 && isfinite(one.fastest) ? time / one.fastest : NAN;
}

static double sample_at(const ResultTime *time, size_t i)
{
    return json_number_value(json_array_get(time->samples, i));
}

/* How long tasks were at work in the repetition that is the fastest by it: the wall time without that in
 * which none was, before the first began and after the last had ended. An interpreter takes some 20 ms to
 * start a process, and some to end it, which no lock has a part in. */
static double time_at_work(const ResultCell *cell)
{
    double least = INFINITY;

    for (size_t i = 0; i < cell->wall.n; i++)
        least = fmin(least, sample_at(&cell->wall, i) - sample_at(&cell->create_alone, i) -
                                sample_at(&cell->start, i) - sample_at(&cell->join, i));
    return least;
}

static double value_in(const ResultRun *run, const ResultCell *cell, const FidelityQuantity *quantity)
{
    switch (quantity->figure) {
    case FIGURE_OVER_ONE:
        return over_one(run, cell, (double)cell->wall.min);
    case FIGURE_OVER_ONE_APART:
        return over_one(run, cell, time_at_work(cell));
    case FIGURE_OVER_SERIAL:
        return cell->relative.is_known ? cell->relative.ratio : NAN;
    case FIGURE_WALL:
        return cell->wall.n > 0 ? (double)cell->wall.median : NAN;
    case FIGURE_TURN:
        return (double)cell->wall.min / ((double)cell->tasks * result_param_number(cell, "n"));
    case FIGURE_SLICE:
        return slice_of(spans_of(run, cell));
    case FIGURE_SWITCHES:
        return cell->wall.n > 0 && cell->switches.voluntary != RESULT_UNKNOWN
                   ? (double)cell->switches.voluntary * 1e9 / (double)cell->wall.median
                   : NAN;
    case FIGURE_PART_LOST:
        return figure_at(cell, "metrics.lost_updates") / figure_at(cell, "metrics.expected");
    case FIGURE_METRIC_NS:
    case FIGURE_METRIC_RATE:
    case FIGURE_MEMORY_BYTES:
        return figure_at(cell, quantity->path);
    }
    return NAN;
}

/* What a clock or a counter decides is the same at any speed: a slice of 5 ms, a part of the updates. */
static bool is_of_speed(FidelityFigure figure)
{
    return figure == FIGURE_OVER_ONE || figure == FIGURE_OVER_ONE_APART || figure == FIGURE_OVER_SERIAL ||
           figure == FIGURE_TURN;
}

/* Tasks that share nothing take as much of the CPUs' time as one alone. Where they took more, a CPU was
 * slower than that of the one task, since a neighbour on the host works on the same core: what is missing
 * then is no fault of a lock. What it takes to start a process is not in it. */
static bool is_steady(const ResultRun *run, const ResultCell *cell, FidelityFigure figure)
{
    OneTask one = one_task(run, cell->relative.baseline);
    double most = one.fastest * most_unsteady;

    if (!is_of_speed(figure))
        return true;
    if (figure == FIGURE_OVER_ONE_APART && result_task_cpu(cell) > most)
        return false;
    return !isfinite(one.next) || one.next <= most;
}

/* Why a metric is null its runtime says by itself, beside it: latency_p90_ns_reason. NULL: it does not. */
static const char *reason_of_metric(const ResultCell *cell, const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    auto_free char *name = dot ? text_printf("%s_reason", dot + 1) : NULL;

    return name ? json_string_value(json_object_get(cell->metrics, name)) : NULL;
}

static const char *why_none(const ResultRun *run, const ResultCell *cell, const FidelityQuantity *quantity)
{
    bool is_done = cell && cell->status == RESULT_DONE;
    const char *reason = cell && cell->reason ? cell->reason
                         : is_done            ? reason_of_metric(cell, quantity->path)
                                              : run->reason;

    if (reason)
        return reason;
    return is_done ? "the run does not have this figure" : "the run does not have this cell";
}

double reading_value(const ResultRun *run, const FidelityQuantity *quantity, const char *runtime,
    const char *lock, bool *ret_steady, char **ret_reason)
{
    const ResultCell *cell = find_cell(run, quantity, runtime, lock);
    double value = cell && cell->status == RESULT_DONE ? value_in(run, cell, quantity) : NAN;

    *ret_steady = !cell || is_steady(run, cell, quantity->figure);
    if (isnan(value) && !*ret_reason)
        *ret_reason = text_printf("%s: %s", runtime, why_none(run, cell, quantity));
    return value;
}
