/* How much more several tasks do in the same time than one task does, in the same mode, where there is no
 * serial cell to hold them against. Each task does the same work, so that is tasks * t(1) / t(tasks); divided
 * by the number of tasks it is the efficiency.
 *
 * The knee is the number of tasks from which on more of them no longer help. It is told from verdicts alone:
 * each cell is also held against the next one with fewer tasks. */
#pragma once

#include <jansson.h>

#include "results/cell.h"
#include "results/figures.h"
#include "results/words.h"

/* Returns the member "scaling" of cell i, a new reference: null if it has a baseline cell, its experiment
 * goes on for a given time, or there is no cell with one task, or none with more, that may be compared. Draws
 * resampled medians when they are first needed. */
json_t *scaling_json(const Results *results, Figures *figures, size_t i);
void scaling_read(const json_t *json, ResultScaling *ret);

/* Whether it is the cell with one task that others are held against. */
bool scaling_is_base(const ResultCell *cell);

/* "2 tasks do 1.93 times the work of one in the same time (1.9 to 1.95), and 4 do no more": all cells that
 * are held against this one, up to the knee or to where it cannot be told. The texts belong to the words.
 * Sets *ret_knee to the cell of the last number of tasks that is said to help, NULL if none is. */
const char *scaling_words(
    Words *words, const ResultCells *cells, const ResultCell *base, const ResultCell **ret_knee);
