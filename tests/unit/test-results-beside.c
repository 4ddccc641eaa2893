/* Runs of several runtimes: models beside what they model, what is said of each runtime, and what is left
 * out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/beside.h"
#include "results/cell.h"
#include "results/compare.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

static const json_t *usual_interval; /* an integer, 5000; set before the first test */

static CatalogParameter interval_parameters[] = {{.name = "switch_interval_us", .list = true}};
static const CatalogParameter counted[] = {{.name = "n", .sized = true}, {.name = "kernel"}};

/* What the runtimes of a test have: of the model, of CPython, and of Jython. */
static CatalogLock model_gil = {.name = "gil",
    .title = "the GIL",
    .usual = true,
    .exclusive = true,
    .models = "cpython3",
    .parameters = interval_parameters,
    .n_parameters = 1};
static CatalogLock model_none = {.name = "none", .title = "no lock", .models = "free-threaded"};
static CatalogLock real_gil = {.name = "gil",
    .title = "CPython's GIL",
    .usual = true,
    .exclusive = true,
    .real = "cpython3",
    .parameters = interval_parameters,
    .n_parameters = 1};
static CatalogLock real_none = {.name = "none", .title = "no lock", .usual = true, .real = "jython"};
/* One that nobody can set. */
static CatalogLock fixed_gil = {
    .name = "gil", .title = "a GIL", .usual = true, .exclusive = true, .real = "cpython3"};

static const Catalog c_runtime = {.runtime = "c", .version = "1.2", .about = "the model"};
static const Catalog python = {.runtime = "python3", .version = "3.11.7", .about = "CPython 3.11.7"};
static const Catalog jython = {.runtime = "jython", .version = "2.7", .about = "Jython on a JVM"};

static const CatalogExperiment counting = {
    .name = "countdown", .parameters = counted, .n_parameters = ARRAY_LENGTH(counted)};

/* A cell on its way: what it is, and the wall times of its repetitions, in milliseconds. */
typedef struct Beside {
    const Catalog *runtime;
    const char *mode;
    const CatalogLock *lock;
    const char *params;
    int wall_ms, spread_ms; /* repetition i takes wall_ms + spread_ms * i / 6 */
    int n;                  /* 0: seven repetitions */
} Beside;

static Results *besides_collect(const Beside *cells, size_t n)
{
    json_auto_t *request = make_request();
    CellSpec specs[16] = {0};
    Results *results;

    for (size_t i = 0; i < n; i++) {
        json_error_t error;

        specs[i] = (CellSpec){.number = (int64_t)i,
            .runtime = cells[i].runtime,
            .experiment = &counting,
            .mode = made_mode(cells[i].mode),
            .lock = cells[i].lock,
            .tasks = 2,
            .cpus = 2,
            .params = json_loads(cells[i].params, 0, &error)};
        ck_assert_msg(specs[i].params, "%s: %s", cells[i].params, error.text);
    }
    results = results_new(request, specs, n);
    for (size_t i = 0; i < n; i++) {
        int times = cells[i].n ? cells[i].n : 7;

        json_decref(specs[i].params);
        for (int k = 0; k < times; k++) {
            json_int_t wall = (json_int_t)(cells[i].wall_ms * 1e6 + cells[i].spread_ms * 1e6 * k / 6);
            bool is_alone = cells[i].lock->exclusive || made_mode(cells[i].mode)->baseline;
            json_t *event = make_sample((int)i, k, wall, is_alone ? wall : 2 * wall);

            /* A real runtime cannot count what its lock does. */
            if (cells[i].runtime != &c_runtime)
                json_object_set_new(event, "lock_stats", json_null());
            ck_assert_int_eq(add(results, event), 0);
        }
    }
    return results;
}

#define BESIDES(...)                                                                                         \
    besides_collect((const Beside[]){__VA_ARGS__}, sizeof((const Beside[]){__VA_ARGS__}) / sizeof(Beside))

#define C "{\"n\": 100000000, \"switch_interval_us\": 5000}"
#define PY "{\"n\": 4000000, \"switch_interval_us\": 5000}"

/* Threads that take as long as serial under both locks. */
#define PAIR(model_ms, real_ms, spread)                                                                      \
    BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},                                                \
        {&c_runtime, "threads", &model_gil, C, model_ms, 1, 0},                                              \
        {&python, "serial", &real_gil, PY, 1000, 1, 0},                                                      \
        {&python, "threads", &real_gil, PY, real_ms, spread, 0})

