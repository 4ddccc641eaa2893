/* A run in one line, for lists and the class board: what was decided, or that nothing could be.
 *
 * A line on a board is read without the figures beside it, and is what people take home. So it is made of
 * verdicts, like every other sentence. Which cells it names does not hang on their figures: two runs of the
 * same request name the same cells, whatever the machine did. */
#pragma once

#include <jansson.h>

#include "results/cell.h"

/* Returns a new object, or null where no cell is done or the run has not ended:
 *
 *     { "text": "2 tasks, lock gil: threads took 1.02 times the serial time (the same), processes 0.51
 *                times (faster)",
 *       "value": 1.02, "unit": "ratio" }
 *
 * Of an experiment that is about a figure (ResultRun.about) the text says the figure in its words: "2 tasks,
 * lock gil: half of the answers came within 24 µs in serial, 5.18 ms in threads".
 *
 * value is the ratio of the first cell that is decided; without anything to compare with, the median time of
 * the first cell; of a figure, the largest. unit is "ratio", "ns", "bytes", "1/s" or "count". Both are null
 * where nothing could be told. Only cells that are done count. What only the experiment knows to stand
 * against the figures (lesson_own_doubt()) stands behind them: "...; but 14 of 14 answers were 500". */
json_t *headline_make(const ResultRun *run);
