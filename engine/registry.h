/* All members of the three families. registry.c alone knows them all; a new one is its own file, one line
 * here and one line there. */
#pragma once

#include <stddef.h>

#include "engine/experiment.h"
#include "engine/lock.h"
#include "engine/mode.h"

extern const Experiment experiment_convoy;
extern const Experiment experiment_countdown;
extern const Experiment experiment_counter;
extern const Experiment experiment_crunch;
extern const Experiment experiment_fetch;
extern const Experiment experiment_idle;
extern const Experiment experiment_share;
extern const Experiment experiment_refcount;

extern const Mode mode_epoll;
extern const Mode mode_processes;
extern const Mode mode_serial;
extern const Mode mode_threads;

extern const LockPolicy lock_gil;
extern const LockPolicy lock_gil_py2;
extern const LockPolicy lock_none;
extern const LockPolicy lock_per_interpreter;

/* NULL-terminated, in the order in which people should see them. */
extern const Experiment *const registry_experiments[];
extern const Mode *const registry_modes[];
extern const LockPolicy *const registry_locks[];

/* The member of that name, or NULL. */
const Experiment *registry_experiment(const char *name);
const Mode *registry_mode(const char *name);
const LockPolicy *registry_lock(const char *name);
