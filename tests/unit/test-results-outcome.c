/* Which answer to a question came out: by the whole interval of one figure of one cell, or none. */
#include "results/outcome.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/expected.h"
#include "tests/unit/made-questions.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* A question about countdowns with three answers, below 1, to below 2, and from 2 on; its answer is given. */
#define QUESTION(answer)                                                                                     \
    "[{'id': 'countdown', 'experiment': 'countdown', 'text': 'How many?', 'choices': ["                      \
    "{'id': 'low', 'text': 'below 1', 'to': 1}, {'id': 'middle', 'text': 'below 2', 'from': 1, 'to': 2},"    \
    "{'id': 'high', 'text': 'more', 'from': 2}], 'answer': " answer "}]"

#define RELATIVE(mode) QUESTION("{'figure': 'relative', 'cell': {'mode': '" mode "'}}")

/* Asserts what came out of the results by a question with one answer; NULL: the reason for which nothing did.
 */
static void assert_outcome(
    const Results *results, const char *status, const char *text, const char *outcome, const char *reason)
{
    Questions *questions = made_questions_of(text);
    json_auto_t *outcomes = results_outcomes(results, status, questions);
    const json_t *judged = json_object_get(outcomes, "countdown");

    ck_assert_uint_eq(json_object_size(outcomes), 1);
    ck_assert_pstr_eq(json_string_value(json_object_get(judged, "outcome")), outcome);
    ck_assert_pstr_eq(json_string_value(json_object_get(judged, "reason")), reason);
    questions_free(questions);
}

/* A good repetition with one metric more. */
static json_t *with_metric(int cell, int repetition, json_int_t wall_ns, const char *name, json_t *value)
{
    json_t *sample = make_sample(cell, repetition, wall_ns, wall_ns);

    json_object_set_new(json_object_get(sample, "metrics"), name, value);
    return sample;
}

/* Results of one cell, in threads, with this metric in n repetitions. */
static Results *results_with(const char *name, const double *values, size_t n)
{
    json_auto_t *request = make_request(), *cells = json_pack("[o]", make_cell(0, "threads", "gil", 2, 1000));
    Results *results = results_of(request, cells, &made_countdown);

    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(
            add(results, with_metric(0, (int)i, 1000000 + (json_int_t)i, name, json_real(values[i]))), 0);
    return results;
}

static Results *good_results(void)
{
    Results *results = make_results();

    add_repetitions(results, 0, 270, 7);
    add_repetitions(results, 1, 275, 7);
    add_repetitions(results, 2, 136, 7);
    return results;
}

/* 275 of 270 ms, and 136 of 270. */
START_TEST(a_time_over_that_of_serial_is_judged_by_its_interval)
{
    Results *results = good_results();

    assert_outcome(results, "done", RELATIVE("processes"), "low", NULL);
    assert_outcome(results, "done",
        "[{'id': 'countdown', 'experiment': 'countdown', 'text': 'How long?', 'choices': ["
        "{'id': 'half', 'text': 'half', 'to': 0.75}, {'id': 'same', 'text': 'same', 'from': 0.75, 'to': "
        "1.5}],"
        "'answer': {'figure': 'relative', 'cell': {'mode': 'threads'}}}]",
        "same", NULL);
    results_free(results);
}
END_TEST

/* The ratio of 275 to 270 itself lies below 1.02, but not all of its interval. */
START_TEST(an_interval_that_two_answers_share_tells_nothing)
{
    Results *results = good_results();

    assert_outcome(results, "done",
        "[{'id': 'countdown', 'experiment': 'countdown', 'text': 'How long?', 'choices': ["
        "{'id': 'same', 'text': 'same', 'to': 1.02}, {'id': 'longer', 'text': 'longer', 'from': 1.02}],"
        "'answer': {'figure': 'relative', 'cell': {'mode': 'threads'}}}]",
        NULL,
        "what was measured lies between 1.01 and 1.03 times as long, which reaches into more than one "
        "answer");
    results_free(results);
}
END_TEST

