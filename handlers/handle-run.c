/* /run/{experiment}: from the request to a plan, into the queue, and when the run is over its object as the
 * answer. Nothing is started for a request that is not right. The run belongs to the client: when he leaves,
 * it ends. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/accept.h"
#include "handlers/app.h"
#include "handlers/parameters.h"
#include "results/format.h"

/* Who waits for a run. */
typedef struct Waiting {
    App *app;
    Request *request;
    Run *run;
    ResultFormat format;
} Waiting;

/* What an Accept header may name, in the order of preference among equals. */
static const struct {
    ResultFormat format;
    const char *type;
} formats[] = {
    {RESULT_FORMAT_JSON, "application/json"},
    {RESULT_FORMAT_CSV, "text/csv"},
    {RESULT_FORMAT_TABLE, "text/plain"},
    {RESULT_FORMAT_MARKDOWN, "text/markdown"},
};
enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* format= decides, else the Accept header. */
static int choose_format(const Request *request, const char *name, ResultFormat *ret, Problem *problem)
{
    const char *types[N_FORMATS];
    json_t *list = json_array();
    int chosen;

    for (size_t i = 0; i < N_FORMATS; i++) {
        types[i] = formats[i].type;
        json_array_append_new(list, json_string(types[i]));
    }
    chosen = accept_choose(request->header(request, "Accept"), types, N_FORMATS);
    if (name) {
        json_decref(list);
        return result_format_from_name(name, ret);
    }
    if (chosen < 0) {
        problem_set(problem, 406, "Not acceptable", "the Accept header allows none of the formats there are");
        problem_extend(problem, "available", list);
        return -1;
    }
    json_decref(list);
    *ret = formats[chosen].format;
    return 0;
}

static Response *problem_response(const Problem *problem)
{
    return response_add_header(response_new_problem(problem), "Cache-Control", "no-store");
}

static unsigned retry_after_s(const App *app)
{
    nsec_t seconds = queue_estimate(app->queue) / NSEC_PER_SEC + 1;

    return seconds < 3600 ? (unsigned)seconds : 3600;
}

static Response *busy(const App *app)
{
    auto_problem Problem problem = {0};
    unsigned seconds = retry_after_s(app);

    if (queue_is_stopping(app->queue))
        problem_set(&problem, 503, "Stopping", "the server is stopping and takes no more runs");
    else
        problem_set(&problem, 503, "Queue full",
            "no more than %lld may wait; all that do should be over in about %u s",
            (long long)app->settings->max_queue, seconds);
    problem_extend(&problem, "retry_after_s", json_integer(seconds));
    return response_add_header(problem_response(&problem), "Retry-After", "%u", seconds);
}

static int http_status(const Run *run)
{
    switch (run->status) {
    case RUN_DONE:
        return 200;
    case RUN_TIMEOUT:
        return 504;
    case RUN_FAILED:
        return run->refused ? run->refused : 502;
    case RUN_CANCELLED:
        return 503;
    case RUN_QUEUED:
    case RUN_RUNNING:
        break;
    }
    assert(!"the run is over");
}

static void on_end(Run *run, void *data)
{
    Waiting *waiting = data;
    json_auto_t *object = run_json(run);
    int status = http_status(run);
    size_t length = 0;
    char *text = result_format(object, waiting->format, &length);
    Response *response = response_new(status, result_format_media_type(waiting->format), text, length);

    response_add_header(response, "Cache-Control", "no-store");
    if (status == 503)
        response_add_header(response, "Retry-After", "%u", retry_after_s(waiting->app));
    waiting->request->answer(waiting->request, response);
    free(waiting);
}

static void on_gone(Request *request)
{
    Waiting *waiting = request->data;

    queue_cancel(waiting->app->queue, waiting->run);
    free(waiting);
}

Response *handle_run(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *given = parameters_read(request, &problem);
    Plan plan = {0};
    Waiting *waiting;

    /* A body that cannot be read says nothing; bad pairs are shown with what else is wrong. */
    if (problem.detail)
        return problem_response(&problem);
    waiting = calloc(1, sizeof(*waiting));
    assert(waiting);
    *waiting = (Waiting){.app = app, .request = request};
    if (plan_make(
            app->catalog->runtimes, &app->settings->limits, request->parameter, given, &plan, &problem) < 0 ||
        choose_format(request, plan.format, &waiting->format, &problem) < 0) {
        plan_finish(&plan);
        free(waiting);
        return problem_response(&problem);
    }
    waiting->run = queue_submit(app->queue, &plan, on_end, waiting);
    if (!waiting->run) {
        plan_finish(&plan);
        free(waiting);
        return busy(app);
    }
    request->data = waiting;
    request->gone = on_gone;
    return NULL;
}
