/* What results.c collects and run-json.c reads; private to this folder.
 *
 * The picture: each cell has a row of places, warm-ups first, and each sample event fills one. How far a run
 * came can be read from the places at any time, so a run that ends early needs no special care.
 *
 * With precision nobody knows beforehand how many repetitions there will be, so a row grows. What counts is
 * cut off at the same round in all cells (`limit`): a runtime that was told to stop may have begun another
 * round, and a cell with one repetition more than its baseline would be compared with a different machine. */
#pragma once

#include <string.h>

#include "catalog/catalog.h"
#include "catalog/headroom.h"
#include "results/cell.h"
#include "results/results.h"
#include "results/sample.h"
#include "results/spans.h"

/* A cell on its way: filled by its events, in any order, until all repetitions are there or the run is over.
 */
typedef struct CollectedCell {
    CellSpec spec;      /* what it was asked to be; its params are shared, all else is borrowed */
    ResultCell asked;   /* the same as a cell without figures; borrowed from spec */
    Sample *samples;    /* owned; warm-ups first, then the repetitions */
    size_t n_places;    /* of samples */
    json_t *memory;     /* owned; NULL: no sample had it */
    json_t *totals;     /* owned; of all good repetitions that came; NULL: nothing is summed */
    Spans *spans;       /* owned; NULL: its timeline has not come */
    char *first_reason; /* owned; why the first failed sample failed, NULL: none did */
    char *lost;         /* owned; why nothing more comes of its runtime, NULL: it may */
    bool is_out;        /* it was lost before the rounds ended: they go on without it */
    size_t n_late;      /* samples that came after the end of the rounds */
    size_t n_warmups, n_failed_warmups;
    size_t n_repetitions, n_failed_repetitions; /* that came, and of these */
} CollectedCell;

/* What the intervals are of that are to be narrow. */
typedef enum PrecisionOf {
    PRECISION_OF_MEDIAN, /* no cell is compared */
    PRECISION_OF_SPEEDUP,
    PRECISION_OF_RATIO, /* to a baseline cell; cells without one may have speed-ups beside it */
} PrecisionOf;

/* How the rounds of a run end, see results/precision.h. */
typedef struct Precision {
    double asked;           /* per cent on either side; 0: none was asked, and nothing else counts */
    size_t check_at;        /* rounds at which the intervals are looked at next */
    size_t cell, n_looked;  /* the look that goes on: whose turn it is, and how many were narrow enough */
    bool is_looking;        /* so `limit` is the round after which it began */
    PrecisionOf of;         /* what the look that goes on is about */
    const char *else_by;    /* what ends the rounds if the look does not; NULL: they go on */
    double widest;          /* per cent; of the cell that ended the last look */
    size_t n_timed;         /* rounds that slowest_ns is of */
    int64_t ended_ns;       /* when the last of them ended, from the start of the run */
    int64_t slowest_ns;     /* the longest round so far */
    bool traced;            /* a repetition for the timeline follows */
    const char *stopped_by; /* NULL: not by a decision made here */
} Precision;

/* Belongs to one thread at a time: the loop fills it, and a worker reads it once nothing more can come. */
struct Results {
    json_t *request;                /* shared with the plan */
    const char *experiment, *label; /* borrowed from it; NULL: it says none */
    size_t repeat, warmup;          /* of each cell; with precision the least */
    size_t max_repeat;              /* the most; without precision the same */
    size_t limit;                   /* repetitions beyond it do not count */
    Precision precision;
    Headroom headroom; /* all 0 until it is known */
    bool full;         /* detail=full: all rows, and the timelines */
    size_t max_rows;   /* of per_task and of completion_order that are kept of a sample */
    CollectedCell *collected;
    size_t n_cells;
    size_t n_spans;   /* spans and instants of all cells, at most SPANS_MAX_RUN */
    json_t *left_out; /* owned; what the runtimes do not have; NULL: nothing */
    char *error;      /* owned; message of the first error event, or NULL */
    double load1;     /* by the first hello event that has it; below 0: none */
};

/* The samples of the repetitions, without the warm-ups; as many as collected_count(). */
static inline const Sample *collected_repetitions(const Results *results, const CollectedCell *cell)
{
    return cell->samples + results->warmup;
}

/* Places of repetitions that count, filled or not. */
static inline size_t collected_count(const Results *results, const CollectedCell *cell)
{
    size_t n = cell->n_places - results->warmup;

    return n < results->limit ? n : results->limit;
}

/* Repetitions that came and count. */
static inline size_t collected_came(const Results *results, const CollectedCell *cell)
{
    return cell->n_repetitions < results->limit ? cell->n_repetitions : results->limit;
}

/* Whether the repetitions of a cell are among those that rounds and intervals are made of: not if one of them
 * failed, nor if its runtime was lost. */
static inline bool collected_counts(const CollectedCell *cell)
{
    return !cell->first_reason && !cell->is_out;
}

/* Whether it lacks repetitions that will not come. */
static inline bool collected_lacks(const Results *results, const CollectedCell *cell)
{
    return cell->lost && collected_came(results, cell) < results->repeat;
}

/* Whether it is one of this runtime's, by name; NULL: of any. */
static inline bool collected_is_of(const CollectedCell *cell, const char *runtime)
{
    return !runtime || strcmp(cell->spec.runtime->runtime, runtime) == 0;
}

/* Rounds that are over: every cell that counts has so many repetitions. So a cell that failed, and is not run
 * again, does not hold the others up. Where none counts, those count whose runtime was lost. */
size_t collected_rounds(const Results *results);
