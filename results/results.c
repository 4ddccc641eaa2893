/* Collects: each sample is checked, then put into the place that its cell and repetition number give it. A
 * place is filled once, so a runtime that repeats itself cannot bend a median.
 *
 * A runtime may be any program, and it may be wrong. Each kind of event has a function that checks all of it
 * before it changes anything, so an event that is refused leaves no trace, and the caller can end the run
 * with a clear reason. */
#include "results/results.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "results/collected.h"
#include "results/precision.h"
#include "results/totals.h"

#define SUMMARY_ROWS 256
#define NO_REASON "the runtime gave no reason"

/* There are seldom more than some dozens of cells: looking through them costs less than reading the event
 * did. */
static CollectedCell *results_find_cell(const Results *results, const char *runtime, int64_t number)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        if (results->collected[i].spec.number == number && collected_is_of(&results->collected[i], runtime))
            return &results->collected[i];
    }
    return NULL;
}

/* The request is one that plan_make() has checked, so what is missing in it is a fault of this program. A
 * label or an experiment that is no text is as good as none, and max_repeat says nothing without
 * precision. */
static void results_read_request(Results *results, const json_t *request)
{
    json_int_t repeat = -1, warmup = -1, max_repeat = 0;
    json_t *detail_json = NULL, *experiment = NULL, *label = NULL;
    const char *detail;

    json_unpack((json_t *)request, "{s:I, s:I, s?I, s?o, s?o, s?o}", "repeat", &repeat, "warmup", &warmup,
        "max_repeat", &max_repeat, "detail", &detail_json, "experiment", &experiment, "label", &label);
    assert(repeat >= 0 && warmup >= 0);
    detail = json_string_value(detail_json);
    results->experiment = json_string_value(experiment);
    results->label = json_string_value(label);
    results->request = json_incref((json_t *)request);
    results->repeat = (size_t)repeat;
    results->warmup = (size_t)warmup;
    precision_begin(&results->precision, request, results->repeat);
    results->max_repeat =
        results->precision.asked > 0 && max_repeat > repeat ? (size_t)max_repeat : results->repeat;
    results->limit = results->max_repeat;
    results->full = detail && strcmp(detail, "full") == 0;
    results->max_rows = results->full ? SIZE_MAX : SUMMARY_ROWS;
}

/* The places that every run has are made at once, since repetitions may come in any order. */
static void results_add_cell(Results *results, const CellSpec *spec)
{
    CollectedCell *cell = &results->collected[results->n_cells];
    const CollectedCell *same = results_find_cell(results, NULL, spec->number);

    assert(!same);
    cell->spec = *spec;
    json_incref(cell->spec.params);
    result_cell_from_spec(&cell->spec, results->n_cells, &cell->asked);
    cell->n_places = results->warmup + results->repeat;
    cell->samples = calloc(cell->n_places + 1, sizeof(*cell->samples));
    assert(cell->samples);
    results->n_cells++;
}

Results *results_new(const json_t *request, const CellSpec *cells, size_t n_cells)
{
    Results *results = calloc(1, sizeof(*results));

    assert(results);
    results_read_request(results, request);
    results->load1 = -1;
    results->collected = calloc(n_cells + 1, sizeof(*results->collected));
    assert(results->collected);
    for (size_t i = 0; i < n_cells; i++)
        results_add_cell(results, &cells[i]);
    return results;
}

void results_allow(Results *results, const Headroom *headroom)
{
    results->headroom = *headroom;
}

/* NULL is fine. */
void results_free(Results *results)
{
    if (!results)
        return;
    for (size_t i = 0; i < results->n_cells; i++) {
        CollectedCell *cell = &results->collected[i];

        for (size_t k = 0; k < cell->n_places; k++)
            sample_finish(&cell->samples[k]);
        free(cell->samples);
        free(cell->first_reason);
        free(cell->lost);
        json_decref(cell->spec.params);
        json_decref(cell->memory);
        json_decref(cell->totals);
        spans_free(cell->spans);
    }
    free(results->collected);
    free(results->error);
    json_decref(results->left_out);
    json_decref(results->request);
    free(results);
}

