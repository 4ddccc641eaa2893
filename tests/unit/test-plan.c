/* Requests as people type them, against a small catalog. */
#include "base/array.h"
#include "base/cleanup.h"
#include "base/form.h"
#include "base/text.h"
#include "plan/plan.h"
#include "plan/url.h"
#include "tests/unit/made-questions.h"
#include "tests/unit/run.h"
#include "tests/unit/small-catalog.h"

/* What the last plan refers to. */
static Catalogs catalogs;

/* Takes over what a runtime says of itself. */
static void describe_as(json_t *describe)
{
    catalogs_finish(&catalogs);
    catalogs = small_read(describe);
}

/* Plans "a=1&b=2" against a runtime that describes itself so, which is taken over; returns the status of the
 * problem, or 0. */
static int plan_of(json_t *describe, const char *query, const PlanLimits *limits, Plan *ret, Problem *problem)
{
    json_auto_t *given = json_object();

    describe_as(describe);
    form_parse(given, query, strlen(query), problem);
    if (problem_is_set(problem))
        return problem->status;
    return plan_make(&catalogs, limits, "work", given, ret, problem) < 0 ? problem->status : 0;
}

static int plan_query(const char *query, const PlanLimits *limits, Plan *ret, Problem *problem)
{
    return plan_of(small_describe(), query, limits, ret, problem);
}

typedef struct Row {
    const char *query, *param, *reason;
} Row;

static const Row bad_rows[] = {
    {"colour=red", "colour", "no such parameter"},
    {"n=abc", "n", "whole number"},
    {"n=1.5", "n", "whole number"},
    {"n=-1", "n", "from 0 to"},
    {"n=1e13", "n", "from 0 to"},
    {"n=99999999999999999999", "n", "from 0 to"},
    {"n=", "n", "empty"},
    {"n=1,2", "n", "whole number"},
    {"n=1&n=2", "n", "more than once"},
    {"n=%zz", "n", "percent"},
    {"n=1%00", "n", "NUL"},
    {"label=%ff", "label", "UTF-8"},
    {"tasks=1,,2", "tasks", "empty item"},
    {"tasks=", "tasks", "empty"},
    {"tasks=0", "tasks", "from 1 to"},
    {"tasks=2,2", "tasks", "twice"},
    {"tasks=9", "tasks", "from 1 to 8 for work in mode threads: its pids.max is low"},
    {"tasks=257&mode=serial", "tasks", "from 1 to 256 for work in mode serial"},
    {"cpus=3", "cpus", "from 1 to 2"},
    {"mode=serial,fibers", "mode", "must be one of serial, threads, processes, epoll (or asyncio)"},
    {"mode=serail", "mode", "; did you mean serial?"},
    {"mode=asycnio", "mode", "; did you mean asyncio?"},
    {"mode=Threads", "mode", "; did you mean threads?"},
    {"mode=", "mode", "is empty; must be one of serial, threads, processes, epoll"},
    {"mode=serial%20threads", "mode", "have commas between them"},
    {"mode=serial%20threads", "mode", "; did you mean serial,threads?"},
    {"tasks=1;2", "tasks", "must be a whole number from 1 to 10000; parameters are separated by &"},
    {"repeat=1,2", "repeat",
        "must be a whole number from 1 to 1000; there is a comma in it, and it takes one value and no list"},
    {"timeline=on,off", "timeline",
        "must be one of off, on, auto; there is a comma in it, and it takes one value and no list"},
    {"repeat=1e%202", "repeat", "must be a whole number from 1 to 1000; there is a blank in it"},
    {"taks=2", "taks", "there is no such parameter; did you mean tasks?"},
    {"threads", "threads", "there is no such parameter, but a mode of that name; did you mean mode=threads?"},
    {"colour=red", "colour", "there is no such parameter; there are mode, lock, tasks"},
    {"mode=epoll,asyncio", "mode", "twice"},
    {"lock=gil,", "lock", "empty item"},
    {"client=slow", "client", "must be one of async, blocking"},
    {"repeat=1001", "repeat", "from 1 to 1000"},
    {"precision=51", "precision", "from 0 to 50"},
    {"precision=2.5", "precision", "whole number"},
    {"max_repeat=1001", "max_repeat", "from 1 to 1000"},
    {"precision=5&repeat=9&max_repeat=8", "max_repeat", "at least repeat, which is 9"},
    {"precision=5", "precision", "cannot be told to stop"},
    {"timeout_ms=600001", "timeout_ms", "from 1 to 600000"},
    {"switch_interval_us=0", "switch_interval_us", "from 1 to"},
    {"url=ftp://example.org/", "url", "http://"},
    {"url=http://user@example.org/", "url", "user name"},
    {"url=http://user:pw@example.org/", "url", "user name"},
    {"url=http://example.org:99999/", "url", "port"},
    {"url=http://[::1/", "url", "bracket"},
    {"url=http://[127.0.0.1]/", "url", "bracket"},
    {"url=http://[::1::]/", "url", "bracket"},
    {"url=http://256.256.256.256/", "url", "no IPv4 address"},
    {"url=http://99999999999/", "url", "no IPv4 address"},
    {"url=http://example.1/", "url", "no IPv4 address"},
    {"url=http://exam%20ple.org/", "url", "host and a port"},
    {"n=1e12", "timeout_ms", "would run for about"},
    {"tasks=1,2,3,4,5,6,7,8&cpus=1,2&lock=none,gil", "tasks", "96 cells"},
};

START_TEST(bad_values_are_named)
{
    for (size_t i = 0; i < ARRAY_LENGTH(bad_rows); i++) {
        auto_problem Problem problem = {0};
        const json_t *error;
        size_t k;
        bool named = false;
        Plan plan = {0};

        ck_assert_msg(
            plan_query(bad_rows[i].query, NULL, &plan, &problem) == 400, "%s was taken", bad_rows[i].query);
        json_array_foreach (problem.errors, k, error) {
            const char *param = json_string_value(json_object_get(error, "param"));
            const char *reason = json_string_value(json_object_get(error, "reason"));

            named = named || (strcmp(param, bad_rows[i].param) == 0 && strstr(reason, bad_rows[i].reason));
        }
        ck_assert_msg(named, "%s: %s", bad_rows[i].query,
            json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason")));
        ck_assert_ptr_null(plan.request);
    }
}
END_TEST

/* One error says it of the list as a whole: its values are not looked at one by one, whether they are right,
 * wrong, empty or all the same. */
START_TEST(a_list_of_more_values_than_cells_is_refused_as_a_whole)
{
    static const struct {
        const char *name, *first, *item; /* first and 64 times the item */
        const char *reason;
    } rows[] = {
        {"tasks", "1", ",1", "has 65 values, and at most 64 are allowed, as many as there may be cells"},
        {"tasks", "x", ",0", "has 65 values, "},
        {"tasks", "", ",", "has 65 values, "},
        {"cpus", "[1", ", 1", "has 65 values, "},
        {"mode", "['serial'", ", 'nosuch'", "has 65 values, "},
        {"check_interval", "[1", ", {}", "has 65 values, "},
    };

    describe_as(small_describe());
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *text = text_printf("%s", rows[i].first);
        json_auto_t *given = json_object();
        auto_problem Problem problem = {0};
        const json_t *error;
        Plan plan = {0};

        for (int k = 0; k < PLAN_MAX_CELLS; k++) {
            char *longer = text_printf("%s%s", text, rows[i].item);

            free(text);
            text = longer;
        }
        if (*text == '[') {
            auto_free char *list = text_printf("%s]", text);

            json_object_set_new(given, rows[i].name, small_json(list));
        } else {
            json_object_set_new(given, rows[i].name, json_string(text));
        }
        ck_assert_int_lt(plan_make(&catalogs, NULL, "work", given, &plan, &problem), 0);
        error = json_array_get(problem.errors, 0);
        ck_assert_uint_eq(json_array_size(problem.errors), 1);
        ck_assert_int_eq(problem.n_omitted, 0);
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), rows[i].name);
        ck_assert_msg(strncmp(json_string_value(json_object_get(error, "reason")), rows[i].reason,
                          strlen(rows[i].reason)) == 0,
            "%s", json_string_value(json_object_get(error, "reason")));
    }
}
END_TEST

