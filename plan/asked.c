#include "plan/asked.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

void asked_finish(Asked *asked)
{
    for (size_t i = 0; i < asked->n_runtimes; i++) {
        json_decref(asked->runtimes[i].params);
        json_decref(asked->runtimes[i].tasks);
    }
    for (size_t i = 0; i < asked->n_cells; i++)
        json_decref(asked->cells[i].params);
    free(asked->runtimes);
    free(asked->cells);
    json_decref(asked->values);
    json_decref(asked->left_out);
    *asked = (Asked){0};
}

json_t *asked_value(const Asked *asked, const char *name)
{
    return json_object_get(asked->values, name);
}

int64_t asked_number(const Asked *asked, const char *name)
{
    return json_integer_value(asked_value(asked, name));
}

bool asked_is(const Asked *asked, const char *name, const char *text)
{
    const char *value = json_string_value(asked_value(asked, name));

    return value && strcmp(value, text) == 0;
}

static char *print_clause(const char *format, va_list arguments)
{
    char *text = NULL;

    if (vasprintf(&text, format, arguments) < 0)
        abort();
    return text;
}

void asked_leave_out(const Asked *asked, const Catalog *runtime, json_t *entry, const char *reason, ...)
{
    auto_free char *clause = NULL;
    json_t *whole = json_pack("{s:s}", "runtime", runtime->runtime), *noted;
    va_list arguments;
    size_t i;

    va_start(arguments, reason);
    clause = print_clause(reason, arguments);
    va_end(arguments);
    json_object_update(whole, entry);
    json_decref(entry);
    json_object_set_new(whole, "reason", json_string(clause));
    json_array_foreach (asked->left_out, i, noted) {
        if (!json_equal(noted, whole))
            continue;
        json_decref(whole);
        return;
    }
    json_array_append_new(asked->left_out, whole);
}

void asked_complain(
    Problem *problem, const char *param, json_t *got, json_t *allowed, const char *reason, ...)
{
    auto_free char *clause = NULL;
    json_t *error;
    va_list arguments;
    size_t i;

    va_start(arguments, reason);
    clause = print_clause(reason, arguments);
    va_end(arguments);
    json_array_foreach (problem->errors, i, error) {
        if (strcmp(json_string_value(json_object_get(error, "param")), param) != 0 ||
            strcmp(json_string_value(json_object_get(error, "reason")), clause) != 0)
            continue;
        json_decref(got);
        json_decref(allowed);
        return;
    }
    problem_add(problem, param, got, allowed, "%s", clause);
}
