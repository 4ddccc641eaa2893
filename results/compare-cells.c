/* Finds for each cell its partner, and compares the two. What a cell is, is written as JSON with sorted keys,
 * because the order in which parameters were given does not matter; the texts are sorted, and looked up by
 * halving. So thousands of cells take no longer than reading them.
 *
 * The runs may come from different versions, machines and grids; all that makes two cells partners is that
 * they were asked to be the same. A cell may even be there twice, so a partner that has been found is taken,
 * and the next equal cell gets the next one. */
#include "results/compare-parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/cell-json.h"
#include "results/cell-status.h"
#include "results/stats.h"
#include "results/time-json.h"

/* Two streams of random numbers, so that the sides are drawn independently. With one stream both sides would
 * draw the same places of their lists each time, high with high and low with low, and the interval of the
 * ratio would come out too narrow. */
#define SEED_BASELINE 1
#define SEED_CANDIDATE 2

/* What a run knows of the wall time of a cell. */
typedef struct Side {
    int64_t *walls; /* owned; nanoseconds, each at least 1 */
    size_t n;
    int64_t median;   /* 0: not known */
    int64_t min, max; /* only if n > 0 */
} Side;

static void side_finish(Side *side)
{
    free(side->walls);
}

#define auto_side __attribute__((cleanup(side_finish)))

/* A run that was stored without its samples still has its medians. There is no ratio to a time of 0, and no
 * measurement takes none, so 0 can stand for "not known". The median is made anew from the samples, so that
 * ratio and interval are of the same values. */
static Side side_read(const ResultTime *wall)
{
    Side side = {.walls = calloc(wall->n + 1, sizeof(*side.walls))};
    Stats stats;

    assert(side.walls);
    side.n = result_time_samples(wall, side.walls, wall->n);
    if (side.n > 0) {
        stats_describe(side.walls, side.n, &stats);
        side.median = stats.median;
        side.min = stats.min;
        side.max = stats.max;
    } else if (wall->median > 0) {
        side.median = wall->median;
    }
    return side;
}

/* The candidate is above: a ratio below 1 means that it was faster. */
static void compare_resample(const Side *baseline, const Side *candidate, Ratio *ratio)
{
    double below[STATS_RESAMPLES], above[STATS_RESAMPLES];

    stats_resample_medians(baseline->walls, baseline->n, SEED_BASELINE, below);
    stats_resample_medians(candidate->walls, candidate->n, SEED_CANDIDATE, above);
    stats_ratio_interval(above, below, &ratio->low, &ratio->high);
    ratio->has_interval = true;
}

bool compare_is_timed(const RunComparison *comparison)
{
    return comparison->runs[BASELINE]->about.fixed_time || comparison->runs[CANDIDATE]->about.fixed_time;
}

const ResultAbout *compare_about(const RunComparison *comparison)
{
    const ResultAbout *about = &comparison->runs[BASELINE]->about;
    const char *other = comparison->runs[CANDIDATE]->about.figure;

    return about->figure && other && strcmp(about->figure, other) == 0 ? about : NULL;
}

/* Nothing is compared, and this is why. Takes the text over. */
static void compare_leave_open(ComparedCell *pair, char *why)
{
    pair->hint = why;
    pair->cell.relative = (ResultRelative){
        .is_known = true,
        .to = RESULT_UNKNOWN,
        .ratio = NAN,
        .low = NAN,
        .high = NAN,
        .verdict = VERDICT_CANNOT_TELL,
        .hint = pair->hint,
    };
}

/* Whether it failed in either run, and so may not be compared. The hint then says where. */
static bool compare_has_failed(const ResultCell *const sides[N_SIDES], ComparedCell *pair)
{
    bool failed[N_SIDES];

    for (int s = 0; s < N_SIDES; s++)
        failed[s] = !cell_status_compares(sides[s]->status);
    if (!failed[BASELINE] && !failed[CANDIDATE])
        return false;
    compare_leave_open(pair, text_printf("it failed in %s, so there is nothing to compare",
                                 failed[BASELINE] && failed[CANDIDATE] ? "both runs"
                                 : failed[BASELINE]                    ? "the baseline"
                                                                       : "the candidate"));
    pair->has_failed = true;
    return true;
}

