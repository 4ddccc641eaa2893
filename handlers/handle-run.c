/* /run/{experiment}: from the request to a plan, into the queue, and then one of three answers. The usual one
 * comes when the run is over: its object. With Accept: text/event-stream the answer begins at once and tells
 * how it goes. With Prefer: respond-async (RFC 7240) it says where the run will be found.
 *
 * Nothing is started for a request that is not right. In the first two cases the run belongs to the
 * connection: when the last one who waits for it leaves, it ends. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/amount.h"
#include "base/cleanup.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/client.h"
#include "handlers/follow.h"
#include "handlers/later.h"
#include "handlers/parameters.h"
#include "handlers/run-text.h"
#include "handlers/wait.h"

/* What was asked for beside the plan: it belongs to this client, not to the run, which others may share. */
typedef struct Wish {
    Client client;
    ResultFormat format;
    bool stream, async, fresh;
    json_t *label, *question, *prediction; /* owned */
} Wish;

static void wish_finish(Wish *wish)
{
    json_decref(wish->label);
    json_decref(wish->question);
    json_decref(wish->prediction);
}
#define auto_wish __attribute__((cleanup(wish_finish)))

/* "respond-async" among the preferences: "respond-async, wait=10". Preferences may have values and
 * parameters behind them, which are passed over. */
static bool prefers_async(const Request *request)
{
    const char *at = request->header(request, "Prefer");

    while (at && *at) {
        size_t length;

        at += strspn(at, ", \t");
        length = strcspn(at, ",;= \t");
        if (length == strlen("respond-async") && strncasecmp(at, "respond-async", length) == 0)
            return true;
        at += strcspn(at, ",");
    }
    return false;
}

/* The text of a label, say; NULL if there is none. A form sends a field that is left empty all
 * the same, and nobody meant to give an empty label. */
static const char *given_words(const json_t *value)
{
    const char *text = json_string_value(value);

    return text && *text ? text : NULL;
}

/* Removes a member from the request and returns it, a new reference; NULL if it is not there. What is
 * left belongs to the run. */
static json_t *take_out(json_t *request, const char *name)
{
    json_t *value = json_incref(json_object_get(request, name));

    json_object_del(request, name);
    return value;
}

/* Parameters of the experiment come first: fetch has a client of its own, the HTTP client. There a script
 * names itself by the cookie only. */
static json_t *take_out_client(const Plan *plan)
{
    for (size_t i = 0; i < plan->n_specs; i++)
        if (catalog_parameter(plan->specs[i].experiment, "client"))
            return NULL;
    return take_out(plan->request, "client");
}

/* Takes out of the plan what is not the run's, and out of the headers how the client wants its answer. A
 * format that is named in the request goes before the Accept header, and a stream has no format. */
static int read_wish(const Request *request, Plan *plan, Wish *wish, Problem *problem)
{
    json_auto_t *client = take_out_client(plan), *fresh = take_out(plan->request, "fresh");

    wish->fresh = strcmp(json_string_value(fresh), "on") == 0;
    wish->label = take_out(plan->request, "label");
    wish->question = take_out(plan->request, "question");
    wish->prediction = take_out(plan->request, "prediction");
    wish->async = prefers_async(request);
    wish->stream = !wish->async && !plan->format && answer_wants_stream(request);
    if (client_identify(request, json_string_value(client), &wish->client, problem) < 0)
        return -1;
    client_make_owner(&wish->client);
    return wish->stream || wish->async ? 0
                                       : answer_choose_format(request, plan->format, &wish->format, problem);
}

/* 429 is for those who can do something about it by asking less, 503 for those who cannot. What is about
 * a limit names its setting, because the operator may be the one who reads it. */
static Response *answer_busy(const App *app, QueueAnswer answer, const Wish *wish)
{
    const RunSettings *settings = app->settings;
    auto_problem Problem problem = {0};
    unsigned seconds = answer_retry_after_s(app);
    auto_free char *wait = amount_time((int64_t)seconds * 1000, true);

    switch (answer) {
    case QUEUE_STOPPING:
        problem_set(&problem, 503, "Stopping", "the server is stopping and takes no more runs");
        break;
    case QUEUE_FULL:
        problem_set(&problem, 503, "Queue full",
            "no more than %lld may wait (limits.max_queue); all that do should be over in about %s",
            (long long)settings->max_queue, wait);
        break;
    case QUEUE_FULL_ADDRESS:
        problem_set(&problem, 429, "Too many runs of this address",
            "no more than %lld of %s may wait (limits.max_queue_address); all that do should be over in "
            "about %s",
            (long long)settings->max_queue_address, wish->client.address, wait);
        break;
    case QUEUE_FULL_CLIENT:
        problem_set(&problem, 429, "Too many runs of this client",
            "no more than %lld of one client may wait (limits.max_queue_client)%s; all that do should be "
            "over in about %s",
            (long long)settings->max_queue_client,
            wish->client.name[0] ? "" : ", and without client= your address is the client", wait);
        break;
    case QUEUE_FULL_RUN:
        problem_set(&problem, 429, "Too many for one run",
            "no more than %lld clients may ask for the same run (limits.max_joined); fresh=1 makes one of "
            "your own",
            (long long)settings->max_joined);
        break;
    case QUEUE_TAKEN:
    case QUEUE_JOINED:
        assert(!"the run was taken");
    }
    problem_extend(&problem, "retry_after_s", json_integer(seconds));
    return answer_problem(&problem);
}

