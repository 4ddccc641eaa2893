/* Two runs of which one is of a model and the other of the real thing: their cells are no pairs, as they
 * differ in the runtime, the lock and the size of the work, and yet they were asked the same question. So
 * what has no partner by name is matched once more: by what its lock models or is. Their times have nothing
 * to do with each other; compared is how many times its own serial time each took (results/beside.h).
 *
 * What a lock models stands in the run, because nobody may know the catalog any more that it was made with. A
 * run that was stored before runs said so has no models. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/beside.h"
#include "results/cell-status.h"
#include "results/compare-parts.h"
#include "results/runtimes.h"

/* The side whose lock is a model of that of the other; N_SIDES if there is none. */
static int models_side(const RunComparison *comparison, const ResultCell *const sides[N_SIDES])
{
    const json_t *locks[N_SIDES];

    for (int s = 0; s < N_SIDES; s++)
        locks[s] = runtimes_find_lock(comparison->runs[s]->json, sides[s]->runtime, sides[s]->lock);
    for (int s = 0; s < N_SIDES; s++) {
        const char *models = json_string_value(json_object_get(locks[s], "models"));
        const char *real = json_string_value(json_object_get(locks[1 - s], "real"));

        if (models && real && strcmp(models, real) == 0)
            return s;
    }
    return N_SIDES;
}

static bool models_has_text(const json_t *array, const char *text)
{
    size_t i;
    json_t *item;

    json_array_foreach ((json_t *)array, i, item) {
        if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

/* Whether a parameter is a size in either run. */
static bool models_is_size(
    const RunComparison *comparison, const ResultCell *const sides[N_SIDES], const char *name)
{
    for (int s = 0; s < N_SIDES; s++) {
        const json_t *runtime = runtimes_find(comparison->runs[s]->json, sides[s]->runtime);

        if (models_has_text(json_object_get(runtime, "sizes"), name))
            return true;
    }
    return false;
}

/* What both have must be the same, but for the sizes. A parameter that only one side has is of a lock or of
 * an experiment that the other does not know. */
static bool models_params_fit(const RunComparison *comparison, const ResultCell *const sides[N_SIDES])
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)sides[BASELINE]->params, name, value) {
        const json_t *other = result_param(sides[CANDIDATE], name);

        if (other && !json_equal(value, other) && !models_is_size(comparison, sides, name))
            return false;
    }
    return true;
}

bool compare_is_model_pair(const RunComparison *comparison, const ResultCell *const sides[N_SIDES])
{
    const ResultCell *one = sides[BASELINE], *other = sides[CANDIDATE];

    return strcmp(one->mode, other->mode) == 0 && one->tasks == other->tasks && one->cpus == other->cpus &&
           models_side(comparison, sides) != N_SIDES && models_params_fit(comparison, sides);
}

/* The parameters that both have with one value, a new reference. */
static json_t *models_common_params(const ResultCell *const sides[N_SIDES])
{
    json_t *common = json_object(), *value;
    const char *name;

    json_object_foreach ((json_t *)sides[BASELINE]->params, name, value) {
        if (json_equal(value, result_param(sides[CANDIDATE], name)))
            json_object_set(common, name, value);
    }
    return common;
}

/* "c / python3", or the one that both have. */
static char *models_both(const char *baseline, const char *candidate)
{
    return strcmp(baseline, candidate) == 0 ? strdup(baseline) : text_printf("%s / %s", baseline, candidate);
}

/* The wall times of a cell and of its baseline cell, owned. */
typedef struct ModelTimes {
    int64_t *walls, *serial_walls;
    BesideTimes times;
} ModelTimes;

static ModelTimes models_read_times(const ResultCell *cell)
{
    const ResultTime *wall = &cell->wall, *serial = &cell->relative.baseline->wall;
    ModelTimes read = {.walls = calloc(wall->n + 1, sizeof(*read.walls)),
        .serial_walls = calloc(serial->n + 1, sizeof(*read.serial_walls))};

    assert(read.walls && read.serial_walls);
    read.times = (BesideTimes){
        .walls = read.walls,
        .serial_walls = read.serial_walls,
        .n = result_time_samples(wall, read.walls, wall->n),
        .n_serial = result_time_samples(serial, read.serial_walls, serial->n),
    };
    return read;
}

