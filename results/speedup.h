/* Two cells that differ in nothing but the number of tasks, held against each other. Each task does the same
 * work, so the time for each task is what is compared, and one by that is the speed-up. Which cell is held
 * against which is not decided here; private to this folder. */
#pragma once

#include "results/figures.h"

/* Whether they differ in nothing but the number of tasks. */
bool speedup_is_kin(const CellSpec *one, const CellSpec *two);

/* Whether the first cell is the one with one task that the second may be held against. */
bool speedup_is_base_of(const CellSpec *base, const CellSpec *cell);

/* The time that cell i takes for each of its tasks, over that of cell `of`. Both have figures, and each comes
 * with its index among all cells of the run, which decides what is drawn. */
Ratio speedup_time_ratio(Figures *cell, size_t i, Figures *other, size_t of);

/* One by such a ratio: how many times the work is done in the same time. */
Ratio speedup_of_time(const Ratio *ratio);

/* Both in one: the speed-up with its interval, as it stands in "scaling". */
Ratio speedup_make(Figures *cell, size_t i, Figures *base, size_t of);
