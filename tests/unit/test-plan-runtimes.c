/* Requests for several runtimes, against four small ones: what each of them runs, and what is said of the
 * rest. */
#include "base/array.h"
#include "base/form.h"
#include "plan/plan.h"
#include "tests/unit/run.h"
#include "tests/unit/small-catalog.h"

/* The model, as small-catalog.h has it; serial, threads, processes, epoll under none, gil, gil-py2. */
static json_t *describe_c(void)
{
    json_t *describe = small_describe();

    small_set(describe, "paces", "true");
    small_set(describe, "host", "{'cpu_model': 'as c sees it'}");
    return describe;
}

/* Lacks processes and the parameter url, is slower, and has one lock of a name that nobody else has. */
static json_t *describe_jython(void)
{
    json_t *describe = describe_c();

    small_set(describe, "runtime", "'jython'");
    small_set(describe, "host", "{'cpu_model': 'as the JVM sees it'}");
    small_set(describe, "absent", "{'processes': 'the JVM cannot fork', 'url': 'it has no client'}");
    small_set(describe, "timeline_ns", "500");
    small_set(describe, "modes/2", NULL);
    small_set(describe, "locks", "[]");
    small_set(describe, "locks/0",
        "{'name': 'monitors', 'title': 'no lock', 'summary': '', 'usual': true, 'exclusive': false,"
        " 'whose': 'all', 'models': null, 'real': 'jython', 'crowding': 0, 'parameters': []}");
    small_set(describe, "experiments/0/max_tasks", "{'serial': 64, 'threads': 64, 'epoll': 64}");
    small_set(describe, "experiments/0/max_tasks_reason", "{}");
    small_set(describe, "experiments/0/parameters/2", NULL);
    small_set(describe, "experiments/0/parameters/0/default", "50000");
    small_set(describe, "experiments/0/parameters/0/max", "1000000");
    small_set(describe, "experiments/0/cost/0/ns", "20");
    return describe;
}

/* Has the lock gil as the thing itself, with another range and another default of its interval, other words
 * for its client, and a parameter that nobody else has. */
static json_t *describe_python(void)
{
    json_t *describe = describe_c();

    small_set(describe, "runtime", "'python3'");
    small_set(describe, "host", "{}");
    small_set(describe, "locks/2", NULL);
    small_set(describe, "locks/0", NULL);
    small_set(describe, "locks/0/models", NULL);
    small_set(describe, "locks/0/models", "null");
    small_set(describe, "locks/0/real", "'cpython3'");
    small_set(describe, "locks/0/parameters/0/min", "100");
    small_set(describe, "locks/0/parameters/0/max", "100000");
    small_set(describe, "locks/0/parameters/0/default", "[7000]");
    small_set(describe, "experiments/0/parameters/0/default", "50000");
    small_set(describe, "experiments/0/cost/0/ns", "20");
    small_set(describe, "experiments/0/parameters/1/choices", "['blocking', 'threads']");
    small_set(describe, "experiments/0/parameters/1/default", "'blocking'");
    small_set(describe, "experiments/0/parameters/3",
        "{'name': 'start', 'type': 'choice', 'help': '', 'choices': ['fork', 'spawn'], 'default': 'fork'}");
    small_set(describe, "experiments/1",
        "{'name': 'play', 'summary': '', 'parameters': [], 'cost': [], 'max_tasks': {'serial': 2, 'threads': "
        "2,"
        " 'processes': 2, 'epoll': 2}}");
    return describe;
}

/* Does not wait behind its events. */
static json_t *describe_hasty(void)
{
    json_t *describe = describe_c();

    small_set(describe, "runtime", "'hasty'");
    small_set(describe, "paces", "false");
    return describe;
}

static Catalog *catalog_of(json_t *describe)
{
    Catalogs catalogs = small_read(describe);
    Catalog *catalog = catalog_ref(catalogs.list[0]);

    catalogs_finish(&catalogs);
    return catalog;
}

static Catalogs lab;

/* c, python3, jython, hasty, and of those that are missing pypy3 (starting), ruby (not installed) and lua
 * (broken) between them. */
static void set_up_lab(void)
{
    catalogs_finish(&lab);
    catalogs_set(&lab, 0, catalog_of(describe_c()));
    catalogs_set(&lab, 1, catalog_of(describe_python()));
    catalogs_set_missing(&lab, 2, "pypy3", CATALOG_STARTING, NULL);
    catalogs_set(&lab, 3, catalog_of(describe_jython()));
    catalogs_set_missing(&lab, 4, "ruby", CATALOG_NOT_INSTALLED, "there is no ruby on PATH");
    catalogs_set_missing(&lab, 5, "lua", CATALOG_BROKEN, "lua --describe died of signal 9 (Killed)");
    catalogs_set(&lab, 6, catalog_of(describe_hasty()));
}

