/* What a run teaches, in two or three sentences that a person can take home: what was asked and what came
 * out, why, and what the article or CPython showed. */
#pragma once

#include <jansson.h>

/* Returns the lesson of a run as results_run() makes it, or of any other JSON, in plain text; owned by the
 * caller. NULL if there is nothing to tell: the run has not ended, or has no cells.
 *
 * Nothing is said that the figures of this run do not bear. "Faster" and "slower" are the verdicts of cells,
 * a reason is given only where all verdicts agree with it, and what stands against the figures (failed cells,
 * a noisy machine, a single CPU, too few repetitions) takes the place of what others measured. */
char *lesson_make(const json_t *run);
