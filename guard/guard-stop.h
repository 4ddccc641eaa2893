/* What tells a process of the guard to stop: a signal, the end of its owner, the end of the process before
 * it. */
#pragma once

#include <stdbool.h>

#include "guard/guard-options.h"

typedef struct GuardStop {
    int signal_fd;   /* SIGHUP, SIGINT, SIGQUIT, SIGTERM; and SIGCHLD, which only wakes */
    int hangup_fd;   /* of the option; -1: none */
    int lifeline_fd; /* hangs up when the keeper ends; -1: this is the keeper */
} GuardStop;

/* Opens the first two. The signals must be blocked. Returns 0; or a negative errno, after a line on standard
 * error if the option's descriptor is none that could hang up. */
int guard_stop_open(GuardStop *stop, const GuardOption *hangup);

/* Waits for something to happen, at most timeout milliseconds; -1: for ever, 0: only looks. Returns true
 * if it says to stop. Data on the descriptors means nothing, only their end does. */
bool guard_stop_wait(const GuardStop *stop, int timeout);
