#include "runs/settings.h"

#include <string.h>

#include "base/text.h"
#include "base/which.h"

char *runtime_obstacle(const RuntimeProgram *runtime, bool *ret_is_there)
{
    const char *program = runtime->words[0];

    *ret_is_there = which_exists(program);
    if (!*ret_is_there)
        return text_printf("there is no program %s%s", program, strchr(program, '/') ? "" : " on PATH");
    return text_copy(runtime->flaw);
}

const RuntimeProgram *settings_runtime(const RunSettings *settings, const char *name)
{
    for (size_t i = 0; i < settings->n_runtimes; i++)
        if (strcmp(settings->runtimes[i].name, name) == 0)
            return &settings->runtimes[i];
    return NULL;
}
