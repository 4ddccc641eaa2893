/* The GIL of CPython 2.x (Python/ceval.c, Python/thread_pthread.h): a POSIX semaphore and one tick counter
 * for the whole process.
 *
 * Every check interval the holder posts the semaphore and at once waits for it again. It does not ask
 * whether anybody waits, and it does not yield. With several CPUs the post wakes a waiter elsewhere, but the
 * releaser has the semaphore back within nanoseconds; the waiter wakes, finds zero and sleeps again: a storm
 * of false wake-ups. With one CPU the woken waiter seldom pre-empts, and there is no storm.
 *
 * The lock comes into being with the first thread; before that a check releases nothing.
 *
 * What the model shows is what the algorithm did not prevent: a thread that waits for input has the lock only
 * by chance while another computes, and with several CPUs two threads that compute use more CPU time than
 * one. */
#include "base/array.h"
#include "engine/lock.h"
#include "engine/own-semaphore.h"
#include "engine/registry.h"

typedef struct GilPy2 {
    Lock base;
    int64_t check_interval; /* set before the first thread starts */
    Semaphore semaphore;
    /* Not beside the semaphore: whoever tries to take that pulls its line to its CPU. */
    alignas(64) int64_t ticker; /* ticks left until the check; guarded by the semaphore */
} GilPy2;

typedef struct Py2Settings {
    int64_t check_interval; /* ticks between two checks */
} Py2Settings;

static const Parameter py2_parameters[] = {
    {
        .name = "check_interval",
        .unit = "ticks",
        .help = "how many ticks a thread runs before it lets go of the lock (gil-py2)",
        .min = 1,
        .max = 1000000,
        .fallback = 100,
        .offset = offsetof(Py2Settings, check_interval),
    },
};

/* A semaphore that stands at 1 is a lock that is free. */
static Lock *py2_create(const LockPolicy *policy, const void *settings)
{
    GilPy2 *gil = lock_new(policy, sizeof(*gil));

    gil->check_interval = ((const Py2Settings *)settings)->check_interval;
    gil->ticker = gil->check_interval;
    semaphore_init(&gil->semaphore, 1);
    return &gil->base;
}

/* The attempt comes first because its success is what this lock is about: the releaser that asks again at
 * once nearly always has it. */
static bool py2_acquire(Lock *lock, Seat *seat)
{
    GilPy2 *gil = (GilPy2 *)lock;

    if (semaphore_try(&gil->semaphore))
        return false;
    seat->stats.false_wakeups += semaphore_wait(&gil->semaphore);
    return true;
}

static bool py2_release(Lock *lock, Seat *seat)
{
    (void)seat;
    semaphore_post(&((GilPy2 *)lock)->semaphore);
    return false;
}

/* The check fires when the counter goes below zero: the period is one tick longer than the interval. The
 * counter belongs to the process, not to the thread: whoever takes the lock goes on with what is left of it,
 * as in CPython, so a thread that comes back late may have only a few ticks before the next check. */
static uint64_t py2_budget(const Lock *lock)
{
    return (uint64_t)((const GilPy2 *)lock)->ticker + 1;
}

/* It does not ask whether anybody waits. The counter is set again whether or not there is a lock, as the
 * interpreter does; it is written while the semaphore is held. */
static LockTurn py2_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    GilPy2 *gil = (GilPy2 *)lock;

    gil->ticker -= (int64_t)ticks;
    if (gil->ticker >= 0)
        return LOCK_KEPT;
    gil->ticker = gil->check_interval;
    if (!lock->shared)
        return LOCK_KEPT;
    py2_release(lock, seat);
    return py2_acquire(lock, seat) ? LOCK_RETAKEN_LATE : LOCK_RETAKEN;
}

const LockPolicy lock_gil_py2 = {
    .name = "gil-py2",
    .title = "the lock of Python 2",
    .summary = "the global lock of CPython 2: let go and taken again every check interval",
    .exclusive = true,
    .between_bytecodes = true,
    .models = "cpython2",
    .crowding = 0.5,
    .parameters = py2_parameters,
    .n_parameters = ARRAY_LENGTH(py2_parameters),
    .starts_with_threads = true,
    .create = py2_create,
    .acquire = py2_acquire,
    .release = py2_release,
    .check = py2_check,
    .budget = py2_budget,
};
