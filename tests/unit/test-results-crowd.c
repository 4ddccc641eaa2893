/* How many tasks were at it at once: counted from spans, and read back from JSON. */
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "results/crowd.h"
#include "tests/unit/made-catalog.h"
#include "tests/unit/run.h"

#define MS 1000000

static json_t *make_event(const char *rows)
{
    return json_pack("{s:i, s:i, s:o, s:[]}", "wall_ns", 8 * MS, "dropped", 0, "spans",
        json_loads(rows, 0, NULL), "instants");
}

/* Counts the spans of rows, a JSON array like that of a timeline event. */
static ResultCrowd count(const char *rows, SpansKind kind, int64_t wall_ns, int64_t dropped)
{
    json_auto_t *spans_json = json_loads(rows, 0, NULL);
    json_auto_t *event = json_pack("{s:I, s:I, s:O, s:[]}", "wall_ns", (json_int_t)wall_ns, "dropped",
        (json_int_t)dropped, "spans", spans_json, "instants");
    ResultCrowd crowd;
    Spans *spans;

    ck_assert(spans_read(&(Reader){0}, event, 8, &spans));
    crowd = crowd_of_spans(spans, kind, 0);
    spans_free(spans);
    ck_assert(crowd.is_known);
    ck_assert_int_eq(crowd.is_whole, dropped == 0);
    return crowd;
}

START_TEST(the_most_at_once_is_counted)
{
    /* The order of the rows does not matter. */
    static const char rows[] = "[[2, \"run\", 5000000, 6000000], [0, \"run\", 0, 4000000],"
                               " [1, \"run\", 1000000, 8000000], [3, \"wait-lock\", 0, 9000000],"
                               " [3, \"outside\", 1000000, 3000000]]";
    ResultCrowd inside = count(rows, SPANS_RUN, 20 * MS, 0), outside = count(rows, SPANS_OUTSIDE, 20 * MS, 0);

    ck_assert_int_eq(inside.max, 2);
    ck_assert_double_eq_tol(inside.mean, 12.0 / 20, 1e-9);
    ck_assert_int_eq(outside.max, 1);
    ck_assert_double_eq_tol(outside.mean, 2.0 / 20, 1e-9);
}
END_TEST

START_TEST(spans_that_touch_are_not_at_once)
{
    ResultCrowd crowd = count("[[0, \"run\", 0, 4000000], [1, \"run\", 4000000, 6000000],"
                              " [0, \"run\", 6000000, 10000000]]",
        SPANS_RUN, 10 * MS, 0);

    ck_assert_int_eq(crowd.max, 1);
    ck_assert_double_eq_tol(crowd.mean, 1, 1e-9);
}
END_TEST

/* The clock of one CPU may be a little ahead of that of another. */
START_TEST(clocks_of_two_cpus_make_no_crowd)
{
    ResultCrowd skewed = count("[[0, \"run\", 0, 4000400], [1, \"run\", 4000000, 8000000],"
                               " [2, \"run\", 7999300, 9000000]]",
        SPANS_RUN, 9 * MS, 0);
    ResultCrowd real =
        count("[[0, \"run\", 0, 4002000], [1, \"run\", 4000000, 8000000]]", SPANS_RUN, 8 * MS, 0);

    ck_assert_int_eq(skewed.max, 1);
    ck_assert_double_le(skewed.mean, 1);
    ck_assert_int_eq(real.max, 2);
}
END_TEST

START_TEST(what_is_shorter_than_the_clocks_can_tell_is_one)
{
    ResultCrowd crowd = count("[[0, \"run\", 0, 300], [1, \"run\", 100, 400]]", SPANS_RUN, 1000, 0);

    ck_assert_int_eq(crowd.max, 1);
    ck_assert_double_eq_tol(crowd.mean, 0.6, 1e-9);
}
END_TEST

/* Of a runtime that notes the time every 100 us only: two spans that share less may be one after the other,
 * and two that met for a shorter time were missed. */
