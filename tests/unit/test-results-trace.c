/* Timelines in the results: what is taken, who gets to see it, and the trace that is made of them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/spans.h"
#include "results/trace.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

/* Two tasks of a cell; one of them woke in vain. */
static json_t *make_timeline(int cell)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:[[i,s,i,i], [i,s,i,i], [i,s,i,i], [i,s,i,i]], s:[[i,s,i]]}",
        "event", "timeline", "cell", cell, "wall_ns", 9000000, "dropped", 0, "spans", 0, "run", 1000, 5100999,
        1, "wait-lock", 2001, 5101000, 0, "wait-io", 5100999, 6000000, 1, "outside", 5101000, 8000000,
        "instants", 1, "false-wakeup", 4000007);
}

static json_t *run_with(const char *detail, json_t *timeline)
{
    json_auto_t *request = make_request(), *cells = make_cells();
    Results *results;

    json_object_set_new(request, "detail", json_string(detail));
    results = results_of(request, cells, &made_countdown);
    add_repetitions(results, 0, 270, 7);
    ck_assert_int_eq(add(results, timeline), 0);
    return make_run(results, "done", NULL);
}

START_TEST(a_copy_has_the_timeline_and_the_reason_where_there_is_none)
{
    json_auto_t *request = make_request(), *cells = make_cells(), *before = NULL, *copied = NULL;
    Results *results, *copy;

    json_object_set_new(request, "detail", json_string("full"));
    results = results_of(request, cells, &made_countdown);
    add_repetitions(results, 0, 270, 7);
    add_repetitions(results, 1, 270, 7);
    ck_assert_int_eq(add(results, make_timeline(0)), 0);
    results_end_timelines(results, NULL, "there was no time");
    before = results_cells(results);
    copy = results_copy(results);
    results_free(results);
    copied = results_cells(copy);
    results_free(copy);
    ck_assert_uint_eq(json_array_size(find(copied, "0.timeline.spans")), 4);
    ck_assert_str_eq(find_text(copied, "1.timeline.reason"), "there was no time");
    ck_assert(json_equal(copied, before));
}
END_TEST

START_TEST(full_detail_has_the_timeline)
{
    json_auto_t *sent = make_timeline(0), *run = run_with("full", json_incref(sent));

    ck_assert_int_eq(find_integer(run, "cells.0.timeline.wall_ns"), 9000000);
    ck_assert_int_eq(find_integer(run, "cells.0.timeline.dropped"), 0);
    ck_assert(json_equal(find(run, "cells.0.timeline.spans"), find(sent, "spans")));
    ck_assert(json_equal(find(run, "cells.0.timeline.instants"), find(sent, "instants")));
    ck_assert(json_is_null(find(run, "cells.1.timeline")));
    ck_assert_int_eq(find_integer(run, "cells.0.inside.max"), 1);
    ck_assert_double_eq(json_real_value(find(run, "cells.0.inside.mean")), 0.5667);
    ck_assert_double_eq(json_real_value(find(run, "cells.0.outside.mean")), 0.3221);
    ck_assert(json_is_true(find(run, "cells.0.outside.whole")));
    ck_assert(json_is_null(find(run, "cells.1.inside")));
}
END_TEST

START_TEST(a_summary_says_how_much_there_is)
{
    json_t *sent = make_timeline(0), *timeline;
    json_auto_t *run = NULL;

    json_object_set_new(sent, "dropped", json_integer(17));
    run = run_with("summary", sent);
    timeline = find(run, "cells.0.timeline");
    ck_assert_int_eq(find_integer(timeline, "wall_ns"), 9000000);
    ck_assert_int_eq(find_integer(timeline, "n_spans"), 4);
    ck_assert_int_eq(find_integer(timeline, "n_instants"), 1);
    ck_assert_int_eq(find_integer(timeline, "dropped"), 17);
    ck_assert_uint_eq(json_object_size(timeline), 4);
    ck_assert_ptr_null(find(run, "cells.1.timeline"));
}
END_TEST

START_TEST(a_summary_says_why_there_is_no_timeline)
{
    json_auto_t *run = run_with(
        "summary", json_pack("{s:s, s:i, s:s}", "event", "timeline", "cell", 0, "reason", "it died"));

    ck_assert_str_eq(find_text(run, "cells.0.timeline.reason"), "it died");
}
END_TEST

