/* How a runtime is confined, from what the operator allows and how long it may take. */
#pragma once

#include "base/nsec.h"
#include "runs/child.h"
#include "runs/settings.h"

/* Returns the limits of a runtime that may take this long on so many CPUs (0, or more than there are: all of
 * the machine). A process that does what it should cannot use more CPU time than that; one that goes on when
 * everything else has failed to stop it, at most ten seconds more. cpus is borrowed, see ChildLimits. */
ChildLimits child_limits(const RunSettings *settings, nsec_t timeout, int64_t n_cpus, const char *cpus);
