#include "plan/common.h"

#include <stddef.h>
#include <string.h>

#include "plan/param.h"

/* Half of the least that a runtime says is available; 0 if none does. */
static int64_t half_of_memory(const json_t *catalogs)
{
    int64_t least = 0;
    json_t *catalog;
    size_t i;

    json_array_foreach (catalogs, i, catalog) {
        int64_t bytes = json_integer_value(json_object_get(catalog, "memory_bytes"));

        if (bytes > 0 && (least == 0 || bytes < least))
            least = bytes;
    }
    return least / 2;
}

/* What the operator did not decide. */
static const struct {
    size_t offset;
    int64_t value;
} usual_limits[] = {
    {offsetof(PlanLimits, default_switch_interval_us), 5000},
    {offsetof(PlanLimits, default_check_interval), 100},
    {offsetof(PlanLimits, default_timeout_ms), 60000},
    {offsetof(PlanLimits, max_timeout_ms), 600000},
    {offsetof(PlanLimits, max_cells), 64},
    {offsetof(PlanLimits, max_estimate_ms), 60000},
    {offsetof(PlanLimits, max_repeat), 1000},
    {offsetof(PlanLimits, fetch_max_bytes), 10000000},
    {offsetof(PlanLimits, fetch_max_requests), 1000},
    {offsetof(PlanLimits, max_task_cells), 100000},
};

PlanLimits common_limits(const json_t *catalogs, const PlanLimits *given)
{
    PlanLimits limits = given ? *given : (PlanLimits){0};

    if (!limits.default_lock)
        limits.default_lock = "gil";
    for (size_t i = 0; i < sizeof(usual_limits) / sizeof(usual_limits[0]); i++) {
        int64_t *limit = (int64_t *)((char *)&limits + usual_limits[i].offset);

        if (*limit == 0)
            *limit = usual_limits[i].value;
    }
    if (limits.max_memory_bytes == 0)
        limits.max_memory_bytes = half_of_memory(catalogs);
    return limits;
}

/* An integer row; min, max and fallback are those without configuration. A fallback below min means: none. */
typedef struct IntegerRow {
    const char *name, *unit, *help;
    int64_t min, max, fallback;
    bool list;
    size_t configured_fallback, configured_max; /* offsets in PlanLimits; 0: not configurable */
} IntegerRow;

static const IntegerRow integer_rows[] = {
    {"tasks", NULL, "how many times the function is called", 1, 10000, 2, true, 0, 0},
    {"cpus", NULL, "how many CPUs a cell may use; all usable ones if not given", 1, 1, 1, true, 0, 0},
    {"switch_interval_us", "us", "how long a waiting thread waits before it asks for the lock (gil)", 1,
        1000000, 5000, true, offsetof(PlanLimits, default_switch_interval_us), 0},
    {"check_interval", "ticks", "how many ticks a thread runs before it lets go of the lock (gil-py2)", 1,
        1000000, 100, true, offsetof(PlanLimits, default_check_interval), 0},
    {"repeat", NULL, "timed repetitions of each cell; fewer than 6 give no interval", 1, 1000, 7, false, 0,
        offsetof(PlanLimits, max_repeat)},
    {"warmup", NULL, "untimed repetitions before them", 0, 100, 1, false, 0, 0},
    {"seed", NULL, "for whatever is random, so that it can be repeated", 0, INT64_MAX, 1, false, 0, 0},
    {"timeout_ms", "ms", "the run is ended after so much running time", 1, 600000, 60000, false,
        offsetof(PlanLimits, default_timeout_ms), offsetof(PlanLimits, max_timeout_ms)},
};

static int64_t configured(const PlanLimits *limits, size_t offset, int64_t otherwise)
{
    return offset ? *(const int64_t *)((const char *)limits + offset) : otherwise;
}

static json_t *integer_parameter(const IntegerRow *row, const PlanLimits *limits)
{
    int64_t fallback = configured(limits, row->configured_fallback, row->fallback);
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "name", row->name, "type", "integer", "help", row->help, "min",
            (json_int_t)row->min, "max", (json_int_t)configured(limits, row->configured_max, row->max));

    if (row->unit)
        json_object_set_new(object, "unit", json_string(row->unit));
    if (row->list)
        json_object_set_new(object, "list", json_true());
    json_object_set_new(object, "default",
        row->list ? json_pack("[I]", (json_int_t)fallback) : json_integer((json_int_t)fallback));
    return object;
}

/* The names of one family (modes, locks) over all runtimes, each once, and their aliases. */
static void add_choices(json_t *parameter, const json_t *catalogs, const char *family)
{
    json_t *choices = json_array(), *aliases = json_object(), *catalog, *member, *alias;
    size_t i, k, a;

    json_array_foreach (catalogs, i, catalog) {
        json_array_foreach (json_object_get(catalog, family), k, member) {
            json_t *name = json_object_get(member, "name"), *seen;
            bool known = false;

            json_array_foreach (choices, a, seen)
                known = known || json_equal(seen, name);
            if (!known)
                json_array_append(choices, name);
            json_array_foreach (json_object_get(member, "aliases"), a, alias)
                json_object_set(aliases, json_string_value(alias), name);
        }
    }
    json_object_set_new(parameter, "choices", choices);
    if (json_object_size(aliases) > 0)
        json_object_set(parameter, "aliases", aliases);
    json_decref(aliases);
}