/* Plans "a=1&b=2"; returns the status of the problem, or 0. */
static int plan_for(
    const char *experiment, const char *query, const PlanLimits *limits, Plan *ret, Problem *problem)
{
    json_auto_t *given = json_object();

    if (lab.n == 0)
        set_up_lab();
    form_parse(given, query, strlen(query), problem);
    ck_assert(!problem_is_set(problem));
    return plan_make(&lab, limits, experiment, given, ret, problem) < 0 ? problem->status : 0;
}

static const char *reason_of(const Problem *problem)
{
    const char *reason = json_string_value(json_object_get(json_array_get(problem->errors, 0), "reason"));

    return reason ? reason : problem->detail ? problem->detail : "";
}

/* A plan that must be there. */
static Plan planned(const char *query)
{
    auto_problem Problem problem = {0};
    Plan plan = {0};
    int status = plan_for("work", query, NULL, &plan, &problem);

    ck_assert_msg(status == 0, "%s: %s", query, reason_of(&problem));
    return plan;
}

/* "c/threads/gil/2 ...", the cells in their order. */
static void assert_cells(const char *query, const char *expected)
{
    Plan plan = planned(query);
    auto_free char *text = text_printf("%s", "");

    for (size_t i = 0; i < plan.n_specs; i++) {
        const CellSpec *cell = &plan.specs[i];
        auto_free char *before = text;

        ck_assert_int_eq(cell->number, (int64_t)i);
        text = text_printf("%s%s%s/%s/%s/%lld", before, i > 0 ? " " : "", cell->runtime->runtime,
            cell->mode->name, cell->lock->name, (long long)cell->tasks);
    }
    ck_assert_str_eq(text, expected);
    plan_finish(&plan);
}

/* What was left out, each on a line: "jython mode=processes: the JVM cannot fork". */
static void assert_left_out(const char *query, const char *expected)
{
    static const char *const names[] = {"mode", "lock", "tasks", "parameter"};
    Plan plan = planned(query);
    auto_free char *text = text_printf("%s", "");
    json_t *entry;
    size_t i;

    json_array_foreach (plan.left_out, i, entry) {
        size_t n_members = 2;
        char *longer = text_printf(
            "%s%s%s", text, i > 0 ? "\n" : "", json_string_value(json_object_get(entry, "runtime")));

        free(text);
        text = longer;
        for (size_t k = 0; k < ARRAY_LENGTH(names); k++) {
            json_t *value = json_object_get(entry, names[k]);
            auto_free char *number = text_printf("%lld", (long long)json_integer_value(value));

            if (!value)
                continue;
            n_members++;
            longer = text_printf(
                "%s %s=%s", text, names[k], json_is_integer(value) ? number : json_string_value(value));
            free(text);
            text = longer;
        }
        ck_assert_uint_eq(json_object_size(entry), n_members);
        longer = text_printf("%s: %s", text, json_string_value(json_object_get(entry, "reason")));
        free(text);
        text = longer;
    }
    ck_assert_str_eq(text, expected);
    plan_finish(&plan);
}

START_TEST(who_names_no_runtime_gets_the_first_configured)
{
    Plan plan = planned("");
    json_auto_t *runtimes = json_pack("[s]", "c"), *locks = json_pack("[s]", "gil");

    ck_assert_uint_eq(plan.n_runtimes, 1);
    ck_assert_str_eq(plan.runtimes[0]->runtime, "c");
    ck_assert(json_equal(json_object_get(plan.request, "runtime"), runtimes));
    ck_assert(json_equal(json_object_get(plan.request, "lock"), locks));
    ck_assert_ptr_null(plan.left_out);
    plan_finish(&plan);
    assert_cells("", "c/serial/gil/2 c/threads/gil/2 c/processes/gil/2");
}
END_TEST

/* The order of runtimes is that of the request, and mode is faster, tasks slower. */
START_TEST(each_runtime_runs_the_same_grid_under_its_own_lock)
{
    assert_cells("runtime=jython,c&mode=serial,threads&tasks=2,3",
        "jython/serial/monitors/2 jython/threads/monitors/2 c/serial/gil/2 c/threads/gil/2 "
        "jython/serial/monitors/3 jython/threads/monitors/3 c/serial/gil/3 c/threads/gil/3");
    assert_cells("runtime=c,python3&mode=serial&lock=own", "c/serial/gil/2 python3/serial/gil/2");
    assert_cells("runtime=jython&mode=serial&lock=own", "jython/serial/monitors/2");
}
END_TEST

START_TEST(the_plan_says_its_runtimes_in_the_order_of_the_request)
{
    Plan plan = planned("runtime=jython,c");
    json_auto_t *runtimes = json_pack("[s, s]", "jython", "c"), *own = json_pack("[s]", "own");

    ck_assert_uint_eq(plan.n_runtimes, 2);
    ck_assert_str_eq(plan.runtimes[0]->runtime, "jython");
    ck_assert_str_eq(plan.runtimes[1]->runtime, "c");
    ck_assert(json_equal(json_object_get(plan.request, "runtime"), runtimes));
    ck_assert(json_equal(json_object_get(plan.request, "lock"), own));
    plan_finish(&plan);
}
END_TEST

