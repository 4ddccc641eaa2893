#include "plan/param.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/number.h"
#include "plan/url.h"

static const char *member(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* {min, max} or {choices} of a description, for the error that names what is allowed. */
static json_t *allowed(const json_t *description)
{
    static const char *const keys[] = {"min", "max", "max_length", "choices"};
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        json_t *value = json_object_get(description, keys[i]);

        if (value)
            json_object_set(object, keys[i], value);
    }
    return object;
}

static json_t *refuse(const json_t *description, const json_t *given, Problem *problem, const char *reason)
{
    problem_add(
        problem, member(description, "name"), json_deep_copy(given), allowed(description), "%s", reason);
    return NULL;
}

static json_t *check_integer(const json_t *description, const json_t *given, Problem *problem)
{
    const json_t *min = json_object_get(description, "min"), *max = json_object_get(description, "max");
    int64_t value = 0;
    int r = -EINVAL;

    if (json_is_integer(given)) {
        value = json_integer_value(given);
        r = 0;
    } else if (json_is_real(given) && json_real_value(given) >= -9e15 && json_real_value(given) <= 9e15) {
        value = (int64_t)json_real_value(given);
        r = (double)value < json_real_value(given) || (double)value > json_real_value(given) ? -EINVAL : 0;
    } else if (json_is_string(given)) {
        r = number_parse(json_string_value(given), json_string_length(given), &value);
    }
    if (r == -EINVAL)
        return refuse(description, given, problem, "must be a whole number");
    if (r < 0 || (min && value < json_integer_value(min)) || (max && value > json_integer_value(max))) {
        problem_add(problem, member(description, "name"), json_deep_copy(given), allowed(description),
            "must be from %lld to %lld", (long long)json_integer_value(min),
            (long long)json_integer_value(max));
        return NULL;
    }
    return json_integer(value);
}

static json_t *check_choice(const json_t *description, const json_t *given, Problem *problem)
{
    const json_t *choices = json_object_get(description, "choices");
    const char *text = json_is_true(given) ? "on" : json_is_false(given) ? "off" : json_string_value(given);
    const char *meant = text ? member(json_object_get(description, "aliases"), text) : NULL;
    size_t i;
    json_t *choice;

    if (meant)
        text = meant;
    if (text)
        json_array_foreach (choices, i, choice)
            if (strcmp(json_string_value(choice), text) == 0)
                return json_incref(choice);
    return refuse(description, given, problem, "is not one of the choices");
}

static json_t *check_text(const json_t *description, const json_t *given, Problem *problem)
{
    const json_t *max = json_object_get(description, "max_length");
    const char *format = member(description, "format");

    if (!json_is_string(given))
        return refuse(description, given, problem, "must be text");
    if (memchr(json_string_value(given), '\0', json_string_length(given)))
        return refuse(description, given, problem, "has a NUL byte");
    if (max && json_string_length(given) > (size_t)json_integer_value(max))
        return refuse(description, given, problem, "is too long");
    if (format && strcmp(format, "url") == 0) {
        const char *reason = url_complaint(json_string_value(given));

        if (reason)
            return refuse(description, given, problem, reason);
    }
    return json_copy((json_t *)given);
}

static json_t *check_one(const json_t *description, const json_t *given, Problem *problem)
{
    const char *type = member(description, "type");

    if (json_is_string(given) && json_string_length(given) == 0 && strcmp(type, "text") != 0)
        return refuse(description, given, problem, "is empty");
    if (strcmp(type, "integer") == 0)
        return check_integer(description, given, problem);
    if (strcmp(type, "choice") == 0)
        return check_choice(description, given, problem);
    return check_text(description, given, problem);
}

/* Every bad item is named; a value that stands twice would only measure the same cell twice. */
static json_t *check_items(
    const json_t *description, const json_t *items, const json_t *given, Problem *problem)
{
    json_t *values = json_array(), *item, *other;
    bool good = json_array_size(items) > 0;
    size_t i, k;

    if (!good)
        refuse(description, given, problem, "is empty");
    json_array_foreach (items, i, item) {
        json_t *value;

        if (json_is_string(item) && json_string_length(item) == 0) {
            refuse(description, given, problem, "has an empty item");
            good = false;
            break;
        }
        value = check_one(description, item, problem);
        if (!value) {
            good = false;
            continue;
        }
        json_array_foreach (values, k, other) {
            if (json_equal(other, value)) {
                refuse(description, item, problem, "stands twice in the list");
                good = false;
                break;
            }
        }
        json_array_append_new(values, value);
    }
    if (good)
        return values;
    json_decref(values);
    return NULL;
}

static json_t *split(const char *text)
{
    json_t *items = json_array();

    for (;;) {
        size_t length = strcspn(text, ",");

        json_array_append_new(items, json_stringn(text, length));
        if (text[length] == '\0')
            return items;
        text += length + 1;
    }
}

json_t *param_check(const json_t *description, const json_t *given, Problem *problem)
{
    json_auto_t *items = NULL;

    if (!json_is_true(json_object_get(description, "list")))
        return check_one(description, given, problem);
    if (json_is_array(given))
        items = json_incref((json_t *)given);
    else if (json_is_string(given) && json_string_length(given) > 0)
        items = split(json_string_value(given));
    else if (json_is_string(given))
        return refuse(description, given, problem, "is empty");
    else
        items = json_pack("[O]", given);
    return check_items(description, items, given, problem);
}

json_t *param_find(const json_t *descriptions, const char *name)
{
    size_t i;
    json_t *description;

    json_array_foreach (descriptions, i, description)
        if (strcmp(member(description, "name"), name) == 0)
            return description;
    return NULL;
}
