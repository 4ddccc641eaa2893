/* The handlers of /runs have the same beginning (parameters, client, id) and the same end (an answer that
 * the archive makes possible later). What differs between them stays in their files. */
#include "handlers/lookup.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/run-text.h"
#include "plan/plan.h"

const char *lookup_text(const json_t *values, const char *name)
{
    return json_string_value(json_object_get(values, name));
}

/* A ULID: 26 characters of Crockford's alphabet, without I, L, O and U. What cannot be an id is refused
 * before the archive is asked. */
bool lookup_is_id(const char *text)
{
    return strlen(text) == ULID_LENGTH && text[strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")] == '\0';
}

Lookup *lookup_new(App *app, Request *request, const Client *client, json_t *values)
{
    Lookup *lookup = calloc(1, sizeof(*lookup));

    assert(lookup);
    lookup->later = later_new(app, request);
    snprintf(lookup->id, sizeof(lookup->id), "%.*s", ULID_LENGTH, request->parameter);
    lookup->client = *client;
    lookup->instructor = request->instructor;
    lookup->values = values;
    return lookup;
}

void lookup_answer(Lookup *lookup, Response *response)
{
    later_answer(lookup->later, response);
    json_decref(lookup->values);
    free(lookup);
}

void lookup_cancel(Lookup *lookup)
{
    later_cancel(lookup->later);
    json_decref(lookup->values);
    free(lookup);
}

/* What was predicted and came out, as far as the one who asks may see it. */
static void lookup_set_expected(const Lookup *lookup, const json_t *row, json_t *shown)
{
    const AskReader reader =
        answer_reader(later_app(lookup->later), lookup->client.owner, lookup->instructor);
    bool hidden = !reader.sees_all && !json_is_true(json_object_get(row, "yours"));
    const char *question = lookup_text(row, "question"), *prediction = lookup_text(row, "prediction");
    const json_t *outcomes = hidden ? NULL : json_object_get(row, "outcomes");
    const char *outcome = asks_outcome(outcomes, question);

    json_object_set_new(shown, "outcome", outcome ? json_string(outcome) : json_null());
    json_object_set_new(shown, "held", ask_held(outcomes, question, prediction));
    json_object_set_new(shown, "hidden", json_boolean(hidden));
    if (hidden) {
        json_object_set_new(shown, "prediction", json_null());
        json_object_set_new(shown, "headline", json_null());
    }
}

/* What tells runs apart comes first; the archive's own words about it follow. */
json_t *lookup_row(const Lookup *lookup, const json_t *row)
{
    static const char *const first[] = {
        "id", "experiment", "status", "label", "question", "prediction", "created_at", "headline"};
    json_t *shown = json_object();

    for (size_t i = 0; i < ARRAY_LENGTH(first); i++)
        if (json_object_get(row, first[i]))
            json_object_set(shown, first[i], json_object_get(row, first[i]));
    lookup_set_expected(lookup, row, shown);
    json_object_update_missing(shown, (json_t *)row);
    json_object_del(shown, "outcomes");
    return shown;
}

/* "/runs/countdown" is an experiment that somebody wants to run. */
static Response *lookup_refuse_id(const App *app, const Request *request)
{
    json_auto_t *experiments = plan_experiments(app->catalogs);
    const char *id = request->parameter, *experiment = problem_nearest(id, experiments);
    auto_free char *path =
        experiment ? text_printf("%s/run/%s", request->forwarded.prefix, experiment) : NULL;
    auto_problem Problem problem = {0};

    if (path)
        problem_set(&problem, 404, "No such run", "there is no run %.60s; did you mean %s?", id, path);
    else
        problem_set(&problem, 404, "No such run",
            "there is no run %.60s: an id has %d letters and digits; GET /runs lists those there are", id,
            ULID_LENGTH);
    if (path)
        problem_extend(&problem, "did_you_mean", json_string(path));
    return answer_problem(&problem);
}

Response *lookup_begin(const App *app, const Request *request, json_t **ret_values, Client *client)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);

    if (!values || client_identify(request, NULL, client, &problem) < 0)
        return answer_problem(&problem);
    /* A route without {id} has an empty parameter. */
    if (request->parameter[0] && !lookup_is_id(request->parameter))
        return lookup_refuse_id(app, request);
    *ret_values = json_incref(values);
    return NULL;
}

/* One that waits for the end of a run, which is near: its runtime is gone, and what it left is on its way to
 * the archive. To ask the archive now would be to find the run as it was before its end. */
typedef struct AtEnd {
    Watcher watcher;
    Lookup *lookup; /* owned */
} AtEnd;

bool lookup_has_joined(const Run *run, const char *owner)
{
    const Ask *ask = asks_find(&run->asks, owner);

    return ask && ask != STAILQ_FIRST(&run->asks);
}

static void on_at_end_text(void *data, const RunText *text, Shared *shared)
{
    AtEnd *at_end = data;

    lookup_answer(at_end->lookup, run_text_answer(text, 200, shared));
    free(at_end->watcher.owner);
    free(at_end);
}

/* Answers with 200, however the run has ended: the client asked for what is there, and it is there. */
static void on_at_end(void *data, Run *run)
{
    AtEnd *at_end = data;
    App *app = later_app(at_end->lookup->later);
    RunText *text = run_text_new(app, run->id, on_at_end_text, at_end);

    text->object = json_incref(run->object);
    run_text_see(text, answer_view_for(app, run, &at_end->watcher));
    run_text_as_answer(text, at_end->lookup->format);
    run_text_make(text, run->n_object_bytes);
}

void lookup_at_end(Lookup *lookup, Run *run)
{
    AtEnd *at_end = calloc(1, sizeof(*at_end));

    assert(at_end);
    at_end->watcher = (Watcher){
        .owner = text_copy(lookup->client.owner),
        .joined = lookup_has_joined(run, lookup->client.owner),
        .instructor = lookup->instructor,
        .end = on_at_end,
        .data = at_end,
    };
    at_end->lookup = lookup;
    queue_watch(later_app(lookup->later)->queue, run, &at_end->watcher);
}
