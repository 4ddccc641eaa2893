/* Experiments: what they need, where they can run, and that whatever they refer to is there.
 *
 * An experiment is the part of a document with the most references: to its own parameters, to those of locks,
 * to facts of modes and locks, to modes by name. Each is followed once, here, so that a typing error is an
 * error when the server starts and not a term that is missing from an estimate. The reading of members is the
 * table's; the checks that look across members come behind it, in experiment_check(). */
#include "catalog/shapes.h"

#include <string.h>

/* Only when all members are read, whatever their order in the table: a term may name any parameter. */
static bool experiment_check_terms(Reader *reader, const Place *place, const CatalogExperiment *experiment)
{
    const Place costs = {.in = place, .member = "cost"}, uses = {.in = place, .member = "memory"};
    bool good = true;

    for (size_t i = 0; i < experiment->n_costs && good; i++)
        good = shape_check_term(
            reader, &(Place){.in = &costs, .index = i}, experiment, &experiment->costs[i].term);
    for (size_t i = 0; i < experiment->n_memory && good; i++)
        good = shape_check_term(
            reader, &(Place){.in = &uses, .index = i}, experiment, &experiment->memory[i].term);
    return good;
}

/* {"tasks": {"parameter": "hogs", "plus": 1}}: how many tasks there are is not asked for, but follows. */
static const Member rule_members[] = {
    {"parameter", MEMBER_NAME, AT(CatalogExperiment, tasks_parameter)},
    {"plus", MEMBER_INTEGER, AT(CatalogExperiment, tasks_plus), .min = 0, .max = 1e6},
};

static const Shape rule_shape = SHAPE(CatalogExperiment, rule_members, NULL);

/* {"figure": "metrics.lost_updates", "head": "off by", "words": "the counter was off by {}"} */
static const Member headline_members[] = {
    {"figure", MEMBER_NAME, AT(CatalogHeadline, figure)},
    {"head", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHeadline, head)},
    {"words", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHeadline, words)},
};

/* The times of a cell are objects and no figures, and their place in tables is taken: named here they would
 * leave it empty. */
static bool headline_check_figure(Reader *reader, const Place *place, const char *figure)
{
    static const char *const objects[] = {"metrics.", "memory."};

    for (size_t i = 0; i < ARRAY_LENGTH(objects); i++)
        if (strncmp(figure, objects[i], strlen(objects[i])) == 0 && figure[strlen(objects[i])])
            return true;
    return reader_complain(reader, place,
        "must be metrics.NAME or memory.NAME, is \"%s\"; for the wall time leave the headline out", figure);
}

/* A sentence without a place would be the same for every figure. */
static bool headline_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const CatalogHeadline *headline = target;
    const Place words = {.in = place, .member = "words"}, figure = {.in = place, .member = "figure"};

    (void)json;
    if (!headline_check_figure(reader, &figure, headline->figure))
        return false;
    return !headline->words || strstr(headline->words, "{}") ||
           reader_complain(reader, &words, "must have {} where the figure stands");
}

static const Shape headline_shape = SHAPE(CatalogHeadline, headline_members, headline_check);

/* The name of a figure alone is a headline, too: a small runtime need not have words for it. */
static bool experiment_read_headline(
    Reader *reader, const Place *place, const json_t *json, CatalogHeadline *ret)
{
    static const Member name_alone = {"headline", MEMBER_NAME, AT(CatalogHeadline, figure)};
    const json_t *headline = json_object_get(json, "headline");
    const Place at = {.in = place, .member = "headline"};

    if (!headline || json_is_null(headline))
        return true;
    if (json_is_string(headline))
        return member_read(reader, &at, &name_alone, headline, ret) &&
               headline_check_figure(reader, &at, ret->figure);
    return shape_read(reader, &at, &headline_shape, headline, ret);
}

static const Member experiment_members[] = {
    {"name", MEMBER_NAME, AT(CatalogExperiment, name)},
    {"summary", MEMBER_TEXT, AT(CatalogExperiment, summary)},
    {"totals", MEMBER_SET, MEMBER_OPTIONAL, AT_ALL(CatalogExperiment, totals, n_totals)},
    {"fixed_time", MEMBER_FLAG, MEMBER_OPTIONAL, AT(CatalogExperiment, fixed_time)},
    {"parameters", MEMBER_LIST, AT_ALL(CatalogExperiment, parameters, n_parameters),
        .shape = &shape_parameter},
    {"cost", MEMBER_LIST, AT_ALL(CatalogExperiment, costs, n_costs), .shape = &shape_cost},
    {"memory", MEMBER_LIST, MEMBER_OPTIONAL, AT_ALL(CatalogExperiment, memory, n_memory),
        .shape = &shape_memory},
};