START_TEST(a_model_agrees_where_both_take_as_much_of_their_own_serial_time)
{
    json_auto_t *run = make_run(PAIR(404, 1020, 1), "done", NULL);

    /* 1.01 over 1.02, whatever the times themselves are. */
    ck_assert_int_eq(find_integer(run, "cells.3.model.to"), 1);
    ck_assert_double_eq_tol(json_number_value(find(run, "cells.3.model.ratio")), 1.01 / 1.02, 1e-3);
    ck_assert_str_eq(find_text(run, "cells.3.model.verdict"), "agrees");
    ck_assert_str_eq(find_text(run, "cells.3.model.text"), "agrees within 10 %");
    ck_assert_double_lt(json_number_value(find(run, "cells.3.model.interval.0")), 1.01 / 1.02 + 1e-3);
    /* The model itself and what is compared with are beside nothing. */
    ck_assert_ptr_null(find(run, "cells.0.model"));
    ck_assert_ptr_null(find(run, "cells.1.model"));
    ck_assert_ptr_null(find(run, "cells.2.model"));
    ck_assert_ptr_nonnull(
        strstr(find_text(run, "lesson"), "In threads the model (c under gil) took 1.01 times its serial time "
                                         "and python3 1.02 times: they agree "
                                         "within 10 %."));
    ck_assert_str_eq(find_text(run, "sentences.models.0"),
        "python3, threads: the model (c, lock gil) agrees within 10 %.");
}
END_TEST

START_TEST(a_model_differs_where_its_whole_interval_does)
{
    json_auto_t *run = make_run(PAIR(800, 1020, 1), "done", NULL);

    ck_assert_str_eq(find_text(run, "cells.3.model.verdict"), "differs");
    ck_assert_ptr_nonnull(strstr(find_text(run, "cells.3.model.text"), "differs, it is 1.9"));
    ck_assert_ptr_nonnull(strstr(find_text(run, "lesson"), "they differ by more than 10 %"));
}
END_TEST

/* Of times that lie far apart the quotient may be near 1 by chance. */
START_TEST(a_wide_interval_says_neither)
{
    json_auto_t *run = make_run(PAIR(440, 900, 500), "done", NULL);

    ck_assert_str_eq(find_text(run, "cells.3.model.verdict"), "cannot tell");
    ck_assert_ptr_nonnull(
        strstr(find_text(run, "cells.3.model.text"), "may or may not agree within 10 %, it is 0."));
}
END_TEST

START_TEST(too_few_repetitions_have_no_interval)
{
    json_auto_t *run = make_run(
        BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, C, 404, 1, 0}, {&python, "serial", &real_gil, PY, 1000, 1, 3},
            {&python, "threads", &real_gil, PY, 1020, 1, 3}),
        "cancelled", NULL);

    ck_assert_str_eq(find_text(run, "cells.3.model.verdict"), "cannot tell");
    ck_assert(json_is_null(find(run, "cells.3.model.interval")));
    ck_assert_str_eq(find_text(run, "cells.3.model.text"),
        "may or may not agree, 3 good repetitions are too few for an interval, which needs 6");
}
END_TEST

/* A parameter that both locks have must be the same; one that only the model has, what it usually is. */
START_TEST(a_model_has_the_settings_of_what_it_models)
{
    static const char half[] = "{\"n\": 100000000, \"switch_interval_us\": 500}";
    json_auto_t *run = make_run(
        BESIDES({&c_runtime, "serial", &model_gil, half, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, half, 404, 1, 0},
            {&c_runtime, "serial", &model_gil, C, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, C, 404, 1, 0}, {&python, "serial", &real_gil, PY, 1000, 1, 0},
            {&python, "threads", &real_gil, PY, 1020, 1, 0},
            {&jython, "serial", &fixed_gil, "{\"n\": 5}", 1000, 1, 0},
            {&jython, "threads", &fixed_gil, "{\"n\": 5}", 1020, 1, 0}),
        "done", NULL);
    json_auto_t *other = make_run(
        BESIDES({&c_runtime, "serial", &model_gil, half, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, half, 404, 1, 0},
            {&python, "serial", &real_gil, PY, 1000, 1, 0}, {&python, "threads", &real_gil, PY, 1020, 1, 0}),
        "done", NULL);

    ck_assert_int_eq(find_integer(run, "cells.5.model.to"), 3);
    ck_assert_int_eq(find_integer(run, "cells.7.model.to"), 3);
    ck_assert_ptr_null(find(other, "cells.3.model"));
}
END_TEST