static void assert_possible(const Results *results, const char *text, const char *possible)
{
    Questions *questions = made_questions_of(text);
    json_auto_t *outcomes = results_outcomes(results, "done", questions);
    const json_t *judged = json_object_get(outcomes, "countdown"),
                 *list = json_object_get(judged, "possible");
    auto_free char *is = list ? json_dumps(list, JSON_COMPACT) : text_printf("none");

    ck_assert_str_eq(is, possible);
    questions_free(questions);
}

/* From 1.96 to 2.04, so what is below 1 did not come out. */
START_TEST(what_the_interval_does_not_touch_is_certain_not_to_have_come_out)
{
    Results *results = good_results();

    assert_possible(results,
        QUESTION("{'figure': 'wall_ns', 'cell': {'mode': 'threads'}, 'over': {'mode': 'processes'}}"),
        "[\"middle\",\"high\"]");
    assert_possible(results, RELATIVE("processes"), "none");
    assert_possible(results, RELATIVE("epoll"), "none");
    assert_possible(results,
        "[{'id': 'countdown', 'experiment': 'countdown', 'text': 'How long?', 'choices': ["
        "{'id': 'half', 'text': 'half', 'to': 0.75}, {'id': 'twice', 'text': 'twice', 'from': 1.75}],"
        "'answer': {'figure': 'relative', 'cell': {'mode': 'threads'}}}]",
        "[]");
    results_free(results);
}
END_TEST

START_TEST(an_interval_that_no_answer_is_about_tells_nothing)
{
    Results *results = good_results();

    assert_outcome(results, "done",
        "[{'id': 'countdown', 'experiment': 'countdown', 'text': 'How long?', 'choices': ["
        "{'id': 'half', 'text': 'half', 'to': 0.75}, {'id': 'twice', 'text': 'twice', 'from': 1.75}],"
        "'answer': {'figure': 'relative', 'cell': {'mode': 'threads'}}}]",
        NULL,
        "what was measured lies between 1.01 and 1.03 times as long, which reaches into more than one "
        "answer");
    results_free(results);
}
END_TEST

START_TEST(a_run_that_is_not_done_tells_nothing)
{
    Results *results = good_results();

    assert_outcome(
        results, "cancelled", RELATIVE("processes"), NULL, "the run ended as cancelled, not as done");
    assert_outcome(results, "timeout", RELATIVE("processes"), NULL, "the run ended as timeout, not as done");
    results_free(results);
}
END_TEST

START_TEST(only_one_cell_can_be_meant)
{
    Results *results = good_results();

    assert_outcome(
        results, "done", RELATIVE("epoll"), NULL, "the run has no cell that the question is about");
    assert_outcome(results, "done", QUESTION("{'figure': 'relative', 'cell': {'lock': 'gil'}}"), NULL,
        "the run has 3 cells that the question may be about");
    assert_outcome(results, "done",
        QUESTION("{'figure': 'relative', 'cell': {'mode': 'processes', 'tasks': 3}}"), NULL,
        "the run has no cell that the question is about");
    assert_outcome(results, "done",
        QUESTION("{'figure': 'relative', 'cell': {'mode': 'processes', 'odd': 1}}"), NULL,
        "the run has no cell that the question is about");
    assert_outcome(results, "done",
        QUESTION("{'figure': 'relative', 'cell': {'mode': 'processes', 'tasks': 2, 'cpus': 2, 'lock': 'gil',"
                 " 'runtime': 'c', 'n': 1000000000, 'switch_interval_us': 5000}}"),
        "low", NULL);
    results_free(results);
}
END_TEST

START_TEST(a_cell_that_failed_tells_nothing)
{
    Results *results = make_results();

    add_repetitions(results, 0, 270, 7);
    add_repetitions(results, 2, 136, 6);
    ck_assert_int_eq(add(results, make_failure(2, 6, "no")), 0);
    assert_outcome(
        results, "done", RELATIVE("processes"), NULL, "the cell that the question is about is not done");
    results_free(results);
}
END_TEST

