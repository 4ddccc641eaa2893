/* Whether somebody can run what a grid asks for. A combination of a lock, a mode and a number of tasks that
 * at least one runtime of the request can run is fine, and so is a runtime that can run at least one. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/memo.h"
#include "base/problem.h"
#include "plan/asked.h"
#include "plan/offer.h"

/* An offer of each runtime for each lock of the request: lock 0 of all runtimes, then lock 1. */
typedef struct Offers {
    Offer *list;
    size_t n;
} Offers;

/* Makes them from the memo. Each is to be finished. */
void offers_make(const Asked *asked, Memo **memo, Offers *ret);

/* The place of a name in a list of names; its length if it is not there. */
size_t names_place(const json_t *names, const char *name);

/* Takes the modes out of asked->values that nobody gave and no runtime has for this experiment, and notes
 * them. Modes that nobody has stay where none would be left. */
void grid_drop_modes(const Asked *asked);

/* Adds to the problem what none of the runtimes can run, and then which of them can run nothing of it. */
void grid_check(const Asked *asked, const Offers *offers, Problem *problem);

/* Notes what some of them cannot run, where all is well. */
void grid_note(const Asked *asked, const Offers *offers);
