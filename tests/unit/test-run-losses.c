/* What becomes of a run when one of its runtimes does not do what docs/protocol.md says: in every way that is
 * known, alone and beside one that does. */
#include <string.h>

#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/unit/run.h"
#include "tests/unit/turn-lab.h"

enum { REPEAT = 3 };

#define BROKEN "broke the protocol: "

/* Each begins to misbehave in its second round, if it comes so far. */
static const struct {
    const char *name, *how; /* the beginning, behind the runtime's name */
    int came;               /* repetitions of its first cell */
} rows[] = {
    {"garbage", BROKEN "line 4, column ", 1},
    {"half", BROKEN "line 4, column ", 1},
    {"strange",
        BROKEN "line 4, \"sample\": cell: must be a whole number from 0 to 1000000000000000000, is \"one\"",
        1},
    {"unknown",
        BROKEN
        "line 4, \"surprise\": event: must be one of done, error, hello, sample, timeline, is \"surprise\"",
        1},
    {"twice", BROKEN "line 4, \"sample\": repetition: must be one that has not come yet: cell ", 1},
    {"hello", BROKEN "line 4 is a second \"hello\"", 1},
    {"first", BROKEN "line 1 comes before \"hello\"", 0},
    {"dies", "died of signal 9 (Killed)", 1},
    {"between", "died of signal 9 (Killed)", 2},
    {"quits", "ended before it was done", 1},
    {"fails", "ended with status 3", 1},
    {"stillborn", "ended with status 3", 0},
    {"closed", "closed its output and went on for more than 5 s", 1},
    {"dense", BROKEN "line 4 has more than 400000 values", 1},
    {"deep", BROKEN "line 4, \"sample\": metrics: must not be nested deeper than 32", 1},
    {"negative",
        BROKEN "line 4, \"sample\": wall_ns: must be a whole number from 1 to 1000000000000000000, is -7", 1},
    {"huge",
        BROKEN "line 4, \"sample\": cpu_ns: must be a whole number from 0 to 1000000000000000000, is "
               "1000000000000000001",
        1},
    {"real",
        BROKEN "line 4, \"sample\": cpu_ns: must be a whole number from 0 to 1000000000000000000, is 1.5", 1},
};

