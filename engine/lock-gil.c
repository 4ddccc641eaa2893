/* The GIL of CPython 3.2 and later (Python/ceval_gil.c: take_gil, drop_gil), after Antoine Pitrou.
 *
 * A waiter does not poll: it sleeps for one switch interval, and only when that time ran out and nobody else
 * has got the lock meanwhile it sets the drop request. The holder looks at the request between steps and
 * lets go. On a multiprocessor it would have the lock back before the woken waiter runs (the convoy that the
 * old lock suffers from), so after a requested drop it waits until somebody else has taken it: the forced
 * switch. There is no queue: whoever comes first takes it, and each lost race costs a full new interval.
 *
 *     waiter                                   holder
 *     sleeps for one interval                  computes, looks at the request between steps
 *     sets the drop request          ───────>  sees it, lets go, signals freed
 *     wakes, takes the lock,                   waits for switched
 *     clears the request, signals switched ─>  asks for the lock like everybody else
 *
 * The mutex protects two fields for some nanoseconds at a time; the lock itself is the flag locked. It cannot
 * be the mutex, because a mutex tells its holder nothing about waiters, or how long they have waited. */
#include "engine/lock-gil.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "engine/registry.h"
#include "engine/timeline.h"

typedef struct Gil {
    Lock base;
    nsec_t interval; /* set before the first thread starts */

    /* A hint, relaxed: set by a waiter, asked again by the holder at its next check. */
    alignas(64) atomic_bool drop_request;

    alignas(64) pthread_mutex_t mutex;
    pthread_cond_t freed;   /* signalled when locked becomes false */
    bool locked;            /* guarded by mutex */
    uint64_t switch_number; /* how often the holder changed; guarded by mutex */

    pthread_mutex_t switch_mutex; /* taken inside mutex or alone */
    pthread_cond_t switched;      /* signalled when somebody has taken the lock */
    const Seat *last_holder;      /* guarded by switch_mutex */
} Gil;

const Parameter gil_parameters[GIL_N_PARAMETERS] = {
    {
        .name = "switch_interval_us",
        .unit = "us",
        .help = "how long a waiting thread waits before it asks for the lock (gil)",
        .min = 1,
        .max = 1000000,
        .fallback = 5000,
        .offset = offsetof(GilSettings, switch_interval_us),
    },
};

/* The conditions use the monotonic clock: with the default one, a clock that is set back would make a waiter
 * sleep for hours. */
Lock *gil_create(const LockPolicy *policy, const void *settings)
{
    Gil *gil = lock_new(policy, sizeof(*gil));
    pthread_condattr_t monotonic;
    int r;

    gil->interval = (nsec_t)((const GilSettings *)settings)->switch_interval_us * NSEC_PER_USEC;
    pthread_condattr_init(&monotonic);
    r = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    assert(r == 0);
    r = pthread_mutex_init(&gil->mutex, NULL);
    assert(r == 0);
    r = pthread_mutex_init(&gil->switch_mutex, NULL);
    assert(r == 0);
    r = pthread_cond_init(&gil->freed, &monotonic);
    assert(r == 0);
    r = pthread_cond_init(&gil->switched, &monotonic);
    assert(r == 0);
    pthread_condattr_destroy(&monotonic);
    return &gil->base;
}

void gil_destroy(Lock *lock)
{
    Gil *gil = (Gil *)lock;

    pthread_cond_destroy(&gil->switched);
    pthread_cond_destroy(&gil->freed);
    pthread_mutex_destroy(&gil->switch_mutex);
    pthread_mutex_destroy(&gil->mutex);
}

/* pthread_mutex_lock cannot fail on a plain mutex; a lab that went on without it would measure nonsense. */
static void gil_lock_mutex(pthread_mutex_t *mutex)
{
    int r = pthread_mutex_lock(mutex);

    assert(r == 0);
}

static void gil_unlock_mutex(pthread_mutex_t *mutex)
{
    int r = pthread_mutex_unlock(mutex);

    assert(r == 0);
}

/* Waits while the lock is taken, one interval at a time, and asks for it after each that changed nothing.
 * The switch number is read before each sleep. If it has changed, the present holder has had the lock for
 * less than an interval, and is not asked: otherwise many waiters would cut every slice short. */
