#include "handlers/lookup.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/answer-run.h"

const char *lookup_text(const json_t *values, const char *name)
{
    return json_string_value(json_object_get(values, name));
}

bool lookup_is_id(const char *text)
{
    return strlen(text) == ULID_LENGTH && text[strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")] == '\0';
}

Lookup *lookup_new(App *app, Request *request, const Client *client, json_t *values)
{
    Lookup *lookup = later_new(sizeof(*lookup), app, request);

    snprintf(lookup->id, sizeof(lookup->id), "%.*s", ULID_LENGTH, request->parameter);
    lookup->client = *client;
    lookup->values = values;
    return lookup;
}

void lookup_answer(Lookup *lookup, Response *response)
{
    json_decref(lookup->values);
    later_answer(lookup, response);
}

Response *lookup_begin(const Request *request, json_t **ret_values, Client *client)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);

    if (!values || client_identify(request, lookup_text(values, "client"), client, &problem) < 0)
        return answer_problem(&problem);
    if (request->parameter[0] && !lookup_is_id(request->parameter))
        return answer_no_run(request->parameter);
    *ret_values = json_incref(values);
    return NULL;
}

/* One who waits for the end of a run, which is near. */
typedef struct AtEnd {
    Watcher watcher; /* stands first */
    Later *later;    /* owned */
    ResultFormat format;
} AtEnd;

bool lookup_has_joined(const Run *run, const char *owner)
{
    Ask *ask = ask_find(run->asks, owner);

    return ask && ask != run->asks;
}

static void on_at_end(Watcher *watcher, Run *run)
{
    AtEnd *at_end = (AtEnd *)watcher;
    RunView view = answer_view(at_end->later->app, run, watcher->owner, watcher->joined);
    json_auto_t *object = run_json_for(run->object, &view);

    later_answer(at_end->later, answer_run(200, object, at_end->format));
    free(watcher->owner);
    free(at_end);
}

Response *lookup_at_end(App *app, Request *request, Run *run, const Client *client, ResultFormat format)
{
    AtEnd *at_end = calloc(1, sizeof(*at_end));

    assert(at_end);
    at_end->watcher = (Watcher){
        .owner = strdup(client->owner), .joined = lookup_has_joined(run, client->owner), .end = on_at_end};
    at_end->later = later_new(sizeof(Later), app, request);
    at_end->format = format;
    queue_watch(app->queue, run, &at_end->watcher);
    return NULL;
}
