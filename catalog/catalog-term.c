/* Terms of time and memory, and the conditions under which they are there. A term names facts and parameters
 * of other parts of the document; a name that means nothing would make a cost that is never there, and so a
 * wrong estimate that nobody notices. */
#include <string.h>

#include "catalog/shapes.h"

/* A fact is a member that says yes or no, or one word. A name is none: a term that is there in the mode of
 * one name would be missing in the next mode that is like it, and nobody would notice. Numbers are no facts
 * either: a condition asks for equality, and a measured number equals nothing. */
static const Member *term_find_fact(const Shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->n_members; i++) {
        const Member *member = &shape->members[i];

        if (strcmp(member->name, name) == 0 && strcmp(name, "name") != 0 &&
            (member->kind == MEMBER_FLAG || member->kind == MEMBER_WORD || member->kind == MEMBER_NAME))
            return member;
    }
    return NULL;
}

/* The prefix tells a fact from a parameter, and no parameter can be mistaken for one: it would be looked up
 * in the table of facts and not be found there. A flag compared with a text, or a word with true, would
 * never be equal, so the condition would silently never hold: both are refused here. */
static bool term_read_condition(
    Reader *reader, const Place *place, const char *key, const json_t *value, CatalogCondition *ret)
{
    static const struct {
        const char *prefix;
        int of;
        const Shape *shape;
    } rows[] = {{"mode.", CATALOG_OF_MODE, &shape_mode}, {"lock.", CATALOG_OF_LOCK, &shape_lock}};

    *ret = (CatalogCondition){.of = CATALOG_OF_PARAMETER, .name = key, .value = value};
    if (json_is_object(value) || json_is_array(value) || json_is_null(value))
        return reader_refuse(reader, place, "true, false, a number or a text", value);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        size_t length = strlen(rows[i].prefix);
        const Member *fact;

        if (strncmp(key, rows[i].prefix, length) != 0)
            continue;
        fact = term_find_fact(rows[i].shape, key + length);
        if (!fact)
            return reader_complain(reader, place, "there is no such fact");
        if ((fact->kind == MEMBER_FLAG) != json_is_boolean(value))
            return reader_refuse(
                reader, place, fact->kind == MEMBER_FLAG ? "true or false" : "a text", value);
        ret->of = rows[i].of;
        ret->name = key + length;
    }
    return true;
}

/* What is no fact is taken for a parameter, and looked at when all parameters are known. At this moment the
 * parameters of the experiment may stand further down in the document. Without the object there is no
 * condition, and the thing is true of every cell; that is not the same as CatalogConditions of zeros, which
 * is true of none. */
static bool term_read_conditions(
    Reader *reader, const Place *place, const json_t *json, CatalogConditions *conditions)
{
    CatalogCondition *list = memo_take(reader->memo, json_object_size(json), sizeof(*list));
    const char *key;
    json_t *value;

    *conditions = (CatalogConditions){.list = list, .given = true};
    if (!json)
        return true;
    if (!json_is_object(json))
        return reader_refuse(reader, place, "an object", json);
    json_object_foreach ((json_t *)json, key, value) {
        const Place at = {.in = place, .member = key};

        if (!term_read_condition(reader, &at, key, value, &list[conditions->n++]))
            return false;
    }
    return true;
}

/* A parameter of the experiment is tried first, then one of any lock. A value that the parameter can never
 * have would make a term that is never there, as a misspelt name would. */
static bool term_check_condition(Reader *reader, const Place *place, const CatalogExperiment *experiment,
    const CatalogCondition *condition)
{
    const CatalogParameter *parameter = catalog_parameter(experiment, condition->name);

    if (condition->of != CATALOG_OF_PARAMETER)
        return true;
    if (!parameter)
        parameter = catalog_lock_parameter(reader->root, condition->name);
    if (!parameter)
        return reader_complain(reader, place, "there is no such fact or parameter");
    return catalog_parameter_takes(parameter, condition->value) ||
           reader_complain(reader, place, "is no value that the parameter can have");
}

bool shape_check_conditions(Reader *reader, const Place *place, const CatalogExperiment *experiment,
    const CatalogConditions *conditions)
{
    for (size_t i = 0; i < conditions->n; i++) {
        const CatalogCondition *condition = &conditions->list[i];
        const Place at = {.in = place, .member = condition->name};

        if (!term_check_condition(reader, &at, experiment, condition))
            return false;
    }
    return true;
}

/* Both lists are in the order of their enums. */
static const char *const cost_words[] = {"cpu", "outside", "wait", NULL};
static const char *const memory_words[] = {"cell", "task", NULL};

static const Member cost_members[] = {
    {"kind", MEMBER_WORD, AT(CatalogCost, kind), .words = cost_words},
    {"ns", MEMBER_NUMBER, AT(CatalogCost, term.amount), .min = 0, .max = 1e15},
    {"times", MEMBER_NAMES, MEMBER_OPTIONAL, AT_ALL(CatalogCost, term.times, term.n_times)},
};

static const Member memory_members[] = {
    {"per", MEMBER_WORD, AT(CatalogMemory, per), .words = memory_words},
    {"bytes", MEMBER_NUMBER, AT(CatalogMemory, term.amount), .min = 0, .max = 1e15},
    {"times", MEMBER_NAMES, MEMBER_OPTIONAL, AT_ALL(CatalogMemory, term.times, term.n_times)},
};

bool shape_read_only_if(Reader *reader, const Place *place, const json_t *json, CatalogConditions *ret)
{
    const Place at = {.in = place, .member = "only_if"};

    return term_read_conditions(reader, &at, json_object_get(json, "only_if"), ret);
}

/* only_if is an object with any names, which no table can list; so it is read by hand. */
static bool cost_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogCost *cost = target;

    return shape_read_only_if(reader, place, json, &cost->term.only_if);
}

static bool memory_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogMemory *memory = target;

    return shape_read_only_if(reader, place, json, &memory->term.only_if);
}

const Shape shape_cost = SHAPE(CatalogCost, cost_members, cost_check);
const Shape shape_memory = SHAPE(CatalogMemory, memory_members, memory_check);

/* "tasks" and "cpus" are numbers that every cell has, and no parameter may be called so (see
 * catalog-parameter.c). A text as a factor would count as 0 and make its term vanish. */
bool shape_is_factor(const Reader *reader, const CatalogExperiment *experiment, const char *name)
{
    const CatalogParameter *parameter = catalog_parameter(experiment, name);

    if (!parameter)
        parameter = catalog_lock_parameter(reader->root, name);
    if (parameter)
        return parameter->type == CATALOG_INTEGER;
    return strcmp(name, "tasks") == 0 || strcmp(name, "cpus") == 0;
}

bool shape_check_term(
    Reader *reader, const Place *place, const CatalogExperiment *experiment, const CatalogTerm *term)
{
    const Place times = {.in = place, .member = "times"}, only_if = {.in = place, .member = "only_if"};

    for (size_t i = 0; i < term->n_times; i++) {
        const Place item = {.in = &times, .index = i};

        if (!shape_is_factor(reader, experiment, term->times[i]))
            return reader_complain(
                reader, &item, "there is no parameter \"%s\" that is a number", term->times[i]);
    }
    return shape_check_conditions(reader, &only_if, experiment, &term->only_if);
}
