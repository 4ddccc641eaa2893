/* The OpenAPI document of a server as tests use it: what there is to be asked, and whether an answer is one
 * of those that it promises. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "tests/api/api-client.h"
#include "tests/api/api-stream.h"

/* All borrowed from the document. */
typedef struct Operation {
    const json_t *document, *object;
    const char *path;   /* "/runs/{id}" */
    const char *method; /* "get" */
    char name[8];       /* "GET" */
} Operation;

/* Asks the server. Returns the document, owned by the caller. */
json_t *openapi_read(const ApiServer *server);

enum { OPENAPI_MAX_OPERATIONS = 256 };

/* Fills operations with all that there are. Returns how many. */
size_t openapi_list(const json_t *document, Operation operations[static OPENAPI_MAX_OPERATIONS]);

Operation openapi_find(const json_t *document, const char *method, const char *path);

/* Returns the path with this for {id}, owned by the caller. */
char *openapi_path(const Operation *operation, const char *id);

/* Returns the parameter i of an operation, or NULL behind the last. Borrowed. */
const json_t *openapi_parameter_at(const Operation *operation, size_t i);

/* Returns a value that fits the schema of a parameter of this name and costs little, a new reference: the
 * least, the first, one letter. */
json_t *openapi_cheap_value(const ApiServer *server, const char *name, const json_t *schema);

/* Returns a value as it is written in a query, owned by the caller: a list of one is its item. */
char *openapi_text(const json_t *value);

/* Returns "?..." with all parameters of a run, each with its cheapest value, but for those that stand in more
 * ("mode=serial,epoll&repeat=2"); owned by the caller. Of two that exclude each other (x-unless) it is the
 * one that does not say so which must stand in more, or it is left out. */
char *openapi_cheap_query(const ApiServer *server, const Operation *operation, const char *more);

/* Returns more with a parameter that excludes others, for a second request, owned by the caller; NULL if
 * there is none. */
char *openapi_excluding(const ApiServer *server, const Operation *operation, const char *more);

/* Returns the schema of an operation's JSON body, or NULL if it takes none. Borrowed. */
const json_t *openapi_body(const Operation *operation);

/* Whether it documents answers with this status. */
bool openapi_has_status(const Operation *operation, long status);

/* Asserts that the answer's status is documented (by itself or, with others, as 4XX) and that headers, media
 * type and body are as it says. */
void openapi_assert_documented(const Operation *operation, const ApiAnswer *answer, bool others);

/* Asserts that an event of the operation's stream has a name that is documented, and data as it says. */
void openapi_assert_event(const Operation *operation, const ApiEvent *event);
