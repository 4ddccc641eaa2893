/* Runs of several runtimes that take turns: what the runtimes themselves saw, which note in a file when it is
 * their turn. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "runs/turns.h"
#include "tests/unit/run.h"
#include "tests/unit/turn-lab.h"

/* Reads who had a turn, in order: none before all have said hello, and each must have ended before the next
 * began, but for one that a death has ended. Returns the names, a new array. */
static json_t *read_turns(const char *dead)
{
    json_t *turns = json_array();
    FILE *file = fopen("turns", "re");
    char verb[16], name[64], last[64] = "";

    ck_assert_ptr_nonnull(file);
    while (fscanf(file, "%15s %63s", verb, name) == 2) {
        if (strcmp(verb, "begin") == 0) {
            ck_assert_msg(!*last || strcmp(last, dead) == 0, "%s began in the turn of %s", name, last);
            strcpy(last, name);
            json_array_append_new(turns, json_string(name));
        } else if (strcmp(verb, "hello") == 0) {
            ck_assert_msg(json_array_size(turns) == 0, "a turn began before %s had said hello", name);
        } else {
            ck_assert_str_eq(verb, "end");
            ck_assert_str_eq(name, last);
            *last = '\0';
        }
    }
    fclose(file);
    return turns;
}

/* "good wide good wide", owned by the caller. */
static char *text_of(const json_t *turns)
{
    char *text = strdup("");
    const json_t *name;
    size_t i;

    json_array_foreach (turns, i, name) {
        char *longer = text_printf("%s%s%s", text, *text ? " " : "", json_string_value(name));

        free(text);
        text = longer;
    }
    return text;
}

static void assert_turns(const char *wanted, const char *dead)
{
    json_auto_t *turns = read_turns(dead);
    auto_free char *text = text_of(turns);

    ck_assert_str_eq(text, wanted);
}

/* 1 warm-up and 2 repetitions of two cells each, and one more turn to say `done`. */
START_TEST(repetitions_alternate_and_nobody_measures_beside_another)
{
    static const char *const names[] = {"good", "wide", "blind", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 2, .warmup = 1});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good wide blind good wide blind " /* the warm-up */
                 "good wide blind good wide blind " /* repetition 0 */
                 "good wide blind good wide blind " /* repetition 1 */
                 "good wide blind",
        "");
    turn_lab_finish(&lab);
}
END_TEST

START_TEST(traced_repetitions_alternate_too)
{
    static const char *const names[] = {"good", "wide", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 1, .traced = true});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good wide good wide " /* repetitions */
                 "good wide good wide " /* timelines */
                 "good wide",
        "");
    turn_lab_finish(&lab);
}
END_TEST

START_TEST(one_alone_has_all_turns)
{
    static const char *const names[] = {"good", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 2});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good good good good good", "");
    turn_lab_finish(&lab);
}
END_TEST

/* It dies in its second round, and its turns go to the others. */
START_TEST(the_turns_of_a_lost_one_go_to_the_others)
{
    static const char *const names[] = {"good", "dies", "wide", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 3});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, "the runtime dies died of signal 9 (Killed); good and wide went on");
    assert_turns("good dies wide good dies wide good dies " /* two cells, and its death */
                 "wide good wide good wide good wide good wide",
        "dies");
    turn_lab_finish(&lab);
}
END_TEST

START_TEST(the_first_turn_waits_for_the_last_hello)
{
    static const char *const names[] = {"good", "slow", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 1});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good slow good slow good slow", "");
    turn_lab_finish(&lab);
}
END_TEST

/* It has one cell left, so it has one turn a round, and not two. */
START_TEST(a_cell_that_failed_gives_no_turns)
{
    static const char *const names[] = {"good", "flawed", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 3});
    turn_lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, RUN_FAILED_CELL);
    assert_turns("good flawed flawed good " /* repetition 0 */
                 "good flawed good "        /* repetition 1 */
                 "good flawed good "        /* repetition 2 */
                 "good flawed",
        "");
    turn_lab_finish(&lab);
}
END_TEST

static int n_pauses;

static void on_event(void *data, Shared *text)
{
    (void)text;
    ++*(int *)data;
}

/* Whoever watches gets a moment to read between two turns. */
START_TEST(turns_are_the_same_when_somebody_watches)
{
    static const char *const names[] = {"good", "wide", NULL};
    int n_events = 0;
    Watcher watcher = {.event = on_event, .data = &n_events};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 2});
    run_watch(lab.run, &watcher);
    turn_lab_run(&lab);
    run_unwatch(lab.run, &watcher);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    ck_assert_int_eq(n_events, 9); /* that it started, and 8 samples */
    assert_turns("good wide good wide good wide good wide good wide", "");
    turn_lab_finish(&lab);
}
END_TEST

