/* The lines above and below the table; private to this folder.
 *
 * A run's text is the heading, the table, the notes, the metrics and the closing, in this order
 * (results/table.c). A comparison uses the title and the notes alone. */
#pragma once

#include "results/axes.h"
#include "results/cell.h"
#include "results/paragraph.h"

/* A title, then name=value for all that the cells have in common. */
void prose_title(const Prose *prose, const char *title, const ResultCells *cells);

/* What was run, with all that the cells have in common; how often; what went wrong. */
void prose_heading(const Prose *prose, const ResultRun *run);

/* Why cells of a run failed, and what would help where nothing can be told, also of two runs; equal notes are
 * said once. */
void prose_notes(const Prose *prose, const ResultCells *cells, const Axes *varying);

/* What the traced repetitions show: who was inside the lock at once; equal texts are said once. */
void prose_crowds(const Prose *prose, const ResultCells *cells, const Axes *varying);

/* The lesson and the machine. */
void prose_closing(const Prose *prose, const ResultRun *run);
