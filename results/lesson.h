/* What a run teaches, in two or three sentences that a person can take home: what was asked and what came
 * out, why, and what the article or CPython showed. */
#pragma once

#include "results/cell.h"

/* Returns the lesson of a run in plain text, owned by the caller. NULL if there is nothing to tell: the run
 * has not ended, or has no cells. Cells without facts of their mode and lock are compared, but nothing is
 * said of why they came out so.
 *
 * Nothing is said that the figures of this run do not bear. "Faster" and "slower" are the verdicts of cells,
 * a reason is given only where all verdicts agree with it, and what stands against the figures (failed cells,
 * a noisy machine, a single CPU, too few repetitions) takes the place of what others measured. Pure: the same
 * run gives the same lesson. It may be called in any thread. */
char *lesson_make(const ResultRun *run);

/* Returns what only the run's experiment knows to stand against its figures, such as "5 of 5 answers were
 * 500", owned by the caller; NULL: nothing. For those who show a figure without its lesson: a line on a
 * board, a comparison. Pure, as above. */
char *lesson_own_doubt(const ResultRun *run);
