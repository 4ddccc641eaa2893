/* From the description of a parameter (see catalog_parameter_json()) to what an OpenAPI document says of it.
 *
 * Nothing here knows of routes or experiments. A description is read only and stays the caller's. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* Returns the JSON Schema of one, a new object: a list is an array, and what has no default has none. */
json_t *openapi_schema(const json_t *description);

/* Returns it as a parameter of the query, a new object. Lists have commas between their items. */
json_t *openapi_parameter(const json_t *description);

/* Returns the JSON Schema of an object with all of them, and nothing else, a new object. */
json_t *openapi_schema_of_all(const json_t *descriptions);

/* Adds what a value that was given or filled in looks like, by its parameter's name, to the properties of a
 * schema. With as_lists, where it is a list, as in the request of a run; else as in a cell, which has one of
 * the list. Types alone: a value that gilscope chose need not be one that a client may give. */
void openapi_add_values(json_t *properties, const json_t *descriptions, bool as_lists);

/* Returns a body, a form or JSON, that follows a schema of this name, a new object. */
json_t *openapi_body(const json_t *descriptions, const char *schema_name);
