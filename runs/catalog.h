/* What can be run here: asked of the runtime once, when the server starts, and kept for its lifetime. So an
 * experiment that sizes itself does it once, and two requests without `n` mean the same `n`. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "runs/settings.h"

typedef struct Catalog {
    json_t *runtimes;   /* what each runtime describes, the default one first: what plan_make() wants */
    double turn_ns;     /* a countdown turn as measured then, for steady ticks; 0: the runtime does not say */
    bool paces;         /* the runtime waits behind each event until it is told to go on, if it is asked to */
    const json_t *host; /* the machine, as the first of them sees it; borrowed */
} Catalog;

/* Asks the runtime, on the CPUs of this list (NULL: all), and runs the loop meanwhile. The CPUs are to be
 * those of a run, because the runtime counts them and sizes its experiments by their speed. Returns 0; or a
 * negative errno, and then *ret_reason says in words why (owned by the caller). */
int catalog_load(
    uv_loop_t *loop, const RunSettings *settings, const char *cpus, Catalog *ret, char **ret_reason);

void catalog_finish(Catalog *catalog);