static void on_look(uv_check_t *check)
{
    const TurnLab *lab = check->data;

    n_pauses += uv_is_active((const uv_handle_t *)&lab->run->pause);
}

/* How many turns of the loop have ended in a pause while a run went on that this watcher hangs on. */
static int count_pauses(Watcher *watcher)
{
    static const char *const names[] = {"good", NULL};
    uv_check_t check;
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 2});
    uv_check_init(&lab.loop, &check);
    check.data = &lab;
    uv_check_start(&check, on_look);
    n_pauses = 0;
    run_watch(lab.run, watcher);
    turn_lab_run(&lab);
    run_unwatch(lab.run, watcher);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    uv_close((uv_handle_t *)&check, NULL);
    turn_lab_finish(&lab);
    return n_pauses;
}

/* For a client that reads no events nothing is written between two repetitions. */
START_TEST(only_who_reads_events_gets_a_pause_to_read_them)
{
    int n_events = 0;

    ck_assert_int_eq(count_pauses(&(Watcher){.owner = ""}), 0);
    ck_assert_int_gt(count_pauses(&(Watcher){.event = on_event, .data = &n_events}), 0);
}
END_TEST

/* The archive writes that the run has started. */
START_TEST(no_turn_begins_while_the_start_is_being_noted)
{
    static const char *const names[] = {"good", NULL};
    TurnLab lab;

    turn_lab_make(&lab, names, (TurnAsk){.repeat = 1});
    turn_lab_start(&lab);
    lab.run->is_being_noted = true;
    while (lab.run->parts.list[0].state != PART_WAITING)
        uv_run(&lab.loop, UV_RUN_ONCE);
    turns_take(lab.run);
    ck_assert_int_eq(lab.run->parts.list[0].state, PART_WAITING);
    lab.run->is_being_noted = false;
    turns_take(lab.run);
    ck_assert_int_eq(lab.run->parts.list[0].state, PART_MEASURING);
    turn_lab_wait(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    turn_lab_finish(&lab);
}
END_TEST

static int64_t n_rounds(const json_t *run, size_t cell)
{
    const json_t *wall = json_object_get(json_array_get(json_object_get(run, "cells"), cell), "wall_ns");

    return (int64_t)json_array_size(json_object_get(wall, "samples"));
}

/* All times of the first are the same, and those of the second are wide, or it does not do as it is told. */
START_TEST(with_a_precision_all_stop_after_the_same_round)
{
    static const struct {
        const char *name, *by;
        int rounds, turns; /* turns: of the second, with the one in which it says `done` */
    } rows[] = {
        {"slow", "precision", 10, 21},
        {"wide", "max_repeat", 14, 29},
        {"heedless", "precision", 10, 25}, /* two rounds and one repetition more, and then it is ended */
        {"blind", "runtime", 3, 7},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const char *names[] = {"good", rows[i].name, NULL};
        json_auto_t *run = NULL, *turns = NULL;
        const json_t *precision;
        int n_turns = 0;
        TurnLab lab;

        turn_lab_make(&lab, names, (TurnAsk){.repeat = 3, .precision = 5, .max_repeat = 14});
        turn_lab_run(&lab);
        run = turn_lab_json(&lab);
        ck_assert_msg(lab.run->outcome == OUTCOME_DONE, "%s: %s", rows[i].name, lab.run->reason);
        precision = json_object_get(run, "precision");
        ck_assert_str_eq(json_string_value(json_object_get(precision, "stopped_by")), rows[i].by);
        for (size_t cell = 0; cell < 4; cell++)
            ck_assert_int_eq(n_rounds(run, cell), rows[i].rounds);
        turns = read_turns("heedless");
        for (size_t k = 0; k < json_array_size(turns); k++)
            n_turns += strcmp(json_string_value(json_array_get(turns, k)), rows[i].name) == 0;
        ck_assert_int_eq(n_turns, rows[i].turns);
        turn_lab_finish(&lab);
    }
}
END_TEST

RUN_TESTS("turns", 60, the_first_turn_waits_for_the_last_hello, a_cell_that_failed_gives_no_turns,
    turns_are_the_same_when_somebody_watches, only_who_reads_events_gets_a_pause_to_read_them,
    no_turn_begins_while_the_start_is_being_noted, with_a_precision_all_stop_after_the_same_round,
    repetitions_alternate_and_nobody_measures_beside_another, traced_repetitions_alternate_too,
    one_alone_has_all_turns, the_turns_of_a_lost_one_go_to_the_others)
