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

/* A request may have thousands of unknown names, of which a few are listed. */
static json_t *names_of(const RouteParameter *rows, const Problem *problem)
{
    json_t *names;

    if (problem_is_full(problem))
        return NULL;
    names = json_array();
    for (; rows->name; rows++)
        json_array_append_new(names, json_string(rows->name));
    return json_pack("{s:o}", "choices", names);
}

static json_t *query_check(const RouteParameter *row, const json_t *given, Problem *problem)
{
    const CatalogParameter parameter = query_parameter(row);
    json_auto_t *fallback = (json_t *)parameter.fallback;

    if (given && !json_is_null(given))
        return param_check(&parameter, given, problem);
    if (row->required)
        problem_add(problem, row->name, NULL, NULL, "must be given: %s", row->help);
    return fallback ? json_incref(fallback) : json_null();
}

json_t *query_read(const Request *request, Problem *problem)
{
    const RouteParameter *rows = request->parameters;
    json_auto_t *given = parameters_read(request, problem);
    json_t *values = json_object(), *value;
    const char *name;

    for (const RouteParameter *row = rows; row->name; row++) {
        value = query_check(row, json_object_get(given, row->name), problem);
        if (value && (json_object_get(given, row->name) || !json_is_null(value)))
            json_object_set(values, row->name, value);
        json_decref(value);
    }
    json_object_foreach (given, name, value) {
        const RouteParameter *row = rows;

        while (row->name && strcmp(row->name, name) != 0)
            row++;
        if (!row->name)
            problem_add(
                problem, name, json_incref(value), names_of(rows, problem), "there is no such parameter");
    }
    if (!problem_is_set(problem))
        return values;
    json_decref(values);
    return NULL;
}
