/* The list of members is included three times, each time with other meanings for its three words. So a new
 * member is one line in members.def, and can never be in one table and missing in another. */
#include "engine/registry.h"

#include <string.h>

/* Each table takes its own family from the list, and leaves out the two others. */
#define EXPERIMENT(name) &experiment_##name,
#define MODE(name)
#define LOCK(name)
const Experiment *const registry_experiments[] = {
#include "engine/members.def"
    NULL,
};
#undef EXPERIMENT
#undef MODE

#define EXPERIMENT(name)
#define MODE(name) &mode_##name,
const Mode *const registry_modes[] = {
#include "engine/members.def"
    NULL,
};
#undef MODE
#undef LOCK

#define MODE(name)
#define LOCK(name) &lock_##name,
const LockPolicy *const registry_locks[] = {
#include "engine/members.def"
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
