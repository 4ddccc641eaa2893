/* The schema of what a runtime says of itself: one table for each struct of catalog.h, and behind it what a
 * table cannot say, above all that whatever refers to something by its name finds it. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "catalog/catalog.h"
#include "catalog/schema.h"

/* The values that cells have besides their parameters, and that a term may be multiplied by. */
static const char *const cell_numbers[] = {"tasks", "cpus"};
/* So a parameter of an experiment or a lock must not be called like that, nor like a cell's other members. */
static const char *const cell_names[] = {"experiment", "runtime", "mode", "lock", "tasks", "cpus"};

#define AT(type, field) .offset = offsetof(type, field)
#define AT_ALL(type, field, count) .offset = offsetof(type, field), .count_offset = offsetof(type, count)
#define SHAPE(type, rows, checking)                                                                          \
    {                                                                                                        \
        .members = rows, .n_members = ARRAY_LENGTH(rows), .size = sizeof(type), .check = checking            \
    }

static bool is_listed(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

/* Parameters. */

static const char *const type_words[] = {"integer", "choice", "text", NULL};

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
    {"choices", MEMBER_SET, MEMBER_OPTIONAL, AT_ALL(CatalogParameter, choices, n_choices)},
    {"default", MEMBER_VALUE, AT(CatalogParameter, fallback)},
};

/* Whether a parameter can have this value. */
static bool takes(const CatalogParameter *parameter, const json_t *value)
{
    switch (parameter->type) {
    case CATALOG_INTEGER:
        return json_is_integer(value) && json_integer_value(value) >= parameter->min &&
               json_integer_value(value) <= parameter->max;
    case CATALOG_CHOICE:
        return json_is_string(value) &&
               is_listed(json_string_value(value), parameter->choices, parameter->n_choices);
    case CATALOG_TEXT:
        return json_is_null(value) ||
               (json_is_string(value) && (parameter->max_length == 0 ||
                                             json_string_length(value) <= (size_t)parameter->max_length));
    }
    return false;
}

static bool check_default(Reader *reader, const Place *place, const CatalogParameter *parameter)
{
    const Place at = {.in = place, .member = "default"};
    bool good = !parameter->list || json_array_size(parameter->fallback) > 0;
    json_t *value;
    size_t i;

    if (!parameter->list)
        good = takes(parameter, parameter->fallback);
    json_array_foreach (parameter->fallback, i, value)
        good = good && takes(parameter, value);
    return good || reader_complain(reader, &at, "is no value that the parameter can have");
}

static bool check_parameter(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const CatalogParameter *parameter = target;
    const Place name = {.in = place, .member = "name"}, min = {.in = place, .member = "min"};
    const Place choices = {.in = place, .member = "choices"};

    if (is_listed(parameter->name, cell_names, ARRAY_LENGTH(cell_names)))
        return reader_complain(reader, &name, "must not be \"%s\", which all cells have", parameter->name);
    if (parameter->type == CATALOG_INTEGER &&
        (!json_object_get(json, "min") || !json_object_get(json, "max")))
        return reader_complain(reader, &min, "must be there with max, for a parameter of type integer");
    if (parameter->min > parameter->max)
        return reader_complain(reader, &min, "must not be above max");
    if (parameter->type == CATALOG_CHOICE && parameter->n_choices == 0)
        return reader_complain(reader, &choices, "must have an item, for a parameter of type choice");
    return check_default(reader, place, parameter);
}

static const Shape parameter_shape = SHAPE(CatalogParameter, parameter_members, check_parameter);

/* Modes. */

static const Member task_members[] = {
    {"noun", MEMBER_NAME, AT(CatalogTask, noun)},
    {"ns", MEMBER_NUMBER, AT(CatalogTask, ns), .min = 0, .max = 1e12},
    {"bytes", MEMBER_INTEGER, AT(CatalogTask, bytes), .min = 0, .max = 1e12},
};

static const Shape task_shape = SHAPE(CatalogTask, task_members, NULL);

static const Member mode_members[] = {
    {"name", MEMBER_NAME, AT(CatalogMode, name)},
    {"summary", MEMBER_TEXT, AT(CatalogMode, summary)},
    {"aliases", MEMBER_SET, MEMBER_OPTIONAL, AT_ALL(CatalogMode, aliases, n_aliases)},
    {"usual", MEMBER_FLAG, AT(CatalogMode, usual)},
    {"baseline", MEMBER_FLAG, AT(CatalogMode, baseline)},
    {"side_by_side", MEMBER_FLAG, AT(CatalogMode, side_by_side)},
    {"shares_memory", MEMBER_FLAG, AT(CatalogMode, shares_memory)},
    {"one_loop", MEMBER_FLAG, AT(CatalogMode, one_loop)},
    {"task", MEMBER_PART, AT(CatalogMode, task), .shape = &task_shape},
};

