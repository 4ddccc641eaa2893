/* What came of updates to something that the threads of a process share: what should be there when all of
 * them are done, and what is. Each process has a thing of its own, and the tallies of all are added up. */
#pragma once

#include <jansson.h>
#include <stdatomic.h>

#include "engine/cell.h"
#include "engine/loop.h"

/* Part of a task's state; zero but in the task that ended last in its process. */
typedef struct Tally {
    int64_t expected, actual;
} Tally;

/* Called once by each task, after its last update; n_ended belongs to the process. Returns 0, but for the
 * last task of the process the number of its tasks: then nobody updates any more, and everything that was
 * done has become visible. */
uint32_t tally_end(const Loop *loop, atomic_uint *n_ended);

/* No two steps of one process ever run at the same time: the mode sees to it, or the lock. */
bool tally_is_protected(const Cell *cell);

/* Adds the sum of one process to the sums of all. */
typedef struct TallySum {
    int64_t expected, actual, lost;
} TallySum;

void tally_add(TallySum *sum, const Tally *tally);

/* Adds expected, actual and lost_updates to the metrics. Called by an experiment's report(), in the engine's
 * process. */
void tally_report(const TallySum *sum, json_t *metrics);
