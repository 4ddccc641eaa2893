/* From a request to the handler of its route. The gate is asked before anything else is said, so that a
 * request for another host, or one without the token that its route needs, learns nothing but that. */
#include "handlers/routes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "handlers/gate.h"
#include "handlers/near-path.h"
#include "handlers/route.h"

/* Whether the path fits the pattern; what stands for {name} goes to parameter. One placeholder is all
 * that a pattern can have. What does not fit into the room fits no route: no name of ours is that long. */
static bool route_fits(const char *pattern, const char *path, char *parameter, size_t room)
{
    size_t same = strcspn(pattern, "{"), length;
    bool spans_slashes;

    if (pattern[same] == '\0')
        return strcmp(pattern, path) == 0;
    if (strncmp(pattern, path, same) != 0)
        return false;
    spans_slashes = strncmp(pattern + same, "{file}", 6) == 0;
    pattern = strchr(pattern, '}') + 1;
    path += same;
    length = spans_slashes ? strlen(path) : strcspn(path, "/");
    if (length >= room || strcmp(pattern, path + length) != 0)
        return false;
    memcpy(parameter, path, length);
    parameter[length] = '\0';
    return true;
}

/* The row of this path that takes the request's method, among those that stand together from `first` on.
 * If none does, the first: the caller then answers with 405. */
static const Route *routes_find_method(const Route *first, const Request *request)
{
    const Route *route = first;

    while (route < routes + n_routes && strcmp(route->path, first->path) == 0) {
        if (route->methods & request->method)
            return route;
        route++;
    }
    return first;
}

/* All methods of a path. */
static unsigned routes_methods(const Route *route)
{
    unsigned methods = 0;

    for (size_t i = 0; i < n_routes; i++)
        if (strcmp(routes[i].path, route->path) == 0)
            methods |= routes[i].methods;
    return methods;
}

/* The first row that fits decides about the path, so /healthz is never taken for a file of the page. */
static const Route *routes_find(const App *app, Request *request)
{
    for (size_t i = 0; i < n_routes; i++)
        if (route_fits(routes[i].path, request->path, request->parameter, sizeof(request->parameter)) &&
            (!routes[i].has || routes[i].has(app, request->path)))
            return routes_find_method(&routes[i], request);
    return NULL;
}

/* Returns the value of Allow, "GET, HEAD, OPTIONS", owned by the caller. OPTIONS is always in it. */
static char *routes_methods_text(unsigned methods)
{
    static const Method order[] = {
        METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_OPTIONS};
    char *text = text_printf("%s", "");

    methods |= METHOD_OPTIONS;
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
        auto_free char *shorter = text;

        text = text_printf("%s%s%s", shorter, *shorter && methods & order[i] ? ", " : "",
            methods & order[i] ? method_name(order[i]) : "");
    }
    return text;
}

/* All paths as people write them, a new array. Rows with the same path stand together, so each is named once.
 */
static json_t *routes_paths(void)
{
    json_t *paths = json_array();

    for (size_t i = 0; i < n_routes; i++)
        if (i == 0 || strcmp(routes[i].path, routes[i - 1].path) != 0)
            json_array_append_new(paths, json_string(routes[i].shown ? routes[i].shown : routes[i].path));
    return paths;
}

/* A 404 that names the path that was meant, or lists what there is, for people who try paths by hand. */
static Response *routes_unknown_path(const App *app, const Request *request)
{
    auto_free char *near = near_path(app, request), *list = NULL;
    auto_problem Problem problem = {0};
    json_auto_t *paths = routes_paths();

    list = problem_names(paths);
    problem_set(&problem, 404, "No such path", "there is nothing at %s%s; %s%s%s", request->forwarded.prefix,
        request->path, near ? "did you mean " : "there are ", near ? near : list, near ? "?" : "");
    if (near)
        problem_extend(&problem, "did_you_mean", json_string(near));
    problem_extend(&problem, "paths", json_incref(paths));
    return response_new_problem(&problem);
}

/* What somebody may have wanted who posts where nothing is posted to: to start a run. */
static const char *routes_post_hint(const Request *request, const Route *route)
{
    static const char *const likely[] = {"/", "/experiments", "/runs"};

    for (size_t i = 0; request->method == METHOD_POST && i < ARRAY_LENGTH(likely); i++)
        if (strcmp(route->shown ? route->shown : route->path, likely[i]) == 0)
            return "; POST /run/{experiment} starts a run";
    return "";
}

