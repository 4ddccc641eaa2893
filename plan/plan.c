/* The order of the checks is the order a person would want the answers in: the experiment's name first, then
 * every parameter at once, then what only shows when all of them are known: the grid, the number of tasks in
 * each mode, and what all of it takes. */
#include "plan/plan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/budget.h"
#include "plan/common.h"
#include "plan/elsewhere.h"
#include "plan/find.h"
#include "plan/param.h"

void plan_finish(Plan *plan)
{
    json_decref(plan->request);
    json_decref(plan->cells);
    *plan = (Plan){0};
}

/* The names of all experiments, each once. */
static json_t *experiment_names(const json_t *catalogs)
{
    json_t *names = json_array(), *catalog, *experiment, *known;
    size_t i, k, n;

    json_array_foreach (catalogs, i, catalog) {
        json_array_foreach (json_object_get(catalog, "experiments"), k, experiment) {
            bool listed = false;

            json_array_foreach (names, n, known)
                listed = listed || json_equal(known, json_object_get(experiment, "name"));
            if (!listed)
                json_array_append(names, json_object_get(experiment, "name"));
        }
    }
    return names;
}

static void unknown_experiment(const json_t *catalogs, const char *name, Problem *problem)
{
    json_t *names = experiment_names(catalogs), *known;
    auto_free char *list = strdup("");
    size_t i;

    json_array_foreach (names, i, known) {
        char *longer = text_printf("%s%s%s", list, i > 0 ? ", " : "", json_string_value(known));

        free(list);
        list = longer;
    }
    problem_set(problem, 404, "Unknown experiment", "there is no experiment called \"%.60s\"; there are: %s",
        name, list);
    problem_extend(problem, "experiments", names);
}

/* Checks every given parameter and fills in the defaults of the others. */
static json_t *check_parameters(const json_t *parameters, const json_t *given, Problem *problem)
{
    json_t *values = json_object(), *parameter, *value;
    const char *name;
    size_t i;

    json_object_foreach ((json_t *)given, name, value) {
        json_t *names;

        if (param_find(parameters, name))
            continue;
        names = json_array();
        json_array_foreach (parameters, i, parameter)
            json_array_append(names, json_object_get(parameter, "name"));
        problem_add(problem, name, json_deep_copy(value), json_pack("{s:o}", "choices", names),
            "there is no such parameter");
    }
    json_array_foreach (parameters, i, parameter) {
        const char *key = json_string_value(json_object_get(parameter, "name"));

        value = find_given(given, key);
        if (!value)
            json_object_set_new(values, key, json_deep_copy(json_object_get(parameter, "default")));
        else if ((value = param_check(parameter, value, problem)))
            json_object_set_new(values, key, value);
    }
    return values;
}

/* The number of tasks may follow from another parameter: {"parameter": "hogs", "plus": 1}. */
static void derive_tasks(
    const json_t *experiment, const json_t *parameters, const json_t *given, json_t *values, Problem *problem)
{
    const json_t *rule = json_object_get(experiment, "tasks"), *asked = find_given(given, "tasks");
    const char *name = json_string_value(json_object_get(rule, "parameter"));
    json_int_t plus = json_integer_value(json_object_get(rule, "plus"));
    json_int_t tasks = plus + json_integer_value(json_object_get(values, name));
    json_int_t most = json_integer_value(json_object_get(param_find(parameters, "tasks"), "max"));
    json_auto_t *list = json_pack("[I]", tasks);

    if (!rule)
        return;
    if (asked && !json_equal(json_object_get(values, "tasks"), list))
        problem_add(problem, "tasks", json_deep_copy(json_object_get(values, "tasks")),
            json_pack("{s:I, s:I}", "min", tasks, "max", tasks),
            "must be %s + %lld, which is %lld: leave it out and choose %s", name, plus, tasks, name);
    else if (tasks > most)
        problem_add(problem, name, json_incref(json_object_get(values, name)),
            json_pack("{s:I}", "max", most - plus), "makes %lld tasks, and at most %lld are allowed", tasks,
            most);
    json_object_set(values, "tasks", list);
}

typedef struct Axis {
    const char *name;
    bool in_params; /* stands in the cell's params, not in the cell itself */
} Axis;