static void gil_wait_until_free_locked(Gil *gil, Seat *seat)
{
    while (gil->locked) {
        const struct timespec deadline = nsec_to_timespec(nsec_now() + gil->interval);
        uint64_t seen = gil->switch_number;
        int r = pthread_cond_timedwait(&gil->freed, &gil->mutex, &deadline);

        assert(r == 0 || r == ETIMEDOUT);
        if (!gil->locked)
            break;
        if (r == 0) {
            seat->stats.false_wakeups++;
            if (seat->tracer)
                timeline_record_false_wakeup(seat->tracer);
        } else if (gil->switch_number == seen) {
            atomic_store_explicit(&gil->drop_request, true, memory_order_relaxed);
            seat->stats.drop_requests++;
        }
    }
}

/* The lock is taken with both mutexes held. switch_mutex, because a releaser in its forced switch looks at
 * last_holder under that one and would miss the signal if the change came between its look and its sleep.
 * The request is cleared by whoever takes the lock, not by the one who lets go: it was made to the last
 * holder, and the new one has not had its interval yet. If others still wait, they will ask again when
 * theirs is over. */
bool gil_acquire(Lock *lock, Seat *seat)
{
    Gil *gil = (Gil *)lock;
    bool was_locked;

    gil_lock_mutex(&gil->mutex);
    was_locked = gil->locked;
    if (was_locked)
        gil_wait_until_free_locked(gil, seat);
    gil_lock_mutex(&gil->switch_mutex);
    gil->locked = true;
    if (gil->last_holder != seat) {
        gil->last_holder = seat;
        gil->switch_number++;
    }
    pthread_cond_signal(&gil->switched);
    gil_unlock_mutex(&gil->switch_mutex);
    atomic_store_explicit(&gil->drop_request, false, memory_order_relaxed);
    gil_unlock_mutex(&gil->mutex);
    return was_locked;
}

/* The forced switch. Without it the releaser, which is on a CPU and only has to ask again, would have the
 * lock back before the woken waiter runs, and the waiter would wait for ever. The request stays set until
 * somebody takes the lock, so one that is seen here has a waiter behind it: the wait ends. */
static void gil_wait_until_taken(Gil *gil, Seat *seat)
{
    gil_lock_mutex(&gil->switch_mutex);
    seat->stats.forced_switches += gil->last_holder == seat;
    while (gil->last_holder == seat)
        pthread_cond_wait(&gil->switched, &gil->switch_mutex);
    gil_unlock_mutex(&gil->switch_mutex);
}

/* The flag is cleared under the mutex, or a waiter that has just seen it set would fall asleep after the
 * signal and sleep a whole interval beside a free lock. One waiter is signalled: there is one lock to have.
 * The request is read after the mutex is let go of; a thread that has taken the lock meanwhile has cleared
 * it, and then there is nothing to wait for. */
bool gil_release(Lock *lock, Seat *seat)
{
    Gil *gil = (Gil *)lock;

    gil_lock_mutex(&gil->mutex);
    assert(gil->locked);
    gil->locked = false;
    pthread_cond_signal(&gil->freed);
    gil_unlock_mutex(&gil->mutex);
    if (!atomic_load_explicit(&gil->drop_request, memory_order_relaxed))
        return false;
    gil_wait_until_taken(gil, seat);
    return true;
}

/* One relaxed load is all that a thread pays for a lock that nobody else wants. It may see the request a
 * little late, which is a step more among thousands. */
LockTurn gil_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    (void)seat;
    (void)ticks;
    return atomic_load_explicit(&((Gil *)lock)->drop_request, memory_order_relaxed) ? LOCK_YIELD : LOCK_KEPT;
}

const LockPolicy lock_gil = {
    .name = "gil",
    .title = "the GIL",
    .summary = "the global lock of CPython 3.2 and later: a waiter asks for it after one switch interval",
    .usual = true,
    .exclusive = true,
    .models = "cpython3",
    .parameters = gil_parameters,
    .n_parameters = GIL_N_PARAMETERS,
    .budget_ticks = GIL_BUDGET_TICKS,
    .create = gil_create,
    .destroy = gil_destroy,
    .acquire = gil_acquire,
    .release = gil_release,
    .check = gil_check,
};
