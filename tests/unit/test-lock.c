/* Scripted interleavings of two threads on one lock, and the books that are kept of it. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "engine/affinity.h"
#include "engine/cell.h"
#include "engine/registry.h"
#include "tests/unit/lock-settings.h"
#include "tests/unit/run.h"
#include "tests/unit/waiter.h"

typedef struct Other {
    Lock *lock;
    Seat seat;
    nsec_t stays; /* inside at least so long */
    pthread_t thread;
    atomic_bool inside, may_leave;
} Other;

static void *enter_and_leave(void *data)
{
    Other *other = data;

    lock_acquire(other->lock, &other->seat, nsec_now());
    atomic_store(&other->inside, true);
    for (nsec_t since = nsec_now(); !atomic_load(&other->may_leave) || nsec_now() - since < other->stays;)
        sched_yield();
    lock_release(other->lock, &other->seat, nsec_now());
    return NULL;
}

static void start(Other *other, Lock *lock)
{
    other->lock = lock;
    ck_assert_int_eq(pthread_create(&other->thread, NULL, enter_and_leave, other), 0);
}

static void join(Other *other)
{
    atomic_store(&other->may_leave, true);
    ck_assert_int_eq(pthread_join(other->thread, NULL), 0);
}

static Lock *lone_lock(const LockPolicy *policy, int64_t switch_interval_us, int64_t check_interval)
{
    const LockSettings settings = lock_settings(policy, switch_interval_us, check_interval);

    return lock_create(policy, &settings);
}

static Lock *shared_lock(const LockPolicy *policy, int64_t switch_interval_us, int64_t check_interval)
{
    Lock *lock = lone_lock(policy, switch_interval_us, check_interval);

    lock->shared = true;
    return lock;
}

START_TEST(waiter_forces_a_switch_after_one_interval)
{
    Lock *lock = shared_lock(&lock_gil, 1000, 100);
    Seat mine = {0};
    Other other = {0};

    lock_acquire(lock, &mine, nsec_now());
    start(&other, lock);
    atomic_store(&other.may_leave, true);
    /* The holder goes on until the drop request makes its check hand over. */
    while (!atomic_load(&other.inside))
        lock_check(lock, &mine, 100);
    lock_release(lock, &mine, nsec_now());
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
    lock_destroy(lock);
}
END_TEST

START_TEST(nobody_is_asked_to_drop_before_the_interval_is_over)
{
    Lock *lock = shared_lock(&lock_gil, 1000000, 100);
    Seat mine = {0};
    Other other = {0};

    lock_acquire(lock, &mine, nsec_now());
    start(&other, lock);
    for (int i = 0; i < 1000; i++)
        lock_check(lock, &mine, 100);
    lock_release(lock, &mine, nsec_now());
    join(&other);
    ck_assert_uint_eq(mine.stats.acquires, 1);
    ck_assert_uint_eq(mine.stats.forced_switches, 0);
    ck_assert_uint_eq(other.seat.stats.acquires, 1);
    lock_destroy(lock);
}
END_TEST

START_TEST(a_release_without_a_request_does_not_wait)
{
    Lock *lock = shared_lock(&lock_gil, 1000, 100);
    Seat mine = {0};

    for (int i = 0; i < 100; i++) {
        lock_acquire(lock, &mine, nsec_now());
        lock_release(lock, &mine, nsec_now());
    }
    ck_assert_uint_eq(mine.stats.acquires, 100);
    ck_assert_uint_eq(mine.stats.handoffs, 0);
    ck_assert_uint_eq(mine.stats.contended, 0);
    ck_assert_uint_eq(mine.stats.forced_switches, 0);
    ck_assert_uint_eq(mine.stats.waited, 0);
    lock_destroy(lock);
}
END_TEST

START_TEST(py2_lets_go_every_check_interval_and_one_tick)
{
    Lock *lock = shared_lock(&lock_gil_py2, 5000, 100);
    Seat mine = {0};

    lock_acquire(lock, &mine, nsec_now());
    ck_assert_uint_eq(lock_budget(lock), 101);
    lock_check(lock, &mine, 100);
    ck_assert_uint_eq(mine.stats.acquires, 1);
    ck_assert_uint_eq(lock_budget(lock), 1);
    lock_check(lock, &mine, 1);
    ck_assert_uint_eq(mine.stats.acquires, 2);
    ck_assert_uint_eq(lock_budget(lock), 101);
    lock_release(lock, &mine, nsec_now());
    lock_destroy(lock);
}
END_TEST

