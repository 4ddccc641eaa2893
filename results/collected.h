/* What results.c collects and run-json.c reads; private to this folder. */
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
    Spans *spans;       /* owned; NULL: its timeline has not come */
    char *first_reason; /* owned; why the first failed sample failed, NULL: none did */
    size_t n_warmups, n_failed_warmups;
    size_t n_repetitions, n_failed_repetitions; /* that came, and of these */
} CollectedCell;

/* Belongs to one thread at a time: the loop fills it, and a worker reads it once nothing more can come. */
struct Results {
    json_t *request;                /* shared with the plan */
    const char *experiment, *label; /* borrowed from it; NULL: it says none */
    size_t repeat, warmup;
    bool full;       /* detail=full: all rows, and the timelines */
    size_t max_rows; /* of per_task and completion_order, that are kept */
    CollectedCell *collected;
    size_t n_cells;
    size_t n_spans; /* of all cells, and instants */
    char *error;    /* owned; message of the first error event, or NULL */
    double load1;   /* by the first hello event that has it; below 0: none */
};

/* The samples of the repetitions, without the warm-ups; as many as Results.repeat. */
static inline const Sample *collected_repetitions(const Results *results, const CollectedCell *cell)
{
    return cell->samples + results->warmup;
}