START_TEST(coarse_spans_say_no_more_than_they_can)
{
    json_auto_t *event = make_event("[[0, \"run\", 0, 4050000], [1, \"run\", 4000000, 8000000]]");
    Spans *spans;
    ResultCrowd exact, coarse;

    ck_assert(spans_read(&(Reader){0}, event, 8, &spans));
    exact = crowd_of_spans(spans, SPANS_RUN, 0);
    coarse = crowd_of_spans(spans, SPANS_RUN, 100000);
    spans_free(spans);
    ck_assert_int_eq(exact.max, 2);
    ck_assert(exact.is_whole);
    ck_assert_int_eq(coarse.max, 1);
    ck_assert(!coarse.is_whole);
}
END_TEST

/* Of the time behind the last span that was recorded nothing is known. */
START_TEST(dropped_spans_leave_the_part_before_them)
{
    static const char rows[] = "[[0, \"run\", 0, 1000000], [1, \"wait-lock\", 0, 2000000]]";
    ResultCrowd whole = count(rows, SPANS_RUN, 100 * MS, 0), cut = count(rows, SPANS_RUN, 100 * MS, 7);

    ck_assert_double_eq_tol(whole.mean, 0.01, 1e-9);
    ck_assert_double_eq_tol(cut.mean, 0.5, 1e-9);
    ck_assert_int_eq(cut.max, 1);
}
END_TEST

START_TEST(nobody_is_no_crowd)
{
    ResultCrowd crowd = count("[]", SPANS_RUN, 5 * MS, 0),
                instant = count("[[0, \"run\", 7, 7]]", SPANS_RUN, 0, 0);

    ck_assert_int_eq(crowd.max, 0);
    ck_assert_double_eq(crowd.mean, 0);
    ck_assert_int_eq(instant.max, 0);
    ck_assert_double_eq(instant.mean, 0);
}
END_TEST

/* A runtime says a wall time that is too short. */
START_TEST(the_mean_is_not_above_the_most)
{
    ResultCrowd crowd = count("[[0, \"run\", 0, 8000000]]", SPANS_RUN, 1, 0);

    ck_assert_int_eq(crowd.max, 1);
    ck_assert_double_eq(crowd.mean, 1);
}
END_TEST

START_TEST(without_spans_nothing_is_known)
{
    json_auto_t *event = json_pack("{s:s}", "reason", "it died"), *json = NULL;
    ResultCrowd none = crowd_of_spans(NULL, SPANS_RUN, 0), failed;
    Spans *spans;

    ck_assert(spans_read(&(Reader){0}, event, 8, &spans));
    failed = crowd_of_spans(spans, SPANS_RUN, 0);
    spans_free(spans);
    ck_assert(!none.is_known);
    ck_assert(!failed.is_known);
    ck_assert_int_eq(failed.max, RESULT_UNKNOWN);
    ck_assert(isnan(failed.mean));
    json = crowd_json(&failed);
    ck_assert(json_is_null(json));
}
END_TEST

START_TEST(json_says_what_was_counted)
{
    json_auto_t *json = crowd_json(&(ResultCrowd){true, 2, 1.23456789, true, "two"}), *back = NULL;
    ResultCrowd crowd;

    ck_assert_int_eq(json_integer_value(json_object_get(json, "max")), 2);
    ck_assert_double_eq(json_real_value(json_object_get(json, "mean")), 1.2346);
    ck_assert(json_is_true(json_object_get(json, "whole")));
    ck_assert_str_eq(json_string_value(json_object_get(json, "text")), "two");
    ck_assert_uint_eq(json_object_size(json), 4);
    crowd_read(json, &crowd);
    back = crowd_json(&crowd);
    ck_assert(json_equal(json, back));
}
END_TEST

