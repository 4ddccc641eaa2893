/* One question to a runtime: what it can run. Everything happens on the loop and calls back from there. */
#pragma once

#include <uv.h>

#include "catalog/catalog.h"
#include "runs/settings.h"

typedef struct Describe Describe;

/* Asks the runtime, on the CPUs of this list (NULL: all). They are to be those of a run, because a runtime
 * counts them and sizes its experiments by their speed. What it says of itself is checked whole, so that
 * nobody has to ask later; its name is the one in the settings, whatever it calls itself.
 *
 * end() is called once, from the loop and never from inside a call, when no process of it is left: with the
 * catalog, whose reference goes over; or with NULL and the reason in words, or with neither if it was stopped
 * by describe_stop(). It frees itself behind end(). loop, settings, runtime and cpus must live until then. */
Describe *describe_start(uv_loop_t *loop, const RunSettings *settings, const RuntimeProgram *runtime,
    const char *cpus, void (*end)(void *data, Catalog *catalog, const char *reason), void *data);

/* Ends the runtime, and the question as soon as it is gone. */
void describe_stop(Describe *describe);
