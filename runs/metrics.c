/* Tables are short lists that are walked through: their rows are combinations of names that the program knows
 * (experiments, routes, codes), never of what a client sent, and they cannot grow beyond their room whatever
 * happens. */
#include "runs/metrics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "runs/run.h"

const double metrics_bounds[METRICS_BUCKETS] = {0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 600};

void metrics_finish(Metrics *metrics)
{
    MetricsTable *tables[] = {&metrics->runs, &metrics->requests};

    for (size_t t = 0; t < ARRAY_LENGTH(tables); t++)
        for (size_t i = 0; i < tables[t]->n_rows; i++)
            for (size_t k = 0; k < 3; k++)
                free((char *)tables[t]->rows[i].names[k]);
    *metrics = (Metrics){0};
}

static bool is_row(const MetricsRow *row, const char *const names[3])
{
    for (size_t k = 0; k < 3; k++)
        if (strcmp(row->names[k], names[k]) != 0)
            return false;
    return true;
}

void metrics_count(MetricsTable *table, const char *first, const char *second, const char *third)
{
    const char *const names[3] = {first, second, third ? third : ""};
    MetricsRow *row;

    for (size_t i = 0; i < table->n_rows; i++) {
        if (is_row(&table->rows[i], names)) {
            table->rows[i].count++;
            return;
        }
    }
    if (table->n_rows == METRICS_MAX_ROWS)
        return;
    row = &table->rows[table->n_rows++];
    row->count = 1;
    for (size_t k = 0; k < 3; k++) {
        row->names[k] = strdup(names[k]);
        assert(row->names[k]);
    }
}

void metrics_observe(Histogram *histogram, nsec_t duration)
{
    double seconds = (double)duration / NSEC_PER_SEC;
    size_t i = 0;

    while (i < METRICS_BUCKETS && seconds > metrics_bounds[i])
        i++;
    histogram->counts[i]++;
    histogram->sum += seconds;
}

void metrics_run_started(Metrics *metrics)
{
    metrics->n_started++;
}

void metrics_run_over(Metrics *metrics, const Run *run, const json_t *object)
{
    /* A run that was cancelled while it waited has waited until its end, and has no duration: it would
     * make all others look shorter. */
    nsec_t started = run->started_at ? run->started_at : run->ended_at;
    size_t i;
    json_t *cell;

    metrics_count(
        &metrics->runs, json_string_value(json_object_get(object, "experiment")), run_status_name(run), NULL);
    metrics_observe(&metrics->waiting, started - run->queued_at);
    if (run->started_at) {
        metrics->n_over++;
        metrics_observe(&metrics->running, run->ended_at - run->started_at);
    }
    /* Of each cell only the repetition that stands for it has these figures, so the sums grow with the
     * cells, not with all the work that was done. Rates of held to waited are what they are for. */
    json_array_foreach (json_object_get(object, "cells"), i, cell) {
        const json_t *stats = json_object_get(cell, "lock_stats");

        metrics->lock_held += (double)json_integer_value(json_object_get(stats, "held_ns")) / NSEC_PER_SEC;
        metrics->lock_waited +=
            (double)json_integer_value(json_object_get(stats, "waited_ns")) / NSEC_PER_SEC;
    }
}
