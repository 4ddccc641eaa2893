/* Whether a program is there that would be started by its name. */
#pragma once

#include <stdbool.h>

/* A name without a slash is looked up on PATH, as execvp(3) does it; one with a slash is a path. Only whether
 * there is a file that may be executed is seen, not whether it can be. */
bool which_exists(const char *program);