START_TEST(too_few_repetitions_tell_nothing)
{
    static const double values[] = {0, 0, 0, 0, 0};
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results, *few;

    json_object_set_new(request, "repeat", json_integer(5));
    results = results_of(request, cells, &made_countdown);
    add_repetitions(results, 0, 270, 5);
    add_repetitions(results, 1, 275, 5);
    add_repetitions(results, 2, 136, 5);
    assert_outcome(results, "done", RELATIVE("processes"), NULL,
        "the figure needs 6 good repetitions for an interval, and has 5");
    results_free(results);
    few = results_with("lost", values, ARRAY_LENGTH(values));
    assert_outcome(few, "done", QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'threads'}}"), NULL,
        "the cell that the question is about is not done");
    results_free(few);
}
END_TEST

START_TEST(a_metric_is_judged_by_all_repetitions)
{
    static const double all_none[] = {0, 0, 0, 0, 0, 0, 0}, one_some[] = {0, 0, 0, 1.5, 0, 0, 0};
    static const double high[] = {3, 2, 2.5, 9, 2, 4, 3};
    static const char question[] = QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'threads'}}");
    static const struct {
        const double *values;
        const char *outcome, *reason;
    } rows[] = {
        {all_none, "low", NULL},
        {one_some, NULL,
            "what was measured lies between 0 and 1.50, which reaches into more than one answer"},
        {high, "high", NULL},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Results *results = results_with("lost", rows[i].values, 7);

        assert_outcome(results, "done", question, rows[i].outcome, rows[i].reason);
        results_free(results);
    }
}
END_TEST

START_TEST(a_metric_that_some_repetitions_lack_has_fewer)
{
    static const double values[] = {0, 0, 0, 0, 0};
    Results *results = results_with("lost", values, 5);

    ck_assert_int_eq(add(results, make_sample(0, 5, 1000000, 1)), 0);
    ck_assert_int_eq(add(results, with_metric(0, 6, 1000000, "lost", json_null())), 0);
    assert_outcome(results, "done", QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'threads'}}"), NULL,
        "the figure needs 6 good repetitions for an interval, and has 5");
    assert_outcome(results, "done", QUESTION("{'figure': 'metrics.found', 'cell': {'mode': 'threads'}}"),
        NULL, "the figure needs 6 good repetitions for an interval, and has 0");
    results_free(results);
}
END_TEST

/* Half of them, and all, as parts of what each repetition has. */
START_TEST(a_figure_may_be_a_part_of_another)
{
    static const double values[] = {5, 5, 5, 5, 5, 5, 5};
    Results *results = results_with("seen", values, 7);

    assert_outcome(results, "done",
        QUESTION("{'figure': 'metrics.seen', 'of': 'metrics.turns_per_tick', 'cell': {'mode': 'threads'}}"),
        "low", NULL);
    assert_outcome(results, "done",
        QUESTION("{'figure': 'metrics.seen', 'of': 'metrics.seen', 'cell': {'mode': 'threads'}}"), "middle",
        NULL);
    assert_outcome(results, "done",
        QUESTION("{'figure': 'metrics.seen', 'of': 'metrics.nothing', 'cell': {'mode': 'threads'}}"), NULL,
        "the figure needs 6 good repetitions for an interval, and has 0");
    results_free(results);
}
END_TEST

/* 275 over 136 ms, and the same the other way round. */
START_TEST(a_cell_may_be_held_against_another)
{
    static const char *const figures[] = {"wall_ns", "metrics.twice_wall_ns", "context_switches.voluntary"};
    Results *results = good_results();

    for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
        auto_free char *slower = text_printf(
            QUESTION("{'figure': '%s', 'cell': {'mode': 'threads'}, 'over': {'mode': 'processes'}}"),
            figures[i]);
        auto_free char *faster = text_printf(
            QUESTION("{'figure': '%s', 'cell': {'mode': 'processes'}, 'over': {'mode': 'threads'}}"),
            figures[i]);
        auto_free char *reason = text_printf("what was measured lies between 1.96 and 2.04 times as %s, "
                                             "which reaches into more than one answer",
            i == 0 ? "long" : "much");

        assert_outcome(results, "done", slower, NULL, reason);
        assert_outcome(results, "done", faster, "low", NULL);
    }
    assert_outcome(results, "done",
        QUESTION("{'figure': 'wall_ns', 'cell': {'mode': 'processes'}, 'over': {'mode': 'epoll'}}"), NULL,
        "the run has no cell that the question is about");
    results_free(results);
}
END_TEST

