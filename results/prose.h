/* The lines above and below the table; private to this folder.
 *
 * A run's text is the heading with the lesson, the table, the terms, the notes, the metrics and the closing
 * (results/table.c). A comparison uses the title and the notes alone. */
#pragma once

#include "results/axes.h"
#include "results/cell.h"
#include "results/paragraph.h"
#include "results/words.h"

/* A title, then name=value for all that the cells have in common. */
void prose_title(const Prose *prose, const char *title, const ResultCells *cells);

/* What was run, with all that the cells have in common; how often; what went wrong; and the lesson, which is
 * what a reader came for and so stands above the figures. */
void prose_heading(const Prose *prose, const ResultRun *run);

/* Why cells of a run failed, and what would help where nothing can be told, also of two runs; equal notes are
 * said once. */
void prose_notes(const Prose *prose, const ResultCells *cells, const Axes *varying);

/* Which runtimes were lost, and what was left out because some runtime does not have it. */
void prose_runtimes(const Prose *prose, const ResultRun *run);

/* Whether models agree with what they model, as far as they were held against it; equal texts are said once.
 */
void prose_models(const Prose *prose, const ResultCells *cells, const Axes *varying);

/* What the traced repetitions show: who was inside the lock at once; equal texts are said once. */
void prose_crowds(const Prose *prose, const ResultCells *cells, const Axes *varying);

/* The names of some cells, an array of texts, the first few of many. */
const char *prose_labels(Words *words, const json_t *labels);

/* What the terms mean that occur in a text, which is all that was written of the run; work_differs as
 * axes_work_differs() has it. */
void prose_terms(const Prose *prose, const char *used, bool work_differs);

/* The machine. */
void prose_closing(const Prose *prose, const ResultRun *run);
