/* Collects: each sample is checked, then put into the place that its cell and repetition number give it. A
 * place is filled once, so a runtime that repeats itself cannot bend a median.
 *
 * A runtime may be any program, and it may be wrong. Each kind of event has a function that checks all of it
 * before it changes anything, so an event that is refused leaves no trace, and the caller can end the run
 * with a clear reason. */
#include "results/results.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/collected.h"
#include "results/precision.h"
#include "results/totals.h"
#include "results/value.h"

#define SUMMARY_ROWS 256
#define NO_REASON "the runtime gave no reason"
#define LISTED_CELLS 8 /* of those that a refusal names */

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

const CatalogExperiment *results_experiment(const Results *results)
{
    for (size_t i = 0; i < results->n_cells; i++)
        if (results->collected[i].spec.experiment->headline.figure)
            return results->collected[i].spec.experiment;
    return results->n_cells > 0 ? results->collected[0].spec.experiment : NULL;
}

static CollectedCell results_copy_cell(const CollectedCell *cell)
{
    CollectedCell copy = *cell;

    json_incref(copy.spec.params);
    json_incref(copy.memory);
    /* Repetitions that are still to come are added to these sums. */
    copy.totals = json_deep_copy(cell->totals);
    copy.samples = calloc(cell->n_places + 1, sizeof(*copy.samples));
    assert(copy.samples);
    for (size_t i = 0; i < cell->n_places; i++)
        copy.samples[i] = sample_copy(&cell->samples[i]);
    copy.spans = spans_copy(cell->spans);
    copy.first_reason = text_copy(cell->first_reason);
    copy.lost = text_copy(cell->lost);
    return copy;
}

