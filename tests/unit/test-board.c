/* The class board: what is kept of each run, and what one that comes later is told. */
#include "runs/board.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

/* One that writes down what it is told. */
typedef struct Reader {
    BoardWatcher watcher;
    char *names; /* owned; "queued a, ended b": the events with what their data say */
    uint64_t last_number;
    bool ended;
} Reader;

static void on_event(void *data, const BoardEvent *event)
{
    Reader *reader = data;
    const char *say = json_string_value(json_object_get(event->data, "say"));
    auto_free char *before = reader->names;

    reader->names = text_printf(
        "%s%s%s%s%s", before ? before : "", before ? ", " : "", event->name, say ? " " : "", say ? say : "");
    if (event->number)
        reader->last_number = event->number;
}

static void on_end(void *data)
{
    ((Reader *)data)->ended = true;
}

static void watch(Reader *reader, Board *board, uint64_t last_number)
{
    *reader = (Reader){.watcher = {.event = on_event, .end = on_end, .data = reader}};
    board_watch(board, &reader->watcher, last_number);
}

/* What it was told is forgotten. */
static void assert_told(Reader *reader, const char *expected)
{
    auto_free char *names = take_pointer(reader->names);

    ck_assert_str_eq(names ? names : "", expected);
}

static void tell(Board *board, const char *run, const char *event)
{
    json_auto_t *data = json_pack("{s:s}", "say", run);

    board_tell(board, run, event, strcmp(event, "ended") == 0, data);
}

static void set_state(Board *board, const char *name, const char *say)
{
    json_auto_t *data = json_pack("{s:s}", "say", say);

    board_state(board, name, data);
}

START_TEST(who_watches_hears_everything_and_who_comes_later_the_last_of_each_run)
{
    Board *board = board_new();
    Reader early, late;

    watch(&early, board, 0);
    tell(board, "a", "queued");
    tell(board, "b", "queued");
    tell(board, "a", "started");
    tell(board, "a", "ended");
    assert_told(&early, "queued a, queued b, started a, ended a");
    watch(&late, board, 0);
    assert_told(&late, "queued b, ended a");
    board_free(board);
    ck_assert(early.ended && late.ended);
}
END_TEST

START_TEST(who_comes_back_hears_what_it_has_missed)
{
    Board *board = board_new();
    Reader reader, again;
    uint64_t number;

    watch(&reader, board, 0);
    tell(board, "a", "queued");
    number = reader.last_number;
    ck_assert_uint_gt(number, 0);
    tell(board, "b", "queued");
    board_unwatch(board, &reader.watcher);
    watch(&again, board, number);
    assert_told(&again, "queued b");
    board_free(board);
    ck_assert(again.ended && !reader.ended);
    free(reader.names);
}
END_TEST

START_TEST(states_come_first_have_no_number_and_are_told_when_they_change)
{
    Board *board = board_new();
    Reader early, late;

    set_state(board, "class", "off");
    watch(&early, board, 0);
    assert_told(&early, "class off");
    set_state(board, "class", "off");
    set_state(board, "line", "empty");
    set_state(board, "class", "on");
    ck_assert_uint_eq(early.last_number, 0);
    assert_told(&early, "line empty, class on");
    tell(board, "a", "queued");
    watch(&late, board, 0);
    assert_told(&late, "class on, line empty, queued a");
    /* Also for one that has all numbers there will ever be. */
    board_unwatch(board, &late.watcher);
    watch(&late, board, 99999999999999);
    assert_told(&late, "class on, line empty");
    assert_told(&early, "queued a");
    board_free(board);
}
END_TEST

START_TEST(a_board_that_was_cleared_has_no_older_rows_and_says_so_to_who_saw_them)
{
    Board *board = board_new();
    Reader early, late, newcomer;
    uint64_t number;

    watch(&early, board, 0);
    tell(board, "a", "queued");
    tell(board, "b", "ended");
    number = early.last_number;
    board_clear(board);
    assert_told(&early, "queued a, ended b, cleared");
    watch(&late, board, number);
    assert_told(&late, "cleared");
    tell(board, "a", "started");
    watch(&newcomer, board, 0);
    assert_told(&newcomer, "cleared, started a");
    number = early.last_number;
    assert_told(&late, "started a");
    board_unwatch(board, &late.watcher);
    watch(&late, board, number);
    assert_told(&late, "");
    assert_told(&early, "started a");
    board_free(board);
}
END_TEST

/* The ones that wait cannot be pushed out by those that have ended. */
START_TEST(of_runs_that_are_over_the_last_ones_are_kept_and_all_others)
{
    Board *board = board_new();
    Reader reader;
    auto_free char *names = NULL;

    tell(board, "waits", "queued");
    for (int i = 0; i < BOARD_KEPT + 5; i++) {
        auto_free char *run = text_printf("r%d", i);

        tell(board, run, "started");
        tell(board, run, "ended");
    }
    watch(&reader, board, 0);
    names = take_pointer(reader.names);
    ck_assert_msg(strncmp(names, "queued waits, ended r5, ended r6,", 33) == 0, "%s", names);
    ck_assert_ptr_nonnull(strstr(names, "ended r104"));
    board_free(board);
}
END_TEST

START_TEST(rows_are_told_again_when_more_of_them_may_be_seen)
{
    Board *board = board_new();
    Reader reader;

    set_state(board, "class", "on");
    watch(&reader, board, 0);
    tell(board, "a", "queued");
    tell(board, "b", "queued");
    tell(board, "a", "started");
    assert_told(&reader, "class on, queued a, queued b, started a");
    board_repeat(board);
    assert_told(&reader, "queued b, started a");
    board_free(board);
}
END_TEST

RUN_TESTS("board", 60, who_watches_hears_everything_and_who_comes_later_the_last_of_each_run,
    who_comes_back_hears_what_it_has_missed, states_come_first_have_no_number_and_are_told_when_they_change,
    a_board_that_was_cleared_has_no_older_rows_and_says_so_to_who_saw_them,
    of_runs_that_are_over_the_last_ones_are_kept_and_all_others,
    rows_are_told_again_when_more_of_them_may_be_seen)