/* The stored interval of either median says nothing of their ratio, so that is drawn anew from the samples.
 * The side with fewer repetitions decides whether there can be an interval. A ratio that is not known is left
 * at 0, which relative_from_ratio() understands. */
static void compare_walls(
    const RunComparison *comparison, const ResultCell *const sides[N_SIDES], ComparedCell *pair)
{
    auto_side Side baseline = side_read(&pair->wall[BASELINE]), candidate = side_read(&pair->wall[CANDIDATE]);
    bool is_known = baseline.median > 0 && candidate.median > 0;
    Ratio ratio = {.n = baseline.n < candidate.n ? baseline.n : candidate.n};
    auto_free char *advice = NULL;

    if (is_known)
        ratio.value = (double)candidate.median / (double)baseline.median;
    if (ratio.n > 0)
        ratio.seen = verdict_seen(candidate.min, candidate.max, baseline.min, baseline.max);
    if (ratio.n >= STATS_MIN_VALUES)
        compare_resample(&baseline, &candidate, &ratio);
    if (is_known && verdict_make(&ratio) == VERDICT_CANNOT_TELL)
        advice = compare_advice(comparison, sides, &ratio);
    pair->cell.relative = relative_from_ratio(&ratio, advice, &pair->hint);
}

/* What a row says of a cell must be true of both runs, so their own figures do not come along. The cell is
 * then as good as one that was never measured, and functions on cells (titles, columns) take it. */
static void compare_set_identity(ResultCell *cell, const ResultCell *from)
{
    result_cell_read(NULL, from->index, cell);
    cell->runtime = from->runtime;
    cell->mode = from->mode;
    cell->lock = from->lock;
    cell->tasks = from->tasks;
    cell->cpus = from->cpus;
    cell->params = from->params;
}

/* Appends a cell with what the runs know of it; NULL: one has no such cell. Both times are left unknown where
 * there is no partner: one bar alone would look like a comparison. */
static void compare_add_cell(
    RunComparison *comparison, const ResultCell *baseline, const ResultCell *candidate)
{
    const ResultCell *const sides[N_SIDES] = {[BASELINE] = baseline, [CANDIDATE] = candidate};
    ComparedCell *compared = &comparison->cells[comparison->rows.n];

    compare_set_identity(&compared->cell, baseline ? baseline : candidate);
    for (int s = 0; s < N_SIDES; s++)
        compared->wall[s] = baseline && candidate ? sides[s]->wall : compared->cell.wall;
    compared->found_in = !candidate  ? compare_side_names[BASELINE]
                         : !baseline ? compare_side_names[CANDIDATE]
                                     : "both";
    for (int s = 0; baseline && candidate && s < N_SIDES; s++) {
        const char *figure = comparison->runs[s]->about.figure;

        compared->figure[s] = figure ? result_figure(sides[s], figure) : NULL;
    }
    if (baseline && candidate && !compare_has_failed(sides, compared)) {
        if (compare_is_timed(comparison))
            compare_leave_open(compared, strdup("its time was given, and is no measure"));
        else
            compare_walls(comparison, sides, compared);
    }
    result_cells_add(&comparison->rows, &compared->cell);
}

/* What a cell is, as a text; the caller frees it. The parameters in skipped are left out, on a copy: the
 * cell's own belong to a run that others read. */
