/* One description feeds the check of a request, the form on the page and this schema. So a range in the
 * document is the one that is enforced, or it is missing in all three. */
#include "handlers/openapi-schema.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static const char *schema_text_of(const json_t *description, const char *key)
{
    return json_string_value(json_object_get(description, key));
}

static bool schema_is_true_of(const json_t *description, const char *key)
{
    return json_is_true(json_object_get(description, key));
}

/* The help, the unit, with what it has no meaning, and what else may be written for a choice. */
static json_t *schema_words_of(const json_t *description)
{
    const char *unit = schema_text_of(description, "unit"), *alias;
    const char *unless = schema_text_of(description, "unless");
    auto_free char *text = text_printf("%s%s%s%s%s", schema_text_of(description, "help"), unit ? "; in " : "",
        unit ? unit : "", unless ? "; refused together with " : "", unless ? unless : "");
    json_t *meant;

    json_object_foreach (json_object_get(description, "aliases"), alias, meant) {
        auto_free char *shorter = text;

        text = text_printf("%s; %s means %s", shorter, alias, json_string_value(meant));
    }
    return json_string(text);
}

static void schema_copy_keyword(
    json_t *schema, const char *keyword, const json_t *description, const char *key)
{
    json_t *value = json_object_get(description, key);

    if (value && !json_is_null(value))
        json_object_set(schema, keyword, value);
}

/* Without the default, which of a list is one of the whole. */
static json_t *schema_of_one(const json_t *description)
{
    bool is_integer = strcmp(schema_text_of(description, "type"), "integer") == 0;
    const char *format = schema_text_of(description, "format");
    json_t *schema;

    /* The parameters of an experiment, which stand at its path. */
    if (strcmp(schema_text_of(description, "type"), "request") == 0)
        return json_pack("{s:[s, s], s:b}", "type", "object", "string", "additionalProperties", 1);
    schema = json_pack("{s:s}", "type", is_integer ? "integer" : "string");
    schema_copy_keyword(schema, "minimum", description, "min");
    schema_copy_keyword(schema, "maximum", description, "max");
    schema_copy_keyword(schema, "enum", description, "choices");
    schema_copy_keyword(schema, "maxLength", description, "max_length");
    if (format && strcmp(format, "url") == 0)
        json_object_set_new(schema, "format", json_string("uri"));
    return schema;
}

json_t *openapi_schema(const json_t *description)
{
    json_t *schema = schema_of_one(description);

    if (schema_is_true_of(description, "list"))
        schema = json_pack(
            "{s:s, s:o, s:i, s:b}", "type", "array", "items", schema, "minItems", 1, "uniqueItems", 1);
    schema_copy_keyword(schema, "default", description, "default");
    return schema;
}

/* A list is one parameter with commas in it, "tasks=1,2,4": in OpenAPI's words of style "form", not
 * exploded. */
json_t *openapi_parameter(const json_t *description)
{
    json_t *parameter = json_pack("{s:s, s:s, s:o, s:o}", "name", schema_text_of(description, "name"), "in",
        "query", "description", schema_words_of(description), "schema", openapi_schema(description));

    schema_copy_keyword(parameter, "x-unless", description, "unless");
    if (schema_is_true_of(description, "required"))
        json_object_set_new(parameter, "required", json_true());
    if (schema_is_true_of(description, "list")) {
        json_object_set_new(parameter, "style", json_string("form"));
        json_object_set_new(parameter, "explode", json_false());
    }
    return parameter;
}

json_t *openapi_schema_of_all(const json_t *descriptions)
{
    json_t *properties = json_object(), *description;
    size_t i;

    json_array_foreach (descriptions, i, description) {
        json_t *schema = openapi_schema(description);

        json_object_set_new(schema, "description", schema_words_of(description));
        json_object_set_new(properties, schema_text_of(description, "name"), schema);
    }
    return json_pack(
        "{s:s, s:o, s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
}

/* Of two experiments that call different things by one name, the value may be either's. */
static void schema_add_value(json_t *properties, const char *name, json_t *schema)
{
    const json_t *other = json_object_get(properties, name);

    if (other && !json_equal(other, schema))
        json_object_set_new(properties, name, json_pack("{s:[O, O]}", "anyOf", other, schema));
    else
        json_object_set(properties, name, schema);
    json_decref(schema);
}

void openapi_add_values(json_t *properties, const json_t *descriptions, bool as_lists)
{
    size_t i;
    json_t *description;

    json_array_foreach (descriptions, i, description) {
        const char *type = strcmp(schema_text_of(description, "type"), "integer") == 0 ? "integer" : "string";

        schema_add_value(properties, schema_text_of(description, "name"),
            as_lists && schema_is_true_of(description, "list")
                ? json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", type)
                : json_pack("{s:[s, s]}", "type", type, "null"));
    }
}

/* The same schema serves for a form and for JSON. Only a form needs to be told how a list is written. */
json_t *openapi_body(const json_t *descriptions, const char *schema_name)
{
    auto_free char *path = text_printf("#/components/schemas/%s", schema_name);
    json_t *form = json_pack("{s:{s:s}}", "schema", "$ref", path), *encoding = json_object(), *description;
    json_t *object = json_deep_copy(form);
    size_t i;

    json_array_foreach (descriptions, i, description)
        if (schema_is_true_of(description, "list"))
            json_object_set_new(encoding, schema_text_of(description, "name"),
                json_pack("{s:s, s:b}", "style", "form", "explode", 0));
    if (json_object_size(encoding) > 0)
        json_object_set(form, "encoding", encoding);
    json_decref(encoding);
    return json_pack(
        "{s:{s:o, s:o}}", "content", "application/json", object, "application/x-www-form-urlencoded", form);
}
