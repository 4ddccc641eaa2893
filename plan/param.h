/* The check of one given value against the description of its parameter. It is the only way by which
 * something that a client sent becomes a value; behind it everything is typed and in its range. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"
#include "catalog/catalog.h"

/* Checks one given value: a string as typed, or JSON. Where a parameter is a list, several values may have
 * commas between them, and more than max_items are refused without a look at each: no list of a request may
 * have more values than there may be cells. Returns a new reference to the typed value, an array for a list;
 * NULL with the problem extended if it does not fit. given is borrowed. Relations between parameters are not
 * looked at here. */
json_t *param_check(
    const CatalogParameter *parameter, const json_t *given, int64_t max_items, Problem *problem);

/* Returns the choice that the text names, by its own name or by another one that is accepted for it; NULL if
 * there is none, as for a parameter without choices. text may be NULL. */
const char *param_choice(const CatalogParameter *parameter, const char *text);

/* What was given for a parameter, or NULL if nothing was; null stands for nothing. Borrowed. */
const json_t *param_given(const json_t *given, const char *name);

/* Whether the parameter has no meaning in this request, as the text that it names in unless is given. values
 * are those of all parameters; one that was refused is not among them. */
bool param_is_idle(const CatalogParameter *parameter, const json_t *given, const json_t *values);

/* Whether gilscope chooses the value: the parameter is a size, and none was given. Only such a value may be
 * made smaller. */
bool param_is_sized(const CatalogParameter *parameter, const json_t *given);