START_TEST(a_timeline_that_failed_says_why_and_fails_nothing)
{
    json_auto_t *run = run_with("full", json_pack("{s:s, s:i, s:s}", "event", "timeline", "cell", 0, "reason",
                                            "it took longer than allowed"));

    ck_assert_str_eq(find_text(run, "cells.0.status"), "done");
    ck_assert_str_eq(find_text(run, "cells.0.timeline.reason"), "it took longer than allowed");
}
END_TEST

/* One line for what is true of several cells, none for those that show nothing. */
START_TEST(the_table_says_who_was_inside_at_once)
{
    Results *results = make_results();
    auto_free char *table = NULL, *csv = NULL;
    json_auto_t *run = NULL;
    size_t length;

    for (int cell = 0; cell < 3; cell++) {
        add_repetitions(results, cell, 270, 7);
        ck_assert_int_eq(add(results, make_timeline(cell)), 0);
    }
    run = make_run(results, "done", NULL);
    ck_assert_ptr_null(find(run, "cells.0.inside.text"));
    ck_assert_str_eq(
        find_text(run, "cells.1.inside.text"), "never more than one thread held the lock at a time");
    ck_assert_ptr_null(find(run, "cells.2.inside.text"));
    table = result_format(run, RESULT_FORMAT_TABLE, &length);
    ck_assert(strstr(table, "\nthreads: never more than one thread held the lock at a time\n"));
    csv = result_format(run, RESULT_FORMAT_CSV, &length);
    ck_assert(strstr(csv, ",inside_max,inside_mean,inside_whole,outside_max,outside_mean,outside_whole,"));
    ck_assert(strstr(csv, ",1,0.5667,true,1,0.3221,true,"));
}
END_TEST

/* What failed has its own reason, and what has spans needs none. */
START_TEST(cells_that_were_not_traced_say_why)
{
    Results *results = make_results();
    json_auto_t *run = NULL;

    for (int cell = 0; cell < 3; cell++)
        add_repetitions(results, cell, 270, cell == 2 ? 6 : 7);
    ck_assert_int_eq(add(results, make_failure(2, 6, "it crashed")), 0);
    ck_assert_int_eq(add(results, make_timeline(1)), 0);
    results_end_timelines(results, NULL, "no time");
    run = make_run(results, "done", NULL);
    ck_assert_str_eq(find_text(run, "cells.0.timeline.reason"), "no time");
    ck_assert_int_eq(find_integer(run, "cells.1.timeline.n_spans"), 4);
    ck_assert_ptr_null(find(run, "cells.2.timeline"));
}
END_TEST

/* More rounds than were asked for at least. */
START_TEST(a_precise_run_that_was_not_traced_says_why)
{
    json_auto_t *request = make_request(), *cells = make_cells(), *run = NULL;
    Results *results;

    json_object_set_new(request, "precision", json_integer(5));
    json_object_set_new(request, "max_repeat", json_integer(20));
    results = results_of(request, cells, &made_countdown);
    add_repetitions(results, 0, 270, 9);
    results_end_timelines(results, NULL, "no time");
    run = make_run(results, "done", NULL);
    ck_assert_str_eq(find_text(run, "cells.0.timeline.reason"), "no time");
    ck_assert_ptr_null(find(run, "cells.1.timeline"));
}
END_TEST

#define WHOLE "must be a whole number from 0 to 1000000000000000000, "

