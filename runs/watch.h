/* Somebody who waits for a run: a member of whatever has to go on when something happens to it.
 *
 * The difference to an ask (ask.h): an ask is remembered as long as the run is, a watcher is a connection
 * that is open now. A client may have one without the other, as when it asked for the run to go on
 * without it. */
#pragma once

#include <stdbool.h>
#include <sys/queue.h>

#include "base/shared.h"
#include "runs/ask.h"

typedef struct Run Run;

typedef struct Watcher {
    LIST_ENTRY(Watcher) link;
    char *owner;     /* owned by what embeds the watcher */
    Ask *own;        /* what this one's request said, owned in the same way; NULL: it only looks on */
    bool joined;     /* its request joined a run that was there already */
    bool instructor; /* it is one, by its token */

    /* Something happened; the text is that of an event stream. May be NULL. Must not end the watch. */
    void (*event)(void *data, Shared *text);
    /* It is over, and kept if it can be. The watcher hangs on nothing any more, and the run is freed after
     * the call. */
    void (*end)(void *data, Run *run);
    void *data;
} Watcher;

typedef LIST_HEAD(Watchers, Watcher) Watchers;
