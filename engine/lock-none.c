/* No lock: free threading (PEP 703), Jython, IronPython. Everybody may be inside. */
#include <assert.h>
#include <stdlib.h>

#include "engine/lock.h"
#include "engine/registry.h"

/* Nobody asks for the lock, so a step may be long; it stays short enough to be cancelled and to share a
 * loop. */
enum { BUDGET_TICKS = 10000 };

static Lock *none_create(const LockSettings *settings)
{
    Lock *lock = calloc(1, sizeof(*lock));

    (void)settings;
    assert(lock);
    lock->policy = &lock_none;
    return lock;
}

static void none_destroy(Lock *lock)
{
    free(lock);
}

static void none_enter(Lock *lock, Seat *seat)
{
    (void)lock;
    (void)seat;
}

static uint64_t none_budget(const Lock *lock)
{
    (void)lock;
    return BUDGET_TICKS;
}

static void none_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    (void)lock;
    (void)seat;
    (void)ticks;
}

const LockPolicy lock_none = {
    .name = "none",
    .title = "no lock",
    .summary = "no lock: free-threaded CPython (PEP 703), Jython, IronPython",
    .models = "free-threaded",
    .create = none_create,
    .destroy = none_destroy,
    .acquire = none_enter,
    .release = none_enter,
    .budget = none_budget,
    .check = none_check,
};
