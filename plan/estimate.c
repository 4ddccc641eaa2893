#include "plan/estimate.h"

#include <math.h>
#include <string.h>

#include "plan/find.h"
#include "plan/param.h"

/* What a repetition costs beside its tasks: a fork, the report, the reading of its memory. */
static const double repetition_ns = 3e6;
/* Creating one thread and one process, from measurements with some room. */
static const double thread_ns = 50e3, process_ns = 400e3;

/* A fact of the cell's mode or lock, "mode.one_loop": a member of its entry in the catalog. NULL if the name
 * is none of a fact. */
static const json_t *fact_of(const json_t *catalog, const json_t *cell, const char *name)
{
    if (strncmp(name, "mode.", 5) == 0)
        return json_object_get(find_named(json_object_get(catalog, "modes"), "name",
                                   json_string_value(json_object_get(cell, "mode"))),
            name + 5);
    if (strncmp(name, "lock.", 5) == 0)
        return json_object_get(find_named(json_object_get(catalog, "locks"), "name",
                                   json_string_value(json_object_get(cell, "lock"))),
            name + 5);
    return NULL;
}

/* A parameter of the experiment, what else is different between cells, or a fact. */
static const json_t *value_of(const json_t *catalog, const json_t *cell, const char *name)
{
    const json_t *value = json_object_get(json_object_get(cell, "params"), name);

    if (!value)
        value = json_object_get(cell, name);
    return value ? value : fact_of(catalog, cell, name);
}

/* The default of the parameter tasks. */
static const double usual_tasks = 2;

/* A term may be there only if parameters, or facts of mode and lock, have certain values. */
static bool applies(const json_t *catalog, const json_t *term, const json_t *cell)
{
    const char *name;
    json_t *value;

    json_object_foreach (json_object_get(term, "only_if"), name, value)
        if (!json_equal(value_of(catalog, cell, name), value))
            return false;
    return true;
}

/* The term's own figure, times the parameters that it names. */
static double product_of(const json_t *catalog, const json_t *term, const char *figure, const json_t *cell)
{
    double product = json_number_value(json_object_get(term, figure));
    json_t *name;
    size_t i;

    json_array_foreach (json_object_get(term, "times"), i, name)
        product *= json_number_value(value_of(catalog, cell, json_string_value(name)));
    return product;
}

static double task_cost(const json_t *catalog, const json_t *experiment, const json_t *cell, const char *kind)
{
    double sum = 0;
    json_t *cost;
    size_t i;

    json_array_foreach (json_object_get(experiment, "cost"), i, cost)
        if (strcmp(json_string_value(json_object_get(cost, "kind")), kind) == 0 &&
            applies(catalog, cost, cell))
            sum += product_of(catalog, cost, "ns", cell);
    return sum;
}

/* With several CPUs the old lock costs more for every further thread, up to a point. */
static double lock_factor(const char *lock, double tasks, double cpus)
{
    return strcmp(lock, "gil-py2") == 0 && cpus > 1 ? 1 + 0.5 * (fmin(tasks, 8) - 1) : 1;
}

nsec_t estimate_cell(const json_t *catalog, const json_t *experiment, const json_t *cell, bool exclusive)
{
    const json_t *params = json_object_get(cell, "params");
    const char *mode = json_string_value(json_object_get(cell, "mode"));
    const char *lock = json_string_value(json_object_get(cell, "lock"));
    const char *client = json_string_value(json_object_get(params, "client"));
    double tasks = json_number_value(json_object_get(cell, "tasks"));
    double cpus = json_number_value(json_object_get(cell, "cpus"));
    double cpu = task_cost(catalog, experiment, cell, "cpu"),
           outside = task_cost(catalog, experiment, cell, "outside");
    double wait = task_cost(catalog, experiment, cell, "wait");
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

static bool is_per_task(const json_t *use)
{
    return strcmp(json_string_value(json_object_get(use, "per")), "task") == 0;
}

/* What one term of the memory comes to in this cell. */
static double bytes_of(const json_t *catalog, const json_t *use, const json_t *cell)
{
    double n = is_per_task(use) ? json_number_value(json_object_get(cell, "tasks")) : 1;

    return applies(catalog, use, cell) ? n * product_of(catalog, use, "bytes", cell) : 0;
}

double estimate_memory(const json_t *catalog, const json_t *experiment, const json_t *cell)
{
    double sum = 0;
    json_t *use;
    size_t i;

    json_array_foreach (json_object_get(experiment, "memory"), i, use)
        sum += bytes_of(catalog, use, cell);
    return sum;
}

static const json_t *largest_use(const json_t *catalog, const json_t *experiment, const json_t *cell)
{
    const json_t *largest = NULL;
    double most = 0;
    json_t *use;
    size_t i;

    json_array_foreach (json_object_get(experiment, "memory"), i, use) {
        double bytes = bytes_of(catalog, use, cell);

        if (bytes <= most)
            continue;
        most = bytes;
        largest = use;
    }
    return largest;
}

const char *estimate_memory_cause(const json_t *catalog, const json_t *experiment, const json_t *cell)
{
    const json_t *use = largest_use(catalog, experiment, cell), *params = json_object_get(cell, "params");
    double most =
        use && is_per_task(use) ? json_number_value(json_object_get(cell, "tasks")) / usual_tasks : 0;
    const char *cause = NULL;
    json_t *name;
    size_t i;

    json_array_foreach (json_object_get(use, "times"), i, name) {
        const json_t *parameter =
            param_find(json_object_get(experiment, "parameters"), json_string_value(name));
        double usual = json_number_value(json_object_get(parameter, "default"));
        double growth = json_number_value(json_object_get(params, json_string_value(name))) / fmax(usual, 1);

        if (growth <= most)
            continue;
        most = growth;
        cause = json_string_value(name);
    }
    return cause;
}
