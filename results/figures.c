/* First every cell is described by itself, then each is held against its baseline cell. The resampled medians
 * of a baseline cell are kept, because all cells of its group need the same ones.
 *
 * A baseline cell ran the same tasks one after the other, with the same runtime, lock, number of tasks, CPUs
 * and parameters. Anything less equal would blame the mode for a difference that has another cause. */
#include "results/figures.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "results/ideal.h"

/* Two streams of random numbers, so that a cell and its baseline cell are drawn independently. With the same
 * stream both would draw the same places of their lists each time, and the interval of the ratio would come
 * out too narrow. The seeds are fixed: the same run has the same interval whenever it is computed. */
#define SEED_BASELINE 1
#define SEED_OTHER 2

/* Sets the times of one kind and what is said of them. A time that only some repetitions have is left out:
 * the index of the others would no longer find their repetition. */
static void figures_take_time(Figures *figures, const Sample *const *good, SampleTime t)
{
    for (size_t i = 0; i < figures->n; i++) {
        if (good[i]->times[t] == SAMPLE_NO_TIME)
            return;
    }
    figures->times[t] = calloc(figures->n, sizeof(*figures->times[t]));
    assert(figures->times[t]);
    for (size_t i = 0; i < figures->n; i++)
        figures->times[t][i] = good[i]->times[t];
    stats_describe(figures->times[t], figures->n, &figures->stats[t]);
}

/* Failed repetitions are no measurement: they may have ended early, and a median with them in it would be too
 * good. The times keep the order of the repetitions, so that an index in them finds the repetition again. */
void figures_init(Figures *figures, const Results *results, const CollectedCell *cell)
{
    const Sample *samples = collected_repetitions(results, cell);
    size_t n = collected_count(results, cell);
    auto_free const Sample **good = calloc(n + 1, sizeof(*good));

    assert(good);
    figures->spec = &cell->spec;
    for (size_t i = 0; i < n; i++) {
        if (samples[i].status == SAMPLE_GOOD)
            good[figures->n++] = &samples[i];
    }
    if (figures->n == 0)
        return;
    for (SampleTime t = 0; t < N_SAMPLE_TIMES; t++)
        figures_take_time(figures, good, t);
    figures->median = good[stats_median_index(figures->times[SAMPLE_WALL], figures->n)];
}

bool figures_compares(const Figures *figures)
{
    return figures->n > 0 && cell_status_compares(figures->status);
}

/* Whether the first cell did the same work as the second with everything else equal, one task after the
 * other. Runtimes and locks are compared as pointers, since all cells of a run refer to the same catalogs. */
bool figures_is_baseline_of(const CellSpec *baseline, const CellSpec *cell)
{
    return baseline->mode->baseline && baseline->tasks == cell->tasks && baseline->cpus == cell->cpus &&
           baseline->runtime == cell->runtime && baseline->lock == cell->lock &&
           json_equal(baseline->params, cell->params);
}

/* Where parameters decide how long a cell takes, the baseline cell goes on for longer because it is serial,
 * and not because it does the same work more slowly. */
static size_t figures_find_baseline(const Figures *figures, size_t n_cells, const CellSpec *cell)
{
    if (cell->experiment->fixed_time)
        return NO_CELL;
    for (size_t i = 0; i < n_cells; i++) {
        if (figures_compares(&figures[i]) && figures_is_baseline_of(figures[i].spec, cell))
            return i;
    }
    return NO_CELL;
}

/* Two passes, since a baseline cell may stand behind the cell that is compared with it. */
Figures *figures_new(const Results *results, ResultStatus run_status, const char *run_reason)
{
    Figures *figures = calloc(results->n_cells + 1, sizeof(*figures));

    assert(figures);
    for (size_t i = 0; i < results->n_cells; i++) {
        figures_init(&figures[i], results, &results->collected[i]);
        figures[i].status =
            cell_status(results, &results->collected[i], run_status, run_reason, &figures[i].reason);
    }
    for (size_t i = 0; i < results->n_cells; i++)
        figures[i].baseline = figures_find_baseline(figures, results->n_cells, figures[i].spec);
    return figures;
}

void figures_finish(Figures *figures)
{
    for (int t = 0; t < N_SAMPLE_TIMES; t++)
        free(figures->times[t]);
    free(figures->resampled);
    free(figures->reason);
    *figures = (Figures){0};
}

void figures_free(Figures *figures, size_t n_cells)
{
    for (size_t i = 0; i < n_cells; i++)
        figures_finish(&figures[i]);
    free(figures);
}

/* The ideal is made of the median of the baseline cell's wall time and that of what it waited, which may be
 * of two repetitions: each is the best there is for what it says. */
int64_t figures_ideal(const Figures *figures, size_t i)
{
    const Figures *baseline;

    if (figures[i].baseline == NO_CELL)
        return -1;
    baseline = &figures[figures[i].baseline];
    return ideal_wall_ns(figures[i].spec, baseline->stats[SAMPLE_WALL].median,
        baseline->times[SAMPLE_WAITS] ? baseline->stats[SAMPLE_WAITS].median : IDEAL_NOT_KNOWN);
}

void figures_resample(Figures *figures, uint64_t seed)
{
    if (figures->resampled)
        return;
    figures->resampled = calloc(STATS_RESAMPLES, sizeof(*figures->resampled));
    assert(figures->resampled);
    stats_resample_medians(figures->times[SAMPLE_WALL], figures->n, seed, figures->resampled);
}

/* The median of an even number is rounded to whole nanoseconds, too little to matter in a ratio. A cell is
 * compared with itself without drawing: two draws of it would differ, and the baseline would be 0.98 to 1.02
 * times itself. */
bool figures_ratio(Figures *figures, size_t i, Ratio *ret)
{
    Figures *cell = &figures[i], *baseline;
    Ratio ratio = {0};

    if (!figures_compares(cell) || cell->baseline == NO_CELL)
        return false;
    baseline = &figures[cell->baseline];
    ratio.n = cell->n < baseline->n ? cell->n : baseline->n;
    ratio.value = (double)cell->stats[SAMPLE_WALL].median / (double)baseline->stats[SAMPLE_WALL].median;
    ratio.seen = verdict_seen(cell->stats[SAMPLE_WALL].min, cell->stats[SAMPLE_WALL].max,
        baseline->stats[SAMPLE_WALL].min, baseline->stats[SAMPLE_WALL].max);
    if (cell == baseline) {
        ratio.has_interval = true;
        ratio.low = ratio.high = 1;
    } else if (ratio.n >= STATS_MIN_VALUES) {
        ratio.has_interval = true;
        figures_resample(baseline, SEED_BASELINE);
        figures_resample(cell, SEED_OTHER);
        stats_ratio_interval(cell->resampled, baseline->resampled, &ratio.low, &ratio.high);
    }
    *ret = ratio;
    return true;
}