static AskWords wish_words(const Wish *wish)
{
    return (AskWords){given_words(wish->label), given_words(wish->question), given_words(wish->prediction)};
}

/* Returns this request's words, owned by the caller. A client may have joined a run of its own with other
 * words, and then the run's ask has only the newest: so each request is answered with the words of that
 * request. */
static Ask *own_words(const Wish *wish)
{
    const AskWords words = wish_words(wish);

    return ask_new(wish->client.owner, &words);
}

/* One that only wants to know that the run is on the books. */
typedef struct Booking {
    Later *later;
    char id[ULID_LENGTH + 1];
    RunText *text; /* of the run as it was then, of about this size */
    size_t size;
} Booking;

static void on_booked(void *data, const RunText *text, Shared *shared)
{
    Booking *booking = data;
    Response *response = run_text_answer(text, 202, shared);

    response_add_header(response, "Location", LINK_TO_RUN, booking->id);
    response_add_header(response, "Preference-Applied", "respond-async");
    later_answer(booking->later, response);
    free(booking);
}

/* 202 is a promise that the run will be found at its Location, so it waits for the archive; and where there
 * is no disk to promise by, the answer says so: the run goes on all the same, and is found as long as the
 * server lives. */
static void on_noted(void *data, bool found, bool kept)
{
    Booking *booking = data;

    (void)found;
    if (!kept)
        run_text_not_kept(booking->text, archive_trouble(later_app(booking->later)->archive));
    run_text_make(booking->text, booking->size);
}

/* Notes the run as it is now, before the archive has it: when the archive calls back it may be further,
 * and the client was promised nothing of that. queue_submit() does not call back from inside, so there is
 * time to fill in the booking after it. */
static void book(Booking *booking, App *app, Request *request, const Run *run, const Wish *wish, bool joined)
{
    booking->later = later_new(app, request);
    memcpy(booking->id, run->id, sizeof(booking->id));
    booking->text = run_text_new(app, run->id, on_booked, booking);
    run_text_picture(booking->text, run);
    run_text_see(booking->text,
        answer_view(app, run, answer_reader(app, wish->client.owner, request->instructor), joined));
    run_text_as_answer(booking->text, RESULT_FORMAT_JSON);
    booking->size = run->n_bytes;
}

/* Puts the plan into the queue and chooses the answer. The queue says no before anything was begun, so a
 * refusal has nothing to undo; a yes has three ways on: a stream, a booking, or a wait. Whichever it is,
 * the run is watched or detached before this returns, or it would stay for ever. */
static Response *submit(App *app, Request *request, Plan *plan, const Wish *wish)
{
    Booking *booking = wish->async ? calloc(1, sizeof(*booking)) : NULL;
    const Submission submission = {
        .address = wish->client.address,
        .client = wish->client.name,
        .owner = wish->client.owner,
        .words = wish_words(wish),
        .fresh = wish->fresh,
        .detached = wish->async,
        .noted = wish->async ? on_noted : NULL,
        .data = booking,
    };
    Response *refusal = wish->async ? NULL : audience_enter(&app->audience, request);
    Run *run;
    QueueAnswer answer;

    assert(booking || !wish->async);
    if (refusal)
        return refusal;
    answer = queue_submit(app->queue, plan, &submission, &run);
    if (answer != QUEUE_TAKEN && answer != QUEUE_JOINED) {
        free(booking);
        return answer_busy(app, answer, wish);
    }
    memcpy(request->run, run->id, sizeof(run->id));
    client_tell_owner(request, &wish->client);
    if (wish->stream)
        return follow_run(app, request, run, &wish->client, own_words(wish), answer == QUEUE_JOINED, 0);
    if (booking)
        book(booking, app, request, run, wish, answer == QUEUE_JOINED);
    else
        wait_for_run(app, request, run, &wish->client, own_words(wish), answer == QUEUE_JOINED, wish->format);
    return NULL;
}

Response *handle_run(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *given = parameters_read(request, NULL, &problem);
    auto_wish Wish wish = {0};
    Response *response;
    Plan plan = {0};

    /* A body that cannot be read says nothing; bad pairs are shown with what else is wrong. */
    if (problem.detail)
        return answer_problem(&problem);
    app_look(app);
    if (plan_make(app->catalogs, &app->settings->limits, request->parameter, given, &plan, &problem) < 0 ||
        read_wish(request, &plan, &wish, &problem) < 0) {
        plan_finish(&plan);
        return answer_problem(&problem);
    }
    /* Takes the plan over if the run is taken or joined, and leaves an empty one; else it is finished
     * here. */
    response = submit(app, request, &plan, &wish);
    plan_finish(&plan);
    return response;
}
