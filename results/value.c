/* The limit of a number leaves room to add a few of them up without an overflow. It is the same for every
 * whole number of an event.
 *
 * What a runtime wrote is shown in part only: a text may be as long as its line, and have anything in it. */
#include "results/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

enum { SHOWN = 60 }; /* bytes of a text */

bool value_is_absent(const json_t *value)
{
    return !value || json_is_null(value);
}

int value_read_integer(const json_t *value, int64_t *ret)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > VALUE_MAX)
        return -EINVAL;
    *ret = json_integer_value(value);
    return 0;
}

char *value_shown(const json_t *value)
{
    size_t length = json_string_length(value);
    auto_free char *clean = NULL;

    if (json_is_array(value))
        return text_copy("a list");
    if (json_is_object(value))
        return text_copy("an object");
    if (!json_is_string(value))
        return json_dumps(value, JSON_ENCODE_ANY);
    clean = utf8_clean(json_string_value(value), length < SHOWN ? length : SHOWN);
    return text_printf("\"%s%s\"", clean, length > SHOWN ? "..." : "");
}

bool value_refuse(Reader *reader, const Place *place, const json_t *value, const char *wanted)
{
    auto_free char *shown = value ? value_shown(value) : NULL;

    return shown ? reader_complain(reader, place, "must be %s, is %s", wanted, shown)
                 : reader_complain(reader, place, "must be %s, is missing", wanted);
}

bool value_read_whole(Reader *reader, const Place *place, const json_t *value, int64_t min, int64_t *ret)
{
    int64_t number;
    auto_free char *wanted = NULL;

    if (value_read_integer(value, &number) == 0 && number >= min) {
        *ret = number;
        return true;
    }
    wanted = text_printf("a whole number from %lld to %lld", (long long)min, (long long)VALUE_MAX);
    return value_refuse(reader, place, value, wanted);
}

bool value_read_optional(Reader *reader, const Place *place, const json_t *value, int64_t *ret)
{
    return value_is_absent(value) || value_read_whole(reader, place, value, 0, ret);
}

bool value_read_text(Reader *reader, const Place *place, const json_t *value, const char **ret)
{
    if (!json_is_string(value))
        return value_refuse(reader, place, value, "a text");
    if (json_string_length(value) > VALUE_MAX_TEXT)
        return reader_complain(reader, place, "must be a text of at most %d bytes, has %zu", VALUE_MAX_TEXT,
            json_string_length(value));
    *ret = json_string_value(value);
    return true;
}
