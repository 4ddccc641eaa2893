/* Scripted interleavings of two threads on one lock, through its policy. */
#include <pthread.h>
#include <stdatomic.h>

#include "engine/registry.h"
#include "tests/unit/run.h"
#include "tests/unit/waiter.h"

typedef struct Other {
    Lock *lock;
    Seat seat;
    pthread_t thread;
    atomic_bool inside, may_leave;
} Other;

static void *enter_and_leave(void *data)
{
    Other *other = data;

    other->lock->policy->acquire(other->lock, &other->seat);
    atomic_store(&other->inside, true);
    while (!atomic_load(&other->may_leave))
        sched_yield();
    other->lock->policy->release(other->lock, &other->seat);
    return NULL;
}

static void start(Other *other, Lock *lock)
{
    *other = (Other){.lock = lock};
    ck_assert_int_eq(pthread_create(&other->thread, NULL, enter_and_leave, other), 0);
}

static void join(Other *other)
{
    atomic_store(&other->may_leave, true);
    ck_assert_int_eq(pthread_join(other->thread, NULL), 0);
}

static Lock *shared_lock(const LockPolicy *policy, int64_t switch_interval_us, int64_t check_interval)
{
    Lock *lock = policy->create(&(LockSettings){switch_interval_us, check_interval});

    lock->shared = true;
    return lock;
}

START_TEST(waiter_forces_a_switch_after_one_interval)
{
    Lock *lock = shared_lock(&lock_gil, 1000, 100);
    Seat mine = {0};
    Other other;

    lock_gil.acquire(lock, &mine);
    start(&other, lock);
    atomic_store(&other.may_leave, true);
    /* The holder goes on until the drop request makes its check hand over. */
    while (!atomic_load(&other.inside))
        lock_gil.check(lock, &mine, 100);
    lock_gil.release(lock, &mine);
    join(&other);
    ck_assert_uint_eq(other.seat.stats.acquires, 1);
    ck_assert_uint_eq(other.seat.stats.handoffs, 1);
    ck_assert_uint_eq(other.seat.stats.contended, 1);
    ck_assert_uint_ge(other.seat.stats.drop_requests, 1);
    ck_assert_uint_ge(other.seat.stats.waited, 1 * NSEC_PER_MSEC);
    /* It had the lock back only from the other's hands; whether it had to wait for the switch depends on how
     * fast the other woke. */
    ck_assert_uint_ge(mine.stats.handoffs, 1);
    ck_assert_uint_eq(mine.stats.acquires, 2);
    ck_assert_uint_le(mine.stats.forced_switches, mine.stats.acquires);
    lock_gil.destroy(lock);
}
END_TEST

START_TEST(nobody_is_asked_to_drop_before_the_interval_is_over)
{
    Lock *lock = shared_lock(&lock_gil, 1000000, 100);
    Seat mine = {0};
    Other other;

    lock_gil.acquire(lock, &mine);
    start(&other, lock);
    for (int i = 0; i < 1000; i++)
        lock_gil.check(lock, &mine, 100);
    lock_gil.release(lock, &mine);
    join(&other);
    ck_assert_uint_eq(mine.stats.acquires, 1);
    ck_assert_uint_eq(mine.stats.forced_switches, 0);
    ck_assert_uint_eq(other.seat.stats.acquires, 1);
    lock_gil.destroy(lock);
}
END_TEST

START_TEST(a_release_without_a_request_does_not_wait)
{
    Lock *lock = shared_lock(&lock_gil, 1000, 100);
    Seat mine = {0};

    for (int i = 0; i < 100; i++) {
        lock_gil.acquire(lock, &mine);
        lock_gil.release(lock, &mine);
    }
    ck_assert_uint_eq(mine.stats.acquires, 100);
    ck_assert_uint_eq(mine.stats.handoffs, 0);
    ck_assert_uint_eq(mine.stats.contended, 0);
    ck_assert_uint_eq(mine.stats.forced_switches, 0);
    ck_assert_uint_eq(mine.stats.waited, 0);
    lock_gil.destroy(lock);
}
END_TEST

START_TEST(py2_lets_go_every_check_interval_and_one_tick)
{
    Lock *lock = shared_lock(&lock_gil_py2, 5000, 100);
    Seat mine = {0};

    lock_gil_py2.acquire(lock, &mine);
    ck_assert_uint_eq(lock_gil_py2.budget(lock), 101);
    lock_gil_py2.check(lock, &mine, 100);
    ck_assert_uint_eq(mine.stats.acquires, 1);
    ck_assert_uint_eq(lock_gil_py2.budget(lock), 1);
    lock_gil_py2.check(lock, &mine, 1);
    ck_assert_uint_eq(mine.stats.acquires, 2);
    ck_assert_uint_eq(lock_gil_py2.budget(lock), 101);
    lock_gil_py2.release(lock, &mine);
    lock_gil_py2.destroy(lock);
}
END_TEST