START_TEST(nothing_is_divided_by_nothing)
{
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results = results_of(request, cells, &made_countdown);

    for (int i = 0; i < 7; i++)
        for (int cell = 0; cell < 3; cell++)
            ck_assert_int_eq(
                add(results, with_metric(cell, i, 1000000, "lost", json_integer(cell == 1 ? i : 5))), 0);
    assert_outcome(results, "done",
        QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'processes'}, 'over': {'mode': 'threads'}}"),
        NULL, "the figure is 0 in a repetition that it would be divided by");
    assert_outcome(results, "done",
        QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'processes'}, 'over': {'mode': 'serial'}}"),
        "middle", NULL);
    results_free(results);
}
END_TEST

/* A good repetition that says how much memory each task took; below 0: it does not say it. */
static json_t *with_memory(int cell, int repetition, json_int_t bytes)
{
    json_t *sample = make_sample(cell, repetition, 1000000, 1000000);

    if (bytes >= 0)
        json_object_set_new(sample, "memory", json_pack("{s:I}", "rss_per_task_bytes", bytes));
    return sample;
}

START_TEST(memory_needs_no_more_than_one_repetition)
{
    static const char bytes[] =
        QUESTION("{'figure': 'memory.rss_per_task_bytes', 'cell': {'mode': 'threads'}}");
    static const char over[] = QUESTION("{'figure': 'memory.rss_per_task_bytes', 'cell': {'mode': 'threads'},"
                                        " 'over': {'mode': 'processes'}}");
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *one = results_of(request, cells, &made_countdown),
            *two = results_of(request, cells, &made_countdown);

    for (int i = 0; i < 7; i++) {
        ck_assert_int_eq(add(one, with_memory(0, i, -1)), 0);
        ck_assert_int_eq(add(one, with_memory(1, i, i == 0 ? 3 : -1)), 0);
        ck_assert_int_eq(add(one, with_memory(2, i, i == 0 ? 2 : -1)), 0);
        ck_assert_int_eq(add(two, with_memory(0, i, -1)), 0);
        ck_assert_int_eq(add(two, with_memory(1, i, i == 3 ? 1 : 3)), 0);
        ck_assert_int_eq(add(two, with_memory(2, i, 2)), 0);
    }
    assert_outcome(one, "done", bytes, "high", NULL);
    assert_outcome(one, "done", over, "middle", NULL);
    assert_outcome(one, "done",
        QUESTION("{'figure': 'memory.rss_per_task_bytes', 'cell': {'mode': 'serial'}}"), NULL,
        "the memory was not measured");
    assert_outcome(two, "done", bytes, NULL,
        "what was measured lies between 1 B and 3 B, which reaches into more than one answer");
    assert_outcome(two, "done", over, NULL,
        "what was measured lies between 0.50 and 1.50 times as much, which reaches into more than one "
        "answer");
    results_free(one);
    results_free(two);
}
END_TEST

START_TEST(where_time_is_no_measure_it_is_not_compared)
{
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results = results_of(request, cells, &made_fixed_time);

    add_repetitions(results, 0, 270, 7);
    add_repetitions(results, 1, 275, 7);
    add_repetitions(results, 2, 136, 7);
    assert_outcome(results, "done", RELATIVE("processes"), NULL,
        "the run has no cell that the time is measured against");
    results_free(results);
}
END_TEST

START_TEST(questions_about_other_experiments_are_not_judged)
{
    Results *results = good_results();
    Questions *questions = made_questions();
    json_auto_t *outcomes = results_outcomes(results, "done", questions);
    json_auto_t *none = results_outcomes(results, "done", NULL);

    ck_assert_uint_eq(json_object_size(outcomes), 0);
    ck_assert_uint_eq(json_object_size(none), 0);
    questions_free(questions);
    results_free(results);
}
END_TEST

