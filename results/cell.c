/* Which field of the JSON goes into which of the struct stands in tables, one for each object of a cell: a
 * new counter is one line there and one in the header. */
#include "results/cell.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "results/beside.h"
#include "results/crowd.h"
#include "results/human.h"
#include "results/scaling.h"
#include "results/value.h"

/* A whole number of an object, and its place in the struct that is read into. */
typedef struct IntegerField {
    const char *name;
    size_t offset;
} IntegerField;

/* The name in the JSON is that of the field, so the two cannot drift apart. The offset lets one loop read all
 * of them. */
#define FIELD(type, name)                                                                                    \
    {                                                                                                        \
#name, offsetof(type, name)                                                                          \
    }

static const IntegerField time_fields[] = {
    FIELD(ResultTime, median),
    FIELD(ResultTime, min),
    FIELD(ResultTime, max),
    FIELD(ResultTime, mad),
};

static const IntegerField switch_fields[] = {
    FIELD(ResultSwitches, voluntary),
    FIELD(ResultSwitches, involuntary),
};

static const IntegerField memory_fields[] = {
    FIELD(ResultMemory, peak_rss_bytes),
    FIELD(ResultMemory, virtual_bytes),
    FIELD(ResultMemory, rss_per_task_bytes),
    FIELD(ResultMemory, virtual_per_task_bytes),
    FIELD(ResultMemory, kernel_per_task_bytes),
};

static const IntegerField lock_fields[] = {
    FIELD(ResultLockStats, acquires),
    FIELD(ResultLockStats, contended),
    FIELD(ResultLockStats, handoffs),
    FIELD(ResultLockStats, false_wakeups),
    FIELD(ResultLockStats, drop_requests),
    FIELD(ResultLockStats, forced_switches),
    FIELD(ResultLockStats, held_ns),
    FIELD(ResultLockStats, waited_ns),
};

static const char *const status_names[] = {
    [RESULT_QUEUED] = "queued",
    [RESULT_RUNNING] = "running",
    [RESULT_DONE] = "done",
    [RESULT_FAILED] = "failed",
    [RESULT_CANCELLED] = "cancelled",
    [RESULT_TIMEOUT] = "timeout",
};

/* The table has no text for an unknown status, and gives NULL. */
const char *result_status_name(ResultStatus status)
{
    return status_names[status];
}

ResultStatus result_status_from_name(const char *name)
{
    for (size_t i = RESULT_QUEUED; name && i < ARRAY_LENGTH(status_names); i++) {
        if (strcmp(name, status_names[i]) == 0)
            return (ResultStatus)i;
    }
    return RESULT_STATUS_UNKNOWN;
}

/* A median of -5, of 1e300 or of "7" is as good as none, so that nobody who divides by it or adds to it has
 * to ask. The bounds are those of samples: what could not have been measured is not read either. */
static int64_t cell_read_integer(const json_t *value)
{
    int64_t integer = RESULT_UNKNOWN;

    value_read_integer(value, &integer);
    return integer;
}

/* JSON has no NAN and no infinity, so NAN is free to mean "nothing". Beware: it equals nothing, itself
 * included, and every comparison with it is false. */
