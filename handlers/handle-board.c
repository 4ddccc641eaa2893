/* /events: the class board, a stream that ends with the server or when the client leaves. It tells of
 * everybody's runs and asks for no name: what is on it, each has put there by running something. */
#include <assert.h>
#include <stdlib.h>

#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/follow.h"

/* One client that looks on. It is freed by whoever ends it first, the board or the client; the other one
 * does not know it any more then. */
typedef struct Looker {
    BoardWatcher watcher;
    App *app;
    Stream *stream;
    Client client;
    bool instructor;
} Looker;

/* Made for each: everybody sees an ask of its own, and perhaps no other. */
static void on_board_event(void *data, const BoardEvent *event)
{
    const Looker *looker = data;
    const AskReader reader = answer_reader(looker->app, looker->client.owner, looker->instructor);
    json_auto_t *told = asks_told_in(event->data, &reader);
    Shared *text = event_text(event->number, event->name, told);

    stream_write(looker->stream, text);
    shared_drop(text);
}

static void on_board_end(void *data)
{
    stream_end(((Looker *)data)->stream);
    free(data);
}

static void on_looker_gone(void *data)
{
    Looker *looker = data;

    board_unwatch(looker->app->board, &looker->watcher);
    free(looker);
}

Response *handle_board(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);
    uint64_t last_number;
    Shared *greeting;
    Client client;
    Looker *looker;
    Response *refusal;

    if (!values || follow_last_number(request, &last_number, &problem) < 0 ||
        client_identify(request, NULL, &client, &problem) < 0)
        return answer_problem(&problem);
    /* HEAD wants the headers only; a watcher would never be read. */
    if (request->method == METHOD_HEAD)
        return follow_response(NULL, NULL);
    refusal = audience_enter(&app->audience, request);
    if (refusal)
        return refusal;
    looker = calloc(1, sizeof(*looker));
    assert(looker);
    looker->watcher = (BoardWatcher){.event = on_board_event, .end = on_board_end, .data = looker};
    looker->app = app;
    looker->client = client;
    looker->instructor = request->instructor;
    looker->stream = stream_new(&app->backlog, on_looker_gone, looker);
    /* Something at once, so that a client knows that it is connected. */
    greeting = shared_new(": the runs of this server\n\n", 27);
    stream_write(looker->stream, greeting);
    shared_drop(greeting);
    board_watch(app->board, &looker->watcher, last_number);
    return follow_response(looker->stream, NULL);
}
