/* Five axes are fields of a cell, all others are parameters, whose names only the cells know. So the axes are
 * found by looking through the cells: there is no list of parameters here that a new experiment would have to
 * be added to. */
#include "results/axes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/plain.h"

#define VALUE_WIDTH 32 /* of a text in a column, a URL for example */

/* In their usual order. A parameter of the same name could not be told from them, so it is none. Their order
 * is that of columns and titles. */
static const Axis identity[] = {
    {"runtime", AXIS_RUNTIME, false},
    {"mode", AXIS_MODE, false},
    {"lock", AXIS_LOCK, false},
    {"tasks", AXIS_TASKS, false},
    {"cpus", AXIS_CPUS, false},
};

/* The value where it is a name, NULL where it is something else. This and the next two functions are the only
 * ones that know where a value is kept; each answers for its own type and says "nothing" for the others, so a
 * caller asks all three and takes the one that answers. */
static const char *axis_name_in(const Axis *axis, const ResultCell *cell)
{
    switch (axis->kind) {
    case AXIS_RUNTIME:
        return cell->runtime;
    case AXIS_MODE:
        return cell->mode;
    case AXIS_LOCK:
        return cell->lock;
    case AXIS_TASKS:
    case AXIS_CPUS:
    case AXIS_PARAM:
        return NULL;
    }
    assert(false);
    return NULL;
}

/* The value where it is a whole number, RESULT_UNKNOWN where it is something else. */
static int64_t axis_number_in(const Axis *axis, const ResultCell *cell)
{
    return axis->kind == AXIS_TASKS ? cell->tasks : axis->kind == AXIS_CPUS ? cell->cpus : RESULT_UNKNOWN;
}

/* The value where it is a parameter, NULL where it is something else. */
static const json_t *axis_param_in(const Axis *axis, const ResultCell *cell)
{
    return axis->kind == AXIS_PARAM ? result_param(cell, axis->name) : NULL;
}

/* A parameter that may be left out, a URL for example, is null in the cell: it is there and says nothing. */
bool axis_is_set(const Axis *axis, const ResultCell *cell)
{
    const char *name = axis_name_in(axis, cell);
    const json_t *param = axis_param_in(axis, cell);

    return (name && *name) || axis_number_in(axis, cell) != RESULT_UNKNOWN || (param && !json_is_null(param));
}

/* Whether a column is aligned to the right. */
bool axis_is_number(const Axis *axis, const ResultCell *cell)
{
    return axis_number_in(axis, cell) != RESULT_UNKNOWN || json_is_number(axis_param_in(axis, cell));
}

char *axis_text(const Axis *axis, const ResultCell *cell)
{
    const char *name = axis_name_in(axis, cell);

    if (!axis_is_set(axis, cell))
        return text_printf("-");
    if (name)
        return text_printf("%s", name);
    return axis->kind == AXIS_PARAM ? human_value(axis_param_in(axis, cell))
                                    : human_integer(axis_number_in(axis, cell));
}

static bool axis_is_equal(const Axis *axis, const ResultCell *a, const ResultCell *b)
{
    const char *name = axis_name_in(axis, a);

    if (axis->kind == AXIS_PARAM)
        return json_equal(axis_param_in(axis, a), axis_param_in(axis, b));
    if (name)
        return strcmp(name, axis_name_in(axis, b)) == 0;
    return axis_number_in(axis, a) == axis_number_in(axis, b);
}

/* A parameter of a lock is there only in the cells of that lock. */
static bool axis_has(const Axis *axis, const ResultCell *cell)
{
    return axis->kind != AXIS_PARAM || axis_param_in(axis, cell);
}

const ResultCell *axis_first(const Axis *axis, const ResultCells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        if (axis_has(axis, cells->at[i]))
            return cells->at[i];
    }
    return NULL;
}

/* The first cell that has a value stands for all: if each equals it, all are equal. A cell without the
 * parameter differs in its lock, which is an axis of its own; counted here, every run of two locks would have
 * a column for each of their parameters in which nothing changes. The mode always counts as different, so
 * that a run of a single cell still has a column that names its row. */
static bool axis_varies(const Axis *axis, const ResultCells *cells)
{
    const ResultCell *first = axis_first(axis, cells);

    if (axis->kind == AXIS_MODE)
        return true;
    for (size_t i = 0; i < cells->n; i++) {
        if (axis_has(axis, cells->at[i]) && !axis_is_equal(axis, first, cells->at[i]))
            return true;
    }
    return false;
}

