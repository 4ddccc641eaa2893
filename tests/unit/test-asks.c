/* Who sees what of those who asked for a run, and a run as each of them sees it. */
#include "runs/asks-json.h"

#include <string.h>

#include "runs/run-view.h"
#include "tests/unit/made-questions.h"
#include "tests/unit/run.h"

/* Three who asked, of whom the last predicted nothing, and what came out for two questions. */
static const char asks_text[] =
    "[{'owner': 'hash-a', 'label': 'anna', 'question': 'work', 'prediction': 'half', 'waiting': true},"
    "{'owner': 'hash-b', 'label': null, 'question': 'lost-by-two', 'prediction': 'none'},"
    "{'owner': 'hash-c', 'label': 'carl', 'question': 'work', 'prediction': null}]";
static const char run_text[] =
    "{'id': 'X', 'label': null, 'created_at': 'then', 'request': {'experiment': 'work'}, 'outcomes': {"
    "'work': {'outcome': 'half', 'reason': null}, 'lost-by-two': {'outcome': null, 'reason': 'too few'}}}";

/* A run as one sees it, a new object. */
static json_t *seen_by(const char *owner, bool sees_all, const Questions *questions, const char *asks)
{
    json_auto_t *run = small_json(run_text);
    auto_run_view RunView view = {
        .asks = small_json(asks),
        .reader = {.owner = owner, .sees_all = sees_all},
        .questions = questions,
    };

    return run_json_for(run, &view);
}

/* Asserts that members are as in the text. */
static void assert_members(const json_t *object, const char *members)
{
    json_auto_t *expected = small_json(members);
    auto_free char *shown = json_dumps(object, JSON_COMPACT);
    const char *key;
    json_t *value;

    json_object_foreach (expected, key, value)
        ck_assert_msg(
            json_equal(json_object_get(object, key), value), "%s of %s is not as in %s", key, shown, members);
}

static const json_t *ask_of(const json_t *run, size_t i)
{
    return json_array_get(json_object_get(run, "asks"), i);
}

#define HIDDEN "'prediction': null, 'outcome': null, 'held': null, 'hidden': true"

START_TEST(ones_own_ask_is_whole_and_those_of_others_are_hidden)
{
    Questions *questions = made_questions();
    json_auto_t *run = seen_by("hash-b", false, questions, asks_text);

    ck_assert_uint_eq(json_array_size(json_object_get(run, "asks")), 3);
    assert_members(
        ask_of(run, 0), "{'label': 'anna', 'question': 'work', 'waiting': true, 'yours': false, " HIDDEN "}");
    assert_members(ask_of(run, 1),
        "{'label': null, 'question': 'lost-by-two', 'prediction': 'none', 'waiting': false, 'yours': true,"
        "'outcome': null, 'held': null, 'hidden': false}");
    /* Who has answered is for all to see, so that a class knows when all have. */
    assert_members(ask_of(run, 0), "{'answered': true}");
    assert_members(ask_of(run, 2), "{'label': 'carl', 'yours': false, 'answered': false, " HIDDEN "}");
    ck_assert_uint_eq(json_object_size(ask_of(run, 0)), 10);
    questions_free(questions);
}
END_TEST

START_TEST(who_sees_all_sees_what_held)
{
    json_auto_t *run = seen_by("hash-x", true, NULL, asks_text);

    assert_members(ask_of(run, 0),
        "{'prediction': 'half', 'outcome': 'half', 'held': true, 'yours': false, 'hidden': false}");
    assert_members(ask_of(run, 1), "{'prediction': 'none', 'outcome': null, 'held': null, 'hidden': false}");
    assert_members(ask_of(run, 2), "{'prediction': null, 'outcome': 'half', 'held': null, 'hidden': false}");
}
END_TEST

START_TEST(a_run_has_the_words_of_the_one_that_reads_it)
{
    Questions *questions = made_questions();
    json_auto_t *anna = seen_by("hash-a", false, questions, asks_text);
    json_auto_t *ben = seen_by("hash-b", false, questions, asks_text);

    assert_members(anna,
        "{'label': 'anna', 'question': 'work', 'question_text': 'How long do threads take?', 'prediction': "
        "'half',"
        "'prediction_text': 'about half as long', 'outcome': 'half', 'outcome_text': 'about half as long',"
        "'outcome_reason': null, 'held': true,"
        "'request': {'experiment': 'work', 'label': 'anna', 'question': 'work', 'prediction': 'half'}}");
    assert_members(ben, "{'label': null, 'question': 'lost-by-two', 'prediction': 'none', 'prediction_text': "
                        "'none', 'outcome': null,"
                        "'outcome_text': null, 'outcome_reason': 'too few', 'held': null}");
    ck_assert_ptr_null(json_object_get(anna, "outcomes"));
    questions_free(questions);
}
END_TEST

/* It sees the words of the first, but for what was predicted and came out. */
START_TEST(nothing_hidden_comes_out_at_the_top)
{
    static const char *const strangers[] = {"hash-x", ""};
    Questions *questions = made_questions();

    for (size_t i = 0; i < ARRAY_LENGTH(strangers); i++) {
        json_auto_t *run = seen_by(strangers[i], false, questions, asks_text);
        json_auto_t *all = seen_by(strangers[i], true, questions, asks_text);

        assert_members(run,
            "{'label': 'anna', 'question': 'work', 'prediction': null, 'prediction_text': null, 'outcome': "
            "null,"
            "'outcome_text': null, 'outcome_reason': null, 'held': null,"
            "'request': {'experiment': 'work', 'label': 'anna', 'question': 'work', 'prediction': null}}");
        assert_members(all, "{'prediction': 'half', 'outcome': 'half', 'held': true}");
    }
    questions_free(questions);
}
END_TEST

