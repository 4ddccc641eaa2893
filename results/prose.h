/* The lines above and below the table; private to this folder. */
#pragma once

#include <jansson.h>

#include "results/paragraph.h"

/* A title, then name=value for all that the cells have in common. */
void prose_title(const Prose *prose, const char *title, const json_t *cells);

/* What was run, with all that the cells have in common; how often; what went wrong. */
void prose_heading(const Prose *prose, const json_t *run);

/* After an empty line: a title, then name=value for each pair of the object. */
void prose_settings(const Prose *prose, const char *title, json_t *settings);

/* Why cells of a run failed, and what would help where nothing can be told, also of two runs; equal notes are
 * said once. */
void prose_notes(const Prose *prose, const json_t *cells, const json_t *varying);

/* The lesson and the machine. */
void prose_closing(const Prose *prose, const json_t *run);