static const json_t *cell_of(const json_t *run, size_t i)
{
    return json_array_get(json_object_get(run, "cells"), i);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* Two cells of a runtime that did all that it should. */
static void assert_done(const json_t *run, size_t first)
{
    for (size_t i = first; i < first + 2; i++) {
        const json_t *wall = json_object_get(cell_of(run, i), "wall_ns");

        ck_assert_str_eq(text_of(cell_of(run, i), "status"), "done");
        ck_assert_uint_eq(json_array_size(json_object_get(wall, "samples")), REPEAT);
    }
}

static void assert_begins(const char *text, const char *with)
{
    ck_assert_msg(text && strncmp(text, with, strlen(with)) == 0, "\"%s\" does not begin with \"%s\"",
        text ? text : "", with);
}

static void assert_ends(const char *text, const char *with)
{
    size_t length = strlen(text), end = strlen(with);

    ck_assert_msg(length >= end && strcmp(text + length - end, with) == 0, "\"%s\" does not end with \"%s\"",
        text, with);
}

/* In both orders, as the first one has the first turn. */
static void lose_one(const char *name, const char *how, int came, bool is_first)
{
    const char *names[] = {is_first ? name : "good", is_first ? "good" : name, NULL};
    auto_free char *loss = text_printf("the runtime %s %s", name, how);
    auto_free char *reason = text_printf("ended after %d of %d repetitions: %s", came, REPEAT, loss);
    /* The one that never asks may have been told to begin all the same. */
    const char *begins = came > 0 ? reason : "ended after ";
    size_t lost = is_first ? 0 : 2;
    json_auto_t *run = NULL;
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_int_eq(lab.run->refused, 0);
    assert_begins(lab.run->reason, loss);
    assert_ends(lab.run->reason, "; good went on");
    run = turn_lab_json(&lab);
    assert_done(run, 2 - lost);
    ck_assert_str_eq(text_of(cell_of(run, lost), "status"), "failed");
    assert_begins(text_of(cell_of(run, lost), "reason"), begins);
    ck_assert_str_eq(text_of(cell_of(run, lost + 1), "status"), "failed");
    turn_lab_finish(&lab);
}

START_TEST(one_is_lost_and_the_other_goes_on)
{
    lose_one(rows[_i / 2].name, rows[_i / 2].how, rows[_i / 2].came, _i % 2 == 0);
}
END_TEST

/* Of one alone there is no need to say which. */
START_TEST(a_run_of_one_ends_as_it_does)
{
    const char *names[] = {rows[_i].name, NULL};
    auto_free char *reason = text_printf("the runtime %s", rows[_i].how);
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    assert_begins(lab.run->reason, reason);
    turn_lab_finish(&lab);
}
END_TEST

/* What only shows beside another, or differs there. */
START_TEST(what_is_another_runtimes_is_not_its_own)
{
    lose_one("foreign", BROKEN "line 4, \"sample\": cell: must be one of its own cells (", 1, _i == 0);
    /* Alone, these cannot be told from one that waits, as it is told to go on at once. */
    lose_one("eager", BROKEN "line 5 came before it was told to go on", 2, _i == 0);
    lose_one("ahead", BROKEN "line ", 0, _i == 0);
    lose_one("early", "said it was done before all repetitions were", 1, _i == 0);
    lose_one("refuses", "reports an error: not with me", 1, _i == 0);
    lose_one("refuses-at-once", "reports an error: not here", 0, _i == 0);
}
END_TEST

START_TEST(a_refusal_is_one_if_all_refuse)
{
    static const struct {
        const char *names[3], *reason;
        int refused;
    } cases[] = {
        {{"refuses"}, "not with me", 403},
        {{"refuses-at-once"}, "not here", 403},
        {{"refuses", "refuses-at-once"},
            "the runtime refuses reports an error: not with me; "
            "the runtime refuses-at-once reports an error: not here",
            403},
        {{"refuses", "dies"},
            "the runtime refuses reports an error: not with me; "
            "the runtime dies died of signal 9 (Killed)",
            0},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        TurnLab lab;

        turn_lab_make(&lab, cases[i].names, (TurnAsk){.repeat = REPEAT});
        turn_lab_run(&lab);
        ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
        ck_assert_str_eq(lab.run->reason, cases[i].reason);
        ck_assert_int_eq(lab.run->refused, cases[i].refused);
        turn_lab_finish(&lab);
    }
}
END_TEST

START_TEST(a_runtime_that_cannot_be_started_is_lost)
{
    static const char *const names[] = {"good", "dies", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    lab.words[1][0] = "/nowhere/python3";
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, "the runtime dies could not be started (status 127); good went on");
    turn_lab_finish(&lab);
}
END_TEST

START_TEST(without_a_guard_nothing_can_be_started)
{
    static const char *const names[] = {"good", "wide", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    free((char *)lab.settings.guard);
    lab.settings.guard = strdup("/nowhere/guard");
    turn_lab_start(&lab);
    ck_assert(lab.over);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, "the runtime good could not be started: No such file or directory; "
                                      "the runtime wide could not be started: No such file or directory");
    turn_lab_finish(&lab);
}
END_TEST

/* A time limit that lets through what goes well, on a machine however busy: ten times what a run takes here
 * and now. */
static int ample_limit_ms(void)
{
    static const char *const names[] = {"good", NULL};
    nsec_t start = nsec_now();
    TurnLab lab;
    int limit_ms;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    turn_lab_run(&lab);
    turn_lab_finish(&lab);
    limit_ms = 10 * (int)((nsec_now() - start) / NSEC_PER_MSEC);
    return limit_ms < 1500 ? 1500 : limit_ms > 20000 ? 20000 : limit_ms;
}

/* The one that never ends has given all that it should. It is waited for a little, and not to the end of the
 * time, which is longer than this test may take. */
START_TEST(one_that_is_done_and_stays_is_ended)
{
    static const char *const cases[][3] = {
        {"stays", "good"}, {"good", "stays"}, {"stays"}, {"stays", "stays-closed"}};

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_auto_t *run = NULL;
        TurnLab lab;

        turn_lab_make(&lab, cases[i], (TurnAsk){.repeat = REPEAT, .timeout_ms = 600000});
        turn_lab_run(&lab);
        ck_assert_msg(lab.run->outcome == OUTCOME_DONE, "%zu: %s", i, lab.run->reason);
        run = turn_lab_json(&lab);
        assert_done(run, 0);
        turn_lab_finish(&lab);
    }
}
END_TEST

