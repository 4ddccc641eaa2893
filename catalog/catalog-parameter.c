/* A parameter as a catalog describes it, read and written.
 *
 * The same struct serves the parameters of experiments and of locks, and those that all requests have, which
 * are made elsewhere. What is read here is therefore held to be right by everybody: the check of a request,
 * the form on the page and /openapi.json use its range and its default without asking again. */
#include <string.h>

#include "catalog/shapes.h"

/* What every cell has. A parameter of that name would stand beside it in requests, terms and tables, and one
 * name would mean two things. */
static const char *const cell_names[] = {"experiment", "runtime", "mode", "lock", "tasks", "cpus"};

static bool parameter_is_listed(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

/* In the order of CatalogType. */
static const char *const type_words[] = {"integer", "choice", "text", NULL};

/* Which members make sense depends on the type, which the table cannot say: parameter_check() does. */
static const Member parameter_members[] = {
    {"name", MEMBER_NAME, AT(CatalogParameter, name)},
    {"type", MEMBER_WORD, AT(CatalogParameter, type), .words = type_words},
    {"help", MEMBER_TEXT, AT(CatalogParameter, help)},
    {"unit", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogParameter, unit)},
    {"list", MEMBER_FLAG, MEMBER_OPTIONAL, AT(CatalogParameter, list)},
    {"sized", MEMBER_FLAG, MEMBER_OPTIONAL, AT(CatalogParameter, sized)},
    {"min", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogParameter, min)},
    {"max", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogParameter, max)},
    {"max_length", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogParameter, max_length), .min = 1, .max = 65536},
    {"format", MEMBER_NAME, MEMBER_OPTIONAL, AT(CatalogParameter, format)},
    {"times", MEMBER_NAME, MEMBER_OPTIONAL, AT(CatalogParameter, times)},
    {"unless", MEMBER_NAME, MEMBER_OPTIONAL, AT(CatalogParameter, unless)},
    {"choices", MEMBER_SET, MEMBER_OPTIONAL, AT_ALL(CatalogParameter, choices, n_choices)},
    {"default", MEMBER_VALUE, AT(CatalogParameter, fallback)},
};

/* JSON null is a value of texts only: no URL is given. The length of a text is that of its bytes in UTF-8. */
bool catalog_parameter_takes(const CatalogParameter *parameter, const json_t *value)
{
    switch (parameter->type) {
    case CATALOG_INTEGER:
        return json_is_integer(value) && json_integer_value(value) >= parameter->min &&
               json_integer_value(value) <= parameter->max;
    case CATALOG_CHOICE:
        return json_is_string(value) &&
               parameter_is_listed(json_string_value(value), parameter->choices, parameter->n_choices);
    case CATALOG_TEXT:
        return json_is_null(value) ||
               (json_is_string(value) && (parameter->max_length == 0 ||
                                             json_string_length(value) <= (size_t)parameter->max_length));
    }
    return false;
}

/* A default is used without being checked again, as if somebody had given it: so it must be as good. A list
 * must have a value at least, or a request without the parameter would span a grid of no cells.
 * json_array_foreach() over what is no array does nothing, so a single value is checked once, by the line
 * before it. */
static bool parameter_check_default(Reader *reader, const Place *place, const CatalogParameter *parameter)
{
    const Place at = {.in = place, .member = "default"};
    bool good = !parameter->list || json_array_size(parameter->fallback) > 0;
    json_t *value;
    size_t i;

    if (!parameter->list)
        good = catalog_parameter_takes(parameter, parameter->fallback);
    json_array_foreach (parameter->fallback, i, value)
        good = good && catalog_parameter_takes(parameter, value);
    return good || reader_complain(reader, &at, "is no value that the parameter can have");
}

/* {"0": "off", "1": "on"}: other names that are accepted for choices. The members of the object are no list
 * that a table could name, so it is read by hand. An alias that is a choice itself would hide it. */
