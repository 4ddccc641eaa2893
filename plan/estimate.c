#include "plan/estimate.h"

#include <math.h>
#include <string.h>

/* What a repetition costs beside its tasks: a fork, the report, the reading of its memory. */
static const double repetition_ns = 3e6;
/* Creating one thread and one process, from measurements with some room. */
static const double thread_ns = 50e3, process_ns = 400e3;

/* A parameter of the experiment, or what else is different between cells. */
static const json_t *value_of(const json_t *cell, const char *name)
{
    const json_t *value = json_object_get(json_object_get(cell, "params"), name);

    return value ? value : json_object_get(cell, name);
}

/* A cost may be there only if parameters, the mode or the lock have certain values: {"via": "pipe"}. */
static bool applies(const json_t *cost, const json_t *cell)
{
    const char *name;
    json_t *value;

    json_object_foreach (json_object_get(cost, "only_if"), name, value)
        if (!json_equal(value_of(cell, name), value))
            return false;
    return true;
}

static double task_cost(const json_t *experiment, const json_t *cell, const char *kind)
{
    double sum = 0;
    json_t *cost, *name;
    size_t i, k;

    json_array_foreach (json_object_get(experiment, "cost"), i, cost) {
        double product = json_number_value(json_object_get(cost, "ns"));

        if (strcmp(json_string_value(json_object_get(cost, "kind")), kind) != 0 || !applies(cost, cell))
            continue;
        json_array_foreach (json_object_get(cost, "times"), k, name)
            product *= json_number_value(value_of(cell, json_string_value(name)));
        sum += product;
    }
    return sum;
}

/* With several CPUs the old lock costs more for every further thread, up to a point. */
static double lock_factor(const char *lock, double tasks, double cpus)
{
    return strcmp(lock, "gil-py2") == 0 && cpus > 1 ? 1 + 0.5 * (fmin(tasks, 8) - 1) : 1;
}

nsec_t estimate_cell(const json_t *experiment, const json_t *cell, bool exclusive)
{
    const json_t *params = json_object_get(cell, "params");
    const char *mode = json_string_value(json_object_get(cell, "mode"));
    const char *lock = json_string_value(json_object_get(cell, "lock"));
    const char *client = json_string_value(json_object_get(params, "client"));
    double tasks = json_number_value(json_object_get(cell, "tasks"));
    double cpus = json_number_value(json_object_get(cell, "cpus"));
    double cpu = task_cost(experiment, cell, "cpu"), outside = task_cost(experiment, cell, "outside");
    double wait = task_cost(experiment, cell, "wait");
    double rounds = ceil(tasks / cpus), ns = repetition_ns;

    if (strcmp(mode, "serial") == 0)
        ns += tasks * (cpu + outside + wait);
    else if (strcmp(mode, "epoll") == 0)
        ns += tasks * (cpu + outside) + wait * (client && strcmp(client, "blocking") == 0 ? tasks : 1);
    else if (strcmp(mode, "processes") == 0)
        ns += rounds * (cpu + outside + process_ns) + wait;
    else
        ns += (exclusive ? tasks * lock_factor(lock, tasks, cpus) : rounds) * cpu + rounds * outside +
              tasks * thread_ns + wait;
    return ns < 1e18 ? (nsec_t)ns : (nsec_t)1e18;
}
