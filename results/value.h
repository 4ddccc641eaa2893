/* Values in the events of a runtime: reads them, and says to the author of the runtime what is wrong with one
 * of them: "per_task[3].end_ns: must be a whole number from 0 to 1000000000000000000, is \"7\"". The first
 * complaint of a Reader stays (catalog/schema.h). */
#pragma once

#include <stdint.h>

#include "catalog/schema.h"

#define VALUE_MAX INT64_C(1000000000000000000) /* 31 years, or an exabyte */

enum {
    VALUE_MAX_TEXT = 8192, /* bytes of a reason or a message */
};

/* The place of a member of the event itself, for as long as the block that it is named in. */
#define VALUE_AT(name) (&(Place){.in = &(Place){0}, .member = (name)})

/* Null means the same as leaving a member out: a runtime may say that it does not know. */
bool value_is_absent(const json_t *value);

/* Reads an integer between 0 and 10^18. Returns 0, or -EINVAL and leaves *ret alone. */
int value_read_integer(const json_t *value, int64_t *ret);

/* The same, of at least min, for a value that stands in a place. Returns whether it is one; has complained if
 * not. */
bool value_read_whole(Reader *reader, const Place *place, const json_t *value, int64_t min, int64_t *ret);

/* The same for one that may be absent: *ret is left alone then. */
bool value_read_optional(Reader *reader, const Place *place, const json_t *value, int64_t *ret);

/* Reads a text that is not too long to be shown to a person, borrowed. */
bool value_read_text(Reader *reader, const Place *place, const json_t *value, const char **ret);

/* Says of the value that stands in a place what it must be ("an object"), and what it is. Returns false. */
bool value_refuse(Reader *reader, const Place *place, const json_t *value, const char *wanted);

/* Returns the value as it is shown in such a sentence, as "\"7\"", "a list" or "1.5"; owned by the caller. */
char *value_shown(const json_t *value);
