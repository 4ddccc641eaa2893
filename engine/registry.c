#include "engine/registry.h"

#include <string.h>

const Experiment *const registry_experiments[] = {
    &experiment_countdown,
    &experiment_fetch,
    &experiment_crunch,
    &experiment_refcount,
    &experiment_counter,
    &experiment_share,
    &experiment_idle,
    &experiment_convoy,
    NULL,
};

const Mode *const registry_modes[] = {
    &mode_serial,
    &mode_threads,
    &mode_processes,
    &mode_epoll,
    NULL,
};

const LockPolicy *const registry_locks[] = {
    &lock_none,
    &lock_gil,
    &lock_gil_py2,
    &lock_per_interpreter,
    NULL,
};

/* The three families differ in type only. */
#define FIND(family, wanted)                                                                                 \
    for (size_t i = 0; family[i]; i++)                                                                       \
        if (strcmp(family[i]->name, wanted) == 0)                                                            \
            return family[i];                                                                                \
    return NULL

const Experiment *registry_experiment(const char *name)
{
    FIND(registry_experiments, name);
}

const Mode *registry_mode(const char *name)
{
    FIND(registry_modes, name);
}

const LockPolicy *registry_lock(const char *name)
{
    FIND(registry_locks, name);
}
