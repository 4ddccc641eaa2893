/* What is said of a run: its words, and that they say no more than the verdicts bear. */
#include "results/sentences.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* A cell as an archive may hold it. to: the place of the cell that it is compared with. */
static json_t *told_cell(const char *mode, const char *lock, int to, double ratio, const char *verdict)
{
    json_t *cell = json_pack("{s:s, s:s, s:s, s:i, s:i, s:{s:i}, s:s, s:{s:I}}", "runtime", "c", "mode", mode,
        "lock", lock, "tasks", 2, "cpus", 2, "params", "n", 5, "status", "done", "wall_ns", "median",
        (json_int_t)(ratio * 1e9));

    json_object_set_new(cell, "relative",
        json_pack("{s:i, s:f, s:n, s:s}", "to", to, "ratio", ratio, "interval", "verdict", verdict));
    return cell;
}

static json_t *told_run(json_t *cells)
{
    return json_pack("{s:s, s:s, s:o}", "experiment", "countdown", "status", "done", "cells", cells);
}

static json_t *sentences_from(const json_t *json)
{
    auto_result_run ResultRun run;

    result_run_read(json, &run);
    return sentences_of_run(&run);
}

START_TEST(one_group_is_said_in_one_sentence_and_doubts_apart)
{
    json_auto_t *run = told_run(json_pack("[o, o, o]", told_cell("serial", "gil", 0, 1, "same"),
        told_cell("threads", "gil", 0, 2.011, "slower"),
        told_cell("processes", "gil", 0, 0.52, "cannot tell")));
    json_auto_t *sentences = sentences_from(run);

    ck_assert_str_eq(find_text(sentences, "heading"), "countdown, 2 tasks, lock gil, 2 CPUs");
    ck_assert_uint_eq(json_array_size(find(sentences, "findings")), 1);
    ck_assert_str_eq(find_text(sentences, "findings.0"), "threads took 2.01 times the serial time (slower)");
    ck_assert_uint_eq(json_array_size(find(sentences, "doubts")), 1);
    ck_assert_str_eq(find_text(sentences, "doubts.0"),
        "processes against serial: cannot tell, the medians give 0.52 times.");
    ck_assert_str_eq(find_text(sentences, "ended"), "Done: 3 of 3 cells measured.");
    ck_assert(json_is_null(find(sentences, "repetitions")));
    ck_assert(json_is_null(find(sentences, "machine")));
    ck_assert(json_is_null(find(sentences, "noise")));
}
END_TEST

START_TEST(a_doubt_says_what_would_help_or_the_range)
{
    json_auto_t *run = told_run(json_pack("[o, o, o]", told_cell("serial", "gil", 0, 1, "same"),
        told_cell("threads", "gil", 0, 1.04, "cannot tell"),
        told_cell("processes", "gil", 0, 0.0394, "cannot tell")));
    json_auto_t *sentences = NULL;

    json_object_set_new(find(run, "cells.1.relative"), "hint", json_string("try repeat=30"));
    json_object_set_new(find(run, "cells.2.relative"), "interval", json_pack("[f, f]", 0.004, 1.2));
    sentences = sentences_from(run);
    ck_assert_str_eq(find_text(sentences, "doubts.0"), "threads against serial: cannot tell, try repeat=30.");
    ck_assert_str_eq(find_text(sentences, "doubts.1"),
        "processes against serial: cannot tell, it is 0.00400 to 1.20 times.");
}
END_TEST

/* Of a run that was broken off nobody knows how many there were. */
START_TEST(repetitions_that_may_be_missing_were_asked_for)
{
    static const char *const ends[][2] = {{"done", "7 repetitions after 1 warm-up, 2.00 s in all"},
        {"timeout", "asked for 7 repetitions after 1 warm-up, 2.00 s in all"},
        {"failed", "asked for 7 repetitions after 1 warm-up, 2.00 s in all"}};

    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        json_auto_t *run = told_run(json_array()), *sentences = NULL;

        json_object_set_new(run, "status", json_string(ends[i][0]));
        json_object_set_new(run, "duration_ns", json_integer(2000000000));
        json_object_set_new(run, "request", json_pack("{s:i, s:i}", "repeat", 7, "warmup", 1));
        sentences = sentences_from(run);
        ck_assert_str_eq(find_text(sentences, "repetitions"), ends[i][1]);
    }
}
END_TEST

