#include "engine/describe.h"

#include "engine/affinity.h"
#include "engine/host.h"
#include "engine/registry.h"
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

static json_t *describe_cost(const Cost *cost)
{
    static const char *const kinds[] = {[COST_CPU] = "cpu", [COST_OUTSIDE] = "outside", [COST_WAIT] = "wait"};
    json_t *object = json_pack("{s:s, s:f, s:[], s:{}}", "kind", kinds[cost->kind], "ns",
        cost->ns > 0 ? cost->ns : ticks_turn_ns(), "times", "only_if");

    for (size_t i = 0; i < sizeof(cost->times) / sizeof(cost->times[0]) && cost->times[i]; i++)
        json_array_append_new(json_object_get(object, "times"), json_string(cost->times[i]));
    for (size_t i = 0; i < sizeof(cost->only_if) / sizeof(cost->only_if[0]) && cost->only_if[i].name; i++) {
        const Condition *condition = &cost->only_if[i];

        json_object_set_new(json_object_get(object, "only_if"), condition->name,
            condition->is ? json_string(condition->is) : json_integer(condition->equals));
    }
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
    if (experiment->headline)
        json_object_set_new(object, "headline", json_string(experiment->headline));
    if (experiment->tasks_parameter)
        json_object_set_new(object, "tasks",
            json_pack("{s:s, s:I}", "parameter", experiment->tasks_parameter, "plus",
                (json_int_t)experiment->tasks_plus));
    return object;
}

json_t *describe_runtime(void)
{
    json_t *object = json_pack("{s:i, s:b, s:s, s:s, s:s, s:i, s:o, s:f, s:o, s:o, s:[]}", "protocol",
        PROTOCOL_VERSION, "paces", 1, "runtime", RUNTIME_NAME, "version", GILSCOPE_VERSION, "about",
        "compiled C under models of CPython's lock", "cpus_usable", affinity_usable(), "host",
        host_describe(), "turn_ns", ticks_turn_ns(), "modes", describe_modes(), "locks", describe_locks(),
        "experiments");

    for (size_t i = 0; registry_experiments[i]; i++)
        json_array_append_new(
            json_object_get(object, "experiments"), describe_experiment(registry_experiments[i]));
    return object;
}
