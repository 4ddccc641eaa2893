/* Here the request and the run know each other, in the same way as in later.c but with one difference:
 * when the client leaves, the run may have to end. So it is one struct that hangs on both, and whichever
 * ends first takes it off the other. */
#include "handlers/wait.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "handlers/answer-run.h"

/* One that waits for the whole run. */
typedef struct Waiting {
    Watcher watcher;
    App *app;
    Request *request;
    Run *run;
    ResultFormat format;
} Waiting;

static void free_waiting(Waiting *waiting)
{
    free(waiting->watcher.owner);
    ask_free(waiting->watcher.own);
    free(waiting);
}

/* For the developer tools of a browser: how much of the time was waiting in line. Milliseconds, as the
 * header wants them. */
static void add_run_timing(Response *response, const Run *run)
{
    nsec_t started = run->started_at ? run->started_at : run->ended_at;

    response_add_header(response, "Server-Timing", "queue;dur=%.3f, run;dur=%.3f",
        (double)(started - run->queued_at) / 1e6, (double)(run->ended_at - started) / 1e6);
}

/* The run is over and kept, if it can be: now the answer may be given. The run is freed after this call,
 * so all that is needed of it is taken here. */
static void on_waited_end(void *data, Run *run)
{
    Waiting *waiting = data;
    RunView view = answer_view_for(waiting->app, run, &waiting->watcher);
    json_auto_t *object = run_json_for(run->object, &view);
    Response *response = answer_run(answer_status(run), object, waiting->format);

    add_run_timing(response, run);
    response_add_header(response, "Location", LINK_TO_RUN, run->id);
    if (response->status == 503)
        response_add_header(response, "Retry-After", "%u", answer_retry_after_s(waiting->app));
    waiting->request->answer(waiting->request, response);
    free_waiting(waiting);
}

/* A page that was closed shall not keep the machine busy, and others waiting, for minutes. */
static void on_waiting_gone(Request *request)
{
    Waiting *waiting = request->data;

    queue_unwatch(waiting->app->queue, waiting->run, &waiting->watcher);
    free_waiting(waiting);
}

void wait_for_run(
    App *app, Request *request, Run *run, const Client *client, Ask *own, bool joined, ResultFormat format)
{
    Waiting *waiting = calloc(1, sizeof(*waiting));

    assert(waiting);
    *waiting = (Waiting){
        .watcher =
            {
                .owner = text_copy(client->owner),
                .own = own,
                .joined = joined,
                .end = on_waited_end,
                .data = waiting,
            },
        .app = app,
        .request = request,
        .run = run,
        .format = format,
    };
    request->data = waiting;
    request->gone = on_waiting_gone;
    queue_watch(app->queue, run, &waiting->watcher);
}
