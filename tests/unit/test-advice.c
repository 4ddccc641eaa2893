/* What a run that cannot tell proposes, and what a comparison of two does: each proposal is asked for, and
 * must be taken as it is. */
#include <math.h>

#include "base/cleanup.h"
#include "base/form.h"
#include "base/text.h"
#include "plan/plan.h"
#include "results/compare.h"
#include "tests/unit/run.h"
#include "tests/unit/small-catalog.h"
#include "tests/unit/test-results-events.h"

static Catalogs catalogs;

/* Plans "a=1&b=2" with one parameter set anew, "c=3" (or none: ""), asserting that it can be. */
static Plan plan_query(const char *query, const char *set, const PlanLimits *limits)
{
    json_auto_t *given = json_object(), *more = json_object();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    form_parse(given, query, strlen(query), &problem);
    form_parse(more, set, strlen(set), &problem);
    json_object_update(given, more);
    ck_assert_msg(plan_make(&catalogs, limits, "work", given, &plan, &problem) == 0, "%s, %s: %s", query, set,
        problem.errors ? json_string_value(json_object_get(json_array_get(problem.errors, 0), "reason"))
                       : problem.detail);
    return plan;
}

/* A run of the plan in which every cell takes so many ms and up to so many per cent more: n repetitions of
 * each. */
static json_t *run_of(const Plan *plan, double wall_ms, double jitter, int n, const char *status)
{
    static const int places[] = {0, 5, 9, 2, 7, 4, 1, 8, 3, 6};
    Results *results = results_new(plan->request, plan->specs, plan->n_specs);
    ResultsNext next = RESULTS_GO_ON;

    results_allow(results, &plan->headroom);
    for (int round = 0; round < n; round++)
        for (size_t cell = 0; cell < plan->n_specs; cell++) {
            double more = 1 + jitter / 100 * places[(round + 3 * (int)cell) % 10] / 9.0;
            json_int_t wall = (json_int_t)(wall_ms * 1e6 * more);

            ck_assert_int_eq(add(results, make_sample((int)cell, round, wall, wall)), 0);
            do
                next = results_precision(results, 0, 0);
            while (next == RESULTS_ASK_AGAIN);
        }
    return make_run(results, status, NULL);
}

/* The hint of the second cell behind its semicolon. */
static const char *advice_of(const json_t *run)
{
    const char *hint = find_text(run, "cells.1.relative.hint"), *advice = strstr(hint, "; ");

    ck_assert_msg(advice, "%s", hint);
    return advice + 2;
}

/* Asks for the same with what is proposed, and looks whether it is allowed, as large as it was, and no longer
 * than it may be. */
static void assert_is_taken(const Plan *plan, const char *query, const PlanLimits *limits, const char *advice)
{
    auto_free char *set = text_printf("%.*s", (int)strcspn(advice, " "), advice);
    Plan next = plan_query(query, set, limits);

    if (strncmp(set, "n=", 2) != 0)
        ck_assert_int_eq(json_integer_value(json_object_get(next.request, "n")),
            json_integer_value(json_object_get(plan->request, "n")));
    ck_assert_int_le(next.headroom.estimate_ns, next.headroom.most_ns);
    plan_finish(&next);
}

typedef struct Row {
    const char *query; /* what was asked */
    double wall_ms, jitter;
    int n;
    const char *advice; /* how it begins */
    PlanLimits limits;
    const char *status; /* NULL: done */
} Row;

/* clang-format off */
static const Row rows[] = {
    {"repeat=3", 100, 10, 3, "try repeat=7 (about ", {0}, NULL},
    {"repeat=3", 100, 10, 3, "try repeat=6 (about ", {.max_repeat = 6}, NULL},
    {"repeat=3", 100, 10, 3, "no single parameter within the limits", {.max_repeat = 5}, NULL},
    /* Seven would be more than may be estimated; precision goes on by the clock. */
    {"repeat=3&n=20000000", 5, 10, 3, "try precision=5 (about 10 repetitions, ",
        {.max_estimate_ms = 300, .default_timeout_ms = 300}, NULL},
    {"", 100, 20, 7, "try precision=", {0}, NULL},
    {"", 100, 20, 7, "try repeat=", {.max_repeat = 30}, NULL},
    {"max_repeat=5", 100, 20, 7, "try repeat=", {0}, NULL},
    /* As wide as can be, and so short that most of it is the start of the tasks. */
    {"n=1000", 0.5, 100, 7, "try n=", {0}, NULL},
    {"n=1000", 20, 400, 7, "try n=", {0}, NULL},
    {"n=1000", 20, 400, 7, "no single parameter within the limits", {.max_estimate_ms = 60, .default_timeout_ms = 50, .max_timeout_ms = 60}, NULL},
    {"", 900, 400, 7, "no single parameter within the limits", {0}, NULL},
    {"precision=1&max_repeat=10", 100, 20, 10, "try max_repeat=", {0}, NULL},
    {"precision=1&max_repeat=10", 100, 20, 10, "no single parameter within the limits", {.max_repeat = 11}, NULL},
    {"timeout_ms=500", 100, 20, 3, "try timeout_ms=5000 (about 7 repetitions, ", {0}, "timeout"},
    /* More time alone would end as undecided as before: two repetitions have no interval. */
    {"timeout_ms=300&repeat=2", 100, 20, 1, "no single parameter within the limits", {0}, "timeout"},
    {"timeout_ms=300&repeat=2&precision=5", 100, 20, 1, "try timeout_ms=5000 (about 10 repetitions, ", {0}, "timeout"},
    {"timeout_ms=500", 100, 20, 3, "no single parameter within the limits", {.max_timeout_ms = 1000, .max_repeat = 5}, "timeout"},
    {"", 100, 20, 3, "let it run to its end", {0}, "cancelled"},
    {"", 100, 20, 3, "it still runs", {0}, "running"},
};
/* clang-format on */

