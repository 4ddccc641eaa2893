/* The control groups that guards make for their programs, one each. A group is called gilscope-PID, with the
 * number of its guard, and stands in the group that the guard itself is in.
 *
 * Version 2 has one more rule: a group with processes in it cannot divide memory among groups below it. So a
 * server whose group was handed over to it (delegated, as systemd does with Delegate=) moves into one below
 * it, gilscope-server, and the groups of guards stand beside that one. DelegateSubgroup=gilscope-server of
 * systemd 254 and later comes to the same.
 *
 * A guard removes its group when it ends. One that is killed with both of its processes leaves the group
 * behind, empty as soon as the last of its program is dead: whoever comes next removes it. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/cgroup.h"

/* Moves this process to gilscope-server, and has processes and memory counted for the groups beside it, if
 * its own group is one of version 2 that was handed over to it. Else, and where it fails, all stays as it is.
 * To be called before anything is started. root is put before every path, as in cgroup_find(). */
void cgroup_runs_lead(const char *root);

/* Sets *ret to the groups in which those of guards stand; none where this process sees only the top of a
 * hierarchy: a program would leave the limits of our own group there. */
void cgroup_runs_find(const char *root, Cgroup *ret);

/* Returns the folder of this guard's group, owned by the caller. tree is one of what was found. */
char *cgroup_runs_folder(const CgroupTree *tree, pid_t guard);

/* Limits what will be in a group: processes and threads, and bytes of memory (0: no limit). Returns 0 or a
 * negative errno: without a limit of processes the group is of no use. Memory is limited where the group has
 * a file for it, which one of version 1 for processes has not, nor one whose parent counts no memory. */
int cgroup_runs_limit(const char *folder, int64_t pids_max, int64_t memory_max);

/* Writes a text into a file of a group. Returns 0 or a negative errno. */
int cgroup_runs_write(const char *folder, const char *name, const char *text);

/* Removes the groups of guards that are no more. Returns how many it could not remove: processes are still in
 * them, or the kernel still counts the dead. */
int cgroup_runs_sweep(const Cgroup *found);
