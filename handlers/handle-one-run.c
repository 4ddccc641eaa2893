/* GET /runs/{id}, its events and its trace. A run that is not over is in the queue, any other in the archive;
 * the client need not know. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/follow.h"
#include "handlers/lookup.h"
#include "handlers/run-text.h"
#include "results/cell.h"

/* A lookup whose answer is a text of the archive, read when it is its turn. */
typedef struct Reading {
    Lookup *lookup;
    RunText *text;
    unsigned wanted;
    bool looks; /* only who asked for the run is read: somebody may have the text already */
    /* Takes what was found into the text, and says what that is to be. */
    void (*prepare)(struct Reading *reading, const ArchiveFound *found);
} Reading;

static void answer_reading(Reading *reading, Response *response)
{
    lookup_answer(reading->lookup, response);
    free(reading);
}

static size_t length_of(const char *text)
{
    return text ? strlen(text) : 0;
}

static void on_found(void *data, const ArchiveFound *found);

/* Of a client that has left meanwhile nothing is read: the archive may be closed by now. */
static void read_archive(Reading *reading)
{
    Lookup *lookup = reading->lookup;

    if (later_is_gone(lookup->later)) {
        run_text_cancel(reading->text);
        lookup_cancel(lookup);
        free(reading);
        return;
    }
    archive_get(later_app(lookup->later)->archive, lookup->id, lookup->client.owner,
        reading->looks ? 0 : reading->wanted, on_found, reading);
}

static void on_found(void *data, const ArchiveFound *found)
{
    Reading *reading = data;
    RunText *text = reading->text;
    Response *refusal = answer_unless_found(reading->lookup->id, found);

    if (refusal) {
        run_text_cancel(text);
        answer_reading(reading, refusal);
        return;
    }
    reading->prepare(reading, found);
    if (!reading->looks) {
        run_text_make(text, length_of(text->run) + length_of(text->other));
    } else if (!run_text_share(text)) {
        reading->looks = false;
        read_archive(reading);
    }
}

static void on_turn(void *data)
{
    Reading *reading = data;

    reading->looks = run_text_is_read(reading->text);
    read_archive(reading);
}

/* Takes the lookup over; made() has to answer. */
static Reading *reading_new(Lookup *lookup, unsigned wanted,
    void (*prepare)(Reading *reading, const ArchiveFound *found),
    void (*made)(void *data, const RunText *text, Shared *shared))
{
    Reading *reading = calloc(1, sizeof(*reading));

    assert(reading);
    reading->lookup = lookup;
    reading->wanted = wanted;
    reading->prepare = prepare;
    reading->text = run_text_new(later_app(lookup->later), lookup->id, made, reading);
    return reading;
}

/* The same, of what is in the archive. Returns NULL, as the handler should. */
static Response *read_later(Lookup *lookup, unsigned wanted,
    void (*prepare)(Reading *reading, const ArchiveFound *found),
    void (*made)(void *data, const RunText *text, Shared *shared))
{
    run_text_wait(reading_new(lookup, wanted, prepare, made)->text, on_turn);
    return NULL;
}

/* What a run has so far that goes on. */
static void make_live(Reading *reading, const Run *live)
{
    const Lookup *lookup = reading->lookup;
    const App *app = later_app(lookup->later);

    run_text_picture(reading->text, live);
    run_text_see(
        reading->text, answer_view(app, live, answer_reader(app, lookup->client.owner, lookup->instructor),
                           lookup_has_joined(live, lookup->client.owner)));
    run_text_as_answer(reading->text, lookup->format);
    run_text_make(reading->text, live->n_bytes);
}

/* It is over but not in the archive yet. Answered now, the client would get a run without its end, or with
 * one that is not on disk; so it waits the few milliseconds. */
static void read_at_end(Reading *reading, Run *live)
{
    run_text_cancel(reading->text);
    lookup_at_end(reading->lookup, live);
    free(reading);
}

/* A run that went on when it was asked for may have come to its end while there was no turn. */
static void on_turn_to_show(void *data)
{
    Reading *reading = data;
    Lookup *lookup = reading->lookup;
    Run *live = later_is_gone(lookup->later) ? NULL : queue_find(later_app(lookup->later)->queue, lookup->id);

    if (!live)
        on_turn(reading);
    else if (live->state >= RUN_OVER)
        read_at_end(reading, live);
    else
        make_live(reading, live);
}

/* The archive's text is to be made as the one that asks sees it. A run that others share is kept once, in
 * nobody's words; here it gets those of the one that asks. */
static void see_found(const Reading *reading, const ArchiveFound *found)
{
    const Lookup *lookup = reading->lookup;
    const App *app = later_app(lookup->later);
    const RunView view = {
        .asks = json_incref((json_t *)found->asks),
        .reader = answer_reader(app, lookup->client.owner, lookup->instructor),
        .questions = app->settings->limits.questions,
        .joined = found->owned && !found->began,
    };

    reading->text->run = text_copy(found->run);
    run_text_see(reading->text, view);
}

static void prepare_run(Reading *reading, const ArchiveFound *found)
{
    see_found(reading, found);
    run_text_as_answer(reading->text, reading->lookup->format);
}

