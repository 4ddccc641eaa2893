/* The class board: what everybody on this server asks for and what comes of it, as an event stream.
 *
 *     event: queued    {"id", "experiment", "status", "created_at", "label", "asks": [...], "position"}:
 * again when somebody joins it or leaves it event: started   {the same, without position}: again then, too
 *     event: ended     {the same, "headline", "duration_ns", "noisy", ...: see results/summary.h}
 *     event: cleared   {}: all that was told of runs before is to be forgotten
 *
 * Beside them it has states, events without a number, which are told to each who comes, before all else, and
 * again with each change:
 *
 *     event: class     see runs/class.h
 *     event: line      {"waiting": [ids]}: the runs that wait, in the order in which they begin as it looks
 * now. It goes before the position of a run, which is that of the time of its event: with a hundred in the
 * line, each start would else be a hundred events
 *
 * For clients that come later the last event of each run is kept, of those that are over of the last ones
 * only. Numbers go on where an earlier server's may have been.
 *
 * One board has the runs of everybody, so it tells no name of a client, only what was put on the run in
 * words; and not everybody may see all asks of a run, so each watcher makes of an event what its client is
 * told (runs/asks-json.h). A watcher is part of whatever has to go on, and stays the property of its maker.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum { BOARD_KEPT = 100 }; /* runs that are over */

typedef struct BoardEvent {
    uint64_t number; /* 0: it has none */
    const char *name;
    const json_t *data; /* an object; asks as they are kept */
} BoardEvent;

typedef struct BoardWatcher {
    LIST_ENTRY(BoardWatcher) link;
    void (*event)(void *data, const BoardEvent *event); /* must not end the watch */
    void (*end)(void *data); /* the server stops; the watcher hangs on nothing any more */
    void *data;
} BoardWatcher;

typedef struct Board Board;

/* Returns an empty board; end it with board_free(). */
Board *board_new(void);

/* Ends all watchers, by their end(), and frees the board. Nobody may tell it anything any more. */
void board_free(Board *board);

/* Adds an event of a run, by its id, with this name (a constant) and data (a JSON object that nobody changes
 * any more), and hands it to all watchers, from inside. It takes the place of the run's last one. over:
 * nothing more will come of the run. */
void board_tell(Board *board, const char *run, const char *event, bool over, const json_t *data);

/* Sets the state of that name, in the same way, and hands it to all watchers, from inside, if it is another
 * than before. */
void board_state(Board *board, const char *event, const json_t *data);

/* Hands all rows to all watchers once more, from inside: what they may see of them has changed. */
void board_repeat(const Board *board);

/* Forgets all rows, and says so to all watchers, and to those who come back after they saw some of them. */
void board_clear(Board *board);

/* Hangs it on the board, after it was told, from inside, the states, and what came behind the event of this
 * number and is still kept. 0: all of it. */
void board_watch(Board *board, BoardWatcher *watcher, uint64_t last_number);
/* Takes it off; its end() is not called then. */
void board_unwatch(Board *board, BoardWatcher *watcher);
