/* From the settings to the words by which each runtime is started. */
#pragma once

#include "runs/settings.h"
#include "server/config.h"

typedef struct Programs {
    RuntimeProgram
        list[SETTINGS_MAX_RUNTIMES]; /* the names are borrowed from the config, all else is owned */
    size_t n;
} Programs;

/* Finds what gilscope brings: the engine beside this program, where no other one is set, and the scripts.
 * What is not there is no error but a flaw of its runtime. */
void programs_find(const Config *config, Programs *ret);

/* Frees the words; {0} is fine. */
void programs_finish(Programs *programs);