START_TEST(a_list_may_have_as_many_values_as_there_may_be_cells)
{
    const PlanLimits limits = {.max_cells = 3};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_query("mode=serial&tasks=1,2,3", &limits, &plan, &problem), 0);
    ck_assert_uint_eq(plan.n_specs, 3);
    plan_finish(&plan);
    ck_assert_int_eq(plan_query("mode=serial&tasks=1,2,3,4", &limits, &plan, &problem), 400);
}
END_TEST

START_TEST(all_bad_values_are_named_at_once)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_query("tasks=0&colour=red&repeat=x&mode=no", NULL, &plan, &problem), 400);
    ck_assert_uint_eq(json_array_size(problem.errors), 4);
}
END_TEST

START_TEST(an_unknown_experiment_is_404_with_the_names)
{
    json_auto_t *given = json_object();
    auto_problem Problem problem = {0};
    json_auto_t *object = NULL;
    Plan plan = {0};

    describe_as(small_describe());
    ck_assert_int_lt(plan_make(&catalogs, NULL, "wrok", given, &plan, &problem), 0);
    ck_assert_int_eq(problem.status, 404);
    object = problem_json(&problem);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(object, "experiments"), 0)), "work");
}
END_TEST

START_TEST(defaults_are_filled_in)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    json_auto_t *expected = json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:{s:i, s:s, s:n, s:i}}", "cell", 1,
        "runtime", "c", "mode", "threads", "lock", "gil", "tasks", 2, "cpus", 2, "params", "n", 1000000,
        "client", "async", "url", "switch_interval_us", 5000);

    ck_assert_int_eq(plan_query("", NULL, &plan, &problem), 0);
    ck_assert_uint_eq(json_array_size(plan.cells), 3);
    ck_assert(json_equal(json_array_get(plan.cells, 1), expected));
    ck_assert_int_eq(json_integer_value(json_object_get(plan.request, "repeat")), 7);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(plan.request, "sized"), 0)), "n");
    ck_assert_uint_eq(plan.timeout, 60 * NSEC_PER_SEC);
    ck_assert_ptr_null(plan.format);
    plan_finish(&plan);
}
END_TEST

static const char *const formats[] = {"json", "table", NULL};
static const char *const by_hand_formats[] = {"json", "table", "trace", NULL};

/* What a query makes of the timeline: its value, how many spans a cell may have, and the estimate. */
typedef struct Traced {
    char timeline[8]; /* "": the query is refused */
    int64_t max_spans;
    nsec_t estimate;
} Traced;

static Traced traced_by_limits(const char *query, const PlanLimits *limits)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    Traced traced = {0};

    if (plan_query(query, limits, &plan, &problem) != 0)
        return traced;
    snprintf(traced.timeline, sizeof(traced.timeline), "%s",
        json_string_value(json_object_get(plan.request, "timeline")));
    traced.max_spans = plan.max_spans;
    traced.estimate = plan.estimate;
    plan_finish(&plan);
    return traced;
}

static Traced traced(const char *query)
{
    return traced_by_limits(query, &(PlanLimits){.formats = formats, .timeline_format = "trace"});
}

START_TEST(a_timeline_is_one_more_repetition)
{
    Traced off = traced("repeat=6&warmup=0&timeline=off"), on = traced("repeat=6&warmup=0&timeline=on");
    Traced more = traced("repeat=7&warmup=0&timeline=off"), itself = traced("repeat=6&warmup=0");

    ck_assert_str_eq(off.timeline, "off");
    ck_assert_int_eq(off.max_spans, 0);
    ck_assert_str_eq(on.timeline, "on");
    ck_assert_int_eq(on.max_spans, 20000);
    ck_assert_str_eq(itself.timeline, "auto");
    ck_assert_int_eq(itself.max_spans, 4000);
    ck_assert_uint_lt(off.estimate, on.estimate);
    ck_assert_uint_eq(on.estimate, more.estimate);
    ck_assert_uint_eq(itself.estimate, more.estimate);
}
END_TEST

START_TEST(who_wants_the_spans_themselves_gets_all)
{
    const PlanLimits by_hand = {.formats = by_hand_formats, .timeline_format = "trace"};
    const Traced asked[] = {
        traced("detail=full"),
        traced("detail=full&timeline=off"),
        traced("detail=full&timeline=auto"),
        traced_by_limits("format=trace", &by_hand),
    };

    for (size_t i = 0; i < ARRAY_LENGTH(asked); i++) {
        ck_assert_str_eq(asked[i].timeline, "on");
        ck_assert_int_eq(asked[i].max_spans, 20000);
    }
    ck_assert_str_eq(traced("format=trace").timeline, "");
    ck_assert_str_eq(traced("timeline=yes").timeline, "");
}
END_TEST

/* 16 cells and 17. */
START_TEST(a_large_grid_has_no_timeline_by_itself)
{
    ck_assert_int_eq(
        traced("mode=serial&tasks=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16&n=1000").max_spans, 4000);
    ck_assert_int_eq(
        traced("mode=serial&tasks=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17&n=1000").max_spans, 0);
    ck_assert_int_eq(
        traced("mode=serial&tasks=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17&n=1000&timeline=on").max_spans,
        20000);
}
END_TEST

/* A limit between the estimate without a timeline and that with one: nobody is refused, or measures less, for
 * what they did not ask. */
START_TEST(a_timeline_by_itself_costs_nobody_the_run)
{
    static const char query[] = "mode=serial&n=1e8&repeat=3&warmup=0";
    static const char sized[] = "mode=serial&repeat=3&warmup=0";
    Traced off = traced("mode=serial&n=1e8&repeat=3&warmup=0&timeline=off");
    Traced usual = traced("mode=serial&repeat=3&warmup=0&timeline=off");
    PlanLimits limits = {
        .default_timeout_ms = 1, .max_estimate_ms = (int64_t)(off.estimate / NSEC_PER_MSEC) + 1};
    Traced itself = traced_by_limits(query, &limits), asked, size;

    ck_assert_str_eq(itself.timeline, "auto");
    ck_assert_int_eq(itself.max_spans, 0);
    ck_assert_uint_eq(itself.estimate, off.estimate);
    asked = traced_by_limits("mode=serial&n=1e8&repeat=3&warmup=0&timeline=on", &limits);
    ck_assert_str_eq(asked.timeline, "");
    /* Sizes that are chosen use half of the limit; the fourth repetition uses some of the other half, and no
     * size is smaller for it. */
    limits.max_estimate_ms = 2 * (int64_t)(usual.estimate / NSEC_PER_MSEC) + 2;
    size = traced_by_limits(sized, &limits);
    ck_assert_int_eq(size.max_spans, 4000);
    ck_assert_uint_eq(size.estimate / 4, usual.estimate / 3);
}
END_TEST

