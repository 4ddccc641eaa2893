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
} Looker;

static void on_board_event(void *data, Shared *text)
{
    stream_write(((Looker *)data)->stream, text);
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
    Looker *looker;

    if (!values || follow_last_number(request, &last_number, &problem) < 0)
        return answer_problem(&problem);
    /* HEAD wants the headers only; a watcher would never be read. */
    if (request->method == METHOD_HEAD)
        return follow_response(NULL, NULL);
    looker = calloc(1, sizeof(*looker));
    assert(looker);
    looker->watcher = (BoardWatcher){.event = on_board_event, .end = on_board_end, .data = looker};
    looker->app = app;
    looker->stream = stream_new(on_looker_gone, looker);
    /* Something at once, so that a client knows that it is connected. */
    greeting = shared_new(": the runs of this server\n\n", 27);
    stream_write(looker->stream, greeting);
    shared_drop(greeting);
    board_watch(app->board, &looker->watcher, last_number);
    return follow_response(looker->stream, NULL);
}
