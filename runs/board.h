/* The class board: what everybody on this server begins and what came of it, as an event stream.
 *
 *     event: started   {"id", "experiment", "status", "created_at", "label", "prediction", "labels": [...]}
 *     event: ended     {the same, "headline", "duration_ns", "noisy", ...: see results/summary.h}
 *
 * The last events are kept for who comes later. Numbers go on where an earlier server's may have been. */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/shared.h"

enum { BOARD_KEPT = 100 };

typedef struct BoardWatcher {
    LIST_ENTRY(BoardWatcher) link;
    void (*event)(void *data, Shared *text); /* must not end the watch */
    void (*end)(void *data);                 /* the server stops; the watcher hangs on nothing any more */
    void *data;
} BoardWatcher;

typedef struct Board Board;

Board *board_new(void);

/* Ends all watchers. */
void board_free(Board *board);

void board_tell(Board *board, const char *event, const json_t *data);

/* Hangs it on the board, after it was told what came behind the event of this number and is still kept. */
void board_watch(Board *board, BoardWatcher *watcher, uint64_t last_number);
void board_unwatch(Board *board, BoardWatcher *watcher);
