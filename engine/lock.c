/* The books of every lock. Three rules make them add up:
 *
 * Time is taken where the lock goes from one seat to another, and only there. Where nobody else wants it, not
 * even an old GIL that lets go a million times a second pays for a clock.
 *
 * A seat that lets go at a check cannot know when it lost the lock: it may be put off the CPU just behind its
 * release, and another may have had the lock for a long time when it comes back. So whoever takes the lock
 * from a seat tells that seat the time. Without this the time of the other would be in both books, and two
 * tasks would have held one lock for twice the time there was.
 *
 * The holder is known here, and the policy is not asked for it. One that gave the lock away and said that it
 * kept it is found out at the next release, where the holder is somebody else.
 *
 * The books need no lock of their own. holder, and lost_at of the seat that held it, are written only by a
 * seat that has the lock at that moment; what else they consist of belongs to the seat's own thread. A policy
 * that is exclusive therefore orders them by its own mutex or semaphore. One that is not exclusive, and has
 * an algorithm, gives each loop a lock of its own, so there is only one seat. */
#include "engine/lock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/timeline.h"

/* Policies keep what different threads write on cache lines of their own with alignas(64); malloc(3) does
 * not promise such an alignment. aligned_alloc() wants the size to be a multiple of it. */
void *lock_new(const LockPolicy *policy, size_t size)
{
    size_t whole = (size + alignof(Seat) - 1) / alignof(Seat) * alignof(Seat);
    Lock *lock = aligned_alloc(alignof(Seat), whole);

    assert(lock);
    memset(lock, 0, whole);
    lock->policy = policy;
    return lock;
}

void lock_read_settings(const LockPolicy *policy, const json_t *params, LockSettings *ret, Problem *problem)
{
    for (size_t i = 0; i < policy->n_parameters; i++) {
        const Parameter *parameter = &policy->parameters[i];

        if (json_object_get(params, parameter->name))
            parameter_read(parameter, params, ret->bytes, problem);
        else
            parameter_read_default(parameter, ret->bytes);
    }
}

Lock *lock_create(const LockPolicy *policy, const LockSettings *settings)
{
    return policy->create ? policy->create(policy, settings->bytes) : lock_new(policy, sizeof(Lock));
}

void lock_destroy(Lock *lock)
{
    if (lock->policy->destroy)
        lock->policy->destroy(lock);
    free(lock);
}

/* Where it is not, nobody waits and nobody counts: a lone thread of the old interpreter really has no lock.
 */
static bool lock_is_there(const Lock *lock)
{
    return lock->policy->acquire && (lock->shared || !lock->policy->starts_with_threads);
}

/* The seat has the lock from another, or is the first to have it, or had to wait for it although nobody was
 * in between, as only one of several takes a semaphore at a time. Returns the time. A seat that gave way on
 * request has noted by itself when it did, and that time stays. */
static nsec_t lock_change_holder(Lock *lock, Seat *seat)
{
    Seat *before = lock->holder;
    nsec_t now = nsec_now();

    if (before && before != seat) {
        seat->stats.handoffs++;
        if (before->lost_at == 0)
            before->lost_at = now;
    }
    lock->holder = seat;
    return now;
}

/* The usual case reads no clock: the lock was free, and the same seat had it last, so nobody has lost
 * anything. held_since is then the time that the caller has read, although the lock was taken a moment
 * later; that moment, tens of nanoseconds, counts as held. */
void lock_acquire(Lock *lock, Seat *seat, nsec_t now)
{
    nsec_t since = now;
    bool contended;

    if (!lock_is_there(lock))
        return;
    contended = lock->policy->acquire(lock, seat);
    seat->stats.acquires++;
    seat->stats.contended += contended;
    seat->lost_at = 0;
    if (contended || (lock->holder && lock->holder != seat)) {
        now = lock_change_holder(lock, seat);
        seat->stats.waited += now - since;
        if (seat->tracer)
            timeline_record_lock_wait(seat->tracer, since, now, SPAN_NONE);
    }
    lock->holder = seat;
    seat->held_since = now;
}

/* What was held ends before the lock is let go of, so that the wait for a forced switch is no part of it.
 * The policy is late only after such a wait, and only then is the clock read again. */
nsec_t lock_release(Lock *lock, Seat *seat, nsec_t now)
{
    nsec_t waited;

    if (!lock_is_there(lock))
        return 0;
    assert(lock->holder == seat);
    seat->stats.held += now - seat->held_since;
    if (!lock->policy->release(lock, seat))
        return 0;
    waited = nsec_now() - now;
    seat->stats.waited += waited;
    return waited;
}

/* The seat has the lock back from another. What it waited is taken off what it held by moving the beginning
 * of the hold forward: the release then needs one subtraction, however often the lock came and went in
 * between. */
void lock_come_back(Lock *lock, Seat *seat)
{
    nsec_t now = lock_change_holder(lock, seat), waited = now - seat->lost_at;

    seat->stats.waited += waited;
    seat->held_since += waited;
    if (seat->tracer)
        timeline_record_lock_wait(seat->tracer, seat->lost_at, now, SPAN_RUN);
    seat->lost_at = 0;
}

static bool lock_release_and_acquire(Lock *lock, Seat *seat)
{
    lock->policy->release(lock, seat);
    return lock->policy->acquire(lock, seat);
}

/* lost_at is set before the lock is let go of, and so is not written by the seat that takes it: a request
 * was made, so the time from here on is waiting in any case. If nobody came after all, the seat is still the
 * holder, and nothing has happened. */
void lock_yield(Lock *lock, Seat *seat)
{
    seat->lost_at = nsec_now();
    seat->stats.contended +=
        lock->policy->pass_on ? lock->policy->pass_on(lock, seat) : lock_release_and_acquire(lock, seat);
    seat->stats.acquires++;
    if (lock->holder != seat)
        lock_come_back(lock, seat);
    seat->lost_at = 0;
}