/* Each breaks a good event in one place. */
START_TEST(malformed_timelines_are_refused_with_the_member)
{
    static const struct {
        const char *change, *reason;
    } bad[] = {
        {"{\"cell\": 3}", "cell: must be one of its own cells (0, 1, 2), is 3"},
        {"{\"cell\": \"0\"}", "cell: " WHOLE "is \"0\""},
        {"{\"wall_ns\": -1}", "wall_ns: " WHOLE "is -1"},
        {"{\"dropped\": null}", "dropped: " WHOLE "is null"},
        {"{\"spans\": null}", "spans: must be a list, is null"},
        {"{\"instants\": {}}", "instants: must be a list, is an object"},
        {"{\"spans\": [7]}", "spans[0]: must be a list of four, [task, kind, start_ns, end_ns], is 7"},
        {"{\"spans\": [[0, \"run\", 1]]}", "spans[0]: must be a list of four, "},
        {"{\"spans\": [[0, \"run\", 1, 2, 3]]}", "spans[0]: must be a list of four, "},
        {"{\"spans\": [[2, \"run\", 1, 2]]}", "spans[0][0]: must be a task from 0 to 1, is 2"},
        {"{\"spans\": [[-1, \"run\", 1, 2]]}", "spans[0][0]: " WHOLE "is -1"},
        {"{\"spans\": [[0, \"run\", 1, 2], [0, \"walk\", 1, 2]]}",
            "spans[1][1]: must be one of run, wait-lock, wait-io, outside, is \"walk\""},
        {"{\"spans\": [[0, 0, 1, 2]]}", "spans[0][1]: must be one of "},
        {"{\"spans\": [[0, \"false-wakeup\", 1, 2]]}",
            "spans[0][1]: must be one of run, wait-lock, wait-io, outside, is \"false-wakeup\""},
        {"{\"spans\": [[0, \"run\", 2, 1]]}",
            "spans[0][3]: must be a whole number from 2 to 1000000000000000000, is 1"},
        {"{\"spans\": [[0, \"run\", 1.5, 2]]}", "spans[0][2]: " WHOLE "is 1.5"},
        {"{\"spans\": [[0, \"run\", 1, 1000000000000000001]]}",
            "spans[0][3]: must be a whole number from 1 to "},
        {"{\"instants\": [[0, \"run\", 1]]}", "instants[0][1]: must be one of false-wakeup, is \"run\""},
        {"{\"instants\": [[0, \"false-wakeup\", 1, 1]]}",
            "instants[0]: must be a list of three, [task, kind, at_ns], is a list"},
        {"{\"reason\": 5}", "reason: must be a text, is 5"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        json_auto_t *change = json_loads(bad[i].change, 0, NULL), *event = make_timeline(0);
        auto_free char *reason = NULL;
        Results *results = make_results();

        ck_assert_ptr_nonnull(change);
        json_object_update(event, change);
        ck_assert_msg(results_add(results, NULL, event, &reason) == -EINVAL, "%s was taken", bad[i].change);
        ck_assert_msg(
            strncmp(reason, bad[i].reason, strlen(bad[i].reason)) == 0, "%s: %s", bad[i].change, reason);
        ck_assert_int_eq(add(results, make_timeline(0)), 0);
        results_free(results);
    }
}
END_TEST

START_TEST(a_cell_has_one_timeline)
{
    Results *results = make_results();

    ck_assert_int_eq(add(results, make_timeline(1)), 0);
    ck_assert_int_eq(add(results, make_timeline(1)), -EINVAL);
    ck_assert_int_eq(add(results, make_timeline(2)), 0);
    ck_assert(!results_failed(results));
    results_free(results);
}
END_TEST

static json_t *make_long_timeline(int cell, int n)
{
    json_t *event = make_timeline(cell), *spans = json_array();

    for (int i = 0; i < n; i++)
        json_array_append_new(spans, json_pack("[i, s, i, i]", i % 2, "run", 2 * i, 2 * i + 1));
    json_object_set_new(event, "spans", spans);
    json_object_set_new(event, "instants", json_array());
    return event;
}

START_TEST(a_cell_holds_only_so_much)
{
    Results *results = make_results();

    ck_assert_int_eq(add(results, make_long_timeline(0, SPANS_MAX_CELL + 1)), -EINVAL);
    ck_assert_int_eq(add(results, make_long_timeline(0, SPANS_MAX_CELL)), 0);
    results_free(results);
}
END_TEST

/* Runtimes that know nothing of one another may have more than a run holds. Each cell gets its part, one that
 * needs less leaves it to the others, and what is let go is counted. */
START_TEST(a_run_holds_a_part_of_each_cell)
{
    enum { N = 8 };
    json_auto_t *request = make_request(), *cells = json_array(), *made = NULL;
    json_int_t sum = 0;
    Results *results;

    for (int i = 0; i < N; i++)
        json_array_append_new(cells, make_cell(i, "threads", "gil", 2, 1000 + i));
    results = results_of(request, cells, &made_countdown);
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(add(results, make_long_timeline(i, i == 0 ? 100 : SPANS_MAX_CELL)), 0);
    made = results_cells(results);
    for (int i = 0; i < N; i++) {
        const json_t *timeline = json_object_get(json_array_get(made, (size_t)i), "timeline");
        json_int_t n = find_integer(timeline, "n_spans"), dropped = find_integer(timeline, "dropped");

        ck_assert_int_eq(n + dropped, i == 0 ? 100 : SPANS_MAX_CELL);
        ck_assert_int_ge(n, i == 0 ? 100 : (SPANS_MAX_RUN - 100) / (N - 1));
        sum += n;
    }
    ck_assert_int_le(sum, SPANS_MAX_RUN);
    results_free(results);
}
END_TEST

START_TEST(what_is_beyond_the_room_goes_from_the_end)
{
    json_auto_t *sent = make_timeline(0), *left = NULL;
    Reader reader = {0};
    Spans *spans = NULL;

    ck_assert(spans_read(&reader, sent, 2, &spans));
    spans_cut(spans, 5);
    ck_assert_uint_eq(spans->n_instants, 1);
    spans_cut(spans, 4);
    ck_assert_uint_eq(spans->n_instants, 0);
    spans_cut(spans, 2);
    left = spans_json(spans);
    ck_assert_uint_eq(json_array_size(json_object_get(left, "spans")), 2);
    ck_assert_int_eq(find_integer(left, "spans.1.2"), 2001);
    ck_assert_int_eq(find_integer(left, "dropped"), 3);
    spans_free(spans);
}
END_TEST

static char *trace_of(json_t *first, json_t *second)
{
    Results *results = make_results();
    size_t length = 0;
    char *text;

    ck_assert_int_eq(add(results, first), 0);
    if (second)
        ck_assert_int_eq(add(results, second), 0);
    text = trace_format(results, &length);
    ck_assert_uint_eq(strlen(text), length);
    ck_assert_int_eq(text[length - 1], '\n');
    results_free(results);
    return text;
}

/* The lines of the events are what other programs read, so they are compared whole. */
START_TEST(a_trace_has_a_process_for_a_cell_and_a_thread_for_a_task)
{
    static const char *const lines[] = {
        "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":2,\"tid\":0,\"args\":{\"name\":\"threads\"}},\n",
        "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":2,\"tid\":1,\"args\":{\"name\":\"task 0\"}},\n",
        "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":2,\"tid\":2,\"args\":{\"name\":\"task 1\"}},\n",
        "{\"ph\":\"X\",\"name\":\"run\",\"cat\":\"task\",\"pid\":2,\"tid\":1,\"ts\":1.000,\"dur\":5099.999},"
        "\n",
        "{\"ph\":\"X\",\"name\":\"wait-lock\",\"cat\":\"task\",\"pid\":2,\"tid\":2,\"ts\":2.001,\"dur\":5098."
        "999},\n",
        "{\"ph\":\"X\",\"name\":\"wait-io\",\"cat\":\"task\",\"pid\":2,\"tid\":1,\"ts\":5100.999,\"dur\":899."
        "001},\n",
        "{\"ph\":\"X\",\"name\":\"outside\",\"cat\":\"task\",\"pid\":2,\"tid\":2,\"ts\":5101.000,\"dur\":"
        "2899.000},\n",
        "{\"ph\":\"i\",\"name\":\"false-wakeup\",\"cat\":\"task\",\"pid\":2,\"tid\":2,\"ts\":4000.007,\"s\":"
        "\"t\"},\n",
        "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":3,\"tid\":0,\"args\":{\"name\":\"processes\"}}"};
    auto_free char *text = trace_of(make_timeline(1), make_timeline(2));
    const char *at = strchr(text, '\n') + 1;

    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        ck_assert_msg(strncmp(at, lines[i], strlen(lines[i])) == 0, "%s is not %s", at, lines[i]);
        at += strlen(lines[i]);
    }
}
END_TEST

