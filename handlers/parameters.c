/* A request's parameters come from its query, a form or a JSON object, and mean the same in all of them. So
 * what is checked later does not know where a value came from, and strings are as good as numbers. */
#include "handlers/parameters.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/form.h"

/* Adds the body's parameters to those of the query. A repeated name in the query or the body is found by
 * the parser of each; this finds one in both. Letting one of them win would run something else than half
 * of the request says. */
static void parameters_merge(json_t *into, json_t *from, Problem *problem)
{
    const char *name;
    json_t *value;

    json_object_foreach (from, name, value) {
        if (json_object_get(into, name))
            form_refuse_again(problem, name, json_object_get(into, name), json_incref(value));
        else
            json_object_set(into, name, value);
    }
}

static bool parameters_is_container(const json_t *value)
{
    return json_is_array(value) || json_is_object(value);
}

/* Only one level is looked at: what is inside of a container is refused with it. */
static bool parameters_has_container(const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    json_array_foreach (value, i, member)
        if (parameters_is_container(member))
            return true;
    json_object_foreach ((json_t *)value, name, member)
        if (parameters_is_container(member))
            return true;
    return false;
}

/* No parameter is more than a list of values. What is nested deeper goes no further: neither those that check
 * it nor those that would show it have to cope with any depth. */
static void parameters_refuse_nested(json_t *given, const char *object, Problem *problem)
{
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(given, next, name, value)
    {
        if (object && strcmp(name, object) == 0 && json_is_object(value)) {
            auto_problem Problem inner = {0};

            parameters_refuse_nested(value, NULL, &inner);
            problem_add_inner(problem, name, &inner);
            continue;
        }
        if (!parameters_has_container(value))
            continue;
        problem_add(problem, name, json_incref(value), NULL,
            "is nested too deep: it may be a value or a list of values");
        json_object_del(given, name);
    }
}

/* What a body begins with, behind blanks; NUL if it is empty. */
static char parameters_first(const Request *request)
{
    for (size_t i = 0; i < request->body_length; i++)
        if (!strchr(" \t\r\n", request->body[i]))
            return request->body[i];
    return '\0';
}

static bool parameters_looks_like_json(const Request *request)
{
    char first = parameters_first(request);

    return first == '{' || first == '[';
}

/* "tasks=2&n=5": a name, and an equals sign behind it. */
static bool parameters_looks_like_form(const Request *request)
{
    static const char in_names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_?%.-";
    size_t i = 0;

    while (i < request->body_length && request->body[i] && strchr(in_names, request->body[i]))
        i++;
    return i > 0 && i < request->body_length && request->body[i] == '=';
}

/* No parameter begins with a brace, so nothing is lost. Without this the answer to {"tasks":2} would be that
 * there is no parameter called {"tasks":2}, which is true and helps nobody: curl -d says of itself that it
 * sends a form. */
static json_t *parameters_read_form(const Request *request, const char *object, Problem *problem)
{
    json_t *given = json_object();

    (void)object; /* a field of a form is a text */

    if (parameters_looks_like_json(request)) {
        problem_set(problem, 400, "JSON sent as a form",
            "the body looks like JSON, and its content type says that it is a form: send it with -H "
            "'Content-Type: application/json', or with curl --json instead of -d");
        return given;
    }

    form_parse(given, request->body, request->body_length, problem);
    return given;
}

/* What is probably wrong with a text that is no JSON: the parser knows where it stopped, and not why. */
static const char *parameters_json_hint(const Request *request)
{
    char first = parameters_first(request);

    if (first == '\0')
        return "; the body is empty";
    if (parameters_looks_like_form(request))
        return "; the body looks like a form, and its content type says that it is JSON: leave the header "
               "out "
               "(curl -d says of itself that it sends a form)";
    if (first == '\'' || (first == '{' && memchr(request->body, '\'', request->body_length)))
        return "; names and texts of JSON stand in double quotes, and the whole in none";
    return "";
}

static const char *parameters_kind(const json_t *value)
{
    static const char *const kinds[] = {[JSON_OBJECT] = "one",
        [JSON_ARRAY] = "a list",
        [JSON_STRING] = "a text",
        [JSON_INTEGER] = "a number",
        [JSON_REAL] = "a number",
        [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",
        [JSON_NULL] = "null"};

    return kinds[json_typeof(value)];
}

/* A name that stands twice in one object is refused: parsers differ in which of the two counts. */
static json_t *parameters_read_json(const Request *request, const char *object, Problem *problem)
{
    json_error_t error;
    json_t *given = json_loadb(request->body ? request->body : "", request->body_length,
        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (!given) {
        problem_set(problem, 400, "Malformed JSON", "line %d, column %d: %s%s", error.line, error.column,
            error.text, parameters_json_hint(request));
        problem_extend(problem, "line", json_integer(error.line));
        problem_extend(problem, "column", json_integer(error.column));
        return NULL;
    }
    if (!json_is_object(given)) {
        problem_set(problem, 400, "Not a JSON object",
            "the body must be an object, as in {\"tasks\": 2, \"mode\": [\"serial\", \"threads\"]}, and is "
            "%s",
            parameters_kind(given));
        json_decref(given);
        return NULL;
    }
    parameters_refuse_nested(given, object, problem);
    return given;
}

static const struct {
    const char *type;
    json_t *(*read)(const Request *request, const char *object, Problem *problem);
} bodies[] = {
    {"application/x-www-form-urlencoded", parameters_read_form},
    {"application/json", parameters_read_json},
};

/* By the content type, without guessing: what looks like another type than it says is refused, with how to
 * send it. What may follow the type, as a charset, is passed over. */
static json_t *parameters_read_body(const Request *request, const char *object, Problem *problem)
{
    const char *type = request->header(request, "Content-Type");
    size_t length = type ? strcspn(type, "; \t") : 0;
    json_t *accepted = json_array();
    bool is_multipart;

    for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
        if (length == strlen(bodies[i].type) && strncasecmp(type, bodies[i].type, length) == 0) {
            json_decref(accepted);
            return bodies[i].read(request, object, problem);
        }
        json_array_append_new(accepted, json_string(bodies[i].type));
    }
    is_multipart = type && strncasecmp(type, "multipart/", strlen("multipart/")) == 0;
    problem_set(problem, 415, "Unsupported content type",
        "the body %s%.60s; send a form (Content-Type: application/x-www-form-urlencoded) or a JSON object "
        "(application/json)%s",
        type ? "is " : "has no content type", type ? type : "",
        parameters_looks_like_json(request)   ? "; this one looks like JSON"
        : parameters_looks_like_form(request) ? "; this one looks like a form"
        : is_multipart                        ? "; that is what curl -d sends, and -F does not"
                                              : "");
    problem_extend(problem, "accepted", accepted);
    return NULL;
}

/* A body that is said to be JSON must be some, even if it is empty; an empty form is one without fields. */
static bool parameters_says_json(const Request *request)
{
    const char *type = request->header(request, "Content-Type");

    return type && strncasecmp(type, "application/json", strlen("application/json")) == 0 &&
           request->method == METHOD_POST;
}

/* The query is read even if there is a body: a form's address may have parameters of its own. */
json_t *parameters_read(const Request *request, const char *object, Problem *problem)
{
    json_t *parameters = json_object();

    form_parse(parameters, request->query, strlen(request->query), problem);
    if (request->body_length > 0 || parameters_says_json(request)) {
        json_auto_t *given = parameters_read_body(request, object, problem);

        parameters_merge(parameters, given, problem);
    }
    return parameters;
}
