/* Here the request and the run know each other, in the same way as in later.c but with one difference:
 * when the client leaves, the run may have to end. So it is one struct that hangs on both, and whichever
 * ends first takes it off the other. */
#include "handlers/wait.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/run-text.h"

/* One that waits for the whole run. */
typedef struct Waiting {
    Watcher watcher;
    App *app;
    Request *request; /* NULL: the client has left, after the end of the run */
    Run *run;         /* NULL: it has ended, and its text is being made */
    ResultFormat format;
    int status; /* of the answer; this and what follows are known from the end of the run on */
    char *location, *timing;
} Waiting;

static void free_waiting(Waiting *waiting)
{
    free(waiting->watcher.owner);
    ask_free(waiting->watcher.own);
    free(waiting->location);
    free(waiting->timing);
    free(waiting);
}

/* For the developer tools of a browser: how much of the time was waiting in line. Milliseconds, as the
 * header wants them. */
static char *run_timing(const Run *run)
{
    nsec_t started = run->started_at ? run->started_at : run->ended_at;

    return text_printf("queue;dur=%.3f, run;dur=%.3f", (double)(started - run->queued_at) / 1e6,
        (double)(run->ended_at - started) / 1e6);
}

static void on_waited_text(void *data, const RunText *text, Shared *shared)
{
    Waiting *waiting = data;
    Response *response;

    if (waiting->request) {
        response = run_text_answer(text, waiting->status, shared);
        response_add_header(response, "Server-Timing", "%s", waiting->timing);
        response_add_header(response, "Location", "%s", waiting->location);
        if (response->status == 503 && !text->refused)
            response_add_header(response, "Retry-After", "%u", answer_retry_after_s(waiting->app));
        waiting->request->answer(waiting->request, response);
    }
    free_waiting(waiting);
}

/* The run is over and kept, if it can be: now the answer may be given. The run is freed after this call,
 * so all that is needed of it is taken here. */
static void on_waited_end(void *data, Run *run)
{
    Waiting *waiting = data;
    RunText *text = run_text_new(waiting->app, run->id, on_waited_text, waiting);

    waiting->run = NULL;
    waiting->status = answer_status(run);
    waiting->location = text_printf(LINK_TO_RUN, run->id);
    waiting->timing = run_timing(run);
    text->object = json_incref(run->object);
    run_text_see(text, answer_view_for(waiting->app, run, &waiting->watcher));
    run_text_as_answer(text, waiting->format);
    run_text_make(text, run->n_object_bytes);
}

/* A page that was closed shall not keep the machine busy, and others waiting, for minutes. */
static void on_waiting_gone(Request *request)
{
    Waiting *waiting = request->data;

    if (!waiting->run) {
        waiting->request = NULL;
        return;
    }
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
                .instructor = request->instructor,
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
