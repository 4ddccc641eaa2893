/* The last events in a ring: the oldest gives its place to the newest, and memory stays the same however long
 * a class lasts. */
#include "runs/board.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "runs/event-log.h"

struct Board {
    LoggedEvent kept[BOARD_KEPT]; /* a ring; the oldest stands at n_told % BOARD_KEPT once it is full */
    uint64_t n_told, last_number;
    LIST_HEAD(, BoardWatcher) watchers;
};

Board *board_new(void)
{
    Board *board = calloc(1, sizeof(*board));

    assert(board);
    /* A browser that comes back after the server was started anew names the last event of the server before:
     * numbers that begin with the clock are behind all of its. Only more than a thousand events a second
     * would have been faster than the clock. */
    board->last_number = (uint64_t)time(NULL) * 1000;
    return board;
}

void board_free(Board *board)
{
    BoardWatcher *watcher;

    while ((watcher = LIST_FIRST(&board->watchers))) {
        LIST_REMOVE(watcher, link);
        watcher->end(watcher->data);
    }
    for (size_t i = 0; i < BOARD_KEPT; i++)
        shared_drop(board->kept[i].text);
    free(board);
}

void board_tell(Board *board, const char *event, const json_t *data)
{
    LoggedEvent *place = &board->kept[board->n_told++ % BOARD_KEPT];
    const BoardWatcher *watcher;

    shared_drop(place->text);
    place->number = ++board->last_number;
    place->text = event_text(place->number, event, data);
    LIST_FOREACH (watcher, &board->watchers, link)
        watcher->event(watcher->data, place->text);
}

void board_watch(Board *board, BoardWatcher *watcher, uint64_t last_number)
{
    /* The old events first, and only then into the list: in one turn of the loop nothing can come between
     * the two, so no event is missed or told twice. */
    uint64_t first = board->n_told > BOARD_KEPT ? board->n_told - BOARD_KEPT : 0;

    for (uint64_t i = first; i < board->n_told; i++) {
        const LoggedEvent *event = &board->kept[i % BOARD_KEPT];

        if (event->number > last_number)
            watcher->event(watcher->data, event->text);
    }
    LIST_INSERT_HEAD(&board->watchers, watcher, link);
}

void board_unwatch(Board *board, BoardWatcher *watcher)
{
    (void)board;
    LIST_REMOVE(watcher, link);
}