/* Sizes may differ, what is done may not. */
START_TEST(a_model_does_what_it_models_does)
{
    static const char sum[] = "{\"n\": 1, \"kernel\": \"sum\", \"switch_interval_us\": 5000}";
    static const char hash[] = "{\"n\": 2, \"kernel\": \"hash\", \"switch_interval_us\": 5000}";
    static const char large[] = "{\"n\": 2, \"kernel\": \"sum\", \"switch_interval_us\": 5000}";
    json_auto_t *run = make_run(BESIDES({&c_runtime, "serial", &model_gil, hash, 400, 1, 0},
                                    {&c_runtime, "threads", &model_gil, hash, 404, 1, 0},
                                    {&c_runtime, "serial", &model_gil, sum, 400, 1, 0},
                                    {&c_runtime, "threads", &model_gil, sum, 404, 1, 0},
                                    {&c_runtime, "serial", &model_gil, large, 400, 1, 0},
                                    {&c_runtime, "threads", &model_gil, large, 404, 1, 0},
                                    {&python, "serial", &real_gil, large, 1000, 1, 0},
                                    {&python, "threads", &real_gil, large, 1020, 1, 0}),
        "done", NULL);

    /* The one of the same size. */
    ck_assert_int_eq(find_integer(run, "cells.7.model.to"), 5);
}
END_TEST

/* Nothing models Jython, and what it does is no model. */
START_TEST(a_real_lock_without_a_model_is_beside_nothing)
{
    json_auto_t *run = make_run(
        BESIDES({&c_runtime, "serial", &model_none, C, 400, 1, 0},
            {&c_runtime, "threads", &model_none, C, 204, 1, 0},
            {&jython, "serial", &real_none, PY, 1000, 1, 0}, {&jython, "threads", &real_none, PY, 520, 1, 0}),
        "done", NULL);

    ck_assert_ptr_null(find(run, "cells.3.model"));
    ck_assert_uint_eq(json_array_size(find(run, "sentences.models")), 0);
}
END_TEST

/* Each as a multiple of its own serial time; the reasons say of which runtimes they are true. */
START_TEST(the_lesson_holds_each_runtime_against_itself)
{
    json_auto_t *run = make_run(
        BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, C, 404, 1, 0}, {&python, "serial", &real_gil, PY, 1000, 1, 0},
            {&python, "threads", &real_gil, PY, 1020, 1, 0}, {&jython, "serial", &real_none, PY, 1000, 1, 0},
            {&jython, "threads", &real_none, PY, 520, 1, 0}),
        "done", NULL);
    const char *lesson = find_text(run, "lesson");

    ck_assert_msg(strstr(lesson,
                      "threads took 1.01 times their runtime's serial time in c under gil (the same), "
                      "1.02 times in python3 under gil (the same), 0.52 times in jython under none (faster)"),
        "%s", lesson);
    ck_assert_msg(strstr(lesson, "CPython's GIL lets one thread run at a time") ||
                      strstr(lesson, "the GIL and CPython's GIL lets one thread run at a time"),
        "%s", lesson);
    ck_assert_msg(strstr(lesson, "take turns (c, python3)"), "%s", lesson);
    ck_assert_msg(strstr(lesson, "run on all CPUs at once (jython)"), "%s", lesson);
    ck_assert_str_eq(find_text(run, "headline.text"), "2 tasks: threads against serial of the same runtime: "
                                                      "1.01 times in c (the same), 1.02 in python3 (the "
                                                      "same), 0.52 in jython (faster)");
    /* What follows from the runtime is in no title. */
    ck_assert_str_eq(find_text(run, "cells.3.title"), "python3, lock gil");
}
END_TEST

