/* The OpenAPI document of this server: what is always the same stands in openapi.json; paths, operations and
 * parameters are added from the table of routes and the catalog, with the ranges and defaults in force, and
 * formats, statuses and verdicts from their lists. So it cannot say anything else than the server does.
 *
 * It is made once, as nothing of that changes while the server runs. */
#include "handlers/app.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/document.h"
#include "handlers/openapi-schema.h"
#include "handlers/route.h"
#include "plan/plan.h"
#include "results/format.h"
#include "results/verdict.h"

static const Method documented[] = {METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PATCH, METHOD_DELETE};
enum {
    TAKES_BODY = METHOD_POST | METHOD_PATCH,
    END_OF_STATUSES = 600,
};

/* One path of the document: a route's, or that of one experiment. */
typedef struct Place {
    const Route *route;
    const char *path, *summary; /* borrowed */
    const json_t *experiment;   /* an entry of the catalog; NULL: none */
    json_t *descriptions;       /* of its parameters; owned */
} Place;

static json_t *openapi_reference(const char *kind, const char *name)
{
    auto_free char *path = text_printf("#/components/%s/%s", kind, name);

    return json_pack("{s:s}", "$ref", path);
}

/* Appends a name to one in camel case: "run" and "old-gil" give "runOldGil". */
static char *openapi_join_names(const char *first, const char *second)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    bool begins = *first != '\0';

    assert(file);
    fputs(first, file);
    for (; *second; second++) {
        if (isalnum((unsigned char)*second))
            fputc(begins ? toupper((unsigned char)*second) : *second, file);
        begins = !isalnum((unsigned char)*second);
    }
    fclose(file);
    return text;
}

/* The name of a row, and of an experiment where it has several: the same for all methods. */
static char *openapi_operation_name(const Place *place)
{
    const char *experiment = json_string_value(json_object_get(place->experiment, "name"));

    return openapi_join_names(place->route->operation, experiment ? experiment : "");
}