START_TEST(the_wire_says_how_many_spans_there_may_be)
{
    json_auto_t *on = json_object(), *off = json_object();

    plan_set_timeline(&(Plan){.max_spans = 4000}, on);
    plan_set_timeline(&(Plan){0}, off);
    ck_assert_str_eq(json_string_value(json_object_get(on, "timeline")), "on");
    ck_assert_int_eq(json_integer_value(json_object_get(on, "max_spans")), 4000);
    ck_assert_str_eq(json_string_value(json_object_get(off, "timeline")), "off");
    ck_assert_ptr_null(json_object_get(off, "max_spans"));
}
END_TEST

START_TEST(numbers_may_be_written_in_many_ways)
{
    static const char *const queries[] = {
        "n=1000000", "n=1e6", "n=1M", "n=1_000_000", "n=1000k", "n=%2B1000000"};

    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        auto_problem Problem problem = {0};
        Plan plan = {0};

        ck_assert_int_eq(plan_query(queries[i], NULL, &plan, &problem), 0);
        ck_assert_int_eq(json_integer_value(json_object_get(plan.request, "n")), 1000000);
        ck_assert_uint_eq(json_array_size(json_object_get(plan.request, "sized")), 0);
        plan_finish(&plan);
    }
}
END_TEST

/* What one fault is said as, however many lists, cells or values have it. got: as JSON. */
static const struct {
    const char *query, *param, *got, *reason;
} faults[] = {
    {"tasks=1,2,3,4,5,6,7,8,9,10&mode=serial,threads&lock=none,gil,gil-py2&cpus=1,2", "tasks",
        "\"1,2,3,4,5,6,7,8,9,10\"",
        "the lists mode (2), lock (3), tasks (10), cpus (2) span 120 cells together, and at most 64 are "
        "allowed: shorten one of them"},
    {"tasks=9&mode=threads&lock=none,gil,gil-py2", "tasks", "9",
        "must be from 1 to 8 for work in mode threads: its pids.max is low (all 3 cells)"},
    {"tasks=1,9,10&mode=serial,threads&lock=none,gil", "tasks", "[9,10]",
        "must be from 1 to 8 for work in mode threads: its pids.max is low (4 of 12 cells)"},
    {"tasks=9&mode=threads", "tasks", "9",
        "must be from 1 to 8 for work in mode threads: its pids.max is low"},
    {"tasks=0,-1,2,10001", "tasks", "[\"0\",\"-1\",\"10001\"]", "must be from 1 to 10000"},
    {"mode=green,blue", "mode", "[\"green\",\"blue\"]",
        "must be one of serial, threads, processes, epoll (or asyncio)"},
    {"lock=gil,gil,gil", "lock", "[\"gil\",\"gil\"]", "stands twice in the list"},
    {"mode=epoll,asyncio", "mode", "\"asyncio\"", "stands twice in the list, written in two ways"},
    {"tasks=4,0004", "tasks", "\"0004\"", "stands twice in the list, written in two ways"},
    {"n=1e12", "timeout_ms", "null", NULL},
};

START_TEST(one_fault_is_said_once)
{
    for (size_t i = 0; i < ARRAY_LENGTH(faults); i++) {
        auto_problem Problem problem = {0};
        auto_free char *got = NULL;
        const json_t *error;
        Plan plan = {0};

        ck_assert_int_eq(plan_query(faults[i].query, NULL, &plan, &problem), 400);
        ck_assert_msg(json_array_size(problem.errors) == 1, "%s: %zu errors", faults[i].query,
            json_array_size(problem.errors));
        error = json_array_get(problem.errors, 0);
        got = json_dumps(json_object_get(error, "got"), JSON_ENCODE_ANY | JSON_COMPACT);
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), faults[i].param);
        ck_assert_str_eq(got, faults[i].got);
        if (faults[i].reason)
            ck_assert_str_eq(json_string_value(json_object_get(error, "reason")), faults[i].reason);
    }
}
END_TEST

START_TEST(a_choice_has_the_aliases_of_the_catalog)
{
    json_t *describe = small_describe();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(describe, "experiments/0/parameters/1/aliases", "{'b': 'blocking'}");
    ck_assert_int_eq(plan_of(describe, "client=b", NULL, &plan, &problem), 0);
    ck_assert_str_eq(json_string_value(json_object_get(plan.request, "client")), "blocking");
    plan_finish(&plan);
}
END_TEST

/* How often the work is done elsewhere is not for the client to say. */
static json_t *describe_idle(void)
{
    json_t *describe = small_describe();

    small_set(describe, "experiments/0/parameters/0/unless", "'url'");
    return describe;
}

START_TEST(what_has_no_meaning_is_refused_if_given_and_else_left_out)
{
    static const char url[] = "mode=serial&lock=none&url=http://a.org/";
    static const struct {
        const char *query, *reason; /* NULL: it is allowed */
    } rows[] = {
        {"mode=serial&lock=none&n=5", NULL},
        {"mode=serial&lock=none&n=5&url=http://a.org/", "has no meaning with url: leave out one of the two"},
        {"mode=serial&lock=none&n=1000000&url=http://a.org/",
            "has no meaning with url: leave out one of the two"},
        {"mode=serial&lock=none&n=-5&url=http://a.org/", "must be from 0 to 1000000000000"},
    };
    auto_problem Problem none = {0};
    nsec_t estimate;
    Plan plan = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_problem Problem problem = {0};
        int status = plan_of(describe_idle(), rows[i].query, NULL, &plan, &problem);

        ck_assert_int_eq(status, rows[i].reason ? 400 : 0);
        if (rows[i].reason) {
            ck_assert_uint_eq(json_array_size(problem.errors), 1);
            ck_assert_str_eq(
                json_string_value(json_object_get(json_array_get(problem.errors, 0), "param")), "n");
            ck_assert_str_eq(json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason")),
                rows[i].reason);
            continue;
        }
        ck_assert_int_eq(json_integer_value(json_object_get(plan.specs[0].params, "n")), 5);
        plan_finish(&plan);
    }
    ck_assert_int_eq(plan_of(small_describe(), url, NULL, &plan, &none), 0);
    estimate = plan.estimate;
    plan_finish(&plan);
    ck_assert_int_eq(plan_of(describe_idle(), url, NULL, &plan, &none), 0);
    ck_assert_ptr_null(json_object_get(plan.request, "n"));
    ck_assert_ptr_null(json_object_get(plan.specs[0].params, "n"));
    ck_assert_uint_eq(plan.estimate, estimate);
    plan_finish(&plan);
}
END_TEST

