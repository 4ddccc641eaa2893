/* A small text table: columns of aligned cells, for a terminal of limited width or as Markdown. All text is
 * cleaned (results/plain.h) when it is set.
 *
 * The life of a layout: begin it with its rows, add columns, set cells in any order, fit it, write it, free
 * it. Memory that is missing ends the program. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct Layout Layout;

/* Columns are kept or dropped by their rank when the table is too wide: the highest rank goes first. */
#define LAYOUT_KEEP 0

/* Begins a table with a fixed number of rows. */
Layout *layout_new(size_t n_rows, bool markdown);
void layout_free(Layout *layout);

/* Adds a column whose cells are "-" until set, and returns its index. rank is LAYOUT_KEEP, or above it for a
 * column that may be dropped. */
size_t layout_add(Layout *layout, const char *head, bool align_right, int rank);

/* Adds a column of horizontal bars, which are empty until set, and returns its index. */
size_t layout_add_bars(Layout *layout, int rank);

/* Sets the text of a cell; takes it over. It may hold anything: it is cleaned here. */
void layout_set(Layout *layout, size_t column, size_t row, char *text);

/* Sets the length of a bar, as a part of the longest one: 0 to 1. */
void layout_set_bar(Layout *layout, size_t column, size_t row, double part);

/* Drops the columns that may be dropped and are empty. Then makes the table fit into so many characters a
 * line, which Markdown does not need: shortens the bars, drops columns, at last cuts texts. A layout that
 * cannot be made narrow enough stays too wide. */
void layout_fit(Layout *layout, size_t width);

/* The heads of the columns for which there was no room, "ideal, switches", which the caller frees; NULL if
 * there was room for all. Bars are no loss: each stands beside its figure. */
char *layout_left_out(const Layout *layout);

/* Writes the head, a line below it, and the rows. Each line ends in a newline. */
void layout_write(const Layout *layout, FILE *file);
