/* The class board: what everybody on this server begins and what came of it, as an event stream.
 *
 *     event: started   {"id", "experiment", "status", "created_at", "label", "prediction", "labels": [...]}
 *     event: ended     {the same, "headline", "duration_ns", "noisy", ...: see results/summary.h}
 *
 * The last events are kept for clients that come later. Numbers go on where an earlier server's may have
 * been.
 *
 * One board has the runs of everybody, so it tells no name of a client, only what was put on the run in
 * words. A watcher is part of whatever has to go on, and stays the property of its maker. */
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

/* Returns an empty board; end it with board_free(). */
Board *board_new(void);

/* Ends all watchers, by their end(), and frees the board. Nobody may tell it anything any more. */
void board_free(Board *board);

/* Adds an event with this name and data (a JSON object, borrowed) and hands it to all watchers, from
 * inside. The oldest event is forgotten when BOARD_KEPT are there. */
void board_tell(Board *board, const char *event, const json_t *data);

/* Hangs it on the board, after it was told, from inside, what came behind the event of this number and is
 * still kept. 0: all of it. */
void board_watch(Board *board, BoardWatcher *watcher, uint64_t last_number);
/* Takes it off; its end() is not called then. */
void board_unwatch(Board *board, BoardWatcher *watcher);