/* The room of one mode, which is a member of three objects: {"max_tasks": {"serial": 256, ...}, ...}. */
static const Member room_members[] = {
    {"max_tasks", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogRoom, max_tasks), .min = 1, .max = 1e6},
    {"max_tasks_reason", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogRoom, reason)},
    {"unavailable", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogRoom, unavailable)},
};

/* The document has three objects with modes as names; here each mode has one struct. A mode that stands in
 * none of them would have no limit at all, and a single request could ask for more threads than the machine
 * bears. A value is read by the row of its object into the struct of its mode, so the three objects fill one
 * array side by side. The place of a mode in the catalog is its index. */
static bool experiment_read_room(
    Reader *reader, const Place *place, const json_t *json, CatalogExperiment *experiment)
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

/* The number of tasks is computed from this parameter, so it has to be a number, and one of the experiment:
 * that of a lock is an axis of its own. */
static bool experiment_check_rule(Reader *reader, const Place *place, const CatalogExperiment *experiment)
{
    const CatalogParameter *parameter = catalog_parameter(experiment, experiment->tasks_parameter);
    const Place at = {.in = place, .member = "tasks"}, name = {.in = &at, .member = "parameter"};

    return (parameter && parameter->type == CATALOG_INTEGER) ||
           reader_complain(reader, &name, "there is no parameter of that name that is a number");
}

/* Parameters of the experiment and of all locks stand side by side in a cell's params, so their names
 * differ. A list would span a grid; only what all experiments have and what locks have does that. times
 * belongs to a URL and is multiplied with the number of tasks to know how many requests a host would get;
 * what is no number would make that 0, and every limit would hold. unless names a text, since that alone can
 * be left out. */
static bool experiment_check_parameters(
    Reader *reader, const Place *place, const CatalogExperiment *experiment)
{
    const Place at = {.in = place, .member = "parameters"};

    for (size_t i = 0; i < experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &experiment->parameters[i], *text;
        const Place item = {.in = &at, .index = i}, name = {.in = &item, .member = "name"};
        const Place times = {.in = &item, .member = "times"}, list = {.in = &item, .member = "list"};
        const Place unless = {.in = &item, .member = "unless"};

        text = catalog_parameter(experiment, parameter->unless);
        if (catalog_lock_parameter(reader->root, parameter->name))
            return reader_complain(reader, &name, "a lock has a parameter \"%s\", too", parameter->name);
        if (parameter->times && !shape_is_factor(reader, experiment, parameter->times))
            return reader_complain(
                reader, &times, "there is no parameter \"%s\" that is a number", parameter->times);
        if (parameter->unless && (!text || text->type != CATALOG_TEXT || text == parameter))
            return reader_complain(
                reader, &unless, "there is no other parameter \"%s\" that is a text", parameter->unless);
        if (parameter->list)
            return reader_complain(reader, &list, "must not be, for a parameter of an experiment");
    }
    return true;
}

/* {"released": {"only_if": {...}}}: what some cells are, and all others are not. Without the member *ret
 * stays zero, which means no cell at all; with it and without only_if, every cell. */
static bool experiment_read_some(Reader *reader, const Place *place, const json_t *json, const char *name,
    const CatalogExperiment *experiment, CatalogConditions *ret)
{
    const Place at = {.in = place, .member = name}, only_if = {.in = &at, .member = "only_if"};
    const json_t *member = json_object_get(json, name);

    if (!member)
        return true;
    if (!json_is_object(member))
        return reader_refuse(reader, &at, "an object", member);
    return shape_read_only_if(reader, &at, member, ret) &&
           shape_check_conditions(reader, &only_if, experiment, ret);
}

/* The order matters: conditions and terms refer to parameters, which have to be right by then. */
static bool experiment_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const json_t *rule = json_object_get(json, "tasks");
    CatalogExperiment *experiment = target;

    experiment->json = json;
    if (rule && (!shape_read(reader, &(Place){.in = place, .member = "tasks"}, &rule_shape, rule, target) ||
                    !experiment_check_rule(reader, place, experiment)))
        return false;
    return experiment_read_headline(reader, place, json, &experiment->headline) &&
           experiment_check_parameters(reader, place, experiment) &&
           experiment_check_terms(reader, place, experiment) &&
           experiment_read_room(reader, place, json, experiment) &&
           experiment_read_some(reader, place, json, "released", experiment, &experiment->released) &&
           experiment_read_some(reader, place, json, "blocks_loop", experiment, &experiment->blocks_loop);
}

const Shape shape_experiment = SHAPE(CatalogExperiment, experiment_members, experiment_check);
