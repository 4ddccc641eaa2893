/* What results.c collects and run-json.c reads; private to this folder. */
#pragma once

#include "results/cell.h"
#include "results/results.h"
#include "results/sample.h"
#include "results/spans.h"

typedef struct CollectedCell {
    const json_t *plan; /* borrowed from the cells of Results */
    ResultCell asked;   /* what it is; borrowed from plan, and without figures */
    int64_t number;     /* by which the runtimes call it */
    Sample *samples;    /* owned; warm-ups first, then the repetitions */
    json_t *memory;     /* owned; NULL: no sample had it */
    Spans *spans;       /* owned; NULL: its timeline has not come */
    char *first_reason; /* owned; why the first failed sample failed, NULL: none did */
    size_t n_warmups, n_failed_warmups;
    size_t n_repetitions, n_failed_repetitions; /* that came, and of these */
} CollectedCell;

struct Results {
    json_t *request, *cells; /* shared with the plan */
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
