/* Parameters of a route, "?limit=10", are checked like those of an experiment: the same ranges, the same
 * words. */
#include "handlers/query.h"

#include <string.h>

#include "base/form.h"
#include "handlers/parameters.h"
#include "plan/param.h"

/* The row in the form that parameters of experiments have, too. Its default is taken over by the caller. */
static CatalogParameter query_parameter(const RouteParameter *row)
{
    CatalogParameter parameter = {
        .name = row->name,
        .help = row->help,
        .type = row->type,
        .min = row->min,
        .max = row->max,
        .max_length = row->max_length,
        .choices = row->choices,
        .required = row->required,
        .fallback = row->type == CATALOG_INTEGER ? json_integer((json_int_t)row->fallback) : NULL,
    };

    while (row->choices && row->choices[parameter.n_choices])
        parameter.n_choices++;
    return parameter;
}

json_t *query_describe(const RouteParameter *row)
{
    const CatalogParameter parameter = query_parameter(row);
    json_t *description = catalog_parameter_json(&parameter);

    if (row->request)
        json_object_set_new(description, "type", json_string("request"));
    json_decref((json_t *)parameter.fallback);
    return description;
}

/* What is wrong in it is named as a part of it: "request.tasks". Which parameters there are is not known
 * here. */
static json_t *query_check_request(const RouteParameter *row, const json_t *given, Problem *problem)
{
    auto_problem Problem inner = {0};
    json_t *request;

    if (json_is_object(given))
        return json_incref((json_t *)given);
    if (!json_is_string(given)) {
        problem_add(problem, row->name, json_incref((json_t *)given), NULL,
            "must be an object, as in {\"tasks\": 2}, or a text as in a query, as \"tasks=2&lock=none\"");
        return NULL;
    }
    request = json_object();
    form_parse(request, json_string_value(given), json_string_length(given), &inner);
    problem_add_inner(problem, row->name, &inner);
    return request;
}

static json_t *query_names(const RouteParameter *rows)
{
    json_t *names = json_array();

    for (; rows->name; rows++)
        json_array_append_new(names, json_string(rows->name));
    return names;
}

/* Returns the value of a parameter, a new reference: what was given, if it is right, else the default,
 * else null. NULL if it is wrong; the problem says how. */
static json_t *query_check(const RouteParameter *row, const json_t *given, Problem *problem)
{
    const CatalogParameter parameter = query_parameter(row);
    json_auto_t *fallback = (json_t *)parameter.fallback;

    if (given && !json_is_null(given) && row->request)
        return query_check_request(row, given, problem);
    if (given && !json_is_null(given))
        return param_check(&parameter, given, 1, problem);
    if (row->required)
        problem_add(problem, row->name, NULL, NULL, "must be given: %s", row->help);
    return fallback ? json_incref(fallback) : json_null();
}

static bool query_has(const RouteParameter *rows, const char *name)
{
    for (; rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return true;
    return false;
}

/* A request may have ten thousand unknown names: the list of those there are is made once for all of
 * them. A name that is not known is refused rather than passed over: "limt=10" would else look like a
 * list that is too long. */
static void query_refuse_unknown(const RouteParameter *rows, const json_t *given, Problem *problem)
{
    json_auto_t *names = NULL;
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)given, name, value) {
        if (query_has(rows, name))
            continue;
        if (!names)
            names = query_names(rows);
        problem_add_name(problem, name, json_incref(value), name, names, "there is no such parameter");
    }
}

/* The parameter that may be an object, or NULL. */
static const char *query_object(const RouteParameter *rows)
{
    while (rows->name && !rows->request)
        rows++;
    return rows->name;
}

/* What was given as null stays null in the values, so that a handler can tell it from what was not given. */
json_t *query_read_all(const Request *request, Problem *problem)
{
    const RouteParameter *rows = request->parameters;
    json_auto_t *given = parameters_read(request, query_object(rows), problem);
    json_t *values = json_object();

    for (const RouteParameter *row = rows; row->name; row++) {
        const json_t *asked = json_object_get(given, row->name);
        json_auto_t *value = query_check(row, asked, problem);

        if (value && (asked || !json_is_null(value)))
            json_object_set(values, row->name, value);
    }
    query_refuse_unknown(rows, given, problem);
    return values;
}

json_t *query_read(const Request *request, Problem *problem)
{
    json_t *values = query_read_all(request, problem);

    if (!problem_is_set(problem))
        return values;
    json_decref(values);
    return NULL;
}