/* Whatever is named is accepted, and the catalog, of which a form is made, has each thing once. */
START_TEST(a_refused_choice_names_all_that_is_accepted)
{
    json_auto_t *expected =
        json_pack("[s, s, s, s, s]", "serial", "threads", "processes", "epoll", "asyncio");
    json_auto_t *parameters = NULL;
    auto_problem Problem problem = {0};
    const json_t *choices;
    Plan plan = {0};
    size_t i;
    json_t *name, *parameter;

    ck_assert_int_eq(plan_query("mode=foo", NULL, &plan, &problem), 400);
    choices = json_object_get(json_array_get(problem.errors, 0), "choices");
    ck_assert(json_equal(choices, expected));
    json_array_foreach (choices, i, name) {
        auto_free char *query = text_printf("mode=%s", json_string_value(name));
        auto_problem Problem none = {0};

        ck_assert_int_eq(plan_query(query, NULL, &plan, &none), 0);
        plan_finish(&plan);
    }
    parameters = plan_parameters(&catalogs, NULL, NULL);
    json_array_foreach (parameters, i, parameter) {
        if (strcmp(json_string_value(json_object_get(parameter, "name")), "mode") == 0)
            ck_assert_uint_eq(json_array_size(json_object_get(parameter, "choices")), 4);
    }
}
END_TEST

START_TEST(lists_span_the_grid_with_modes_side_by_side)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    size_t i;
    json_t *cell;

    ck_assert_int_eq(
        plan_query("mode=serial,asyncio&lock=none,gil&tasks=1,8&cpus=1,2", NULL, &plan, &problem), 0);
    ck_assert_uint_eq(json_array_size(plan.cells), 16);
    json_array_foreach (plan.cells, i, cell) {
        ck_assert_int_eq(json_integer_value(json_object_get(cell, "cell")), (json_int_t)i);
        ck_assert_str_eq(json_string_value(json_object_get(cell, "mode")), i % 2 ? "epoll" : "serial");
        ck_assert_int_eq(json_integer_value(json_object_get(cell, "tasks")), i / 2 % 2 ? 8 : 1);
        ck_assert_int_eq(json_integer_value(json_object_get(cell, "cpus")), i / 4 % 2 ? 2 : 1);
        ck_assert_str_eq(json_string_value(json_object_get(cell, "lock")), i / 8 ? "gil" : "none");
    }
    plan_finish(&plan);
}
END_TEST

START_TEST(cells_say_where_time_is_no_measure)
{
    for (int fixed = 0; fixed < 2; fixed++) {
        auto_problem Problem problem = {0};
        Plan plan = {0};
        size_t i;
        json_t *cell, *describe = small_describe();

        if (fixed)
            small_set(describe, "experiments/0/fixed_time", "true");
        ck_assert_int_eq(plan_of(describe, "mode=serial,threads", NULL, &plan, &problem), 0);
        ck_assert_uint_eq(json_array_size(plan.cells), 2);
        json_array_foreach (plan.cells, i, cell)
            ck_assert_int_eq(json_is_true(json_object_get(cell, "fixed_time")), fixed);
        plan_finish(&plan);
    }
}
END_TEST

START_TEST(the_estimate_follows_mode_and_lock)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    nsec_t under_gil;

    ck_assert_int_eq(plan_query("mode=threads&lock=gil&n=1G&repeat=1&warmup=0", NULL, &plan, &problem), 0);
    under_gil = plan.estimate;
    plan_finish(&plan);
    ck_assert_int_eq(plan_query("mode=threads&lock=none&n=1G&repeat=1&warmup=0", NULL, &plan, &problem), 0);
    ck_assert_uint_gt(under_gil, plan.estimate + NSEC_PER_SEC / 2);
    plan_finish(&plan);
}
END_TEST

/* The estimate for a query where a task costs a second more if the condition is true. */
static nsec_t estimate_if(const char *only_if, const char *query)
{
    auto_free char *term = text_printf("{'kind': 'cpu', 'ns': 1e9, 'times': [], 'only_if': %s}", only_if);
    json_t *describe = small_describe();
    auto_problem Problem problem = {0};
    Plan plan = {0};
    nsec_t estimate;

    small_set(describe, "experiments/0/cost/1", term);
    ck_assert_int_eq(plan_of(describe, query, NULL, &plan, &problem), 0);
    estimate = plan.estimate;
    plan_finish(&plan);
    return estimate;
}

START_TEST(a_cost_may_depend_on_parameters_mode_and_lock)
{
    static const struct {
        const char *only_if, *with, *without;
    } rows[] = {
        {"{'client': 'blocking'}", "client=blocking", "client=async"},
        {"{'n': 7}", "n=7", "n=8"},
        {"{'mode.one_loop': false}", "mode=serial", "mode=epoll"},
        {"{'lock.exclusive': true}", "lock=gil", "lock=none"},
        {"{'lock.models': 'cpython3', 'mode.one_loop': true}", "lock=gil&mode=epoll", "lock=gil&mode=serial"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *with = text_printf("repeat=1&warmup=0&%s", rows[i].with);
        auto_free char *without = text_printf("repeat=1&warmup=0&%s", rows[i].without);

        ck_assert_uint_ge(estimate_if(rows[i].only_if, with), NSEC_PER_SEC);
        ck_assert_uint_lt(estimate_if(rows[i].only_if, without), NSEC_PER_SEC);
    }
}
END_TEST

/* The number of tasks in the first cell, or 0 if the request is refused because of the parameter. */
static json_int_t tasks_of(const char *query, const PlanLimits *limits, const char *param)
{
    json_t *describe = small_describe();
    auto_problem Problem problem = {0};
    json_int_t tasks;
    Plan plan = {0};

    small_set(describe, "experiments/0/tasks", "{'parameter': 'hogs', 'plus': 1}");
    small_set(describe, "experiments/0/parameters/3",
        "{'name': 'hogs', 'type': 'integer', 'help': '', 'min': 0, 'max': 7, 'default': 1}");
    if (plan_of(describe, query, limits, &plan, &problem) != 0) {
        const json_t *error = json_array_get(problem.errors, 0);

        ck_assert_uint_eq(json_array_size(problem.errors), 1);
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), param);
        return 0;
    }
    tasks = json_integer_value(json_array_get(json_object_get(plan.request, "tasks"), 0));
    ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(plan.cells, 0), "tasks")), tasks);
    plan_finish(&plan);
    return tasks;
}

START_TEST(tasks_may_follow_from_another_parameter)
{
    const PlanLimits limits = {.max_tasks = 4};

    ck_assert_int_eq(tasks_of("", NULL, NULL), 2);
    ck_assert_int_eq(tasks_of("hogs=0", NULL, NULL), 1);
    ck_assert_int_eq(tasks_of("hogs=7", NULL, NULL), 8);
    ck_assert_int_eq(tasks_of("hogs=3&tasks=4", NULL, NULL), 4);
    ck_assert_int_eq(tasks_of("hogs=3&tasks=3", NULL, "tasks"), 0);
    ck_assert_int_eq(tasks_of("hogs=3&tasks=4,5", NULL, "tasks"), 0);
    ck_assert_int_eq(tasks_of("tasks=4", NULL, "tasks"), 0);
    ck_assert_int_eq(tasks_of("hogs=3", &limits, NULL), 4);
    ck_assert_int_eq(tasks_of("hogs=4", &limits, "hogs"), 0);
}
END_TEST

START_TEST(a_longer_timeout_allows_a_longer_run)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_query("mode=serial&n=5G", NULL, &plan, &problem), 400);
    ck_assert_int_eq(json_integer_value(json_object_get(problem.extra, "max_ms")), 60000);
    problem_finish(&problem);
    ck_assert_int_eq(plan_query("mode=serial&n=5G&timeout_ms=100000", NULL, &plan, &problem), 0);
    plan_finish(&plan);
}
END_TEST