START_TEST(py2_counts_ticks_for_the_whole_process)
{
    Lock *lock = shared_lock(&lock_gil_py2, 5000, 100);
    Seat first = {0}, second = {0};

    lock_acquire(lock, &first, nsec_now());
    lock_check(lock, &first, 60);
    lock_release(lock, &first, nsec_now());
    lock_acquire(lock, &second, nsec_now());
    ck_assert_uint_eq(lock_budget(lock), 41);
    ck_assert_uint_eq(second.stats.handoffs, 1);
    lock_release(lock, &second, nsec_now());
    lock_destroy(lock);
}
END_TEST

START_TEST(py2_has_no_lock_before_the_first_thread)
{
    Lock *lock = lone_lock(&lock_gil_py2, 5000, 100);
    Seat first = {0}, second = {0};

    lock_acquire(lock, &first, nsec_now());
    lock_check(lock, &first, 1000);
    lock_acquire(lock, &second, nsec_now());
    ck_assert_uint_eq(first.stats.acquires + second.stats.acquires, 0);
    lock_destroy(lock);
}
END_TEST

START_TEST(py2_lets_anyone_barge_in)
{
    Lock *lock = shared_lock(&lock_gil_py2, 5000, 100);
    Seat mine = {0};
    Other other = {0};

    lock_acquire(lock, &mine, nsec_now());
    start(&other, lock);
    atomic_store(&other.may_leave, true);
    while (!atomic_load(&other.inside))
        lock_check(lock, &mine, 101);
    lock_release(lock, &mine, nsec_now());
    join(&other);
    ck_assert_uint_eq(other.seat.stats.acquires, 1);
    ck_assert_uint_eq(mine.stats.forced_switches + mine.stats.drop_requests, 0);
    lock_destroy(lock);
}
END_TEST

/* How often a waiter woke in vain who was woken in vain so many times. No drop request comes in between. */
static uint64_t false_wakeups_after(const LockPolicy *policy, int n_wakes)
{
    Lock *lock = shared_lock(policy, 3600 * INT64_C(1000000), 100);
    Seat mine = {0};
    Waiter waiter = {0};

    lock_acquire(lock, &mine, nsec_now());
    waiter_start(&waiter, lock);
    for (int i = 0; i < n_wakes; i++)
        waiter_wake_in_vain(&waiter, lock, &mine);
    lock_release(lock, &mine, nsec_now());
    waiter_join(&waiter);
    ck_assert_uint_eq(mine.stats.false_wakeups, 0);
    ck_assert_uint_eq(mine.stats.acquires, 1 + n_wakes);
    ck_assert_uint_eq(waiter.seat.stats.acquires, 1);
    ck_assert_uint_eq(waiter.seat.stats.handoffs, 1);
    ck_assert_uint_eq(waiter.seat.stats.drop_requests, 0);
    lock_destroy(lock);
    return waiter.seat.stats.false_wakeups;
}

START_TEST(who_wakes_and_finds_the_lock_taken_again_woke_in_vain)
{
    static const LockPolicy *const policies[] = {&lock_gil, &lock_gil_py2};

    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++)
        for (int n_wakes = 0; n_wakes < 4; n_wakes++)
            ck_assert_uint_eq(false_wakeups_after(policies[i], n_wakes), n_wakes);
}
END_TEST

enum { N_IN_LINE = 5 };

/* Starts waiters one after the other, so that they stand in line in the order of their numbers. */
static void stand_in_line(Waiter waiters[static N_IN_LINE], Lock *lock, int *n_served)
{
    for (int i = 0; i < N_IN_LINE; i++) {
        waiters[i] = (Waiter){.n_served = n_served};
        waiter_start(&waiters[i], lock);
    }
}

static void join_line(Waiter waiters[static N_IN_LINE])
{
    for (int i = 0; i < N_IN_LINE; i++) {
        waiter_join(&waiters[i]);
        ck_assert_int_eq(waiters[i].served, i);
        ck_assert_uint_eq(waiters[i].seat.stats.acquires, 1);
        ck_assert_uint_eq(waiters[i].seat.stats.contended, 1);
        ck_assert_uint_eq(waiters[i].seat.stats.handoffs, 1);
        ck_assert_uint_eq(waiters[i].seat.stats.false_wakeups, 0);
    }
}

START_TEST(ticket_serves_who_comes_first)
{
    Lock *lock = shared_lock(&lock_ticket, 0, 0);
    Waiter waiters[N_IN_LINE];
    Seat mine = {0};
    int n_served = 0;

    lock_acquire(lock, &mine, nsec_now());
    stand_in_line(waiters, lock, &n_served);
    lock_release(lock, &mine, nsec_now());
    join_line(waiters);
    ck_assert_int_eq(n_served, N_IN_LINE);
    lock_destroy(lock);
}
END_TEST

