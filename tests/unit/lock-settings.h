/* The settings of a lock for a test: what it has of these parameters, and may be outside of their ranges. */
#pragma once

#include <string.h>

#include "engine/lock.h"

static inline LockSettings lock_settings(
    const LockPolicy *policy, int64_t switch_interval_us, int64_t check_interval)
{
    LockSettings settings = {0};

    for (size_t i = 0; i < policy->n_parameters; i++) {
        const Parameter *parameter = &policy->parameters[i];
        int64_t *target = (int64_t *)(settings.bytes + parameter->offset);

        parameter_read_default(parameter, target);
        if (strcmp(parameter->name, "switch_interval_us") == 0)
            *target = switch_interval_us;
        if (strcmp(parameter->name, "check_interval") == 0)
            *target = check_interval;
    }
    return settings;
}
