/* A cell is a number: its place in the grid. Each axis says how many cells on its next value comes, so a
 * cell's value on any axis follows from its number alone, and no order of loops has to be kept in step with
 * the order of cells. Each lock has a grid of its own, because its parameters are axes of its cells alone.
 *
 * An example: with two modes and three numbers of tasks, mode has the stride 1 and tasks the stride 2. Cell 3
 * has the mode 3 / 1 % 2 = 1 and the number of tasks 3 / 2 % 3 = 1, the second of each. */
#include "plan/grid.h"

#include <assert.h>
#include <stdlib.h>

#include "plan/param.h"

/* One of the lists that span the grid. */
typedef struct Axis {
    const char *name;
    const json_t *values;
    int64_t stride; /* so many cells on comes the next value; 1 for the fastest axis */
} Axis;

/* The axes that the cells of every lock have. */
typedef enum NamedAxis { AXIS_CPUS, AXIS_TASKS, AXIS_RUNTIME, AXIS_MODE, N_NAMED_AXES } NamedAxis;

/* The cells of one lock. The parameters of other locks mean nothing to it: a list of them would only measure
 * the same cell again under another name. */
typedef struct Grid {
    const char *lock;
    Axis named[N_NAMED_AXES];
    Axis *own; /* the lock's parameters; owned */
    size_t n_own;
    int64_t size; /* INT64_MAX: even more */
} Grid;

/* The next slower axis: as many neighbouring cells as the grid has so far share a value of it. Lists come
 * from a client, and their product can overflow; then the size becomes one that no limit allows. A product
 * that wrapped round could look small. */
static Axis grid_axis(Grid *grid, const Asked *asked, const char *name)
{
    const Axis axis = {name, asked_value(asked, name), grid->size};

    if (__builtin_mul_overflow(grid->size, (int64_t)json_array_size(axis.values), &grid->size))
        grid->size = INT64_MAX;
    return axis;
}

/* From the fastest axis to the slowest. The mode is the fastest, so that the cells that a person compares
 * stand side by side in every list. */
static void grid_make(const Asked *asked, const char *name, Grid *ret)
{
    const CatalogLock *lock = catalogs_lock(asked->catalogs, name);

    *ret = (Grid){.lock = name, .n_own = lock ? lock->n_parameters : 0, .size = 1};
    ret->own = calloc(ret->n_own + 1, sizeof(Axis));
    assert(ret->own);
    ret->named[AXIS_MODE] = grid_axis(ret, asked, "mode");
    ret->named[AXIS_RUNTIME] = grid_axis(ret, asked, "runtime");
    ret->named[AXIS_TASKS] = grid_axis(ret, asked, "tasks");
    ret->named[AXIS_CPUS] = grid_axis(ret, asked, "cpus");
    for (size_t i = 0; i < ret->n_own; i++)
        ret->own[i] = grid_axis(ret, asked, lock->parameters[i].name);
}

static void grid_finish(Grid *grid)
{
    free(grid->own);
}
#define auto_grid __attribute__((cleanup(grid_finish)))

/* Borrowed. index is the place of a cell among those of its lock. */
static json_t *axis_value(const Axis *axis, int64_t index)
{
    return json_array_get(
        axis->values, (size_t)(index / axis->stride % (int64_t)json_array_size(axis->values)));
}

static const char *grid_axis_text(const Grid *grid, NamedAxis axis, int64_t index)
{
    return json_string_value(axis_value(&grid->named[axis], index));
}

/* How many cells there are under all locks together; INT64_MAX: even more. */
static int64_t grid_count(const Asked *asked)
{
    int64_t sum = 0;
    json_t *lock;
    size_t i;

    json_array_foreach (asked_value(asked, "lock"), i, lock) {
        auto_grid Grid grid;

        grid_make(asked, json_string_value(lock), &grid);
        if (__builtin_add_overflow(sum, grid.size, &sum))
            return INT64_MAX;
    }
    return sum;
}

/* This comes before a single cell is made: a few lists of a few hundred values span more cells than there is
 * memory. Every list with more than one value is named, because shortening any of them helps. */
static void grid_check_size(const Asked *asked, const Parameters *parameters, int64_t size, Problem *problem)
{
    if (size <= asked->limits->max_cells)
        return;
    for (size_t i = 0; i < parameters->n; i++) {
        const CatalogParameter *parameter = &parameters->list[i];
        const json_t *values = parameter->list ? asked_value(asked, parameter->name) : NULL;

        if (json_array_size(values) > 1)
            problem_add(problem, parameter->name, json_deep_copy(values), NULL,
                "the lists span %lld cells together, and at most %lld are allowed", (long long)size,
                (long long)asked->limits->max_cells);
    }
}