static char *compare_key(const ResultCell *cell, const ResultTexts *skipped)
{
    json_auto_t *identity = identity_json(cell);
    char *key;

    if (skipped && skipped->n > 0 && cell->params) {
        json_t *kept = json_copy((json_t *)cell->params);

        for (size_t i = 0; i < skipped->n; i++)
            json_object_del(kept, skipped->at[i]);
        json_object_set_new(identity, "params", kept);
    }
    key = json_dumps(identity, JSON_COMPACT | JSON_SORT_KEYS);
    assert(key);
    return key;
}

/* Equal cells stay in their order: the first of two is taken first. qsort() does not promise that by
 * itself. */
static int compare_entries(const void *a, const void *b)
{
    const CompareEntry *of_a = a, *of_b = b;
    int order = strcmp(of_a->key, of_b->key);

    return order != 0 ? order : (of_a->position > of_b->position) - (of_a->position < of_b->position);
}

CompareIndex compare_index_new(const ResultCells *cells, const ResultTexts *skipped)
{
    CompareIndex index = {.entries = calloc(cells->n + 1, sizeof(*index.entries)), .n = cells->n};

    assert(index.entries);
    for (size_t i = 0; i < cells->n; i++)
        index.entries[i] =
            (CompareEntry){.key = compare_key(cells->at[i], skipped), .position = i, .cell = cells->at[i]};
    qsort(index.entries, index.n, sizeof(*index.entries), compare_entries);
    return index;
}

void compare_index_finish(CompareIndex *index)
{
    for (size_t i = 0; i < index->n; i++)
        free(index->entries[i].key);
    free(index->entries);
}

/* The lower bound: the search ends at the first entry whose key is not smaller, from where equal ones
 * follow. */
