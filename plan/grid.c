/* A cell is a number: its place in the grid. Each axis says how many cells on its next value comes, so a
 * cell's value on any axis follows from its number alone, and no order of loops has to be kept in step with
 * the order of cells. Each lock has a grid of its own, because its parameters are axes of its cells alone.
 *
 * An example: with two modes and three numbers of tasks, mode has the stride 1 and tasks the stride 2. Cell 3
 * has the mode 3 / 1 % 2 = 1 and the number of tasks 3 / 2 % 3 = 1, the second of each. */
#include "plan/grid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
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
 * memory. It is one fault, however many lists have a part in it: the longest is the one to be shortened, and
 * the sentence names all with their lengths. */
static void grid_check_size(const Asked *asked, const Parameters *parameters, int64_t size, Problem *problem)
{
    const char *longest = NULL;
    auto_free char *lists = NULL;
    size_t most = 0;

    if (size <= asked->limits->max_cells)
        return;
    for (size_t i = 0; i < parameters->n; i++) {
        const CatalogParameter *parameter = &parameters->list[i];
        const json_t *values = parameter->list ? asked_value(asked, parameter->name) : NULL;
        size_t n = json_array_size(values);
        auto_free char *before = NULL;

        if (n < 2)
            continue;
        before = lists;
        lists = text_printf("%s%s%s (%zu)", before ? before : "", before ? ", " : "", parameter->name, n);
        /* Of what nobody gave nothing can be left out. */
        n = param_given(asked->given, parameter->name) ? n : 1;
        if (!longest || n > most)
            longest = parameter->name;
        most = n > most ? n : most;
    }
    problem_add(problem, longest, json_incref((json_t *)param_given(asked->given, longest)), NULL,
        "the lists %s span %lld cells together, and at most %lld are allowed: shorten one of them", lists,
        (long long)size, (long long)asked->limits->max_cells);
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

        if (param_is_idle(parameter, asked->given, asked->values))
            continue;
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

/* What is wrong with a cell; param NULL: nothing. All is taken over by complaints_add(). */
typedef struct Complaint {
    const char *param;
    json_t *got, *allowed;
    char *reason;
} Complaint;

/* What a cell asks of its runtime: that it has the experiment, the mode, the lock, and room for the tasks.
 * The order matters: each question needs what the one before it found. */
static Complaint grid_check_cell(const Asked *asked, const Grid *grid, int64_t index, const CellSpec *cell)
{
    const char *runtime = cell->runtime->runtime, *experiment = asked->experiment->name;
    const char *mode = grid_axis_text(grid, AXIS_MODE, index);
    const CatalogRoom *room =
        cell->experiment && cell->mode ? catalog_room(cell->runtime, cell->experiment, cell->mode) : NULL;

    if (!cell->experiment)
        return (Complaint){"runtime", json_string(runtime), NULL,
            text_printf("does not have the experiment %s", experiment)};
    if (!cell->mode)
        return (Complaint){
            "mode", json_string(mode), NULL, text_printf("does not exist in the runtime %s", runtime)};
    if (!cell->lock)
        return (Complaint){
            "lock", json_string(grid->lock), NULL, text_printf("does not exist in the runtime %s", runtime)};
    if (room->unavailable)
        return (Complaint){"mode", json_string(mode), NULL, text_printf("%s", room->unavailable)};
    if (cell->tasks > room->max_tasks)
        return (Complaint){"tasks", json_integer((json_int_t)cell->tasks),
            json_pack("{s:i, s:I}", "min", 1, "max", (json_int_t)room->max_tasks),
            text_printf("must be from 1 to %lld for %s in mode %s%s%s", (long long)room->max_tasks,
                experiment, mode, room->reason ? ": " : "", room->reason ? room->reason : "")};
    return (Complaint){0};
}

/* Adds a complaint to those that there are, an array of {param, got, allowed, reason, cells}. Cells that
 * differ in something else have the same fault: a mode that does not exist would otherwise be named once for
 * each lock, each number of tasks and each CPU. So it is said once, with all values that have it and the
 * number of cells. There are at most as many cells as the limit allows, so looking through the complaints is
 * cheap. */
static void complaints_add(json_t *complaints, Complaint complaint)
{
    auto_free char *reason = complaint.reason;
    json_auto_t *got = complaint.got, *allowed = complaint.allowed;
    json_t *same = NULL, *one;
    size_t i;

    if (!complaint.param)
        return;
    json_array_foreach (complaints, i, one)
        if (strcmp(json_string_value(json_object_get(one, "param")), complaint.param) == 0 &&
            strcmp(json_string_value(json_object_get(one, "reason")), reason) == 0)
            same = one;
    if (!same) {
        same = json_pack("{s:s, s:[], s:O?, s:s, s:i}", "param", complaint.param, "got", "allowed", allowed,
            "reason", reason, "cells", 0);
        json_array_append_new(complaints, same);
    }
    json_object_set_new(same, "cells", json_integer(json_integer_value(json_object_get(same, "cells")) + 1));
    json_array_foreach (json_object_get(same, "got"), i, one)
        if (json_equal(one, got))
            return;
    json_array_append(json_object_get(same, "got"), got);
}

/* A single value is told as it was given, and not as a list of one. How many cells have the fault says
 * whether it is the value itself or what it meets in some of them. */
static void complaints_tell(const json_t *complaints, size_t n_cells, Problem *problem)
{
    json_t *one;
    size_t i;

    json_array_foreach (complaints, i, one) {
        json_t *got = json_object_get(one, "got");
        long long n = json_integer_value(json_object_get(one, "cells"));
        auto_free char *where = n_cells == 1              ? text_printf("%s", "")
                                : n == (long long)n_cells ? text_printf(" (all %zu cells)", n_cells)
                                                          : text_printf(" (%lld of %zu cells)", n, n_cells);

        problem_add(problem, json_string_value(json_object_get(one, "param")),
            json_incref(json_array_size(got) == 1 ? json_array_get(got, 0) : got),
            json_incref(json_object_get(one, "allowed")), "%s%s",
            json_string_value(json_object_get(one, "reason")), where);
    }
}

/* Appends the cells of one lock, and notes what is wrong with them. */
static void grid_fill(Asked *asked, const Grid *grid, json_t *complaints)
{
    for (int64_t i = 0; i < grid->size; i++) {
        CellSpec *cell = &asked->cells[asked->n_cells];

        *cell = grid_make_cell(asked, grid, i);
        asked->n_cells++;
        complaints_add(complaints, grid_check_cell(asked, grid, i, cell));
    }
}

bool grid_make_cells(Asked *asked, const Parameters *parameters, Problem *problem)
{
    int64_t size = grid_count(asked);
    json_auto_t *complaints = json_array();
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
        grid_fill(asked, &grid, complaints);
    }
    complaints_tell(complaints, asked->n_cells, problem);
    return true;
}