START_TEST(py2_counts_ticks_for_the_whole_process)
{
    Lock *lock = shared_lock(&lock_gil_py2, 5000, 100);
    Seat first = {0}, second = {0};

    lock_gil_py2.acquire(lock, &first);
    lock_gil_py2.check(lock, &first, 60);
    lock_gil_py2.release(lock, &first);
    lock_gil_py2.acquire(lock, &second);
    ck_assert_uint_eq(lock_gil_py2.budget(lock), 41);
    ck_assert_uint_eq(second.stats.handoffs, 1);
    lock_gil_py2.release(lock, &second);
    lock_gil_py2.destroy(lock);
}
END_TEST

START_TEST(py2_has_no_lock_before_the_first_thread)
{
    Lock *lock = lock_gil_py2.create(&(LockSettings){5000, 100});
    Seat first = {0}, second = {0};

    lock_gil_py2.acquire(lock, &first);
    lock_gil_py2.check(lock, &first, 1000);
    lock_gil_py2.acquire(lock, &second);
    ck_assert_uint_eq(first.stats.acquires + second.stats.acquires, 0);
    lock_gil_py2.destroy(lock);
}
END_TEST

START_TEST(py2_lets_anyone_barge_in)
{
    Lock *lock = shared_lock(&lock_gil_py2, 5000, 100);
    Seat mine = {0};
    Other other;

    lock_gil_py2.acquire(lock, &mine);
    start(&other, lock);
    atomic_store(&other.may_leave, true);
    while (!atomic_load(&other.inside))
        lock_gil_py2.check(lock, &mine, 101);
    lock_gil_py2.release(lock, &mine);
    join(&other);
    ck_assert_uint_eq(other.seat.stats.acquires, 1);
    ck_assert_uint_eq(mine.stats.forced_switches + mine.stats.drop_requests, 0);
    lock_gil_py2.destroy(lock);
}
END_TEST

/* How often a waiter woke in vain who was woken in vain so many times. No drop request comes in between. */
static uint64_t false_wakeups_after(const LockPolicy *policy, int n_wakes)
{
    Lock *lock = shared_lock(policy, 3600 * INT64_C(1000000), 100);
    Seat mine = {0};
    Waiter waiter = {0};

    policy->acquire(lock, &mine);
    waiter_start(&waiter, lock);
    for (int i = 0; i < n_wakes; i++)
        waiter_wake_in_vain(&waiter, lock, &mine);
    policy->release(lock, &mine);
    waiter_join(&waiter);
    ck_assert_uint_eq(mine.stats.false_wakeups, 0);
    ck_assert_uint_eq(mine.stats.acquires, 1 + n_wakes);
    ck_assert_uint_eq(waiter.seat.stats.acquires, 1);
    ck_assert_uint_eq(waiter.seat.stats.handoffs, 1);
    ck_assert_uint_eq(waiter.seat.stats.drop_requests, 0);
    policy->destroy(lock);
    return waiter.seat.stats.false_wakeups;
}

START_TEST(who_wakes_and_finds_the_lock_taken_again_woke_in_vain)
{
    static const LockPolicy *const policies[] = {&lock_gil, &lock_gil_py2};

    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
        for (int n_wakes = 0; n_wakes < 4; n_wakes++)
            ck_assert_uint_eq(false_wakeups_after(policies[i], n_wakes), n_wakes);
}
END_TEST

START_TEST(interpreters_do_not_wait_for_one_another)
{
    Lock *one = lock_per_interpreter.create(&(LockSettings){5000, 100});
    Lock *two = lock_per_interpreter.create(&(LockSettings){5000, 100});
    Seat mine = {0}, theirs = {0};

    ck_assert(lock_per_interpreter.each_its_own && !lock_per_interpreter.exclusive);
    lock_per_interpreter.acquire(one, &mine);
    lock_per_interpreter.acquire(two, &theirs);
    ck_assert_uint_eq(mine.stats.contended + theirs.stats.contended, 0);
    lock_per_interpreter.release(two, &theirs);
    lock_per_interpreter.release(one, &mine);
    lock_per_interpreter.destroy(two);
    lock_per_interpreter.destroy(one);
}
END_TEST

START_TEST(without_a_lock_both_are_inside)
{
    Lock *lock = shared_lock(&lock_none, 5000, 100);
    Seat mine = {0};
    Other other;

    lock_none.acquire(lock, &mine);
    start(&other, lock);
    while (!atomic_load(&other.inside))
        sched_yield();
    join(&other);
    lock_none.release(lock, &mine);
    ck_assert_uint_eq(mine.stats.acquires + other.seat.stats.acquires, 0);
    lock_none.destroy(lock);
}
END_TEST

RUN_TESTS("lock", 60, waiter_forces_a_switch_after_one_interval,
    nobody_is_asked_to_drop_before_the_interval_is_over, a_release_without_a_request_does_not_wait,
    py2_lets_go_every_check_interval_and_one_tick, py2_counts_ticks_for_the_whole_process,
    py2_has_no_lock_before_the_first_thread, py2_lets_anyone_barge_in,
    who_wakes_and_finds_the_lock_taken_again_woke_in_vain, interpreters_do_not_wait_for_one_another,
    without_a_lock_both_are_inside)
