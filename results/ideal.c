/* The rules, all in one place. The baseline cell ran every task one after the other. Its wall time has a part
 * C, in which a CPU computed (the CPU time, at most the wall time), and a part W, in which it waited:
 *
 *   the baseline itself                                 C + W
 *   side by side, kept apart by a lock that all share   C + W / tasks
 *   side by side otherwise                              C x share + W / tasks
 *   one loop                                            C + W / tasks
 *   one loop that each task holds up                    C + W
 *
 * Tasks share a lock if they share memory and the lock is exclusive and one for all; what computes outside
 * the lock is not kept apart by it. Waits overlap freely. Computing overlaps on as many CPUs as there are,
 * and the CPU that got most tasks ends last: share = ceil(tasks / cpus) / tasks. Creating, switching, handing
 * over and joining cost nothing, so a measured time is above the ideal unless the baseline cell was
 * disturbed. */
#include "results/ideal.h"

/* part * share, rounded to the nearest; share has at most the value 1, so nothing overflows. */
static int64_t ideal_computing(int64_t part, int64_t tasks, int64_t cpus)
{
    int64_t most = tasks / cpus + (tasks % cpus > 0);

    return (int64_t)((double)part * ((double)most / (double)tasks) + 0.5);
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

/* The CPU time can be above the wall time, as the two medians may be of different repetitions. Cut to the
 * wall time it leaves a wait of 0 and never a negative one. A number of tasks or CPUs below 1 counts as 1, so
 * that dividing by it is harmless. */
int64_t ideal_wall_ns(const CellSpec *cell, int64_t baseline_wall_ns, int64_t baseline_cpu_ns)
{
    int64_t tasks = cell->tasks > 1 ? cell->tasks : 1, cpus = cell->cpus > 1 ? cell->cpus : 1;
    int64_t computing = baseline_cpu_ns < baseline_wall_ns ? baseline_cpu_ns : baseline_wall_ns;
    int64_t waiting = baseline_wall_ns - computing, overlapped = ideal_waiting(waiting, tasks);

    if (cell->mode->baseline)
        return baseline_wall_ns;
    if (cell->mode->one_loop)
        return computing + (cell_spec_meets(cell, &cell->experiment->blocks_loop) ? waiting : overlapped);
    if (!cell->mode->side_by_side)
        return -1;
    return (ideal_is_in_turns(cell) ? computing : ideal_computing(computing, tasks, cpus)) + overlapped;
}
