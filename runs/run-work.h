/* The run and its runtime: the request goes in, events come out, and at the end it is judged. */
#pragma once

#include "runs/run.h"

/* Lets the runtime begin, with the origin to fetch from. The run must be RUN_QUEUED, with its CPUs set if
 * it has any. over(run, data) is called exactly once, when the run is RUN_OVER: later, from the loop, or
 * from inside this call if the runtime cannot be started. So look at the state afterwards. */
void run_start(Run *run, const Origin *origin, RunEnd over, void *data);
