#include "handlers/query.h"

#include <string.h>

#include "handlers/parameters.h"
#include "plan/param.h"

json_t *query_describe(const RouteParameter *row)
{
    json_t *object = json_pack("{s:s, s:s, s:s}", "name", row->name, "type", row->type, "help", row->help);

    if (row->max > 0) {
        json_object_set_new(object, "min", json_integer((json_int_t)row->min));
        json_object_set_new(object, "max", json_integer((json_int_t)row->max));
        json_object_set_new(object, "default", json_integer((json_int_t)row->fallback));
    }
    if (row->max_length > 0)
        json_object_set_new(object, "max_length", json_integer(row->max_length));
    if (row->required)
        json_object_set_new(object, "required", json_true());
    if (row->choices)
        json_object_set_new(object, "choices", json_array());
    for (const char *const *choice = row->choices; choice && *choice; choice++)
        json_array_append_new(json_object_get(object, "choices"), json_string(*choice));
    return object;
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

static json_t *check(const RouteParameter *row, const json_t *given, Problem *problem)
{
    json_auto_t *description = query_describe(row);
    json_t *fallback = json_object_get(description, "default");

    if (given && !json_is_null(given))
        return param_check(description, given, problem);
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
        value = check(row, json_object_get(given, row->name), problem);
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