/* A cell of two tasks in which so many were inside and outside at once; "" for no words. */
static const char *words_of(
    Words *words, const char *mode, const char *lock, int64_t inside, int64_t outside, bool whole)
{
    ResultCell cell = {.mode_facts = made_mode(mode), .lock_facts = made_lock(lock), .tasks = 2};
    const char *text;

    cell.inside = (ResultCrowd){true, inside, 1, whole, NULL};
    cell.outside = (ResultCrowd){true, outside, 1, whole, NULL};
    text = crowd_words(words, &cell);
    return text ? text : "";
}

START_TEST(words_say_no_more_than_was_seen)
{
    static const struct {
        const char *mode, *lock;
        int64_t inside, outside;
        bool whole;
        const char *text;
    } rows[] = {
        {"threads", "gil", 1, 0, true, "never more than one thread held the lock at a time"},
        {"threads", "gil", 1, 2, true,
            "never more than one thread held the lock at a time, and at another moment up to 2 went "
            "on without it"},
        {"threads", "gil", 1, 0, false,
            "never more than one thread held the lock at a time, as far as it was recorded"},
        {"threads", "gil", 2, 0, true, "up to 2 threads held the lock at once"},
        {"threads", "gil", 0, 0, true, ""},
        {"threads", "none", 2, 0, true,
            "up to 2 threads were under way at once, as no lock keeps them apart"},
        {"threads", "none", 2, 0, false,
            "at least 2 threads were under way at once, as no lock keeps them apart"},
        {"threads", "none", 2, 2, true,
            "up to 2 threads were under way at once, as no lock keeps them apart"},
        {"threads", "none", 1, 0, true, ""},
        {"processes", "none", 2, 2, true, "up to 2 processes were under way at once"},
        {"processes", "gil", 2, 2, true,
            "up to 2 processes held a lock at once, each its own, and at another moment up to 2 "
            "went on without it"},
        {"processes", "gil", 2, 0, true, "up to 2 processes held a lock at once, each its own"},
        {"processes", "gil", 1, 0, true, ""},
        {"serial", "gil", 1, 0, true, ""},
        {"epoll", "gil", 1, 0, true, ""},
    };
    auto_words Words words = {0};
    ResultCell unknown = {.mode_facts = made_mode("threads"), .lock_facts = made_lock("gil"), .tasks = 2};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        ck_assert_str_eq(
            words_of(&words, rows[i].mode, rows[i].lock, rows[i].inside, rows[i].outside, rows[i].whole),
            rows[i].text);
    ck_assert_ptr_null(crowd_words(&words, &unknown));
    ck_assert_ptr_null(crowd_words(&words, &(ResultCell){.inside = {true, 1, 1, true, NULL}, .tasks = 2}));
}
END_TEST

START_TEST(what_is_strange_is_no_crowd)
{
    static const char *const bad[] = {"null", "7", "{}", "{\"max\": 1}", "{\"mean\": 1}",
        "{\"max\": -1, \"mean\": 1}", "{\"max\": 1.5, \"mean\": 1}", "{\"max\": 1, \"mean\": \"1\"}",
        "{\"max\": 1, \"mean\": -0.1}"};

    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        json_auto_t *json = json_loads(bad[i], JSON_DECODE_ANY, NULL);
        ResultCrowd crowd;

        ck_assert_msg(json != NULL, "%s", bad[i]);
        crowd_read(json, &crowd);
        ck_assert_msg(!crowd.is_known && crowd.max == RESULT_UNKNOWN && isnan(crowd.mean), "%s", bad[i]);
    }
}
END_TEST

RUN_TESTS("results-crowd", 60, the_most_at_once_is_counted, spans_that_touch_are_not_at_once,
    clocks_of_two_cpus_make_no_crowd, what_is_shorter_than_the_clocks_can_tell_is_one,
    dropped_spans_leave_the_part_before_them, coarse_spans_say_no_more_than_they_can, nobody_is_no_crowd,
    the_mean_is_not_above_the_most, without_spans_nothing_is_known, json_says_what_was_counted,
    words_say_no_more_than_was_seen, what_is_strange_is_no_crowd)
