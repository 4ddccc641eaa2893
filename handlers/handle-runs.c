/* /runs: the history, one run of it, and what may be done with one. A run that is not over is in the queue,
 * any other in the archive; who asks need not know. Only who asked for a run, or the instructor, may change
 * it. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/client.h"
#include "handlers/follow.h"
#include "handlers/later.h"

/* What waits for the archive. */
typedef struct Lookup {
    Later later; /* stands first */
    char id[ULID_LENGTH + 1];
    Client client;
    ResultFormat format;
    uint64_t last_number;
    json_t *values; /* owned; of the request's parameters */
} Lookup;

static const char *text_of(const json_t *values, const char *name)
{
    return json_string_value(json_object_get(values, name));
}

static bool is_id(const char *text)
{
    return strlen(text) == ULID_LENGTH && text[strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")] == '\0';
}

static Lookup *lookup_new(App *app, Request *request, const Client *client, json_t *values)
{
    Lookup *lookup = later_new(sizeof(*lookup), app, request);

    snprintf(lookup->id, sizeof(lookup->id), "%.*s", ULID_LENGTH, request->parameter);
    lookup->client = *client;
    lookup->values = values;
    return lookup;
}

static void answer_lookup(Lookup *lookup, Response *response)
{
    json_decref(lookup->values);
    later_answer(lookup, response);
}

/* What every handler here begins with: the parameters, the client, and an id that can be one. Returns NULL,
 * or the refusal. */
static Response *begin(const Request *request, json_t **ret_values, Client *client)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);

    if (!values || client_identify(request, text_of(values, "client"), client, &problem) < 0)
        return answer_problem(&problem);
    if (request->parameter[0] && !is_id(request->parameter))
        return answer_no_run(request->parameter);
    *ret_values = json_incref(values);
    return NULL;
}

/* --- GET /runs --- */

static int check_before(const json_t *values, Problem *problem)
{
    const char *before = text_of(values, "before");

    if (!before || is_id(before))
        return 0;
    problem_add(problem, "before", json_string(before), NULL, "must be the id of a run");
    return -EINVAL;
}

/* One run a line, for people. */
static char *layout(const json_t *runs, const char *next)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    json_auto_t *link = next ? json_string(next) : json_null();
    json_t *run;

    assert(file);
    fputs("{\n  \"runs\": [", file);
    json_array_foreach (runs, i, run) {
        fputs(i > 0 ? ",\n    " : "\n    ", file);
        json_dumpf(run, file, JSON_COMPACT | JSON_REAL_PRECISION(15));
    }
    fputs(i > 0 ? "\n  ],\n  \"next\": " : "],\n  \"next\": ", file);
    json_dumpf(link, file, JSON_ENCODE_ANY);
    fputs("\n}\n", file);
    fclose(file);
    return text;
}

static void append_escaped(FILE *file, const char *name, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";

    if (!value)
        return;
    fprintf(file, "&%s=", name);
    for (; *value; value++)
        fprintf(file, strchr(plain, *value) ? "%c" : "%%%02X", (unsigned char)*value);
}

/* Where the older runs are. */
static char *next_page(const json_t *values, const char *last_id)
{
    static const char *const kept[] = {"client", "experiment", "label", "status"};
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    fprintf(file, "/runs?before=%s&limit=%lld", last_id,
        (long long)json_integer_value(json_object_get(values, "limit")));
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        append_escaped(file, kept[i], text_of(values, kept[i]));
    fclose(file);
    return text;
}

/* A row with what tells runs apart first; the archive's own words about it follow. */
static json_t *make_row(const json_t *run)
{
    static const char *const first[] = {
        "id", "experiment", "status", "label", "prediction", "created_at", "headline"};
    json_t *row = json_object();

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
        if (json_object_get(run, first[i]))
            json_object_set(row, first[i], json_object_get(run, first[i]));
    json_object_update_missing(row, (json_t *)run);
    return row;
}