/* The experiment's own parameters as its runtime has them, and those of the cell's lock. Those of other locks
 * are left out: with them every new lock would make all runs before it look like something else, because they
 * lack its parameters. */
static json_t *grid_make_params(
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
    for (size_t i = 0; i < grid->n_own; i++)
        json_object_set(params, grid->own[i].name, axis_value(&grid->own[i], index));
    return params;
}

/* What the runtime does not have is NULL in the cell. grid_check_cell() says so in words, and a cell that
 * lacks something is never run. */
static CellSpec grid_make_cell(const Asked *asked, const Grid *grid, int64_t index)
{
    const Catalog *runtime = catalogs_runtime(asked->catalogs, grid_axis_text(grid, AXIS_RUNTIME, index));
    const CatalogExperiment *experiment = catalog_experiment(runtime, asked->experiment->name);

    return (CellSpec){
        .number = (int64_t)asked->n_cells,
        .runtime = runtime,
        .experiment = experiment,
        .mode = catalog_mode(runtime, grid_axis_text(grid, AXIS_MODE, index)),
        .lock = catalog_lock(runtime, grid->lock),
        .tasks = json_integer_value(axis_value(&grid->named[AXIS_TASKS], index)),
        .cpus = json_integer_value(axis_value(&grid->named[AXIS_CPUS], index)),
        .cpu_quota = runtime->host.cpu_quota,
        .params = grid_make_params(asked, experiment, grid, index),
    };
}

/* What a cell asks of its runtime: that it has the experiment, the mode, the lock, and room for the tasks.
 * The order matters: each question needs what the one before it found. */
static void grid_check_cell(
    const Asked *asked, const Grid *grid, int64_t index, const CellSpec *cell, Problem *problem)
{
    const char *runtime = cell->runtime->runtime, *experiment = asked->experiment->name;
    const char *mode = grid_axis_text(grid, AXIS_MODE, index);
    const CatalogRoom *room =
        cell->experiment && cell->mode ? catalog_room(cell->runtime, cell->experiment, cell->mode) : NULL;

    if (!cell->experiment)
        problem_add(
            problem, "runtime", json_string(runtime), NULL, "does not have the experiment %s", experiment);
    else if (!cell->mode)
        problem_add(problem, "mode", json_string(mode), NULL, "does not exist in the runtime %s", runtime);
    else if (!cell->lock)
        problem_add(
            problem, "lock", json_string(grid->lock), NULL, "does not exist in the runtime %s", runtime);
    else if (room->unavailable)
        problem_add(problem, "mode", json_string(mode), NULL, "%s", room->unavailable);
    else if (cell->tasks > room->max_tasks)
        problem_add(problem, "tasks", json_integer((json_int_t)cell->tasks),
            json_pack("{s:i, s:I}", "min", 1, "max", (json_int_t)room->max_tasks),
            "must be from 1 to %lld for %s in mode %s%s%s", (long long)room->max_tasks, experiment, mode,
            room->reason ? ": " : "", room->reason ? room->reason : "");
}

/* One complaint is enough where cells differ in something else only: a mode that does not exist would
 * otherwise be named once for each lock, each number of tasks and each CPU. There are at most as many cells
 * as the limit allows, so looking through the complaints for an equal one is cheap. */
static void grid_complain_once(Problem *problem, size_t before)
{
    const json_t *error = json_array_get(problem->errors, before), *seen;
    size_t k;

    json_array_foreach (problem->errors, k, seen) {
        if (k < before && json_equal(seen, error)) {
            json_array_remove(problem->errors, before);
            return;
        }
    }
}

/* Appends the cells of one lock, and says what is wrong with them. */
static void grid_fill(Asked *asked, const Grid *grid, Problem *problem)
{
    for (int64_t i = 0; i < grid->size; i++) {
        CellSpec *cell = &asked->cells[asked->n_cells];
        size_t before = json_array_size(problem->errors);

        *cell = grid_make_cell(asked, grid, i);
        asked->n_cells++;
        grid_check_cell(asked, grid, i, cell, problem);
        if (json_array_size(problem->errors) > before)
            grid_complain_once(problem, before);
    }
}

bool grid_make_cells(Asked *asked, const Parameters *parameters, Problem *problem)
{
    int64_t size = grid_count(asked);
    json_t *lock;
    size_t i;

    grid_check_size(asked, parameters, size, problem);
    if (problem_is_set(problem))
        return false;
    /* No list is empty, so there is at least one cell. */
    asked->cells = calloc((size_t)size, sizeof(CellSpec));
    assert(asked->cells);
    json_array_foreach (asked_value(asked, "lock"), i, lock) {
        auto_grid Grid grid;

        grid_make(asked, json_string_value(lock), &grid);
        grid_fill(asked, &grid, problem);
    }
    return true;
}
