/* An answer, independent of the HTTP library that will carry it. Every body ends in a newline. The headers
 * that every answer has (nosniff and the like) are added where answers are sent, not here.
 *
 * A handler makes one, adds headers, and returns it; `constant` says whether it is freed then. A response
 * that is not constant belongs to one request only, because its body is given away when it is sent. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "handlers/stream.h"

enum { RESPONSE_MAX_HEADERS = 12 };

typedef struct Response {
    int status;       /* of HTTP */
    const char *type; /* of the body; NULL if there is none */
    const char *body; /* not terminated */
    char *owned;      /* the body if it has to be freed, else NULL */
    Shared *shared;   /* held; what the body is in, if others may send the same; else NULL */
    size_t length;    /* of the body, in bytes */
    char *plain;      /* owned; what a problem says in lines for a terminal, see plain-words.h; else NULL */
    Stream *stream;   /* owned; comes instead of a body. NULL: there is a body */
    struct {
        const char *name;
        char *value;
    } headers[RESPONSE_MAX_HEADERS];
    size_t n_headers;
    /* A constant answer is sent many times and freed by its maker; any other one is freed when sent. */
    bool constant;
    /* What the HTTP library keeps of a constant answer, and how to let go of it. */
    void *prepared;
    void (*release)(void *prepared);
} Response;

/* Takes the body over (malloc). */
Response *response_new(int status, const char *type, char *body, size_t length);

/* The body must live as long as the response. */
Response *response_new_static(int status, const char *type, const char *body, size_t length);

/* Holds the text. */
Response *response_new_shared(int status, const char *type, Shared *text);

/* Returns an answer without a body, as for 204 and 304. */
Response *response_new_empty(int status);

/* Takes the stream over; its maker goes on writing. */
Response *response_new_stream(int status, const char *type, Stream *stream);

/* Serialises the object, which stays the caller's, with a newline behind it. */
Response *response_new_json(int status, const json_t *object);

/* application/problem+json; the status is the problem's. */
Response *response_new_problem(const Problem *problem);

/* Adds a header line; name is static. Returns the response, for chaining. */
Response *response_add_header(Response *response, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Marks an answer that is kept and sent many times. Call it before it is sent for the first time; free it
 * with response_free() when it is to be sent no more, also while it is on its way to somebody. Returns the
 * response. */
Response *response_make_constant(Response *response);

/* Frees it, constant or not; NULL is fine. */
void response_free(Response *response);