START_TEST(limits_are_the_operators)
{
    const PlanLimits limits = {.default_lock = "none",
        .lock_defaults = {{"switch_interval_us", 700}},
        .max_cells = 2,
        .max_tasks = 4,
        .allow = "example.org:443"};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_query("mode=serial", &limits, &plan, &problem), 0);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(plan.cells, 0), "lock")), "none");
    plan_finish(&plan);
    ck_assert_int_eq(plan_query("tasks=2", &limits, &plan, &problem), 400);
    problem_finish(&problem);
    ck_assert_int_eq(plan_query("mode=serial&tasks=5", &limits, &plan, &problem), 400);
    problem_finish(&problem);
    ck_assert_int_eq(plan_query("mode=serial&url=https://example.org/a", &limits, &plan, &problem), 0);
    plan_finish(&plan);
    ck_assert_int_eq(plan_query("mode=serial&url=http://127.0.0.1:22/", &limits, &plan, &problem), 400);
}
END_TEST

/* What all requests have would mean two things. */
START_TEST(no_runtime_may_use_the_name_of_what_all_requests_have)
{
    static const struct {
        const char *path, *name;
        const char *place; /* NULL: the name is free */
    } rows[] = {
        {"experiments/0/parameters/0/name", "repeat", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "warmup", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "seed", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "timeout_ms", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "detail", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "timeline", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "label", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/0/name", "prediction", "experiments[0].parameters[0].name"},
        {"experiments/0/parameters/2/name", "format", "experiments[0].parameters[2].name"},
        {"experiments/0/parameters/2/name", "fresh", "experiments[0].parameters[2].name"},
        {"experiments/0/parameters/2/name", "sized", "experiments[0].parameters[2].name"},
        {"experiments/0/parameters/2/name", "formats", NULL},
        {"experiments/0/parameters/1/name", "client", NULL},
        {"locks/1/parameters/0/name", "format", "locks[1].parameters[0].name"},
        {"locks/2/parameters/0/name", "fresh", "locks[2].parameters[0].name"},
        {"locks/2/parameters/0/name", "turns", NULL},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *name = text_printf("'%s'", rows[i].name), *reason = NULL;
        auto_free char *wanted = text_printf("%s: must not be \"%s\", which all requests have",
            rows[i].place ? rows[i].place : "", rows[i].name);
        json_t *describe = small_describe();
        int r;

        small_set(describe, rows[i].path, name);
        if (strstr(rows[i].path, "parameters/0") && strstr(rows[i].path, "experiments"))
            small_set(describe, "experiments/0/cost", "[]");
        describe_as(describe);
        r = plan_check_catalog(catalogs.list[0], &reason);
        ck_assert_msg((r < 0) == !!rows[i].place, "%s: %s", rows[i].name, reason ? reason : "taken");
        if (rows[i].place)
            ck_assert_str_eq(reason, wanted);
        else
            ck_assert_ptr_null(reason);
    }
}
END_TEST

START_TEST(a_lock_may_not_call_its_parameter_client)
{
    json_t *describe = small_describe();
    auto_free char *reason = NULL;

    small_set(describe, "experiments/0/parameters/1/name", "'how'");
    small_set(describe, "locks/1/parameters/0/name", "'client'");
    describe_as(describe);
    ck_assert_int_lt(plan_check_catalog(catalogs.list[0], &reason), 0);
    ck_assert_str_eq(reason, "locks[1].parameters[0].name: must not be \"client\", which all requests have");
}
END_TEST

/* A cell has the parameters of its own lock, and a list of them spans the cells of that lock alone. */
START_TEST(a_lock_brings_its_axes_and_defaults)
{
    const PlanLimits limits = {
        .lock_defaults = {{"switch_interval_us", 700}, {"check_interval", 0}}, .max_cells = 12};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(
        plan_query("mode=serial&lock=gil,gil-py2&check_interval=1,2,3,4&switch_interval_us=8,9&cpus=1,2",
            &limits, &plan, &problem),
        0);
    ck_assert_uint_eq(plan.n_specs, 12);
    for (size_t i = 0; i < plan.n_specs; i++) {
        const CellSpec *cell = &plan.specs[i];
        bool old = i >= 4;

        ck_assert_int_eq(cell->number, (int64_t)i);
        ck_assert_str_eq(cell->lock->name, old ? "gil-py2" : "gil");
        ck_assert_double_eq(cell_spec_number(cell, "check_interval"), old ? (double)((i - 4) / 2 + 1) : 0);
        ck_assert_double_eq(cell_spec_number(cell, "switch_interval_us"), old ? 0 : i / 2 ? 9 : 8);
        ck_assert_int_eq(cell->cpus, i % 2 ? 2 : 1);
        ck_assert(!json_object_get(cell->params, old ? "switch_interval_us" : "check_interval"));
    }
    plan_finish(&plan);
    ck_assert_int_eq(plan_query("mode=serial&lock=gil,gil-py2", &limits, &plan, &problem), 0);
    ck_assert_double_eq(cell_spec_number(&plan.specs[0], "switch_interval_us"), 700);
    ck_assert_double_eq(cell_spec_number(&plan.specs[1], "check_interval"), 100);
    plan_finish(&plan);
}
END_TEST

START_TEST(the_usual_of_the_catalog_is_the_default)
{
    json_t *describe = small_describe();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(describe, "locks/1/usual", "false");
    small_set(describe, "locks/2/usual", "true");
    small_set(describe, "modes/0/usual", "false");
    small_set(describe, "modes/3/usual", "true");
    small_set(describe, "locks/2/parameters/0/default", "[33]");
    ck_assert_int_eq(plan_of(describe, "", NULL, &plan, &problem), 0);
    ck_assert_uint_eq(plan.n_specs, 3);
    ck_assert_str_eq(plan.specs[0].mode->name, "threads");
    ck_assert_str_eq(plan.specs[2].mode->name, "epoll");
    ck_assert_str_eq(plan.specs[0].lock->name, "gil-py2");
    ck_assert_double_eq(cell_spec_number(&plan.specs[0], "check_interval"), 33);
    plan_finish(&plan);
}
END_TEST

START_TEST(crowding_before_an_exclusive_lock_costs_more)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    nsec_t alone, crowded;

    ck_assert_int_eq(plan_query("mode=threads&lock=gil&tasks=3&n=1G&repeat=1&warmup=0&timeline=off", NULL,
                         &plan, &problem),
        0);
    alone = plan.estimate;
    plan_finish(&plan);
    ck_assert_int_eq(plan_query("mode=threads&lock=gil-py2&tasks=3&n=1G&repeat=1&warmup=0&timeline=off", NULL,
                         &plan, &problem),
        0);
    crowded = plan.estimate;
    plan_finish(&plan);
    /* Each of the two further threads adds half to three seconds of work. */
    ck_assert_uint_eq(crowded - alone, 3 * NSEC_PER_SEC);
    ck_assert_int_eq(
        plan_query("mode=threads&lock=gil-py2&cpus=1&tasks=3&n=1G&repeat=1&warmup=0&timeline=off", NULL,
            &plan, &problem),
        0);
    ck_assert_uint_eq(plan.estimate, alone);
    plan_finish(&plan);
}
END_TEST

