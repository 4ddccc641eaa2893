/* What results.c collects and run-json.c reads; private to this folder. */
#pragma once

#include "results/results.h"
#include "results/sample.h"

typedef struct CollectedCell {
    const json_t *plan; /* borrowed from the cells of Results */
    int64_t number;     /* by which the runtimes call it */
    Sample *samples;    /* owned; warm-ups first, then the repetitions */
    json_t *memory;     /* owned; NULL: no sample had it */
    char *first_reason; /* owned; why the first failed sample failed, NULL: none did */
    size_t n_warmups, n_failed_warmups;
    size_t n_repetitions, n_failed_repetitions; /* that came, and of these */
} CollectedCell;

struct Results {
    json_t *request, *cells; /* shared with the plan */
    size_t repeat, warmup;
    size_t max_rows; /* of per_task and completion_order, that are kept */
    CollectedCell *collected;
    size_t n_cells;
    char *error; /* owned; message of the first error event, or NULL */
};

/* The samples of the repetitions, without the warm-ups; as many as Results.repeat. */
static inline const Sample *collected_repetitions(const Results *results, const CollectedCell *cell)
{
    return cell->samples + results->warmup;
}
