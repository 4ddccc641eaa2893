/* One row of a table is read in three ways: it is described for the catalog, its default is set, and a value
 * is read with its range checked. So a range in a help text, in a form and in a check cannot differ, and a
 * new parameter is one row and one field.
 *
 * The plan has checked all values against the catalog before a request is sent. They are checked again here,
 * because gilscope-run takes requests from anybody's shell, and a value out of its range would be used as
 * the length of an array or the number of threads. */
#include "engine/parameter.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"

/* The digit is chosen by comparing with the geometric means of the neighbours (1 and 2, 2 and 5, 5 and 10),
 * which are the middles on a logarithmic scale. A round number is easier to read and to compare, and small
 * differences between two measurements of ns mostly lead to the same. */
int64_t parameter_size(double ns)
{
    double wanted = fmax(200e6 / ns, 1), power = pow(10, floor(log10(wanted))), digit = wanted / power;

    return (int64_t)(power * (digit < sqrt(2) ? 1 : digit < sqrt(10) ? 2 : digit < sqrt(50) ? 5 : 10));
}

json_t *parameter_describe(const Parameter *parameter)
{
    json_t *object = json_pack("{s:s}", "name", parameter->name);

    switch (parameter->type) {
    case PARAMETER_INTEGER:
        json_object_set_new(object, "type", json_string("integer"));
        if (parameter->unit)
            json_object_set_new(object, "unit", json_string(parameter->unit));
        json_object_set_new(object, "min", json_integer(parameter->min));
        json_object_set_new(object, "max", json_integer(parameter->max));
        json_object_set_new(
            object, "default", json_integer(parameter->size ? parameter->size() : parameter->fallback));
        if (parameter->size)
            json_object_set_new(object, "sized", json_true());
        break;
    case PARAMETER_CHOICE:
        json_object_set_new(object, "type", json_string("choice"));
        json_object_set_new(object, "choices", json_array());
        for (size_t i = 0; parameter->choices[i]; i++)
            json_array_append_new(json_object_get(object, "choices"), json_string(parameter->choices[i]));
        json_object_set_new(object, "default", json_string(parameter->choices[0]));
        break;
    case PARAMETER_URL:
        json_object_set_new(object, "type", json_string("text"));
        json_object_set_new(object, "format", json_string("url"));
        json_object_set_new(object, "max_length", json_integer(PARAMETER_TEXT_SIZE - 1));
        json_object_set_new(object, "default", json_null());
        if (parameter->times)
            json_object_set_new(object, "times", json_string(parameter->times));
        break;
    }
    if (parameter->unless)
        json_object_set_new(object, "unless", json_string(parameter->unless));
    json_object_set_new(object, "help", json_string(parameter->help));
    return object;
}

static void parameter_read_integer(
    const Parameter *parameter, const json_t *value, int64_t *target, Problem *problem)
{
    if (!json_is_integer(value) || json_integer_value(value) < parameter->min ||
        json_integer_value(value) > parameter->max) {
        problem_add(problem, parameter->name, json_deep_copy(value),
            json_pack("{s:I, s:I}", "min", (json_int_t)parameter->min, "max", (json_int_t)parameter->max),
            "must be a whole number from %lld to %lld", (long long)parameter->min, (long long)parameter->max);
        return;
    }
    *target = json_integer_value(value);
}

static void parameter_read_choice(
    const Parameter *parameter, const json_t *value, int *target, Problem *problem)
{
    const char *text = json_string_value(value);
    json_auto_t *choices = NULL;
    auto_free char *list = NULL;

    for (int i = 0; text && parameter->choices[i]; i++) {
        if (strcmp(parameter->choices[i], text) == 0) {
            *target = i;
            return;
        }
    }
    choices = json_array();
    for (int i = 0; parameter->choices[i]; i++)
        json_array_append_new(choices, json_string(parameter->choices[i]));
    list = problem_names(choices);
    problem_add(problem, parameter->name, json_deep_copy(value), json_pack("{s:O}", "choices", choices),
        "must be one of %s", list);
}

/* The length is asked before the copy, so it fits. Whether the text is a URL is asked by the experiment. */
static void parameter_read_url(
    const Parameter *parameter, const json_t *value, char *target, Problem *problem)
{
    target[0] = '\0';
    if (!value || json_is_null(value))
        return;
    if (!json_is_string(value) || json_string_length(value) >= PARAMETER_TEXT_SIZE) {
        problem_add(problem, parameter->name, json_deep_copy(value), NULL, "must be text of at most %d bytes",
            PARAMETER_TEXT_SIZE - 1);
        return;
    }
    strcpy(target, json_string_value(value));
}

void parameter_read_default(const Parameter *parameter, void *target)
{
    void *field = (char *)target + parameter->offset;

    switch (parameter->type) {
    case PARAMETER_INTEGER:
        *(int64_t *)field = parameter->size ? parameter->size() : parameter->fallback;
        break;
    case PARAMETER_CHOICE:
        *(int *)field = 0;
        break;
    case PARAMETER_URL:
        *(char *)field = '\0';
        break;
    }
}

void parameter_read(const Parameter *parameter, const json_t *params, void *target, Problem *problem)
{
    const json_t *value = json_object_get(params, parameter->name);
    void *field = (char *)target + parameter->offset;

    if (!value && parameter->unless && json_is_string(json_object_get(params, parameter->unless))) {
        parameter_read_default(parameter, target);
        return;
    }
    switch (parameter->type) {
    case PARAMETER_INTEGER:
        parameter_read_integer(parameter, value, field, problem);
        break;
    case PARAMETER_CHOICE:
        parameter_read_choice(parameter, value, field, problem);
        break;
    case PARAMETER_URL:
        parameter_read_url(parameter, value, field, problem);
        break;
    }
}
