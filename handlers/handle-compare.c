/* /compare: two runs of the archive held against each other. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/client.h"
#include "handlers/later.h"
#include "results/compare.h"

typedef struct Comparison {
    Later later; /* stands first */
    Client client;
    char *candidate_id; /* owned */
    ResultFormat format;
    json_t *baseline; /* owned; NULL: not there yet */
} Comparison;

static void answer(Comparison *comparison, Response *response)
{
    json_decref(comparison->baseline);
    free(comparison->candidate_id);
    later_answer(comparison, response);
}

static Response *cannot_be_compared(const char *param, const char *id, const char *why)
{
    auto_problem Problem problem = {0};

    problem_add(&problem, param, json_string(id), NULL, "%s", why);
    problem.status = 404;
    return answer_problem(&problem);
}

/* The run with the label of who asks. NULL if there is none. */
static json_t *read_run(const ArchiveFound *found)
{
    json_t *run = found && found->run ? json_loads(found->run, 0, NULL) : NULL;

    if (run)
        json_object_set(run, "label", json_object_get(found->summary, "label"));
    return run;
}

static void on_candidate(void *data, const ArchiveFound *found)
{
    Comparison *comparison = data;
    json_auto_t *candidate = read_run(found), *object = NULL;
    Response *response;
    size_t length = 0;
    char *text;

    if (!candidate) {
        answer(comparison,
            cannot_be_compared("candidate", comparison->candidate_id, "there is no such run, or not yet"));
        return;
    }
    object = compare_runs(comparison->baseline, candidate);
    text = compare_format(object, comparison->format, &length);
    response = response_new(200, result_format_media_type(comparison->format), text, length);
    response_add_header(response, "Cache-Control", "no-store");
    answer(comparison, response_add_header(response, "Vary", "Accept"));
}

static void on_baseline(void *data, const ArchiveFound *found)
{
    Comparison *comparison = data;

    comparison->baseline = read_run(found);
    if (comparison->baseline)
        archive_get(comparison->later.app->archive, comparison->candidate_id, comparison->client.owner,
            ARCHIVE_RUN, on_candidate, comparison);
    else
        answer(comparison, cannot_be_compared("baseline",
                               found ? json_string_value(json_object_get(found->summary, "id")) : "",
                               "there is no such run, or not yet"));
}

Response *handle_compare(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, compare_parameters, &problem);
    Comparison *comparison;
    ResultFormat format;
    Client client;

    if (!values ||
        client_identify(request, json_string_value(json_object_get(values, "client")), &client, &problem) <
            0 ||
        answer_choose_format(
            request, json_string_value(json_object_get(values, "format")), &format, &problem) < 0)
        return answer_problem(&problem);
    comparison = later_new(sizeof(*comparison), app, request);
    comparison->client = client;
    comparison->format = format;
    comparison->candidate_id = strdup(json_string_value(json_object_get(values, "candidate")));
    assert(comparison->candidate_id);
    archive_get(app->archive, json_string_value(json_object_get(values, "baseline")),
        comparison->client.owner, ARCHIVE_RUN, on_baseline, comparison);
    return NULL;
}
