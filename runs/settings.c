#include "runs/settings.h"

#include <string.h>

const RuntimeProgram *settings_runtime(const RunSettings *settings, const char *name)
{
    for (size_t i = 0; i < settings->n_runtimes; i++)
        if (strcmp(settings->runtimes[i].name, name) == 0)
            return &settings->runtimes[i];
    return NULL;
}
