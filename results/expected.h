/* What the one who reads a run had expected of it, and whether it came out: for people. Private to this
 * folder. */
#pragma once

#include "results/cell.h"
#include "results/paragraph.h"

/* "yes", "no" or "cannot tell" of a run that is over; NULL: nothing was predicted, or nothing is known yet.
 */
const char *expected_held(const ResultRun *run);

/* The question, the prediction and what came of it, each on a line of its own; nothing without a prediction.
 */
void expected_write(const Prose *prose, const ResultRun *run);
