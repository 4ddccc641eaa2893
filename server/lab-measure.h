/* A run for the program itself, as --preflight and --fidelity make them: asked for and waited for in one
 * call. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "server/lab.h"

/* Runs the experiment with these parameters and waits for its end, running the loop. Returns the run, a new
 * reference. An answer comes in any case: a run that could not be planned, queued or finished is an object
 * with its "reason". The lab must have been started. */
json_t *lab_measure(Lab *lab, const PlanLimits *limits, const char *experiment, const json_t *given);

/* Makes a lab without a server, which logs nothing but warnings, lets measure() work with it, and ends it.
 * Returns the exit status of the program: 0 if measure() returns true; 1 if it does not, or if the lab could
 * not be started, which was said then. */
int lab_measure_all(const Config *config, bool (*measure)(Lab *lab, void *data), void *data);
