/* The descriptors of the registry as JSON, for those who are not linked with them. Every member is said here
 * once and read in catalog/ once; docs/protocol.md says what it means, because runtimes in other languages
 * write the same document. */
#include "engine/describe.h"

#include <string.h>

#include "engine/affinity.h"
#include "engine/host.h"
#include "engine/registry.h"
#include "engine/room.h"
#include "engine/ticks.h"

/* Every field that others may ask for, under its own name: what stands here needs no name of a mode
 * elsewhere. Facts that are false are written, too: the catalog wants all of them, so that a runtime cannot
 * forget one. */
static json_t *describe_modes(void)
{
    json_t *modes = json_array();

    for (size_t i = 0; registry_modes[i]; i++) {
        const Mode *mode = registry_modes[i];
        json_t *object = json_pack("{s:s, s:s, s:[], s:b, s:b, s:b, s:b, s:b, s:{s:s, s:f, s:I}}", "name",
            mode->name, "summary", mode->summary, "aliases", "usual", mode->usual, "baseline", mode->baseline,
            "side_by_side", mode->side_by_side, "shares_memory", mode->shares_memory, "one_loop",
            mode->one_loop, "task", "noun", mode->task.noun, "ns", mode->task.ns, "bytes",
            (json_int_t)mode->task.bytes);

        for (size_t k = 0; mode->aliases[k]; k++)
            json_array_append_new(json_object_get(object, "aliases"), json_string(mode->aliases[k]));
        json_array_append_new(modes, object);
    }
    return modes;
}

/* A lock's parameter may be a list, whose values are an axis of the grid; so its default is a list too. */
static json_t *describe_axis(const Parameter *parameter)
{
    json_t *object = parameter_describe(parameter);

    json_object_set_new(object, "list", json_true());
    json_object_set_new(object, "default", json_pack("[O]", json_object_get(object, "default")));
    return object;
}

static json_t *describe_locks(void)
{
    json_t *locks = json_array();

    for (size_t i = 0; registry_locks[i]; i++) {
        const LockPolicy *lock = registry_locks[i];
        json_t *object = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:s, s:s?, s:f, s:[]}", "name",
            lock->name, "title", lock->title, "summary", lock->summary, "usual", lock->usual, "exclusive",
            lock->exclusive, "fair", lock->fair, "between_bytecodes", lock->between_bytecodes, "whose",
            lock->each_its_own ? "task" : "all", "models", lock->models, "crowding", lock->crowding,
            "parameters");

        for (size_t k = 0; k < lock->n_parameters; k++)
            json_array_append_new(json_object_get(object, "parameters"), describe_axis(&lock->parameters[k]));
        json_array_append_new(locks, object);
    }
    return locks;
}

/* What every cell needs of memory: the engine and the cell's process, and of each task its place in the arena
 * with what most experiments keep there, and its timer. */
enum { CELL_BYTES = 4 << 20, ARENA_BYTES_PER_TASK = 512 };

/* A fact has a dot in its name, a parameter has none. */
static json_t *describe_value(const Condition *condition)
{
    if (condition->is)
        return json_string(condition->is);
    return strchr(condition->name, '.') ? json_boolean(condition->equals) : json_integer(condition->equals);
}

/* A plain pointer, since gcc 12 with a sanitizer takes the array of an inlined caller for its first word, and
 * warns. */
static json_t *describe_conditions(const Condition *conditions)
{
    json_t *object = json_object();

    for (size_t i = 0; i < N_CONDITIONS && conditions[i].name; i++)
        json_object_set_new(object, conditions[i].name, describe_value(&conditions[i]));
    return object;
}

/* What a term is multiplied by, and where it is there. */
static void describe_factors(
    json_t *term, const char *const times[static N_FACTORS], const Condition only_if[static N_CONDITIONS])
{
    json_t *names = json_array();

    for (size_t i = 0; i < N_FACTORS && times[i]; i++)
        json_array_append_new(names, json_string(times[i]));
    json_object_set_new(term, "times", names);
    json_object_set_new(term, "only_if", describe_conditions(only_if));
}

/* What is given in turns of the countdown has its price from this machine. */
static json_t *describe_cost(const Cost *cost)
{
    static const char *const kinds[] = {[COST_CPU] = "cpu", [COST_OUTSIDE] = "outside", [COST_WAIT] = "wait"};
    json_t *object =
        json_pack("{s:s, s:f}", "kind", kinds[cost->kind], "ns", cost->ns + cost->turns * ticks_turn_ns());

    describe_factors(object, cost->times, cost->only_if);
    return object;
}

/* How many tasks a mode can have, and if it is the machine that allows no more, what of it. Without a
 * reason it is the experiment itself that has a limit. */