START_TEST(a_trace_is_json)
{
    auto_free char *text = trace_of(make_timeline(0), make_timeline(1)), *empty = NULL;
    json_auto_t *trace = json_loads(text, 0, NULL), *none = NULL;
    Results *results = make_results();
    size_t length;

    ck_assert_str_eq(find_text(trace, "displayTimeUnit"), "ms");
    ck_assert_str_eq(find_text(trace, "otherData.experiment"), "countdown");
    ck_assert_uint_eq(json_array_size(find(trace, "traceEvents")), 2 * (3 + 4 + 1));
    empty = trace_format(results, &length);
    none = json_loads(empty, 0, NULL);
    ck_assert_uint_eq(json_array_size(find(none, "traceEvents")), 0);
    ck_assert(json_is_array(find(none, "traceEvents")));
    results_free(results);
}
END_TEST

/* However a reader makes nanoseconds of the numbers, spans that touch still touch. */
START_TEST(times_survive_a_reader_that_cuts_off)
{
    json_t *sent = make_long_timeline(0, 0), *spans = json_object_get(sent, "spans"), *event;
    auto_free char *text = NULL;
    json_auto_t *trace = NULL;
    int64_t end = 0;
    size_t i;

    for (i = 0; i < 20000; i++) {
        int64_t next = end + 1 + (int64_t)(i * i % 99991);

        json_array_append_new(spans,
            json_pack("[i, s, I, I]", 0, i % 2 ? "run" : "wait-io", (json_int_t)end, (json_int_t)next));
        end = next;
    }
    text = trace_of(sent, NULL);
    trace = json_loads(text, 0, NULL);
    end = 0;
    json_array_foreach (find(trace, "traceEvents"), i, event) {
        double start = json_real_value(json_object_get(event, "ts")),
               span = json_real_value(json_object_get(event, "dur"));

        if (!json_object_get(event, "ts"))
            continue;
        ck_assert_int_eq((int64_t)(start * 1000), end);
        ck_assert_int_eq(llround(start * 1000), end);
        ck_assert_int_eq((int64_t)(span * 1000), llround(span * 1000));
        end += (int64_t)(span * 1000);
    }
}
END_TEST