static bool check_mode(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogMode *mode = target;

    (void)reader;
    (void)place;
    mode->json = json;
    return true;
}

static const Shape mode_shape = SHAPE(CatalogMode, mode_members, check_mode);

/* Locks. */

static const char *const whose_words[] = {"all", "task", NULL};

static const Member lock_members[] = {
    {"name", MEMBER_NAME, AT(CatalogLock, name)},
    {"title", MEMBER_TEXT, AT(CatalogLock, title)},
    {"summary", MEMBER_TEXT, AT(CatalogLock, summary)},
    {"usual", MEMBER_FLAG, AT(CatalogLock, usual)},
    {"exclusive", MEMBER_FLAG, AT(CatalogLock, exclusive)},
    {"whose", MEMBER_WORD, AT(CatalogLock, whose), .words = whose_words},
    {"models", MEMBER_NAME, MEMBER_NULLABLE, AT(CatalogLock, models)},
    {"crowding", MEMBER_NUMBER, AT(CatalogLock, crowding), .min = 0, .max = 1000},
    {"parameters", MEMBER_LIST, AT_ALL(CatalogLock, parameters, n_parameters), .shape = &parameter_shape},
};

/* Each parameter of a lock is an axis of the grid, and so a list of numbers. */
static bool check_lock(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const Place parameters = {.in = place, .member = "parameters"};
    CatalogLock *lock = target;

    lock->json = json;
    for (size_t i = 0; i < lock->n_parameters; i++) {
        const Place item = {.in = &parameters, .index = i}, list = {.in = &item, .member = "list"};

        if (!lock->parameters[i].list)
            return reader_complain(reader, &list, "must be true, for a parameter of a lock");
    }
    return true;
}

static const Shape lock_shape = SHAPE(CatalogLock, lock_members, check_lock);

static const CatalogParameter *find_parameter(
    const CatalogParameter *parameters, size_t n_parameters, const char *name)
{
    for (size_t i = 0; i < n_parameters; i++)
        if (strcmp(parameters[i].name, name) == 0)
            return &parameters[i];
    return NULL;
}

static const CatalogParameter *find_lock_parameter(const Catalog *catalog, const char *name)
{
    const CatalogParameter *found = NULL;

    for (size_t i = 0; i < catalog->n_locks && !found; i++)
        found = find_parameter(catalog->locks[i].parameters, catalog->locks[i].n_parameters, name);
    return found;
}

/* Conditions. */

/* A member of modes or locks that says yes or no, or a word. */
static const Member *find_fact(const Shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->n_members; i++) {
        const Member *member = &shape->members[i];

        if (strcmp(member->name, name) == 0 &&
            (member->kind == MEMBER_FLAG || member->kind == MEMBER_WORD || member->kind == MEMBER_NAME))
            return member;
    }
    return NULL;
}

static bool read_condition(
    Reader *reader, const Place *place, const char *key, const json_t *value, CatalogCondition *ret)
{
    static const struct {
        const char *prefix;
        int of;
        const Shape *shape;
    } rows[] = {{"mode.", CATALOG_OF_MODE, &mode_shape}, {"lock.", CATALOG_OF_LOCK, &lock_shape}};

    *ret = (CatalogCondition){.of = CATALOG_OF_PARAMETER, .name = key, .value = value};
    if (json_is_object(value) || json_is_array(value) || json_is_null(value))
        return reader_refuse(reader, place, "true, false, a number or a text", value);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        size_t length = strlen(rows[i].prefix);
        const Member *fact;

        if (strncmp(key, rows[i].prefix, length) != 0)
            continue;
        fact = find_fact(rows[i].shape, key + length);
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

/* A condition on a parameter is looked at later, when all parameters are known: see check_condition(). */
static bool read_conditions(
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

        if (!read_condition(reader, &at, key, value, &list[conditions->n++]))
            return false;
    }
    return true;
}

static bool check_condition(Reader *reader, const Place *place, const CatalogExperiment *experiment,
    const CatalogCondition *condition)
{
    const CatalogParameter *parameter = catalog_parameter(experiment, condition->name);

    if (condition->of != CATALOG_OF_PARAMETER)
        return true;
    if (!parameter)
        parameter = find_lock_parameter(reader->root, condition->name);
    if (!parameter)
        return reader_complain(reader, place, "there is no such fact or parameter");
    return takes(parameter, condition->value) ||
           reader_complain(reader, place, "is no value that the parameter can have");
}