CompareEntry *compare_index_find(
    const CompareIndex *index, const ResultCell *cell, const ResultTexts *skipped)
{
    auto_free char *key = compare_key(cell, skipped);
    size_t low = 0, high = index->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(index->entries[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < index->n && strcmp(index->entries[low].key, key) == 0; low++) {
        if (!index->entries[low].is_taken)
            return &index->entries[low];
    }
    return NULL;
}

static json_t *compare_param_names(const ResultCells *cells)
{
    json_t *names = json_object(), *ignored;
    const char *name;

    for (size_t i = 0; i < cells->n; i++) {
        json_object_foreach ((json_t *)cells->at[i]->params, name, ignored)
            json_object_set_new(names, name, json_true());
    }
    return names;
}

/* Appends the names that the other run has in none of its cells. */
static void compare_add_unknown(json_t *names, const json_t *others, ResultTexts *unknown)
{
    const char *name;
    json_t *ignored;

    json_object_foreach (names, name, ignored) {
        if (!json_object_get(others, name))
            unknown->at[unknown->n++] = name;
    }
}

/* Parameters that only one of two runs of an experiment knows: the other was made before there was such a
 * parameter, or under other locks. Nothing is known of them there, so they tell no cells apart; taken for a
 * difference, they would make each run that was kept before a new parameter incomparable. Of two different
 * experiments no parameter is passed over: their cells are no pairs. */
typedef struct UnknownParams {
    json_t *names[N_SIDES]; /* owned */
    ResultTexts texts;      /* at is owned; the texts belong to names */
} UnknownParams;

static UnknownParams compare_find_unknown(const RunComparison *comparison)
{
    const ResultRun *const *runs = (const ResultRun *const *)comparison->runs;
    UnknownParams unknown = {.names = {[BASELINE] = compare_param_names(&runs[BASELINE]->cells),
                                 [CANDIDATE] = compare_param_names(&runs[CANDIDATE]->cells)}};
    json_t *baseline = unknown.names[BASELINE], *candidate = unknown.names[CANDIDATE];
    const char *one = runs[BASELINE]->experiment, *other = runs[CANDIDATE]->experiment;

    unknown.texts.at =
        calloc(json_object_size(baseline) + json_object_size(candidate) + 1, sizeof(*unknown.texts.at));
    assert(unknown.texts.at);
    if (one && other && strcmp(one, other) == 0) {
        compare_add_unknown(baseline, candidate, &unknown.texts);
        compare_add_unknown(candidate, baseline, &unknown.texts);
    }
    return unknown;
}

static void unknown_params_finish(UnknownParams *unknown)
{
    free(unknown->texts.at);
    json_decref(unknown->names[BASELINE]);
    json_decref(unknown->names[CANDIDATE]);
}
#define auto_unknown_params __attribute__((cleanup(unknown_params_finish)))

/* Appends the pair of a model and what it models. Their times are left unknown: beside each other they would
 * look like a comparison. */
static void compare_add_model(
    RunComparison *comparison, const ResultCell *baseline, const ResultCell *candidate)
{
    const ResultCell *const sides[N_SIDES] = {[BASELINE] = baseline, [CANDIDATE] = candidate};
    ComparedCell *compared = &comparison->cells[comparison->rows.n];

    compare_set_identity(&compared->cell, baseline);
    for (int s = 0; s < N_SIDES; s++)
        compared->wall[s] = compared->cell.wall;
    compared->found_in = "model";
    compare_set_model(comparison, sides, compared);
    result_cells_add(&comparison->rows, &compared->cell);
}

/* Moves those of the lonely cells that stand beside a model of theirs, or are one, into pairs. */
static void compare_find_models(RunComparison *comparison, ResultCells *lonely, bool *is_taken)
{
    const ResultCells *others = &comparison->runs[CANDIDATE]->cells;
    size_t n_left = 0;

    for (size_t i = 0; i < lonely->n; i++) {
        size_t k = 0;

        while (k < others->n &&
               (is_taken[k] || !compare_is_model_pair(comparison,
                                   (const ResultCell *const[N_SIDES]){lonely->at[i], others->at[k]})))
            k++;
        if (k == others->n) {
            lonely->at[n_left++] = lonely->at[i];
            continue;
        }
        is_taken[k] = true;
        compare_add_model(comparison, lonely->at[i], others->at[k]);
    }
    lonely->n = n_left;
    comparison->n_models = comparison->rows.n - comparison->n_both;
}

/* The pairs come first, in the order of the baseline, then models beside what they model, then what only the
 * baseline has, then what only the candidate has. So the groups are ranges of one array, and a table of all
 * of them is that array as it is. */
void compare_find_cells(RunComparison *comparison)
{
    const ResultCells *cells = &comparison->runs[BASELINE]->cells;
    const ResultCells *others = &comparison->runs[CANDIDATE]->cells;
    auto_unknown_params UnknownParams unknown = compare_find_unknown(comparison);
    auto_compare_index CompareIndex index = compare_index_new(others, &unknown.texts);
    auto_result_cells ResultCells lonely = result_cells_new(cells->n);
    auto_free bool *is_taken = calloc(others->n + 1, sizeof(*is_taken));

    comparison->cells = calloc(cells->n + others->n + 1, sizeof(*comparison->cells));
    comparison->rows = result_cells_new(cells->n + others->n);
    assert(is_taken && comparison->cells);
    for (size_t i = 0; i < cells->n; i++) {
        CompareEntry *partner = compare_index_find(&index, cells->at[i], &unknown.texts);

        if (partner) {
            partner->is_taken = true;
            is_taken[partner->position] = true;
            compare_add_cell(comparison, cells->at[i], partner->cell);
        } else {
            result_cells_add(&lonely, cells->at[i]);
        }
    }
    comparison->n_both = comparison->rows.n;
    compare_find_models(comparison, &lonely, is_taken);
    for (size_t i = 0; i < lonely.n; i++)
        compare_add_cell(comparison, lonely.at[i], NULL);
    comparison->n_only[BASELINE] = lonely.n;
    for (size_t i = 0; i < others->n; i++) {
        if (!is_taken[i])
            compare_add_cell(comparison, NULL, others->at[i]);
    }
    comparison->n_only[CANDIDATE] = comparison->rows.n - compare_first_lonely(comparison) - lonely.n;
}
