/* A model beside the real thing: does a lock of ours slow its tasks down as the lock that it models does?
 *
 * A turn of the loop takes C a nanosecond and an interpreter twenty or more, and each runtime has its own
 * number of turns, so their times have nothing to do with each other. What can be held against each other is
 * how many times its own serial time each took: if two threads take 2.0 times the serial time under the model
 * and 2.1 times in the interpreter, the quotient is 0.95. Whether that is the same is told from the interval
 * of the quotient, never from the quotient itself. Private to this folder. */
#pragma once

#include "results/cell.h"
#include "results/figures.h"

/* The wall times of a cell and of the baseline cell of the same runtime, in nanoseconds, each at least 1. All
 * are borrowed. */
typedef struct BesideTimes {
    const int64_t *walls, *serial_walls;
    size_t n, n_serial;
} BesideTimes;

/* The index of the cell in which the lock of cell i is modelled: of a lock that models the real one, with the
 * same mode, tasks and CPUs, and with the same parameters as far as both runtimes have them. Sizes are passed
 * over where no cell has the same, as each runtime has its own, and a parameter of the lock that only the
 * model has must be what it usually is. NO_CELL if the lock of cell i is not real, or there is no such cell.
 */
size_t beside_find(const Figures *figures, size_t n_cells, size_t i);

/* How many times its serial time the model took, over the same of the real thing. Without repetitions on some
 * side it is not known; with fewer than STATS_MIN_VALUES it has no interval. */
Ratio beside_ratio(const BesideTimes *model, const BesideTimes *real);

/* What the interval of such a quotient says; the quotient itself does not count. */
ModelVerdict beside_verdict(const Ratio *ratio);

/* "agrees", "differs" or "cannot tell"; NULL for MODEL_NOT_COMPARED. And the verdict of that name. */
const char *beside_verdict_name(ModelVerdict verdict);
ModelVerdict beside_verdict_from_name(const char *name);

/* The comparison that such a quotient makes, rounded as it is shown. Its text is owned by the caller, who
 * frees it when the comparison is no longer needed; to and cell are not set. */
ResultModel beside_make(const Ratio *ratio, char **ret_text);

/* Sets "ratio", "interval" (null without one), "verdict" and "text". */
void beside_json_set(json_t *object, const ResultModel *model);

/* Returns "model" of cell i, a new reference; NULL where it is not beside its model, or one of the two is not
 * compared with a baseline cell. */
json_t *beside_json(Figures *figures, size_t n_cells, size_t i);

/* Reads what beside_json() made; what lacks anything is not compared. */
void beside_read(const json_t *json, ResultModel *ret);