START_TEST(one_that_hangs_in_its_turn_takes_the_time_of_all)
{
    static const char *const cases[][3] = {{"hangs", "good"}, {"good", "hangs"}, {"hangs"}};
    int limit_ms = ample_limit_ms();

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        auto_free char *reason = text_printf("it ran longer than timeout_ms=%d%s", limit_ms,
            cases[i][1] ? ", in a turn of the runtime hangs" : "");
        json_auto_t *run = NULL;
        TurnLab lab;

        turn_lab_make(&lab, cases[i], (TurnAsk){.repeat = REPEAT, .timeout_ms = limit_ms});
        turn_lab_run(&lab);
        ck_assert_int_eq(lab.run->outcome, OUTCOME_TIMEOUT);
        ck_assert_str_eq(lab.run->reason, reason);
        run = turn_lab_json(&lab);
        ck_assert_str_eq(text_of(cell_of(run, 0), "status"), "timeout");
        ck_assert_str_eq(text_of(cell_of(run, 0), "reason"),
            i == 1 ? "ended after 2 of 3 repetitions" : "ended after 1 of 3 repetitions");
        turn_lab_finish(&lab);
    }
}
END_TEST

/* A stopped process ends by SIGKILL alone. */
START_TEST(one_that_is_stopped_takes_the_time_of_all)
{
    static const char *const names[] = {"good", "stopped", NULL};
    int limit_ms = ample_limit_ms();
    auto_free char *reason =
        text_printf("it ran longer than timeout_ms=%d, in a turn of the runtime stopped", limit_ms);
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT, .timeout_ms = limit_ms});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_TIMEOUT);
    ck_assert_str_eq(lab.run->reason, reason);
    turn_lab_finish(&lab);
}
END_TEST

START_TEST(one_that_is_stopped_and_goes_on_is_done)
{
    static const char *const names[] = {"halted", "good", NULL};
    json_auto_t *run = NULL;
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    turn_lab_start(&lab);
    turn_lab_wait_for_file(&lab, "halted.stays");
    turn_lab_touch("go");
    turn_lab_wait(&lab);
    ck_assert_msg(lab.run->outcome == OUTCOME_DONE, "%s", lab.run->reason);
    run = turn_lab_json(&lab);
    assert_done(run, 0);
    assert_done(run, 2);
    turn_lab_finish(&lab);
}
END_TEST

/* All repetitions are there, so no cell has failed, but the run has: what was asked for is not all there. */
START_TEST(one_that_is_lost_while_it_traces_keeps_its_figures)
{
    static const char *const names[] = {"dies-late", "good", NULL};
    json_auto_t *run = NULL;
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT, .traced = true});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, "the runtime dies-late died of signal 9 (Killed); good went on");
    run = turn_lab_json(&lab);
    assert_done(run, 0);
    assert_done(run, 2);
    ck_assert_str_eq(text_of(json_object_get(cell_of(run, 0), "timeline"), "reason"),
        "the runtime ended before it was traced");
    ck_assert(!json_object_get(json_object_get(cell_of(run, 2), "timeline"), "reason"));
    turn_lab_finish(&lab);
}
END_TEST

