/* Parameters of a route, "?limit=10", are checked like those of an experiment: the same ranges, the same
 * words. */
#include "handlers/query.h"

#include <string.h>

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

    json_decref((json_t *)parameter.fallback);
    return description;
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

/* What was given as null stays null in the values, so that a handler can tell it from what was not given. */
json_t *query_read(const Request *request, Problem *problem)
{
    const RouteParameter *rows = request->parameters;
    json_auto_t *given = parameters_read(request, problem);
    json_t *values = json_object();

    for (const RouteParameter *row = rows; row->name; row++) {
        const json_t *asked = json_object_get(given, row->name);
        json_auto_t *value = query_check(row, asked, problem);

        if (value && (asked || !json_is_null(value)))
            json_object_set(values, row->name, value);
    }
    query_refuse_unknown(rows, given, problem);
    if (!problem_is_set(problem))
        return values;
    json_decref(values);
    return NULL;
}