START_TEST(groups_are_named_by_what_varies)
{
    json_auto_t *run = told_run(json_pack("[o, o, o, o]", told_cell("serial", "none", 0, 1, "same"),
        told_cell("threads", "none", 0, 0.5, "faster"), told_cell("serial", "gil", 2, 1, "same"),
        told_cell("threads", "gil", 2, 1.01, "same")));
    json_auto_t *sentences = sentences_from(run);

    sentences_set_titles(find(run, "cells"));
    ck_assert_str_eq(find_text(run, "cells.1.title"), "lock none");
    ck_assert_str_eq(find_text(run, "cells.2.title"), "lock gil");
    ck_assert_str_eq(find_text(run, "cells.2.mode"), "serial");
    ck_assert_str_eq(find_text(sentences, "heading"), "countdown, 2 tasks, 2 CPUs");
    ck_assert_uint_eq(json_array_size(find(sentences, "findings")), 2);
    ck_assert_str_eq(
        find_text(sentences, "findings.0"), "lock none: threads took 0.50 times the serial time (faster)");
    ck_assert_str_eq(
        find_text(sentences, "findings.1"), "lock gil: threads took 1.01 times the serial time (the same)");
}
END_TEST

/* The mode that others are compared with is whatever the run compared them with. */
START_TEST(the_baseline_is_named_by_the_run)
{
    json_auto_t *run = told_run(json_pack(
        "[o, o]", told_cell("in-a-row", "fair", 0, 1, "same"), told_cell("fibres", "fair", 0, 3, "slower")));
    json_auto_t *sentences = sentences_from(run);

    ck_assert_str_eq(find_text(sentences, "findings.0"), "fibres took 3.00 times the in-a-row time (slower)");
}
END_TEST

START_TEST(every_axis_has_its_words)
{
    json_auto_t *cells = json_pack("[o, o, o]", told_cell("threads", "gil", 0, 1, "same"),
        told_cell("threads", "none", 0, 1, "same"), told_cell("threads", "gil", 0, 1, "same"));

    json_object_set_new(json_array_get(cells, 1), "runtime", json_string("python"));
    json_object_set_new(json_array_get(cells, 1), "cpus", json_integer(1));
    json_object_set_new(json_array_get(cells, 1), "tasks", json_integer(1000));
    json_object_set_new(find(cells, "1.params"), "n", json_integer(1000000));
    json_object_set_new(find(cells, "0.params"), "via", json_null());
    json_object_set_new(find(cells, "1.params"), "via", json_string("pipe"));
    json_object_set_new(find(cells, "1.params"), "only_here", json_integer(1));
    /* In one runtime there are several values, or they would follow from the runtime. */
    json_object_set_new(find(cells, "2.params"), "n", json_integer(7));
    json_object_set_new(find(cells, "2.params"), "via", json_string("pipe"));
    sentences_set_titles(cells);
    ck_assert_str_eq(find_text(cells, "0.title"), "c, lock gil, 2 tasks, 2 CPUs, n 5, via default");
    ck_assert_str_eq(
        find_text(cells, "1.title"), "python, lock none, 1,000 tasks, 1 CPU, n 1,000,000, via pipe");
}
END_TEST

START_TEST(many_groups_are_counted_for_each_mode)
{
    json_auto_t *cells = json_array(), *run = NULL, *sentences = NULL;

    for (int i = 0; i < 9; i++) {
        json_array_append_new(cells, told_cell("serial", "gil", 3 * i, 1, "same"));
        json_array_append_new(cells, told_cell("threads", "gil", 3 * i, 2, i < 6 ? "slower" : "cannot tell"));
        json_array_append_new(cells, told_cell("processes", "gil", 3 * i, 0.5, i < 8 ? "faster" : "same"));
        for (int k = 0; k < 3; k++)
            json_object_set_new(json_array_get(cells, (size_t)(3 * i + k)), "tasks", json_integer(1 + i));
    }
    run = told_run(json_incref(cells));
    sentences = sentences_from(run);
    ck_assert_uint_eq(json_array_size(find(sentences, "findings")), 2);
    ck_assert_str_eq(
        find_text(sentences, "findings.0"), "threads against serial: slower 6 times, cannot tell 3 times");
    ck_assert_str_eq(
        find_text(sentences, "findings.1"), "processes against serial: the same 1 time, faster 8 times");
    ck_assert_uint_eq(json_array_size(find(sentences, "doubts")), 3);
    ck_assert_str_eq(find_text(sentences, "heading"), "countdown, lock gil, 2 CPUs");
}
END_TEST

START_TEST(the_finding_is_what_the_lesson_says)
{
    json_auto_t *run = make_good_run();
    const char *finding = find_text(run, "sentences.findings.0");

    ck_assert_str_eq(
        finding, "threads took 1.02 times the serial time (the same), processes 0.51 times (faster)");
    ck_assert_msg(strstr(find_text(run, "lesson"), finding), "%s", find_text(run, "lesson"));
    ck_assert_str_eq(find_text(run, "sentences.repetitions"),
        "7 repetitions after 1 warm-up, 5.61 s in all; each interval holds the true median in about 98 of 100 such runs");
    ck_assert_str_eq(find_text(run, "sentences.machine"), "A CPU, 2 of 2 CPUs usable, kernel 6.18.0");
    ck_assert_str_eq(find_text(run, "cells.1.title"), "");
}
END_TEST

