/* One parameter: its description as the catalog shows it, and the check of a given value against it.
 *
 * A description is a JSON object {name, type, help, unit, min, max, max_length, choices, aliases, default,
 * list, format, times}. Types are integer, choice and text; a list parameter takes several values with commas
 * between them; of a URL, times is the parameter that says how often each task gets it. The same object feeds
 * the check, GET /experiments and the page's forms. */
#pragma once

#include <jansson.h>

#include "base/problem.h"

/* Checks one given value (a string as typed, or JSON) against its description. Returns a new reference to
 * the typed value, an array for a list parameter; NULL with the problem extended if it does not fit. */
json_t *param_check(const json_t *description, const json_t *given, Problem *problem);

/* The description called name in an array of them, or NULL. Borrowed. */
json_t *param_find(const json_t *descriptions, const char *name);
