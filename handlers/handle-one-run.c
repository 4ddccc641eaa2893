/* GET /runs/{id}, its events and its trace. A run that is not over is in the queue, any other in the archive;
 * the client need not know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/follow.h"
#include "handlers/lookup.h"

/* The archive's text as the one that asks sees it; NULL if it cannot be read. A run that others share is
 * kept once, in the words of its first client; here it gets those of the one that asks. */
static json_t *see_found(const ArchiveFound *found)
{
    json_auto_t *run = found->run ? json_loads(found->run, 0, NULL) : NULL;
    RunView view = {
        .label = lookup_text(found->summary, "label"),
        .prediction = lookup_text(found->summary, "prediction"),
        .joined = found->owned && !found->began,
    };

    return run ? run_json_for(run, &view) : NULL;
}

static Response *answer_found(const Lookup *lookup, const ArchiveFound *found)
{
    json_auto_t *seen = see_found(found);
    auto_problem Problem problem = {0};

    if (seen)
        return answer_run(200, seen, lookup->format);
    problem_set(&problem, 500, "Unreadable", "what was kept of the run %s cannot be read", lookup->id);
    return answer_problem(&problem);
}

static void on_run(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;

    lookup_answer(lookup, found ? answer_found(lookup, found) : answer_no_run(lookup->id));
}

Response *handle_one_run(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    ResultFormat format;
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    if (answer_choose_format(request, lookup_text(values, "format"), &format, &problem) < 0)
        return answer_problem(&problem);
    live = queue_find(app->queue, request->parameter);
    /* It is over but not in the archive yet. Answered now, the client would get a run without its end, or
     * with one that is not on disk; so it waits the few milliseconds. */
    if (live && live->state >= RUN_OVER)
        return lookup_at_end(app, request, live, &client, format);
    if (live) {
        RunView view = answer_view(app, live, client.owner, lookup_has_joined(live, client.owner));
        json_auto_t *object = run_json(live), *seen = run_json_for(object, &view);

        return answer_run(200, seen, format);
    }
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->format = format;
    archive_get(app->archive, lookup->id, lookup->client.owner, ARCHIVE_RUN, on_run, lookup);
    return NULL;
}

/* --- GET /runs/{id}/events --- */

/* The number of the one event that such a run has, so that a client which had it is not told again. */
enum { INTERRUPTED_NUMBER = 1000000000 }; /* more than any run has events */

/* A run that ended with its server left no events. A client that comes back is told how it ended. Without
 * an event the client would come back again and again to a run that will never say another word. Its
 * number is higher than any, so a client that had it gets 204. */
static char *tell_interrupted(const Lookup *lookup, const ArchiveFound *found)
{
    json_auto_t *seen = lookup->last_number < INTERRUPTED_NUMBER ? see_found(found) : NULL;
    Shared *event = seen ? event_text(INTERRUPTED_NUMBER, "failed", seen) : NULL;
    char *text = event ? strdup(event->text) : NULL;

    shared_drop(event);
    return text;
}

/* 204 tells a browser not to come back: there is nothing more, and it had everything. An empty stream
 * with 200 would have it ask again every few seconds for ever. */
static void on_events(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    char *rest;

    if (!found) {
        lookup_answer(lookup, answer_no_run(lookup->id));
        return;
    }
    rest = found->events ? strdup(event_text_after(found->events, lookup->last_number))
                         : tell_interrupted(lookup, found);
    if (rest && *rest) {
        lookup_answer(lookup, follow_response(NULL, rest));
        return;
    }
    free(rest);
    lookup_answer(lookup, response_new_empty(204));
}

Response *handle_run_events(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    uint64_t last_number;
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    if (follow_last_number(request, &last_number, &problem) < 0)
        return answer_problem(&problem);
    live = queue_find(app->queue, request->parameter);
    /* HEAD has no body, so nothing must be watched: a watcher that leaves at once could end the run. */
    if (live && request->method == METHOD_HEAD)
        return follow_response(NULL, NULL);
    if (live)
        return follow_run(app, live, &client, NULL, lookup_has_joined(live, client.owner), last_number);
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->last_number = last_number;
    archive_get(
        app->archive, lookup->id, lookup->client.owner, ARCHIVE_RUN | ARCHIVE_EVENTS, on_events, lookup);
    return NULL;
}

/* --- GET /runs/{id}/trace --- */

/* Two reasons, and a script can tell them apart: come back later (409), or there is none (404). */
static Response *no_trace(int status, const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, status, "No timeline", "the run %s %s", id, why);
    return answer_problem(&problem);
}

/* A browser saves it under a name that tells which run it is. */
static void on_trace(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    auto_free char *name = text_printf("attachment; filename=\"gilscope-%s.json\"", lookup->id);
    Response *response;

    if (!found || !found->trace) {
        lookup_answer(lookup, found ? no_trace(404, lookup->id, "keeps no timeline; ask for timeline=on")
                                    : answer_no_run(lookup->id));
        return;
    }
    response = response_new(200, "application/json", strdup(found->trace), strlen(found->trace));
    response_add_header(response, "Content-Disposition", "%s", name);
    lookup_answer(lookup, response);
}

Response *handle_run_trace(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    Run *live;

    if (refusal)
        return refusal;
    live = queue_find(app->queue, request->parameter);
    if (live && live->state < RUN_OVER)
        return no_trace(409, live->id, "is not over yet");
    archive_get(app->archive, request->parameter, NULL, ARCHIVE_TRACE, on_trace,
        lookup_new(app, request, &client, json_incref(values)));
    return NULL;
}
