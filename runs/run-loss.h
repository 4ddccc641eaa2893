/* What becomes of a run when one of its runtimes is lost: it has died, talked nonsense, refused, or never
 * begun. */
#pragma once

#include "runs/run.h"

/* Its runtime is lost, and `how` says what it did, behind its name: "died of signal 9 (Killed)". If it is the
 * run's only one, the run ends as failed. Else its own cells fail where they lack repetitions, it is stopped
 * if it is still there, and the others go on: the caller then asks whose turn it is. Nothing happens to one
 * that is lost already, or when the run's outcome is decided. */
void run_lose(Run *run, RunPart *part, const char *how);

/* Returns why a run failed that has lost some of its runtimes, owned by the caller: "the runtime python3 died
 * of signal 9 (Killed); c and ruby went on". */
char *run_loss_reason(const Run *run);

/* The HTTP status that they want if all were lost and each refused the request; 0: something else happened.
 */
int run_loss_status(const Run *run);