/* The GIL of one runtime does not keep anybody from saying what is true of that of another. */
START_TEST(a_lock_of_one_runtime_says_nothing_of_another)
{
    json_auto_t *run = make_run(
        BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, C, 404, 1, 0}, {&python, "serial", &real_gil, PY, 1000, 1, 0},
            {&python, "threads", &real_gil, PY, 520, 1, 0}),
        "done", NULL);
    const char *lesson = find_text(run, "lesson");

    ck_assert_msg(strstr(lesson, "The GIL lets one thread run at a time, so threads that compute only take "
                                 "turns (c)"),
        "%s", lesson);
}
END_TEST

/* Without serial cells, times of different work are all there is, and nothing may be made of them. */
START_TEST(times_of_different_work_are_not_compared)
{
    json_auto_t *run = make_run(BESIDES({&c_runtime, "threads", &model_gil, C, 404, 1, 0},
                                    {&python, "threads", &real_gil, PY, 1020, 1, 0}),
        "done", NULL);

    ck_assert_msg(json_is_null(find(run, "lesson")), "%s", json_string_value(find(run, "lesson")));
    ck_assert(json_is_null(find(run, "headline")));
}
END_TEST

START_TEST(a_run_says_what_its_runtimes_are)
{
    json_auto_t *run = make_run(PAIR(404, 1020, 1), "done", NULL);

    ck_assert_uint_eq(json_array_size(find(run, "runtimes")), 2);
    ck_assert_str_eq(find_text(run, "runtimes.1.runtime"), "python3");
    ck_assert_str_eq(find_text(run, "runtimes.1.version"), "3.11.7");
    ck_assert_str_eq(find_text(run, "runtimes.1.about"), "CPython 3.11.7");
    ck_assert_str_eq(find_text(run, "runtimes.1.status"), "done");
    ck_assert_ptr_null(find(run, "runtimes.1.reason"));
    ck_assert_str_eq(find_text(run, "runtimes.0.locks.0.models"), "cpython3");
    ck_assert_str_eq(find_text(run, "runtimes.1.locks.0.real"), "cpython3");
    ck_assert_str_eq(find_text(run, "runtimes.1.locks.0.parameters.0"), "switch_interval_us");
    ck_assert_str_eq(find_text(run, "runtimes.1.sizes.0"), "n");
    ck_assert_ptr_null(find(run, "left_out"));
}
END_TEST

START_TEST(a_lost_runtime_and_what_is_left_out_are_named)
{
    Results *results = BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},
        {&c_runtime, "threads", &model_gil, C, 404, 1, 0}, {&python, "serial", &real_gil, PY, 1000, 1, 3},
        {&python, "threads", &real_gil, PY, 1020, 1, 2});
    json_auto_t *left_out =
        json_loads("[{\"runtime\": \"jython\", \"mode\": \"processes\", \"reason\": "
                   "\"a JVM cannot fork\"}, {\"runtime\": \"python3\", \"lock\": \"none\", "
                   "\"reason\": \"it has a GIL\"}]",
            0, NULL);
    auto_free char *table = NULL;
    json_t *run;

    results_leave_out(results, left_out);
    results_lose(results, "python3", "it died of signal 9 (Killed)");
    run = make_run(results, "failed", "the runtime python3 died of signal 9 (Killed); c went on");
    table = result_format(run, format_of_name("table"), NULL);

    ck_assert_str_eq(find_text(run, "runtimes.0.status"), "done");
    ck_assert_str_eq(find_text(run, "runtimes.1.status"), "failed");
    ck_assert_str_eq(find_text(run, "runtimes.1.reason"), "it died of signal 9 (Killed)");
    ck_assert_uint_eq(json_array_size(find(run, "left_out")), 2);
    ck_assert_str_eq(
        find_text(run, "sentences.left_out.0"), "python3 was lost: it died of signal 9 (Killed)");
    ck_assert_str_eq(
        find_text(run, "sentences.left_out.1"), "left out: jython, processes: a JVM cannot fork");
    ck_assert_msg(strstr(table, "\npython3 was lost: it died of signal 9 (Killed)\n"), "%s", table);
    ck_assert_msg(strstr(table, "\nleft out: jython, processes: a JVM cannot fork\n"), "%s", table);
    ck_assert_msg(strstr(table, "\nleft out: python3, lock none: it has a GIL\n"), "%s", table);
    json_decref(run);
}
END_TEST