START_TEST(what_is_proposed_is_allowed_and_fits)
{
    json_t *describe = small_describe();

    small_set(describe, "paces", "true");
    catalogs = small_read(describe);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const Row *row = &rows[i];
        auto_free char *query =
            text_printf("mode=serial,threads&warmup=0%s%s", *row->query ? "&" : "", row->query);
        Plan plan = plan_query(query, "", &row->limits);
        json_auto_t *run =
            run_of(&plan, row->wall_ms, row->jitter, row->n, row->status ? row->status : "done");
        const char *advice = advice_of(run);

        ck_assert_msg(strncmp(advice, row->advice, strlen(row->advice)) == 0, "%s: %s", row->query, advice);
        if (strncmp(advice, "try ", 4) == 0)
            assert_is_taken(&plan, query, &row->limits, advice + 4);
        plan_finish(&plan);
    }
    catalogs_finish(&catalogs);
}
END_TEST

/* clang-format off */
static const struct {
    const char *baseline, *candidate; /* what was asked */
    double wall_ms, jitter;
    int n[2];
    const char *advice; /* how it begins */
    PlanLimits limits;
} compared[] = {
    {"repeat=3", "repeat=3", 100, 10, {3, 3}, "try repeat=7 in both runs (about 1.79 s each)", {0}},
    /* The one with fewer repetitions decides. */
    {"repeat=3", "repeat=9", 100, 10, {3, 9}, "try repeat=7 in both runs (about ", {0}},
    {"repeat=9", "repeat=3", 100, 10, {9, 3}, "try repeat=7 in both runs (about ", {0}},
    {"repeat=3", "repeat=3", 100, 10, {3, 3}, "try repeat=6 in both runs (about ", {.max_repeat = 6}},
    {"repeat=3", "repeat=3", 100, 10, {3, 3}, "no single parameter within the limits", {.max_repeat = 5}},
    {"repeat=3", "repeat=3&timeout_ms=1000", 100, 10, {3, 3}, "no single parameter within the limits", {0}},
    {"", "", 100, 20, {7, 7}, "try repeat=", {0}},
    {"", "", 100, 20, {7, 7}, "no single parameter within the limits", {.max_repeat = 10}},
    /* Neither a precision nor what it may not go beyond. */
    {"precision=1&max_repeat=10", "precision=1&max_repeat=10", 100, 20, {10, 10}, "no single parameter within the limits", {0}},
    {"precision=1&max_repeat=100", "precision=1&max_repeat=100", 100, 20, {10, 10}, "try repeat=", {0}},
    {"n=1000", "n=1000", 0.5, 100, {7, 7}, "try n=", {0}},
};
/* clang-format on */

/* Two runs, of which the second took 2 % longer. Returns the hint of the second cell, owned by the caller. */
static char *compared_hint(const json_t *baseline, const json_t *candidate, const CompareRoom *rooms)
{
    auto_result_run ResultRun first, second;
    json_auto_t *object = NULL;
    RunComparison *both;

    result_run_read(baseline, &first);
    result_run_read(candidate, &second);
    both = compare_runs(&first, &second, rooms);
    object = compare_json(both);
    compare_free(both);
    return text_copy(find_text(object, "cells.1.hint"));
}

START_TEST(what_is_proposed_for_two_runs_is_allowed_in_both)
{
    json_t *describe = small_describe();

    small_set(describe, "paces", "true");
    catalogs = small_read(describe);
    for (size_t i = 0; i < ARRAY_LENGTH(compared); i++) {
        const char *const queries[] = {compared[i].baseline, compared[i].candidate};
        json_t *runs[2];
        Plan plans[2];
        CompareRoom rooms[2];
        auto_free char *general = NULL, *hint = NULL;
        const char *advice;

        for (int s = 0; s < 2; s++) {
            auto_free char *query =
                text_printf("mode=serial,threads&warmup=0%s%s", *queries[s] ? "&" : "", queries[s]);

            plans[s] = plan_query(query, "", &compared[i].limits);
            runs[s] = run_of(&plans[s], compared[i].wall_ms * (s == 0 ? 1 : 1.02), compared[i].jitter,
                compared[i].n[s], "done");
            rooms[s] = (CompareRoom){plans[s].headroom, plans[s].specs[0].experiment};
        }
        general = compared_hint(runs[0], runs[1], NULL);
        hint = compared_hint(runs[0], runs[1], rooms);
        ck_assert_msg(!strstr(general, " or "), "%s", general);
        advice = strstr(hint, "; ");
        ck_assert_msg(advice && strncmp(advice + 2, compared[i].advice, strlen(compared[i].advice)) == 0,
            "%s, %s: %s", queries[0], queries[1], hint);
        for (int s = 0; s < 2; s++) {
            auto_free char *query =
                text_printf("mode=serial,threads&warmup=0%s%s", *queries[s] ? "&" : "", queries[s]);

            if (strncmp(advice, "; try ", 6) == 0)
                assert_is_taken(&plans[s], query, &compared[i].limits, advice + 6);
            plan_finish(&plans[s]);
            json_decref(runs[s]);
        }
    }
    catalogs_finish(&catalogs);
}
END_TEST

RUN_TESTS(
    "advice", 60, what_is_proposed_is_allowed_and_fits, what_is_proposed_for_two_runs_is_allowed_in_both)
