/* Times are compared per task: half the time for each of twice as many tasks is the same time in all. So the
 * ratio of two cells is that of wall / tasks, its verdict is made as any other, and the speed-up is one by
 * that ratio. */
#include "results/speedup.h"

/* Away from the seeds of the comparisons with a baseline cell. */
#define SEED_FIRST 100

bool speedup_is_kin(const CellSpec *one, const CellSpec *two)
{
    return one->mode == two->mode && one->lock == two->lock && one->runtime == two->runtime &&
           one->cpus == two->cpus && json_equal(one->params, two->params);
}

bool speedup_is_base_of(const CellSpec *base, const CellSpec *cell)
{
    return base->tasks == 1 && cell->tasks > 1 && speedup_is_kin(base, cell);
}

/* The time that cell i takes for each of its tasks, over that of another. Each cell draws from a stream of
 * its own, as any may be held against any other. */
Ratio speedup_time_ratio(Figures *cell, size_t i, Figures *other, size_t of)
{
    const Stats *one = &cell->stats[SAMPLE_WALL], *two = &other->stats[SAMPLE_WALL];
    int64_t tasks = cell->spec->tasks, others = other->spec->tasks;
    double per_task = (double)others / (double)tasks;
    Ratio ratio = {
        .value = (double)one->median / (double)two->median * per_task,
        .n = cell->n < other->n ? cell->n : other->n,
        .seen = verdict_seen(one->min / tasks, one->max / tasks, two->min / others, two->max / others),
    };

    if (ratio.n < STATS_MIN_VALUES)
        return ratio;
    figures_resample(cell, SEED_FIRST + i);
    figures_resample(other, SEED_FIRST + of);
    stats_ratio_interval(cell->resampled, other->resampled, &ratio.low, &ratio.high);
    ratio.low *= per_task;
    ratio.high *= per_task;
    ratio.has_interval = true;
    return ratio;
}

/* The upper end of the one is the lower of the other. */
Ratio speedup_of_time(const Ratio *ratio)
{
    return (Ratio){
        .value = 1 / ratio->value,
        .has_interval = ratio->has_interval,
        .low = ratio->has_interval ? 1 / ratio->high : 0,
        .high = ratio->has_interval ? 1 / ratio->low : 0,
        .n = ratio->n,
        .seen = ratio->seen,
    };
}

Ratio speedup_make(Figures *cell, size_t i, Figures *base, size_t of)
{
    Ratio ratio = speedup_time_ratio(cell, i, base, of);

    return speedup_of_time(&ratio);
}
