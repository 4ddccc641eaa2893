/* Names and values from a query string or a form body (application/x-www-form-urlencoded), strictly: bad
 * escapes, NUL bytes and repeated names are errors that name the parameter, never guesses. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/problem.h"

/* Adds one name with its value to the object; value may be NULL if its length is 0. Refuses a repeated name,
 * NUL bytes and what is not UTF-8 by adding to the problem. The values in the object are always texts; what
 * they mean is decided by whoever reads them. */
void form_add(json_t *object, const char *name, size_t name_length, const char *value, size_t value_length,
    Problem *problem);

/* Refuses a name that is given once more, with the value that came first and the other (taken over; NULL: it
 * cannot be shown). Two short texts are shown as the list that was probably meant. */
void form_refuse_again(Problem *problem, const char *name, const json_t *first, json_t *again);

/* Reads "a=1&b=2" of length bytes into the object, as strings; adds every bad pair to the problem. */
void form_parse(json_t *object, const char *text, size_t length, Problem *problem);

/* Decodes %XX in place and returns the new length, or -1 for a bad escape; then the text is changed in part.
 * No NUL is put behind it. plus_is_space as in a form: there a plus sign means a blank, in a path it does
 * not. */
long form_unescape(char *text, size_t length, int plus_is_space);