START_TEST(one_that_sends_no_spans_is_done)
{
    static const char *const names[] = {"traces-not", "good", NULL};
    json_auto_t *run = NULL;
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT, .traced = true});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    run = turn_lab_json(&lab);
    ck_assert_str_eq(
        text_of(json_object_get(cell_of(run, 0), "timeline"), "reason"), "the runtime sent no spans");
    turn_lab_finish(&lab);
}
END_TEST

/* Once the runtime that hangs has its turn, and the other waits; and as long as one has not said hello. */
START_TEST(a_stop_ends_all)
{
    static const char *const cases[][3] = {{"good", "hangs"}, {"mute", "good"}};
    static const char *const files[] = {"hangs.stays", "mute.stays"};

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        TurnLab lab;

        turn_lab_make(&lab, cases[i], (TurnAsk){.repeat = REPEAT});
        turn_lab_start(&lab);
        turn_lab_wait_for_file(&lab, files[i]);
        run_stop(lab.run, OUTCOME_CANCELLED, "it was cancelled");
        run_stop(lab.run, OUTCOME_FAILED, "too late");
        ck_assert_int_eq(lab.run->state, RUN_STOPPING);
        turn_lab_wait(&lab);
        ck_assert_int_eq(lab.run->outcome, OUTCOME_CANCELLED);
        ck_assert_str_eq(lab.run->reason, "it was cancelled");
        turn_lab_finish(&lab);
    }
}
END_TEST

/* Rounds go on without it until they are precise, and it is named. */
START_TEST(a_precision_is_reached_without_the_lost_one)
{
    static const char *const names[] = {"good", "dies", NULL};
    json_auto_t *run = NULL;
    const json_t *precision;
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT, .precision = 5, .max_repeat = 100});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, "the runtime dies died of signal 9 (Killed); good went on");
    run = turn_lab_json(&lab);
    precision = json_object_get(run, "precision");
    ck_assert_str_eq(text_of(precision, "stopped_by"), "precision");
    ck_assert_int_eq(json_integer_value(json_object_get(precision, "rounds")), 10);
    turn_lab_finish(&lab);
}
END_TEST

/* What is still to come is counted without it. */
START_TEST(progress_does_not_wait_for_a_lost_one)
{
    static const char *const names[] = {"stillborn", "good", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = REPEAT});
    ck_assert_int_eq(run_expected(lab.run), 4 * REPEAT);
    turn_lab_run(&lab);
    ck_assert_int_eq(run_expected(lab.run), 2 * REPEAT);
    ck_assert_int_eq(run_done(lab.run), 2 * REPEAT);
    turn_lab_finish(&lab);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run-losses");
    TCase *tcase = tcase_create("run-losses");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, one_is_lost_and_the_other_goes_on, 0, 2 * (int)ARRAY_LENGTH(rows));
    tcase_add_loop_test(tcase, a_run_of_one_ends_as_it_does, 0, (int)ARRAY_LENGTH(rows));
    tcase_add_loop_test(tcase, what_is_another_runtimes_is_not_its_own, 0, 2);
    tcase_add_test(tcase, a_refusal_is_one_if_all_refuse);
    tcase_add_test(tcase, a_runtime_that_cannot_be_started_is_lost);
    tcase_add_test(tcase, without_a_guard_nothing_can_be_started);
    tcase_add_test(tcase, one_that_is_done_and_stays_is_ended);
    tcase_add_test(tcase, one_that_hangs_in_its_turn_takes_the_time_of_all);
    tcase_add_test(tcase, one_that_is_stopped_takes_the_time_of_all);
    tcase_add_test(tcase, one_that_is_stopped_and_goes_on_is_done);
    tcase_add_test(tcase, one_that_is_lost_while_it_traces_keeps_its_figures);
    tcase_add_test(tcase, one_that_sends_no_spans_is_done);
    tcase_add_test(tcase, a_stop_ends_all);
    tcase_add_test(tcase, a_precision_is_reached_without_the_lost_one);
    tcase_add_test(tcase, progress_does_not_wait_for_a_lost_one);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