/* python3 says nothing of it, but runs on the machine that c does. */
START_TEST(the_machine_is_known_where_any_runtime_tells_of_it)
{
    static const char *const cases[][2] = {{"runtime=c", "as c sees it"}, {"runtime=python3", "as c sees it"},
        {"runtime=jython,c", "as the JVM sees it"}, {"runtime=python3,jython", "as the JVM sees it"}};

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Plan plan = planned(cases[i][0]);

        ck_assert_pstr_eq(json_string_value(json_object_get(plan.host, "cpu_model")), cases[i][1]);
        plan_finish(&plan);
    }
}
END_TEST

/* The operator's lock is that of the model; real ones have their own. */
START_TEST(the_operators_lock_is_the_own_one_of_the_first)
{
    const PlanLimits limits = {.default_lock = "none"};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    ck_assert_int_eq(plan_for("work", "runtime=python3,c&mode=serial", &limits, &plan, &problem), 0);
    ck_assert_str_eq(plan.specs[0].lock->name, "gil");
    ck_assert_str_eq(plan.specs[1].lock->name, "none");
    plan_finish(&plan);
    ck_assert_int_eq(plan_for("work", "runtime=python3&mode=serial", &limits, &plan, &problem), 0);
    ck_assert_str_eq(plan.specs[0].lock->name, "gil");
    plan_finish(&plan);
    ck_assert_int_eq(plan_for("work", "mode=serial&lock=own,gil", &limits, &plan, &problem), 0);
    ck_assert_str_eq(plan.specs[0].lock->name, "none");
    ck_assert_str_eq(plan.specs[1].lock->name, "gil");
    plan_finish(&plan);
}
END_TEST

START_TEST(locks_times_runtimes_spans_what_exists)
{
    assert_cells("runtime=c,python3,jython&lock=none,gil,monitors&mode=serial&tasks=1",
        "c/serial/none/1 c/serial/gil/1 python3/serial/gil/1 jython/serial/monitors/1");
    assert_left_out("runtime=c,python3,jython&lock=none,gil,monitors&mode=serial&tasks=1",
        "c lock=monitors: there is no such lock; it has none, gil, gil-py2\n"
        "python3 lock=none: there is no such lock; it has gil\n"
        "python3 lock=monitors: there is no such lock; it has gil\n"
        "jython lock=none: there is no such lock; it has monitors\n"
        "jython lock=gil: there is no such lock; it has monitors");
    /* own is gil in two of them, and so is not run twice. */
    assert_cells("runtime=c,python3,jython&lock=own,gil&mode=serial&tasks=1",
        "c/serial/gil/1 python3/serial/gil/1 jython/serial/monitors/1");
}
END_TEST

START_TEST(a_mode_that_some_lack_is_run_by_the_others)
{
    static const char query[] = "runtime=c,jython&mode=threads,processes";

    assert_cells(query, "c/threads/gil/2 c/processes/gil/2 jython/threads/monitors/2");
    assert_left_out(query, "jython mode=processes: the JVM cannot fork");
    assert_cells("runtime=jython,c", "jython/serial/monitors/2 jython/threads/monitors/2 c/serial/gil/2 "
                                     "c/threads/gil/2 c/processes/gil/2");
    assert_cells("runtime=jython", "jython/serial/monitors/2 jython/threads/monitors/2");
    assert_cells("runtime=jython,c&mode=asyncio&tasks=1", "jython/epoll/monitors/1 c/epoll/gil/1");
}
END_TEST

/* One of the usual modes is not there for this experiment: nobody asked for it. */
START_TEST(a_mode_that_nobody_gave_is_left_out_where_it_cannot_be_had)
{
    json_t *describe = describe_c();

    small_set(describe, "experiments/0/unavailable/processes", "'it needs one memory'");
    set_up_lab();
    catalogs_set(&lab, 0, catalog_of(describe));
    assert_cells("", "c/serial/gil/2 c/threads/gil/2");
    assert_left_out("", "c mode=processes: it needs one memory");
}
END_TEST

START_TEST(tasks_and_cpus_are_left_out_where_there_are_too_many)
{
    json_t *describe = describe_jython();
    static const char query[] = "runtime=c,jython&mode=serial&tasks=64,65&n=1";

    assert_cells(query, "c/serial/gil/64 jython/serial/monitors/64 c/serial/gil/65");
    assert_left_out(query, "jython mode=serial tasks=65: at most 64 tasks in mode serial");
    assert_left_out("runtime=jython,c&mode=threads&tasks=2,9&n=1",
        "c mode=threads tasks=9: at most 8 tasks in mode threads: its pids.max is low");
    small_set(describe, "cpus_usable", "1");
    set_up_lab();
    catalogs_set(&lab, 3, catalog_of(describe));
    assert_cells("runtime=c,jython&mode=serial&cpus=1,2&tasks=1",
        "c/serial/gil/1 jython/serial/monitors/1 c/serial/gil/1");
    assert_left_out("runtime=c,jython&mode=serial&cpus=1,2", "jython parameter=cpus: it can use 1, not 2");
    /* All get as many as the one that has the fewest. */
    assert_cells("runtime=c,jython&mode=serial&tasks=1", "c/serial/gil/1 jython/serial/monitors/1");
    assert_left_out("runtime=c,jython&mode=serial", "");
}
END_TEST

