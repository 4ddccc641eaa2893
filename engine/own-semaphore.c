/* What is posted belongs to nobody: a waiter that is woken has to try for it like everybody else. */
#include "engine/own-semaphore.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint64_t ONE_WAITER = (uint64_t)1 << 32;

static uint32_t semaphore_value(uint64_t state)
{
    return (uint32_t)state;
}

/* The kernel looks at 32 bits. */
static uint32_t *semaphore_futex(Semaphore *semaphore)
{
    return (uint32_t *)&semaphore->state + (BYTE_ORDER == BIG_ENDIAN);
}

void semaphore_init(Semaphore *semaphore, uint32_t value)
{
    atomic_init(&semaphore->state, value);
}

/* Acquire: what was done before the post is seen. One attempt, as in glibc: whoever is beaten to it goes the
 * way of those who wait. */
bool semaphore_try(Semaphore *semaphore)
{
    uint64_t state = atomic_load_explicit(&semaphore->state, memory_order_relaxed);

    return semaphore_value(state) > 0 && atomic_compare_exchange_weak_explicit(&semaphore->state, &state,
                                             state - 1, memory_order_acquire, memory_order_relaxed);
}

/* True: it slept, and was woken by a post, or in tests by a signal. It does not sleep if a post came first.
 */
static bool semaphore_sleep(Semaphore *semaphore)
{
    long r = syscall(SYS_futex, semaphore_futex(semaphore), FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);

    assert(r == 0 || errno == EAGAIN || errno == EINTR);
    return r == 0 || errno == EINTR;
}

/* It stays one of those who wait until it has what it waits for, so each post meanwhile wakes somebody. */
uint64_t semaphore_wait(Semaphore *semaphore)
{
    uint64_t state =
        atomic_fetch_add_explicit(&semaphore->state, ONE_WAITER, memory_order_relaxed) + ONE_WAITER;
    uint64_t in_vain = 0;
    bool woken = false;

    for (;;) {
        if (semaphore_value(state) > 0) {
            if (atomic_compare_exchange_weak_explicit(&semaphore->state, &state, state - 1 - ONE_WAITER,
                    memory_order_acquire, memory_order_relaxed))
                return in_vain;
            continue;
        }
        in_vain += woken;
        woken = semaphore_sleep(semaphore);
        state = atomic_load_explicit(&semaphore->state, memory_order_relaxed);
    }
}

/* Release: whoever takes it sees what was done before. */
void semaphore_post(Semaphore *semaphore)
{
    uint64_t before = atomic_fetch_add_explicit(&semaphore->state, 1, memory_order_release);

    if (before >= ONE_WAITER)
        syscall(SYS_futex, semaphore_futex(semaphore), FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
