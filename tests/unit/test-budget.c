/* What a request may cost as a whole, against a small catalog in which a task takes a second. */
#include "base/form.h"
#include "plan/plan.h"
#include "tests/unit/run.h"
#include "tests/unit/small-catalog.h"

#define MB INT64_C(1000000)

/* What the last plan refers to. */
static Catalogs catalogs;

/* Takes over what a runtime says of itself. */
static void describe_as(json_t *describe)
{
    catalogs_finish(&catalogs);
    catalogs = small_read(describe);
}

/* Plans "a=1&b=2" against runtimes that describe themselves so, which is taken over. Returns the status of
 * the problem, or 0. */
static int plan_with(
    json_t *describes, const char *query, const PlanLimits *limits, Plan *ret, Problem *problem)
{
    json_auto_t *given = json_object(), *released = describes;
    auto_free char *reason = NULL;

    catalogs_finish(&catalogs);
    ck_assert_msg(catalogs_read(released, &catalogs, &reason) == 0, "%s", reason);
    form_parse(given, query, strlen(query), problem);
    ck_assert(!problem_is_set(problem));
    return plan_make(&catalogs, limits, "work", given, ret, problem) < 0 ? problem->status : 0;
}

/* One runtime, where threads take memory and a cell takes more the wider it is. */
static json_t *one_runtime(void)
{
    static const char parameters[] =
        "[{'name': 'n', 'type': 'integer', 'help': '', 'min': 1, 'max': 1000000000000, 'default': 1000000000,"
        "  'sized': true},"
        " {'name': 'width', 'type': 'integer', 'help': '', 'min': 0, 'max': 10000000, 'default': 1000},"
        " {'name': 'kept', 'type': 'choice', 'help': '', 'choices': ['no', 'yes'], 'default': 'no'}]";
    static const char memory[] =
        "[{'per': 'cell', 'bytes': 4e6, 'times': []},"
        " {'per': 'task', 'bytes': 1e6, 'times': [], 'only_if': {'mode.side_by_side': true}},"
        " {'per': 'cell', 'bytes': 1, 'times': ['width', 'width']},"
        " {'per': 'task', 'bytes': 1000, 'times': ['width'], 'only_if': {'kept': 'yes'}}]";
    json_t *describe = small_describe();

    small_set(describe, "memory_bytes", "2000000000");
    small_set(describe, "experiments/0/parameters", parameters);
    small_set(describe, "experiments/0/memory", memory);
    small_set(describe, "experiments/0/max_tasks",
        "{'serial': 10000, 'threads': 10000, 'processes': 10000, 'epoll': 10000}");
    return json_pack("[o]", describe);
}

/* Asserts that the request is refused for one reason alone, one that names param and has these words. */
static void assert_refused(const char *query, const PlanLimits *limits, const char *param, const char *words)
{
    auto_problem Problem problem = {0};
    const json_t *error;
    Plan plan = {0};

    ck_assert_msg(plan_with(one_runtime(), query, limits, &plan, &problem) == 400, "%s was taken", query);
    error = json_array_get(problem.errors, 0);
    ck_assert_uint_eq(json_array_size(problem.errors), 1);
    ck_assert_str_eq(json_string_value(json_object_get(error, "param")), param);
    ck_assert_msg(strstr(json_string_value(json_object_get(error, "reason")), words), "%s: %s", query,
        json_string_value(json_object_get(error, "reason")));
}

static void assert_taken(const char *query, const PlanLimits *limits)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    int status = plan_with(one_runtime(), query, limits, &plan, &problem);

    ck_assert_msg(status == 0, "%s: %s", query, problem.detail ? problem.detail : "");
    plan_finish(&plan);
}

START_TEST(tasks_are_counted_over_all_cells)
{
    const PlanLimits limits = {.max_task_cells = 40};

    assert_taken("n=1&mode=serial,epoll&tasks=1,9&lock=none,gil", &limits);
    assert_refused("n=1&mode=serial,epoll&tasks=1,10&lock=none,gil", &limits, "tasks",
        "all 8 cells together would have 44 tasks, and at most 40 are allowed");
    assert_taken("n=1&mode=serial&tasks=5000,10000&lock=none,gil", NULL);
    assert_refused("n=1&mode=serial,epoll&tasks=9000,9001,9999&lock=none,gil", NULL, "tasks", "100000");
}
END_TEST