static int64_t param_of(const Plan *plan, size_t cell, const char *name)
{
    const json_t *value = json_object_get(plan->specs[cell].params, name);

    return value ? json_integer_value(value) : -1;
}

START_TEST(parameters_of_locks_are_axes_of_the_cells_that_have_them)
{
    Plan plan =
        planned("runtime=c,python3,jython&mode=serial&switch_interval_us=50,500,200000&lock=own,gil-py2"
                "&check_interval=10,20");
    static const int64_t intervals[] = {50, -1, 500, 500, 200000, -1, -1};

    /* gil in c, and the one lock of jython; gil in both; gil in c; then gil-py2. */
    ck_assert_uint_eq(plan.n_specs, 7);
    for (size_t i = 0; i < 7; i++)
        ck_assert_int_eq(param_of(&plan, i, "switch_interval_us"), intervals[i]);
    ck_assert_str_eq(plan.specs[1].runtime->runtime, "jython");
    ck_assert_str_eq(plan.specs[3].runtime->runtime, "python3");
    ck_assert_int_eq(param_of(&plan, 5, "check_interval"), 10);
    ck_assert_int_eq(param_of(&plan, 6, "check_interval"), 20);
    plan_finish(&plan);
    assert_left_out("runtime=python3,c,jython&mode=serial&switch_interval_us=50,500",
        "python3 lock=gil parameter=switch_interval_us: must be from 100 to 100000, not 50\n"
        "jython parameter=switch_interval_us: its lock has no such parameter");
}
END_TEST

/* Where they do not agree, the request does not say one value for all. */
START_TEST(each_lock_has_its_own_default)
{
    const PlanLimits limits = {.lock_defaults = {{"switch_interval_us", 80}}};
    auto_problem Problem problem = {0};
    Plan plan = planned("runtime=c,python3&mode=serial");

    ck_assert_int_eq(param_of(&plan, 0, "switch_interval_us"), 5000);
    ck_assert_int_eq(param_of(&plan, 1, "switch_interval_us"), 7000);
    ck_assert_ptr_null(json_object_get(plan.request, "switch_interval_us"));
    ck_assert_ptr_nonnull(json_object_get(plan.request, "check_interval"));
    plan_finish(&plan);
    /* The operator's where it can be had, which is not in python3. */
    ck_assert_int_eq(plan_for("work", "runtime=c,python3&mode=serial", &limits, &plan, &problem), 0);
    ck_assert_int_eq(param_of(&plan, 0, "switch_interval_us"), 80);
    ck_assert_int_eq(param_of(&plan, 1, "switch_interval_us"), 7000);
    plan_finish(&plan);
}
END_TEST

START_TEST(each_runtime_has_its_own_sizes_and_defaults)
{
    Plan plan = planned("runtime=c,python3,jython&mode=serial");
    json_auto_t *sized = json_pack("[s]", "n");
    json_t *wire = json_object_get(json_array_get(plan.cells, 2), "params");

    ck_assert_int_eq(param_of(&plan, 0, "n"), 1000000);
    ck_assert_int_eq(param_of(&plan, 1, "n"), 50000);
    ck_assert_int_eq(param_of(&plan, 2, "n"), 50000);
    ck_assert_int_eq(json_integer_value(json_object_get(wire, "n")), 50000);
    ck_assert_ptr_null(json_object_get(plan.request, "n"));
    ck_assert(json_equal(json_object_get(plan.request, "sized"), sized));
    ck_assert_str_eq(json_string_value(json_object_get(plan.specs[0].params, "client")), "async");
    ck_assert_str_eq(json_string_value(json_object_get(plan.specs[1].params, "client")), "blocking");
    ck_assert_str_eq(json_string_value(json_object_get(plan.specs[1].params, "start")), "fork");
    ck_assert_ptr_null(json_object_get(plan.request, "client"));
    ck_assert_ptr_null(json_object_get(plan.request, "start"));
    ck_assert_ptr_null(json_object_get(plan.specs[2].params, "url"));
    ck_assert_ptr_null(plan.left_out);
    plan_finish(&plan);
    plan = planned("runtime=python3,jython&mode=serial");
    ck_assert_int_eq(json_integer_value(json_object_get(plan.request, "n")), 50000);
    plan_finish(&plan);
}
END_TEST

