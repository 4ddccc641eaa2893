/* A script looks at the status before it looks at the body: 200 says that the run is done and its figures
 * mean something. All other ends are errors to it, with the run as their body all the same: a client that
 * timed out gets what was measured until then. */
#include "handlers/answer-run.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "handlers/accept.h"

int answer_choose_format(const Request *request, const char *name, ResultFormat *ret, Problem *problem)
{
    const char *const *names = format_names(FORMAT_ANSWER);
    const char *types[N_RESULT_FORMATS];
    ResultFormat formats[N_RESULT_FORMATS];
    json_auto_t *list = json_array();
    size_t n = 0;
    int chosen;

    if (name)
        return result_format_from_name(name, ret);
    /* In our order of preference: of types that the client likes equally, the first is taken. */
    for (; names[n]; n++) {
        result_format_from_name(names[n], &formats[n]);
        types[n] = result_format_bare_type(formats[n]);
        json_array_append_new(list, json_string(types[n]));
    }
    chosen = accept_choose(request->header(request, "Accept"), types, n);
    if (chosen < 0) {
        problem_set(problem, 406, "Not acceptable", "the Accept header allows none of the formats there are");
        problem_extend(problem, "available", json_incref(list));
        return -1;
    }
    *ret = formats[chosen];
    return 0;
}

/* JSON first: a header that takes anything, as curl sends, must not get an endless answer. */
bool answer_wants_stream(const Request *request)
{
    static const char *const types[] = {"application/json", "text/event-stream"};
    const char *header = request->header(request, "Accept");

    return header && strcasestr(header, "event-stream") && accept_choose(header, types, 2) == 1;
}

int answer_status(const Run *run)
{
    switch (run->outcome) {
    case OUTCOME_DONE:
        return 200;
    case OUTCOME_TIMEOUT:
        return 504;
    case OUTCOME_FAILED:
        return run->refused ? run->refused : 502;
    case OUTCOME_CANCELLED:
        return 503;
    case OUTCOME_OPEN:
        break;
    }
    assert(!"the run is over");
}

/* An honest guess, but never more than an hour: a client that sleeps for days has given up. */
unsigned answer_retry_after_s(const App *app)
{
    nsec_t seconds = queue_estimate(app->queue) / NSEC_PER_SEC + 1;

    return seconds < 3600 ? (unsigned)seconds : 3600;
}

AskReader answer_reader(const App *app, const char *owner, bool instructor)
{
    return (AskReader){.owner = owner, .sees_all = instructor || !class_hides_predictions(app->class)};
}

RunView answer_view(const App *app, const Run *run, AskReader reader, bool joined)
{
    RunView view = {
        .asks = run_asks(run),
        .reader = reader,
        .questions = app->settings->limits.questions,
        .joined = joined,
    };

    /* Before that nobody knows whether the disk takes it, so nothing is said. */
    if (run->state >= RUN_KEPT) {
        view.tells_kept = true;
        view.kept = run->state == RUN_KEPT;
        view.trouble = archive_trouble(app->archive);
    }
    return view;
}

RunView answer_view_for(const App *app, const Run *run, const Watcher *watcher)
{
    RunView view =
        answer_view(app, run, answer_reader(app, watcher->owner, watcher->instructor), watcher->joined);

    if (watcher->own)
        view.own = ask_json(watcher->own);
    return view;
}

Response *answer_text(int status, Shared *text, ResultFormat format)
{
    Response *response = response_new_shared(status, result_format_media_type(format), text);

    response_add_header(response, "Cache-Control", "no-store");
    return response_add_header(response, "Vary", "Accept");
}

/* Whoever may ask again after a while is told so in a header, too. */
Response *answer_problem(const Problem *problem)
{
    Response *response = response_add_header(response_new_problem(problem), "Cache-Control", "no-store");
    const json_t *seconds = json_object_get(problem->extra, "retry_after_s");

    if (seconds)
        response_add_header(response, "Retry-After", "%" JSON_INTEGER_FORMAT, json_integer_value(seconds));
    return response;
}

Response *answer_no_run(const char *id)
{
    auto_problem Problem problem = {0};

    /* "/runs/", with nothing behind it. */
    if (!*id)
        problem_set(&problem, 404, "No such run", "the path names no run; GET /runs lists those there are");
    else
        problem_set(
            &problem, 404, "No such run", "there is no run %.60s; GET /runs lists those there are", id);
    return answer_problem(&problem);
}

Response *answer_unless_found(const char *id, const ArchiveFound *found)
{
    auto_problem Problem problem = {0};

    if (!found)
        return answer_no_run(id);
    if (!found->unreadable)
        return NULL;
    problem_set(&problem, 500, "Unreadable",
        "the record of the run %s %s; other runs are not concerned, and the instructor can remove this one",
        id, found->unreadable);
    return answer_problem(&problem);
}
