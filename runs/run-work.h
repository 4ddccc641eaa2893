/* The run and its runtimes: a request goes into each, events come out, and at the end it is judged. */
#pragma once

#include "runs/run.h"

/* Lets the runtimes begin, all at once, with the origin to fetch from. The run must be RUN_QUEUED, with its
 * CPUs set if it has any. over(run, data) is called exactly once, when the run is RUN_OVER: later, from the
 * loop, or from inside this call if no runtime can be started. So look at the state afterwards. */
void run_start(Run *run, const Origin *origin, RunEnd over, void *data);
