#include "engine/tally.h"

#include <stdlib.h>

#include "engine/mode.h"

/* Release: the task's updates come before; acquire: those of the tasks that ended earlier do too. */
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