/* The first cell of the runtime of this one that has the axis. */
static const ResultCell *axis_first_of_runtime(
    const Axis *axis, const ResultCells *cells, const ResultCell *of)
{
    for (size_t i = 0; i < cells->n; i++) {
        if (axis_has(axis, cells->at[i]) && strcmp(cells->at[i]->runtime, of->runtime) == 0)
            return cells->at[i];
    }
    return of;
}

/* Each runtime has its own number of turns, chosen so that a task takes as long as in the others. A title
 * that says it beside the name of the runtime would say the same twice, and be longer than what it is the
 * title of. */
static bool axis_follows_runtime(const Axis *axis, const ResultCells *cells)
{
    if (axis->kind != AXIS_PARAM)
        return false;
    for (size_t i = 0; i < cells->n; i++) {
        if (axis_has(axis, cells->at[i]) &&
            !axis_is_equal(axis, axis_first_of_runtime(axis, cells, cells->at[i]), cells->at[i]))
            return false;
    }
    return true;
}

/* An object serves as a set that keeps the order in which its keys came. */
static json_t *axis_names(const ResultCells *cells)
{
    json_t *names = json_object(), *ignored;
    const char *name;

    for (size_t i = 0; i < ARRAY_LENGTH(identity); i++)
        json_object_set_new(names, identity[i].name, json_true());
    for (size_t i = 0; i < cells->n; i++) {
        json_object_foreach ((json_t *)cells->at[i]->params, name, ignored)
            json_object_set_new(names, name, json_true());
    }
    return names;
}

/* The first names are those of identity, in its order: the set began with them. */
static Axes axes_find(const ResultCells *cells, bool varying)
{
    Axes axes = {.names = axis_names(cells)};
    size_t n_seen = 0;
    const char *name;
    json_t *ignored;

    axes.at = calloc(json_object_size(axes.names), sizeof(*axes.at));
    assert(axes.at);
    json_object_foreach (axes.names, name, ignored) {
        Axis axis = n_seen < ARRAY_LENGTH(identity) ? identity[n_seen] : (Axis){name, AXIS_PARAM, false};

        n_seen++;
        if (axis_varies(&axis, cells) != varying)
            continue;
        axis.follows_runtime = varying && axis_follows_runtime(&axis, cells);
        axes.at[axes.n++] = axis;
    }
    return axes;
}

/* Each axis is in exactly one of the two lists, so a heading with the fixed ones and a table with the varying
 * ones together say everything that was asked. */
Axes axes_varying(const ResultCells *cells)
{
    return axes_find(cells, true);
}

Axes axes_fixed(const ResultCells *cells)
{
    return axes_find(cells, false);
}

void axes_finish(Axes *axes)
{
    free(axes->at);
    json_decref(axes->names);
    *axes = (Axes){0};
}

bool axes_have_runtimes(const Axes *varying)
{
    return varying->n > 0 && varying->at[0].kind == AXIS_RUNTIME;
}

/* Without several runtimes nothing that varies follows from them. */
bool axes_work_differs(const Axes *varying)
{
    for (size_t i = 0; i < varying->n; i++) {
        if (varying->at[i].follows_runtime)
            return true;
    }
    return false;
}

/* The mode needs no name in front: nothing else is called threads. Values are cut, or one long URL would be
 * all there is to read. */
char *axes_label(const Axes *varying, const ResultCell *cell)
{
    char *label = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&label, &length);

    assert(file);
    fputs(*cell->mode ? cell->mode : "-", file);
    for (size_t i = 0; i < varying->n; i++) {
        const Axis *axis = &varying->at[i];
        auto_free char *value = plain_cut(axis_text(axis, cell), VALUE_WIDTH);

        if (axis->kind != AXIS_MODE && !axis->follows_runtime)
            fprintf(file, " %s=%s", axis->name, value);
    }
    fclose(file);
    return label;
}

/* The first cell decides whether a column holds numbers. */
void axes_add_columns(const Axes *varying, size_t n, const ResultCells *cells, Layout *layout)
{
    for (size_t i = 0; i < varying->n && i < n; i++) {
        const Axis *axis = &varying->at[i];
        bool is_number = cells->n > 0 && axis_is_number(axis, cells->at[0]);
        size_t column = layout_add(layout, axis->name, is_number, LAYOUT_KEEP);

        for (size_t row = 0; row < cells->n; row++)
            layout_set(layout, column, row, plain_cut(axis_text(axis, cells->at[row]), VALUE_WIDTH));
    }
}
