/* The class board: what everybody on this server begins and what came of it, as an event stream.
 *
 *     event: started   {"id", "experiment", "label", "prediction", "created_at"}
 *     event: ended     {"id", "experiment", "status", "label", "prediction", "headline", "labels": [...]}
 *
 * The last events are kept for who comes later. Numbers go on where an earlier server's may have been. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/shared.h"

enum { BOARD_KEPT = 100 };

typedef struct BoardWatcher BoardWatcher;
struct BoardWatcher {
    void (*event)(BoardWatcher *watcher, Shared *text);
    void (*end)(BoardWatcher *watcher); /* the server stops; the watcher hangs on nothing any more */
    BoardWatcher *next, *previous;
};

typedef struct Board Board;

Board *board_new(void);

/* Ends all watchers. */
void board_free(Board *board);

void board_tell(Board *board, const char *event, const json_t *data);

/* Hangs it on the board, after it was told what came behind the event of this number and is still kept. */
void board_watch(Board *board, BoardWatcher *watcher, uint64_t last_number);
void board_unwatch(Board *board, BoardWatcher *watcher);