/* Each goes the same number of steps down from a size of its own, and not below its least. */
START_TEST(sizes_shrink_in_each_runtime)
{
    const PlanLimits limits = {.default_timeout_ms = 1120, .max_estimate_ms = 1};
    json_t *c = describe_c(), *jython = describe_jython();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(c, "experiments/0/parameters/0/default", "100000000");
    small_set(jython, "experiments/0/parameters/0/default", "500000");
    small_set(jython, "experiments/0/parameters/0/min", "200000");
    small_set(jython, "experiments/0/cost/0/ns", "200");
    set_up_lab();
    catalogs_set(&lab, 0, catalog_of(c));
    catalogs_set(&lab, 3, catalog_of(jython));
    ck_assert_int_eq(
        plan_for("work", "runtime=c,jython&mode=serial&tasks=1&repeat=7", &limits, &plan, &problem), 0);
    ck_assert_int_eq(param_of(&plan, 0, "n"), 20000000);
    ck_assert_int_eq(param_of(&plan, 1, "n"), 200000);
    ck_assert(plan.headroom.is_shrunk);
    plan_finish(&plan);
}
END_TEST

START_TEST(a_given_value_is_that_of_all_who_have_the_parameter)
{
    static const char url[] = "runtime=c,python3,jython&mode=serial&url=http://a.org/&n=7&client=blocking";
    Plan plan = planned(url);

    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(param_of(&plan, i, "n"), 7);
    ck_assert_int_eq(json_integer_value(json_object_get(plan.request, "n")), 7);
    ck_assert_str_eq(json_string_value(json_object_get(plan.specs[1].params, "url")), "http://a.org/");
    ck_assert_ptr_null(json_object_get(plan.specs[2].params, "url"));
    ck_assert_uint_eq(json_array_size(json_object_get(plan.request, "sized")), 0);
    plan_finish(&plan);
    assert_left_out(url, "jython parameter=url: it has no client");
    assert_left_out(
        "runtime=c,python3&mode=serial&start=spawn", "c parameter=start: work has no such parameter there");
}
END_TEST

/* What is another name in one runtime is none in the next, and each cell has the name of its own runtime. */
START_TEST(another_name_of_a_choice_is_one_where_it_is_known)
{
    json_t *python = describe_python();
    auto_problem Problem problem = {0};
    Plan plan = {0};

    small_set(python, "experiments/0/parameters/1/aliases", "{'thread': 'threads'}");
    set_up_lab();
    catalogs_set(&lab, 1, catalog_of(python));
    plan = planned("runtime=python3&mode=serial&client=thread");
    ck_assert_str_eq(json_string_value(json_object_get(plan.request, "client")), "threads");
    plan_finish(&plan);
    ck_assert_int_eq(plan_for("work", "runtime=c,python3&client=thread", NULL, &plan, &problem), 400);
    ck_assert_str_eq(reason_of(&problem), "in the runtime c: must be one of async, blocking");
}
END_TEST

/* The whole of what is said of a request. */
static const struct {
    const char *experiment, *query, *param, *reason;
} bad_rows[] = {
    {"work", "runtime=pyhton3", "runtime",
        "must be one of c, python3, jython, hasty, pypy3; did you mean python3?"},
    {"work", "runtime=ruby", "runtime", "is configured but not installed: there is no ruby on PATH"},
    {"work", "runtime=c,lua", "runtime",
        "is configured but broken: lua --describe died of signal 9 (Killed)"},
    {"work", "runtime=c,c", "runtime", "stands twice in the list"},
    {"work", "runtime=", "runtime", "is empty; must be one of c, python3, jython, hasty, pypy3"},
    {"work", "lock=monitors", "lock",
        "is a lock of the runtime jython, which this request does not name; c has none, gil, gil-py2"},
    {"work", "runtime=python3,jython&lock=none,gil", "lock",
        "is a lock of the runtimes c, hasty, which this request does not name; python3 has gil; jython has "
        "monitors"},
    {"work", "runtime=jython&mode=processes", "mode",
        "is a mode of the runtimes c, python3, hasty, which this request does not name; jython: the JVM "
        "cannot fork; it has serial, threads, epoll"},
    {"work", "runtime=jython&url=http://a.org/", "url",
        "is a parameter of the runtimes c, python3, hasty, which this request does not name; jython: it has no "
        "client"},
    {"work", "start=fork", "start",
        "is a parameter of the runtime python3, which this request does not name"},
    {"work", "runtime=jython&check_interval=5", "check_interval",
        "is a parameter of the runtimes c, hasty, which this request does not name"},
    {"play", "", "runtime",
        "does not have the experiment play; it has work; play is there with runtime=python3"},
    {"play", "runtime=python3,jython", "runtime", "does not have the experiment play; it has work"},
    {"work", "runtime=c,jython&n=2000000", "n", "in the runtime jython: must be from 0 to 1000000"},
    {"work", "runtime=c,python3&n=-1", "n", "must be from 0 to 1000000000000"},
    {"work", "runtime=c,python3,jython&client=async", "client",
        "in the runtime python3: must be one of blocking, threads"},
    {"work", "runtime=c,jython&lock=gil", "lock",
        "leaves nothing for the runtime jython: there is no such lock; it has monitors"},
    {"work", "runtime=c,jython&mode=processes", "mode",
        "leaves nothing for the runtime jython: processes: the JVM cannot fork"},
    {"work", "runtime=c,jython&mode=serial&tasks=65&n=1", "tasks",
        "leaves nothing for the runtime jython, which can have at most 64 in these modes"},
    {"work", "runtime=c,python3&mode=serial&switch_interval_us=50", "switch_interval_us",
        "leaves nothing for the runtime python3, whose lock gil takes it from 100 to 100000"},
    {"work", "runtime=c,jython&mode=serial&tasks=300&n=1", "tasks",
        "must be from 1 to 256 for work in mode serial with lock=own"},
    {"work", "runtime=c,jython&mode=processes,serial&lock=gil,monitors", "mode",
        "cannot be had with lock=monitors: c: there is no such lock; it has none, gil, gil-py2; jython: the "
        "JVM "
        "cannot fork"},
    {"work", "runtime=c,hasty", "runtime",
        "cannot take turns with others, as it does not wait behind its events: ask for it alone"},
    {"work", "runtime=hasty&precision=5", "precision",
        "the runtime \"hasty\" cannot be told to stop, as it does not wait behind its events: ask for "
        "repeat"},
    {"work", "lock=own,gil", "lock", "stands twice in the list: own is gil in the runtime c"},
    {"work", "runtime=c,python3,jython&tasks=1,2,3,4,5,6,7,8&mode=serial,threads,epoll&n=1", "tasks",
        "the lists mode (3), tasks (8), runtime (3) span 72 cells together, and at most 64 are allowed: "
        "shorten "
        "one of them"},
};

