/* How much there is in JSON that somebody else wrote, before work is done for it. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether lists and objects stand inside one another at most so many times: a number needs 0, a list of
 * numbers 1. */
bool bounds_depth_is_within(const json_t *value, int depth);

/* Returns about how many values a text has that may be JSON: never fewer than there are by more than one. Far
 * cheaper than to read it: a list of a million empty lists is 3 MB long, and takes 100 MB and much of a
 * second.
 */
size_t bounds_count_values(const char *text, size_t length);
