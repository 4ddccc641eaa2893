/* Which runtimes a request means. It comes before everything else: what parameters, modes and locks there are
 * is what they have. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "catalog/catalog.h"

/* Returns a view of the runtimes that the request names, in its order, or of the first alone where it names
 * none. Its list alone is owned, and to be freed. Adds to the problem what cannot be had: a name that is
 * unknown, or a runtime that is configured and broken or not installed. A runtime that is still being asked
 * what it offers makes it a 503 with retry_after_s, unless something is wrong already.
 *
 * *ret_is_guess: nobody knows what was meant. Then the view is of all runtimes there are, so that the other
 * parameters can be looked at, and the problem is set. max_items is as in param_check(). */
Catalogs choose_runtimes(
    const Catalogs *all, const json_t *given, int64_t max_items, bool *ret_is_guess, Problem *problem);
