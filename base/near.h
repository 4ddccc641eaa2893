/* The nearest name: what somebody probably meant who wrote a name that there is none of. "taks" is near
 * "tasks", "Threads" near "threads", "interval" near "switch_interval_us", and "colour" near none of them.
 *
 * It is one rule for all names that people type: parameters, choices, settings, options, paths. The answer
 * depends on the given name and on the names and their order, on nothing else. What it costs is bounded:
 * names longer than NEAR_MAX bytes are near nothing, and two names are compared in at most NEAR_MAX^2 steps.
 * All but the last are pure functions, for any thread. */
#pragma once

#include <stddef.h>

enum { NEAR_MAX = 48 };

/* The search: begun with what was given, then offered one name after the other. */
typedef struct Near {
    const char *given;
    size_t length;
    const char *best; /* the nearest name so far, as it was offered; NULL: none is near */
    int cost;         /* how far it is away */
} Near;

/* given may be NULL, which is near nothing; it is borrowed, as are the names. */
void near_begin(Near *near, const char *given);
void near_offer(Near *near, const char *name);

/* Says on standard error that a program has no such option, with the one that was probably meant: the nearest
 * that was offered, without its hyphens. */
void near_refuse_option(const char *program, const char *argument, const Near *near);
