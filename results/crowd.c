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
static int64_t crowd_most(const Edges *edges, double fine_ns)
{
    int64_t apart = fine_ns > CROWD_APART_NS ? (int64_t)fine_ns : CROWD_APART_NS;
    int64_t most = edges->n > 0;
    size_t n_over = 0;

    for (size_t i = 0; i < edges->n; i++) {
        while (n_over < edges->n && edges->ends[n_over] <= edges->starts[i] + apart)
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
 * runtime may say a wall time that is shorter than its spans; no mean must come out above the most. A runtime
 * that notes the time only now and then may have missed that two met. */
ResultCrowd crowd_of_spans(const Spans *spans, SpansKind kind, double fine_ns)
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
    crowd.is_whole = spans->dropped == 0 && !(fine_ns > 0);
    crowd.max = crowd_most(&edges, fine_ns);
    crowd.mean = time > 0 ? fmin(edges.sum / (double)time, (double)crowd.max) : 0;
    free(edges.starts);
    free(edges.ends);
    return crowd;
}

/* Under one lock for all, one at a time is what the lock is for, and worth saying; several at once are worth
 * saying where no lock is between them, or each has its own. One at a time there is chance and shows nothing:
 * perhaps the second was late. Without a lock there is nothing to be inside of.
 *
 * Inside is not the same as computing, since the kernel may have taken the CPU away, so the words never say
 * that several computed at once. */
static const char *crowd_inside_words(Words *words, const ResultCell *cell, const char *noun)
{
    const CatalogLock *lock = cell->lock_facts;
    const ResultCrowd *inside = &cell->inside;
    bool one_lock = lock->exclusive && lock->whose == CATALOG_FOR_ALL && cell->mode_facts->shares_memory;
    bool no_lock = !lock->exclusive && lock->whose == CATALOG_FOR_ALL;
    const char *many = words_count(words, inside->max, noun),
               *up_to = inside->is_whole ? "up to" : "at least";

    if (one_lock && inside->max == 1)
        return words_printf(words, "never more than one %s held the lock at a time%s", noun,
            inside->is_whole ? "" : ", as far as it was recorded");
    if (one_lock && inside->max > 1)
        return words_printf(words, "%s %s held the lock at once", up_to, many);
    if (inside->max < 2)
        return NULL;
    if (!no_lock)
        return words_printf(words, "%s %s held a lock at once, each its own", up_to, many);
    return words_printf(words, "%s %s were under way at once%s", up_to, many,
        cell->mode_facts->shares_memory ? ", as no lock keeps them apart" : "");
}

const char *crowd_words(Words *words, const ResultCell *cell)
{
    const CatalogMode *mode = cell->mode_facts;
    const char *text;
    bool has_lock;

    if (!mode || !cell->lock_facts || !mode->side_by_side || cell->tasks < 2 || !cell->inside.is_known)
        return NULL;
    has_lock = cell->lock_facts->exclusive || cell->lock_facts->whose != CATALOG_FOR_ALL;
    text = crowd_inside_words(words, cell, mode->task.noun);
    if (text && has_lock && cell->outside.is_known && cell->outside.max > 1)
        text = words_printf(words, "%s, and %s%s %s went on without it", text,
            cell->inside.max + cell->outside.max > cell->tasks ? "at another moment " : "",
            cell->outside.is_whole ? "up to" : "at least", words_integer(words, (double)cell->outside.max));
    return text;
}

/* More than four digits behind the point would say how long the repetition took, and not how it went. */
json_t *crowd_json(const ResultCrowd *crowd)
{
    json_t *object;

    if (!crowd->is_known)
        return json_null();
    object = json_pack("{s:I, s:f, s:b}", "max", (json_int_t)crowd->max, "mean",
        round(crowd->mean * 1e4) / 1e4, "whole", crowd->is_whole);
    if (crowd->text)
        json_object_set_new(object, "text", json_string(crowd->text));
    return object;
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
        .text = json_string_value(json_object_get(json, "text")),
    };
}
