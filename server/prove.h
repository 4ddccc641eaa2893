/* gilscope --fidelity: each interpreter that is configured beside the model of its lock. */
#pragma once

#include <stdbool.h>

#include "server/config.h"

/* Measures all of them, which takes minutes, and prints a table for each on standard output, or one JSON
 * document. Says on standard error how far it is. Returns the exit status: 0 if nothing misses its bound, 1
 * if something does or nothing could be measured. */
int prove(const Config *config, bool as_json);