static json_t *family_parameter(
    const char *name, const char *help, json_t *fallback, const json_t *catalogs, const char *family)
{
    json_t *parameter =
        json_pack("{s:s, s:s, s:s, s:b}", "name", name, "type", "choice", "help", help, "list", 1);

    add_choices(parameter, catalogs, family);
    json_object_set_new(parameter, "default", fallback);
    return parameter;
}

static json_t *runtime_parameter(const json_t *catalogs)
{
    json_t *names = json_array(), *catalog;
    size_t i;

    json_array_foreach (catalogs, i, catalog)
        json_array_append(names, json_object_get(catalog, "runtime"));
    return json_pack("{s:s, s:s, s:s, s:b, s:o, s:[O]}", "name", "runtime", "type", "choice", "help",
        "which program runs the experiment", "list", 1, "choices", names, "default",
        json_array_get(names, 0));
}

static json_t *text_parameter(const char *name, const char *help, int max_length)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:n}", "name", name, "type", "text", "help", help, "max_length",
        max_length, "default");
}

static json_t *timeline_parameter(void)
{
    return json_pack("{s:s, s:s, s:s, s:[s, s], s:s}", "name", "timeline", "type", "choice", "help",
        "one more repetition of each cell, not timed, records who did what when; detail=full always has it",
        "choices", "off", "on", "default", "off");
}

static json_t *format_parameter(const PlanLimits *limits)
{
    json_t *choices = json_pack("[s, s, s, s]", "json", "csv", "table", "markdown");

    if (limits->by_hand) {
        json_array_append_new(choices, json_string("trace"));
        json_array_append_new(choices, json_string("events"));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:n}", "name", "format", "type", "choice", "help",
        "how the answer is written; table is for a terminal", "choices", choices, "default");
}

static int64_t most_tasks(const json_t *experiment)
{
    int64_t most = 1;
    json_t *value;
    const char *mode;

    json_object_foreach (json_object_get(experiment, "max_tasks"), mode, value)
        if (json_integer_value(value) > most)
            most = json_integer_value(value);
    return most;
}

static int64_t most_tasks_of_any(const json_t *catalogs)
{
    int64_t most = 1;
    json_t *catalog, *experiment;
    size_t i, k;

    json_array_foreach (catalogs, i, catalog)
        json_array_foreach (json_object_get(catalog, "experiments"), k, experiment)
            if (most_tasks(experiment) > most)
                most = most_tasks(experiment);
    return most;
}

static void set_range(json_t *parameters, const char *name, int64_t max, int64_t fallback)
{
    size_t i;
    json_t *parameter;

    json_array_foreach (parameters, i, parameter) {
        if (strcmp(json_string_value(json_object_get(parameter, "name")), name) != 0)
            continue;
        json_object_set_new(parameter, "max", json_integer((json_int_t)max));
        if (fallback > 0)
            json_object_set_new(parameter, "default", json_pack("[I]", (json_int_t)fallback));
    }
}

/* What a server is asked beside the run itself. An experiment may have a parameter of that name, as fetch has
 * a client: then who asks is said by the cookie alone. */
static void add_server_parameters(json_t *parameters, const json_t *experiment)
{
    if (!param_find(json_object_get(experiment, "parameters"), "client"))
        json_array_append_new(parameters,
            text_parameter("client", "who you are, if you have no cookie: a name of your own choice", 64));
    json_array_append_new(parameters,
        json_pack("{s:s, s:s, s:s, s:[s, s], s:{s:s, s:s, s:s, s:s}, s:s}", "name", "fresh", "type", "choice",
            "help", "on: a run of its own, even if the same one waits or runs already", "choices", "off",
            "on", "aliases", "0", "off", "1", "on", "false", "off", "true", "on", "default", "off"));
}

json_t *common_parameters(const json_t *catalogs, const PlanLimits *given, const json_t *experiment)
{
    const PlanLimits limits = common_limits(catalogs, given);
    const json_t *first = json_array_get(catalogs, 0);
    int64_t cpus = json_integer_value(json_object_get(first, "cpus_usable"));
    int64_t tasks = experiment ? most_tasks(experiment) : most_tasks_of_any(catalogs);
    json_t *parameters = json_array();

    json_array_append_new(
        parameters, family_parameter("mode", "who calls the function",
                        json_pack("[s, s, s]", "serial", "threads", "processes"), catalogs, "modes"));
    json_array_append_new(parameters, family_parameter("lock", "who may run at the same time",
                                          json_pack("[s]", limits.default_lock), catalogs, "locks"));
    for (size_t i = 0; i < sizeof(integer_rows) / sizeof(integer_rows[0]); i++)
        json_array_append_new(parameters, integer_parameter(&integer_rows[i], &limits));
    set_range(parameters, "cpus", cpus, cpus);
    set_range(
        parameters, "tasks", limits.max_tasks > 0 && limits.max_tasks < tasks ? limits.max_tasks : tasks, 0);
    json_array_append_new(parameters, runtime_parameter(catalogs));
    json_array_append_new(
        parameters, json_pack("{s:s, s:s, s:s, s:[s, s], s:s}", "name", "detail", "type", "choice", "help",
                        "summary keeps at most 256 rows of tasks, full keeps all", "choices", "summary",
                        "full", "default", "summary"));
    json_array_append_new(parameters, timeline_parameter());
    json_array_append_new(parameters, text_parameter("label", "your own name for this run", 100));
    json_array_append_new(parameters, text_parameter("prediction", "what you expect to see", 1000));
    json_array_append_new(parameters, format_parameter(&limits));
    if (!limits.by_hand)
        add_server_parameters(parameters, experiment);
    return parameters;
}