/* The lists that span the grid, slowest first: the modes of one group stand side by side. */
static const Axis axes[] = {
    {"lock", false},
    {"check_interval", true},
    {"switch_interval_us", true},
    {"cpus", false},
    {"tasks", false},
    {"runtime", false},
    {"mode", false},
};
enum { N_AXES = sizeof(axes) / sizeof(axes[0]) };

/* Some forms of the answer have no meaning without a timeline. */
static void imply_timeline(json_t *values)
{
    const char *detail = json_string_value(json_object_get(values, "detail"));
    const char *format = json_string_value(json_object_get(values, "format"));

    if ((detail && strcmp(detail, "full") == 0) || (format && strcmp(format, "trace") == 0))
        json_object_set_new(values, "timeline", json_string("on"));
}

static int64_t grid_size(const json_t *values)
{
    int64_t size = 1;

    for (size_t i = 0; i < N_AXES; i++)
        if (__builtin_mul_overflow(
                size, (int64_t)json_array_size(json_object_get(values, axes[i].name)), &size))
            return INT64_MAX;
    return size;
}

static void check_grid(const json_t *values, const PlanLimits *limits, Problem *problem)
{
    int64_t size = grid_size(values);

    if (size <= limits->max_cells)
        return;
    for (size_t i = 0; i < N_AXES; i++) {
        json_t *list = json_object_get(values, axes[i].name);

        if (json_array_size(list) > 1)
            problem_add(problem, axes[i].name, json_deep_copy(list), NULL,
                "the lists span %lld cells together, and at most %lld are allowed", (long long)size,
                (long long)limits->max_cells);
    }
}

/* The cell at a position of the grid, with the experiment's own parameters of its runtime. */
static json_t *make_cell(
    const json_t *catalogs, const char *experiment, const json_t *values, const json_t *given, int64_t index)
{
    json_t *picked[N_AXES], *params = json_object(), *entry, *parameter, *cell;
    int64_t rest = index;
    size_t i;

    for (size_t k = N_AXES; k-- > 0;) {
        json_t *list = json_object_get(values, axes[k].name);

        picked[k] = json_array_get(list, (size_t)(rest % (int64_t)json_array_size(list)));
        rest /= (int64_t)json_array_size(list);
    }
    entry = find_experiment(catalogs, json_string_value(picked[N_AXES - 2]), experiment);
    json_array_foreach (json_object_get(entry, "parameters"), i, parameter) {
        const char *name = json_string_value(json_object_get(parameter, "name"));
        json_t *value = json_object_get(values, name);

        /* Each runtime has a size of its own for what nobody gave. */
        if (!find_given(given, name))
            value = json_object_get(parameter, "default");
        json_object_set(params, name, value);
    }
    for (size_t k = 0; k < N_AXES; k++)
        if (axes[k].in_params)
            json_object_set(params, axes[k].name, picked[k]);
    cell = json_pack("{s:I, s:O, s:O, s:O, s:O, s:O, s:o}", "cell", (json_int_t)index, "runtime",
        picked[N_AXES - 2], "mode", picked[N_AXES - 1], "lock", picked[0], "tasks", picked[4], "cpus",
        picked[3], "params", params);
    if (json_is_true(json_object_get(entry, "fixed_time")))
        json_object_set_new(cell, "fixed_time", json_true());
    return cell;
}

static json_t *make_cells(
    const json_t *catalogs, const char *experiment, const json_t *values, const json_t *given)
{
    json_t *cells = json_array();
    int64_t size = grid_size(values);

    for (int64_t i = 0; i < size; i++)
        json_array_append_new(cells, make_cell(catalogs, experiment, values, given, i));
    return cells;
}