/* Who comes back from its turn stands behind all who waited then, however fast it is. */
START_TEST(ticket_holder_gives_way_to_all_in_line)
{
    Lock *lock = shared_lock(&lock_ticket, 0, 0);
    int64_t turn = lock_ticket.parameters[0].fallback;
    Waiter waiters[N_IN_LINE];
    Seat mine = {0};
    int n_served = 0;

    lock_acquire(lock, &mine, nsec_now());
    ck_assert_int_eq((int64_t)lock_budget(lock), turn);
    stand_in_line(waiters, lock, &n_served);
    lock_check(lock, &mine, (uint64_t)turn - 1);
    ck_assert_uint_eq(mine.stats.acquires, 1);
    ck_assert_uint_eq(lock_budget(lock), 1);
    lock_check(lock, &mine, 1);
    ck_assert_int_eq(n_served, N_IN_LINE);
    ck_assert_uint_eq(mine.stats.acquires, 2);
    ck_assert_uint_eq(mine.stats.contended, 1);
    ck_assert_uint_eq(mine.stats.handoffs, 1);
    ck_assert_int_eq((int64_t)lock_budget(lock), turn);
    lock_release(lock, &mine, nsec_now());
    join_line(waiters);
    lock_destroy(lock);
}
END_TEST

START_TEST(ticket_goes_on_while_nobody_waits)
{
    Lock *lock = shared_lock(&lock_ticket, 0, 0);
    Seat mine = {0};

    lock_acquire(lock, &mine, nsec_now());
    for (int i = 0; i < 1000; i++)
        lock_check(lock, &mine, lock_budget(lock));
    lock_release(lock, &mine, nsec_now());
    ck_assert_uint_eq(mine.stats.acquires, 1);
    ck_assert_uint_eq(mine.stats.waited, 0);
    lock_destroy(lock);
}
END_TEST

START_TEST(interpreters_do_not_wait_for_one_another)
{
    Lock *one = lone_lock(&lock_per_interpreter, 5000, 100);
    Lock *two = lone_lock(&lock_per_interpreter, 5000, 100);
    Seat mine = {0}, theirs = {0};

    ck_assert(lock_per_interpreter.each_its_own && !lock_per_interpreter.exclusive);
    lock_acquire(one, &mine, nsec_now());
    lock_acquire(two, &theirs, nsec_now());
    ck_assert_uint_eq(mine.stats.contended + theirs.stats.contended, 0);
    lock_release(two, &theirs, nsec_now());
    lock_release(one, &mine, nsec_now());
    lock_destroy(two);
    lock_destroy(one);
}
END_TEST

START_TEST(without_a_lock_both_are_inside)
{
    Lock *lock = shared_lock(&lock_none, 5000, 100);
    Seat mine = {0};
    Other other = {0};

    lock_acquire(lock, &mine, nsec_now());
    start(&other, lock);
    while (!atomic_load(&other.inside))
        sched_yield();
    join(&other);
    lock_release(lock, &mine, nsec_now());
    ck_assert_uint_eq(mine.stats.acquires + other.seat.stats.acquires, 0);
    lock_destroy(lock);
}
END_TEST

/* The plainest lock that one could think of: a mutex, let go of and taken again between any two steps. */
typedef struct Naive {
    Lock base;
    pthread_mutex_t mutex;
} Naive;

static Lock *naive_create(const LockPolicy *policy, const void *settings)
{
    Naive *naive = lock_new(policy, sizeof(*naive));

    (void)settings;
    pthread_mutex_init(&naive->mutex, NULL);
    return &naive->base;
}

static bool naive_acquire(Lock *lock, Seat *seat)
{
    (void)seat;
    pthread_mutex_lock(&((Naive *)lock)->mutex);
    return false;
}

static bool naive_release(Lock *lock, Seat *seat)
{
    (void)seat;
    pthread_mutex_unlock(&((Naive *)lock)->mutex);
    return false;
}

static LockTurn naive_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    (void)ticks;
    naive_release(lock, seat);
    naive_acquire(lock, seat);
    return LOCK_RETAKEN;
}

static const LockPolicy naive = {
    .name = "naive",
    .exclusive = true,
    .budget_ticks = 100,
    .create = naive_create,
    .acquire = naive_acquire,
    .release = naive_release,
    .check = naive_check,
};