START_TEST(a_prediction_from_before_there_were_questions_is_shown_as_it_is)
{
    Questions *questions = made_questions();
    json_auto_t *run = seen_by("hash-x", true, questions,
        "[{'owner': 'hash-a', 'label': null, 'question': null, 'prediction': 'it is faster'}]");

    assert_members(run, "{'question': null, 'question_text': null, 'prediction': 'it is faster', "
                        "'prediction_text': 'it is faster',"
                        "'outcome': null, 'outcome_text': null, 'outcome_reason': null, 'held': null}");
    questions_free(questions);
}
END_TEST

START_TEST(a_question_that_was_taken_away_leaves_its_ids)
{
    json_auto_t *run = seen_by("hash-a", true, NULL, asks_text);

    assert_members(run,
        "{'question': 'work', 'question_text': null, 'prediction': 'half', 'prediction_text': 'half',"
        "'outcome': 'half', 'outcome_text': 'half', 'held': true}");
}
END_TEST

START_TEST(a_run_that_nobody_asked_for_can_be_seen)
{
    json_auto_t *run = seen_by("hash-a", false, NULL, "[]");

    assert_members(run,
        "{'label': null, 'question': null, 'prediction': null, 'outcome': null, 'held': null, 'asks': []}");
}
END_TEST

START_TEST(what_is_not_possible_did_not_hold)
{
    static const struct {
        const char *outcomes, *held;
    } rows[] = {
        {"{'work': {'outcome': 'half'}}", "true"},
        {"{'work': {'outcome': 'same'}}", "false"},
        {"{'work': {'outcome': null, 'possible': ['same', 'half']}}", "null"},
        {"{'work': {'outcome': null, 'possible': ['same', 'longer']}}", "false"},
        {"{'work': {'outcome': null, 'possible': []}}", "false"},
        {"{'work': {'outcome': null}}", "null"},
        {"{}", "null"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *outcomes = small_json(rows[i].outcomes), *held = ask_held(outcomes, "work", "half");
        json_auto_t *none = ask_held(outcomes, "work", NULL), *words = ask_held(outcomes, NULL, "half");
        auto_free char *text = json_dumps(held, JSON_ENCODE_ANY);

        ck_assert_str_eq(text, rows[i].held);
        ck_assert(json_is_null(none) && json_is_null(words));
    }
}
END_TEST

#define SHARED "'owner': 'owner:0000000000000000000000000000000000000000000000000000000000abcdef'"

/* By the end of the hash; older owners are addresses and names, of which nothing is told. */
START_TEST(two_asks_of_one_owner_are_known_to_be_of_one_person)
{
    json_auto_t *asks = small_json("[{" SHARED ", 'label': 'anna'}, {" SHARED ", 'label': 'ben'}, {'owner': "
                                   "'address:192.0.2.7'}, {'owner': 'owner:ab'}, {}]");
    json_auto_t *told = asks_told(asks, NULL, &(AskReader){.owner = ""});

    for (size_t i = 0; i < json_array_size(told); i++)
        assert_members(json_array_get(told, i), i < 2 ? "{'person': 'abcdef'}" : "{'person': null}");
}
END_TEST

START_TEST(what_came_of_a_run_is_not_told_to_those_from_whom_all_of_it_is_hidden)
{
    static const struct {
        const char *owner;
        bool sees_all, is_told;
    } readers[] = {
        {"hash-b", false, true}, {"hash-x", true, true}, {"hash-x", false, false}, {"", false, false}};
    json_auto_t *ended = small_json("{'headline': {'text': 'faster'}}"), *queued = json_object();

    json_object_set_new(ended, "asks", small_json(asks_text));
    json_object_set_new(queued, "asks", small_json(asks_text));
    for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
        const AskReader reader = {.owner = readers[i].owner, .sees_all = readers[i].sees_all};
        json_auto_t *told = asks_told_in(ended, &reader), *waits = asks_told_in(queued, &reader);

        assert_members(told, readers[i].is_told ? "{'headline': {'text': 'faster'}}" : "{'headline': null}");
        ck_assert_ptr_null(json_object_get(waits, "headline"));
    }
}
END_TEST

START_TEST(an_ask_is_kept_with_its_owner)
{
    Asks asks;
    json_auto_t *list = NULL, *expected = NULL;

    STAILQ_INIT(&asks);
    asks_add(&asks, "hash-a", &(AskWords){"anna", "work", "half"});
    asks_add(&asks, "hash-b", &(AskWords){0});
    asks_add(&asks, "hash-a", &(AskWords){"anne", "work", NULL});
    list = asks_json(&asks);
    expected = small_json("[{'owner': 'hash-a', 'label': 'anne', 'question': 'work', 'prediction': null},"
                          "{'owner': 'hash-b', 'label': null, 'question': null, 'prediction': null}]");
    ck_assert(json_equal(list, expected));
    asks_finish(&asks);
}
END_TEST

RUN_TESTS("asks", 20, ones_own_ask_is_whole_and_those_of_others_are_hidden, who_sees_all_sees_what_held,
    a_run_has_the_words_of_the_one_that_reads_it, nothing_hidden_comes_out_at_the_top,
    a_prediction_from_before_there_were_questions_is_shown_as_it_is,
    a_question_that_was_taken_away_leaves_its_ids, a_run_that_nobody_asked_for_can_be_seen,
    two_asks_of_one_owner_are_known_to_be_of_one_person,
    what_came_of_a_run_is_not_told_to_those_from_whom_all_of_it_is_hidden, what_is_not_possible_did_not_hold,
    an_ask_is_kept_with_its_owner)
