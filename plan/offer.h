/* What one runtime of a request can do of what the lists of the request ask for: an axis for each list, with
 * the values that it can have, and what it lacks noted.
 *
 * An example: with tasks=2,500 a runtime that can have 64 tasks has the first value of that list alone. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memo.h"
#include "plan/asked.h"

/* One list of the request as one runtime has it. */
typedef struct Axis {
    const char *name;
    json_t *values; /* all that were asked for; a reference of the offer's own */
    size_t *at;     /* the places in it of those that the runtime can have, from the first to the last */
    size_t n;
} Axis;

/* The cells of one lock of the request in one runtime. */
typedef struct Offer {
    const AskedRuntime *runtime;
    size_t runtime_at, lock_at; /* places in the lists of the request */
    const CatalogLock *lock;    /* NULL: it has none of that name, or one that another name stands for */
    bool is_twice;              /* the second of these */
    Axis modes, tasks, cpus;    /* a mode may have fewer tasks than the list says, see offer_takes() */
    Axis *own;                  /* the lock's parameters. Those of other locks mean nothing to it: a list of
                                   them would only measure the same cell again under another name */
    size_t n_own;
} Offer;

/* The mode that the value of a list means in a runtime, if it can run the experiment; else NULL. */
const CatalogMode *offer_mode(const AskedRuntime *runtime, const char *name);

/* Why it has none, and why no lock of that name, a clause; the caller frees it. */
char *offer_why_no_mode(const AskedRuntime *runtime, const char *name);
char *offer_why_no_lock(const AskedRuntime *runtime, const char *name);

/* The most tasks in a mode that offer_mode() has returned, and why no more; or NULL. */
int64_t offer_max_tasks(const AskedRuntime *runtime, const CatalogMode *mode, const char **ret_reason);

/* The lock that the value of a list means in a runtime; NULL: it has none of that name. */
const CatalogLock *offer_lock(const Asked *asked, const AskedRuntime *runtime, const char *name);

/* Fills it in for one runtime and one lock of the request, from the memo; to be finished. */
void offer_make(const Asked *asked, size_t runtime_at, size_t lock_at, Memo **memo, Offer *ret);
void offer_finish(Offer *offer);

/* How many cells there are; INT64_MAX: even more. And how many there were if ranges did not matter, which is
 * the product of the lengths of the lists. */
int64_t offer_count(const Offer *offer);
int64_t offer_span(const Offer *offer);

/* Whether the runtime can have so many tasks in that mode: both are places in the lists. */
bool offer_takes(const Offer *offer, size_t mode_at, size_t tasks_at);

/* Notes what of the request the runtime lacks. */
void offer_note(const Asked *asked, const Offer *offer);