START_TEST(every_figure_of_the_real_questions_can_be_looked_up)
{
    auto_free char *path = text_printf("%s/story/questions.json", getenv("SOURCE_ROOT")), *reason = NULL;
    json_auto_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    Questions *questions = NULL;

    ck_assert_msg(questions_read(document, &questions, &reason) == 0, "%s", reason);
    for (size_t i = 0; i < questions->n; i++) {
        const QuestionAnswer *answer = &questions->list[i].answer;

        ck_assert_msg(outcome_knows_figure(answer->figure), "%s", questions->list[i].id);
        ck_assert_msg(!answer->of || outcome_knows_figure(answer->of), "%s", questions->list[i].id);
    }
    ck_assert(outcome_knows_figure("wall_ns") && outcome_knows_figure("memory.peak_rss_bytes"));
    ck_assert(!outcome_knows_figure("wall") && !outcome_knows_figure("metrics.") &&
              !outcome_knows_figure("metric.lost") && !outcome_knows_figure("metrics"));
    questions_free(questions);
}
END_TEST

/* What one predicted, with what came out, as the server writes it into the run. */
static json_t *predicted_run(const char *members)
{
    json_auto_t *more = small_json(members);
    json_t *run = make_good_run();

    json_object_update(run, more);
    return run;
}

#define PREDICTED "'question_text': 'How long, in all?', 'prediction_text': 'half of it', "

