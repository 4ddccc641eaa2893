/* The GIL of CPython 2.x (Python/ceval.c, Python/thread_pthread.h): a POSIX semaphore and one tick counter
 * for the whole process.
 *
 * Every check interval the holder posts the semaphore and at once waits for it again. It does not ask
 * whether anybody waits, and it does not yield. With several CPUs the post wakes a waiter elsewhere, but the
 * releaser has the semaphore back within nanoseconds; the waiter wakes, finds zero and sleeps again: a storm
 * of false wake-ups. With one CPU the woken waiter seldom pre-empts, and there is no storm.
 *
 * The lock comes into being with the first thread; before that a check releases nothing. */
#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "engine/lock.h"
#include "engine/registry.h"

typedef struct GilPy2 {
    Lock base;
    int64_t check_interval; /* set before the first thread starts */
    alignas(64) sem_t semaphore;
    int64_t ticker;    /* ticks left until the check; guarded by the semaphore */
    Seat *last_holder; /* guarded by the semaphore */
} GilPy2;

static const Parameter parameters[] = {
    {
        .name = "check_interval",
        .unit = "ticks",
        .help = "how many ticks a thread runs before it lets go of the lock (gil-py2)",
        .min = 1,
        .max = 1000000,
        .fallback = 100,
        .offset = offsetof(LockSettings, check_interval),
    },
};

static Lock *py2_create(const LockSettings *settings)
{
    GilPy2 *gil = aligned_alloc(alignof(GilPy2), sizeof(*gil));
    int r;

    assert(gil);
    *gil = (GilPy2){
        .base = {.policy = &lock_gil_py2},
        .check_interval = settings->check_interval,
        .ticker = settings->check_interval,
    };
    r = sem_init(&gil->semaphore, 0, 1);
    assert(r == 0);
    return &gil->base;
}

static void py2_destroy(Lock *lock)
{
    GilPy2 *gil = (GilPy2 *)lock;

    sem_destroy(&gil->semaphore);
    free(gil);
}

static uint64_t voluntary_switches(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return (uint64_t)usage.ru_nvcsw;
}

/* sem_wait goes back to sleep by itself after a false wake-up; each sleep is a voluntary switch, and all but
 * the last were in vain. */
static void wait_for_semaphore(GilPy2 *gil, Seat *seat)
{
    uint64_t switches = voluntary_switches();
    int r;

    do
        r = sem_wait(&gil->semaphore);
    while (r < 0 && errno == EINTR);
    assert(r == 0);
    switches = voluntary_switches() - switches;
    seat->stats.contended++;
    seat->stats.false_wakeups += switches > 0 ? switches - 1 : 0;
}

/* Takes the semaphore and returns when this seat lost it to another, or 0 if none has had it meanwhile. Who
 * takes the lock from another tells him the time: a thread that is put off the CPU just behind its post, as
 * happens on one CPU, cannot know it, and no clock is read where nobody interferes. */
static nsec_t take(GilPy2 *gil, Seat *seat)
{
    nsec_t lost_at, now;

    if (sem_trywait(&gil->semaphore) < 0)
        wait_for_semaphore(gil, seat);
    seat->stats.acquires++;
    if (gil->last_holder == seat)
        return 0;
    now = nsec_now();
    lost_at = seat->lost_at ? seat->lost_at : now;
    if (gil->last_holder) {
        seat->stats.handoffs++;
        gil->last_holder->lost_at = now;
    }
    gil->last_holder = seat;
    return lost_at;
}

static void py2_acquire(Lock *lock, Seat *seat)
{
    nsec_t since;

    if (!lock->shared)
        return;
    since = nsec_now();
    if (take((GilPy2 *)lock, seat))
        seat->stats.waited += nsec_now() - since;
}

static void post(GilPy2 *gil)
{
    int r = sem_post(&gil->semaphore);

    assert(r == 0);
}

static void py2_release(Lock *lock, Seat *seat)
{
    (void)seat;
    if (lock->shared)
        post((GilPy2 *)lock);
}

/* The check fires when the counter goes below zero: the period is one tick longer than the interval. */
static uint64_t py2_budget(const Lock *lock)
{
    return (uint64_t)((const GilPy2 *)lock)->ticker + 1;
}

static void py2_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    GilPy2 *gil = (GilPy2 *)lock;
    nsec_t lost_at;

    gil->ticker -= (int64_t)ticks;
    if (gil->ticker >= 0)
        return;
    gil->ticker = gil->check_interval;
    if (!lock->shared)
        return;
    post(gil);
    lost_at = take(gil, seat);
    if (lost_at)
        seat->stats.waited += nsec_now() - lost_at;
}

const LockPolicy lock_gil_py2 = {
    .name = "gil-py2",
    .title = "the lock of Python 2",
    .summary = "the global lock of CPython 2: let go and taken again every check interval",
    .exclusive = true,
    .models = "cpython2",
    .crowding = 0.5,
    .parameters = parameters,
    .n_parameters = sizeof(parameters) / sizeof(parameters[0]),
    .create = py2_create,
    .destroy = py2_destroy,
    .acquire = py2_acquire,
    .release = py2_release,
    .budget = py2_budget,
    .check = py2_check,
};
