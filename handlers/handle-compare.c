/* /compare: two runs of the archive held against each other. The intervals of a large grid take a while to
 * draw, so that is done off the loop.
 *
 *     handle_compare ─► archive ─► on_baseline ─► archive ─► on_candidate ─► a thread ─► on_compared
 *
 * The client may leave at any of these steps; later_answer() then drops the answer, and nothing else has
 * to know. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/client.h"
#include "handlers/later.h"
#include "results/compare.h"

/* What one comparison needs from its request to its answer. The loop and the thread have it in turns;
 * only compare_work() runs in the thread. */
typedef struct Comparison {
    Later *later;
    Client client;
    char *baseline_id, *candidate_id; /* owned */
    ResultFormat format;
    json_t *baseline, *candidate; /* owned; NULL: not there yet */
    CompareRoom rooms[2];         /* of the baseline and of the candidate */
    Plan plans[2];                /* of the same; they hold the catalogs that the rooms point into */
    bool has_rooms;
    uv_work_t work;
    char *text; /* what came of it */
    size_t length;
} Comparison;

/* The only way out: answers and frees it. */
static void answer_comparison(Comparison *comparison, Response *response)
{
    json_decref(comparison->baseline);
    json_decref(comparison->candidate);
    plan_finish(&comparison->plans[0]);
    plan_finish(&comparison->plans[1]);
    free(comparison->baseline_id);
    free(comparison->candidate_id);
    later_answer(comparison->later, response);
    free(comparison);
}

static Response *cannot_be_compared(const char *param, const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_add(&problem, param, json_string(id), NULL, "%s", why);
    problem_set(
        &problem, 404, "No such run", "%s is %.60s: %s; GET /runs lists those there are", param, id, why);
    return answer_problem(&problem);
}

/* Returns the run that was found as a new object, with the label of the client that asks, because that is
 * the name under which it knows the run. NULL if there is none, or none with figures. */
static json_t *read_compared(const ArchiveFound *found)
{
    json_t *run = found && found->run ? json_loads(found->run, 0, NULL) : NULL;

    if (run)
        json_object_set_new(run, "label", json_deep_copy(json_object_get(found->summary, "label")));
    return run;
}

/* Plans what a run was asked for once more, with the limits and on the machine of today. Sizes that gilscope
 * chose are chosen again. Returns false if it would be refused now. */
static bool plan_again(App *app, const json_t *run, Plan *plan, CompareRoom *ret)
{
    const json_t *request = json_object_get(run, "request");
    const char *experiment = json_string_value(json_object_get(request, "experiment"));
    json_auto_t *given = json_copy((json_t *)request);
    auto_problem Problem problem = {0};
    size_t i;
    json_t *name;

    json_array_foreach (json_object_get(request, "sized"), i, name)
        if (json_is_string(name))
            json_object_del(given, json_string_value(name));
    json_object_del(given, "sized");
    json_object_del(given, "experiment");
    if (!experiment || !given ||
        plan_make(app->catalogs, &app->settings->limits, experiment, given, plan, &problem) < 0)
        return false;
    *ret = (CompareRoom){.headroom = plan->headroom, .experiment = plan->specs[0].experiment};
    return true;
}

/* Off the loop. jansson counts references atomically, but a run that others read could still change under it:
 * these two were read from the archive for this work alone. */
static void compare_work(uv_work_t *request)
{
    Comparison *comparison = request->data;
    auto_result_run ResultRun baseline, candidate;
    RunComparison *both;

    result_run_read(comparison->baseline, &baseline);
    result_run_read(comparison->candidate, &candidate);
    both = compare_runs(&baseline, &candidate, comparison->has_rooms ? comparison->rooms : NULL);
    comparison->text = compare_format(both, comparison->format, &comparison->length);
    compare_free(both);
}

static void on_compared(uv_work_t *request, int status)
{
    Comparison *comparison = request->data;
    Response *response =
        response_new(200, result_format_media_type(comparison->format), comparison->text, comparison->length);

    assert(status == 0);
    response_add_header(response, "Cache-Control", "no-store");
    answer_comparison(comparison, response_add_header(response, "Vary", "Accept"));
}

static void on_candidate(void *data, const ArchiveFound *found)
{
    Comparison *comparison = data;

    comparison->candidate = read_compared(found);
    if (!comparison->candidate) {
        answer_comparison(comparison,
            cannot_be_compared("candidate", comparison->candidate_id, "there is no such run, or not yet"));
        return;
    }
    app_look(later_app(comparison->later));
    comparison->has_rooms = plan_again(later_app(comparison->later), comparison->baseline,
                                &comparison->plans[0], &comparison->rooms[0]) &&
                            plan_again(later_app(comparison->later), comparison->candidate,
                                &comparison->plans[1], &comparison->rooms[1]);
    /* Both runs are here and nobody else has them. From now on they are the thread's, until
     * on_compared(). */
    comparison->work.data = comparison;
    uv_queue_work(later_app(comparison->later)->loop, &comparison->work, compare_work, on_compared);
}

static void on_baseline(void *data, const ArchiveFound *found)
{
    Comparison *comparison = data;

    comparison->baseline = read_compared(found);
    if (comparison->baseline)
        archive_get(later_app(comparison->later)->archive, comparison->candidate_id, comparison->client.owner,
            ARCHIVE_RUN, on_candidate, comparison);
    else
        answer_comparison(comparison,
            cannot_be_compared("baseline", comparison->baseline_id, "there is no such run, or not yet"));
}

Response *handle_compare(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);
    Comparison *comparison;
    ResultFormat format;
    Client client;

    if (!values || client_identify(request, NULL, &client, &problem) < 0 ||
        answer_choose_format(
            request, json_string_value(json_object_get(values, "format")), &format, &problem) < 0)
        return answer_problem(&problem);
    comparison = calloc(1, sizeof(*comparison));
    assert(comparison);
    comparison->later = later_new(app, request);
    comparison->client = client;
    comparison->format = format;
    comparison->candidate_id = strdup(json_string_value(json_object_get(values, "candidate")));
    comparison->baseline_id = strdup(json_string_value(json_object_get(values, "baseline")));
    assert(comparison->baseline_id && comparison->candidate_id);
    archive_get(app->archive, comparison->baseline_id, comparison->client.owner, ARCHIVE_RUN, on_baseline,
        comparison);
    return NULL;
}
