/* A run for the program itself, as --preflight and --fidelity make them: asked for and waited for in one
 * call. */
#pragma once

#include <jansson.h>

#include "server/lab.h"

/* Runs the experiment with these parameters and waits for its end, running the loop. Returns the run, a new
 * reference. An answer comes in any case: a run that could not be planned, queued or finished is an object
 * with its "reason". The lab must have been started. */
json_t *lab_measure(Lab *lab, const PlanLimits *limits, const char *experiment, const json_t *given);