/* One holds the lock, then the other for 20 ms, which the first one only knows when it has it back. */
static void check_books(const LockPolicy *policy)
{
    Lock *lock = shared_lock(policy, 1000, 100);
    nsec_t since = nsec_now(), time;
    Other other = {.stays = 20 * NSEC_PER_MSEC};
    Seat mine = {0};

    lock_acquire(lock, &mine, since);
    start(&other, lock);
    atomic_store(&other.may_leave, true);
    while (!atomic_load(&other.inside))
        lock_check(lock, &mine, 101);
    lock_release(lock, &mine, nsec_now());
    time = nsec_now() - since;
    join(&other);
    ck_assert_msg(mine.stats.waited >= 20 * NSEC_PER_MSEC, "%s", policy->name);
    ck_assert_msg(mine.stats.held + mine.stats.waited <= time, "%s", policy->name);
    ck_assert_msg(mine.stats.held + other.seat.stats.held <= time, "%s", policy->name);
    ck_assert_uint_ge(other.seat.stats.held, 20 * NSEC_PER_MSEC);
    ck_assert_uint_eq(mine.stats.handoffs, 1);
    ck_assert_uint_eq(other.seat.stats.handoffs, 1);
    lock_destroy(lock);
}

START_TEST(no_time_is_held_twice_under_any_lock)
{
    check_books(&naive);
    for (size_t i = 0; registry_locks[i]; i++)
        if (registry_locks[i]->exclusive)
            check_books(registry_locks[i]);
}
END_TEST

/* Several may reach for a semaphore at the same moment. One of them has to try again, although nobody has
 * taken it. */
static bool take_at_the_second_try(Lock *lock, Seat *seat)
{
    naive_acquire(lock, seat);
    return true;
}

START_TEST(who_had_the_lock_last_takes_it_over_from_nobody)
{
    LockPolicy policy = naive;
    Seat mine = {0};
    Lock *lock;

    policy.acquire = take_at_the_second_try;
    lock = lone_lock(&policy, 0, 0);
    for (int i = 0; i < 2; i++) {
        lock_acquire(lock, &mine, nsec_now());
        ck_assert_uint_eq(mine.lost_at, 0);
        lock_release(lock, &mine, nsec_now());
    }
    ck_assert_uint_eq(mine.stats.contended, 2);
    ck_assert_uint_eq(mine.stats.handoffs, 0);
    lock_destroy(lock);
}
END_TEST

START_TEST(tasks_under_a_naive_lock_hold_it_no_longer_than_there_is_time)
{
    Cell cell = {
        .experiment = &experiment_countdown,
        .mode = &mode_threads,
        .lock = &naive,
        .n_tasks = 3,
        .n_cpus = (uint32_t)affinity_usable(),
        .turns_per_tick = 10,
    };
    const int64_t n = 10000000;
    nsec_t held = 0;
    Arena *arena;

    memcpy(cell.params, &n, sizeof(n));
    ck_assert_int_eq(cell_run(&cell, false, 0, &arena), 0);
    ck_assert_msg(arena->complete, "%s", arena->reason);
    for (uint32_t i = 0; i < arena->n_seats; i++) {
        const LockStats *stats = &arena_seat(arena, i)->stats;

        ck_assert_uint_ge(stats->acquires, (uint64_t)n / 10 / 100);
        ck_assert_uint_le(stats->held + stats->waited, arena->wall);
        held += stats->held;
    }
    ck_assert_uint_le(held, arena->wall);
    ck_assert_uint_gt(held, 0);
    arena_free(arena);
}
END_TEST

/* A policy that gives the lock away behind the back of the books is stopped. */
static LockTurn let_go_and_keep(Lock *lock, Seat *seat, uint64_t ticks)
{
    static Seat somebody;

    (void)ticks;
    naive_release(lock, seat);
    lock_acquire(lock, &somebody, nsec_now());
    return LOCK_KEPT;
}

START_TEST(a_policy_that_lets_go_by_itself_is_found_out)
{
    LockPolicy wrong = naive;
    pid_t pid = fork();
    Seat mine = {0};
    Lock *lock;
    int status;

    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        wrong.check = let_go_and_keep;
        lock = lone_lock(&wrong, 0, 0);
        lock_acquire(lock, &mine, nsec_now());
        lock_check(lock, &mine, 1);
        lock_release(lock, &mine, nsec_now());
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

RUN_TESTS("lock", 60, waiter_forces_a_switch_after_one_interval,
    nobody_is_asked_to_drop_before_the_interval_is_over, a_release_without_a_request_does_not_wait,
    py2_lets_go_every_check_interval_and_one_tick, py2_counts_ticks_for_the_whole_process,
    py2_has_no_lock_before_the_first_thread, py2_lets_anyone_barge_in,
    who_wakes_and_finds_the_lock_taken_again_woke_in_vain, ticket_serves_who_comes_first,
    ticket_holder_gives_way_to_all_in_line, ticket_goes_on_while_nobody_waits,
    interpreters_do_not_wait_for_one_another, without_a_lock_both_are_inside,
    no_time_is_held_twice_under_any_lock, who_had_the_lock_last_takes_it_over_from_nobody,
    tasks_under_a_naive_lock_hold_it_no_longer_than_there_is_time,
    a_policy_that_lets_go_by_itself_is_found_out)
