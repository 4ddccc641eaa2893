/* What the engine can run: asked once, when the server starts, and kept for its lifetime. So an experiment
 * that sizes itself does it once, and two requests without `n` mean the same `n`. All other runtimes are
 * asked in the background, see runs/survey.h. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "catalog/catalog.h"
#include "runs/settings.h"

/* Asks the first runtime, on the CPUs of this list (NULL: all), and runs the loop meanwhile. Returns 0 with
 * *ret set, a list of this one catalog, to be finished; or a negative errno, and then *ret_reason says in
 * words why (owned by the caller).
 *
 * What runs on the loop meanwhile may set *cancelled. Then the runtime is stopped, and -ECANCELED returned
 * without a reason. */
int catalog_load(uv_loop_t *loop, const RunSettings *settings, const char *cpus, const bool *cancelled,
    Catalogs *ret, char **ret_reason);
