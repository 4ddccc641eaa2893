/* The guard's command line: gilscope-guard [limits] -- PROGRAM [ARGUMENT...]. */
#pragma once

#include "runs/child.h"

/* Returns its words, NULL at the end, owned by the caller. */
char **child_command_new(const ChildSpec *spec);
void child_command_free(char ***words);
#define auto_command __attribute__((cleanup(child_command_free)))
