/* The grid that the lists of a request span: one cell for each combination of their values. */
#pragma once

#include <stdbool.h>

#include "base/problem.h"
#include "plan/budget.h"
#include "plan/common.h"

/* Makes the cells of a request whose values are right by themselves, in asked->cells; the modes of otherwise
 * equal cells stand side by side. Returns false, with the problem extended and no cell made, if there would
 * be too many. Adds to the problem what a cell asks of a runtime that does not have it: such a cell lacks the
 * experiment, the mode or the lock, and can only be counted. The cells belong to the caller, who frees them
 * and their params also where the problem is set. */
bool grid_make_cells(Asked *asked, const Parameters *parameters, Problem *problem);
