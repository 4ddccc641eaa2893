/* What the server counts over its life, for GET /metrics. Only sums: rates and averages are left to the
 * reader.
 *
 * Everything is counted on the loop and read there, so no lock and no atomic is needed. A Metrics of
 * zeros is ready; metrics_finish() frees the names. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"

struct Run;

enum { METRICS_BUCKETS = 12, METRICS_MAX_ROWS = 512 };

/* The upper ends of the buckets in seconds; the last one has none. */
extern const double metrics_bounds[METRICS_BUCKETS];

typedef struct Histogram {
    uint64_t counts[METRICS_BUCKETS + 1];
    double sum; /* seconds */
} Histogram;

/* How often something with these two or three names happened. */
typedef struct MetricsRow {
    const char *names[3]; /* owned */
    uint64_t count;
} MetricsRow;

typedef struct MetricsTable {
    MetricsRow rows[METRICS_MAX_ROWS]; /* what does not fit is not counted */
    size_t n_rows;
} MetricsTable;

typedef struct Metrics {
    MetricsTable runs;     /* experiment, status */
    MetricsTable requests; /* route, method, code */
    Histogram waiting, running;
    double lock_held, lock_waited; /* seconds, in the repetitions that stand for their cells */
    uint64_t n_started, n_over;    /* runtimes */
} Metrics;

void metrics_finish(Metrics *metrics);

/* Adds one to the row of these names, which are copied when the row is new; third may be NULL. A new row
 * in a full table is not counted. */
void metrics_count(MetricsTable *table, const char *first, const char *second, const char *third);

/* Puts a duration into the first bucket whose upper end is not below it. */
void metrics_observe(Histogram *histogram, nsec_t duration);

/* A runtime is about to be started for a run. Counted also if that fails, as metrics_run_over() counts
 * its end. */
void metrics_run_started(Metrics *metrics);

/* A run is over, whether it ever started or not; object is its JSON. */
void metrics_run_over(Metrics *metrics, const struct Run *run, const json_t *object);