START_TEST(a_trace_says_what_is_missing)
{
    json_t *cut = make_timeline(0);
    auto_free char *text = NULL;
    json_auto_t *trace = NULL;

    json_object_set_new(cut, "dropped", json_integer(17));
    text = trace_of(
        cut, json_pack("{s:s, s:i, s:s}", "event", "timeline", "cell", 1, "reason", "it \"died\"\n"));
    trace = json_loads(text, 0, NULL);
    ck_assert_str_eq(find_text(trace, "traceEvents.1.args.labels"), "17 more spans were dropped");
    ck_assert_str_eq(find_text(trace, "traceEvents.10.args.labels"), "it \"died\"\n");
}
END_TEST

/* A cell that failed has no timeline, and one that the end of the run left waiting neither. */
START_TEST(a_trace_names_the_cells_that_never_had_one)
{
    Results *results = make_results();
    auto_free char *text = NULL;
    json_auto_t *trace = NULL;
    size_t length;

    ck_assert_int_eq(add(results, make_failure(0, 0, "it crashed")), 0);
    ck_assert_int_eq(add(results, make_timeline(1)), 0);
    ck_assert_int_eq(add(results, json_pack("{s:s, s:s}", "event", "error", "message", "too late")), 0);
    text = trace_format(results, &length);
    trace = json_loads(text, 0, NULL);
    ck_assert_str_eq(find_text(trace, "traceEvents.0.args.name"), "serial");
    ck_assert_str_eq(find_text(trace, "traceEvents.1.args.labels"), "it crashed");
    ck_assert_str_eq(find_text(trace, "traceEvents.2.args.name"), "threads");
    ck_assert_str_eq(find_text(trace, "traceEvents.3.name"), "thread_name");
    ck_assert_str_eq(find_text(trace, "traceEvents.10.args.name"), "processes");
    ck_assert_str_eq(find_text(trace, "traceEvents.11.args.labels"), "too late");
    ck_assert_uint_eq(json_array_size(find(trace, "traceEvents")), 12);
    results_free(results);
}
END_TEST

RUN_TESTS("results-trace", 60, full_detail_has_the_timeline,
    a_copy_has_the_timeline_and_the_reason_where_there_is_none, a_summary_says_how_much_there_is,
    a_summary_says_why_there_is_no_timeline, a_timeline_that_failed_says_why_and_fails_nothing,
    the_table_says_who_was_inside_at_once, cells_that_were_not_traced_say_why,
    a_precise_run_that_was_not_traced_says_why, malformed_timelines_are_refused_with_the_member,
    a_cell_has_one_timeline, a_cell_holds_only_so_much, a_run_holds_a_part_of_each_cell,
    what_is_beyond_the_room_goes_from_the_end, a_trace_has_a_process_for_a_cell_and_a_thread_for_a_task,
    a_trace_is_json, times_survive_a_reader_that_cuts_off, a_trace_says_what_is_missing,
    a_trace_names_the_cells_that_never_had_one)
