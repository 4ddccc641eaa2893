/* Finds for each cell its partner, and compares the two. What a cell is, is written as JSON with sorted keys,
 * and that text looked up: so thousands of cells take no longer than reading them. */
#include "results/compare-parts.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "results/ratio-json.h"
#include "results/sample.h"
#include "results/stats.h"

/* Two streams of random numbers, so that the sides are drawn independently. */
#define SEED_BASELINE 1
#define SEED_CANDIDATE 2

/* As many repetitions as a server can be asked for. A file made by hand may hold any number: the first ones
 * count. */
#define MOST_SAMPLES 1000

/* What a run knows of the wall time of a cell. */
typedef struct Side {
    int64_t *walls; /* owned; nanoseconds, each at least 1 */
    size_t n;
    int64_t median; /* 0: not known */
} Side;

static void side_finish(Side *side)
{
    free(side->walls);
}

#define auto_side __attribute__((cleanup(side_finish)))

/* There is no ratio to a time of 0, and no measurement takes none. */
static bool read_wall(const json_t *value, int64_t *ret)
{
    return sample_read_integer(value, ret) == 0 && *ret > 0;
}

/* A run that was stored without its samples still has its medians. */
static Side side_read(const json_t *cell)
{
    const json_t *wall = json_object_get(cell, "wall_ns"), *samples = json_object_get(wall, "samples");
    Side side = {.walls = calloc(MOST_SAMPLES, sizeof(*side.walls))};
    Stats stats;
    int64_t value;

    assert(side.walls);
    for (size_t i = 0; i < json_array_size(samples) && side.n < MOST_SAMPLES; i++) {
        if (read_wall(json_array_get(samples, i), &value))
            side.walls[side.n++] = value;
    }
    if (side.n > 0) {
        stats_describe(side.walls, side.n, &stats);
        side.median = stats.median;
    } else if (read_wall(json_object_get(wall, "median"), &value)) {
        side.median = value;
    }
    return side;
}

static void resampled_interval(const Side *baseline, const Side *candidate, Ratio *ratio)
{
    double below[STATS_RESAMPLES], above[STATS_RESAMPLES];

    stats_resample_medians(baseline->walls, baseline->n, SEED_BASELINE, below);
    stats_resample_medians(candidate->walls, candidate->n, SEED_CANDIDATE, above);
    stats_ratio_interval(above, below, &ratio->low, &ratio->high);
    ratio->has_interval = true;
}

static void set_ratio(json_t *pair, const json_t *baseline_cell, const json_t *candidate_cell)
{
    auto_side Side baseline = side_read(baseline_cell), candidate = side_read(candidate_cell);
    bool known = baseline.median > 0 && candidate.median > 0;
    Ratio ratio = {.n = baseline.n < candidate.n ? baseline.n : candidate.n};

    if (known)
        ratio.value = (double)candidate.median / (double)baseline.median;
    if (ratio.n >= STATS_MIN_VALUES)
        resampled_interval(&baseline, &candidate, &ratio);
    ratio_json_set(pair, &ratio);
    if (!known)
        json_object_set_new(pair, "ratio", json_null());
}

static json_t *wall_without_samples(const json_t *cell)
{
    json_t *wall = json_object_get(cell, "wall_ns");

    if (!json_is_object(wall))
        return json_null();
    wall = json_copy(wall);
    json_object_del(wall, "samples");
    return wall;
}

static json_t *compare_cells(const json_t *baseline, const json_t *candidate)
{
    json_t *pair = compare_identity(baseline, NULL);

    json_object_set_new(pair, "baseline", wall_without_samples(baseline));
    json_object_set_new(pair, "candidate", wall_without_samples(candidate));
    set_ratio(pair, baseline, candidate);
    return pair;
}

static json_t *params_without(json_t *params, const json_t *skipped)
{
    json_t *kept, *value;
    const char *name;

    if (!json_is_object(params) || json_object_size(skipped) == 0)
        return json_incref(params);
    kept = json_object();
    json_object_foreach (params, name, value) {
        if (!json_object_get(skipped, name))
            json_object_set(kept, name, value);
    }
    return kept;
}

json_t *compare_identity(const json_t *cell, const json_t *skipped)
{
    static const char *const names[] = {"runtime", "mode", "lock", "tasks", "cpus"};
    json_t *identity = json_object(), *params = json_object_get(cell, "params");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_t *value = json_object_get(cell, names[i]);

        json_object_set_new(identity, names[i], value ? json_incref(value) : json_null());
    }
    json_object_set_new(identity, "params", params ? params_without(params, skipped) : json_null());
    return identity;
}

static char *identity_key(const json_t *cell, const json_t *skipped)
{
    json_auto_t *identity = compare_identity(cell, skipped);
    char *key = json_dumps(identity, JSON_COMPACT | JSON_SORT_KEYS);

    assert(key);
    return key;
}

/* From the last to the first, so that the first is at the end of its array, where it is taken without moving
 * the others. */
json_t *compare_index(const json_t *cells, const json_t *skipped)
{
    json_t *index = json_object();

    for (size_t i = json_array_size(cells); i-- > 0;) {
        const json_t *cell = json_array_get(cells, i);
        auto_free char *key = NULL;

        if (!json_is_object(cell))
            continue;
        key = identity_key(cell, skipped);
        if (!json_object_get(index, key))
            json_object_set_new(index, key, json_array());
        json_array_append_new(json_object_get(index, key), json_integer((json_int_t)i));
    }
    return index;
}

json_t *compare_find(const json_t *index, const json_t *cell, const json_t *skipped)
{
    auto_free char *key = identity_key(cell, skipped);

    return json_object_get(index, key);
}

void compare_set_cells(json_t *comparison, const json_t *baseline, const json_t *candidate)
{
    const json_t *cells = json_object_get(baseline, "cells"), *others = json_object_get(candidate, "cells");
    json_auto_t *index = compare_index(others, NULL);
    json_t *pairs = json_array(), *only_baseline = json_array(), *only_candidate = json_array(), *cell;
    auto_free bool *taken = calloc(json_array_size(others) + 1, sizeof(*taken));
    size_t i;

    assert(taken);
    json_array_foreach (cells, i, cell) {
        json_t *positions = json_is_object(cell) ? compare_find(index, cell, NULL) : NULL;
        size_t n = json_array_size(positions), at;

        if (n > 0) {
            at = (size_t)json_integer_value(json_array_get(positions, n - 1));
            json_array_remove(positions, n - 1);
            taken[at] = true;
            json_array_append_new(pairs, compare_cells(cell, json_array_get(others, at)));
        } else if (json_is_object(cell)) {
            json_array_append_new(only_baseline, compare_identity(cell, NULL));
        }
    }
    json_array_foreach (others, i, cell) {
        if (json_is_object(cell) && !taken[i])
            json_array_append_new(only_candidate, compare_identity(cell, NULL));
    }
    json_object_set_new(comparison, "cells", pairs);
    json_object_set_new(comparison, "only_baseline", only_baseline);
    json_object_set_new(comparison, "only_candidate", only_candidate);
}
