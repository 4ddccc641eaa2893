/* The limit of processes: a pids control group for the program, below the group that the guard is in. The
 * guard stays outside, so that it can go on when the limit is reached.
 *
 * It is a service where the machine offers it. Without privileges, in most containers, or with version 2 when
 * the pids controller is not handed on to groups below, no group can be made or entered; then there is none,
 * and nobody is told. RLIMIT_NPROC would be no substitute: it counts all processes of a user on the machine.
 * Both processes of the guard remove it, so that only a guard that is killed with both leaves it behind,
 * empty. */
#pragma once

#include <stdint.h>

typedef struct GuardGroup {
    char *folder; /* owned; NULL: there is none */
} GuardGroup;

/* Makes a group called gilscope-PID, with the number of this process, for at most this many processes and
 * threads; 0: none. Whether there is one now shows in the folder; a failure is not reported. */
void guard_group_make(GuardGroup *group, int64_t pids_max);

/* Moves this process, the child, into the group if there is one. Without success the program runs without
 * the limit. */
void guard_group_enter(const GuardGroup *group);

/* Removes the group when nobody is in it any more, which it waits for at most a second, and forgets it. */
void guard_group_remove(GuardGroup *group);
