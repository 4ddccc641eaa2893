#include "fidelity/recorded.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static size_t common_length(const char *one, const char *other)
{
    size_t n = 0;

    while (one[n] && one[n] == other[n])
        n++;
    return n;
}

const char *recorded_python(const json_t *data, const char *real, const char *version)
{
    const char *best = NULL, *name;
    size_t longest = 0;
    json_t *python;

    json_object_foreach (json_object_get(data, "pythons"), name, python) {
        const char *is = json_string_value(json_object_get(python, "real"));
        const char *has = json_string_value(json_object_get(python, "version"));
        size_t length = has && version ? common_length(has, version) : 0;

        if (is && real && strcmp(is, real) == 0 && (!best || length > longest)) {
            best = name;
            longest = length;
        }
    }
    return best;
}

/* Whether a record is as one "field=value" says; numbers are compared as numbers. */
static bool agrees(const json_t *record, const char *item, size_t length)
{
    auto_free char *pair = text_printf("%.*s", (int)length, item);
    char *value = strchr(pair, '=');
    const json_t *is;

    if (!value)
        return false;
    *value++ = '\0';
    is = json_object_get(record, pair);
    return json_is_string(is) ? strcmp(json_string_value(is), value) == 0
                              : json_is_number(is) && json_number_value(is) == strtod(value, NULL);
}

static bool is_wanted(const json_t *record, const char *python, const char *where)
{
    const char *py = json_string_value(json_object_get(record, "py"));

    if (!py || strcmp(py, python) != 0)
        return false;
    for (const char *at = where; *at;) {
        size_t length = strcspn(at, " ");

        if (!agrees(record, at, length))
            return false;
        at += length;
        at += strspn(at, " ");
    }
    return true;
}

double recorded_figure(const json_t *data, const char *python, const FidelityRecorded *where)
{
    json_t *record;
    size_t i;

    if (!python || !where->list)
        return NAN;
    json_array_foreach (json_object_get(data, where->list), i, record) {
        const json_t *figure =
            is_wanted(record, python, where->where) ? json_object_get(record, where->field) : NULL;

        if (json_is_number(figure))
            return json_number_value(figure) * where->scale;
    }
    return NAN;
}
