/* The quotient of two ratios has four medians in it, and each is drawn anew from its own repetitions, a
 * thousand times, with a stream of random numbers of its own. So its interval is as wide as all four make it.
 */
#include "results/beside.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/stats.h"
#include "results/time-json.h"

/* How far a model may be off. Closer, nobody could tell it from the real thing by a time. */
#define AGREES_WITHIN 0.1

/* Away from those of all other comparisons. */
enum { SEED_MODEL = 50, SEED_MODEL_SERIAL, SEED_REAL, SEED_REAL_SERIAL };

static bool beside_is_usual(const CatalogParameter *parameter, const json_t *value)
{
    const json_t *usual = parameter->fallback;

    return json_equal(json_is_array(usual) ? json_array_get(usual, 0) : usual, value);
}

/* What neither cell has is the same. */
static bool beside_has_same(const CellSpec *one, const CellSpec *other, const char *name)
{
    const json_t *value = json_object_get(one->params, name), *same = json_object_get(other->params, name);

    return json_equal(value, same) || (!value && !same);
}

/* A real lock that cannot be set is what it usually is, and so must its model be. */
static bool beside_locks_fit(const CellSpec *model, const CellSpec *real)
{
    for (size_t i = 0; i < model->lock->n_parameters; i++) {
        const CatalogParameter *parameter = &model->lock->parameters[i];
        const json_t *value = json_object_get(model->params, parameter->name);

        if (catalog_parameter_of_lock(real->lock, parameter->name)
                ? !beside_has_same(model, real, parameter->name)
                : value && !beside_is_usual(parameter, value))
            return false;
    }
    return true;
}

static bool beside_experiments_fit(const CellSpec *model, const CellSpec *real, bool with_sizes)
{
    for (size_t i = 0; i < model->experiment->n_parameters; i++) {
        const CatalogParameter *one = &model->experiment->parameters[i];
        const CatalogParameter *other = catalog_parameter(real->experiment, one->name);

        if (!other || (!with_sizes && (one->sized || other->sized)))
            continue;
        if (!beside_has_same(model, real, one->name))
            return false;
    }
    return true;
}

static bool beside_is_model_of(const CellSpec *model, const CellSpec *real, bool with_sizes)
{
    return model->lock->models && strcmp(model->lock->models, real->lock->real) == 0 &&
           strcmp(model->mode->name, real->mode->name) == 0 && model->tasks == real->tasks &&
           model->cpus == real->cpus && beside_locks_fit(model, real) &&
           beside_experiments_fit(model, real, with_sizes);
}

/* Where several sizes were asked for, each belongs beside its own. */
size_t beside_find(const Figures *figures, size_t n_cells, size_t i)
{
    const CellSpec *real = figures[i].spec;

    for (int with_sizes = 1; real->lock->real && with_sizes >= 0; with_sizes--) {
        for (size_t k = 0; k < n_cells; k++) {
            if (beside_is_model_of(figures[k].spec, real, with_sizes))
                return k;
        }
    }
    return NO_CELL;
}

static size_t beside_least(const BesideTimes *one, const BesideTimes *two)
{
    size_t least = one->n < one->n_serial ? one->n : one->n_serial;

    least = two->n < least ? two->n : least;
    return two->n_serial < least ? two->n_serial : least;
}

static double beside_times(const BesideTimes *times)
{
    Stats own, serial;

    stats_describe(times->walls, times->n, &own);
    stats_describe(times->serial_walls, times->n_serial, &serial);
    return (double)own.median / (double)serial.median;
}

/* The ratio of each draw. */
static void beside_resample(
    const BesideTimes *times, uint64_t seed, uint64_t serial_seed, double ret[static STATS_RESAMPLES])
{
    double serial[STATS_RESAMPLES];

    stats_resample_medians(times->walls, times->n, seed, ret);
    stats_resample_medians(times->serial_walls, times->n_serial, serial_seed, serial);
    for (size_t r = 0; r < STATS_RESAMPLES; r++)
        ret[r] /= serial[r];
}

Ratio beside_ratio(const BesideTimes *model, const BesideTimes *real)
{
    Ratio ratio = {.n = beside_least(model, real)};
    double of_model[STATS_RESAMPLES], of_real[STATS_RESAMPLES];

    if (ratio.n == 0)
        return ratio;
    ratio.value = beside_times(model) / beside_times(real);
    if (ratio.n < STATS_MIN_VALUES)
        return ratio;
    beside_resample(model, SEED_MODEL, SEED_MODEL_SERIAL, of_model);
    beside_resample(real, SEED_REAL, SEED_REAL_SERIAL, of_real);
    stats_ratio_interval(of_model, of_real, &ratio.low, &ratio.high);
    ratio.has_interval = true;
    return ratio;
}

/* An interval that reaches over the edge says neither. */
ModelVerdict beside_verdict(const Ratio *ratio)
{
    if (!ratio->has_interval)
        return MODEL_CANNOT_TELL;
    if (ratio->low >= 1 - AGREES_WITHIN && ratio->high <= 1 + AGREES_WITHIN)
        return MODEL_AGREES;
    return ratio->high < 1 - AGREES_WITHIN || ratio->low > 1 + AGREES_WITHIN ? MODEL_DIFFERS
                                                                             : MODEL_CANNOT_TELL;
}