static void describe_max_tasks(const Experiment *experiment, const Mode *mode, json_t *object)
{
    char reason[ARENA_REASON_SIZE] = "";
    int64_t most = experiment_max_tasks(experiment, mode, reason);

    json_object_set_new(json_object_get(object, "max_tasks"), mode->name, json_integer((json_int_t)most));
    if (reason[0])
        json_object_set_new(json_object_get(object, "max_tasks_reason"), mode->name, json_string(reason));
}

static json_t *describe_memory_use(const MemoryUse *use)
{
    json_t *object = json_pack("{s:s, s:f}", "per", use->per_task ? "task" : "cell", "bytes", use->bytes);

    describe_factors(object, use->times, use->only_if);
    return object;
}

/* The terms that every experiment has come first: the cell's own, the arena, and for each mode what a task
 * of it takes. Such a term is bound to a mode by the mode's facts, not by its name; each set of the three
 * facts has to belong to one mode only. */
static json_t *describe_memory(const Experiment *experiment)
{
    json_t *uses = json_array();

    json_array_append_new(uses, describe_memory_use(&(MemoryUse){.bytes = CELL_BYTES}));
    json_array_append_new(
        uses, describe_memory_use(&(MemoryUse){.per_task = true, .bytes = ARENA_BYTES_PER_TASK}));
    for (size_t i = 0; registry_modes[i]; i++) {
        const Mode *mode = registry_modes[i];
        const MemoryUse use = {
            .per_task = true,
            .bytes = (double)mode->task.bytes,
            .only_if =
                {
                    {"mode.side_by_side", .equals = mode->side_by_side},
                    {"mode.shares_memory", .equals = mode->shares_memory},
                    {"mode.one_loop", .equals = mode->one_loop},
                },
        };

        if (mode->task.bytes > 0)
            json_array_append_new(uses, describe_memory_use(&use));
    }
    for (size_t i = 0; i < experiment->n_memory; i++)
        json_array_append_new(uses, describe_memory_use(&experiment->memory[i]));
    return uses;
}

static json_t *describe_names(const char *const *names)
{
    json_t *array = json_array();

    for (; *names; names++)
        json_array_append_new(array, json_string(*names));
    return array;
}

static json_t *describe_experiment(const Experiment *experiment)
{
    json_t *object = json_pack("{s:s, s:s, s:[], s:{}, s:{}, s:{}, s:[]}", "name", experiment->name,
        "summary", experiment->summary, "parameters", "max_tasks", "max_tasks_reason", "unavailable", "cost");

    for (size_t i = 0; i < experiment->n_parameters; i++)
        json_array_append_new(
            json_object_get(object, "parameters"), parameter_describe(&experiment->parameters[i]));
    for (size_t i = 0; registry_modes[i]; i++)
        describe_max_tasks(experiment, registry_modes[i], object);
    for (size_t i = 0; i < experiment->n_costs; i++)
        json_array_append_new(json_object_get(object, "cost"), describe_cost(&experiment->costs[i]));
    json_object_set_new(object, "memory", describe_memory(experiment));
    if (experiment->headline.figure)
        json_object_set_new(object, "headline",
            json_pack("{s:s, s:s, s:s}", "figure", experiment->headline.figure, "head",
                experiment->headline.head, "words", experiment->headline.words));
    if (experiment->totals)
        json_object_set_new(object, "totals", describe_names(experiment->totals));
    if (experiment->fixed_time)
        json_object_set_new(object, "fixed_time", json_true());
    if (experiment->released[0].name)
        json_object_set_new(
            object, "released", json_pack("{s:o}", "only_if", describe_conditions(experiment->released)));
    if (experiment->blocks_loop[0].name)
        json_object_set_new(object, "blocks_loop",
            json_pack("{s:o}", "only_if", describe_conditions(experiment->blocks_loop)));
    if (experiment->tasks_parameter)
        json_object_set_new(object, "tasks",
            json_pack("{s:s, s:I}", "parameter", experiment->tasks_parameter, "plus",
                (json_int_t)experiment->tasks_plus));
    return object;
}

json_t *describe_runtime(void)
{
    json_t *object = json_pack("{s:i, s:b, s:s, s:s, s:s, s:i, s:I, s:o, s:f, s:o, s:o, s:[]}", "protocol",
        PROTOCOL_VERSION, "paces", 1, "runtime", RUNTIME_NAME, "version", GILSCOPE_VERSION, "about",
        "compiled C under models of CPython's lock", "cpus_usable", affinity_usable(), "memory_bytes",
        (json_int_t)room_memory(), "host", host_describe(""), "turn_ns", ticks_turn_ns(), "modes",
        describe_modes(), "locks", describe_locks(), "experiments");

    for (size_t i = 0; registry_experiments[i]; i++)
        json_array_append_new(
            json_object_get(object, "experiments"), describe_experiment(registry_experiments[i]));
    return object;
}
