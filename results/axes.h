/* What tells cells apart, and what they all have in common; private to this folder.
 *
 * A grid repeats itself: of 60 cells, each with 15 values, two or three values differ. What is the same
 * everywhere belongs into the heading, said once; what differs names the rows. */
#pragma once

#include <stdbool.h>

#include "results/cell.h"
#include "results/layout.h"

/* One thing that a cell was asked to be: its runtime, mode, lock, tasks or cpus, or one of its parameters. */
typedef struct Axis {
    const char *name; /* borrowed from the axes */
    enum { AXIS_PARAM, AXIS_RUNTIME, AXIS_MODE, AXIS_LOCK, AXIS_TASKS, AXIS_CPUS } kind;
    bool follows_runtime; /* of a parameter of varying axes: all cells of a runtime have the same value */
} Axis;

typedef struct Axes {
    Axis *at; /* owned */
    size_t n;
    json_t *names; /* owned; of all axes, also of those that were left out */
} Axes;

/* Returns the axes whose values differ between the cells, or the others, in their usual order. The mode is
 * always among those that differ: no row is without a name. The names are borrowed from the object that the
 * axes own, so they live as long as the axes. */
Axes axes_varying(const ResultCells *cells);
Axes axes_fixed(const ResultCells *cells);
void axes_finish(Axes *axes);

#define auto_axes __attribute__((cleanup(axes_finish)))

/* Whether the cells are of several runtimes, and whether some parameter differs between these and within none
 * of them, as the number of turns does: then their times are of different work, and only what each took of
 * its own baseline can be compared. Of varying axes. */
bool axes_have_runtimes(const Axes *varying);
bool axes_work_differs(const Axes *varying);

/* The first cell that has the axis, which stands for all where they do not differ; NULL: none has. */
const ResultCell *axis_first(const Axis *axis, const ResultCells *cells);

/* Whether the cell has a value there, other than null; and whether that is a number. */
bool axis_is_set(const Axis *axis, const ResultCell *cell);
bool axis_is_number(const Axis *axis, const ResultCell *cell);

/* Returns the value for people, "-" if there is none; owned by the caller. It is not cleaned: a parameter may
 * hold anything that a client typed, see results/plain.h. */
char *axis_text(const Axis *axis, const ResultCell *cell);

/* Returns "threads lock=gil tasks=2", which names one cell among the others; the caller frees it. What
 * follows from the runtime is not said beside it. */
char *axes_label(const Axes *varying, const ResultCell *cell);

/* Adds the columns that say which cell a row is about, for the first n axes. Row i of the layout is cell
 * i. */
void axes_add_columns(const Axes *varying, size_t n, const ResultCells *cells, Layout *layout);
