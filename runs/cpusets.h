/* The places for runs: how many may run at once, and on which CPUs each of them.
 *
 * Runs that share CPUs spoil each other's timings. So with runs.cpus_per_run the CPUs that the server may
 * use are cut into disjoint sets, and a run has a set for itself. Without it, a place is only permission to
 * run.
 *
 * A set is taken when a run starts and given back when the archive has it. The texts and the places live
 * as long as the sets do. All of it belongs to the thread of the loop. */
#pragma once

#include <sched.h>
#include <stdint.h>

typedef struct Cpusets Cpusets;

/* Cuts usable into as many sets of cpus_per_run CPUs as there are, each of CPUs whose numbers follow one
 * another in usable; what is left over is not used. With cpus_per_run 0 there are n_unpinned places and no
 * sets. Returns 0 and the sets (free them with cpusets_free()), or -ERANGE if usable has fewer CPUs than
 * cpus_per_run. */
int cpusets_new(const cpu_set_t *usable, int64_t cpus_per_run, int64_t n_unpinned, Cpusets **ret);

void cpusets_free(Cpusets *sets);

/* How many there are, at least 1. */
int cpusets_count(const Cpusets *sets);

/* Takes the first one that is free. Returns its index, or -1 if all are taken. */
int cpusets_take(Cpusets *sets);

/* Gives back one that was taken. */
void cpusets_give_back(Cpusets *sets, int index);

/* Its CPUs as a list, "0-3,8", borrowed; NULL without pinning. */
const char *cpusets_text(const Cpusets *sets, int index);
