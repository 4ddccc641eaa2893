/* Private to this folder. */
#pragma once

#include "results/figures.h"

/* Returns the object of cell i, a new reference. The status and reason of the run (which may be NULL) decide
 * what an incomplete cell says of itself. */
json_t *cell_json(
    const Results *results, Figures *figures, size_t i, const char *run_status, const char *run_reason);
