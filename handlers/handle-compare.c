/* /compare: two runs of the archive held against each other. Large ones take a while to read, and the
 * intervals of a large grid to draw, so that is done off the loop, in the line of heavy.h.
 *
 *     handle_compare ─► its turn ─► archive ─► on_baseline ─► archive ─► on_candidate ─► a thread ─► on_read
 *                                                                       ─► a thread ─► on_compared
 *
 * Between the two threads the loop plans both runs once more, as only the loop may look at the machine.
 *
 * The client may leave at any of these steps; later_answer() then drops the answer, and nothing else has
 * to know. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/client.h"
#include "handlers/later.h"
#include "results/compare.h"

/* What one comparison needs from its request to its answer. The loop and the thread have it in turns;
 * only compare_work() runs in the thread. */
typedef struct Comparison {
    HeavyWork heavy;
    Later *later;
    Client client;
    char *baseline_id, *candidate_id; /* owned */
    ResultFormat format;
    char *texts[2];       /* owned; the runs as the archive has them, NULL: not there */
    json_t *labels[2];    /* owned; by which the client that asks knows them */
    json_t *runs[2];      /* owned; NULL: not read yet, or not to be read */
    CompareRoom rooms[2]; /* of the baseline and of the candidate, like all pairs here */
    Plan plans[2];        /* they hold the catalogs that the rooms point into */
    bool has_rooms;
    uv_work_t work;
    char *text; /* what came of it */
    size_t length;
} Comparison;

enum { BASELINE, CANDIDATE };

/* The only way out: answers and frees it. */
static void answer_comparison(Comparison *comparison, Response *response)
{
    Heavy *heavy = &later_app(comparison->later)->heavy;

    for (int i = BASELINE; i <= CANDIDATE; i++) {
        free(comparison->texts[i]);
        json_decref(comparison->labels[i]);
        json_decref(comparison->runs[i]);
        plan_finish(&comparison->plans[i]);
    }
    free(comparison->baseline_id);
    free(comparison->candidate_id);
    later_answer(comparison->later, response);
    free(comparison);
    heavy_leave(heavy, true);
}

/* There is no such run, or it cannot be read. */
static Response *cannot_be_compared(const char *param, const char *id, const ArchiveFound *found)
{
    bool unreadable = found && found->unreadable;
    auto_free char *why = unreadable ? text_printf("its record %s", found->unreadable)
                                     : text_copy("there is no such run, or not yet");
    auto_problem Problem problem = {0};

    problem_add(&problem, param, json_string(id), NULL, "%s", why);
    problem_set(&problem, unreadable ? 500 : 404, unreadable ? "Unreadable" : "No such run",
        "%s is %.60s: %s; GET /runs lists those there are", param, id, why);
    return answer_problem(&problem);
}

/* Takes what was found, with the label of the client that asks, because that is the name under which it knows
 * the run. Returns false if there is none, or none with figures. */
static bool take_compared(Comparison *comparison, int i, const ArchiveFound *found)
{
    if (!found || !found->run || found->unreadable)
        return false;
    comparison->texts[i] = text_copy(found->run);
    comparison->labels[i] = json_deep_copy(json_object_get(found->summary, "label"));
    return true;
}

static void read_work(uv_work_t *request)
{
    Comparison *comparison = request->data;

    for (int i = BASELINE; i <= CANDIDATE; i++) {
        comparison->runs[i] = json_loads(comparison->texts[i], 0, NULL);
        free(comparison->texts[i]);
        comparison->texts[i] = NULL;
        if (comparison->runs[i])
            json_object_set(comparison->runs[i], "label", comparison->labels[i]);
    }
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

    result_run_read(comparison->runs[BASELINE], &baseline);
    result_run_read(comparison->runs[CANDIDATE], &candidate);
    both = compare_runs(&baseline, &candidate, comparison->has_rooms ? comparison->rooms : NULL);
    comparison->text = compare_format(both, comparison->format, &comparison->length);
    compare_free(both);
    /* Freeing a large tree takes as long as reading it. */
    for (int i = BASELINE; i <= CANDIDATE; i++) {
        json_decref(comparison->runs[i]);
        comparison->runs[i] = NULL;
    }
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

static void answer_missing(Comparison *comparison, int i, const ArchiveFound *found)
{
    answer_comparison(
        comparison, cannot_be_compared(i == BASELINE ? "baseline" : "candidate",
                        i == BASELINE ? comparison->baseline_id : comparison->candidate_id, found));
}

static void on_read(uv_work_t *request, int status)
{
    Comparison *comparison = request->data;
    App *app = later_app(comparison->later);

    assert(status == 0);
    for (int i = BASELINE; i <= CANDIDATE; i++) {
        if (!comparison->runs[i]) {
            answer_missing(comparison, i, NULL);
            return;
        }
    }
    app_look(app);
    comparison->has_rooms =
        plan_again(app, comparison->runs[BASELINE], &comparison->plans[0], &comparison->rooms[0]) &&
        plan_again(app, comparison->runs[CANDIDATE], &comparison->plans[1], &comparison->rooms[1]);
    uv_queue_work(app->loop, &comparison->work, compare_work, on_compared);
}

static void on_candidate(void *data, const ArchiveFound *found)
{
    Comparison *comparison = data;

    if (!take_compared(comparison, CANDIDATE, found)) {
        answer_missing(comparison, CANDIDATE, found);
        return;
    }
    /* Both runs are here and nobody else has them. While a thread works they are its own. */
    comparison->work.data = comparison;
    uv_queue_work(later_app(comparison->later)->loop, &comparison->work, read_work, on_read);
}

/* Reads one of them, unless the client has left: the archive may be closed by now. */
static void read_compared(Comparison *comparison, const char *id, ArchiveGot got)
{
    if (later_is_gone(comparison->later))
        answer_comparison(comparison, response_new_empty(204));
    else
        archive_get(later_app(comparison->later)->archive, id, comparison->client.owner, ARCHIVE_RUN, got,
            comparison);
}

static void on_baseline(void *data, const ArchiveFound *found)
{
    Comparison *comparison = data;

    if (take_compared(comparison, BASELINE, found))
        read_compared(comparison, comparison->candidate_id, on_candidate);
    else
        answer_missing(comparison, BASELINE, found);
}

static void on_turn(HeavyWork *heavy)
{
    Comparison *comparison = (Comparison *)((char *)heavy - offsetof(Comparison, heavy));

    read_compared(comparison, comparison->baseline_id, on_baseline);
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
    heavy_enter(&app->heavy, &comparison->heavy, on_turn);
    return NULL;
}