static void on_run_text(void *data, const RunText *text, Shared *shared)
{
    answer_reading(data, run_text_answer(text, 200, shared));
}

Response *handle_one_run(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = NULL;
    Client client;
    Response *refusal = lookup_begin(app, request, &values, &client);
    ResultFormat format;
    Reading *reading;
    Lookup *lookup;
    Run *live;

    if (refusal)
        return refusal;
    if (answer_choose_format(request, lookup_text(values, "format"), &format, &problem) < 0)
        return answer_problem(&problem);
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->format = format;
    reading = reading_new(lookup, ARCHIVE_RUN, prepare_run, on_run_text);
    live = queue_find(app->queue, request->parameter);
    if (live && live->state >= RUN_OVER)
        read_at_end(reading, live);
    else if (live && !run_text_is_large(live->n_bytes))
        make_live(reading, live);
    else
        run_text_wait(reading->text, on_turn_to_show);
    return NULL;
}

/* --- GET /runs/{id}/events --- */

/* The number of the one event that such a run has, so that a client which had it is not told again. */
enum { INTERRUPTED_NUMBER = 1000000000 }; /* more than any run has events */

/* A run that ended with its server left no events. A client that comes back is told how it ended. Without
 * an event the client would come back again and again to a run that will never say another word. Its
 * number is higher than any, so a client that had it gets 204. */
static Shared *tell_interrupted(const RunText *text, const json_t *run)
{
    if (text->number >= INTERRUPTED_NUMBER)
        return shared_new("", 0);
    return run ? event_text(INTERRUPTED_NUMBER, text->ended, run) : NULL;
}

/* The events behind the last one that the client had, as the archive has them, but for the end: the last
 * event is the run, as the one that asks sees it. */
static Shared *tell_kept(const RunText *text, const json_t *run)
{
    const char *rest = event_text_after(text->other, text->number), *last;
    uint64_t number;
    Shared *end;
    auto_free char *told = NULL;

    last = event_text_last(rest, &number);
    if (!*last || !run)
        return shared_new(rest, strlen(rest));
    end = event_text(number, text->ended, run);
    told = text_printf("%.*s%s", (int)(last - rest), rest, end->text);
    shared_drop(end);
    return shared_new(told, strlen(told));
}

static Shared *write_events(const RunText *text, const json_t *run)
{
    return text->other ? tell_kept(text, run) : tell_interrupted(text, run);
}

static void prepare_events(Reading *reading, const ArchiveFound *found)
{
    RunText *text = reading->text;

    see_found(reading, found);
    text->other = text_copy(found->events);
    text->ended = strcmp(found->status, result_status_name(RESULT_DONE)) == 0 ? "done" : "failed";
    text->kind = "events";
    text->number = reading->lookup->last_number;
    text->write = write_events;
}

/* 204 tells a browser not to come back: there is nothing more, and it had everything. An empty stream
 * with 200 would have it ask again every few seconds for ever. */
static void on_events_text(void *data, const RunText *text, Shared *shared)
{
    if (text->refused)
        answer_reading(data, run_text_failure(text));
    else if (shared && shared->length > 0)
        answer_reading(data, follow_response(NULL, shared));
    else
        answer_reading(data, response_new_empty(204));
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
    if (live) {
        refusal = audience_enter(&app->audience, request);
        return refusal ? refusal
                       : follow_run(app, request, live, &client, NULL, lookup_has_joined(live, client.owner),
                             last_number);
    }
    lookup = lookup_new(app, request, &client, json_incref(values));
    lookup->last_number = last_number;
    return read_later(lookup, ARCHIVE_RUN | ARCHIVE_EVENTS, prepare_events, on_events_text);
}

/* --- GET /runs/{id}/trace --- */

/* Two reasons, and a script can tell them apart: come back later (409), or there is none (404). */
static Response *no_trace(int status, const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, status, "No timeline", "the run %s %s", id, why);
    return answer_problem(&problem);
}

static Shared *write_trace(const RunText *text, const json_t *run)
{
    (void)run;
    return text->other ? shared_new(text->other, strlen(text->other)) : NULL;
}

/* Whoever asked for the run, all see the same. */
static void prepare_trace(Reading *reading, const ArchiveFound *found)
{
    reading->text->other = text_copy(found->trace);
    reading->text->kind = "trace";
    reading->text->write = write_trace;
}

/* A browser saves it under a name that tells which run it is. */
static void on_trace_text(void *data, const RunText *text, Shared *shared)
{
    const Reading *reading = data;
    const char *id = reading->lookup->id;
    Response *response = shared          ? response_new_shared(200, "application/json", shared)
                         : text->refused ? run_text_failure(text)
                                         : no_trace(404, id, "keeps no timeline; ask for timeline=on");

    if (shared)
        response_add_header(response, "Content-Disposition", "attachment; filename=\"gilscope-%s.json\"", id);
    answer_reading(data, response);
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
    /* Until the archive has it, nobody is told that it is over. */
    if (live)
        return no_trace(409, live->id, "is not over yet");
    return read_later(
        lookup_new(app, request, &client, json_incref(values)), ARCHIVE_TRACE, prepare_trace, on_trace_text);
}