START_TEST(settings_are_held_against_the_catalog)
{
    static const struct {
        PlanLimits limits;
        const char *param, *reason; /* NULL: it is good */
    } rows[] = {
        {{0}, NULL, NULL},
        {{.default_lock = ""}, NULL, NULL},
        {{.default_lock = "gil-py2", .lock_defaults = {{"switch_interval_us", 1000000}}}, NULL, NULL},
        {{.default_lock = "ticket"}, "lock", "must be one of none, gil, gil-py2"},
        {{.lock_defaults = {{"switch_interval_us", 1000001}}}, "switch_interval_us",
            "must be 0, for the lock's own, or from 1 to 1000000"},
        {{.lock_defaults = {{"check_interval", -1}}}, "check_interval",
            "must be 0, for the lock's own, or from 1 to 1000000"},
        {{.lock_defaults = {{"patience", 3}}}, "patience", "is a parameter of no lock that there is"},
    };

    describe_as(small_describe());
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_problem Problem problem = {0};
        const json_t *error;

        plan_check_limits(&catalogs, &rows[i].limits, &problem);
        error = json_array_get(problem.errors, 0);
        ck_assert_uint_eq(json_array_size(problem.errors), rows[i].param ? 1 : 0);
        if (!rows[i].param)
            continue;
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), rows[i].param);
        ck_assert(json_object_get(error, "got"));
        ck_assert_msg(strstr(json_string_value(json_object_get(error, "reason")), rows[i].reason), "%s",
            json_string_value(json_object_get(error, "reason")));
    }
}
END_TEST

START_TEST(the_catalog_for_people_has_all_facts_and_the_defaults_in_force)
{
    const PlanLimits limits = {.default_lock = "none", .lock_defaults = {{"switch_interval_us", 700}}};
    json_auto_t *describe = small_describe(), *shown = NULL;
    const json_t *modes, *locks, *parameter, *experiment;

    describe_as(json_incref(describe));
    shown = plan_catalog(&catalogs, &limits);
    modes = json_object_get(shown, "modes");
    locks = json_object_get(shown, "locks");
    experiment = json_array_get(json_object_get(shown, "experiments"), 0);
    ck_assert_uint_eq(json_array_size(modes), 4);
    ck_assert_uint_eq(json_array_size(locks), 3);
    ck_assert(json_is_true(json_object_get(json_array_get(modes, 3), "one_loop")));
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(json_array_get(modes, 1), "task"), "noun")),
        "thread");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(locks, 1), "title")), "the GIL");
    ck_assert_str_eq(
        json_string_value(json_array_get(json_object_get(json_array_get(locks, 1), "runtimes"), 0)), "c");
    ck_assert_str_eq(json_string_value(json_object_get(experiment, "summary")), "works");
    /* As a parameter of the lock, and as one of every request. */
    parameter = json_array_get(json_object_get(json_array_get(locks, 1), "parameters"), 0);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(parameter, "default"), 0)), 700);
    parameter = json_array_get(json_object_get(shown, "parameters"), 4);
    ck_assert_str_eq(json_string_value(json_object_get(parameter, "name")), "switch_interval_us");
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(parameter, "default"), 0)), 700);
    parameter = json_array_get(json_object_get(shown, "parameters"), 1);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(parameter, "default"), 0)), "none");
    /* What the runtime said stays as it was. */
    parameter = json_array_get(
        json_object_get(json_array_get(json_object_get(describe, "locks"), 1), "parameters"), 0);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(parameter, "default"), 0)), 5000);
}
END_TEST

static const struct {
    const char *url, *patterns, *refusal; /* part of why it is refused; NULL: it is not */
} refusal_rows[] = {
    {"http://example.org/", "example.org:80", NULL},
    {"http://EXAMPLE.org/", "other:1, example.org:*", NULL},
    {"https://www.example.org/x", "*.example.org:443", NULL},
    {"http://[::1]:8080/", "[::1]:8080", NULL},
    {"http://8.8.8.8:8080", "*:8080", NULL},
    {"http://8.8.8.8/", "8.8.8.8:80", NULL},
    {"http://10.0.0.5/", "10.0.0.5:80", NULL},
    {"http://127.0.0.1/", "localhost:80", NULL},
    {"http://localhost/", "localhost:80", NULL},
    {"http://localhost/", "*:*", NULL}, /* what it leads to is judged later */
    {"http://2130706433/", "127.0.0.1:80", NULL},
    {"http://[::ffff:127.0.0.1]/", "127.0.0.1:80", NULL},
    {"http://example.org/", "example.org:443", "example.org:80 is not in the setting"},
    {"http://badexample.org/", "*.example.org:*", "badexample.org:80"},
    {"http://example.org/", "*.example.org:*", "example.org:80"},
    {"http://example.org/", "", "leads away"},
    {"http://example.org.evil.net/", "example.org:*", "leads away"},
    {"http://8.8.8.8/", "10.0.0.5:*", "8.8.8.8:80 is not in the setting"},
    {"http://[2001:4860:4860::8888]/", "", "[2001:4860:4860::8888]:80 is not in the setting"},
    {"http://localhost/", "127.0.0.1:80", "localhost:80"},
    {"http://127.0.0.1:8080", "*:8080",
        "127.0.0.1 is a loopback address (127.0.0.0/8), and 127.0.0.1:8080 is not"},
    {"http://127.0.0.1:8080", "127.0.0.1:80", "127.0.0.1:8080 is not"},
    {"http://2130706433/", "*:*", "127.0.0.1 (written 2130706433) is a loopback address"},
    {"http://2130706433/", "2130706433:80", "127.0.0.1 (written 2130706433) is a loopback address"},
    {"http://0x7f.1/", "*:*", "127.0.0.1 (written 0x7f.1) is a loopback address"},
    {"http://0X7F000001/", "*:*", "127.0.0.1 (written 0X7F000001) is a loopback address"},
    {"http://017700000001/", "*:*", "127.0.0.1 (written 017700000001) is a loopback address"},
    {"http://0177.0.0.1/", "*:*", "127.0.0.1 (written 0177.0.0.1) is a loopback address"},
    {"http://127.1/", "*:*", "127.0.0.1 (written 127.1) is a loopback address"},
    {"http://127.0.0.1./", "*:*", "127.0.0.1 (written 127.0.0.1.) is a loopback address"},
    {"http://0/", "*:*", "0.0.0.0 (written 0) is an unspecified address"},
    {"http://[::ffff:127.0.0.1]/", "*:*", "127.0.0.1 (written ::ffff:127.0.0.1) is a loopback address"},
    {"http://[::ffff:7f00:1]:8/", "*:*", "127.0.0.1:8 is not"},
    {"http://[::1]/", "*:*", "::1 is a loopback address (::1), and [::1]:80 is not"},
    {"http://[0:0::1]/", "*:*", "::1 (written 0:0::1) is"},
    {"http://169.254.169.254/latest/", "*:*", "169.254.169.254 is a link-local address (169.254.0.0/16)"},
    {"http://[64:ff9b::7f00:1]/", "*:*", "a NAT64 address"},
};

START_TEST(a_url_is_refused_with_address_and_rule_unless_a_pattern_allows_it)
{
    for (size_t i = 0; i < ARRAY_LENGTH(refusal_rows); i++) {
        const char *url = refusal_rows[i].url, *expected = refusal_rows[i].refusal;
        auto_free char *refusal = NULL;

        ck_assert_msg(!url_complaint(url), "%s", url);
        refusal = url_refusal(url, refusal_rows[i].patterns);
        ck_assert_msg(!refusal == !expected, "%s with \"%s\": %s", url, refusal_rows[i].patterns,
            refusal ? refusal : "is allowed");
        ck_assert_msg(!refusal || strstr(refusal, expected), "%s: %s", url, refusal);
    }
}
END_TEST

