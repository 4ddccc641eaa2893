/* The OpenAPI document of this server: what is always the same stands in openapi.json; paths, operations and
 * parameters are added from the table of routes and the catalog, with the ranges and defaults in force. So it
 * cannot say anything else than the server does. */
#pragma once

#include "handlers/app.h"

/* Returns the document, a new object. */
json_t *openapi_make(const App *app);
