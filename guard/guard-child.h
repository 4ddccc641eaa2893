/* Starts the program that is guarded. */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "guard/guard-group.h"
#include "guard/guard-options.h"

enum GuardStatus {
    GUARD_STATUS_FAILED = 125,         /* bad usage, or the guard itself could not do its work */
    GUARD_STATUS_NOT_EXECUTABLE = 126, /* the program is there but cannot be executed */
    GUARD_STATUS_NOT_FOUND = 127,
    GUARD_STATUS_STOPPED = 143, /* told to stop: as a shell reports SIGTERM */
};

/* Forks, confines the child as the options say and executes the program in it, in the control group and in a
 * process group of its own, with the given signal mask. What fails in the child is one line on standard error
 * and an exit status of GuardStatus. Returns the child, or a negative errno. */
pid_t guard_child_start(const GuardOptions *options, const GuardGroup *group, const sigset_t *mask);