START_TEST(a_table_says_what_was_predicted_and_whether_it_held)
{
    static const struct {
        const char *members, *lines, *csv;
    } rows[] = {
        {"{" PREDICTED "'outcome_text': 'half of it', 'held': true}",
            "Question: How long, in all?\nPrediction: half of it\nThe prediction held.\n",
            ",\"How long, in all?\",half of it,half of it\r\n"},
        {"{" PREDICTED "'outcome_text': 'all of it', 'held': false}",
            "Prediction: half of it\nThe prediction did not hold; it came out: all of it\n",
            ",\"How long, in all?\",half of it,all of it\r\n"},
        {"{" PREDICTED "'outcome_text': null, 'held': null, 'outcome_reason': 'too few'}",
            "Prediction: half of it\nWhether the prediction held cannot be told: too few\n",
            ",\"How long, in all?\",half of it,\r\n"},
        {"{" PREDICTED "'outcome_text': null, 'held': false, 'outcome_reason': 'too wide'}",
            "The prediction did not hold; what came out instead cannot be told: too wide\n",
            ",\"How long, in all?\",half of it,\r\n"},
        {"{" PREDICTED "'outcome_text': null, 'held': null, 'outcome_reason': null}",
            "Question: How long, in all?\nPrediction: half of it\n7 repetitions",
            ",\"How long, in all?\",half of it,\r\n"},
        {"{'question_text': null, 'prediction_text': 'it is faster', 'held': null}",
            "Prediction: it is faster\n7 repetitions", ",,it is faster,\r\n"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *run = predicted_run(rows[i].members);
        auto_free char *table = result_format(run, format_of_name("table"), NULL);
        auto_free char *csv = result_format(run, format_of_name("csv"), NULL);

        ck_assert_msg(strstr(table, rows[i].lines), "%s", table);
        ck_assert_msg(strstr(csv, rows[i].csv), "%s", csv);
    }
}
END_TEST

START_TEST(markdown_says_it_too)
{
    json_auto_t *run = predicted_run("{" PREDICTED "'outcome_text': 'all of it', 'held': false}");
    auto_free char *text = result_format(run, format_of_name("markdown"), NULL);

    ck_assert_msg(strstr(text, "Question: How long, in all?") && strstr(text, "Prediction: half of it") &&
                      strstr(text, "The prediction did not hold; it came out: all of it"),
        "%s", text);
}
END_TEST

START_TEST(csv_says_whether_it_held_in_a_word)
{
    static const struct {
        const char *members, *word;
    } rows[] = {
        {"{" PREDICTED "'outcome_text': 'half of it', 'held': true}", "yes"},
        {"{" PREDICTED "'outcome_text': 'all of it', 'held': false}", "no"},
        {"{" PREDICTED "'held': null, 'outcome_reason': 'too few'}", "cannot tell"},
        {"{" PREDICTED "'held': false, 'outcome_reason': 'too few'}", "no"},
        {"{" PREDICTED "'held': null, 'outcome_reason': null}", NULL},
        {"{'question_text': 'How long?', 'outcome_text': 'all of it', 'held': null}", NULL},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *json = predicted_run(rows[i].members);
        auto_result_run ResultRun run;

        result_run_read(json, &run);
        ck_assert_pstr_eq(expected_held(&run), rows[i].word);
    }
}
END_TEST

START_TEST(nobody_predicted_so_nothing_is_said)
{
    json_auto_t *run =
        predicted_run("{'question_text': 'How long?', 'outcome_text': 'all', 'prediction_text': null}");
    auto_free char *table = result_format(run, format_of_name("table"), NULL);
    auto_free char *csv = result_format(run, format_of_name("csv"), NULL);

    ck_assert_msg(!strstr(table, "Question") && !strstr(table, "rediction"), "%s", table);
    ck_assert_msg(!strstr(csv, "How long?"), "%s", csv);
}
END_TEST

/* Seven repetitions of 100 ms each, in which lost stays 0. */
static Results *results_beside(double foreign)
{
    json_auto_t *request = make_request(), *cells = json_pack("[o]", make_cell(0, "threads", "gil", 2, 1000));
    Results *results = results_of(request, cells, &made_countdown);

    for (int i = 0; i < 7; i++) {
        json_t *sample = with_metric(0, i, 100000000, "lost", json_real(0));

        json_object_set_new(sample, "noise",
            json_pack("{s:f, s:i, s:i}", "foreign_cpu", foreign, "steal", 0, "throttled_ns", 0));
        ck_assert_int_eq(add(results, sample), 0);
    }
    return results;
}

/* The part of its time for which a program computed is smaller wherever it had to wait for a CPU. */
START_TEST(a_figure_that_noise_changes_is_judged_on_a_quiet_machine_alone)
{
    static const char quiet[] =
        QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'threads'}, 'quiet': true}");
    static const char any[] = QUESTION("{'figure': 'metrics.lost', 'cell': {'mode': 'threads'}}");
    Results *calm = results_beside(0.01), *busy = results_beside(0.5);

    assert_outcome(calm, "done", quiet, "low", NULL);
    assert_outcome(busy, "done", any, "low", NULL);
    assert_outcome(busy, "done", quiet, NULL,
        "other programs took 50.0 % of the CPU time (more than 8 % is noisy), and what had to wait for a CPU "
        "cannot "
        "be told from what waited by itself");
    results_free(calm);
    results_free(busy);
}
END_TEST

RUN_TESTS("results-outcome", 60, a_time_over_that_of_serial_is_judged_by_its_interval,
    an_interval_that_two_answers_share_tells_nothing,
    what_the_interval_does_not_touch_is_certain_not_to_have_come_out,
    an_interval_that_no_answer_is_about_tells_nothing, a_run_that_is_not_done_tells_nothing,
    only_one_cell_can_be_meant, a_cell_that_failed_tells_nothing, too_few_repetitions_tell_nothing,
    a_metric_is_judged_by_all_repetitions, a_metric_that_some_repetitions_lack_has_fewer,
    a_figure_may_be_a_part_of_another, a_cell_may_be_held_against_another, nothing_is_divided_by_nothing,
    memory_needs_no_more_than_one_repetition, where_time_is_no_measure_it_is_not_compared,
    questions_about_other_experiments_are_not_judged, every_figure_of_the_real_questions_can_be_looked_up,
    a_table_says_what_was_predicted_and_whether_it_held, markdown_says_it_too,
    csv_says_whether_it_held_in_a_word, nobody_predicted_so_nothing_is_said,
    a_figure_that_noise_changes_is_judged_on_a_quiet_machine_alone)
