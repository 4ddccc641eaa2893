/* Assembles the run object. jansson keeps the order in which keys are set, so the order here is the order
 * that a reader sees. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"
#include "results/cell-json.h"
#include "results/lesson.h"
#include "results/noise.h"
#include "results/sentences.h"

static json_t *cells_json(const Results *results, const char *run_status, const char *run_reason)
{
    Figures *figures = figures_new(results);
    json_t *cells = json_array();

    for (size_t i = 0; i < results->n_cells; i++)
        json_array_append_new(cells, cell_json(results, figures, i, run_status, run_reason));
    figures_free(figures, results->n_cells);
    sentences_set_titles(cells);
    return cells;
}

json_t *results_cells(const Results *results)
{
    return cells_json(results, results->error ? "failed" : "running", results->error);
}

static json_t *time_json(int64_t ms)
{
    auto_free char *text = text_time(ms);

    return text ? json_string(text) : json_null();
}

/* Words that did not come through JSON may hold bytes that are no text. */
static json_t *string_json(const char *text)
{
    auto_free char *clean = NULL;
    json_t *string = json_string(text);

    if (!string && text) {
        clean = utf8_clean(text, strlen(text));
        string = json_string(clean);
    }
    return string ? string : json_null();
}

static json_t *shared_or_null(const json_t *value)
{
    return value ? json_incref((json_t *)value) : json_null();
}

static json_t *lesson_json(const json_t *run)
{
    auto_free char *lesson = lesson_make(run);

    return string_json(lesson);
}

static json_t *sentences_json(const json_t *run)
{
    auto_result_run ResultRun read;

    result_run_read(run, &read);
    return sentences_of_run(&read);
}

json_t *results_run(const Results *results, const RunHead *head)
{
    const json_t *request = results->request;
    json_auto_t *reason = string_json(head->reason ? head->reason : results->error);
    json_t *run = json_object();

    json_object_set_new(run, "id", string_json(head->id));
    json_object_set_new(run, "experiment",
        head->experiment ? string_json(head->experiment)
                         : shared_or_null(json_object_get(request, "experiment")));
    json_object_set_new(run, "status", string_json(head->status));
    if (json_is_string(reason))
        json_object_set(run, "reason", reason);
    json_object_set_new(run, "label",
        head->label ? string_json(head->label) : shared_or_null(json_object_get(request, "label")));
    json_object_set_new(run, "created_at", time_json(head->created_ms));
    json_object_set_new(run, "queued_ns", json_integer(head->queued_ns));
    json_object_set_new(run, "duration_ns", json_integer(head->duration_ns));
    json_object_set_new(run, "request", shared_or_null(request));
    json_object_set_new(run, "host", noise_host(results, head->host));
    json_object_set_new(run, "cells", cells_json(results, head->status, json_string_value(reason)));
    json_object_set_new(run, "lesson", lesson_json(run));
    json_object_set_new(run, "sentences", sentences_json(run));
    return run;
}