START_TEST(what_cannot_be_had_is_said_with_where_it_is)
{
    for (size_t i = 0; i < ARRAY_LENGTH(bad_rows); i++) {
        auto_problem Problem problem = {0};
        const json_t *error;
        Plan plan = {0};
        int status = plan_for(bad_rows[i].experiment, bad_rows[i].query, NULL, &plan, &problem);

        ck_assert_msg(status == 400, "%s: %d %s", bad_rows[i].query, status, reason_of(&problem));
        error = json_array_get(problem.errors, 0);
        ck_assert_msg(json_array_size(problem.errors) == 1, "%s: %zu errors, then %s", bad_rows[i].query,
            json_array_size(problem.errors),
            json_string_value(json_object_get(json_array_get(problem.errors, 1), "reason")));
        ck_assert_str_eq(json_string_value(json_object_get(error, "reason")), bad_rows[i].reason);
        ck_assert_str_eq(json_string_value(json_object_get(error, "param")), bad_rows[i].param);
        ck_assert_ptr_null(plan.request);
    }
}
END_TEST

/* Nobody knows what it will offer, so nothing else is said yet; but that a name is wrong is known. */
START_TEST(a_runtime_that_is_being_asked_can_be_waited_for)
{
    static const char *const queries[] = {"runtime=c,pypy3", "runtime=pypy3&lock=gil-pypy&colour=red"};
    auto_problem Problem wrong = {0};
    Plan plan = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        auto_problem Problem problem = {0};

        ck_assert_int_eq(plan_for(i == 0 ? "work" : "unheard", queries[i], NULL, &plan, &problem), 503);
        ck_assert_str_eq(
            problem.detail, "the runtime pypy3 is being asked what it offers; ask again in a few seconds");
        ck_assert_int_gt(json_integer_value(json_object_get(problem.extra, "retry_after_s")), 0);
    }
    ck_assert_int_eq(plan_for("work", "runtime=pypy3,rubby", NULL, &plan, &wrong), 400);
}
END_TEST

/* Whatever else is wrong is said beside a bad name, and what is right somewhere is not called wrong. */
START_TEST(a_bad_runtime_hides_no_other_fault_and_makes_none)
{
    auto_problem Problem problem = {0}, alone = {0};
    Plan plan = {0};

    ck_assert_int_eq(
        plan_for("work", "runtime=nobody&colour=red&repeat=x&lock=zzz&client=maybe", NULL, &plan, &problem),
        400);
    ck_assert_uint_ge(json_array_size(problem.errors), 5);
    ck_assert_int_eq(plan_for("work",
                         "runtime=nobody&lock=monitors&n=2000000&client=async&start=spawn&mode=processes"
                         "&url=http://a.org/&check_interval=5",
                         NULL, &plan, &alone),
        400);
    ck_assert_uint_eq(json_array_size(alone.errors), 1);
}
END_TEST