static bool parameter_read_aliases(
    Reader *reader, const Place *place, const json_t *json, CatalogParameter *parameter)
{
    const Place at = {.in = place, .member = "aliases"};
    CatalogAlias *aliases = memo_take(reader->memo, json_object_size(json), sizeof(*aliases));
    const char *name;
    json_t *means;

    if (!json || json_is_null(json))
        return true;
    if (!json_is_object(json))
        return reader_refuse(reader, &at, "an object", json);
    if (parameter->type != CATALOG_CHOICE)
        return reader_complain(reader, &at, "must not be, for a parameter that is not of type choice");
    parameter->aliases = aliases;
    json_object_foreach ((json_t *)json, name, means) {
        const Place alias = {.in = &at, .member = name};

        if (!reader_check_name(reader, &alias, name))
            return false;
        if (parameter_is_listed(name, parameter->choices, parameter->n_choices))
            return reader_complain(reader, &alias, "is a choice itself");
        if (!json_is_string(means))
            return reader_refuse(reader, &alias, "one of the choices", means);
        if (!parameter_is_listed(json_string_value(means), parameter->choices, parameter->n_choices))
            return reader_complain(reader, &alias, "must be one of the choices");
        aliases[parameter->n_aliases++] = (CatalogAlias){name, json_string_value(means)};
    }
    return true;
}

/* A parameter without a range would let a request ask for anything, and every estimate would be open
 * upwards. */
static bool parameter_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogParameter *parameter = target;
    const Place name = {.in = place, .member = "name"}, min = {.in = place, .member = "min"};
    const Place choices = {.in = place, .member = "choices"};

    if (parameter_is_listed(parameter->name, cell_names, ARRAY_LENGTH(cell_names)))
        return reader_complain(reader, &name, "must not be \"%s\", which all cells have", parameter->name);
    if (parameter->type == CATALOG_INTEGER &&
        (!json_object_get(json, "min") || !json_object_get(json, "max")))
        return reader_complain(reader, &min, "must be there with max, for a parameter of type integer");
    if (parameter->min > parameter->max)
        return reader_complain(reader, &min, "must not be above max");
    if (parameter->type == CATALOG_CHOICE && parameter->n_choices == 0)
        return reader_complain(reader, &choices, "must have an item, for a parameter of type choice");
    return parameter_read_aliases(reader, place, json_object_get(json, "aliases"), parameter) &&
           parameter_check_default(reader, place, parameter);
}

const Shape shape_parameter = SHAPE(CatalogParameter, parameter_members, parameter_check);

static json_t *parameter_choices_json(const char *const *texts, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *parameter_aliases_json(const CatalogParameter *parameter)
{
    json_t *object = json_object();

    for (size_t i = 0; i < parameter->n_aliases; i++)
        json_object_set_new(object, parameter->aliases[i].name, json_string(parameter->aliases[i].means));
    return object;
}

/* What a row says nothing about is left out, so that a description is as short as the engine writes it. All
 * values of the table are made first and given back in the end, whether they were used or not.
 * json_string(NULL) is NULL, and json_decref() takes that. */
json_t *catalog_parameter_json(const CatalogParameter *parameter)
{
    static const char *const types[] = {
        [CATALOG_INTEGER] = "integer", [CATALOG_CHOICE] = "choice", [CATALOG_TEXT] = "text"};
    const struct {
        const char *name;
        bool given;
        json_t *value;
    } rows[] = {
        {"unit", parameter->unit, json_string(parameter->unit)},
        {"min", parameter->type == CATALOG_INTEGER, json_integer(parameter->min)},
        {"max", parameter->type == CATALOG_INTEGER, json_integer(parameter->max)},
        {"max_length", parameter->max_length > 0, json_integer(parameter->max_length)},
        {"format", parameter->format, json_string(parameter->format)},
        {"times", parameter->times, json_string(parameter->times)},
        {"unless", parameter->unless, json_string(parameter->unless)},
        {"choices", parameter->n_choices > 0,
            parameter_choices_json(parameter->choices, parameter->n_choices)},
        {"aliases", parameter->n_aliases > 0, parameter_aliases_json(parameter)},
        {"default", parameter->fallback, json_incref((json_t *)parameter->fallback)},
        {"list", parameter->list, json_true()},
        {"sized", parameter->sized, json_true()},
        {"required", parameter->required, json_true()},
    };
    json_t *object = json_pack(
        "{s:s, s:s, s:s}", "name", parameter->name, "type", types[parameter->type], "help", parameter->help);

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (rows[i].given)
            json_object_set(object, rows[i].name, rows[i].value);
        json_decref(rows[i].value);
    }
    return object;
}
