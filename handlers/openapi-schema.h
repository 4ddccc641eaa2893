/* From the description of a parameter (see catalog_parameter_json()) to what an OpenAPI document says of it.
 *
 * Nothing here knows of routes or experiments. A description is read only and stays the caller's. */
#pragma once

#include <jansson.h>

/* Returns the JSON Schema of one, a new object: a list is an array, and what has no default has none. */
json_t *openapi_schema(const json_t *description);

/* Returns it as a parameter of the query, a new object. Lists have commas between their items. */
json_t *openapi_parameter(const json_t *description);

/* Returns the JSON Schema of an object with all of them, and nothing else, a new object. */
json_t *openapi_schema_of_all(const json_t *descriptions);

/* Returns a body, a form or JSON, that follows a schema of this name, a new object. */
json_t *openapi_body(const json_t *descriptions, const char *schema_name);
