/* PATCH and DELETE /runs/{id}, POST /runs/{id}/cancel, DELETE /runs. Only a client that asked for a run, or
 * the instructor, may change it; all of them are the instructor's.
 *
 * A run that is not over is found in the queue, any other in the archive, which answers later. Cancelling
 * concerns only the first kind, removing only the second, relabelling both. A run that ends between two
 * steps causes no error: the archive's callback says what is true by then. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/lookup.h"

static Response *not_yours(const char *id, const Client *client)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 403, "Somebody else's run",
        "the run %s was asked for by another client%s; send the Gilscope-Owner header that came with the "
        "answer to its request (curl -i shows it), as in curl -H 'Gilscope-Owner: SECRET', use the same "
        "browser, or send the instructor's token",
        id, *client->owner ? "" : ", as far as can be told without a secret");
    return answer_problem(&problem);
}

/* A client that joined is told that it did: it knows that it asked for the run. */
static Response *not_begun_by_you(const char *id)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 403, "Somebody else's run",
        "the run %s was begun by another client, and you asked for the same: only the instructor can remove "
        "it",
        id);
    return answer_problem(&problem);
}

static Response *conflict(const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 409, "Not possible now", "the run %s %s", id, why);
    return answer_problem(&problem);
}

/* The answer to a new label: the run as lists show it. A change that could not be written to the disk
 * holds as long as the server lives, and the answer says so. */
static Response *summary_response(const Lookup *lookup, const ArchiveFound *found)
{
    const char *trouble = archive_trouble(later_app(lookup->later)->archive);
    json_auto_t *object = lookup_row(lookup, found->summary);

    json_object_set_new(object, "kept", json_boolean(lookup->kept));
    if (!lookup->kept && trouble)
        json_object_set_new(object, "kept_reason", json_string(trouble));
    return response_add_header(response_new_json(200, object), "Cache-Control", "no-store");
}

static void on_relabelled_shown(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    Response *refusal = answer_unless_found(lookup->id, found);

    lookup_answer(lookup, refusal ? refusal : summary_response(lookup, found));
}

/* The owner for whom a change is made, as the archive and the queue take it; NULL for the instructor, who
 * may change any run. */
static const char *actor(const Lookup *lookup)
{
    return lookup->instructor ? NULL : lookup->client.owner;
}

/* The archive has the new label, or has refused it. The answer shows the run as the archive has it now,
 * not as it was asked for: another client may have been quicker. */
static void on_relabelled(void *data, bool found, bool kept)
{
    Lookup *lookup = data;

    (void)found;
    lookup->kept = kept;
    archive_get(
        later_app(lookup->later)->archive, lookup->id, lookup->client.owner, 0, on_relabelled_shown, lookup);
}

/* The label that a run shall have; NULL: none. */
static const char *new_label(const json_t *values)
{
    const char *label = lookup_text(values, "label");

    return label && *label ? label : NULL;
}

/* Nothing said is no wish to take the label away. */
static bool says_label(const json_t *values)
{
    return json_object_get(values, "label") != NULL;
}

static void on_found_to_relabel(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    Response *refusal = answer_unless_found(lookup->id, found);

    if (refusal)
        lookup_answer(lookup, refusal);
    else if (!found->owned && actor(lookup))
        lookup_answer(lookup, not_yours(lookup->id, &lookup->client));
    else if (!says_label(lookup->values))
        on_relabelled(lookup, true, true);
    else
        archive_relabel(later_app(lookup->later)->archive, lookup->id, actor(lookup),
            new_label(lookup->values), on_relabelled, lookup);
}

Response *handle_relabel(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    lookup = lookup_new(app, request, &client, json_incref(values));
    /* The queue's copy has to change as well: it is what those who wait for the run will be answered with. */
    live = says_label(values) ? queue_find(app->queue, lookup->id) : NULL;
    if (live && !queue_relabel(app->queue, live, actor(lookup), new_label(values), on_relabelled, lookup)) {
        lookup_cancel(lookup);
        return not_yours(request->parameter, &client);
    }
    if (!live)
        archive_get(app->archive, lookup->id, lookup->client.owner, 0, on_found_to_relabel, lookup);
    return NULL;
}