/* The place of a run in the queue is not in the archive. */
static void add_live(const App *app, json_t *run)
{
    const Run *live = queue_find(app->queue, text_of(run, "id"));

    if (!live)
        return;
    json_object_set_new(run, "status", json_string(run_status_name(live->status)));
    if (live->status == RUN_QUEUED)
        json_object_set_new(run, "position", json_integer((json_int_t)live->position));
    if (live->status == RUN_RUNNING)
        json_object_set_new(run, "remaining_ns", json_integer((json_int_t)run_remaining(live)));
}

static void on_listed(void *data, const json_t *runs, bool more)
{
    Lookup *lookup = data;
    const json_t *last = json_array_get(runs, json_array_size(runs) - 1);
    auto_free char *next = more ? next_page(lookup->values, text_of(last, "id")) : NULL;
    json_auto_t *copies = json_array();
    char *text;
    Response *response;
    size_t i;
    json_t *run;

    json_array_foreach (runs, i, run) {
        json_array_append_new(copies, make_row(run));
        add_live(lookup->later.app, json_array_get(copies, i));
    }
    text = layout(copies, next);
    response = response_new(200, "application/json", text, strlen(text));
    response_add_header(response, "Cache-Control", "no-store");
    if (next)
        response_add_header(response, "Link", "<%s>; rel=\"next\"", next);
    answer_lookup(lookup, response);
}

Response *handle_runs(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);
    Lookup *lookup;

    if (refusal)
        return refusal;
    if (check_before(values, &problem) < 0)
        return answer_problem(&problem);
    lookup = lookup_new(app, request, &client, json_incref(values));
    archive_list(app->archive,
        &(ArchiveFilter){
            .experiment = text_of(values, "experiment"),
            .status = text_of(values, "status"),
            .label = text_of(values, "label"),
            .before = text_of(values, "before"),
            .owner = lookup->client.owner,
            .limit = json_integer_value(json_object_get(values, "limit")),
        },
        on_listed, lookup);
    return NULL;
}

/* --- GET /runs/{id} --- */

/* The archive's text as who asks sees it; NULL if it cannot be read. */
static json_t *see(const ArchiveFound *found)
{
    json_auto_t *run = found->run ? json_loads(found->run, 0, NULL) : NULL;
    RunView view = {
        .label = text_of(found->summary, "label"),
        .prediction = text_of(found->summary, "prediction"),
        .joined = found->owned && !found->began,
    };

    return run ? run_json_for(run, &view) : NULL;
}

static Response *show(const Lookup *lookup, const ArchiveFound *found)
{
    json_auto_t *seen = see(found);
    auto_problem Problem problem = {0};

    if (seen)
        return answer_run(200, seen, lookup->format);
    problem_set(&problem, 500, "Unreadable", "what was kept of the run %s cannot be read", lookup->id);
    return answer_problem(&problem);
}

/* One who waits for the end of a run, which is near. */
typedef struct AtEnd {
    Watcher watcher; /* stands first */
    Later *later;    /* owned */
    ResultFormat format;
} AtEnd;

static bool has_joined(const Run *run, const char *owner)
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

static Response *answer_at_end(
    App *app, Request *request, Run *run, const Client *client, ResultFormat format)
{
    AtEnd *at_end = calloc(1, sizeof(*at_end));

    assert(at_end);
    at_end->watcher =
        (Watcher){.owner = strdup(client->owner), .joined = has_joined(run, client->owner), .end = on_at_end};
    at_end->later = later_new(sizeof(Later), app, request);
    at_end->format = format;
    queue_watch(app->queue, run, &at_end->watcher);
    return NULL;
}

static void on_run(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;

    answer_lookup(lookup, found ? show(lookup, found) : answer_no_run(lookup->id));
}

Response *handle_one_run(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);
    ResultFormat format;
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    if (answer_choose_format(request, text_of(values, "format"), &format, &problem) < 0)
        return answer_problem(&problem);
    live = queue_find(app->queue, request->parameter);
    if (live && live->ending)
        return answer_at_end(app, request, live, &client, format);
    if (live) {
        RunView view = answer_view(app, live, client.owner, has_joined(live, client.owner));
        json_auto_t *object = run_json(live), *seen = run_json_for(object, &view);

        return answer_run(200, seen, format);
    }
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->format = format;
    archive_get(app->archive, lookup->id, lookup->client.owner, ARCHIVE_RUN, on_run, lookup);
    return NULL;
}

