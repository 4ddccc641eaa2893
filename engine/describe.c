#include "engine/describe.h"

#include "engine/affinity.h"
#include "engine/host.h"
#include "engine/registry.h"
#include "engine/room.h"
#include "engine/ticks.h"

static json_t *describe_modes(void)
{
    json_t *modes = json_array();

    for (size_t i = 0; registry_modes[i]; i++) {
        const Mode *mode = registry_modes[i];
        json_t *object =
            json_pack("{s:s, s:s, s:[]}", "name", mode->name, "summary", mode->summary, "aliases");

        if (mode->alias)
            json_array_append_new(json_object_get(object, "aliases"), json_string(mode->alias));
        json_array_append_new(modes, object);
    }
    return modes;
}

static json_t *describe_locks(void)
{
    json_t *locks = json_array();

    for (size_t i = 0; registry_locks[i]; i++)
        json_array_append_new(
            locks, json_pack("{s:s, s:s, s:b}", "name", registry_locks[i]->name, "summary",
                       registry_locks[i]->summary, "exclusive", registry_locks[i]->exclusive));
    return locks;
}

/* What every cell needs of memory: the engine and the cell's process, and of each task its place in the arena
 * with what most experiments keep there, and its timer. */
enum { CELL_BYTES = 4 << 20, ARENA_BYTES_PER_TASK = 512 };

/* What a term is multiplied by, and where it is there. */
static void describe_factors(
    json_t *term, const char *const times[static 4], const Condition only_if[static 3])
{
    json_t *names = json_array(), *conditions = json_object();

    for (size_t i = 0; i < 4 && times[i]; i++)
        json_array_append_new(names, json_string(times[i]));
    for (size_t i = 0; i < 3 && only_if[i].name; i++)
        json_object_set_new(conditions, only_if[i].name,
            only_if[i].is ? json_string(only_if[i].is) : json_integer(only_if[i].equals));
    json_object_set_new(term, "times", names);
    json_object_set_new(term, "only_if", conditions);
}

static json_t *describe_cost(const Cost *cost)
{
    static const char *const kinds[] = {[COST_CPU] = "cpu", [COST_OUTSIDE] = "outside", [COST_WAIT] = "wait"};
    json_t *object =
        json_pack("{s:s, s:f}", "kind", kinds[cost->kind], "ns", cost->ns > 0 ? cost->ns : ticks_turn_ns());

    describe_factors(object, cost->times, cost->only_if);
    return object;
}

/* How many tasks a mode can have, and if it is the machine that allows no more, what of it. */
static void describe_max_tasks(const Experiment *experiment, const Mode *mode, json_t *object)
{
    char reason[ARENA_REASON_SIZE] = "";
    int64_t most = experiment->max_tasks(mode, reason);

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

static json_t *describe_memory(const Experiment *experiment)
{
    json_t *uses = json_array();

    json_array_append_new(uses, describe_memory_use(&(MemoryUse){.bytes = CELL_BYTES}));
    json_array_append_new(
        uses, describe_memory_use(&(MemoryUse){.per_task = true, .bytes = ARENA_BYTES_PER_TASK}));
    for (size_t i = 0; registry_modes[i]; i++) {
        const Mode *mode = registry_modes[i];
        const MemoryUse use = {
            .per_task = true, .bytes = (double)mode->task_bytes, .only_if = {{"mode", mode->name}}};

        if (mode->task_bytes > 0)
            json_array_append_new(uses, describe_memory_use(&use));
    }
    for (size_t i = 0; i < experiment->n_memory; i++)
        json_array_append_new(uses, describe_memory_use(&experiment->memory[i]));
    return uses;
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
    if (experiment->headline)
        json_object_set_new(object, "headline", json_string(experiment->headline));
    if (experiment->fixed_time)
        json_object_set_new(object, "fixed_time", json_true());
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
        (json_int_t)room_memory(), "host", host_describe(), "turn_ns", ticks_turn_ns(), "modes",
        describe_modes(), "locks", describe_locks(), "experiments");

    for (size_t i = 0; registry_experiments[i]; i++)
        json_array_append_new(
            json_object_get(object, "experiments"), describe_experiment(registry_experiments[i]));
    return object;
}
