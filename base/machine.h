/* What the machine leaves this process at this moment: CPUs, CPU time and memory. All of it may change while
 * a process runs, by taskset, by a container's limits that are set anew, or by what others take. So it is
 * read again whenever it matters; nothing is kept here. To read it takes some tens of microseconds. */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Machine {
    int64_t cpus_usable;  /* at least 1: what the affinity leaves, and no more than the quota is good for */
    double cpu_quota;     /* CPUs' worth of time, as 1.5; 0: there is no quota */
    int64_t memory_bytes; /* that programs can still have; INT64_MAX: not known */
} Machine;

/* Reads all of it, for a process that is to run on these CPUs only (NULL: on all that this thread may use).
 * Where none of them is left, those are counted that are asked for: then it is not this thread's affinity
 * that decides. */
void machine_read(const cpu_set_t *within, Machine *ret);

/* The number that n_cpus come to under a quota (0: none), at least 1. Rounded up: with a quota of 1.5 two
 * threads do run at the same time, until the quota of the period is used up. */
int64_t machine_cpus(int64_t n_cpus, double quota);

/* Returns how many bytes of memory the machine and the control groups leave, at this moment (now) or at most.
 * Sets *ret_limit to what it is that leaves no more; NULL is fine. root is put before every path: "", or in
 * tests a folder with a made-up proc and mount points. */
int64_t machine_memory(const char *root, bool now, const char **ret_limit);

/* Returns how many bytes the control groups allow where that is less than the machine has; 0: no limit. */
int64_t machine_memory_limit(const char *root);
