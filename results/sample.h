/* One repetition of a cell, as a runtime reported it: checked, and kept until the median is known.
 *
 * A sample owns its event, in one of two forms; only sample_event() has to know which. One that is all zero
 * is one that has not come. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "catalog/catalog.h"
#include "catalog/schema.h"

typedef enum SampleTime {
    SAMPLE_WALL,
    SAMPLE_CPU,
    SAMPLE_CREATE,
    SAMPLE_JOIN,
    SAMPLE_WAITS,
    SAMPLE_START,
    SAMPLE_CREATE_ALONE,
    N_SAMPLE_TIMES,
} SampleTime;

/* A time that its runtime does not say. */
#define SAMPLE_NO_TIME INT64_C(-1)

typedef enum SampleStatus {
    SAMPLE_MISSING, /* has not come; everything else is 0 */
    SAMPLE_GOOD,
    SAMPLE_FAILED,
} SampleStatus;

/* What else the machine did meanwhile; see results/noise.h. */
typedef struct SampleNoise {
    int64_t span; /* ns of wall time that the shares are of; 0: the runtime does not say */
    int64_t cpus; /* so many are counted; 0: it does not say, so all of the machine */
    double foreign,
        steal;         /* shares of the time of these CPUs; rounded figures, so some are below 0 or above 1 */
    int64_t throttled; /* ns */
} SampleNoise;

typedef struct Sample {
    SampleStatus status;
    SampleNoise noise;             /* only of a good one, and 0 if its runtime says nothing of it */
    int64_t times[N_SAMPLE_TIMES]; /* nanoseconds, or SAMPLE_NO_TIME; only of a good one */
    json_t *event;                 /* owned; the event of a good one, or NULL if it is packed */
    json_t *packed;                /* owned; its text instead, if it is large */
} Sample;

/* Lets go of what a sample holds, and makes it one that has not come. */
void sample_finish(Sample *sample);

/* The field of the run and of the event: "wall_ns" and so on. */
const char *sample_time_name(SampleTime time);

/* Checks a sample event of the experiment, whose cell and repetition are the caller's business, and keeps it,
 * with at most max_rows entries of per_task and of completion_order; per_task_omitted counts the rows left
 * out. Returns whether it is right; has complained if not, and left *ret alone. */
bool sample_read(
    Reader *reader, const json_t *event, const CatalogExperiment *experiment, size_t max_rows, Sample *ret);

/* Returns the same once more, which shares what it holds: for another thread, too. */
Sample sample_copy(const Sample *sample);

/* Returns the event of a good sample, a new reference. */
json_t *sample_event(const Sample *sample);