static Response *routes_wrong_method(const Request *request, const Route *route)
{
    auto_free char *methods = routes_methods_text(routes_methods(route));
    auto_problem Problem problem = {0};

    problem_set(&problem, 405, "Wrong method", "%s takes %s, not %s%s", request->path, methods,
        request->method == METHOD_OTHER ? "this method" : method_name(request->method),
        routes_post_hint(request, route));
    return response_add_header(response_new_problem(&problem), "Allow", "%s", methods);
}

static Response *routes_options(const App *app, const Request *request, unsigned methods)
{
    auto_free char *text = routes_methods_text(methods);
    Response *response = response_add_header(response_new_empty(204), "Allow", "%s", text);

    return gate_cors_preflight(&app->gate, request, response, text);
}

/* Where nothing is done (OPTIONS, 404, 405) only the host has to be right. */
static unsigned routes_needs(const Route *route, const Request *request)
{
    unsigned needs = route ? route->needs : NEEDS_HOST;

    if (!route || !(route->methods & request->method))
        return needs & NEEDS_HOST;
    return route_needs(route, request->method);
}

static void routes_add_cors_headers(const App *app, Request *request)
{
    GateHeader headers[GATE_CORS_HEADERS];
    size_t n = gate_cors_headers(&app->gate, request, headers);

    for (size_t i = 0; i < n; i++)
        request_add_header(request, headers[i].name, headers[i].value);
}

Response *routes_dispatch(App *app, Request *request)
{
    GateRole role = GATE_NOBODY;
    const Route *route;
    Response *refusal;

    if (request_split_target(request) < 0) {
        auto_problem Problem problem = {0};

        problem_set(&problem, 400, "Bad path",
            "the path must begin with a slash and have no NUL byte and no bad percent-escape");
        return response_new_problem(&problem);
    }
    /* Before the gate, so that a script of an allowed site can read a refusal too, instead of "network
     * error". */
    routes_add_cors_headers(app, request);
    route = routes_find(app, request);
    refusal = gate_check(&app->gate, request, routes_needs(route, request), &role);
    request->instructor = role == GATE_INSTRUCTOR;
    if (refusal)
        return refusal;
    if (strcmp(request->path, "*") == 0 && request->method == METHOD_OPTIONS)
        return routes_options(
            app, request, METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_PATCH | METHOD_DELETE);
    if (!route)
        return routes_unknown_path(app, request);
    request->route = route->path;
    request->parameters = route->parameters;
    if (request->method == METHOD_OPTIONS)
        return routes_options(app, request, routes_methods(route));
    if (!(route->methods & request->method))
        return routes_wrong_method(request, route);
    return route->handle(app, request);
}

/* Health checks come every few seconds and say nothing; their failures do. */
static bool routes_is_worth_a_line(const Request *request, int status)
{
    static const char *const quiet[] = {"/healthz", "/readyz", "/metrics"};

    for (size_t i = 0; i < ARRAY_LENGTH(quiet); i++)
        if (request->route && strcmp(request->route, quiet[i]) == 0)
            return status != 200;
    return true;
}

/* A method that we do not know is counted as "other": its name comes from the client, and each new name
 * would be a new row of the metrics. */
void routes_answered(App *app, const Request *request, int status)
{
    const char *method = request->method == METHOD_OTHER ? "other" : method_name(request->method);
    char code[16];

    audience_leave(&app->audience, request);
    run_texts_sweep(app);
    /* A client that left before there was an answer has no status. */
    snprintf(code, sizeof(code), status ? "%d" : "gone", status);
    metrics_count(&app->metrics->requests, request->route ? request->route : "other", method, code);
    if (routes_is_worth_a_line(request, status))
        log_info("request", log_text("request", request->id), log_text("client", request->forwarded.client),
            log_text("method", method_name(request->method)),
            log_text("path", request->path ? request->path : ""), log_number("status", status),
            log_number("duration_us", (int64_t)((nsec_now() - request->began) / NSEC_PER_USEC)),
            request->run[0] ? log_text("run", request->run) : (LogField){0});
}
