/* The parameters of a route that are not those of an experiment: a table in route-parameters.c, which feeds
 * the check and the OpenAPI document. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "catalog/catalog.h"
#include "handlers/request.h"

typedef struct RouteParameter {
    const char *name, *help;
    CatalogType type;
    int64_t min, max;           /* of an integer */
    int max_length;             /* of a text, in bytes */
    const char *const *choices; /* of a choice; ends with NULL */
    int64_t fallback;           /* of an integer */
    bool required;
    bool request; /* the parameters of a run: an object, or a text as in a query, which is read as one */
} RouteParameter;

/* Returns the description of a row, a new object, see catalog_parameter_json(). */
json_t *query_describe(const RouteParameter *row);

/* Reads query and body and checks them against the rows of the request's route, which must have some (the
 * last one has no name). Returns a new object with a value for each row, null for what was not given and has
 * no default; or NULL with the problem set: unknown and bad parameters by name. */
json_t *query_read(const Request *request, Problem *problem);

/* The same for a handler that finds further faults by itself and tells all of them at once: returns what is
 * right of the values in any case, and null for the rest. */
json_t *query_read_all(const Request *request, Problem *problem);
