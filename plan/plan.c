/* The order of the checks is the order a person would want the answers in: the experiment's name first, then
 * every parameter at once, then what only shows when all of them are known: the grid, the number of tasks in
 * each mode, and what all of it takes. */
#include "plan/plan.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/budget.h"
#include "plan/common.h"
#include "plan/elsewhere.h"
#include "plan/param.h"

static void free_cells(CellSpec *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_decref(cells[i].params);
    free(cells);
}

void plan_finish(Plan *plan)
{
    free_cells(plan->specs, plan->n_specs);
    json_decref(plan->request);
    json_decref(plan->cells);
    *plan = (Plan){0};
}

/* With the names of all experiments, each once. */
static void refuse_experiment(const Catalogs *catalogs, const char *name, Problem *problem)
{
    json_t *names = json_array();
    auto_free char *list = text_printf("%s", "");

    for (size_t i = 0; i < catalogs->n; i++) {
        for (size_t k = 0; k < catalogs->list[i]->n_experiments; k++) {
            const CatalogExperiment *experiment = &catalogs->list[i]->experiments[k];
            char *longer;

            if (catalogs_experiment(catalogs, experiment->name) != experiment)
                continue;
            json_array_append_new(names, json_string(experiment->name));
            longer = text_printf("%s%s%s", list, *list ? ", " : "", experiment->name);
            free(list);
            list = longer;
        }
    }
    problem_set(problem, 404, "Unknown experiment", "there is no experiment called \"%.60s\"; there are: %s",
        name, list);
    problem_extend(problem, "experiments", names);
}

static void refuse_unknown(const Parameters *parameters, const json_t *given, Problem *problem)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)given, name, value) {
        json_t *names;

        if (parameters_find(parameters, name))
            continue;
        names = json_array();
        for (size_t i = 0; i < parameters->n; i++)
            json_array_append_new(names, json_string(parameters->list[i].name));
        problem_add(problem, name, json_deep_copy(value), json_pack("{s:o}", "choices", names),
            "there is no such parameter");
    }
}

/* Checks every given parameter and fills in the defaults of the others. */
static void check_parameters(const Parameters *parameters, const Asked *asked, Problem *problem)
{
    refuse_unknown(parameters, asked->given, problem);
    for (size_t i = 0; i < parameters->n; i++) {
        const CatalogParameter *parameter = &parameters->list[i];
        const json_t *given = param_given(asked->given, parameter->name);
        json_t *value = given ? param_check(parameter, given, problem) : json_deep_copy(parameter->fallback);

        if (value)
            json_object_set_new(asked->values, parameter->name, value);
    }
}

static int64_t number_of(const Asked *asked, const char *name)
{
    return json_integer_value(asked_value(asked, name));
}

static bool value_is(const Asked *asked, const char *name, const char *text)
{
    const char *value = json_string_value(asked_value(asked, name));

    return value && strcmp(value, text) == 0;
}

/* Some forms of the answer have no meaning without a timeline, which is one more repetition. */
static void read_rounds(Asked *asked)
{
    if (value_is(asked, "detail", "full") || value_is(asked, "format", "trace"))
        json_object_set_new(asked->values, "timeline", json_string("on"));
    asked->rounds =
        number_of(asked, "repeat") + number_of(asked, "warmup") + value_is(asked, "timeline", "on");
    asked->timeout_ms = number_of(asked, "timeout_ms");
}

/* The number of tasks may follow from another parameter: with one task beside the hogs it is hogs + 1. */
static void derive_tasks(const Asked *asked, const Parameters *parameters, Problem *problem)
{
    const char *name = asked->experiment->tasks_parameter;
    int64_t plus = asked->experiment->tasks_plus;
    int64_t tasks = plus + (name ? number_of(asked, name) : 0);
    int64_t most = parameters_find(parameters, "tasks")->max;
    json_auto_t *list = json_pack("[I]", (json_int_t)tasks);

    if (!name)
        return;
    if (param_given(asked->given, "tasks") && !json_equal(asked_value(asked, "tasks"), list))
        problem_add(problem, "tasks", json_deep_copy(asked_value(asked, "tasks")),
            json_pack("{s:I, s:I}", "min", (json_int_t)tasks, "max", (json_int_t)tasks),
            "must be %s + %lld, which is %lld: leave it out and choose %s", name, (long long)plus,
            (long long)tasks, name);
    else if (tasks > most)
        problem_add(problem, name, json_incref(asked_value(asked, name)),
            json_pack("{s:I}", "max", (json_int_t)(most - plus)),
            "makes %lld tasks, and at most %lld are allowed", (long long)tasks, (long long)most);
    json_object_set(asked->values, "tasks", list);
}

/* The lists that span the grid. The names are those that every cell has; the locks' parameters are axes, too,
 * between the lock and the CPUs. */
typedef struct Axis {
    const char *name;
    const json_t *values;
    int64_t stride; /* so many cells on comes the next value */
} Axis;

