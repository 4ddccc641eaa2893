/* What would help where the repetitions cannot tell: the one parameter, with a value that the server would
 * take and that fits its limits. Private to this folder. */
#pragma once

#include "results/figures.h"

/* Returns a clause such as "try precision=5 (about 40 repetitions, 12.3 s)" for the ratio of cell i, which
 * cannot be told; the caller frees it. NULL if nobody said what is allowed, see results_allow(). */
char *advice_make(const Results *results, Figures *figures, size_t i, const Ratio *ratio);