/* What a repetition says beside its figures. The first reason is kept, because what fails later often fails
 * of the same or in its wake. */
static void results_count_sample(
    CollectedCell *cell, bool is_warmup, SampleStatus status, json_t *reason, json_t *memory)
{
    const char *text = json_string_value(reason);
    bool failed = status == SAMPLE_FAILED;

    *(is_warmup ? &cell->n_warmups : &cell->n_repetitions) += 1;
    *(is_warmup ? &cell->n_failed_warmups : &cell->n_failed_repetitions) += failed;
    if (failed && !cell->first_reason) {
        cell->first_reason = strdup(text && *text ? text : NO_REASON);
        assert(cell->first_reason);
    }
    if (!failed && !cell->memory && json_is_object(memory))
        cell->memory = json_incref(memory);
}

/* The place for a repetition that is allowed. With precision there may be a thousand of them and mostly are
 * not, so the row grows by doubling. All zero is a sample that has not come. */
static Sample *results_place(const Results *results, CollectedCell *cell, json_int_t repetition)
{
    size_t index = (size_t)(repetition + (json_int_t)results->warmup), n = cell->n_places;

    if (index >= n) {
        size_t most = results->warmup + results->max_repeat;
        size_t more = 2 * n > index ? 2 * n : index + 1;

        cell->n_places = more < most ? more : most;
        cell->samples = realloc(cell->samples, cell->n_places * sizeof(*cell->samples));
        assert(cell->samples);
        memset(cell->samples + n, 0, (cell->n_places - n) * sizeof(*cell->samples));
    }
    return &cell->samples[index];
}

/* A runtime that goes on after the end of the rounds is not heard any more. What it says then is no fault:
 * it may have begun before it was told. */
static bool results_is_late(const Results *results, CollectedCell *cell, json_int_t repetition)
{
    bool late = results->precision.stopped_by && repetition >= (json_int_t)results->limit;

    cell->n_late += late;
    return late;
}

/* Warm-ups have the repetitions -warmup to -1, so adding warmup gives the place. A place that is filled is
 * refused and not overwritten: a runtime that sent one repetition twice would otherwise choose which of its
 * figures count. */
static int results_add_sample(Results *results, const char *runtime, const json_t *event)
{
    json_t *cell_json = NULL, *repetition = NULL, *reason = NULL, *memory = NULL;
    CollectedCell *cell;
    Sample *place;
    json_int_t number;
    int64_t cell_number;
    int r;

    json_unpack((json_t *)event, "{s?o, s?o, s?o, s?o}", "cell", &cell_json, "repetition", &repetition,
        "reason", &reason, "memory", &memory);
    r = sample_read_integer(cell_json, &cell_number);
    if (r < 0)
        return r;
    cell = results_find_cell(results, runtime, cell_number);
    if (!cell || !json_is_integer(repetition))
        return -EINVAL;
    number = json_integer_value(repetition);
    if (results_is_late(results, cell, number))
        return 0;
    if (number < -(json_int_t)results->warmup || number >= (json_int_t)results->max_repeat)
        return -EINVAL;
    place = results_place(results, cell, number);
    if (place->status != SAMPLE_MISSING)
        return -EINVAL;
    r = sample_read(event, results->max_rows, place);
    if (r < 0)
        return r;
    results_count_sample(cell, number < 0, place->status, reason, memory);
    if (number >= 0 && place->status == SAMPLE_GOOD)
        totals_add(&cell->totals, cell->spec.experiment, json_object_get(event, "metrics"));
    return 0;
}

/* Spans are the one thing a runtime can send without end, so they are counted over all cells. They are read
 * first and counted then; those that would be too many are freed again. */
