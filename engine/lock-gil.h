/* The algorithm of lock-gil.c, for the policies that share it. */
#pragma once

#include "engine/lock.h"

enum {
    GIL_N_PARAMETERS = 1,
    /* CPython looks at the request at every backward jump, a few ticks apart. Two hundred ticks are 1.2 us:
     * less than a thousandth of a slice, and a step costs some 15 ns. */
    GIL_BUDGET_TICKS = 200,
};

/* What gil_parameters fill in, and gil_create() reads. */
typedef struct GilSettings {
    int64_t switch_interval_us; /* how long a waiter waits before it asks */
} GilSettings;

extern const Parameter gil_parameters[GIL_N_PARAMETERS];

/* The members of a policy, as lock.h has them. */
Lock *gil_create(const LockPolicy *policy, const void *settings);
void gil_destroy(Lock *lock);
bool gil_acquire(Lock *lock, Seat *seat);
bool gil_release(Lock *lock, Seat *seat);
LockTurn gil_check(Lock *lock, Seat *seat, uint64_t ticks);