/* A bar is what is seen first: of different work only what is comparable may have one. */
START_TEST(bars_of_several_runtimes_are_times_of_serial)
{
    json_auto_t *run = make_run(
        BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},
            {&c_runtime, "threads", &model_gil, C, 804, 1, 0}, {&python, "serial", &real_gil, PY, 4000, 1, 0},
            {&python, "threads", &real_gil, PY, 8020, 1, 0}),
        "done", NULL);
    auto_free char *table = result_format_wide(run, format_of_name("table"), 200, NULL);
    const char *bars[2];

    /* Both threads took twice the serial time, and their bars are as long. */
    bars[0] = strstr(table, "c        threads");
    bars[1] = strstr(table, "python3  threads");
    ck_assert_msg(bars[0] && bars[1], "%s", table);
    for (size_t i = 0; i < 2; i++)
        bars[i] = bars[i] + strcspn(bars[i], "#=\xe2\n");
    ck_assert_uint_eq(strspn(bars[0], "#=\xe2\x96\x88"), strspn(bars[1], "#=\xe2\x96\x88"));
    ck_assert_uint_gt(strspn(bars[0], "#=\xe2\x96\x88"), 3);
    ck_assert_msg(strstr(table, "model/real"), "%s", table);
    ck_assert_msg(strstr(table, "1.00 agrees"), "%s", table);
    ck_assert_msg(strstr(table, "Runtime: python3 3.11.7 (CPython 3.11.7)"), "%s", table);
    ck_assert_msg(strstr(table, "\nwall: not to be compared between runtimes, "), "%s", table);
}
END_TEST

START_TEST(csv_has_the_model_and_what_is_left_out)
{
    Results *results = PAIR(404, 1020, 1);
    json_auto_t *left_out = json_loads("[{\"runtime\": \"jython\", \"reason\": \"no\"}]", 0, NULL);
    auto_free char *csv = NULL;
    json_t *run;

    results_leave_out(results, left_out);
    run = make_run(results, "done", NULL);
    csv = result_format(run, format_of_name("csv"), NULL);
    ck_assert_msg(strstr(csv, ",model_to,model_ratio,model_low,model_high,model_verdict,"), "%s", csv);
    ck_assert_msg(strstr(csv, ",agrees,"), "%s", csv);
    ck_assert_msg(strstr(csv, ",label,left_out,question,prediction,outcome\r\n"), "%s", csv);
    ck_assert_msg(strstr(csv, ",jython: no,,,\r\n"), "%s", csv);
    json_decref(run);
}
END_TEST

/* A run of one runtime with these threads; serial takes 400 or 1000 ms. */
static json_t *run_of_model(int threads_ms)
{
    return make_run(BESIDES({&c_runtime, "serial", &model_gil, C, 400, 1, 0},
                        {&c_runtime, "threads", &model_gil, C, threads_ms, 1, 0}),
        "done", NULL);
}

static json_t *run_of_python(int threads_ms)
{
    return make_run(BESIDES({&python, "serial", &real_gil, PY, 1000, 1, 0},
                        {&python, "threads", &real_gil, PY, threads_ms, 1, 0},
                        {&python, "processes", &real_gil, PY, 520, 1, 0}),
        "done", NULL);
}

static json_t *compare_both(const json_t *baseline, const json_t *candidate, const char *as, char **ret_text)
{
    auto_result_run ResultRun one, other;
    RunComparison *comparison;
    json_t *json;

    result_run_read(baseline, &one);
    result_run_read(candidate, &other);
    comparison = compare_runs(&one, &other, NULL);
    json = compare_json(comparison);
    *ret_text = compare_format(comparison, format_of_name(as), NULL);
    compare_free(comparison);
    return json;
}