static int results_add_timeline(Results *results, const char *runtime, const json_t *event)
{
    CollectedCell *cell;
    int64_t number;
    Spans *spans;
    size_t n;
    int r;

    r = sample_read_integer(json_object_get(event, "cell"), &number);
    if (r < 0)
        return r;
    cell = results_find_cell(results, runtime, number);
    if (!cell || cell->spans)
        return -EINVAL;
    r = spans_read(event, cell->spec.tasks, &spans);
    if (r < 0)
        return r;
    n = spans->n_spans + spans->n_instants;
    if (results->n_spans + n > SPANS_MAX_RUN) {
        spans_free(spans);
        return -EINVAL;
    }
    results->n_spans += n;
    cell->spans = spans;
    return 0;
}

/* A cell may be out and yet have all that it must have: its figures are whole then, and shown. */
void results_lose(Results *results, const char *runtime, const char *reason)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        CollectedCell *cell = &results->collected[i];

        if (cell->lost || !collected_is_of(cell, runtime))
            continue;
        cell->lost = strdup(reason);
        assert(cell->lost);
        cell->is_out = !results->precision.stopped_by || collected_came(results, cell) < results->limit;
    }
}

void results_end_timelines(Results *results, const char *runtime, const char *reason)
{
    json_auto_t *event = json_pack("{s:s}", "reason", reason);

    for (size_t i = 0; i < results->n_cells; i++) {
        CollectedCell *cell = &results->collected[i];

        if (collected_is_of(cell, runtime) && !cell->spans && !cell->first_reason &&
            collected_came(results, cell) >= results->repeat)
            spans_read(event, cell->spec.tasks, &cell->spans);
    }
}

/* The first message counts: what a runtime complains of later is often a consequence. */
static int results_add_error(Results *results, const char *runtime, const json_t *event)
{
    const char *message = json_string_value(json_object_get(event, "message"));

    (void)runtime;
    if (!message)
        return -EINVAL;
    if (!results->error) {
        results->error = strdup(*message ? message : NO_REASON);
        assert(results->error);
    }
    return 0;
}

/* The load before the run began; a runtime that cannot tell leaves it out. */
static int results_add_hello(Results *results, const char *runtime, const json_t *event)
{
    const json_t *load = json_object_get(event, "load1");

    (void)runtime;
    if (!load || json_is_null(load))
        return 0;
    if (!json_is_number(load) || json_number_value(load) < 0)
        return -EINVAL;
    if (results->load1 < 0)
        results->load1 = json_number_value(load);
    return 0;
}

/* An event that is known and says nothing here: that a run is done is judged by its samples. */
static int results_add_nothing(Results *results, const char *runtime, const json_t *event)
{
    (void)results;
    (void)runtime;
    (void)event;
    return 0;
}

/* An event that is not in the table is refused, so a runtime of a later protocol is not half understood. */
int results_add(Results *results, const char *runtime, const json_t *event)
{
    static const struct {
        const char *name;
        int (*add)(Results *results, const char *runtime, const json_t *event);
    } events[] = {
        {"done", results_add_nothing},
        {"error", results_add_error},
        {"hello", results_add_hello},
        {"sample", results_add_sample},
        {"timeline", results_add_timeline},
    };
    const char *name = json_string_value(json_object_get(event, "event"));

    for (size_t i = 0; name && i < ARRAY_LENGTH(events); i++) {
        if (strcmp(name, events[i].name) == 0)
            return events[i].add(results, runtime, event);
    }
    return -EINVAL;
}

/* A warm-up that fails makes a cell fail, too: whatever breaks one repetition may have bent the others. */
bool results_failed(const Results *results)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        if (results->collected[i].first_reason || collected_lacks(results, &results->collected[i]))
            return true;
    }
    return results->error != NULL;
}

bool results_complete(const Results *results, const char *runtime)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        const CollectedCell *cell = &results->collected[i];

        if (collected_is_of(cell, runtime) && !cell->lost && !cell->first_reason &&
            collected_came(results, cell) < results->repeat)
            return false;
    }
    return true;
}
