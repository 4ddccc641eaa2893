/* A thread that waits for a lock, and that a test can wake in vain: somebody lets go of the lock and has it
 * again before the waiter can look. No race decides: the waiter is held up in a signal handler meanwhile. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "engine/lock.h"

typedef struct Waiter {
    Lock *lock;
    Seat seat; /* a test may set the tracer before the start, and reads the counters after the join */
    pthread_t thread;
    atomic_int id; /* of the thread for the kernel; 0: it does not run yet */
    int *n_served; /* NULL, or counted up by each that has the lock; guarded by the lock */
    int served;    /* when it was this one's turn, what n_served was */
} Waiter;

/* Starts a thread that takes the lock once and lets go; the lock is taken. Returns when the thread sleeps. */
void waiter_start(Waiter *waiter, Lock *lock);

/* The calling thread holds the lock in the given seat, and holds it again at the end. Returns when the waiter
 * sleeps again. One waiter at a time. */
void waiter_wake_in_vain(Waiter *waiter, Lock *lock, Seat *holder);

/* Waits for its end; whoever held the lock has let go. */
void waiter_join(Waiter *waiter);