START_TEST(tasks_that_follow_from_a_parameter_are_its_fault)
{
    const PlanLimits limits = {.max_task_cells = 9};
    json_t *describes = one_runtime();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(describes, "0/experiments/0/tasks", "{'parameter': 'width', 'plus': 1}");
    ck_assert_int_eq(plan_with(describes, "n=1&mode=serial&width=9", &limits, &plan, &problem), 400);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(problem.errors, 0), "param")), "width");
    ck_assert_int_eq(json_integer_value(json_object_get(problem.extra, "task_cells")), 10);
    ck_assert_int_eq(json_integer_value(json_object_get(problem.extra, "max_task_cells")), 9);
}
END_TEST

START_TEST(memory_is_that_of_the_largest_cell)
{
    const PlanLimits limits = {.max_memory_bytes = 15 * MB};

    /* 4 MB and 1 MB for the width; a thread takes 1 MB. */
    assert_taken("n=1&mode=serial&tasks=1,2,3&lock=none,gil", &(PlanLimits){.max_memory_bytes = 5 * MB});
    assert_taken("n=1&mode=serial,threads&tasks=1,10", &limits);
    assert_refused("n=1&mode=serial,threads&tasks=1,11", &limits, "tasks",
        "in mode threads, 11 tasks would need about 16 MB of memory at once, and 15 MB are allowed");
    assert_taken("n=1&mode=serial,epoll&tasks=1,11", &limits);
}
END_TEST

START_TEST(memory_names_what_makes_it_large)
{
    const PlanLimits limits = {.max_memory_bytes = 100 * MB};

    assert_refused("n=1&mode=threads&tasks=200", &limits, "tasks", "205 MB");
    assert_refused("n=1&mode=serial&width=10000", &limits, "width", "104 MB");
    assert_refused("n=1&mode=serial&width=5000&kept=yes&tasks=20", &limits, "tasks", "129 MB");
    assert_refused("n=1&mode=serial&width=7000&kept=yes&tasks=10", &limits, "width", "123 MB");
    assert_taken("n=1&mode=serial&width=7000&tasks=10", &limits);
}
END_TEST

START_TEST(half_of_the_memory_is_the_limit_that_is_shown)
{
    json_auto_t *describes = one_runtime(), *shown = NULL, *unknown = NULL;
    const json_t *limits;

    describe_as(json_incref(json_array_get(describes, 0)));
    shown = plan_catalog(&catalogs, NULL);
    limits = json_object_get(shown, "limits");
    ck_assert_int_eq(json_integer_value(json_object_get(limits, "max_memory_bytes")), 1000 * MB);
    ck_assert_int_eq(json_integer_value(json_object_get(limits, "max_task_cells")), 100000);
    assert_taken("n=1&mode=threads&tasks=995", NULL);
    assert_refused("n=1&mode=threads&tasks=996", NULL, "tasks", "and 1000 MB are allowed");
    small_set(describes, "0/memory_bytes", NULL);
    describe_as(json_incref(json_array_get(describes, 0)));
    unknown = plan_catalog(&catalogs, NULL);
    ck_assert(json_is_null(json_object_get(json_object_get(unknown, "limits"), "max_memory_bytes")));
}
END_TEST

/* The size of a plan for two tasks in serial, a second each, eight times, or 0 if it is refused. The first
 * cell must have what the request says. */
static json_int_t size_of(const char *query, int64_t limit_ms, nsec_t *ret_estimate)
{
    const PlanLimits limits = {.default_timeout_ms = limit_ms, .max_estimate_ms = 1};
    auto_problem Problem problem = {0};
    Plan plan = {0};
    json_t *size;
    json_int_t n;

    if (plan_with(one_runtime(), query, &limits, &plan, &problem) != 0) {
        *ret_estimate =
            (nsec_t)json_integer_value(json_object_get(problem.extra, "estimate_ms")) * NSEC_PER_MSEC;
        return 0;
    }
    size = json_object_get(plan.request, "n");
    ck_assert(
        json_equal(size, json_object_get(json_object_get(json_array_get(plan.cells, 0), "params"), "n")));
    *ret_estimate = plan.estimate;
    n = json_integer_value(size);
    plan_finish(&plan);
    return n;
}

START_TEST(a_size_that_nobody_gave_is_made_to_fit)
{
    nsec_t estimate;

    ck_assert_int_eq(size_of("mode=serial&timeline=off", 40000, &estimate), 1000000000);
    ck_assert_uint_ge(estimate, 16 * NSEC_PER_SEC);
    ck_assert_int_eq(size_of("mode=serial&timeline=off", 30000, &estimate), 500000000);
    ck_assert_uint_lt(estimate, 9 * NSEC_PER_SEC);
    /* Half of it would take 8 s, which is more than half the limit. */
    ck_assert_int_eq(size_of("mode=serial&timeline=off", 15000, &estimate), 200000000);
    ck_assert_int_eq(size_of("mode=serial&timeline=off", 5000, &estimate), 100000000);
    ck_assert_int_eq(size_of("mode=serial&timeline=off", 1700, &estimate), 100000000);
}
END_TEST

