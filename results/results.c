/* Collects: each sample is checked, then put into the place that its cell and repetition number give it. A
 * place is filled once, so a runtime that repeats itself cannot bend a median. */
#include "results/results.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "results/collected.h"

#define SUMMARY_ROWS 256

static size_t request_count(const json_t *request, const char *name)
{
    const json_t *value = json_object_get(request, name);

    assert(json_is_integer(value) && json_integer_value(value) >= 0);
    return (size_t)json_integer_value(value);
}

static CollectedCell *find_cell(const Results *results, int64_t number)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        if (results->collected[i].number == number)
            return &results->collected[i];
    }
    return NULL;
}

Results *results_new(const json_t *request, const json_t *cells)
{
    Results *results = calloc(1, sizeof(*results));
    const char *detail = json_string_value(json_object_get(request, "detail"));
    size_t i;
    json_t *plan;

    assert(results && json_is_array(cells));
    results->request = json_incref((json_t *)request);
    results->cells = json_incref((json_t *)cells);
    results->repeat = request_count(request, "repeat");
    results->warmup = request_count(request, "warmup");
    results->load1 = -1;
    results->full = detail && strcmp(detail, "full") == 0;
    results->max_rows = results->full ? SIZE_MAX : SUMMARY_ROWS;
    results->collected = calloc(json_array_size(cells) + 1, sizeof(*results->collected));
    assert(results->collected);
    json_array_foreach (cells, i, plan) {
        CollectedCell *cell = &results->collected[i];
        const json_t *number = json_object_get(plan, "cell");

        assert(json_is_integer(number) && !find_cell(results, json_integer_value(number)));
        cell->plan = plan;
        result_cell_read(plan, i, &cell->asked);
        cell->number = json_integer_value(number);
        cell->samples = calloc(results->warmup + results->repeat + 1, sizeof(*cell->samples));
        assert(cell->samples);
        results->n_cells++;
    }
    return results;
}

void results_free(Results *results)
{
    if (!results)
        return;
    for (size_t i = 0; i < results->n_cells; i++) {
        CollectedCell *cell = &results->collected[i];

        for (size_t k = 0; k < results->warmup + results->repeat; k++)
            sample_finish(&cell->samples[k]);
        free(cell->samples);
        free(cell->first_reason);
        json_decref(cell->memory);
        spans_free(cell->spans);
    }
    free(results->collected);
    free(results->error);
    json_decref(results->request);
    json_decref(results->cells);
    free(results);
}

static void count_sample(CollectedCell *cell, bool is_warmup, const Sample *sample, const json_t *event)
{
    const char *reason = json_string_value(json_object_get(event, "reason"));
    json_t *memory = json_object_get(event, "memory");
    bool failed = sample->status == SAMPLE_FAILED;

    *(is_warmup ? &cell->n_warmups : &cell->n_repetitions) += 1;
    *(is_warmup ? &cell->n_failed_warmups : &cell->n_failed_repetitions) += failed;
    if (failed && !cell->first_reason) {
        cell->first_reason = strdup(reason && *reason ? reason : "the runtime gave no reason");
        assert(cell->first_reason);
    }
    if (!failed && !cell->memory && json_is_object(memory))
        cell->memory = json_incref(memory);
}

static int add_sample(Results *results, const json_t *event)
{
    const json_t *repetition = json_object_get(event, "repetition");
    CollectedCell *cell;
    Sample *place;
    json_int_t number;
    int64_t cell_number;
    int r;

    r = sample_read_integer(json_object_get(event, "cell"), &cell_number);
    if (r < 0)
        return r;
    cell = find_cell(results, cell_number);
    if (!cell || !json_is_integer(repetition))
        return -EINVAL;
    number = json_integer_value(repetition);
    if (number < -(json_int_t)results->warmup || number >= (json_int_t)results->repeat)
        return -EINVAL;
    place = &cell->samples[number + (json_int_t)results->warmup];
    if (place->status != SAMPLE_MISSING)
        return -EINVAL;
    r = sample_read(event, results->max_rows, place);
    if (r < 0)
        return r;
    count_sample(cell, number < 0, place, event);
    return 0;
}

static int add_timeline(Results *results, const json_t *event)
{
    CollectedCell *cell;
    int64_t number;
    Spans *spans;
    size_t n;
    int r;

    r = sample_read_integer(json_object_get(event, "cell"), &number);
    if (r < 0)
        return r;
    cell = find_cell(results, number);
    if (!cell || cell->spans)
        return -EINVAL;
    r = spans_read(event, cell->asked.tasks, &spans);
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

static int add_error(Results *results, const json_t *event)
{
    const char *message = json_string_value(json_object_get(event, "message"));

    if (!message)
        return -EINVAL;
    if (!results->error) {
        results->error = strdup(*message ? message : "the runtime gave no reason");
        assert(results->error);
    }
    return 0;
}

/* The load before the run began; who cannot tell leaves it out. */
static int add_hello(Results *results, const json_t *event)
{
    const json_t *load = json_object_get(event, "load1");

    if (!load || json_is_null(load))
        return 0;
    if (!json_is_number(load) || json_number_value(load) < 0)
        return -EINVAL;
    if (results->load1 < 0)
        results->load1 = json_number_value(load);
    return 0;
}

int results_add(Results *results, const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "event"));

    if (!name)
        return -EINVAL;
    if (strcmp(name, "sample") == 0)
        return add_sample(results, event);
    if (strcmp(name, "timeline") == 0)
        return add_timeline(results, event);
    if (strcmp(name, "error") == 0)
        return add_error(results, event);
    if (strcmp(name, "hello") == 0)
        return add_hello(results, event);
    if (strcmp(name, "done") == 0)
        return 0;
    return -EINVAL;
}

bool results_failed(const Results *results)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        if (results->collected[i].first_reason)
            return true;
    }
    return results->error != NULL;
}

bool results_complete(const Results *results)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        if (results->collected[i].n_repetitions < results->repeat)
            return false;
    }
    return true;
}
