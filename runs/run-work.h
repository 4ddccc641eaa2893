/* The run and its runtime: the request goes in, events come out, and at the end it is judged. */
#pragma once

#include "runs/run.h"

/* Lets the runtime begin, with the origin to fetch from. over() is called when the run is RUN_OVER, in any
 * case; from inside if the runtime cannot be started. */
void run_start(Run *run, const Origin *origin, RunEnd over, void *data);
