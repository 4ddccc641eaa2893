/* The grid that the lists of a request span: one cell for each combination of their values in each runtime
 * that can run it. */
#pragma once

#include <stdbool.h>

#include "base/problem.h"
#include "plan/asked.h"
#include "plan/common.h"

/* Makes the cells of a request whose values are right by themselves, in asked->cells; the modes of otherwise
 * equal cells stand side by side, and behind them the runtimes. A combination that some runtimes lack is run
 * by the others, and noted (asked_leave_out()); one that none of them can run is a fault, as is a runtime
 * that can run none. Modes that nobody gave and nobody can run are noted and taken out of asked->values.
 * Returns whether all is well; else the problem is extended. */
bool grid_make_cells(Asked *asked, const Parameters *parameters, Problem *problem);