START_TEST(it_is_not_made_smaller_than_a_tenth)
{
    nsec_t estimate;

    ck_assert_int_eq(size_of("mode=serial&timeline=off", 1500, &estimate), 0);
    ck_assert_uint_ge(estimate, 1600 * NSEC_PER_MSEC);
    ck_assert_uint_lt(estimate, 1700 * NSEC_PER_MSEC);
}
END_TEST

START_TEST(a_size_that_was_given_stays)
{
    nsec_t estimate;

    ck_assert_int_eq(size_of("mode=serial&n=1G", 20000, &estimate), 1000000000);
    ck_assert_int_eq(size_of("mode=serial&n=1G", 15000, &estimate), 0);
    ck_assert_uint_ge(estimate, 16 * NSEC_PER_SEC);
}
END_TEST

START_TEST(a_chosen_size_is_said_to_be_chosen)
{
    const PlanLimits limits = {.default_timeout_ms = 30000, .max_estimate_ms = 1};
    json_auto_t *describes = one_runtime(), *given = json_pack("{s:n, s:s}", "n", "mode", "serial");
    auto_problem Problem problem = {0};
    Plan plan = {0};

    describe_as(json_incref(json_array_get(describes, 0)));
    ck_assert_int_eq(plan_make(&catalogs, &limits, "work", given, &plan, &problem), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(plan.request, "n")), 500000000);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(plan.request, "sized"), 0)), "n");
    plan_finish(&plan);
}
END_TEST

/* A catalog of two runtimes, of which the second takes a hundred times as long for a turn. */
static json_t *two_runtimes(void)
{
    json_t *describes = one_runtime();

    small_set(describes, "0/paces", "true");
    json_array_append_new(describes, json_deep_copy(json_array_get(describes, 0)));
    small_set(describes, "1/runtime", "'slow'");
    small_set(describes, "1/experiments/0/parameters/0/default", "10000000");
    small_set(describes, "1/experiments/0/cost/0/ns", "100");
    return describes;
}

START_TEST(each_runtime_has_a_size_that_fits)
{
    const PlanLimits limits = {.default_timeout_ms = 40000, .max_estimate_ms = 1};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_with(two_runtimes(), "mode=serial&runtime=c,slow", &limits, &plan, &problem), 0);
    ck_assert_uint_eq(json_array_size(plan.cells), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *params = json_object_get(json_array_get(plan.cells, i), "params");

        ck_assert_int_eq(json_integer_value(json_object_get(params, "n")), i == 0 ? 500000000 : 5000000);
    }
    plan_finish(&plan);
}
END_TEST

START_TEST(a_size_keeps_above_its_least)
{
    json_t *describes = one_runtime();
    const PlanLimits limits = {.default_timeout_ms = 15000, .max_estimate_ms = 1};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(describes, "0/experiments/0/parameters/0/default", "3");
    small_set(describes, "0/experiments/0/parameters/0/min", "3");
    small_set(describes, "0/experiments/0/cost/0/ns", "1e9");
    ck_assert_int_eq(plan_with(describes, "mode=serial", &limits, &plan, &problem), 400);
    ck_assert_int_ge(json_integer_value(json_object_get(problem.extra, "estimate_ms")), 48000);
}
END_TEST

START_TEST(all_that_is_too_much_is_said_at_once)
{
    const PlanLimits limits = {.max_task_cells = 10, .max_memory_bytes = MB};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_with(one_runtime(), "n=1e12&mode=serial&tasks=20", &limits, &plan, &problem), 400);
    ck_assert_uint_eq(json_array_size(problem.errors), 3);
}
END_TEST

RUN_TESTS("budget", 30, tasks_are_counted_over_all_cells, tasks_that_follow_from_a_parameter_are_its_fault,
    memory_is_that_of_the_largest_cell, memory_names_what_makes_it_large,
    half_of_the_memory_is_the_limit_that_is_shown, a_size_that_nobody_gave_is_made_to_fit,
    it_is_not_made_smaller_than_a_tenth, a_size_that_was_given_stays, a_chosen_size_is_said_to_be_chosen,
    each_runtime_has_a_size_that_fits, a_size_keeps_above_its_least, all_that_is_too_much_is_said_at_once)