typedef enum NamedAxis { AXIS_LOCK, AXIS_CPUS, AXIS_TASKS, AXIS_RUNTIME, AXIS_MODE, N_NAMED_AXES } NamedAxis;

typedef struct Grid {
    Axis named[N_NAMED_AXES];
    Axis *of_locks; /* owned */
    size_t n_of_locks;
    int64_t size; /* INT64_MAX: even more */
} Grid;

/* The next slower axis, behind which so many cells are alike. */
static Axis grid_axis(Grid *grid, const Asked *asked, const char *name)
{
    const Axis axis = {name, asked_value(asked, name), grid->size};

    if (__builtin_mul_overflow(grid->size, (int64_t)json_array_size(axis.values), &grid->size))
        grid->size = INT64_MAX;
    return axis;
}

/* From the fastest axis to the slowest: the modes of one group stand side by side. */
static void grid_make(const Asked *asked, const Parameters *parameters, Grid *ret)
{
    const CatalogParameter *of_locks = &parameters->list[parameters->first_of_locks];

    *ret = (Grid){.n_of_locks = parameters->n_of_locks, .size = 1};
    ret->of_locks = calloc(ret->n_of_locks + 1, sizeof(Axis));
    assert(ret->of_locks);
    ret->named[AXIS_MODE] = grid_axis(ret, asked, "mode");
    ret->named[AXIS_RUNTIME] = grid_axis(ret, asked, "runtime");
    ret->named[AXIS_TASKS] = grid_axis(ret, asked, "tasks");
    ret->named[AXIS_CPUS] = grid_axis(ret, asked, "cpus");
    for (size_t i = 0; i < ret->n_of_locks; i++)
        ret->of_locks[i] = grid_axis(ret, asked, of_locks[i].name);
    ret->named[AXIS_LOCK] = grid_axis(ret, asked, "lock");
}

static void grid_finish(Grid *grid)
{
    free(grid->of_locks);
}
#define auto_grid __attribute__((cleanup(grid_finish)))

static json_t *axis_value(const Axis *axis, int64_t index)
{
    return json_array_get(
        axis->values, (size_t)(index / axis->stride % (int64_t)json_array_size(axis->values)));
}

static const char *axis_text(const Grid *grid, NamedAxis axis, int64_t index)
{
    return json_string_value(axis_value(&grid->named[axis], index));
}

static void check_axis(const Axis *axis, const Grid *grid, const PlanLimits *limits, Problem *problem)
{
    if (json_array_size(axis->values) > 1)
        problem_add(problem, axis->name, json_deep_copy(axis->values), NULL,
            "the lists span %lld cells together, and at most %lld are allowed", (long long)grid->size,
            (long long)limits->max_cells);
}

static void check_grid(const Grid *grid, const PlanLimits *limits, Problem *problem)
{
    if (grid->size <= limits->max_cells)
        return;
    for (size_t i = 0; i < N_NAMED_AXES; i++)
        check_axis(&grid->named[i], grid, limits, problem);
    for (size_t i = 0; i < grid->n_of_locks; i++)
        check_axis(&grid->of_locks[i], grid, limits, problem);
}

/* The experiment's own parameters as its runtime has them, and those of all locks. */
static json_t *make_params(
    const Asked *asked, const CatalogExperiment *experiment, const Grid *grid, int64_t index)
{
    json_t *params = json_object();

    for (size_t i = 0; experiment && i < experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &experiment->parameters[i];

        /* Each runtime has a size of its own for what nobody gave. */
        if (param_given(asked->given, parameter->name))
            json_object_set(params, parameter->name, asked_value(asked, parameter->name));
        else
            json_object_set(params, parameter->name, (json_t *)parameter->fallback);
    }
    for (size_t i = 0; i < grid->n_of_locks; i++)
        json_object_set(params, grid->of_locks[i].name, axis_value(&grid->of_locks[i], index));
    return params;
}

static CellSpec make_cell(const Asked *asked, const Grid *grid, int64_t index)
{
    const Catalog *runtime = catalogs_runtime(asked->catalogs, axis_text(grid, AXIS_RUNTIME, index));
    const CatalogExperiment *experiment = catalog_experiment(runtime, asked->experiment->name);

    return (CellSpec){
        .number = index,
        .runtime = runtime,
        .experiment = experiment,
        .mode = catalog_mode(runtime, axis_text(grid, AXIS_MODE, index)),
        .lock = catalog_lock(runtime, axis_text(grid, AXIS_LOCK, index)),
        .tasks = json_integer_value(axis_value(&grid->named[AXIS_TASKS], index)),
        .cpus = json_integer_value(axis_value(&grid->named[AXIS_CPUS], index)),
        .params = make_params(asked, experiment, grid, index),
    };
}

/* A grid that is too small to matter has at least one cell. */
static void make_cells(Asked *asked, const Grid *grid)
{
    asked->cells = calloc((size_t)grid->size, sizeof(CellSpec));
    assert(asked->cells);
    for (int64_t i = 0; i < grid->size; i++)
        asked->cells[asked->n_cells++] = make_cell(asked, grid, i);
}