/* The archive could not remove it. what is "the run ... is" or "the runs are". */
static Response *not_removed(const App *app, const char *what)
{
    const char *trouble = archive_trouble(app->archive);
    auto_problem Problem problem = {0};

    problem_set(&problem, 503, "Not removed", "%s still there: %s", what,
        trouble ? trouble : "the archive cannot be written");
    return answer_problem(&problem);
}

static void on_removed(void *data, bool found, bool kept)
{
    Lookup *lookup = data;
    auto_free char *what = text_printf("the run %s is", lookup->id);

    if (!found)
        lookup_answer(lookup, answer_no_run(lookup->id));
    else
        lookup_answer(lookup, kept ? response_new_empty(204) : not_removed(later_app(lookup->later), what));
}

/* A run that others asked for too is theirs as much: only the instructor may take it away from all of them.
 * Of one that cannot be read nobody knows whose it is. */
static void on_found_to_remove(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    Response *refusal = found && !actor(lookup) ? NULL : answer_unless_found(lookup->id, found);

    if (refusal)
        lookup_answer(lookup, refusal);
    else if (!found->owned && actor(lookup))
        lookup_answer(lookup, not_yours(lookup->id, &lookup->client));
    else if (!found->began && actor(lookup))
        lookup_answer(lookup, not_begun_by_you(lookup->id));
    else if (json_integer_value(json_object_get(found->summary, "asks")) > 1 && actor(lookup))
        lookup_answer(
            lookup, conflict(lookup->id, "is also the run of others who asked for the same: only the "
                                         "instructor can remove it"));
    else
        archive_remove(later_app(lookup->later)->archive, lookup->id, on_removed, lookup);
}

Response *handle_remove(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);

    if (refusal)
        return refusal;
    if (queue_find(app->queue, request->parameter))
        return conflict(request->parameter, "is not over yet: cancel it first");
    archive_get(app->archive, request->parameter, client.owner, 0, on_found_to_remove,
        lookup_new(app, request, &client, json_incref(values)));
    return NULL;
}

/* 200 although the run was not ended: the client's wish is fulfilled, it is not among those who want the
 * run any more. */
static Response *goes_on(const Run *run)
{
    json_auto_t *object = json_pack("{s:s, s:s, s:s}", "id", run->id, "status", run_status_name(run),
        "detail", "others have asked for this run too: it goes on for them");

    return response_add_header(response_new_json(200, object), "Cache-Control", "no-store");
}

/* It was not in the queue, so it is over or was never there; the archive knows which. */
static void on_found_to_cancel(void *data, const ArchiveFound *found)
{
    Lookup *lookup = data;
    auto_free char *why = found ? text_printf("is over already: %s", found->status) : NULL;
    Response *refusal = answer_unless_found(lookup->id, found);

    lookup_answer(lookup, refusal ? refusal : conflict(lookup->id, why));
}

Response *handle_cancel(App *app, Request *request)
{
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    live = queue_find(app->queue, request->parameter);
    if (!live) {
        archive_get(app->archive, request->parameter, NULL, 0, on_found_to_cancel,
            lookup_new(app, request, &client, json_incref(values)));
        return NULL;
    }
    /* Only a client that asked for the run may take its wish back. */
    if (!request->instructor && !asks_find(&live->asks, client.owner))
        return not_yours(live->id, &client);
    if (!queue_cancel(app->queue, live, request->instructor ? NULL : client.owner))
        return goes_on(live);
    /* The answer comes when the run is over and in the archive, so that a client that asks for the run
     * next finds its end. */
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->format = RESULT_FORMAT_JSON;
    lookup_at_end(lookup, live);
    return NULL;
}

static void on_emptied(void *data, int64_t n, bool kept)
{
    Later *later = data;
    json_auto_t *object = json_pack("{s:I}", "removed", (json_int_t)n);

    later_answer(later, kept
                            ? response_add_header(response_new_json(200, object), "Cache-Control", "no-store")
                            : not_removed(later_app(later), "the runs are"));
}

/* Those that wait or run are not over, and stay. Who may do it was asked by the gate. */
Response *handle_remove_all(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);

    if (!values)
        return answer_problem(&problem);
    archive_empty(app->archive, on_emptied, later_new(app, request));
    return NULL;
}