Results *results_copy(const Results *results)
{
    Results *copy = malloc(sizeof(*copy));

    assert(copy);
    *copy = *results;
    copy->collected = calloc(results->n_cells + 1, sizeof(*copy->collected));
    assert(copy->collected);
    for (size_t i = 0; i < results->n_cells; i++)
        copy->collected[i] = results_copy_cell(&results->collected[i]);
    copy->error = text_copy(results->error);
    json_incref(copy->left_out);
    json_incref(copy->request);
    return copy;
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

/* The numbers of a runtime's cells, "0, 1 and 4 more"; owned by the caller. */
static char *results_list_cells(const Results *results, const char *runtime)
{
    char *list = NULL;
    size_t length = 0, n = 0;
    FILE *file = open_memstream(&list, &length);

    assert(file);
    for (size_t i = 0; i < results->n_cells; i++)
        if (collected_is_of(&results->collected[i], runtime) && n++ < LISTED_CELLS)
            fprintf(file, "%s%lld", n > 1 ? ", " : "", (long long)results->collected[i].spec.number);
    if (n > LISTED_CELLS)
        fprintf(file, " and %zu more", n - LISTED_CELLS);
    fclose(file);
    return list;
}

/* Of which cell the event is; NULL if it is not one of the runtime's, and that was complained of. */
static CollectedCell *results_read_cell(
    Reader *reader, const Results *results, const char *runtime, const json_t *event)
{
    const Place *place = VALUE_AT("cell");
    CollectedCell *cell;
    int64_t number;
    auto_free char *list = NULL;

    if (!value_read_whole(reader, place, json_object_get(event, "cell"), 0, &number))
        return NULL;
    cell = results_find_cell(results, runtime, number);
    if (cell)
        return cell;
    list = results_list_cells(results, runtime);
    reader_complain(reader, place, "must be one of its own cells (%s), is %lld", list, (long long)number);
    return NULL;
}

/* Warm-ups have the repetitions -warmup to -1. */
static bool results_check_repetition(Reader *reader, const Results *results, json_int_t number)
{
    json_int_t first = -(json_int_t)results->warmup, end = (json_int_t)results->max_repeat;

    return (number >= first && number < end) ||
           reader_complain(reader, VALUE_AT("repetition"), "must be from %lld to %lld, is %lld",
               (long long)first, (long long)end - 1, (long long)number);
}

/* Adding warmup to a repetition gives its place. A place that is filled is refused and not overwritten: a
 * runtime that sent one repetition twice would otherwise choose which of its figures count. */
static bool results_add_sample(Reader *reader, Results *results, const char *runtime, const json_t *event)
{
    const json_t *repetition = json_object_get(event, "repetition");
    const Place *place = VALUE_AT("repetition");
    CollectedCell *cell = results_read_cell(reader, results, runtime, event);
    Sample *sample;
    json_int_t number;

    if (!cell)
        return false;
    if (!json_is_integer(repetition))
        return value_refuse(reader, place, repetition, "a whole number");
    number = json_integer_value(repetition);
    if (results_is_late(results, cell, number))
        return true;
    if (!results_check_repetition(reader, results, number))
        return false;
    sample = results_place(results, cell, number);
    if (sample->status != SAMPLE_MISSING)
        return reader_complain(reader, place, "must be one that has not come yet: cell %lld has had %lld",
            (long long)cell->spec.number, (long long)number);
    if (!sample_read(reader, event, cell->spec.experiment, results->max_rows, sample))
        return false;
    results_count_sample(
        cell, number < 0, sample->status, json_object_get(event, "reason"), json_object_get(event, "memory"));
    if (number >= 0 && sample->status == SAMPLE_GOOD)
        totals_add(&cell->totals, cell->spec.experiment, json_object_get(event, "metrics"));
    return true;
}

/* Spans are the one thing a runtime can send without end, so they are counted over all cells. A runtime knows
 * only of its own, so that those of several may be too many together is the fault of none of them. What there
 * is room for is divided among the cells that have no timeline yet. */
static size_t results_room_for_spans(const Results *results)
{
    size_t n_without = 0;

    for (size_t i = 0; i < results->n_cells; i++)
        n_without += !results->collected[i].spans;
    return n_without > 0 ? (SPANS_MAX_RUN - results->n_spans) / n_without : 0;
}

static bool results_add_timeline(Reader *reader, Results *results, const char *runtime, const json_t *event)
{
    CollectedCell *cell = results_read_cell(reader, results, runtime, event);
    Spans *spans;

    if (!cell)
        return false;
    if (cell->spans)
        return reader_complain(reader, VALUE_AT("cell"),
            "must be one that has no timeline yet: cell %lld has", (long long)cell->spec.number);
    if (!spans_read(reader, event, cell->spec.tasks, &spans))
        return false;
    spans_cut(spans, results_room_for_spans(results));
    results->n_spans += spans->n_spans + spans->n_instants;
    cell->spans = spans;
    return true;
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
    for (size_t i = 0; i < results->n_cells; i++) {
        CollectedCell *cell = &results->collected[i];

        if (collected_is_of(cell, runtime) && !cell->spans && !cell->first_reason &&
            collected_came(results, cell) >= results->repeat)
            cell->spans = spans_of_reason(reason);
    }
}

/* The first message counts: what a runtime complains of later is often a consequence. */
static bool results_add_error(Reader *reader, Results *results, const char *runtime, const json_t *event)
{
    const char *message;

    (void)runtime;
    if (!value_read_text(reader, VALUE_AT("message"), json_object_get(event, "message"), &message))
        return false;
    if (!results->error) {
        results->error = strdup(*message ? message : NO_REASON);
        assert(results->error);
    }
    return true;
}

/* The load before the run began; a runtime that cannot tell leaves it out. */
static bool results_add_hello(Reader *reader, Results *results, const char *runtime, const json_t *event)
{
    const json_t *load = json_object_get(event, "load1");

    (void)runtime;
    if (value_is_absent(load))
        return true;
    if (!json_is_number(load) || json_number_value(load) < 0)
        return value_refuse(reader, VALUE_AT("load1"), load, "a number of at least 0");
    if (results->load1 < 0)
        results->load1 = json_number_value(load);
    return true;
}

/* An event that is known and says nothing here: that a run is done is judged by its samples. */
static bool results_add_nothing(Reader *reader, Results *results, const char *runtime, const json_t *event)
{
    (void)reader;
    (void)results;
    (void)runtime;
    (void)event;
    return true;
}

/* What is passed on unread stands deeper in an answer than here, and has to be written there. */
static bool results_check_depth(Reader *reader, const json_t *event)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)event, name, value) {
        if (!reader_check_depth(reader, VALUE_AT(name), value))
            return false;
    }
    return true;
}

/* An event that is not in the table is refused, so a runtime of a later protocol is not half understood. */
static bool results_add_event(Reader *reader, Results *results, const char *runtime, const json_t *event)
{
    static const struct {
        const char *name;
        bool (*add)(Reader *reader, Results *results, const char *runtime, const json_t *event);
    } events[] = {
        {"done", results_add_nothing},
        {"error", results_add_error},
        {"hello", results_add_hello},
        {"sample", results_add_sample},
        {"timeline", results_add_timeline},
    };
    const json_t *given = json_object_get(event, "event");
    const char *name = json_string_value(given);

    for (size_t i = 0; name && i < ARRAY_LENGTH(events); i++) {
        if (strcmp(name, events[i].name) == 0)
            return results_check_depth(reader, event) && events[i].add(reader, results, runtime, event);
    }
    return value_refuse(reader, VALUE_AT("event"), given, "one of done, error, hello, sample, timeline");
}

int results_add(Results *results, const char *runtime, const json_t *event, char **ret_reason)
{
    Reader reader = {0};
    bool is_good = results_add_event(&reader, results, runtime, event);

    if (!is_good && ret_reason)
        *ret_reason = reader.reason;
    else
        free(reader.reason);
    return is_good ? 0 : -EINVAL;
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
