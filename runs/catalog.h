/* What can be run here: asked of the runtime once, when the server starts, and kept for its lifetime. So an
 * experiment that sizes itself does it once, and two requests without `n` mean the same `n`. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "catalog/catalog.h"
#include "runs/settings.h"

/* Asks the runtime, on the CPUs of this list (NULL: all), and runs the loop meanwhile. The CPUs are to be
 * those of a run, because the runtime counts them and sizes its experiments by their speed. Returns 0 with
 * *ret set, to be finished; or a negative errno, and then *ret_reason says in words why (owned by the
 * caller): what a runtime says of itself is checked whole, so that nobody has to ask later.
 *
 * What runs on the loop meanwhile may set *cancelled. Then the runtime is stopped, and -ECANCELED returned
 * without a reason. */
int catalog_load(uv_loop_t *loop, const RunSettings *settings, const char *cpus, const bool *cancelled,
    Catalogs *ret, char **ret_reason);
