/* What a client may ask for, from its text to the plan. The first line says how it comes:
 *
 *     query countdown        the rest is a query, a form or JSON with the parameters of a run
 *     form countdown
 *     json countdown
 *     query /runs            the same with those of a route
 *     target                 the rest is what stands in the request line
 *
 * What is taken is a plan within the limits; what is not has a problem that can be shown. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "handlers/app.h"
#include "handlers/parameters.h"
#include "results/format.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fake-request.h"

static const struct {
    const char *path;
    const RouteParameter *rows;
} routes[] = {
    {"/class", class_parameters},
    {"/compare", compare_parameters},
    {"/nothing", no_parameters},
    {"/qr", qr_parameters},
    {"/relabel", relabel_parameters},
    {"/run", run_parameters},
    {"/runs", runs_parameters},
};

/* As plan_make() and the reading of parameters promise it. */
static void check_problem(const Problem *problem)
{
    enum { PROBLEM_BYTES = 64 << 10 };
    json_auto_t *json = problem_json(problem);
    auto_free char *text = json_dumps(json, JSON_INDENT(2)), *lines = NULL;
    size_t length;
    FILE *file = open_memstream(&lines, &length);

    assert(text);
    assert(strlen(text) < PROBLEM_BYTES);
    problem_print_lines(problem, "fuzz", file);
    fclose(file);
    assert(length > 0);
}

static void check_plan(const Plan *plan)
{
    auto_free char *request = json_dumps(plan->request, 0), *cells = json_dumps(plan->cells, 0);

    assert(request && cells);
    assert(plan->n_specs >= 1 && plan->n_specs <= PLAN_MAX_CELLS);
    assert(plan->n_runtimes >= 1 && plan->n_runtimes <= 2);
    assert(plan->timeout > 0 && plan->timeout <= PLAN_MAX_TIMEOUT_MS * NSEC_PER_MSEC);
    for (size_t i = 0; i < plan->n_specs; i++)
        assert(plan->specs[i].tasks >= 1 && plan->specs[i].cpus >= 1);
}

static void ask_for_run(const char *experiment, const Request *request)
{
    static const PlanLimits limits = {
        .formats = format_answer_names, .allow = "localhost:* *.example.org:443"};
    auto_problem Problem problem = {0};
    json_auto_t *given = parameters_read(request, NULL, &problem);
    Plan plan = {0};
    int r = plan_make(fuzz_catalogs(true), &limits, experiment, given, &plan, &problem);

    if (r == 0)
        check_plan(&plan);
    else
        assert(problem.status >= 400 && problem.status < 600);
    if (problem.status != 0)
        check_problem(&problem);
    plan_finish(&plan);
}

static void ask_route(const char *path, Request *request)
{
    auto_problem Problem problem = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(routes); i++) {
        json_auto_t *values = NULL;

        if (strcmp(path, routes[i].path) != 0)
            continue;
        request->parameters = routes[i].rows;
        values = query_read(request, &problem);
        assert(!values == (problem.status != 0));
    }
    if (problem.status != 0)
        check_problem(&problem);
}

static void split(const char *bytes, size_t size)
{
    auto_free char *target = strndup(bytes, size);
    Request request = {.target = target};
    int r = request_split_target(&request);

    if (r == 0)
        assert(request.path && (request.path[0] == '/' || request.path[0] == '*') && request.query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const form[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    static const char *const json[] = {"Content-Type: application/json; charset=utf-8", NULL};
    auto_free char *line = fuzz_line(&data, &size), *rest = fuzz_rest(data, size);
    auto_free char *query = strndup(rest, size);
    char *what = strchrnul(line, ' ');
    FakeRequest fake = fake_request(METHOD_POST, strncmp(line, "json", 4) == 0 ? json : form);

    if (*what)
        *what++ = '\0';
    if (strcmp(line, "query") == 0) {
        fake.request.query = query;
    } else {
        fake.request.query = "";
        fake.request.body = size > 0 ? rest : NULL;
        fake.request.body_length = size;
    }
    if (strcmp(line, "target") == 0)
        split(rest, size);
    else if (*what == '/')
        ask_route(what, &fake.request);
    else
        ask_for_run(what, &fake.request);
    return 0;
}
