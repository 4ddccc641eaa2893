#include "tests/unit/waiter.h"

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

static atomic_bool is_held_up, may_go_on, has_gone_on;

static void hold_up(int number)
{
    (void)number;
    atomic_store(&is_held_up, true);
    while (!atomic_load(&may_go_on))
        sched_yield();
    atomic_store(&has_gone_on, true);
}

static void wait_until(atomic_bool *flag)
{
    while (!atomic_load(flag))
        sched_yield();
}

/* The state of a thread stands behind its name: "4711 (test-lock) S 1 ...". */
static bool sleeps(int thread)
{
    char path[64], line[256] = "";
    auto_file FILE *file = NULL;
    const char *name_end;

    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
    file = fopen(path, "re");
    if (!file || !fgets(line, sizeof(line), file))
        return false;
    name_end = strrchr(line, ')');
    return name_end && name_end[1] == ' ' && name_end[2] == 'S';
}

static void wait_until_it_sleeps(Waiter *waiter)
{
    while (atomic_load(&waiter->id) == 0 || !sleeps(atomic_load(&waiter->id)))
        sched_yield();
}

static void *take_and_let_go(void *data)
{
    Waiter *waiter = data;

    atomic_store(&waiter->id, gettid());
    lock_acquire(waiter->lock, &waiter->seat, nsec_now());
    if (waiter->n_served)
        waiter->served = (*waiter->n_served)++;
    lock_release(waiter->lock, &waiter->seat, nsec_now());
    return NULL;
}

void waiter_start(Waiter *waiter, Lock *lock)
{
    waiter->lock = lock;
    atomic_store(&waiter->id, 0);
    ck_assert_int_eq(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = hold_up}, NULL), 0);
    ck_assert_int_eq(pthread_create(&waiter->thread, NULL, take_and_let_go, waiter), 0);
    wait_until_it_sleeps(waiter);
}

void waiter_wake_in_vain(Waiter *waiter, Lock *lock, Seat *holder)
{
    atomic_store(&is_held_up, false);
    atomic_store(&may_go_on, false);
    atomic_store(&has_gone_on, false);
    ck_assert_int_eq(pthread_kill(waiter->thread, SIGUSR1), 0);
    wait_until(&is_held_up);
    lock_release(lock, holder, nsec_now());
    lock_acquire(lock, holder, nsec_now());
    atomic_store(&may_go_on, true);
    wait_until(&has_gone_on);
    wait_until_it_sleeps(waiter);
}

void waiter_join(Waiter *waiter)
{
    ck_assert_int_eq(pthread_join(waiter->thread, NULL), 0);
}
