/* What results.c collects and run-json.c reads; private to this folder.
 *
 * The picture: each cell has a row of places, warmup + repeat of them, and each sample event fills one. How
 * far a run came can be read from the places at any time, so a run that ends early needs no special care. */
#pragma once

#include "catalog/catalog.h"
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
    json_t *memory;     /* owned; NULL: no sample had it */
    json_t *totals;     /* owned; see results/totals.h; NULL: nothing is summed */
    Spans *spans;       /* owned; NULL: its timeline has not come */
    char *first_reason; /* owned; why the first failed sample failed, NULL: none did */
    size_t n_warmups, n_failed_warmups;
    size_t n_repetitions, n_failed_repetitions; /* that came, and of these */
} CollectedCell;

/* Belongs to one thread at a time: the loop fills it, and a worker reads it once nothing more can come. */
struct Results {
    json_t *request;                /* shared with the plan */
    const char *experiment, *label; /* borrowed from it; NULL: it says none */
    size_t repeat, warmup;          /* of each cell */
    bool full;                      /* detail=full: all rows, and the timelines */
    size_t max_rows;                /* of per_task and of completion_order that are kept of a sample */
    CollectedCell *collected;
    size_t n_cells;
    size_t n_spans; /* spans and instants of all cells, at most SPANS_MAX_RUN */
    char *error;    /* owned; message of the first error event, or NULL */
    double load1;   /* by the first hello event that has it; below 0: none */
};

/* The samples of the repetitions, without the warm-ups; as many as Results.repeat. */
static inline const Sample *collected_repetitions(const Results *results, const CollectedCell *cell)
{
    return cell->samples + results->warmup;
}
