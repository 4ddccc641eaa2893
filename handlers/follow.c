/* All events but the last are the same for everybody and are shared. The last one is the run in the words of
 * the client's own request, so it is made for each, with the number that it has in the log: a client that
 * comes back later gets it from the archive under the same number. */
#include "handlers/follow.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/answer-run.h"
#include "handlers/run-text.h"

/* A client that follows a run. It hangs on the run as a watcher, and the stream tells it when the client
 * leaves. When the client leaves first, that frees it; when the run ends first, it is freed when the last
 * event is made, whether or not the client is still there. */
typedef struct Follower {
    Watcher watcher;
    App *app;
    Run *run;       /* NULL: it has ended */
    Stream *stream; /* NULL: the client has left after that */
} Follower;

static void free_follower(Follower *follower)
{
    free(follower->watcher.owner);
    ask_free(follower->watcher.own);
    free(follower);
}

static void on_followed_event(void *data, Shared *text)
{
    Follower *follower = data;

    stream_write(follower->stream, text);
}

/* Where there is no event, because slow clients hold too much, the stream just ends: a client that comes back
 * is told why. */
static void on_followed_text(void *data, const RunText *text, Shared *shared)
{
    Follower *follower = data;

    (void)text;
    if (follower->stream && shared)
        stream_write(follower->stream, shared);
    if (follower->stream)
        stream_end(follower->stream);
    free_follower(follower);
}

/* The last event is made for each: it has the words of its own request. */
static void on_followed_end(void *data, Run *run)
{
    Follower *follower = data;
    RunText *text = run_text_new(follower->app, run->id, on_followed_text, follower);

    follower->run = NULL;
    text->object = json_incref(run->object);
    run_text_see(text, answer_view_for(follower->app, run, &follower->watcher));
    run_text_as_event(text, run->outcome == OUTCOME_DONE ? "done" : "failed", run->log.last_number);
    run_text_make(text, run->n_object_bytes);
}

/* The client has left before the end. The stream is the server's and is freed there. */
static void on_follower_gone(void *data)
{
    Follower *follower = data;

    if (!follower->run) {
        follower->stream = NULL;
        return;
    }
    queue_unwatch(follower->app->queue, follower->run, &follower->watcher);
    free_follower(follower);
}

Response *follow_run(App *app, const Request *request, Run *run, const Client *client, Ask *own, bool joined,
    uint64_t last_number)
{
    Follower *follower = calloc(1, sizeof(*follower));
    /* Between RUN_SHOWN and the archive's answer the log has its last event already. It is left out here,
     * because on_followed_end() will tell it in this client's own words: told twice, it would end the
     * client's stream with somebody else's. */
    size_t n_told = run->state >= RUN_SHOWN ? run->log.n_events - 1 : run->log.n_events;

    assert(follower);
    *follower = (Follower){
        .watcher =
            {
                .owner = strdup(client->owner),
                .own = own,
                .joined = joined,
                .instructor = request->instructor,
                .event = on_followed_event,
                .end = on_followed_end,
                .data = follower,
            },
        .app = app,
        .run = run,
        .stream = stream_new(&app->backlog, on_follower_gone, follower),
    };
    assert(follower->watcher.owner);
    for (size_t i = event_log_after(&run->log, last_number); i < n_told; i++)
        stream_write(follower->stream, run->log.events[i].text);
    queue_watch(app->queue, run, &follower->watcher);
    return follow_response(follower->stream, NULL);
}

int follow_last_number(const Request *request, uint64_t *ret, Problem *problem)
{
    const char *header = request->header(request, "Last-Event-ID");

    *ret = 0;
    if (!header || *header == '\0')
        return 0;
    /* 18 digits always fit into 64 bits. */
    if (header[strspn(header, "0123456789")] != '\0' || strlen(header) > 18) {
        problem_add(problem, "Last-Event-ID", json_string(header), NULL,
            "must be the id of an event of this stream, a whole number");
        return -EINVAL;
    }
    *ret = strtoull(header, NULL, 10);
    return 0;
}

Response *follow_response(Stream *stream, Shared *text)
{
    Response *response;

    if (stream)
        response = response_new_stream(200, "text/event-stream", stream);
    else if (text)
        response = response_new_shared(200, "text/event-stream", text);
    else
        response = response_new_static(200, "text/event-stream", "", 0);
    response_add_header(response, "Cache-Control", "no-store");
    response_add_header(response, "Vary", "Accept");
    /* What buffers answers on the way would keep the events back. */
    return response_add_header(response, "X-Accel-Buffering", "no");
}