/* --- GET /runs/{id}/events --- */

enum { INTERRUPTED_NUMBER = 1000000000 }; /* more than any run has events */

/* A run that ended with its server left no events. Who comes back is told how it ended. */
static char *tell_interrupted(const Lookup *lookup, const ArchiveFound *found)
{
    json_auto_t *seen = lookup->last_number < INTERRUPTED_NUMBER ? see(found) : NULL;
    Shared *event = seen ? event_text(INTERRUPTED_NUMBER, "failed", seen) : NULL;
    char *text = event ? strdup(event->text) : NULL;

    shared_drop(event);
    return text;
}

static void on_events(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    char *rest;

    if (!found) {
        answer_lookup(lookup, answer_no_run(lookup->id));
        return;
    }
    rest = found->events ? strdup(event_text_after(found->events, lookup->last_number))
                         : tell_interrupted(lookup, found);
    if (rest && *rest) {
        answer_lookup(lookup, follow_response(NULL, rest));
        return;
    }
    free(rest);
    answer_lookup(lookup, response_new_empty(204));
}

Response *handle_run_events(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);
    uint64_t last_number;
    Lookup *lookup;
    Run *live;
    Ask *ask;

    if (refusal)
        return refusal;
    if (follow_last_number(request, &last_number, &problem) < 0)
        return answer_problem(&problem);
    live = queue_find(app->queue, request->parameter);
    if (live && request->method == METHOD_HEAD)
        return follow_response(NULL, NULL);
    if (live) {
        ask = ask_find(live->asks, client.owner);
        return follow_run(app, live, &client, NULL, ask && ask != live->asks, last_number);
    }
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->last_number = last_number;
    archive_get(
        app->archive, lookup->id, lookup->client.owner, ARCHIVE_RUN | ARCHIVE_EVENTS, on_events, lookup);
    return NULL;
}

/* --- GET /runs/{id}/trace --- */

static Response *no_trace(int status, const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, status, "No timeline", "the run %s %s", id, why);
    return answer_problem(&problem);
}

static void on_trace(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    auto_free char *name = text_printf("attachment; filename=\"gilscope-%s.json\"", lookup->id);
    Response *response;

    if (!found || !found->trace) {
        answer_lookup(lookup, found ? no_trace(404, lookup->id, "has no timeline; ask for timeline=on")
                                    : answer_no_run(lookup->id));
        return;
    }
    response = response_new(200, "application/json", strdup(found->trace), strlen(found->trace));
    response_add_header(response, "Content-Disposition", "%s", name);
    answer_lookup(lookup, response);
}

Response *handle_run_trace(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);
    Run *live;

    if (refusal)
        return refusal;
    live = queue_find(app->queue, request->parameter);
    if (live && !live->ending)
        return no_trace(409, live->id, "is not over yet");
    archive_get(app->archive, request->parameter, NULL, ARCHIVE_TRACE, on_trace,
        lookup_new(app, request, &client, json_incref(values)));
    return NULL;
}

/* --- PATCH and DELETE /runs/{id}, POST /runs/{id}/cancel --- */

static Response *not_yours(const char *id)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 403, "Somebody else's run",
        "the run %s was asked for by another client: use his browser or his client=, or the instructor's "
        "token",
        id);
    return answer_problem(&problem);
}

static Response *conflict(const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 409, "Not possible now", "the run %s %s", id, why);
    return answer_problem(&problem);
}

static Response *summary_response(const ArchiveFound *found)
{
    return response_add_header(response_new_json(200, found->summary), "Cache-Control", "no-store");
}

static void on_relabelled_shown(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;

    answer_lookup(lookup, found ? summary_response(found) : answer_no_run(lookup->id));
}

