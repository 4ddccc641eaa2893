/* A body belongs to its response, or is a text that several have, or is static and outlives it, or comes from
 * a stream. What is the same for everybody and for ever is a constant answer: made once, sent many times,
 * freed by whoever made it. */
#include "handlers/response.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

Response *response_new_static(int status, const char *type, const char *body, size_t length)
{
    Response *response = calloc(1, sizeof(*response));

    assert(response);
    response->status = status;
    response->type = type;
    response->body = body;
    response->length = length;
    return response;
}

Response *response_new(int status, const char *type, char *body, size_t length)
{
    Response *response = response_new_static(status, type, body, length);

    response->owned = body;
    return response;
}

Response *response_new_shared(int status, const char *type, Shared *text)
{
    Response *response = response_new_static(status, type, text->text, text->length);

    response->shared = shared_hold(text);
    return response;
}

Response *response_new_empty(int status)
{
    return response_new_static(status, NULL, "", 0);
}

Response *response_new_stream(int status, const char *type, Stream *stream)
{
    Response *response = response_new_static(status, type, "", 0);

    response->stream = stream;
    return response;
}

/* The text that jansson made becomes the body itself; only its end is made longer for the newline, so
 * that a terminal's prompt stands in a line of its own. */
static Response *from_json(int status, const char *type, const json_t *object, size_t flags)
{
    char *text = json_dumps(object, flags);
    size_t length;

    assert(text);
    length = strlen(text);
    text = realloc(text, length + 2);
    assert(text);
    memcpy(text + length, "\n", 2);
    return response_new(status, type, text, length + 1);
}

Response *response_new_json(int status, const json_t *object)
{
    return from_json(status, "application/json", object, JSON_COMPACT | JSON_REAL_PRECISION(15));
}

/* Indented: a problem is read by a person more often than by a program. */
Response *response_new_problem(const Problem *problem)
{
    json_auto_t *object = problem_json(problem);
    auto_free char *prefix = text_printf("%d %s", problem->status, problem->title);
    Response *response = from_json(problem->status, "application/problem+json", object, JSON_INDENT(2));
    size_t length = 0;
    FILE *file = open_memstream(&response->plain, &length);

    assert(file);
    problem_print_lines(problem, prefix, file);
    fclose(file);
    return response;
}

Response *response_add_header(Response *response, const char *name, const char *format, ...)
{
    char *value = NULL;
    va_list args;
    int r;

    assert(response->n_headers < RESPONSE_MAX_HEADERS);
    va_start(args, format);
    r = vasprintf(&value, format, args);
    va_end(args);
    assert(r >= 0);
    response->headers[response->n_headers].name = name;
    response->headers[response->n_headers++].value = value;
    return response;
}

Response *response_make_constant(Response *response)
{
    response->constant = true;
    return response;
}

void response_free(Response *response)
{
    if (!response)
        return;
    if (response->prepared)
        response->release(response->prepared);
    for (size_t i = 0; i < response->n_headers; i++)
        free(response->headers[i].value);
    if (response->stream)
        stream_free(response->stream);
    shared_drop(response->shared);
    free(response->owned);
    free(response->plain);
    free(response);
}