/* So many values that their product is beyond 64 bits. */
START_TEST(a_product_that_overflows_is_too_large)
{
    const PlanLimits limits = {.max_cells = 100000};
    auto_free char *list = text_printf("%s", "1");
    auto_free char *query = NULL;
    auto_problem Problem problem = {0};
    Plan plan = {0};

    for (int i = 2; i <= 20000; i++) {
        char *longer = text_printf("%s,%d", list, i);

        free(list);
        list = longer;
    }
    query = text_printf(
        "runtime=c,python3,jython&lock=own,gil-py2&tasks=%.*s&switch_interval_us=%s&check_interval=%s", 20,
        list, list, list);
    ck_assert_int_eq(plan_for("work", query, &limits, &plan, &problem), 400);
    ck_assert_msg(strstr(reason_of(&problem), "and at most 100000 are allowed"), "%s", reason_of(&problem));
}
END_TEST

START_TEST(what_is_left_out_does_not_count_as_a_cell)
{
    const PlanLimits limits = {.max_cells = 5};
    auto_problem Problem problem = {0};
    Plan plan = {0};

    /* 3 in c and 2 in jython. */
    ck_assert_int_eq(plan_for("work", "runtime=c,jython", &limits, &plan, &problem), 0);
    ck_assert_uint_eq(plan.n_specs, 5);
    plan_finish(&plan);
}
END_TEST

START_TEST(a_run_asked_for_again_by_its_request_is_the_same)
{
    static const char *const queries[] = {
        "", "runtime=jython", "runtime=c,python3,jython", "runtime=c,jython&lock=own,none&tasks=1,2&n=5"};

    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        Plan plan = planned(queries[i]), again = {0};
        auto_problem Problem problem = {0};
        json_auto_t *given = json_copy(plan.request);

        json_object_del(given, "experiment");
        json_object_del(given, "sized");
        ck_assert_msg(plan_make(&lab, NULL, "work", given, &again, &problem) == 0, "%s: %s", queries[i],
            reason_of(&problem));
        ck_assert(json_equal(again.cells, plan.cells));
        plan_finish(&again);
        plan_finish(&plan);
    }
}
END_TEST

START_TEST(memory_is_that_of_each_runtime)
{
    json_t *c = describe_c(), *jython = describe_jython();
    auto_problem Problem problem = {0}, refused = {0};
    Plan plan = {0};

    small_set(c, "memory_bytes", "4000000000");
    small_set(jython, "memory_bytes", "200000000");
    small_set(c, "experiments/0/memory/0", "{'per': 'task', 'bytes': 50e6}");
    small_set(jython, "experiments/0/memory/0", "{'per': 'task', 'bytes': 50e6}");
    set_up_lab();
    catalogs_set(&lab, 0, catalog_of(c));
    catalogs_set(&lab, 3, catalog_of(jython));
    ck_assert_int_eq(plan_for("work", "runtime=c&mode=serial&tasks=3", NULL, &plan, &problem), 0);
    plan_finish(&plan);
    ck_assert_int_eq(plan_for("work", "runtime=c,jython&mode=serial&tasks=2", NULL, &plan, &problem), 0);
    plan_finish(&plan);
    ck_assert_int_eq(plan_for("work", "runtime=c,jython&mode=serial&tasks=3", NULL, &plan, &refused), 400);
    ck_assert_str_eq(reason_of(&refused),
        "in mode serial of the runtime jython, 3 tasks would need about 150 MB "
        "of memory at once, and 100 MB are allowed");
}
END_TEST

START_TEST(tasks_that_follow_from_a_parameter_follow_in_each_runtime)
{
    json_t *c = describe_c(), *jython = describe_jython();
    static const char hogs[] =
        "{'name': 'hogs', 'type': 'integer', 'help': '', 'min': 0, 'max': 7, 'default': 1}";
    Plan plan;

    small_set(c, "experiments/0/tasks", "{'parameter': 'hogs', 'plus': 1}");
    small_set(c, "experiments/0/parameters/3", hogs);
    small_set(jython, "experiments/0/tasks", "{'parameter': 'hogs', 'plus': 1}");
    small_set(jython, "experiments/0/parameters/2", hogs);
    small_set(jython, "experiments/0/parameters/2/default", "3");
    set_up_lab();
    catalogs_set(&lab, 0, catalog_of(c));
    catalogs_set(&lab, 3, catalog_of(jython));
    plan = planned("runtime=c,jython&mode=serial");
    ck_assert_ptr_null(json_object_get(plan.request, "tasks"));
    plan_finish(&plan);
    assert_cells("runtime=c,jython&mode=serial", "c/serial/gil/2 jython/serial/monitors/4");
    assert_cells("runtime=c,jython&mode=serial&hogs=2", "c/serial/gil/3 jython/serial/monitors/3");
}
END_TEST

static const json_t *runtime_shown(const json_t *shown, size_t i)
{
    return json_array_get(json_object_get(shown, "runtimes"), i);
}

