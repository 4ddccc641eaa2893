/* Who asked for a run, and who waits for it. Both hang on the run; the queue decides what follows from it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/shared.h"

typedef struct Run Run;

/* One who asked for the run: the first began it, the others joined. */
typedef struct Ask Ask;
struct Ask {
    char *owner;              /* who may change it: "client:..." or "address:..."; never shown */
    char *label, *prediction; /* or NULL */
    bool detached;            /* the run goes on for him when he does not watch */
    Ask *next;
};

/* Adds an ask at the end, or gives the owner's earlier one the new words. Returns it. */
Ask *ask_add(Ask **asks, const char *owner, const char *label, const char *prediction);

/* The owner's ask; NULL if he has none. */
Ask *ask_find(Ask *asks, const char *owner);

/* Gives it another label, or none with NULL. */
void ask_relabel(Ask *ask, const char *label);

int64_t ask_count(const Ask *asks);

/* Takes it out and frees it. */
void ask_remove(Ask **asks, Ask *ask);

void ask_free_all(Ask **asks);

/* One who waits for a run; a member of what waits. */
typedef struct Watcher Watcher;
struct Watcher {
    char *owner; /* owned by who embeds it */
    Ask *own;    /* what his own request said, owned in the same way; NULL: he only looks on */
    bool joined; /* his request joined a run that was there already */

    /* Something happened; the text is that of an event stream. May be NULL. Must not end the watch. */
    void (*event)(Watcher *watcher, Shared *text);
    /* It is over, and kept if it can be. The watcher hangs on nothing any more, and the run is freed after
     * the call. */
    void (*end)(Watcher *watcher, Run *run);

    Watcher *next, *previous;
};
