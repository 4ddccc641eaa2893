/* All members of the three families, which are listed in members.def. */
#pragma once

#include <stddef.h>

#include "engine/experiment.h"
#include "engine/lock.h"
#include "engine/mode.h"

#define EXPERIMENT(name) extern const Experiment experiment_##name;
#define MODE(name) extern const Mode mode_##name;
#define LOCK(name) extern const LockPolicy lock_##name;
#include "engine/members.def"
#undef EXPERIMENT
#undef MODE
#undef LOCK

/* NULL-terminated, in the order of the list. */
extern const Experiment *const registry_experiments[];
extern const Mode *const registry_modes[];
extern const LockPolicy *const registry_locks[];

/* The member of that name, or NULL. */
const Experiment *registry_experiment(const char *name);
const Mode *registry_mode(const char *name);
const LockPolicy *registry_lock(const char *name);