static bool check_conditions(Reader *reader, const Place *place, const CatalogExperiment *experiment,
    const CatalogConditions *conditions)
{
    for (size_t i = 0; i < conditions->n; i++) {
        const CatalogCondition *condition = &conditions->list[i];
        const Place at = {.in = place, .member = condition->name};

        if (!check_condition(reader, &at, experiment, condition))
            return false;
    }
    return true;
}

/* Terms of time and memory. */

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

static bool read_only_if(Reader *reader, const Place *place, const json_t *json, CatalogConditions *ret)
{
    const Place at = {.in = place, .member = "only_if"};

    return read_conditions(reader, &at, json_object_get(json, "only_if"), ret);
}

static bool check_cost(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogCost *cost = target;

    return read_only_if(reader, place, json, &cost->term.only_if);
}

static bool check_memory(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogMemory *memory = target;

    return read_only_if(reader, place, json, &memory->term.only_if);
}

static const Shape cost_shape = SHAPE(CatalogCost, cost_members, check_cost);
static const Shape memory_shape = SHAPE(CatalogMemory, memory_members, check_memory);

static bool is_factor(Reader *reader, const CatalogExperiment *experiment, const char *name)
{
    const CatalogParameter *parameter = catalog_parameter(experiment, name);

    if (!parameter)
        parameter = find_lock_parameter(reader->root, name);
    return parameter ? parameter->type == CATALOG_INTEGER
                     : is_listed(name, cell_numbers, ARRAY_LENGTH(cell_numbers));
}

static bool check_term(
    Reader *reader, const Place *place, const CatalogExperiment *experiment, const CatalogTerm *term)
{
    const Place times = {.in = place, .member = "times"}, only_if = {.in = place, .member = "only_if"};

    for (size_t i = 0; i < term->n_times; i++) {
        const Place item = {.in = &times, .index = i};

        if (!is_factor(reader, experiment, term->times[i]))
            return reader_complain(
                reader, &item, "there is no parameter \"%s\" that is a number", term->times[i]);
    }
    return check_conditions(reader, &only_if, experiment, &term->only_if);
}

static bool check_terms(Reader *reader, const Place *place, const CatalogExperiment *experiment)
{
    const Place costs = {.in = place, .member = "cost"}, uses = {.in = place, .member = "memory"};
    bool good = true;

    for (size_t i = 0; i < experiment->n_costs && good; i++)
        good = check_term(reader, &(Place){.in = &costs, .index = i}, experiment, &experiment->costs[i].term);
    for (size_t i = 0; i < experiment->n_memory && good; i++)
        good = check_term(reader, &(Place){.in = &uses, .index = i}, experiment, &experiment->memory[i].term);
    return good;
}

/* Experiments. */

static const Member rule_members[] = {
    {"parameter", MEMBER_NAME, AT(CatalogExperiment, tasks_parameter)},
    {"plus", MEMBER_INTEGER, AT(CatalogExperiment, tasks_plus), .min = 0, .max = 1e6},
};

static const Shape rule_shape = SHAPE(CatalogExperiment, rule_members, NULL);

static const Member experiment_members[] = {
    {"name", MEMBER_NAME, AT(CatalogExperiment, name)},
    {"summary", MEMBER_TEXT, AT(CatalogExperiment, summary)},
    {"headline", MEMBER_NAME, MEMBER_OPTIONAL, AT(CatalogExperiment, headline)},
    {"fixed_time", MEMBER_FLAG, MEMBER_OPTIONAL, AT(CatalogExperiment, fixed_time)},
    {"parameters", MEMBER_LIST, AT_ALL(CatalogExperiment, parameters, n_parameters),
        .shape = &parameter_shape},
    {"cost", MEMBER_LIST, AT_ALL(CatalogExperiment, costs, n_costs), .shape = &cost_shape},
    {"memory", MEMBER_LIST, MEMBER_OPTIONAL, AT_ALL(CatalogExperiment, memory, n_memory),
        .shape = &memory_shape},
};

/* The room of one mode, which is a member of three objects: {"max_tasks": {"serial": 256, ...}, ...}. */
static const Member room_members[] = {
    {"max_tasks", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogRoom, max_tasks), .min = 1, .max = 1e6},
    {"max_tasks_reason", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogRoom, reason)},
    {"unavailable", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogRoom, unavailable)},
};