static const char *const names[] = {
    [MODEL_AGREES] = "agrees",
    [MODEL_DIFFERS] = "differs",
    [MODEL_CANNOT_TELL] = "cannot tell",
};

const char *beside_verdict_name(ModelVerdict verdict)
{
    return names[verdict];
}

ModelVerdict beside_verdict_from_name(const char *name)
{
    for (size_t i = MODEL_AGREES; name && i < ARRAY_LENGTH(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return (ModelVerdict)i;
    }
    return MODEL_NOT_COMPARED;
}

/* No more than the interval bears. */
static char *beside_text(const Ratio *ratio, const ResultModel *shown)
{
    auto_free char *low = human_ratio(shown->low), *high = human_ratio(shown->high);

    switch (shown->verdict) {
    case MODEL_NOT_COMPARED:
        break;
    case MODEL_AGREES:
        return text_printf("agrees within %.0f %%", 100 * AGREES_WITHIN);
    case MODEL_DIFFERS:
        return text_printf("differs, it is %s to %s times the real one", low, high);
    case MODEL_CANNOT_TELL:
        if (ratio->has_interval)
            return text_printf("may or may not agree within %.0f %%, it is %s to %s times the real one",
                100 * AGREES_WITHIN, low, high);
        return text_printf(
            "may or may not agree, %zu good repetition%s too few for an interval, which needs %d", ratio->n,
            ratio->n == 1 ? " is" : "s are", STATS_MIN_VALUES);
    }
    assert(!"it is compared");
    return NULL;
}

/* Rounded like any ratio. */
ResultModel beside_make(const Ratio *ratio, char **ret_text)
{
    auto_free char *ignored = NULL;
    ResultRelative rounded = relative_from_ratio(ratio, NULL, &ignored);
    ResultModel model = {
        .is_known = true,
        .to = RESULT_UNKNOWN,
        .ratio = rounded.ratio,
        .low = rounded.low,
        .high = rounded.high,
        .verdict = beside_verdict(ratio),
    };

    model.text = *ret_text = beside_text(ratio, &model);
    return model;
}

void beside_json_set(json_t *object, const ResultModel *model)
{
    json_object_set_new(object, "ratio", isfinite(model->ratio) ? json_real(model->ratio) : json_null());
    json_object_set_new(object, "interval",
        isfinite(model->low) ? json_pack("[f, f]", model->low, model->high) : json_null());
    json_object_set_new(object, "verdict", json_string(beside_verdict_name(model->verdict)));
    json_object_set_new(object, "text", json_string(model->text));
}

/* Whether a cell stands beside a baseline cell that is another. */
static bool beside_has_baseline(const Figures *figures, size_t i)
{
    return figures_compares(&figures[i]) && figures[i].baseline != NO_CELL && figures[i].baseline != i;
}

static BesideTimes beside_times_of(const Figures *figures, size_t i)
{
    const Figures *cell = &figures[i], *baseline = &figures[cell->baseline];

    return (BesideTimes){
        .walls = cell->times[SAMPLE_WALL],
        .n = cell->n,
        .serial_walls = baseline->times[SAMPLE_WALL],
        .n_serial = baseline->n,
    };
}

json_t *beside_json(Figures *figures, size_t n_cells, size_t i)
{
    size_t of = beside_find(figures, n_cells, i);
    auto_free char *text = NULL;
    BesideTimes model, real;
    ResultModel compared;
    json_t *object;
    Ratio ratio;

    if (of == NO_CELL || !beside_has_baseline(figures, i) || !beside_has_baseline(figures, of))
        return NULL;
    model = beside_times_of(figures, of);
    real = beside_times_of(figures, i);
    ratio = beside_ratio(&model, &real);
    compared = beside_make(&ratio, &text);
    object = json_pack("{s:I}", "to", (json_int_t)of);
    beside_json_set(object, &compared);
    return object;
}

static double beside_real(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) > 0 ? json_number_value(value) : NAN;
}

void beside_read(const json_t *json, ResultModel *ret)
{
    const json_t *to = json_object_get(json, "to"), *interval = json_object_get(json, "interval");
    ResultModel model = {
        .to = RESULT_UNKNOWN,
        .ratio = beside_real(json_object_get(json, "ratio")),
        .low = beside_real(json_array_get(interval, 0)),
        .high = beside_real(json_array_get(interval, 1)),
        .verdict = beside_verdict_from_name(json_string_value(json_object_get(json, "verdict"))),
        .text = json_string_value(json_object_get(json, "text")),
    };

    if (isnan(model.low) || isnan(model.high))
        model.low = model.high = NAN;
    if (json_is_integer(to) && json_integer_value(to) >= 0)
        model.to = json_integer_value(to);
    model.is_known = model.to != RESULT_UNKNOWN && isfinite(model.ratio) && model.text &&
                     model.verdict != MODEL_NOT_COMPARED;
    *ret =
        model.is_known ? model : (ResultModel){.to = RESULT_UNKNOWN, .ratio = NAN, .low = NAN, .high = NAN};
}
