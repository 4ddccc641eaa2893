/* How long a request will run, before it does: the catalog says what one task costs, the mode and the lock
 * say how many of them run at once. A guess to refuse the hopeless and to tell people how long they wait;
 * a timeout ends what it got wrong. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/nsec.h"

/* Estimate for one repetition of a cell; experiment is the catalog's entry, exclusive whether its lock lets
 * only one in at a time. Saturates instead of overflowing. */
nsec_t estimate_cell(const json_t *experiment, const json_t *cell, bool exclusive);