static bool read_room(Reader *reader, const Place *place, const json_t *json, CatalogExperiment *experiment)
{
    const Catalog *catalog = reader->root;
    CatalogRoom *room = memo_take(reader->memo, catalog->n_modes, sizeof(*room));

    experiment->room = room;
    for (size_t k = 0; k < ARRAY_LENGTH(room_members); k++) {
        const Member *member = &room_members[k];
        const json_t *of_modes = json_object_get(json, member->name);
        const Place at = {.in = place, .member = member->name};
        const char *name;
        json_t *value;

        if (of_modes && !json_is_object(of_modes))
            return reader_refuse(reader, &at, "an object", of_modes);
        json_object_foreach ((json_t *)of_modes, name, value) {
            const Place here = {.in = &at, .member = name};
            const CatalogMode *mode = catalog_mode(catalog, name);

            if (!mode)
                return reader_complain(reader, &here, "there is no such mode");
            if (!member_read(reader, &here, member, value, &room[mode - catalog->modes]))
                return false;
        }
    }
    for (size_t i = 0; i < catalog->n_modes; i++) {
        const Place most = {.in = place, .member = "max_tasks"};

        if (room[i].max_tasks == 0 && !room[i].unavailable)
            return reader_complain(reader, &(Place){.in = &most, .member = catalog->modes[i].name},
                "must be there, or a reason in unavailable");
    }
    return true;
}

static bool check_rule(Reader *reader, const Place *place, const CatalogExperiment *experiment)
{
    const CatalogParameter *parameter = catalog_parameter(experiment, experiment->tasks_parameter);
    const Place at = {.in = place, .member = "tasks"}, name = {.in = &at, .member = "parameter"};

    return (parameter && parameter->type == CATALOG_INTEGER) ||
           reader_complain(reader, &name, "there is no parameter of that name that is a number");
}

static bool check_parameters(Reader *reader, const Place *place, const CatalogExperiment *experiment)
{
    const Place at = {.in = place, .member = "parameters"};

    for (size_t i = 0; i < experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &experiment->parameters[i];
        const Place item = {.in = &at, .index = i}, name = {.in = &item, .member = "name"};
        const Place times = {.in = &item, .member = "times"}, list = {.in = &item, .member = "list"};

        if (find_lock_parameter(reader->root, parameter->name))
            return reader_complain(reader, &name, "a lock has a parameter \"%s\", too", parameter->name);
        if (parameter->times && !is_factor(reader, experiment, parameter->times))
            return reader_complain(
                reader, &times, "there is no parameter \"%s\" that is a number", parameter->times);
        if (parameter->list)
            return reader_complain(reader, &list, "must not be, for a parameter of an experiment");
    }
    return true;
}

/* {"released": {"only_if": {...}}}: what some cells are, and all others are not. */
static bool read_some(Reader *reader, const Place *place, const json_t *json, const char *name,
    const CatalogExperiment *experiment, CatalogConditions *ret)
{
    const Place at = {.in = place, .member = name}, only_if = {.in = &at, .member = "only_if"};
    const json_t *member = json_object_get(json, name);

    if (!member)
        return true;
    if (!json_is_object(member))
        return reader_refuse(reader, &at, "an object", member);
    return read_only_if(reader, &at, member, ret) && check_conditions(reader, &only_if, experiment, ret);
}

static bool check_experiment(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const json_t *rule = json_object_get(json, "tasks");
    CatalogExperiment *experiment = target;

    experiment->json = json;
    if (rule && (!shape_read(reader, &(Place){.in = place, .member = "tasks"}, &rule_shape, rule, target) ||
                    !check_rule(reader, place, experiment)))
        return false;
    return check_parameters(reader, place, experiment) && check_terms(reader, place, experiment) &&
           read_room(reader, place, json, experiment) &&
           read_some(reader, place, json, "released", experiment, &experiment->released) &&
           read_some(reader, place, json, "blocks_loop", experiment, &experiment->blocks_loop);
}

static const Shape experiment_shape = SHAPE(CatalogExperiment, experiment_members, check_experiment);

/* The whole. */

static const Member host_members[] = {
    {"cpu_model", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHost, cpu_model)},
    {"kernel", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHost, kernel)},
    {"container", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHost, container)},
    {"cpus_online", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogHost, cpus_online), .min = 1, .max = 1e6},
    {"cpus_usable", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogHost, cpus_usable), .min = 1, .max = 1e6},
    {"cpu_quota", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(CatalogHost, cpu_quota), .min = 0, .max = 1e6},
};

static bool check_host(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogHost *host = target;

    (void)reader;
    (void)place;
    host->json = json;
    return true;
}

static const Shape host_shape = SHAPE(CatalogHost, host_members, check_host);