/* "get" */
static char *openapi_lower_name(Method method)
{
    char *name = strdup(method_name(method));

    assert(name);
    for (char *at = name; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return name;
}

/* Returns a name that no other operation has, as generators of clients make functions of them: the first
 * method of a row has the plain name, any other one has its own in front, "headListRuns". */
static char *openapi_operation_id(const Place *place, Method method)
{
    auto_free char *name = openapi_operation_name(place), *prefix = NULL;

    if ((place->route->methods & -place->route->methods) == method)
        return take_pointer(name);
    prefix = openapi_lower_name(method);
    return openapi_join_names(prefix, name);
}

/* Three cases: none is ever needed, one must be there, or one may be there, for an instructor has more
 * rights. */
static json_t *openapi_security(const App *app, unsigned needs)
{
    if (!(needs & NEEDS_TOKEN))
        return json_array();
    return *app->gate.token || needs & NEEDS_INSTRUCTOR ? json_pack("[{s:[]}]", "bearerAuth")
                                                        : json_pack("[{}, {s:[]}]", "bearerAuth");
}

static json_t *openapi_query_parameters(const Place *place, Method method)
{
    json_t *parameters = json_array(), *description;
    size_t i;

    /* Where a body may be sent, the parameters are described there. They are read from the query as well,
     * but two descriptions of one parameter would make generated clients send it twice. */
    if (!(method & TAKES_BODY))
        json_array_foreach (place->descriptions, i, description)
            json_array_append_new(parameters, openapi_parameter(description));
    for (i = 0; i < ARRAY_LENGTH(place->route->headers) && place->route->headers[i]; i++)
        json_array_append_new(parameters, openapi_reference("parameters", place->route->headers[i]));
    return parameters;
}

/* What follows from the gate and from a body need not stand in the table of routes; what the table says of
 * the same status is more exact and wins. */
static json_t *openapi_responses(const Place *place, Method method)
{
    const unsigned needs = route_needs(place->route, method);
    const char *names[END_OF_STATUSES] = {
        [400] = needs & NEEDS_HOST ? "BadRequest" : NULL,
        [401] = needs & NEEDS_TOKEN ? "NeedsToken" : NULL,
        [403] = needs & NEEDS_SAME_SITE ? "NotFromHere" : NULL,
        [413] = method & TAKES_BODY ? "TooLarge" : NULL,
        [415] = method & TAKES_BODY ? "NotThisType" : NULL,
        [421] = needs & NEEDS_HOST ? "OtherServer" : NULL,
    };
    json_t *object = json_object();

    /* From general to special: what is written later wins. */
    for (const RouteAnswer *answer = place->route->answers; answer->status; answer++)
        names[answer->status] = answer->response;
    for (int status = 0; status < END_OF_STATUSES; status++) {
        auto_free char *key = names[status] ? text_printf("%d", status) : NULL;

        if (key)
            json_object_set_new(object, key, openapi_reference("responses", names[status]));
    }
    json_object_set_new(object, "4XX", openapi_reference("responses", "Other"));
    return object;
}

static json_t *openapi_make_operation(const App *app, const Place *place, Method method, json_t *schemas)
{
    auto_free char *id = openapi_operation_id(place, method), *name = openapi_operation_name(place);
    auto_free char *schema_name = text_printf("%c%sParameters", toupper((unsigned char)*name), name + 1);
    json_t *operation = json_pack("{s:s, s:s, s:[s], s:o, s:o}", "operationId", id, "summary", place->summary,
        "tags", place->route->tag, "security", openapi_security(app, place->route->needs), "parameters",
        openapi_query_parameters(place, method));

    if (place->experiment)
        json_object_set(operation, "description", json_object_get(place->experiment, "summary"));
    if (method & TAKES_BODY && json_array_size(place->descriptions) > 0) {
        json_object_set_new(schemas, schema_name, openapi_schema_of_all(place->descriptions));
        json_object_set_new(operation, "requestBody", openapi_body(place->descriptions, schema_name));
    }
    json_object_set_new(operation, "responses", openapi_responses(place, method));
    return operation;
}

/* Adds the operations of a place to its path, which other rows may have begun. */
static void openapi_add_operations(const App *app, const Place *place, json_t *document)
{
    json_t *paths = json_object_get(document, "paths"), *item = json_object_get(paths, place->path);
    json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");

    if (!item) {
        item = json_object();
        json_object_set_new(paths, place->path, item);
        if (strstr(place->path, "{id}"))
            json_object_set_new(
                item, "parameters", json_pack("[o]", openapi_reference("parameters", "RunId")));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(documented); i++) {
        auto_free char *key = openapi_lower_name(documented[i]);

        if (place->route->methods & documented[i])
            json_object_set_new(item, key, openapi_make_operation(app, place, documented[i], schemas));
    }
}

static void openapi_add_route(const App *app, const Route *route, json_t *document)
{
    Place place = {
        .route = route,
        .path = route->shown ? route->shown : route->path,
        .summary = route->help,
        .descriptions = json_array(),
    };

    for (const RouteParameter *row = route->parameters; row && row->name; row++)
        json_array_append_new(place.descriptions, query_describe(row));
    openapi_add_operations(app, &place, document);
    json_decref(place.descriptions);
}

/* A path for each experiment, with the parameters that all have and its own. */
static void openapi_add_experiments(const App *app, const Route *route, json_t *document)
{
    json_auto_t *catalog = plan_catalog(app->catalogs, &app->settings->limits);
    size_t i;
    json_t *experiment;

    json_array_foreach (json_object_get(catalog, "experiments"), i, experiment) {
        const char *name = json_string_value(json_object_get(experiment, "name"));
        auto_free char *path = text_printf("%.*s%s", (int)strcspn(route->path, "{"), route->path, name);
        auto_free char *summary = text_printf("%s: %s", name, route->help);
        Place place = {
            .route = route,
            .path = path,
            .summary = summary,
            .experiment = experiment,
            .descriptions = json_copy(json_object_get(experiment, "parameters")),
        };
        json_auto_t *common =
            plan_parameters(app->catalogs, &app->settings->limits, catalogs_experiment(app->catalogs, name));

        json_array_extend(place.descriptions, common);
        openapi_add_operations(app, &place, document);
        json_decref(place.descriptions);
    }
}

/* An answer that may be had as JSON "and in the other formats" says so by a word, which gives way to
 * them. The word is an entry of the content, "x-other-formats". */
static void openapi_add_formats(json_t *document)
{
    const char *key;
    json_t *response;

    json_object_foreach (
        json_object_get(json_object_get(document, "components"), "responses"), key, response) {
        json_t *content = json_object_get(response, "content");

        if (json_object_del(content, "x-other-formats") < 0)
            continue;
        for (const char *const *name = format_names(FORMAT_ANSWER); *name; name++) {
            ResultFormat format;
            int r = result_format_from_name(*name, &format);

            assert(r == 0);
            if (!json_object_get(content, result_format_bare_type(format)))
                json_object_set_new(content, result_format_bare_type(format),
                    json_pack("{s:{s:s}}", "schema", "type", "string"));
        }
    }
}

/* Lists that stand in the program, and so cannot be in openapi.json without becoming wrong some day. */
static void openapi_add_words(json_t *document)
{
    json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");
    json_t *statuses = json_array(), *verdicts = json_array();

    for (const char *const *name = run_status_names; *name; name++)
        json_array_append_new(statuses, json_string(*name));
    for (Verdict verdict = VERDICT_NONE + 1; verdict <= VERDICT_CANNOT_TELL; verdict++)
        json_array_append_new(verdicts, json_string(verdict_name(verdict)));
    json_object_set_new(json_object_get(schemas, "RunStatus"), "enum", statuses);
    json_object_set_new(json_object_get(schemas, "Verdict"), "enum", verdicts);
}

/* What a run says of its parameters, and a cell of those that are its own. */
static void openapi_add_run_values(const App *app, json_t *document)
{
    json_auto_t *catalog = plan_catalog(app->catalogs, &app->settings->limits);
    json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas"), *entry;
    json_t *of_run = json_object_get(json_object_get(schemas, "RunRequest"), "properties");
    json_t *of_cell = json_object_get(json_object_get(schemas, "Params"), "properties");
    size_t i;

    openapi_add_values(of_run, json_object_get(catalog, "parameters"), true);
    json_array_foreach (json_object_get(catalog, "experiments"), i, entry) {
        openapi_add_values(of_run, json_object_get(entry, "parameters"), true);
        openapi_add_values(of_cell, json_object_get(entry, "parameters"), false);
    }
    json_array_foreach (json_object_get(catalog, "locks"), i, entry)
        openapi_add_values(of_cell, json_object_get(entry, "parameters"), false);
}

json_t *openapi_make(const App *app)
{
    json_t *document = document_load("openapi.json");

    openapi_add_formats(document);
    openapi_add_words(document);
    openapi_add_run_values(app, document);
    json_object_set_new(json_object_get(document, "info"), "version", json_string(app->version_name));
    for (size_t i = 0; i < n_routes; i++) {
        if (route_runs(&routes[i]))
            openapi_add_experiments(app, &routes[i], document);
        else
            openapi_add_route(app, &routes[i], document);
    }
    return document;
}
