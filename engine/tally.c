/* The lost updates of a repetition are the difference of what should be there and what is. The first is
 * known from the parameters; the second can only be read when nobody updates any more, and before the
 * process ends. So the last task of each process reads it. */
#include "engine/tally.h"

#include <stdlib.h>

#include "engine/mode.h"

/* Release: the task's updates come before; acquire: those of the tasks that ended earlier do too. The
 * increments of a counter form a chain (a release sequence), so the last one to end sees what all others
 * did. */
uint32_t tally_end(const Loop *loop, atomic_uint *n_ended)
{
    uint32_t n_tasks = loop->arena->tasks_are_alone ? 1 : loop->arena->n_tasks;

    return atomic_fetch_add_explicit(n_ended, 1, memory_order_acq_rel) + 1 == n_tasks ? n_tasks : 0;
}

bool tally_is_protected(const Cell *cell)
{
    return cell->lock->exclusive || !cell->mode->shares_memory || !cell->mode->side_by_side ||
           cell->n_tasks == 1;
}

/* The absolute value: a count may also come out too high, where a decrement was lost, and must not cancel
 * what another process has lost. */
void tally_add(TallySum *sum, const Tally *tally)
{
    sum->expected += tally->expected;
    sum->actual += tally->actual;
    sum->lost += llabs(tally->expected - tally->actual);
}

void tally_report(const TallySum *sum, json_t *metrics)
{
    json_object_set_new(metrics, "expected", json_integer(sum->expected));
    json_object_set_new(metrics, "actual", json_integer(sum->actual));
    json_object_set_new(metrics, "lost_updates", json_integer(sum->lost));
}
