#include "base/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

enum { MAX_SHOWN = 200 };

void problem_finish(Problem *problem)
{
    free(problem->title);
    free(problem->detail);
    json_decref(problem->errors);
    json_decref(problem->extra);
    *problem = (Problem){0};
}

static char *format_text(const char *format, va_list args)
{
    char *text = NULL;
    int r = vasprintf(&text, format, args);

    assert(r >= 0);
    return text;
}

/* What a client sent may stand in any text here, so it need not be UTF-8, but JSON has to be. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    auto_free char *clean = json ? NULL : utf8_clean(text, strlen(text));

    return json ? json : json_string(clean);
}

/* The old words live until the new ones are made: they may be among the arguments. */
void problem_set(Problem *problem, int status, const char *title, const char *detail, ...)
{
    char *old_title = problem->title, *old_detail = problem->detail;
    va_list args;

    problem->status = status;
    problem->title = strdup(title);
    assert(problem->title);
    va_start(args, detail);
    problem->detail = format_text(detail, args);
    va_end(args);
    free(old_title);
    free(old_detail);
}

/* Takes got over and returns what the error shows of it: who sends very much does not get it all back. */
static json_t *shortened(json_t *got)
{
    auto_free char *start = NULL;

    if (!got)
        return json_null();
    if (!json_is_string(got) || json_string_length(got) <= MAX_SHOWN)
        return got;
    start = text_printf("%.*s...", MAX_SHOWN, json_string_value(got));
    json_decref(got);
    return text_json(start);
}

void problem_add(Problem *problem, const char *param, json_t *got, json_t *allowed, const char *reason, ...)
{
    auto_free char *text = NULL;
    json_t *error = json_object();
    va_list args;

    if (!problem_is_set(problem)) {
        problem->status = 400;
        problem->title = strdup("Bad parameters");
        assert(problem->title);
    }
    if (!problem->errors)
        problem->errors = json_array();
    if (json_array_size(problem->errors) == PROBLEM_MAX_ERRORS) {
        problem->n_omitted++;
        json_decref(error);
        json_decref(got);
        json_decref(allowed);
        return;
    }
    va_start(args, reason);
    text = format_text(reason, args);
    va_end(args);

    json_object_set_new(error, "param", text_json(param));
    json_object_set_new(error, "got", shortened(got));
    json_object_set_new(error, "reason", text_json(text));
    if (allowed) {
        json_object_update_missing(error, allowed);
        json_decref(allowed);
    }
    json_array_append_new(problem->errors, error);
}

void problem_extend(Problem *problem, const char *name, json_t *value)
{
    if (!problem->extra)
        problem->extra = json_object();
    json_object_set_new(problem->extra, name, value);
}

/* "tasks is 0: must be between 1 and 256; colour is red: no such parameter" */
static char *detail_from_errors(const Problem *problem)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    json_t *error;

    assert(file);
    json_array_foreach (problem->errors, i, error) {
        json_t *got = json_object_get(error, "got");
        auto_free char *dump = json_is_null(got) ? NULL : json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);

        fprintf(file, "%s%s", i > 0 ? "; " : "", json_string_value(json_object_get(error, "param")));
        if (dump)
            fprintf(file, " is %s", dump);
        fprintf(file, ": %s", json_string_value(json_object_get(error, "reason")));
    }
    fclose(file);
    return text;
}

json_t *problem_json(const Problem *problem)
{
    auto_free char *made = problem->detail ? NULL : detail_from_errors(problem);
    json_t *object = json_object();

    assert(problem_is_set(problem));
    json_object_set_new(object, "type", json_string("about:blank"));
    json_object_set_new(object, "title", text_json(problem->title));
    json_object_set_new(object, "status", json_integer(problem->status));
    json_object_set_new(object, "detail", text_json(made ? made : problem->detail));
    if (problem->errors)
        json_object_set(object, "errors", problem->errors);
    if (problem->n_omitted > 0)
        json_object_set_new(object, "errors_omitted", json_integer(problem->n_omitted));
    if (problem->extra)
        json_object_update_missing(object, problem->extra);
    return object;
}

void problem_print(const Problem *problem, FILE *file)
{
    size_t i;
    json_t *error;

    fprintf(file, "%s", problem->title);
    if (problem->detail)
        fprintf(file, ": %s", problem->detail);
    fprintf(file, "\n");
    json_array_foreach (problem->errors, i, error) {
        auto_free char *got = json_dumps(json_object_get(error, "got"), JSON_ENCODE_ANY | JSON_COMPACT);
        json_t *choices = json_object_get(error, "choices"), *choice;
        size_t k;

        fprintf(file, "  %s", json_string_value(json_object_get(error, "param")));
        if (strcmp(got, "null") != 0)
            fprintf(file, " (given %s)", got);
        fprintf(file, ": %s", json_string_value(json_object_get(error, "reason")));
        json_array_foreach (choices, k, choice)
            fprintf(file, "%s%s", k > 0 ? ", " : "; choices: ", json_string_value(choice));
        fprintf(file, "\n");
    }
    if (problem->n_omitted > 0)
        fprintf(file, "  and %d more\n", problem->n_omitted);
}