/* What a cell asks of its runtime: that it has the experiment, the mode, the lock, and room for the tasks. */
static void check_cell(const Asked *asked, const Grid *grid, const CellSpec *cell, Problem *problem)
{
    const char *runtime = cell->runtime->runtime, *experiment = asked->experiment->name;
    const char *mode = axis_text(grid, AXIS_MODE, cell->number);
    const char *lock = axis_text(grid, AXIS_LOCK, cell->number);
    const CatalogRoom *room =
        cell->experiment && cell->mode ? catalog_room(cell->runtime, cell->experiment, cell->mode) : NULL;

    if (!cell->experiment)
        problem_add(
            problem, "runtime", json_string(runtime), NULL, "does not have the experiment %s", experiment);
    else if (!cell->mode)
        problem_add(problem, "mode", json_string(mode), NULL, "does not exist in the runtime %s", runtime);
    else if (!cell->lock)
        problem_add(problem, "lock", json_string(lock), NULL, "does not exist in the runtime %s", runtime);
    else if (room->unavailable)
        problem_add(problem, "mode", json_string(mode), NULL, "%s", room->unavailable);
    else if (cell->tasks > room->max_tasks)
        problem_add(problem, "tasks", json_integer((json_int_t)cell->tasks),
            json_pack("{s:i, s:I}", "min", 1, "max", (json_int_t)room->max_tasks),
            "must be from 1 to %lld for %s in mode %s%s%s", (long long)room->max_tasks, experiment, mode,
            room->reason ? ": " : "", room->reason ? room->reason : "");
}

/* One complaint is enough where cells differ in something else only. */
static void check_cells(const Asked *asked, const Grid *grid, Problem *problem)
{
    for (size_t i = 0; i < asked->n_cells; i++) {
        size_t before = json_array_size(problem->errors), k;
        const json_t *error, *seen;

        check_cell(asked, grid, &asked->cells[i], problem);
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

/* Makes the cells of a request whose values are right by themselves, and fits their sizes. Returns whether
 * all of them can run. */
static bool plan_cells(Asked *asked, const Parameters *parameters, nsec_t *ret_estimate, Problem *problem)
{
    auto_grid Grid grid;

    grid_make(asked, parameters, &grid);
    check_grid(&grid, asked->limits, problem);
    if (problem_is_set(problem))
        return false;
    make_cells(asked, &grid);
    check_cells(asked, &grid, problem);
    elsewhere_check_requests(asked, problem);
    if (problem_is_set(problem))
        return false;
    *ret_estimate = budget_fit(asked);
    budget_check(asked, *ret_estimate, problem);
    return !problem_is_set(problem);
}

/* The names of parameters whose value gilscope chose. */
static json_t *sized_parameters(const Asked *asked)
{
    json_t *sized = json_array();

    for (size_t i = 0; i < asked->experiment->n_parameters; i++)
        if (param_is_sized(&asked->experiment->parameters[i], asked->given))
            json_array_append_new(sized, json_string(asked->experiment->parameters[i].name));
    return sized;
}

/* Takes the cells over. */
static Plan plan_of(const Asked *asked, nsec_t estimate)
{
    Plan plan = {
        .request = json_pack("{s:s}", "experiment", asked->experiment->name),
        .cells = json_array(),
        .specs = asked->cells,
        .n_specs = asked->n_cells,
        .estimate = estimate,
        .timeout = (nsec_t)asked->timeout_ms * NSEC_PER_MSEC,
        .format = json_string_value(asked_value(asked, "format")),
    };

    json_object_update(plan.request, asked->values);
    json_object_set_new(plan.request, "sized", sized_parameters(asked));
    for (size_t i = 0; i < plan.n_specs; i++)
        json_array_append_new(plan.cells, cell_spec_json(&plan.specs[i]));
    return plan;
}

int plan_make(const Catalogs *catalogs, const PlanLimits *given_limits, const char *experiment,
    const json_t *given, Plan *ret, Problem *problem)
{
    const PlanLimits limits = plan_limits(catalogs, given_limits);
    json_auto_t *values = json_object();
    auto_parameters Parameters parameters = {0};
    Asked asked = {
        .catalogs = catalogs,
        .limits = &limits,
        .experiment = catalogs_experiment(catalogs, experiment),
        .given = given,
        .values = values,
    };
    nsec_t estimate;

    if (!asked.experiment) {
        refuse_experiment(catalogs, experiment, problem);
        return -EINVAL;
    }
    parameters_make(catalogs, &limits, asked.experiment, &parameters);
    check_parameters(&parameters, &asked, problem);
    elsewhere_check_urls(&asked, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    read_rounds(&asked);
    derive_tasks(&asked, &parameters, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    if (!plan_cells(&asked, &parameters, &estimate, problem)) {
        free_cells(asked.cells, asked.n_cells);
        return -EINVAL;
    }
    *ret = plan_of(&asked, estimate);
    return 0;
}
