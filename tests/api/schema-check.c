#include "tests/api/schema-check.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

const json_t *schema_resolve(const json_t *document, const json_t *node)
{
    const char *path = json_string_value(json_object_get(node, "$ref"));
    const json_t *at = document;

    if (!path)
        return node;
    ck_assert_msg(strncmp(path, "#/", 2) == 0, "%s", path);
    for (path++; *path == '/';) {
        size_t length = strcspn(++path, "/");
        auto_free char *key = strndup(path, length);

        at = json_object_get(at, key);
        path += length;
    }
    ck_assert_msg(at, "nothing at %s", json_string_value(json_object_get(node, "$ref")));
    return schema_resolve(document, at);
}

/* A number without a fraction is an integer, however it is written. */
static bool is_type(const json_t *value, const char *type)
{
    static const struct {
        const char *name;
        json_type types[2];
    } names[] = {
        {"object", {JSON_OBJECT, JSON_OBJECT}},
        {"array", {JSON_ARRAY, JSON_ARRAY}},
        {"string", {JSON_STRING, JSON_STRING}},
        {"integer", {JSON_INTEGER, JSON_INTEGER}},
        {"number", {JSON_INTEGER, JSON_REAL}},
        {"boolean", {JSON_TRUE, JSON_FALSE}},
        {"null", {JSON_NULL, JSON_NULL}},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strcmp(names[i].name, type) == 0)
            return json_typeof(value) == names[i].types[0] || json_typeof(value) == names[i].types[1];
    ck_abort_msg("there is no type %s", type);
}

static bool is_one_of_types(const json_t *value, const json_t *types)
{
    size_t i;
    json_t *type;

    if (json_is_string(types))
        return is_type(value, json_string_value(types));
    json_array_foreach (types, i, type)
        if (is_type(value, json_string_value(type)))
            return true;
    return false;
}

static bool is_among(const json_t *value, const json_t *choices)
{
    size_t i;
    json_t *choice;

    json_array_foreach (choices, i, choice)
        if (json_equal(choice, value))
            return true;
    return false;
}

static size_t count_fitting(const json_t *document, const json_t *schemas, const json_t *value)
{
    size_t n = 0, i;
    json_t *schema;

    json_array_foreach (schemas, i, schema) {
        auto_free char *complaint = schema_complaint(document, schema, value);

        n += complaint == NULL;
    }
    return n;
}

/* Sets the place in front of a complaint. */
static char *within(const char *place, char *complaint)
{
    auto_free char *inner = complaint;

    return inner ? text_printf("%s: %s", place, inner) : NULL;
}

static char *check_members(const json_t *document, const json_t *schema, const json_t *value)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    const char *key;
    json_t *member, *name;
    size_t i;

    json_array_foreach (json_object_get(schema, "required"), i, name)
        if (json_is_object(value) && !json_object_get(value, json_string_value(name)))
            return text_printf("no %s", json_string_value(name));
    json_object_foreach ((json_t *)value, key, member) {
        const json_t *wanted = json_object_get(properties, key);
        char *complaint;

        if (!wanted && json_is_false(others))
            return text_printf("%s is not documented", key);
        if (!wanted)
            wanted = others;
        complaint = wanted ? within(key, schema_complaint(document, wanted, member)) : NULL;
        if (complaint)
            return complaint;
    }
    return NULL;
}

static char *check_items(const json_t *document, const json_t *schema, const json_t *value)
{
    const json_t *least = json_object_get(schema, "minItems"), *most = json_object_get(schema, "maxItems");
    const json_t *items = json_object_get(schema, "items");
    size_t i;
    json_t *item;

    if (!json_is_array(value))
        return NULL;
    if (least && (json_int_t)json_array_size(value) < json_integer_value(least))
        return text_printf("too few items");
    if (most && (json_int_t)json_array_size(value) > json_integer_value(most))
        return text_printf("too many items");
    json_array_foreach (value, i, item) {
        auto_free char *place = text_printf("%zu", i);
        char *complaint = items ? within(place, schema_complaint(document, items, item)) : NULL;

        if (complaint)
            return complaint;
    }
    return NULL;
}

static char *check_range(const json_t *schema, const json_t *value)
{
    const json_t *least = json_object_get(schema, "minimum"), *most = json_object_get(schema, "maximum");
    const json_t *length = json_object_get(schema, "maxLength");

    if (least && json_is_number(value) && json_number_value(value) < json_number_value(least))
        return text_printf("too small");
    if (most && json_is_number(value) && json_number_value(value) > json_number_value(most))
        return text_printf("too large");
    if (length && (json_int_t)json_string_length(value) > json_integer_value(length))
        return text_printf("too long");
    return NULL;
}

/* pattern and format are not looked at, only known. */
static void assert_known(const json_t *schema)
{
    static const char *const known[] = {"$ref", "type", "required", "properties", "additionalProperties",
        "items", "minItems", "maxItems", "uniqueItems", "enum", "const", "oneOf", "minimum", "maximum",
        "maxLength", "description", "default", "examples", "format", "pattern"};
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)schema, key, value) {
        size_t i = 0;

        while (i < ARRAY_LENGTH(known) && strcmp(known[i], key) != 0)
            i++;
        ck_assert_msg(i < ARRAY_LENGTH(known), "unknown keyword %s", key);
    }
}

char *schema_complaint(const json_t *document, const json_t *reference, const json_t *value)
{
    const json_t *schema = schema_resolve(document, reference);
    const json_t *types = json_object_get(schema, "type"), *choices = json_object_get(schema, "enum");
    const json_t *only = json_object_get(schema, "const"), *one = json_object_get(schema, "oneOf");
    char *complaint;

    assert_known(schema);
    if (types && !is_one_of_types(value, types))
        return text_printf("is of another type");
    if ((choices && !is_among(value, choices)) || (only && !json_equal(only, value)))
        return text_printf("is another value");
    if (one && count_fitting(document, one, value) != 1)
        return text_printf("fits %zu of the schemas", count_fitting(document, one, value));
    complaint = check_range(schema, value);
    if (!complaint)
        complaint = check_members(document, schema, value);
    return complaint ? complaint : check_items(document, schema, value);
}