/* Who acts on the archive: the owner, or with NULL the instructor. */
static const char *actor(const Lookup *lookup)
{
    return json_is_true(json_object_get(lookup->values, "instructor")) ? NULL : lookup->client.owner;
}

static void on_relabelled(void *data, bool found, bool kept)
{
    Lookup *lookup = data;

    (void)kept;
    (void)found;
    archive_get(lookup->later.app->archive, lookup->id, lookup->client.owner, 0, on_relabelled_shown, lookup);
}

/* The label that a run shall have; NULL: none. */
static const char *new_label(const json_t *values)
{
    const char *label = text_of(values, "label");

    return label && *label ? label : NULL;
}

static void on_found_to_relabel(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;

    if (!found)
        answer_lookup(lookup, answer_no_run(lookup->id));
    else if (!found->owned && actor(lookup))
        answer_lookup(lookup, not_yours(lookup->id));
    else
        archive_relabel(lookup->later.app->archive, lookup->id, actor(lookup), new_label(lookup->values),
            on_relabelled, lookup);
}

static Lookup *lookup_to_act(App *app, Request *request, const Client *client, const json_t *values)
{
    Lookup *lookup = lookup_new(app, request, client, json_copy((json_t *)values));

    json_object_set_new(lookup->values, "instructor", json_boolean(request->role == GATE_INSTRUCTOR));
    return lookup;
}

Response *handle_relabel(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    lookup = lookup_to_act(app, request, &client, values);
    live = queue_find(app->queue, lookup->id);
    if (live && !queue_relabel(app->queue, live, actor(lookup), new_label(values), on_relabelled, lookup)) {
        json_decref(lookup->values);
        free(lookup);
        request->gone = NULL;
        return not_yours(live->id);
    }
    if (!live)
        archive_get(app->archive, lookup->id, lookup->client.owner, 0, on_found_to_relabel, lookup);
    return NULL;
}

static void on_removed(void *data, bool found, bool kept)
{
    Lookup *lookup = data;

    (void)kept;
    answer_lookup(lookup, found ? response_new_empty(204) : answer_no_run(lookup->id));
}

static void on_found_to_remove(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;

    if (!found)
        answer_lookup(lookup, answer_no_run(lookup->id));
    else if (!found->began && actor(lookup))
        answer_lookup(lookup, not_yours(lookup->id));
    else
        archive_remove(lookup->later.app->archive, lookup->id, on_removed, lookup);
}

Response *handle_remove(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);

    if (refusal)
        return refusal;
    if (queue_find(app->queue, request->parameter))
        return conflict(request->parameter, "is not over yet: cancel it first");
    archive_get(app->archive, request->parameter, client.owner, 0, on_found_to_remove,
        lookup_to_act(app, request, &client, values));
    return NULL;
}

static Response *goes_on(const Run *run)
{
    json_auto_t *object = json_pack("{s:s, s:s, s:s}", "id", run->id, "status", run_status_name(run->status),
        "detail", "others have asked for this run too: it goes on for them");

    return response_add_header(response_new_json(200, object), "Cache-Control", "no-store");
}

static void on_found_to_cancel(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    auto_free char *why = found ? text_printf("is over already: %s", found->status) : NULL;

    answer_lookup(lookup, found ? conflict(lookup->id, why) : answer_no_run(lookup->id));
}

Response *handle_cancel(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = begin(request, &values, &client);
    Run *live;

    if (refusal)
        return refusal;
    live = queue_find(app->queue, request->parameter);
    if (!live) {
        archive_get(app->archive, request->parameter, NULL, 0, on_found_to_cancel,
            lookup_new(app, request, &client, json_incref(values)));
        return NULL;
    }
    if (request->role != GATE_INSTRUCTOR && !ask_find(live->asks, client.owner))
        return not_yours(live->id);
    if (!queue_cancel(app->queue, live, request->role == GATE_INSTRUCTOR ? NULL : client.owner))
        return goes_on(live);
    return answer_at_end(app, request, live, &client, RESULT_FORMAT_JSON);
}