/* What a cell asks of its runtime: that it has the experiment, the mode, the lock, and room for the tasks. */
static void check_cell(const json_t *catalogs, const char *experiment, const json_t *cell, Problem *problem)
{
    const char *runtime = json_string_value(json_object_get(cell, "runtime"));
    const char *mode = json_string_value(json_object_get(cell, "mode"));
    const char *lock = json_string_value(json_object_get(cell, "lock"));
    json_t *tasks = json_object_get(cell, "tasks");
    const json_t *catalog = find_named(catalogs, "runtime", runtime);
    const json_t *entry = find_experiment(catalogs, runtime, experiment);
    json_t *most = json_object_get(json_object_get(entry, "max_tasks"), mode);
    const char *why = json_string_value(json_object_get(json_object_get(entry, "max_tasks_reason"), mode));
    json_t *reason = json_object_get(json_object_get(entry, "unavailable"), mode);

    if (!entry)
        problem_add(
            problem, "runtime", json_string(runtime), NULL, "does not have the experiment %s", experiment);
    else if (!find_named(json_object_get(catalog, "modes"), "name", mode))
        problem_add(problem, "mode", json_string(mode), NULL, "does not exist in the runtime %s", runtime);
    else if (!find_named(json_object_get(catalog, "locks"), "name", lock))
        problem_add(problem, "lock", json_string(lock), NULL, "does not exist in the runtime %s", runtime);
    else if (reason)
        problem_add(problem, "mode", json_string(mode), NULL, "%s", json_string_value(reason));
    else if (most && json_integer_value(tasks) > json_integer_value(most))
        problem_add(problem, "tasks", json_incref(tasks), json_pack("{s:i, s:O}", "min", 1, "max", most),
            "must be from 1 to %lld for %s in mode %s%s%s", json_integer_value(most), experiment, mode,
            why ? ": " : "", why ? why : "");
}

/* One complaint is enough where cells differ in something else only. */
static void check_cells(const json_t *catalogs, const char *experiment, const json_t *cells, Problem *problem)
{
    size_t i, k;
    json_t *cell, *error, *seen;

    json_array_foreach (cells, i, cell) {
        size_t before = json_array_size(problem->errors);

        check_cell(catalogs, experiment, cell, problem);
        if (json_array_size(problem->errors) == before)
            continue;
        error = json_array_get(problem->errors, before);
        json_array_foreach (problem->errors, k, seen) {
            if (k < before && json_equal(seen, error)) {
                json_array_remove(problem->errors, before);
                break;
            }
        }
    }
}

/* The names of parameters whose value gilscope chose. */
static json_t *sized_parameters(const json_t *parameters, const json_t *given)
{
    json_t *sized = json_array(), *parameter;
    size_t i;

    json_array_foreach (parameters, i, parameter)
        if (find_is_sized(parameter, given))
            json_array_append(sized, json_object_get(parameter, "name"));
    return sized;
}

int plan_make(const json_t *catalogs, const PlanLimits *given_limits, const char *experiment,
    const json_t *given, Plan *ret, Problem *problem)
{
    const PlanLimits limits = common_limits(catalogs, given_limits);
    json_auto_t *parameters = NULL, *values = NULL, *cells = NULL;
    json_t *entry = find_experiment(catalogs, NULL, experiment);
    nsec_t estimate;
    Asked asked;

    if (!entry) {
        unknown_experiment(catalogs, experiment, problem);
        return -EINVAL;
    }
    parameters = common_parameters(catalogs, &limits, entry);
    json_array_extend(parameters, json_object_get(entry, "parameters"));
    values = check_parameters(parameters, given, problem);
    imply_timeline(values);
    elsewhere_check_urls(parameters, values, &limits, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    derive_tasks(entry, parameters, given, values, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    check_grid(values, &limits, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    cells = make_cells(catalogs, experiment, values, given);
    check_cells(catalogs, experiment, cells, problem);
    elsewhere_check_requests(parameters, cells, budget_rounds(values), &limits, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    asked = (Asked){catalogs, experiment, given, &limits, values, cells};
    estimate = budget_fit(&asked);
    budget_check(&asked, estimate, problem);
    if (problem_is_set(problem))
        return -EINVAL;

    ret->request = json_pack("{s:s}", "experiment", experiment);
    json_object_update(ret->request, values);
    json_object_set_new(ret->request, "sized", sized_parameters(parameters, given));
    ret->cells = take_pointer(cells);
    ret->estimate = estimate;
    ret->timeout = (nsec_t)json_integer_value(json_object_get(values, "timeout_ms")) * NSEC_PER_MSEC;
    ret->format = json_string_value(json_object_get(ret->request, "format"));
    return 0;
}
