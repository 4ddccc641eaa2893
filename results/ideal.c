/* The rules, all in one place. The baseline cell ran every task one after the other. Its wall time has a part
 * W, in which a task waited for something that comes by itself (a descriptor, a timer, a call that blocks),
 * and all the rest, C:
 *
 *   the baseline itself                                 C + W
 *   side by side, kept apart by a lock that all share   C + W / tasks
 *   side by side otherwise                              C x share + W / tasks
 *   one loop                                            C + W / tasks
 *   one loop that each task holds up                    C + W
 *
 * Tasks share a lock if they share memory and the lock is exclusive and one for all; what computes outside
 * the lock is not kept apart by it. Waits overlap freely. Creating, switching, handing over and joining cost
 * nothing, so a measured time is above the ideal unless the baseline cell was disturbed.
 *
 * W is what the runtime itself has measured, and not the wall time less the CPU time. That difference also
 * holds the time in which the CPU was taken away: by other programs, by the host of a virtual machine, by a
 * quota. Time like that does not overlap. Taken for a wait, it made threads under the GIL look as if they
 * could be twice as fast as serial, on a machine whose quota leaves half a CPU.
 *
 * Computing overlaps on as many CPUs as there are, and the CPU that got most tasks ends last: ceil(tasks /
 * cpus) / tasks of the work is done by it. A quota is no number of CPUs but a rate: of 1.5 CPUs, both of two
 * run until it is used up, and on the whole one and a half of the work of one CPU is done in the same time.
 * The baseline cell had at most one CPU of it. So not less than 1 / quota of its time is needed, and all of
 * it where the quota is no more than one CPU. share is the larger of these two bounds, and both stay true
 * together. (A quota counts in periods, of mostly 100 ms. A cell that is much shorter than a period can for
 * once do what it was not held back from, and then be a little below its ideal.) */
#include "results/ideal.h"

#include <math.h>

/* The least part of the work of the baseline cell that takes time when all tasks compute at once; at most 1.
 */
static double ideal_share(const CellSpec *cell, int64_t tasks, int64_t cpus)
{
    int64_t rounds = tasks / cpus + (tasks % cpus > 0);
    double most = (double)rounds / (double)tasks;
    double by_quota = cell->cpu_quota > 0 ? 1 / fmax(cell->cpu_quota, 1) : 0;

    return fmax(most, by_quota);
}

/* part / tasks, rounded to the nearest: up if the remainder is no less than what it lacks. */
static int64_t ideal_waiting(int64_t part, int64_t tasks)
{
    return part / tasks + (part % tasks >= tasks - part % tasks);
}

/* A lock that each task has for itself, or that each process has because its memory is its own, makes nobody
 * wait. Nor does any lock where the experiment computes outside of it. */
static bool ideal_is_in_turns(const CellSpec *cell)
{
    return cell->mode->shares_memory && cell->lock->exclusive && cell->lock->whose == CATALOG_FOR_ALL &&
           !cell_spec_meets(cell, &cell->experiment->released);
}

/* Whether the experiment says of itself that its tasks wait in such a cell. */
static bool ideal_has_waits(const CellSpec *cell)
{
    for (size_t i = 0; i < cell->experiment->n_costs; i++) {
        const CatalogCost *cost = &cell->experiment->costs[i];

        if (cost->kind == CATALOG_WAIT && cell_spec_meets(cell, &cost->term.only_if))
            return true;
    }
    return false;
}

/* The two medians may be of different repetitions, so the wait can be above the wall time. Cut to it, it
 * leaves nothing to compute, and never less. A number of tasks or CPUs below 1 counts as 1, so that dividing
 * by it is harmless. */
int64_t ideal_wall_ns(const CellSpec *cell, int64_t baseline_wall_ns, int64_t baseline_waits_ns)
{
    int64_t tasks = cell->tasks > 1 ? cell->tasks : 1, cpus = cell->cpus > 1 ? cell->cpus : 1;
    int64_t waiting = baseline_waits_ns < baseline_wall_ns ? baseline_waits_ns : baseline_wall_ns;
    int64_t computing, overlapped;

    if (cell->mode->baseline)
        return baseline_wall_ns;
    if (baseline_waits_ns == IDEAL_NOT_KNOWN && ideal_has_waits(cell))
        return IDEAL_NOT_KNOWN;
    if (waiting == IDEAL_NOT_KNOWN)
        waiting = 0;
    computing = baseline_wall_ns - waiting;
    overlapped = ideal_waiting(waiting, tasks);
    if (cell->mode->one_loop)
        return computing + (cell_spec_meets(cell, &cell->experiment->blocks_loop) ? waiting : overlapped);
    if (!cell->mode->side_by_side)
        return IDEAL_NOT_KNOWN;
    if (!ideal_is_in_turns(cell))
        computing = (int64_t)((double)computing * ideal_share(cell, tasks, cpus) + 0.5);
    return computing + overlapped;
}
