/* Values held against schemas of the server's OpenAPI document, by check-schema.py: it is started with the
 * first question of a test and ends with the test. */
#pragma once

#include <jansson.h>

/* Returns what a {"$ref": "#/..."} of the document leads to, or the node itself. Borrowed. Asserts that it
 * leads somewhere. */
const json_t *schema_resolve(const json_t *document, const json_t *node);

/* Returns why the value does not follow the schema, with the place where, owned by the caller; or NULL if it
 * does. Asserts that the schemas of the document are schemas, and say of each object what may be in it. */
char *schema_complaint(const json_t *document, const json_t *schema, const json_t *value);

/* Ends the program, if it was started. */
void schema_check_end(void);