static int plan_elsewhere(const char *query, const PlanLimits *limits, Problem *problem)
{
    json_t *describe = small_describe();
    Plan plan = {0};
    int status;

    small_set(describe, "experiments/0/parameters/2/times", "'n'");
    status = plan_of(describe, query, limits, &plan, problem);
    plan_finish(&plan);
    return status;
}

START_TEST(requests_to_elsewhere_are_counted_over_all_cells_and_repetitions)
{
    static const struct {
        const char *query;
        int64_t max;
        const char *count; /* NULL: it is not too many */
    } rows[] = {
        {"url=http://a.org/&mode=serial&tasks=2&n=5&repeat=3&warmup=1", 40, NULL},
        {"url=http://a.org/&mode=serial&tasks=2&n=5&repeat=3&warmup=1", 39, " 40 times"},
        {"url=http://a.org/&mode=serial&tasks=2&n=5&repeat=3&warmup=1&timeline=on", 49, " 50 times"},
        {"url=http://a.org/&mode=serial,threads&tasks=2,3&n=5&repeat=3&warmup=1", 199, " 200 times"},
        {"url=http://a.org/&mode=serial&tasks=2&n=1000000", 0, " 16000000 times"},
        {"mode=serial&tasks=2&n=1000000", 1, NULL},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const PlanLimits limits = {.allow = "*:*", .fetch_max_requests = rows[i].max};
        auto_problem Problem problem = {0};
        const json_t *error;

        ck_assert_int_eq(plan_elsewhere(rows[i].query, &limits, &problem), rows[i].count ? 400 : 0);
        if (!rows[i].count)
            continue;
        error = json_array_get(problem.errors, 0);
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), "url");
        ck_assert_int_eq(json_integer_value(json_object_get(error, "max")), rows[i].max ? rows[i].max : 1000);
        ck_assert_msg(strstr(json_string_value(json_object_get(error, "reason")), rows[i].count), "%s",
            json_string_value(json_object_get(error, "reason")));
    }
}
END_TEST

/* A runtime that waits behind its events, in an experiment that gets its page n times. */
static int plan_pacing(const char *query, const PlanLimits *limits, Plan *ret, Problem *problem)
{
    json_t *describe = small_describe();

    small_set(describe, "paces", "true");
    small_set(describe, "experiments/0/parameters/2/times", "'n'");
    return plan_of(describe, query, limits, ret, problem);
}

/* Nobody knows how many repetitions there will be, so a request is estimated and sized as one with as many as
 * it must have. */
START_TEST(a_precision_costs_what_repeat_costs)
{
    auto_problem Problem problem = {0};
    Plan with = {0}, without = {0};

    ck_assert_int_eq(plan_pacing("repeat=9", NULL, &without, &problem), 0);
    ck_assert_int_eq(plan_pacing("repeat=9&precision=5", NULL, &with, &problem), 0);
    ck_assert_uint_eq(with.estimate, without.estimate);
    ck_assert_int_eq(json_integer_value(json_object_get(with.request, "precision")), 5);
    ck_assert_int_eq(json_integer_value(json_object_get(with.request, "max_repeat")), PLAN_MAX_REPEAT);
    ck_assert_int_eq(json_integer_value(json_object_get(without.request, "precision")), 0);
    plan_finish(&with);
    plan_finish(&without);
}
END_TEST

/* 10 times a round, 3 to warm up. What nobody said is made to fit, and what was said is refused. */
START_TEST(a_precision_asks_no_more_of_elsewhere_than_is_allowed)
{
    static const char url[] =
        "url=http://a.org/&mode=serial&tasks=2&n=5&repeat=7&warmup=3&timeline=off&precision=5";
    auto_free char *more = text_printf("%s&max_repeat=18", url);
    const PlanLimits limits = {.allow = "*:*", .fetch_max_requests = 209};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_pacing(url, &limits, &plan, &problem), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(plan.request, "max_repeat")), 17);
    plan_finish(&plan);
    ck_assert_int_eq(plan_pacing(more, &limits, &plan, &problem), 400);
    ck_assert_ptr_nonnull(
        strstr(json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason")), "210 times"));
}
END_TEST

/* Its times are all the same, whatever it did. */
START_TEST(a_precision_is_of_times_that_are_a_measure)
{
    json_t *describe = small_describe();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(describe, "paces", "true");
    small_set(describe, "experiments/0/fixed_time", "true");
    ck_assert_int_eq(plan_of(describe, "precision=5", NULL, &plan, &problem), 400);
    ck_assert_ptr_nonnull(
        strstr(json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason")),
            "no ratio of times"));
}
END_TEST

START_TEST(a_range_of_one_value_is_that_value)
{
    static const char *const queries[] = {"cpus=2", "cpus=x"};

    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        json_t *describe = small_describe();
        auto_problem Problem problem = {0};
        Plan plan = {0};

        small_set(describe, "cpus_usable", "1");
        ck_assert_int_eq(plan_of(describe, queries[i], NULL, &plan, &problem), 400);
        ck_assert_str_eq(
            json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason")), "must be 1");
    }
}
END_TEST

START_TEST(requests_by_hand_are_not_counted)
{
    auto_problem Problem problem = {0};

    ck_assert_int_eq(plan_elsewhere("url=http://127.0.0.1/&mode=serial&tasks=2&n=1000000",
                         &(PlanLimits){.by_hand = true}, &problem),
        0);
}
END_TEST

/* A runtime that was asked anew has another catalog from then on; what was planned before goes on. */
START_TEST(a_plan_keeps_the_catalogs_that_it_refers_to)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_query("mode=serial", NULL, &plan, &problem), 0);
    ck_assert_uint_eq(plan.n_runtimes, 1);
    ck_assert_ptr_eq(plan.runtimes[0], catalogs.list[0]);
    describe_as(small_describe());
    ck_assert_ptr_ne(plan.runtimes[0], catalogs.list[0]);
    ck_assert_str_eq(plan.specs[0].runtime->runtime, "c");
    ck_assert_str_eq(plan.specs[0].mode->name, "serial");
    plan_finish(&plan);
    ck_assert_uint_eq(plan.n_runtimes, 0);
}
END_TEST

START_TEST(json_values_are_taken_as_they_are)
{
    json_auto_t *given = json_pack("{s:[i,i], s:[s,s], s:s, s:n, s:f}", "tasks", 1, 2, "mode", "serial",
        "asyncio", "lock", "none,gil", "label", "n", 1e6);
    json_auto_t *wrong = json_pack("{s:{}, s:[[]], s:b, s:f}", "tasks", "mode", "client", 1, "n", 1.5);
    auto_problem Problem problem = {0};
    Plan plan = {0};

    describe_as(small_describe());
    ck_assert_int_eq(plan_make(&catalogs, NULL, "work", given, &plan, &problem), 0);
    ck_assert_uint_eq(json_array_size(plan.cells), 8);
    plan_finish(&plan);
    ck_assert_int_lt(plan_make(&catalogs, NULL, "work", wrong, &plan, &problem), 0);
    ck_assert_uint_eq(json_array_size(problem.errors), 4);
}
END_TEST

