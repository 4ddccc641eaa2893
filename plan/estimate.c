#include "plan/estimate.h"

#include <math.h>

#include "plan/common.h"

/* What a repetition costs beside its tasks: a fork, the report, the reading of its memory. */
static const double repetition_ns = 3e6;
/* A crowd before the lock grows no worse beyond so many tasks. */
static const double full_crowd = 8;

/* What one task costs of a kind: enum { CATALOG_CPU, ... }. */
static double task_cost(const CellSpec *cell, unsigned kind)
{
    const CatalogExperiment *experiment = cell->experiment;
    double sum = 0;

    for (size_t i = 0; i < experiment->n_costs; i++)
        if (experiment->costs[i].kind == kind)
            sum += cell_spec_term(cell, &experiment->costs[i].term);
    return sum;
}

/* One after the other. Waiting is one after the other, too, unless it is done on one loop, and there only if
 * no task holds it up. */
static double one_by_one(const CellSpec *cell, double cpu, double outside, double wait)
{
    const double tasks = (double)cell->tasks;
    bool together = cell->mode->one_loop && !cell_spec_meets(cell, &cell->experiment->blocks_loop);

    return tasks * (cell->mode->task.ns + cpu + outside) + (together ? 1 : tasks) * wait;
}

/* As many at once as there are CPUs, but where they share memory an exclusive lock lets one compute at a
 * time. There, too, they are made by one that goes on meanwhile; processes make themselves, side by side. */
static double side_by_side(const CellSpec *cell, double cpu, double outside, double wait)
{
    const double tasks = (double)cell->tasks, rounds = ceil(tasks / (double)cell->cpus);
    bool shares = cell->mode->shares_memory;
    double crowd = cell->cpus > 1 ? 1 + cell->lock->crowding * (fmin(tasks, full_crowd) - 1) : 1;

    return (shares && cell->lock->exclusive ? tasks * crowd : rounds) * cpu + rounds * outside +
           (shares ? tasks : rounds) * cell->mode->task.ns + wait;
}

nsec_t estimate_cell(const CellSpec *cell)
{
    double cpu = task_cost(cell, CATALOG_CPU), outside = task_cost(cell, CATALOG_OUTSIDE);
    double wait = task_cost(cell, CATALOG_WAIT);
    double ns = repetition_ns + (cell->mode->side_by_side ? side_by_side(cell, cpu, outside, wait)
                                                          : one_by_one(cell, cpu, outside, wait));

    return ns < 1e18 ? (nsec_t)ns : (nsec_t)1e18;
}

/* What one term of the memory comes to in this cell. */
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