static double cell_read_real(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *cell_read_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Names are compared and printed everywhere, so a missing one is an empty one and never NULL. Other texts may
 * be NULL, because there "not given" and "empty" differ. */
static const char *cell_read_name(const json_t *object, const char *name)
{
    const char *text = cell_read_text(object, name);

    return text ? text : "";
}

/* What is not there becomes unknown, also where the whole object is missing: jansson answers NULL for any
 * member of NULL. Every field that a table names must be an int64_t. */
static void cell_read_integers(const json_t *object, const IntegerField *fields, size_t n, void *ret)
{
    for (size_t i = 0; i < n; i++)
        *(int64_t *)((char *)ret + fields[i].offset) =
            cell_read_integer(json_object_get(object, fields[i].name));
}

/* Half an interval is none. The number of samples is what the array holds; those that are no good are left
 * out when they are read (result_time_samples()). */
static void cell_read_time(const json_t *object, ResultTime *ret)
{
    const json_t *interval = json_object_get(object, "interval");

    cell_read_integers(object, time_fields, ARRAY_LENGTH(time_fields), ret);
    ret->low = cell_read_integer(json_array_get(interval, 0));
    ret->high = cell_read_integer(json_array_get(interval, 1));
    if (ret->low == RESULT_UNKNOWN || ret->high == RESULT_UNKNOWN)
        ret->low = ret->high = RESULT_UNKNOWN;
    ret->level = cell_read_real(json_object_get(object, "level"));
    ret->samples = json_object_get(object, "samples");
    ret->n = json_array_size(ret->samples);
}

/* Without an object all of it is unknown, too: asking a missing object for a member gives nothing. */
static void cell_read_relative(const json_t *object, ResultRelative *ret)
{
    const json_t *interval = json_object_get(object, "interval");

    ret->is_known = json_is_object(object);
    ret->to = cell_read_integer(json_object_get(object, "to"));
    ret->ratio = cell_read_real(json_object_get(object, "ratio"));
    ret->low = cell_read_real(json_array_get(interval, 0));
    ret->high = cell_read_real(json_array_get(interval, 1));
    ret->verdict = verdict_from_name(cell_read_text(object, "verdict"));
    ret->hint = cell_read_text(object, "hint");
}

static const json_t *cell_read_object(const json_t *value)
{
    return json_is_object(value) ? value : NULL;
}

static const json_t *cell_read_array(const json_t *value)
{
    return json_is_array(value) ? value : NULL;
}

/* Everything is borrowed from the JSON, so reading a cell allocates nothing and cannot fail. */
void result_cell_read(const json_t *json, size_t index, ResultCell *ret)
{
    *ret = (ResultCell){
        .index = index,
        .runtime = cell_read_name(json, "runtime"),
        .mode = cell_read_name(json, "mode"),
        .lock = cell_read_name(json, "lock"),
        .tasks = cell_read_integer(json_object_get(json, "tasks")),
        .cpus = cell_read_integer(json_object_get(json, "cpus")),
        .params = cell_read_object(json_object_get(json, "params")),
        .status = result_status_from_name(cell_read_text(json, "status")),
        .reason = cell_read_text(json, "reason"),
        .ideal_ns = cell_read_integer(json_object_get(json, "ideal_ns")),
        .completion_order = cell_read_array(json_object_get(json, "completion_order")),
        .per_task = cell_read_array(json_object_get(json, "per_task")),
        .metrics = cell_read_object(json_object_get(json, "metrics")),
        .timeline_reason = cell_read_text(json_object_get(json, "timeline"), "reason"),
    };
    cell_read_time(json_object_get(json, "wall_ns"), &ret->wall);
    cell_read_time(json_object_get(json, "cpu_ns"), &ret->cpu);
    cell_read_time(json_object_get(json, "create_ns"), &ret->create);
    cell_read_time(json_object_get(json, "create_alone_ns"), &ret->create_alone);
    cell_read_time(json_object_get(json, "join_ns"), &ret->join);
    cell_read_time(json_object_get(json, "waits_ns"), &ret->waits);
    cell_read_time(json_object_get(json, "start_ns"), &ret->start);
    cell_read_relative(json_object_get(json, "relative"), &ret->relative);
    scaling_read(json_object_get(json, "scaling"), &ret->scaling);
    beside_read(json_object_get(json, "model"), &ret->model);
    cell_read_integers(json_object_get(json, "context_switches"), switch_fields, ARRAY_LENGTH(switch_fields),
        &ret->switches);
    crowd_read(json_object_get(json, "inside"), &ret->inside);
    crowd_read(json_object_get(json, "outside"), &ret->outside);
    cell_read_integers(
        json_object_get(json, "memory"), memory_fields, ARRAY_LENGTH(memory_fields), &ret->memory);
    cell_read_integers(
        json_object_get(json, "lock_stats"), lock_fields, ARRAY_LENGTH(lock_fields), &ret->lock_stats);
}

/* A cell that was asked for is one of which nothing is known yet but its names. Its spec must be complete. */
void result_cell_from_spec(const CellSpec *spec, size_t index, ResultCell *ret)
{
    result_cell_read(NULL, index, ret);
    ret->runtime = spec->runtime->runtime;
    ret->mode = spec->mode->name;
    ret->lock = spec->lock->name;
    ret->tasks = spec->tasks;
    ret->cpus = spec->cpus;
    ret->params = spec->params;
    ret->mode_facts = spec->mode;
    ret->lock_facts = spec->lock;
}

/* One more than there are, since calloc(0) may return NULL, which the assertion would take for a lack of
 * memory. */
static ResultTexts run_read_texts(const json_t *array)
{
    ResultTexts texts = {.at = calloc(json_array_size(array) + 1, sizeof(*texts.at))};
    size_t i;
    json_t *item;

    assert(texts.at);
    json_array_foreach (array, i, item) {
        if (json_is_string(item))
            texts.at[texts.n++] = json_string_value(item);
    }
    return texts;
}

/* A run that was stored before noise was measured says nothing of it, which is not the same as a quiet
 * machine. */
static void run_read_host(const json_t *object, ResultHost *ret)
{
    const json_t *noisy = json_object_get(object, "noisy");

    *ret = (ResultHost){
        .is_known = json_is_object(object),
        .cpu_model = cell_read_text(object, "cpu_model"),
        .kernel = cell_read_text(object, "kernel"),
        .container = cell_read_text(object, "container"),
        .cpus_online = cell_read_integer(json_object_get(object, "cpus_online")),
        .cpus_usable = cell_read_integer(json_object_get(object, "cpus_usable")),
        .cpu_quota = cell_read_real(json_object_get(object, "cpu_quota")),
        .foreign_cpu = cell_read_real(json_object_get(object, "foreign_cpu")),
        .steal = cell_read_real(json_object_get(object, "steal")),
        .load1 = cell_read_real(json_object_get(object, "load1")),
        .throttled_ns = cell_read_integer(json_object_get(object, "throttled_ns")),
        .has_noise = json_is_boolean(noisy),
        .is_noisy = json_is_true(noisy),
        .noise_reasons = run_read_texts(json_object_get(object, "noise_reasons")),
    };
}

/* Whoever shows a figure says what it is, so a figure without its words is none. A run that was stored before
 * there was such a thing does not say either that its time was given; but what was asked for does, and two of
 * them compared by that time would be told which is slower. */
static void run_read_about(const json_t *object, const json_t *request, ResultAbout *ret)
{
    *ret = (ResultAbout){
        .figure = cell_read_text(object, "figure"),
        .head = cell_read_text(object, "head"),
        .words = cell_read_text(object, "words"),
        .fixed_time = json_is_object(object) ? json_is_true(json_object_get(object, "fixed_time"))
                                             : json_object_get(request, "duration_ms") != NULL,
    };
    if (!ret->head || !ret->words)
        ret->figure = NULL;
}

/* A run that was stored before there was such a thing has none. */
static void run_read_precision(const json_t *object, ResultPrecision *ret)
{
    *ret = (ResultPrecision){
        .is_known = json_is_object(object),
        .asked = cell_read_real(json_object_get(object, "asked")),
        .reached = cell_read_real(json_object_get(object, "reached")),
        .of = cell_read_name(object, "of"),
        .rounds = cell_read_integer(json_object_get(object, "rounds")),
        .stopped_by = cell_read_text(object, "stopped_by"),
    };
}

/* The cell with that index; NULL if there is none. */
static const ResultCell *run_find_cell(const ResultRun *run, int64_t index)
{
    for (size_t i = 0; i < run->cells.n; i++) {
        if ((int64_t)run->storage[i].index == index)
            return &run->storage[i];
    }
    return NULL;
}

/* Only when all are read: the baseline cell of one may stand behind it, and so may its model. */
static void run_find_others(ResultRun *run)
{
    for (size_t i = 0; i < run->cells.n; i++) {
        ResultCell *cell = &run->storage[i];

        if (cell->relative.is_known)
            cell->relative.baseline = run_find_cell(run, cell->relative.to);
        if (cell->model.is_known)
            cell->model.cell = run_find_cell(run, cell->model.to);
    }
}

/* The cells lie in one piece that never moves, because the list points into it. A cell keeps its place in the
 * JSON as its index, because others refer to it by that ("relative": {"to": 2}): where an item was left out,
 * the place in the list is another one. */
static void run_read_cells(const json_t *array, ResultRun *run)
{
    size_t i;
    json_t *item;

    run->cells = result_cells_new(json_array_size(array));
    run->storage = calloc(json_array_size(array) + 1, sizeof(*run->storage));
    assert(run->storage);
    json_array_foreach (array, i, item) {
        if (!json_is_object(item))
            continue;
        result_cell_read(item, i, &run->storage[run->cells.n]);
        result_cells_add(&run->cells, &run->storage[run->cells.n]);
    }
    run_find_others(run);
}

/* One without a name is none. */
static void run_read_runtimes(const json_t *array, ResultRun *run)
{
    size_t i;
    json_t *item;

    run->runtimes = calloc(json_array_size(array) + 1, sizeof(*run->runtimes));
    assert(run->runtimes);
    json_array_foreach (array, i, item) {
        const char *name = cell_read_text(item, "runtime");

        if (name)
            run->runtimes[run->n_runtimes++] = (ResultRuntime){
                .name = name,
                .version = cell_read_text(item, "version"),
                .about = cell_read_text(item, "about"),
                .status = result_status_from_name(cell_read_text(item, "status")),
                .reason = cell_read_text(item, "reason"),
            };
    }
}

static void run_read_expected(const json_t *json, ResultExpected *ret)
{
    const json_t *held = json_object_get(json, "held");

    *ret = (ResultExpected){
        .question = cell_read_text(json, "question_text"),
        .prediction = cell_read_text(json, "prediction_text"),
        .outcome = cell_read_text(json, "outcome_text"),
        .reason = cell_read_text(json, "outcome_reason"),
        .is_judged = json_is_boolean(held),
        .held = json_is_true(held),
    };
}

/* It takes a reference of the JSON, so the texts stay although the caller may let go of it. */
void result_run_read(const json_t *json, ResultRun *ret)
{
    const json_t *request = json_object_get(json, "request");

    *ret = (ResultRun){
        .json = json_incref((json_t *)json),
        .id = cell_read_text(json, "id"),
        .experiment = cell_read_text(json, "experiment"),
        .label = cell_read_text(json, "label"),
        .created_at = cell_read_text(json, "created_at"),
        .reason = cell_read_text(json, "reason"),
        .lesson = cell_read_text(json, "lesson"),
        .status = result_status_from_name(cell_read_text(json, "status")),
        .queued_ns = cell_read_integer(json_object_get(json, "queued_ns")),
        .duration_ns = cell_read_integer(json_object_get(json, "duration_ns")),
        .repeat = cell_read_integer(json_object_get(request, "repeat")),
        .warmup = cell_read_integer(json_object_get(request, "warmup")),
        .sized = run_read_texts(json_object_get(request, "sized")),
        .left_out = json_object_get(json, "left_out"),
    };
    run_read_precision(json_object_get(json, "precision"), &ret->precision);
    run_read_host(json_object_get(json, "host"), &ret->host);
    run_read_about(json_object_get(json, "about"), request, &ret->about);
    run_read_expected(json, &ret->expected);
    run_read_runtimes(json_object_get(json, "runtimes"), ret);
    run_read_cells(json_object_get(json, "cells"), ret);
}

/* The JSON goes last, because everything else may be borrowed from it. */
void result_run_finish(ResultRun *run)
{
    free(run->sized.at);
    free(run->runtimes);
    free(run->host.noise_reasons.at);
    result_cells_finish(&run->cells);
    free(run->storage);
    json_decref(run->json);
    *run = (ResultRun){0};
}

ResultCells result_cells_new(size_t n)
{
    ResultCells cells = {.at = calloc(n + 1, sizeof(*cells.at))};

    assert(cells.at);
    return cells;
}

void result_cells_finish(ResultCells *cells)
{
    free(cells->at);
    *cells = (ResultCells){0};
}

void result_cells_add(ResultCells *cells, const ResultCell *cell)
{
    cells->at[cells->n++] = cell;
}

/* The catalog knows, where there is one. The comparison of a baseline cell is with itself, so a stored run
 * tells it without any catalog. */
bool result_is_baseline(const ResultCell *cell)
{
    if (cell->mode_facts)
        return cell->mode_facts->baseline;
    return cell->relative.is_known && cell->relative.to == (int64_t)cell->index;
}

bool result_is_compared(const ResultCell *cell)
{
    return cell->relative.is_known && isfinite(cell->relative.ratio) && !result_is_baseline(cell);
}

/* A parameter that is null is not NULL: the cell has it, and nobody gave it. */
const json_t *result_param(const ResultCell *cell, const char *name)
{
    return json_object_get(cell->params, name);
}

const char *result_param_text(const ResultCell *cell, const char *name)
{
    return cell_read_name(cell->params, name);
}

double result_param_number(const ResultCell *cell, const char *name)
{
    return json_number_value(result_param(cell, name));
}

/* A number that is missing reads as NAN. */
bool result_metric(const ResultCell *cell, const char *name, double *ret)
{
    double value = cell_read_real(json_object_get(cell->metrics, name));

    if (!isfinite(value))
        return false;
    *ret = value;
    return true;
}

char *result_metric_text(const ResultCell *cell, const char *name)
{
    double ignored;

    return result_metric(cell, name, &ignored) ? human_value(json_object_get(cell->metrics, name)) : NULL;
}

const char *result_metric_word(const ResultCell *cell, const char *name)
{
    return cell_read_name(cell->metrics, name);
}

/* What stands behind the dot, or NULL if the path does not begin so. */
static const char *figure_path_in(const char *path, const char *object)
{
    size_t length = strlen(object);

    return strncmp(path, object, length) == 0 && path[length] == '.' ? path + length + 1 : NULL;
}

/* The path comes from an experiment's descriptor. Metrics are read from the JSON, because only the experiment
 * knows their names; memory is read from the struct by the table that filled it. */
json_t *result_figure(const ResultCell *cell, const char *path)
{
    const char *metric = figure_path_in(path, "metrics"), *memory = figure_path_in(path, "memory");
    json_t *value = metric ? json_object_get(cell->metrics, metric) : NULL;

    if (json_is_number(value))
        return json_incref(value);
    for (size_t i = 0; memory && i < ARRAY_LENGTH(memory_fields); i++) {
        int64_t bytes = *(const int64_t *)((const char *)&cell->memory + memory_fields[i].offset);

        if (strcmp(memory, memory_fields[i].name) == 0 && bytes != RESULT_UNKNOWN)
            return json_integer(bytes);
    }
    return NULL;
}

double result_task_cpu(const ResultCell *cell)
{
    double sum = 0;
    size_t n = 0, i;
    json_t *row;

    json_array_foreach (cell->per_task, i, row) {
        double cpu = cell_read_real(json_object_get(row, "cpu_ns"));

        if (isfinite(cpu)) {
            sum += cpu;
            n++;
        }
    }
    return n > 0 ? sum / (double)n : NAN;
}

/* No repetition takes no time, so a 0 comes from a file that was made by hand; a ratio must not divide by it.
 */
size_t result_time_samples(const ResultTime *time, int64_t *ret, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < time->n && n < max; i++) {
        int64_t value = cell_read_integer(json_array_get(time->samples, i));

        if (value > 0)
            ret[n++] = value;
    }
    return n;
}
