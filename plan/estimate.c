/* The model behind the guess is small. A task has three kinds of cost: it computes inside the lock, it
 * computes outside it, and it waits. What differs between modes and locks is only how many tasks can do each
 * of them at once: all waits overlap, computing overlaps on as many CPUs as there are, and computing inside
 * an exclusive lock that tasks share does not overlap at all. No mode and no lock is known here by its name;
 * their facts decide.
 *
 * It is not results/ideal.c, which says of a measured run what a perfect machine would have needed. */
#include "plan/estimate.h"

#include <math.h>

#include "plan/common.h"

/* What a repetition costs beside its tasks: a fork, the report, the reading of its memory. */
static const double repetition_ns = 3e6;
/* A crowd before the lock grows no worse beyond so many tasks. */
static const double full_crowd = 8;

/* Nanoseconds that one task costs of a kind: enum { CATALOG_CPU, ... }. Terms whose conditions the cell does
 * not meet add nothing. */
static double task_cost(const CellSpec *cell, unsigned kind)
{
    const CatalogExperiment *experiment = cell->experiment;
    double sum = 0;

    for (size_t i = 0; i < experiment->n_costs; i++)
        if (experiment->costs[i].kind == kind)
            sum += cell_spec_term(cell, &experiment->costs[i].term);
    return sum;
}

/* One task after the other, so that everything adds up. Waiting adds up, too, unless it is done on one loop,
 * which waits for all tasks at once, and there only if no task holds the loop up. */
static double one_by_one(const CellSpec *cell, double cpu, double outside, double wait)
{
    const double tasks = (double)cell->tasks;
    bool together = cell->mode->one_loop && !cell_spec_meets(cell, &cell->experiment->blocks_loop);

    return tasks * (cell->mode->task.ns + cpu + outside) + (together ? 1 : tasks) * wait;
}

/* As many tasks at once as there are CPUs, so the time is that of so many rounds; but where tasks share
 * memory, an exclusive lock that is for all lets one compute at a time, and they add up again. With several
 * CPUs a lock may make that even worse for each task that stands before it (crowding).
 *
 * Creation differs as well. Threads are created by one parent, one after the other. What a process costs is
 * mostly its own beginning and end, which several CPUs do at once. Waits overlap in any case. */
static double side_by_side(const CellSpec *cell, double cpu, double outside, double wait)
{
    const double tasks = (double)cell->tasks, rounds = ceil(tasks / (double)cell->cpus);
    bool shares = cell->mode->shares_memory;
    bool one_at_a_time = shares && cell->lock->exclusive && cell->lock->whose == CATALOG_FOR_ALL;
    double crowd = cell->cpus > 1 ? 1 + cell->lock->crowding * (fmin(tasks, full_crowd) - 1) : 1;

    return (one_at_a_time ? tasks * crowd : rounds) * cpu + rounds * outside +
           (shares ? tasks : rounds) * cell->mode->task.ns + wait;
}

/* Saturates before the conversion: a double that is too large for a whole number is undefined behaviour, not
 * a large number. */
nsec_t estimate_cell(const CellSpec *cell)
{
    double cpu = task_cost(cell, CATALOG_CPU), outside = task_cost(cell, CATALOG_OUTSIDE);
    double wait = task_cost(cell, CATALOG_WAIT);
    double ns = repetition_ns + (cell->mode->side_by_side ? side_by_side(cell, cpu, outside, wait)
                                                          : one_by_one(cell, cpu, outside, wait));

    return ns < 1e18 ? (nsec_t)ns : (nsec_t)1e18;
}

/* Bytes that one term of the memory comes to in this cell. */
static double estimate_use(const CellSpec *cell, const CatalogMemory *use)
{
    return (use->per == CATALOG_PER_TASK ? (double)cell->tasks : 1) * cell_spec_term(cell, &use->term);
}

double estimate_memory(const CellSpec *cell)
{
    double sum = 0;

    for (size_t i = 0; i < cell->experiment->n_memory; i++)
        sum += estimate_use(cell, &cell->experiment->memory[i]);
    return sum;
}

/* The term that needs most; NULL if none needs anything. */
static const CatalogMemory *largest_use(const CellSpec *cell)
{
    const CatalogMemory *largest = NULL;
    double most = 0;

    for (size_t i = 0; i < cell->experiment->n_memory; i++) {
        double bytes = estimate_use(cell, &cell->experiment->memory[i]);

        if (bytes <= most)
            continue;
        most = bytes;
        largest = &cell->experiment->memory[i];
    }
    return largest;
}

/* A term is a product, and each factor could be called the cause. A person has changed something from the
 * default, so the factor that is furthest above its own default, as a ratio, is the one to name. The number
 * of tasks competes with the usual number of tasks; if it wins, no parameter is returned, and the caller
 * names the tasks. */
const char *estimate_memory_cause(const CellSpec *cell)
{
    const CatalogMemory *use = largest_use(cell);
    double most = use && use->per == CATALOG_PER_TASK ? (double)cell->tasks / COMMON_TASKS : 0;
    const char *cause = NULL;

    for (size_t i = 0; use && i < use->term.n_times; i++) {
        const char *name = use->term.times[i];
        const CatalogParameter *parameter = catalog_parameter(cell->experiment, name);
        double usual = parameter ? json_number_value(parameter->fallback) : 0;
        double growth = cell_spec_number(cell, name) / fmax(usual, 1);

        if (!parameter || growth <= most)
            continue;
        most = growth;
        cause = name;
    }
    return cause;
}
