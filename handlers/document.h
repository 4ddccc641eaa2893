/* The documents that are built into the program, as JSON. */
#pragma once

#include <jansson.h>

/* Returns the document of this name (see `documents` in handlers/meson.build), a new reference. It must be
 * one of them. */
json_t *document_load(const char *path);
