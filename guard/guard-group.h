/* The limit of processes: a pids control group for the program, in the group that the guard is in, or beside
 * it. The guard stays outside, so that it can go on when the limit is reached.
 *
 * It is a service where the machine offers it. Without privileges, in most containers, or with version 2 when
 * the pids controller is not handed on to groups below, no group can be made or entered; then there is none,
 * and nobody is told. RLIMIT_NPROC would be no substitute: it counts all processes of a user on the machine.
 * Both processes of the guard remove it. What a guard that is killed with both leaves behind, the next one
 * removes when it makes its own, and the server at the end of the run (base/cgroup-runs.h). */
#pragma once

#include <stdint.h>
#include <sys/types.h>

typedef struct GuardGroup {
    char *folder; /* owned; NULL: there is none */
} GuardGroup;

/* Makes a group for at most this many processes and threads (0: none), and in version 2 for at most so many
 * bytes of memory, where that can be divided, too (0: no limit). Whether there is one now shows in the
 * folder; a failure is not reported. */
void guard_group_make(GuardGroup *group, int64_t pids_max, int64_t memory_max);

/* Forks a child that is in the group if there is one. Returns as fork() does, in the child when it is there.
 * Where it cannot enter, the program runs without the limit. For a process with one thread. */
pid_t guard_group_fork(const GuardGroup *group);

/* Removes the group when nobody is in it any more, which it waits for at most a second, and forgets it. */
void guard_group_remove(GuardGroup *group);
