/* From a run to the value of a quantity in one of its cells. */
#pragma once

#include <stdbool.h>

#include "fidelity/quantities.h"
#include "results/cell.h"

/* Returns the value in the cells of this runtime and lock, or NAN; then *ret_reason, if it is still NULL,
 * gets why, owned by the caller. *ret_steady is set to whether the machine kept its speed meanwhile, as far
 * as the run can tell (repetitions of the same work took the same time) and the quantity depends on it. */
double reading_value(const ResultRun *run, const FidelityQuantity *quantity, const char *runtime,
    const char *lock, bool *ret_steady, char **ret_reason);