START_TEST(the_catalog_says_of_each_runtime_what_it_offers_and_why_not_the_rest)
{
    static const char *const order[] = {"c", "python3", "pypy3", "jython", "ruby", "lua", "hasty"};
    static const char *const statuses[] = {
        "ready", "ready", "starting", "ready", "missing", "broken", "ready"};
    const PlanLimits limits = {.default_lock = "none"};
    json_auto_t *shown = NULL, *modes = json_pack("[s, s, s]", "serial", "threads", "epoll");
    json_auto_t *merged = json_pack("[s, s, s, s]", "none", "gil", "gil-py2", "monitors");
    const json_t *jython, *locks, *work, *lock;

    set_up_lab();
    shown = plan_catalog(&lab, &limits);
    jython = runtime_shown(shown, 3);
    locks = json_object_get(shown, "locks");
    work = json_object_get(json_object_get(jython, "experiments"), "work");
    ck_assert_uint_eq(json_array_size(json_object_get(shown, "runtimes")), ARRAY_LENGTH(order));
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
        const json_t *runtime = runtime_shown(shown, i);

        ck_assert_str_eq(json_string_value(json_object_get(runtime, "runtime")), order[i]);
        ck_assert_str_eq(json_string_value(json_object_get(runtime, "status")), statuses[i]);
        ck_assert(!json_object_get(runtime, "modes") == (strcmp(statuses[i], "ready") != 0));
    }
    ck_assert_ptr_null(json_object_get(runtime_shown(shown, 2), "reason"));
    ck_assert_str_eq(
        json_string_value(json_object_get(runtime_shown(shown, 4), "reason")), "there is no ruby on PATH");
    ck_assert_str_eq(json_string_value(json_object_get(runtime_shown(shown, 0), "own_lock")), "none");
    ck_assert_str_eq(json_string_value(json_object_get(jython, "own_lock")), "monitors");
    ck_assert(json_is_true(json_object_get(jython, "paces")));
    ck_assert(json_is_false(json_object_get(runtime_shown(shown, 6), "paces")));
    ck_assert(json_equal(json_object_get(jython, "modes"), modes));
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(jython, "absent"), "processes")),
        "the JVM cannot fork");
    ck_assert_uint_eq(json_object_size(json_object_get(runtime_shown(shown, 0), "absent")), 0);
    ck_assert_double_eq(json_number_value(json_object_get(jython, "timeline_ns")), 500);
    ck_assert_ptr_null(json_object_get(runtime_shown(shown, 0), "timeline_ns"));
    ck_assert_uint_eq(json_array_size(json_object_get(work, "parameters")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(work, "max_tasks"), "threads")), 64);
    for (size_t i = 0; i < json_array_size(merged); i++)
        ck_assert(json_equal(json_object_get(json_array_get(locks, i), "name"), json_array_get(merged, i)));
    ck_assert_uint_eq(json_array_size(locks), json_array_size(merged));
    /* What a request without a runtime gets. */
    lock = json_array_get(json_object_get(shown, "parameters"), 1);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(lock, "default"), 0)), "none");
}
END_TEST

START_TEST(a_lock_of_a_catalog_may_not_be_called_own)
{
    json_t *describe = describe_c();
    auto_free char *reason = NULL;
    Catalog *catalog;

    small_set(describe, "locks/2/name", "'own'");
    catalog = catalog_of(describe);
    ck_assert_int_lt(plan_check_catalog(catalog, &reason), 0);
    ck_assert_str_eq(
        reason, "locks[2].name: must not be \"own\", which stands for whatever lock a runtime has");
    catalog_unref(catalog);
}
END_TEST

RUN_TESTS("plan-runtimes", 30, who_names_no_runtime_gets_the_first_configured,
    each_runtime_runs_the_same_grid_under_its_own_lock,
    the_plan_says_its_runtimes_in_the_order_of_the_request,
    the_machine_is_known_where_any_runtime_tells_of_it, the_operators_lock_is_the_own_one_of_the_first,
    locks_times_runtimes_spans_what_exists, a_mode_that_some_lack_is_run_by_the_others,
    a_mode_that_nobody_gave_is_left_out_where_it_cannot_be_had,
    tasks_and_cpus_are_left_out_where_there_are_too_many,
    parameters_of_locks_are_axes_of_the_cells_that_have_them, each_lock_has_its_own_default,
    each_runtime_has_its_own_sizes_and_defaults, sizes_shrink_in_each_runtime,
    a_given_value_is_that_of_all_who_have_the_parameter, another_name_of_a_choice_is_one_where_it_is_known,
    what_cannot_be_had_is_said_with_where_it_is, a_runtime_that_is_being_asked_can_be_waited_for,
    a_bad_runtime_hides_no_other_fault_and_makes_none, a_product_that_overflows_is_too_large,
    what_is_left_out_does_not_count_as_a_cell, a_run_asked_for_again_by_its_request_is_the_same,
    memory_is_that_of_each_runtime, tasks_that_follow_from_a_parameter_follow_in_each_runtime,
    the_catalog_says_of_each_runtime_what_it_offers_and_why_not_the_rest,
    a_lock_of_a_catalog_may_not_be_called_own)