static void models_finish_times(ModelTimes *read)
{
    free(read->walls);
    free(read->serial_walls);
}

/* Serial itself is what the others are held against. */
static bool models_is_measured(const ResultCell *cell)
{
    return cell_status_compares(cell->status) && result_is_compared(cell) && cell->relative.baseline &&
           cell_status_compares(cell->relative.baseline->status);
}

void compare_set_model(
    const RunComparison *comparison, const ResultCell *const sides[N_SIDES], ComparedCell *pair)
{
    int model = models_side(comparison, sides);
    ModelTimes read[N_SIDES];
    Ratio ratio;

    pair->model_side = compare_side_names[model];
    pair->runtime = models_both(sides[BASELINE]->runtime, sides[CANDIDATE]->runtime);
    pair->lock = models_both(sides[BASELINE]->lock, sides[CANDIDATE]->lock);
    pair->params = models_common_params(sides);
    assert(pair->runtime && pair->lock);
    pair->cell.runtime = pair->runtime;
    pair->cell.lock = pair->lock;
    pair->cell.params = pair->params;
    for (int s = 0; s < N_SIDES; s++) {
        pair->sides[s] = sides[s];
        pair->serial_times[s] = models_is_measured(sides[s]) ? sides[s]->relative.ratio : NAN;
    }
    if (isnan(pair->serial_times[BASELINE]) || isnan(pair->serial_times[CANDIDATE]))
        return;
    for (int s = 0; s < N_SIDES; s++)
        read[s] = models_read_times(sides[s]);
    ratio = beside_ratio(&read[model].times, &read[1 - model].times);
    /* A run that was stored without its samples still has its ratio. */
    if (ratio.value == 0)
        ratio.value = pair->serial_times[model] / pair->serial_times[1 - model];
    pair->cell.model = beside_make(&ratio, &pair->model_text);
    for (int s = 0; s < N_SIDES; s++)
        models_finish_times(&read[s]);
}

static json_t *models_side_json(const ComparedCell *pair, int side)
{
    double ratio = pair->serial_times[side];

    return json_pack("{s:s, s:s, s:o}", "runtime", pair->sides[side]->runtime, "lock",
        pair->sides[side]->lock, "relative", isnan(ratio) ? json_null() : json_real(ratio));
}

json_t *compare_model_json(const ComparedCell *pair)
{
    json_t *object = json_pack("{s:s}", "model_in", pair->model_side), *model = json_null();

    for (int s = 0; s < N_SIDES; s++)
        json_object_set_new(object, compare_side_names[s], models_side_json(pair, s));
    if (pair->cell.model.is_known) {
        model = json_object();
        beside_json_set(model, &pair->cell.model);
    }
    json_object_set_new(object, "model", model);
    return object;
}

/* What is counted of them; those without a quotient are not. */
static size_t models_count(const RunComparison *comparison, ModelVerdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < comparison->n_models; i++)
        n += comparison->cells[comparison->n_both + i].cell.model.verdict == verdict;
    return n;
}

char *compare_models_text(const RunComparison *comparison)
{
    size_t agrees = models_count(comparison, MODEL_AGREES), differs = models_count(comparison, MODEL_DIFFERS);
    size_t open = models_count(comparison, MODEL_CANNOT_TELL), n = agrees + differs + open;
    auto_free char *rest = open > 0 ? text_printf("; in %zu it cannot be told", open) : strdup("");

    if (comparison->n_models == 0)
        return strdup("");
    if (n == 0)
        return strdup("A model stands beside what it models, but no cell can be held against a serial one.");
    if (n == 1)
        return text_printf("In the one cell where a model stands beside what it models, %s.",
            agrees    ? "it agrees within 10 %"
            : differs ? "it differs by more than 10 %"
                      : "it cannot be told whether it agrees");
    return text_printf(
        "Of %zu cells where a model stands beside what it models, it agrees within 10 %% in %zu and "
        "differs by more in %zu%s.",
        n, agrees, differs, rest);
}
