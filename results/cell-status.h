/* How a cell ended, and whether its figures may be held against those of another. Private to this folder. */
#pragma once

#include "results/collected.h"

/* Returns the status of a cell, given that of the run, and sets *ret_reason (owned by the caller, or NULL).
 * run_reason may be NULL. */
ResultStatus cell_status(const Results *results, const CollectedCell *cell, ResultStatus run_status,
    const char *run_reason, char **ret_reason);

/* Whether a cell that ended so, or has not ended, may be compared: as the one that is held against another,
 * and as the other one, within a run and between two. Only a failed cell may not. The repetitions of it that
 * went well are shown, but whatever broke the others may have bent them: one that fails at repetition 15 of
 * 20 has 14 good ones, taken while something was about to break. A cell that was cancelled or ran out of time
 * just has fewer of them. */
bool cell_status_compares(ResultStatus status);
