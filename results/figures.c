/* First every cell is described by itself, then each is held against its serial cell. The resampled medians
 * of a serial cell are kept, because all cells of its group need the same ones. */
#include "results/figures.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/ideal.h"

/* Two streams of random numbers, so that a cell and its serial cell are drawn independently. */
#define SEED_SERIAL 1
#define SEED_OTHER 2

static const char *cell_text(const json_t *plan, const char *name)
{
    const char *text = json_string_value(json_object_get(plan, name));

    return text ? text : "";
}

static int64_t cell_integer(const json_t *plan, const char *name)
{
    return json_integer_value(json_object_get(plan, name));
}

static void figures_init(Figures *figures, const Results *results, const CollectedCell *cell)
{
    const Sample *samples = collected_repetitions(results, cell);
    auto_free const Sample **good = calloc(results->repeat + 1, sizeof(*good));

    assert(good);
    figures->plan = cell->plan;
    for (size_t i = 0; i < results->repeat; i++) {
        if (samples[i].status == SAMPLE_GOOD)
            good[figures->n++] = &samples[i];
    }
    if (figures->n == 0)
        return;
    for (int t = 0; t < N_SAMPLE_TIMES; t++) {
        figures->times[t] = calloc(figures->n, sizeof(*figures->times[t]));
        assert(figures->times[t]);
        for (size_t i = 0; i < figures->n; i++)
            figures->times[t][i] = good[i]->times[t];
        stats_describe(figures->times[t], figures->n, &figures->stats[t]);
    }
    figures->median = good[stats_median_index(figures->times[SAMPLE_WALL], figures->n)];
}

/* The cell that did the same work with everything else equal, one task after the other. */
static bool is_serial_of(const json_t *serial, const json_t *plan)
{
    return strcmp(cell_text(serial, "mode"), "serial") == 0 &&
           cell_integer(serial, "tasks") == cell_integer(plan, "tasks") &&
           cell_integer(serial, "cpus") == cell_integer(plan, "cpus") &&
           strcmp(cell_text(serial, "runtime"), cell_text(plan, "runtime")) == 0 &&
           strcmp(cell_text(serial, "lock"), cell_text(plan, "lock")) == 0 &&
           json_equal(json_object_get(serial, "params"), json_object_get(plan, "params"));
}

/* Where parameters decide how long a cell takes, the serial cell goes on for longer because it is serial, and
 * not because it does the same work more slowly. */
static size_t find_serial(const Figures *figures, size_t n_cells, const json_t *plan)
{
    if (json_is_true(json_object_get(plan, "fixed_time")))
        return NO_CELL;
    for (size_t i = 0; i < n_cells; i++) {
        if (figures[i].n > 0 && is_serial_of(figures[i].plan, plan))
            return i;
    }
    return NO_CELL;
}

Figures *figures_new(const Results *results)
{
    Figures *figures = calloc(results->n_cells + 1, sizeof(*figures));

    assert(figures);
    for (size_t i = 0; i < results->n_cells; i++)
        figures_init(&figures[i], results, &results->collected[i]);
    for (size_t i = 0; i < results->n_cells; i++)
        figures[i].serial = find_serial(figures, results->n_cells, figures[i].plan);
    return figures;
}

void figures_free(Figures *figures, size_t n_cells)
{
    for (size_t i = 0; i < n_cells; i++) {
        for (int t = 0; t < N_SAMPLE_TIMES; t++)
            free(figures[i].times[t]);
        free(figures[i].resampled);
    }
    free(figures);
}

int64_t figures_ideal(const Figures *figures, size_t i)
{
    const json_t *plan = figures[i].plan, *params = json_object_get(plan, "params");
    const char *client = json_string_value(json_object_get(params, "client"));
    const char *release = json_string_value(json_object_get(params, "release"));
    IdealShape shape = {
        .mode = cell_text(plan, "mode"),
        .lock = cell_text(plan, "lock"),
        .tasks = cell_integer(plan, "tasks"),
        .cpus = cell_integer(plan, "cpus"),
        .blocking = client && strcmp(client, "blocking") == 0,
        .released = release && strcmp(release, "on") == 0,
    };
    const Figures *serial;

    if (figures[i].serial == NO_CELL)
        return -1;
    serial = &figures[figures[i].serial];
    return ideal_wall_ns(&shape, serial->stats[SAMPLE_WALL].median, serial->stats[SAMPLE_CPU].median);
}

static void resample(Figures *figures, uint64_t seed)
{
    if (figures->resampled)
        return;
    figures->resampled = calloc(STATS_RESAMPLES, sizeof(*figures->resampled));
    assert(figures->resampled);
    stats_resample_medians(figures->times[SAMPLE_WALL], figures->n, seed, figures->resampled);
}

/* The median of an even number is rounded to whole nanoseconds, too little to matter in a ratio. */
bool figures_ratio(Figures *figures, size_t i, Ratio *ret)
{
    Figures *cell = &figures[i], *serial;
    Ratio ratio = {0};

    if (cell->n == 0 || cell->serial == NO_CELL)
        return false;
    serial = &figures[cell->serial];
    ratio.n = cell->n < serial->n ? cell->n : serial->n;
    ratio.value = (double)cell->stats[SAMPLE_WALL].median / (double)serial->stats[SAMPLE_WALL].median;
    if (cell == serial) {
        ratio.has_interval = true;
        ratio.low = ratio.high = 1;
    } else if (ratio.n >= STATS_MIN_VALUES) {
        ratio.has_interval = true;
        resample(serial, SEED_SERIAL);
        resample(cell, SEED_OTHER);
        stats_ratio_interval(cell->resampled, serial->resampled, &ratio.low, &ratio.high);
    }
    *ret = ratio;
    return true;
}
