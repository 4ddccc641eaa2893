/* The algorithm of lock-gil.c, for the policies that share it. */
#pragma once

#include "engine/lock.h"

enum { GIL_N_PARAMETERS = 1 };
extern const Parameter gil_parameters[GIL_N_PARAMETERS];

/* Returns a lock with the algorithm of CPython 3.2 and later under the given policy's name. */
Lock *gil_create(const LockPolicy *policy, const LockSettings *settings);
void gil_destroy(Lock *lock);
void gil_acquire(Lock *lock, Seat *seat);
void gil_release(Lock *lock, Seat *seat);
uint64_t gil_budget(const Lock *lock);
void gil_check(Lock *lock, Seat *seat, uint64_t ticks);