static const Member catalog_members[] = {
    {"runtime", MEMBER_NAME, AT(Catalog, runtime)},
    {"version", MEMBER_TEXT, MEMBER_OPTIONAL, AT(Catalog, version)},
    {"about", MEMBER_TEXT, MEMBER_OPTIONAL, AT(Catalog, about)},
    {"paces", MEMBER_FLAG, MEMBER_OPTIONAL, AT(Catalog, paces)},
    {"cpus_usable", MEMBER_INTEGER, AT(Catalog, cpus_usable), .min = 1, .max = 1e6},
    {"memory_bytes", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(Catalog, memory_bytes), .min = 0, .max = 9e15},
    {"turn_ns", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(Catalog, turn_ns), .min = 0, .max = 1e9},
    {"host", MEMBER_PART, MEMBER_OPTIONAL, AT(Catalog, host), .shape = &host_shape},
    {"modes", MEMBER_LIST, AT_ALL(Catalog, modes, n_modes), .shape = &mode_shape},
    {"locks", MEMBER_LIST, AT_ALL(Catalog, locks, n_locks), .shape = &lock_shape},
};

static bool check_modes(Reader *reader, const Place *place, const Catalog *catalog)
{
    const Place at = {.in = place, .member = "modes"};
    size_t n_usual = 0, n_baselines = 0;

    for (size_t i = 0; i < catalog->n_modes; i++) {
        const CatalogMode *mode = &catalog->modes[i];
        const Place item = {.in = &at, .index = i}, aliases = {.in = &item, .member = "aliases"};

        n_usual += mode->usual;
        n_baselines += mode->baseline;
        if (catalog_mode(catalog, mode->name) != mode)
            return reader_complain(reader, &(Place){.in = &item, .member = "name"},
                "\"%s\" is another mode's alias", mode->name);
        for (size_t k = 0; k < mode->n_aliases; k++)
            if (catalog_mode(catalog, mode->aliases[k]) != mode)
                return reader_complain(reader, &(Place){.in = &aliases, .index = k},
                    "\"%s\" stands for another mode already", mode->aliases[k]);
    }
    if (n_baselines > 1)
        return reader_complain(reader, &at, "at most one must be the baseline, and %zu are", n_baselines);
    return n_usual > 0 || reader_complain(reader, &at, "at least one must be usual, and none is");
}

static bool check_locks(Reader *reader, const Place *place, const Catalog *catalog)
{
    const Place at = {.in = place, .member = "locks"};
    size_t n_usual = 0;

    for (size_t i = 0; i < catalog->n_locks; i++)
        n_usual += catalog->locks[i].usual;
    return n_usual == 1 || reader_complain(reader, &at, "exactly one must be usual, and %zu are", n_usual);
}

static bool check_catalog(Reader *reader, const Place *place, const json_t *json, void *target)
{
    (void)json;
    return check_modes(reader, place, target) && check_locks(reader, place, target);
}

/* Experiments refer to modes and locks, which are to be right by then. */
static const Member last_members[] = {
    {"experiments", MEMBER_LIST, AT_ALL(Catalog, experiments, n_experiments), .shape = &experiment_shape},
};

static const Shape catalog_shape = SHAPE(Catalog, catalog_members, check_catalog);
static const Shape last_shape = SHAPE(Catalog, last_members, NULL);

/* Asked first: of another protocol nothing else can be said. */
static bool check_protocol(Reader *reader, const json_t *describe)
{
    const Place document = {0}, at = {.in = &document, .member = "protocol"};
    const json_t *protocol = json_object_get(describe, "protocol");

    if (!json_is_object(describe))
        return reader_refuse(reader, &document, "an object", describe);
    return (json_is_integer(protocol) && json_integer_value(protocol) == CATALOG_PROTOCOL) ||
           reader_complain(reader, &at, "must be %d, the protocol that is spoken here", CATALOG_PROTOCOL);
}

int catalog_read(const json_t *describe, Catalog **ret, char **ret_reason)
{
    Catalog *catalog = calloc(1, sizeof(*catalog));
    Reader reader = {.memo = &catalog->memo, .root = catalog};

    assert(catalog);
    catalog->json = json_incref((json_t *)describe);
    if (check_protocol(&reader, describe) &&
        shape_read(&reader, &(Place){0}, &catalog_shape, describe, catalog) &&
        shape_read(&reader, &(Place){0}, &last_shape, describe, catalog)) {
        *ret = catalog;
        return 0;
    }
    catalog_free(catalog);
    *ret_reason = reader.reason;
    return -EINVAL;
}
