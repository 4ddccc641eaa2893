/* Assembles the run object. jansson keeps the order in which keys are set, so the order here is the order
 * that a reader sees.
 *
 * What the run says in words is made last, from the finished object: lesson and sentences are written by the
 * same code that reads a stored run, so they cannot know more than a reader of the JSON does, but for the
 * facts of the catalog. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"
#include "results/cell-json.h"
#include "results/headline.h"
#include "results/lesson.h"
#include "results/noise.h"
#include "results/precision.h"
#include "results/runtimes.h"
#include "results/sentences.h"

static json_t *run_cells_json(const Results *results, Figures *figures)
{
    json_t *cells = json_array();

    for (size_t i = 0; i < results->n_cells; i++)
        json_array_append_new(cells, cell_json(results, figures, i));
    sentences_set_titles(cells);
    return cells;
}

json_t *results_cells(const Results *results)
{
    Figures *figures = figures_new(results, results->error ? RESULT_FAILED : RESULT_RUNNING, results->error);
    json_t *cells = run_cells_json(results, figures);

    figures_free(figures, results->n_cells);
    return cells;
}

/* A clock that is set to nonsense makes no time that could be written. */
static json_t *run_created_json(int64_t ms)
{
    auto_free char *text = text_time(ms);

    return text ? json_string(text) : json_null();
}

/* Words that did not come through JSON may hold bytes that are no text. */
static json_t *run_string_json(const char *text)
{
    auto_free char *clean = NULL;
    json_t *string = json_string(text);

    if (!string && text) {
        clean = utf8_clean(text, strlen(text));
        string = json_string(clean);
    }
    return string ? string : json_null();
}

/* What the experiment is about goes with the run, so that a table of it and a list can be made when no
 * catalog knows the experiment any more. A runtime that has no words for its figure gets the name of it. */
static json_t *run_about_json(const Results *results)
{
    const CatalogExperiment *experiment = results_experiment(results);
    const CatalogHeadline *headline = experiment ? &experiment->headline : NULL;
    const char *figure = headline ? headline->figure : NULL, *dot = figure ? strrchr(figure, '.') : NULL;
    const char *name = dot ? dot + 1 : figure, *head = NULL;
    auto_free char *words = NULL;

    if (figure) {
        head = headline->head ? headline->head : name;
        words = headline->words ? strdup(headline->words) : text_printf("%s: {}", name);
    }
    return json_pack("{s:s?, s:s?, s:s?, s:b}", "figure", figure, "head", head, "words", words, "fixed_time",
        experiment && experiment->fixed_time);
}

/* What a run says in words. A lesson needs what the catalog says of modes and locks, which the run itself
 * does not say. The cells that were read stand in the order in which they were collected, so both have the
 * same index. The object is changed while it is read, but only by members that nobody has borrowed from. */
static void run_set_words(const Results *results, json_t *run)
{
    auto_result_run ResultRun made;
    auto_free char *lesson = NULL;

    result_run_read(run, &made);
    for (size_t i = 0; i < made.cells.n; i++) {
        made.storage[i].mode_facts = results->collected[i].spec.mode;
        made.storage[i].lock_facts = results->collected[i].spec.lock;
    }
    lesson = lesson_make(&made);
    json_object_set_new(run, "lesson", run_string_json(lesson));
    json_object_set_new(run, "headline", headline_make(&made));
    json_object_set_new(run, "sentences", sentences_of_run(&made));
}

/* Figures of all cells come first, because each may be compared with any other. */
json_t *results_run(const Results *results, const RunHead *head)
{
    json_auto_t *reason = run_string_json(head->reason ? head->reason : results->error);
    ResultStatus status = result_status_from_name(head->status);
    Figures *figures = figures_new(results, status, json_string_value(reason));
    json_t *run = json_object();

    json_object_set_new(run, "id", run_string_json(head->id));
    json_object_set_new(
        run, "experiment", run_string_json(head->experiment ? head->experiment : results->experiment));
    json_object_set_new(run, "status", run_string_json(head->status));
    if (json_is_string(reason))
        json_object_set(run, "reason", reason);
    json_object_set_new(run, "label", run_string_json(head->label ? head->label : results->label));
    json_object_set_new(run, "created_at", run_created_json(head->created_ms));
    json_object_set_new(run, "queued_ns", json_integer(head->queued_ns));
    json_object_set_new(run, "duration_ns", json_integer(head->duration_ns));
    json_object_set_new(run, "request", json_incref(results->request));
    json_object_set_new(run, "precision", precision_json(results, figures, status, head->stopped_by));
    json_object_set_new(run, "host", noise_host(results, head->host));
    json_object_set_new(run, "runtimes", runtimes_json(results, figures));
    if (json_array_size(results->left_out) > 0)
        json_object_set(run, "left_out", results->left_out);
    json_object_set_new(run, "about", run_about_json(results));
    json_object_set_new(run, "cells", run_cells_json(results, figures));
    figures_free(figures, results->n_cells);
    run_set_words(results, run);
    return run;
}
