/* A row for each run, the newest news last. Those that are not over are as many as the queue lets in; of the
 * others the one that ended longest ago gives its place to the next, and memory stays the same however long a
 * class lasts. */
#include "runs/board.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ulid.h"

typedef struct BoardRow {
    TAILQ_ENTRY(BoardRow) link;
    char run[ULID_LENGTH + 1];
    BoardEvent last; /* with a reference to its data */
    bool over;
} BoardRow;

struct Board {
    TAILQ_HEAD(BoardRows, BoardRow) rows; /* in the order of their numbers */
    size_t n_over;
    uint64_t last_number;
    BoardEvent *states; /* owned; with references; in the order in which they were set first */
    size_t n_states;
    uint64_t cleared_number; /* of the event that says so; 0: it never was */
    LIST_HEAD(, BoardWatcher) watchers;
};

Board *board_new(void)
{
    Board *board = calloc(1, sizeof(*board));

    assert(board);
    TAILQ_INIT(&board->rows);
    /* A browser that comes back after the server was started anew names the last event of the server before:
     * numbers that begin with the clock are behind all of its. Only more than a thousand events a second
     * would have been faster than the clock. */
    board->last_number = (uint64_t)time(NULL) * 1000;
    return board;
}

static void drop_row(Board *board, BoardRow *row)
{
    TAILQ_REMOVE(&board->rows, row, link);
    board->n_over -= row->over;
    json_decref((json_t *)row->last.data);
    free(row);
}

static void drop_rows(Board *board)
{
    BoardRow *row;

    while ((row = TAILQ_FIRST(&board->rows)))
        drop_row(board, row);
}

void board_free(Board *board)
{
    BoardWatcher *watcher;

    while ((watcher = LIST_FIRST(&board->watchers))) {
        LIST_REMOVE(watcher, link);
        watcher->end(watcher->data);
    }
    drop_rows(board);
    for (size_t i = 0; i < board->n_states; i++)
        json_decref((json_t *)board->states[i].data);
    free(board->states);
    free(board);
}

static void tell_watchers(const Board *board, const BoardEvent *event)
{
    const BoardWatcher *watcher;

    LIST_FOREACH (watcher, &board->watchers, link)
        watcher->event(watcher->data, event);
}

static BoardRow *find_row(const Board *board, const char *run)
{
    BoardRow *row;

    TAILQ_FOREACH (row, &board->rows, link)
        if (strcmp(row->run, run) == 0)
            return row;
    return NULL;
}

static BoardRow *add_row(Board *board, const char *run)
{
    BoardRow *row = calloc(1, sizeof(*row));

    assert(row && strlen(run) < sizeof(row->run));
    strcpy(row->run, run);
    TAILQ_INSERT_TAIL(&board->rows, row, link);
    return row;
}

static void drop_oldest_over(Board *board)
{
    BoardRow *row;

    TAILQ_FOREACH (row, &board->rows, link)
        if (row->over)
            break;
    drop_row(board, row);
}

void board_tell(Board *board, const char *run, const char *event, bool over, const json_t *data)
{
    BoardRow *row = find_row(board, run);

    if (!row) {
        row = add_row(board, run);
    } else {
        TAILQ_REMOVE(&board->rows, row, link);
        TAILQ_INSERT_TAIL(&board->rows, row, link);
    }
    board->n_over += over - row->over;
    row->over = over;
    json_decref((json_t *)row->last.data);
    row->last = (BoardEvent){++board->last_number, event, json_incref((json_t *)data)};
    if (board->n_over > BOARD_KEPT)
        drop_oldest_over(board);
    tell_watchers(board, &row->last);
}

/* There are a few of them, and each was set by the program. */
static BoardEvent *take_state(Board *board, const char *event)
{
    for (size_t i = 0; i < board->n_states; i++)
        if (strcmp(board->states[i].name, event) == 0)
            return &board->states[i];
    board->states = realloc(board->states, (board->n_states + 1) * sizeof(*board->states));
    assert(board->states);
    board->states[board->n_states] = (BoardEvent){.name = event};
    return &board->states[board->n_states++];
}

void board_state(Board *board, const char *event, const json_t *data)
{
    BoardEvent *state = take_state(board, event);
    bool same = json_equal(state->data, data);

    json_incref((json_t *)data);
    json_decref((json_t *)state->data);
    state->data = data;
    if (!same)
        tell_watchers(board, state);
}

void board_repeat(const Board *board)
{
    const BoardRow *row;

    TAILQ_FOREACH (row, &board->rows, link)
        tell_watchers(board, &row->last);
}

static void tell_cleared(const Board *board, const BoardWatcher *watcher)
{
    json_auto_t *nothing = json_object();

    watcher->event(watcher->data, &(BoardEvent){board->cleared_number, "cleared", nothing});
}

void board_clear(Board *board)
{
    const BoardWatcher *watcher;

    drop_rows(board);
    board->cleared_number = ++board->last_number;
    LIST_FOREACH (watcher, &board->watchers, link)
        tell_cleared(board, watcher);
}

void board_watch(Board *board, BoardWatcher *watcher, uint64_t last_number)
{
    const BoardRow *row;

    /* The old events first, and only then into the list: in one turn of the loop nothing can come between
     * the two, so no event is missed or told twice. */
    for (size_t i = 0; i < board->n_states; i++)
        watcher->event(watcher->data, &board->states[i]);
    if (board->cleared_number > last_number)
        tell_cleared(board, watcher);
    TAILQ_FOREACH (row, &board->rows, link)
        if (row->last.number > last_number)
            watcher->event(watcher->data, &row->last);
    LIST_INSERT_HEAD(&board->watchers, watcher, link);
}

void board_unwatch(Board *board, BoardWatcher *watcher)
{
    (void)board;
    LIST_REMOVE(watcher, link);
}