/* Whichever side the model is on, the quotient is the model's over the real one's. */
START_TEST(a_run_of_a_model_is_compared_with_one_of_what_it_models)
{
    json_auto_t *model = run_of_model(404), *real = run_of_python(1250);
    auto_free char *table = NULL, *csv = NULL;
    json_auto_t *json = compare_both(model, real, "table", &table);
    json_auto_t *turned = compare_both(real, model, "csv", &csv);

    ck_assert_uint_eq(json_array_size(find(json, "cells")), 0);
    ck_assert_uint_eq(json_array_size(find(json, "models")), 2);
    ck_assert_str_eq(find_text(json, "models.1.runtime"), "c / python3");
    ck_assert_str_eq(find_text(json, "models.1.mode"), "threads");
    ck_assert_str_eq(find_text(json, "models.1.model_in"), "baseline");
    ck_assert_str_eq(find_text(json, "models.1.candidate.runtime"), "python3");
    ck_assert_str_eq(find_text(json, "models.1.model.verdict"), "differs");
    ck_assert_double_eq_tol(json_number_value(find(json, "models.1.model.ratio")), 1.01 / 1.25, 1e-3);
    ck_assert_double_eq_tol(json_number_value(find(json, "models.1.candidate.relative")), 1.25, 1e-3);
    /* A size is of one runtime and no parameter of both. */
    ck_assert_ptr_null(find(json, "models.1.params.n"));
    ck_assert_int_eq(find_integer(json, "models.1.params.switch_interval_us"), 5000);
    /* Serial is what the others are held against. */
    ck_assert(json_is_null(find(json, "models.0.model")));
    ck_assert_uint_eq(json_array_size(find(json, "only_candidate")), 1);
    ck_assert_str_eq(find_text(json, "summary"), "In the one cell where a model stands beside what it "
                                                 "models, it differs by more than 10 %. 1 cell is only in "
                                                 "the candidate.");
    ck_assert_msg(strstr(table, "model/real"), "%s", table);
    ck_assert_msg(strstr(table, "1.01 x"), "%s", table);
    ck_assert_msg(strstr(table, "differs"), "%s", table);

    ck_assert_str_eq(find_text(turned, "models.1.model_in"), "candidate");
    ck_assert_double_eq_tol(json_number_value(find(turned, "models.1.model.ratio")), 1.01 / 1.25, 1e-3);
    ck_assert_msg(strstr(csv, ",model,"), "%s", csv);
    ck_assert_msg(strstr(csv, ",model_verdict,"), "%s", csv);
}
END_TEST

/* A lock is known by what stands in the run; without it there are no models, and the cells are lonely. */
START_TEST(runs_that_do_not_say_what_their_locks_are_have_no_models)
{
    json_auto_t *model = run_of_model(404), *real = run_of_python(1020);
    auto_free char *table = NULL;
    json_t *json;

    json_object_del(real, "runtimes");
    json = compare_both(model, real, "table", &table);
    ck_assert_uint_eq(json_array_size(find(json, "models")), 0);
    ck_assert_uint_eq(json_array_size(find(json, "only_candidate")), 3);
    ck_assert_msg(!strstr(table, "model/real"), "%s", table);
    json_decref(json);
}
END_TEST

/* A run that was kept before there were several runtimes lacks all of it. */
START_TEST(an_old_run_reads_as_one_without_models)
{
    json_auto_t *run = make_run(PAIR(404, 1020, 1), "done", NULL);
    auto_free char *table = NULL;
    auto_result_run ResultRun read;
    json_t *cell;
    size_t i;

    json_object_del(run, "runtimes");
    json_array_foreach (json_object_get(run, "cells"), i, cell)
        json_object_del(cell, "model");
    result_run_read(run, &read);
    table = result_format(run, format_of_name("table"), NULL);
    ck_assert_uint_eq(read.n_runtimes, 0);
    ck_assert(!read.cells.at[3]->model.is_known);
    ck_assert_msg(!strstr(table, "model/real"), "%s", table);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_model_agrees_where_both_take_as_much_of_their_own_serial_time,
        a_model_differs_where_its_whole_interval_does,
        a_wide_interval_says_neither,
        too_few_repetitions_have_no_interval,
        a_model_has_the_settings_of_what_it_models,
        a_model_does_what_it_models_does,
        a_real_lock_without_a_model_is_beside_nothing,
        the_lesson_holds_each_runtime_against_itself,
        a_lock_of_one_runtime_says_nothing_of_another,
        times_of_different_work_are_not_compared,
        a_run_says_what_its_runtimes_are,
        a_lost_runtime_and_what_is_left_out_are_named,
        bars_of_several_runtimes_are_times_of_serial,
        csv_has_the_model_and_what_is_left_out,
        a_run_of_a_model_is_compared_with_one_of_what_it_models,
        runs_that_do_not_say_what_their_locks_are_have_no_models,
        an_old_run_reads_as_one_without_models,
    };
    json_auto_t *usual = json_integer(5000);

    usual_interval = usual;
    interval_parameters[0].fallback = usual_interval;
    return run_tests("results-beside", tests, ARRAY_LENGTH(tests), 30);
}
