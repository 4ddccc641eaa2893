/* A class: what each action makes of it, and that it outlives the server. */
#include "runs/class.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/keeper.h"
#include "tests/unit/tree.h"

static Keeper keeper;
static Board *board;
static Class *class;

static void begin_test(void)
{
    tree_make();
    keeper_init(&keeper, tree_root);
    keeper_open(&keeper);
    board = board_new();
    class = class_new(keeper.archive, board);
}

static void end_test(void)
{
    class_free(class);
    board_free(board);
    keeper_finish(&keeper);
    tree_remove();
}

/* The same class after the server ended and was started again. */
static void restart(void)
{
    class_free(class);
    keeper_reopen(&keeper);
    class = class_new(keeper.archive, board);
}

static void act(ClassAction action, const json_t *next)
{
    Kept kept = {0};

    ck_assert(class_allows(class, action));
    class_act(class, action, next, note_kept, &kept);
    keeper_settle(&keeper);
    ck_assert(kept.called && kept.kept);
}

static void go_on_with(const char *title)
{
    json_auto_t *next =
        json_pack("{s:s, s:s, s:{s:i}}", "title", title, "experiment", "countdown", "request", "tasks", 2);

    act(CLASS_NEXT, next);
}

static const json_t *next(void)
{
    return json_object_get(class_json(class), "next");
}

static void assert_class(bool on, bool revealed, const char *title)
{
    ck_assert_int_eq(json_is_true(json_object_get(class_json(class), "on")), on);
    ck_assert_int_eq(json_is_true(json_object_get(class_json(class), "revealed")), revealed);
    ck_assert_int_eq(class_hides_predictions(class), on && !revealed);
    if (title)
        ck_assert_str_eq(json_string_value(json_object_get(next(), "title")), title);
    else
        ck_assert(json_is_null(next()));
}

START_TEST(without_a_class_nothing_is_hidden_and_there_is_nothing_to_reveal)
{
    assert_class(false, false, NULL);
    ck_assert(!class_hides_predictions(class));
    ck_assert(!class_allows(class, CLASS_REVEAL));
    ck_assert(!class_allows(class, CLASS_HIDE));
    act(CLASS_CLEAR, NULL);
    act(CLASS_END, NULL);
    assert_class(false, false, NULL);
}
END_TEST

START_TEST(what_comes_next_begins_a_class_and_hides_and_is_counted)
{
    go_on_with("one");
    assert_class(true, false, "one");
    ck_assert_int_eq(json_integer_value(json_object_get(next(), "number")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(next(), "request"), "tasks")), 2);
    ck_assert(json_is_null(json_object_get(next(), "question")));
    ck_assert(json_is_null(json_object_get(next(), "step")));
    ck_assert_ptr_nonnull(strchr(json_string_value(json_object_get(next(), "since")), 'T'));
    act(CLASS_REVEAL, NULL);
    assert_class(true, true, "one");
    act(CLASS_HIDE, NULL);
    assert_class(true, false, "one");
    act(CLASS_REVEAL, NULL);
    go_on_with("two");
    assert_class(true, false, "two");
    ck_assert_int_eq(json_integer_value(json_object_get(next(), "number")), 2);
}
END_TEST

START_TEST(clearing_forgets_what_comes_next_and_ending_everything)
{
    go_on_with("one");
    act(CLASS_REVEAL, NULL);
    act(CLASS_CLEAR, NULL);
    assert_class(true, true, NULL);
    go_on_with("two");
    ck_assert_int_eq(json_integer_value(json_object_get(next(), "number")), 2);
    act(CLASS_END, NULL);
    assert_class(false, false, NULL);
    go_on_with("again");
    ck_assert_int_eq(json_integer_value(json_object_get(next(), "number")), 1);
}
END_TEST

START_TEST(a_class_outlives_the_server)
{
    json_auto_t *before = NULL;

    go_on_with("one");
    go_on_with("two");
    act(CLASS_REVEAL, NULL);
    before = json_deep_copy(class_json(class));
    restart();
    ck_assert(json_equal(before, class_json(class)));
    go_on_with("three");
    ck_assert_int_eq(json_integer_value(json_object_get(next(), "number")), 3);
    restart();
    assert_class(true, false, "three");
    act(CLASS_END, NULL);
    restart();
    assert_class(false, false, NULL);
}
END_TEST

/* What was handed out is what it was then. */
START_TEST(an_action_changes_no_object_that_was_handed_out)
{
    json_t *first;

    go_on_with("one");
    first = json_incref((json_t *)class_json(class));
    go_on_with("two");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(first, "next"), "title")), "one");
    json_decref(first);
}
END_TEST

START_TEST(a_note_that_is_no_class_begins_none)
{
    static const char *const notes[] = {"", "[]", "{}", "{\"on\": 1, \"revealed\": true, \"next\": null}",
        "{\"on\": true, \"revealed\": true, \"next\": 7}", "{\"on\": true"};

    for (size_t i = 0; i < ARRAY_LENGTH(notes); i++) {
        archive_note(keeper.archive, "class", notes[i], NULL, NULL);
        keeper_settle(&keeper);
        restart();
        assert_class(false, false, NULL);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        without_a_class_nothing_is_hidden_and_there_is_nothing_to_reveal,
        what_comes_next_begins_a_class_and_hides_and_is_counted,
        clearing_forgets_what_comes_next_and_ending_everything,
        a_class_outlives_the_server,
        an_action_changes_no_object_that_was_handed_out,
        a_note_that_is_no_class_begins_none,
    };

    return tree_run_tests_between("class", begin_test, end_test, tests, ARRAY_LENGTH(tests));
}