START_TEST(the_machine_says_what_limits_and_disturbs_it)
{
    static const char *const dropped[] = {"kernel", "load1", "cpu_model", "cpus_online"};
    json_auto_t *run = json_pack("{s:{s:s, s:i, s:i, s:f, s:s, s:s, s:f, s:f, s:f}}", "host", "cpu_model",
        "A CPU", "cpus_online", 8, "cpus_usable", 2, "cpu_quota", 1.5, "container", "docker", "kernel",
        "6.18.0", "foreign_cpu", 0.0123, "steal", 0.0, "load1", 0.314);
    json_auto_t *sentences = sentences_from(run), *without = NULL;

    ck_assert_str_eq(find_text(sentences, "machine"),
        "A CPU, 2 of 8 CPUs usable, quota 1.5 CPUs, container docker, kernel 6.18.0");
    ck_assert_str_eq(find_text(sentences, "noise"),
        "other programs took 1.2 % of the CPU time, other machines 0.0 %; load before the run 0.31");
    ck_assert(json_is_null(find(sentences, "care")));
    for (size_t i = 0; i < ARRAY_LENGTH(dropped); i++)
        json_object_del(find(run, "host"), dropped[i]);
    json_object_set_new(find(run, "host"), "noisy", json_true());
    json_object_set_new(find(run, "host"), "noise_reasons", json_pack("[s, s]", "a thing", "another"));
    without = sentences_from(run);
    ck_assert_str_eq(find_text(without, "care"),
        "The machine was noisy, so take the figures with care: a thing; another.");
    ck_assert_str_eq(find_text(without, "machine"), "unknown CPU, quota 1.5 CPUs, container docker");
    ck_assert_str_eq(
        find_text(without, "noise"), "other programs took 1.2 % of the CPU time, other machines 0.0 %");
}
END_TEST

START_TEST(an_end_says_how_much_was_measured)
{
    static const struct {
        const char *status, *said;
    } ends[] = {{"queued", "Waiting: 1 of 2 cells measured."}, {"running", "Running: 1 of 2 cells measured."},
        {"done", "Done: 1 of 2 cells measured."}, {"failed", "Ended as failed: 1 of 2 cells measured."},
        {"cancelled", "Cancelled: 1 of 2 cells measured."},
        {"timeout", "Ended as timeout: 1 of 2 cells measured."}, {"odd", "Ended: 1 of 2 cells measured."}};

    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        json_auto_t *run = json_pack("{s:s, s:[{s:{s:i}}, {s:n}]}", "status", ends[i].status, "cells",
            "wall_ns", "median", 5, "wall_ns");
        json_auto_t *sentences = sentences_from(run);

        ck_assert_str_eq(find_text(sentences, "ended"), ends[i].said);
    }
}
END_TEST

/* An archive may hold anything. */
START_TEST(strange_runs_have_sentences_all_the_same)
{
    static const char *const strange[] = {"null", "[]", "{}", "{\"cells\": 5}", "{\"cells\": [null, {}, 7]}",
        ("{\"experiment\": 5,"
         " \"cells\": [{\"relative\": {\"to\": 99, \"ratio\": 2, \"verdict\": \"slower\"}}]}"),
        "{\"host\": [], \"cells\": [{\"params\": [], \"relative\": {\"ratio\": \"x\"}}]}"};

    for (size_t i = 0; i < ARRAY_LENGTH(strange); i++) {
        json_auto_t *run = json_loads(strange[i], JSON_DECODE_ANY, NULL), *sentences = NULL;

        ck_assert_ptr_nonnull(run);
        sentences = sentences_from(run);
        ck_assert(json_is_string(find(sentences, "heading")));
        ck_assert(json_is_array(find(sentences, "findings")));
        ck_assert(json_is_string(find(sentences, "ended")));
    }
}
END_TEST

RUN_TESTS("results-sentences", 20, one_group_is_said_in_one_sentence_and_doubts_apart,
    a_doubt_says_what_would_help_or_the_range, repetitions_that_may_be_missing_were_asked_for,
    groups_are_named_by_what_varies, the_baseline_is_named_by_the_run, every_axis_has_its_words,
    many_groups_are_counted_for_each_mode, the_finding_is_what_the_lesson_says,
    the_machine_says_what_limits_and_disturbs_it, an_end_says_how_much_was_measured,
    strange_runs_have_sentences_all_the_same)
