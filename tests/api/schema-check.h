/* A small reader of JSON Schema: as much of it as the OpenAPI document of the server uses. A keyword that it
 * does not know is an error, so that none is passed over. */
#pragma once

#include <jansson.h>

/* Returns what a {"$ref": "#/..."} of the document leads to, or the node itself. Borrowed. Asserts that it
 * leads somewhere. */
const json_t *schema_resolve(const json_t *document, const json_t *node);

/* Returns why the value does not follow the schema, with the place where, owned by the caller; or NULL if it
 * does. */
char *schema_complaint(const json_t *document, const json_t *schema, const json_t *value);
