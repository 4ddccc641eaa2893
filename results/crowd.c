/* The picture: all starts in one sorted list, all ends in another. Going through the starts, the spans that
 * began so far less those that are over by then are the tasks that do it at once. Which end belongs to which
 * start does not matter for a count. */
#include "results/crowd.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* All that is needed of the spans of one kind. */
typedef struct Edges {
    int64_t *starts, *ends; /* owned; each sorted by itself */
    size_t n;
    double sum; /* of all their lengths, in nanoseconds */
} Edges;

static int crowd_compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;

    return (one > two) - (one < two);
}

/* An instant has no length, so only the spans are looked at. */
static Edges crowd_edges(const Spans *spans, SpansKind kind)
{
    Edges edges = {
        .starts = calloc(spans->n_spans + 1, sizeof(*edges.starts)),
        .ends = calloc(spans->n_spans + 1, sizeof(*edges.ends)),
    };

    assert(edges.starts && edges.ends);
    for (size_t i = 0; i < spans->n_spans; i++) {
        const SpanRow *row = &spans->rows[i];

        if (row->kind != kind || row->end == row->start)
            continue;
        edges.starts[edges.n] = row->start;
        edges.ends[edges.n++] = row->end;
        edges.sum += (double)(row->end - row->start);
    }
    qsort(edges.starts, edges.n, sizeof(*edges.starts), crowd_compare);
    qsort(edges.ends, edges.n, sizeof(*edges.ends), crowd_compare);
    return edges;
}

/* The clock is asked a moment after each start, when those that ended at that start, or seem to have ended a
 * little after it on the clock of another CPU, are surely over. A span that is shorter than that moment seems
 * to be over before it began, so the count may come out too low, but one was there. */
static int64_t crowd_most(const Edges *edges)
{
    int64_t most = edges->n > 0;
    size_t n_over = 0;

    for (size_t i = 0; i < edges->n; i++) {
        while (n_over < edges->n && edges->ends[n_over] <= edges->starts[i] + CROWD_APART_NS)
            n_over++;
        if ((int64_t)(i + 1) - (int64_t)n_over > most)
            most = (int64_t)(i + 1) - (int64_t)n_over;
    }
    return most;
}

/* The end of the last span of any kind. */
static int64_t crowd_last_end(const Spans *spans)
{
    int64_t last = 0;

    for (size_t i = 0; i < spans->n_spans; i++) {
        if (spans->rows[i].end > last)
            last = spans->rows[i].end;
    }
    return last;
}

/* The first spans are kept and the later ones dropped, so nothing is known of the time behind the last one. A
 * runtime may say a wall time that is shorter than its spans; no mean must come out above the most. */
ResultCrowd crowd_of_spans(const Spans *spans, SpansKind kind)
{
    ResultCrowd crowd = {.max = RESULT_UNKNOWN, .mean = NAN};
    int64_t time;
    Edges edges;

    if (!spans || spans->reason)
        return crowd;
    edges = crowd_edges(spans, kind);
    time = crowd_last_end(spans);
    if (spans->dropped == 0 && spans->wall_ns > time)
        time = spans->wall_ns;
    crowd.is_known = true;
    crowd.is_whole = spans->dropped == 0;
    crowd.max = crowd_most(&edges);
    crowd.mean = time > 0 ? fmin(edges.sum / (double)time, (double)crowd.max) : 0;
    free(edges.starts);
    free(edges.ends);
    return crowd;
}

/* More than four digits behind the point would say how long the repetition took, and not how it went. */
json_t *crowd_json(const ResultCrowd *crowd)
{
    if (!crowd->is_known)
        return json_null();
    return json_pack("{s:I, s:f, s:b}", "max", (json_int_t)crowd->max, "mean", round(crowd->mean * 1e4) / 1e4,
        "whole", crowd->is_whole);
}

/* A crowd without its most or its mean is none. */
void crowd_read(const json_t *json, ResultCrowd *ret)
{
    const json_t *max = json_object_get(json, "max"), *mean = json_object_get(json, "mean");

    *ret = (ResultCrowd){.max = RESULT_UNKNOWN, .mean = NAN};
    if (!json_is_integer(max) || json_integer_value(max) < 0 || !json_is_number(mean) ||
        json_number_value(mean) < 0)
        return;
    *ret = (ResultCrowd){
        .is_known = true,
        .max = json_integer_value(max),
        .mean = json_number_value(mean),
        .is_whole = json_is_true(json_object_get(json, "whole")),
    };
}