/* As JSON has one. */
START_TEST(an_empty_list_is_told_what_may_be_in_it)
{
    static const struct {
        const char *name, *reason;
    } rows[] = {
        {"runtime", "is empty; must be c"},
        {"mode", "is empty; must be one of serial, threads, processes, epoll"},
        {"lock", "is empty; must be one of none, gil, gil-py2, own"},
        {"tasks", "is empty; must be a whole number from 1 to 10000"},
        {"switch_interval_us", "is empty; must be a whole number from 1 to 1000000 us"},
    };

    describe_as(small_describe());
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *given = json_pack("{s:[]}", rows[i].name);
        auto_problem Problem problem = {0};
        const char *reason;
        Plan plan = {0};

        ck_assert_int_lt(plan_make(&catalogs, NULL, "work", given, &plan, &problem), 0);
        ck_assert_uint_eq(json_array_size(problem.errors), 1);
        reason = json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason"));
        ck_assert_msg(
            strncmp(reason, rows[i].reason, strlen(rows[i].reason)) == 0, "%s: %s", rows[i].name, reason);
    }
}
END_TEST

/* A request with questions asked about the work, or about other things alone. */
static int plan_asked(const char *query, const Questions *questions, Plan *ret, Problem *problem)
{
    return plan_query(query, &(PlanLimits){.questions = questions}, ret, problem);
}

static const char *value_of(const Plan *plan, const char *name)
{
    return json_string_value(json_object_get(plan->request, name));
}

START_TEST(a_prediction_is_a_choice_of_the_question)
{
    static const struct {
        const char *query, *question, *prediction;
    } rows[] = {
        {"", "work", NULL},
        {"prediction=same", "work", "same"},
        {"question=work&prediction=half", "work", "half"},
        {"question=lost-by-two", "lost-by-two", NULL},
        {"question=lost-by-two&prediction=none", "lost-by-two", "none"},
        {"question=&prediction=", "work", NULL},
    };
    Questions *questions = made_questions();

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_problem Problem problem = {0};
        Plan plan = {0};

        ck_assert_int_eq(plan_asked(rows[i].query, questions, &plan, &problem), 0);
        ck_assert_pstr_eq(value_of(&plan, "question"), rows[i].question);
        ck_assert_pstr_eq(value_of(&plan, "prediction"), rows[i].prediction);
        plan_finish(&plan);
    }
    questions_free(questions);
}
END_TEST

START_TEST(what_is_no_choice_is_refused_with_those_of_this_question)
{
    static const Row rows[] = {
        {"prediction=none", "prediction", "must be one of half, same, longer"},
        {"prediction=hlaf", "prediction", "must be one of half, same, longer; did you mean half?"},
        {"prediction=half,same", "prediction", "takes one value and no list"},
        {"prediction=2", "prediction", "must be one of half, same, longer"},
        {"question=lost-by-two&prediction=half", "prediction", "must be one of none, some"},
        {"question=lost-by-tow", "question", "must be one of work, lost-by-two; did you mean lost-by-two?"},
    };
    Questions *questions = made_questions();

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_problem Problem problem = {0};
        Plan plan = {0};
        const json_t *error;

        ck_assert_int_eq(plan_asked(rows[i].query, questions, &plan, &problem), 400);
        error = json_array_get(problem.errors, 0);
        ck_assert_uint_eq(json_array_size(problem.errors), 1);
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), rows[i].param);
        ck_assert_msg(strstr(json_string_value(json_object_get(error, "reason")), rows[i].reason), "%s: %s",
            rows[i].query, json_string_value(json_object_get(error, "reason")));
    }
    questions_free(questions);
}
END_TEST

/* A prediction of a question that there is not cannot be wrong or right. */
START_TEST(of_a_wrong_question_only_the_question_is_refused)
{
    Questions *questions = made_questions();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_asked("question=play&prediction=play", questions, &plan, &problem), 400);
    ck_assert_uint_eq(json_array_size(problem.errors), 1);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(problem.errors, 0), "param")), "question");
    questions_free(questions);
}
END_TEST

START_TEST(where_nothing_is_asked_there_is_nothing_to_predict)
{
    Questions *others =
        made_questions_of("[{'id': 'play', 'experiment': 'play', 'text': 'How?', 'choices': ["
                          "{'id': 'so', 'text': 'so', 'to': 1}, {'id': 'thus', 'text': 'thus', 'from': 1}],"
                          "'answer': {'figure': 'cpu_ns', 'cell': {}}}]");
    static const char nothing[] =
        "has no meaning here: no question is asked about work, so there is nothing to predict";
    const struct {
        const Questions *questions;
        const char *reason;
    } rows[] = {{others, nothing}, {NULL, "there is no such parameter"}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_problem Problem problem = {0};
        Plan plan = {0};
        const char *reason;

        ck_assert_int_eq(plan_asked("prediction=so", rows[i].questions, &plan, &problem), 400);
        reason = json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason"));
        ck_assert_msg(strncmp(reason, rows[i].reason, strlen(rows[i].reason)) == 0, "%s", reason);
        problem_finish(&problem);
        ck_assert_int_eq(plan_asked("", rows[i].questions, &plan, &problem), 0);
        ck_assert_ptr_null(json_object_get(plan.request, "question"));
        plan_finish(&plan);
    }
    questions_free(others);
}
END_TEST

RUN_TESTS("plan", 30, bad_values_are_named, a_list_of_more_values_than_cells_is_refused_as_a_whole,
    a_list_may_have_as_many_values_as_there_may_be_cells, all_bad_values_are_named_at_once,
    no_runtime_may_use_the_name_of_what_all_requests_have, a_lock_may_not_call_its_parameter_client,
    an_unknown_experiment_is_404_with_the_names, defaults_are_filled_in, a_timeline_is_one_more_repetition,
    who_wants_the_spans_themselves_gets_all, a_large_grid_has_no_timeline_by_itself,
    a_timeline_by_itself_costs_nobody_the_run, the_wire_says_how_many_spans_there_may_be,
    numbers_may_be_written_in_many_ways, a_choice_has_the_aliases_of_the_catalog,
    a_refused_choice_names_all_that_is_accepted, what_has_no_meaning_is_refused_if_given_and_else_left_out,
    one_fault_is_said_once, lists_span_the_grid_with_modes_side_by_side, cells_say_where_time_is_no_measure,
    the_estimate_follows_mode_and_lock, a_cost_may_depend_on_parameters_mode_and_lock,
    tasks_may_follow_from_another_parameter, a_longer_timeout_allows_a_longer_run, limits_are_the_operators,
    a_lock_brings_its_axes_and_defaults, the_usual_of_the_catalog_is_the_default,
    crowding_before_an_exclusive_lock_costs_more, settings_are_held_against_the_catalog,
    the_catalog_for_people_has_all_facts_and_the_defaults_in_force,
    a_url_is_refused_with_address_and_rule_unless_a_pattern_allows_it,
    requests_to_elsewhere_are_counted_over_all_cells_and_repetitions, a_precision_costs_what_repeat_costs,
    a_precision_asks_no_more_of_elsewhere_than_is_allowed, a_precision_is_of_times_that_are_a_measure,
    a_range_of_one_value_is_that_value, requests_by_hand_are_not_counted,
    a_plan_keeps_the_catalogs_that_it_refers_to, json_values_are_taken_as_they_are,
    an_empty_list_is_told_what_may_be_in_it, a_prediction_is_a_choice_of_the_question,
    what_is_no_choice_is_refused_with_those_of_this_question,
    of_a_wrong_question_only_the_question_is_refused, where_nothing_is_asked_there_is_nothing_to_predict)
