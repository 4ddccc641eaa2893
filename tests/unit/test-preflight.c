/* Which lessons a machine can show, judged from made-up runtimes and runs. */
#include "server/preflight-judge.h"

#include <string.h>

#include "base/cleanup.h"
#include "tests/unit/made-catalog.h"
#include "tests/unit/run.h"

static CatalogRoom idle_room[ARRAY_LENGTH(made_modes)], fetch_room[ARRAY_LENGTH(made_modes)];

static const CatalogExperiment experiments[] = {
    {.name = "idle", .room = idle_room}, {.name = "fetch", .room = fetch_room}};

static json_t *described_host;

static Catalog catalog = {
    .modes = made_modes,
    .n_modes = ARRAY_LENGTH(made_modes),
    .locks = made_locks,
    .n_locks = ARRAY_LENGTH(made_locks),
};

/* A runtime that has room for so many. */
static Catalog make_catalog(int threads, int fetches)
{
    idle_room[made_mode("threads") - made_modes] = (CatalogRoom){.max_tasks = threads};
    fetch_room[made_mode("epoll") - made_modes] = (CatalogRoom){.max_tasks = fetches};
    json_decref(described_host);
    described_host = json_pack("{s:i, s:i}", "cpus_online", 2, "cpus_usable", 2);
    catalog.host.json = described_host;
    catalog.experiments = experiments;
    catalog.n_experiments = ARRAY_LENGTH(experiments);
    return catalog;
}

static json_t *make_cell(const char *mode, const char *lock, double ratio, const char *verdict)
{
    return json_pack("{s:s, s:s, s:{s:f, s:s}}", "mode", mode, "lock", lock, "relative", "ratio", ratio,
        "verdict", verdict);
}

static json_t *make_host(void)
{
    return json_pack("{s:i, s:i, s:n, s:i, s:f, s:f, s:b, s:[]}", "cpus_online", 2, "cpus_usable", 2,
        "cpu_quota", "throttled_ns", 0, "foreign_cpu", 0.012, "steal", 0.001, "noisy", 0, "noise_reasons");
}

static json_t *make_countdown(double gil_threads, double processes, double free_threads)
{
    return json_pack("{s:o, s:[o, o, o, o]}", "host", make_host(), "cells",
        make_cell("serial", "gil", 1, "same"), make_cell("threads", "gil", gil_threads, "same"),
        make_cell("processes", "gil", processes, "faster"),
        make_cell("threads", "none", free_threads, "faster"));
}

static json_t *make_fetch(double threads, double loop, const char *verdict)
{
    return json_pack("{s:[o, o, o]}", "cells", make_cell("serial", "gil", 1, "same"),
        make_cell("threads", "gil", threads, verdict), make_cell("epoll", "gil", loop, verdict));
}

static ShowRow rows[PREFLIGHT_ROWS];

/* Judges, and lets go of what was given. */
static void judge(Catalog runtime, json_t *countdown, json_t *fetch)
{
    const PreflightCast cast = preflight_cast(&runtime);

    preflight_free_rows(rows);
    preflight_judge(&cast, countdown, fetch, rows);
    json_decref(countdown);
    json_decref(fetch);
}

static void assert_row(const char *name, ShowState state, const char *part)
{
    for (size_t i = 0; i < PREFLIGHT_ROWS; i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        ck_assert_str_eq(preflight_state_name(rows[i].state), preflight_state_name(state));
        ck_assert_msg(strstr(rows[i].why, part), "%s: %s", name, rows[i].why);
        return;
    }
    ck_abort_msg("there is no row %s", name);
}

START_TEST(a_good_machine_shows_all)
{
    judge(make_catalog(10000, 10000), make_countdown(1.01, 0.52, 0.5), make_fetch(0.51, 0.5, "faster"));
    for (size_t i = 0; i < PREFLIGHT_ROWS; i++)
        ck_assert_msg(rows[i].state == SHOW_OK, "%s: %s", rows[i].name, rows[i].why);
    assert_row("quiet", SHOW_OK, "1.2 %");
    assert_row("processes", SHOW_OK, "0.52");
}
END_TEST

START_TEST(one_cpu_shows_no_gain)
{
    json_t *countdown = make_countdown(1, 1.02, 0.99);

    json_object_set_new(json_object_get(countdown, "host"), "cpus_usable", json_integer(1));
    judge(make_catalog(10000, 10000), countdown, make_fetch(0.5, 0.5, "faster"));
    assert_row("CPUs", SHOW_LIMITED, "only 1 of 2");
    assert_row("threads under the GIL", SHOW_OK, "1.00");
    assert_row("processes", SHOW_NO, "should be about 0.50");
    assert_row("threads without a lock", SHOW_NO, "0.99");
    assert_row("waiting in one loop", SHOW_OK, "0.50");
}
END_TEST

START_TEST(a_weak_gain_is_limited)
{
    judge(make_catalog(4000, 900), make_countdown(0.8, 0.7, 0.86), make_fetch(0.6, 0.66, "cannot tell"));
    assert_row("threads (pids)", SHOW_LIMITED, "4,000 threads");
    assert_row("fetches (descriptors)", SHOW_NO, "900 fetches");
    assert_row("threads under the GIL", SHOW_LIMITED, "about 1.00");
    assert_row("processes", SHOW_LIMITED, "0.70");
    assert_row("threads without a lock", SHOW_NO, "0.86");
    assert_row("waiting in threads", SHOW_LIMITED, "0.60");
    assert_row("waiting in one loop", SHOW_LIMITED, "0.66");
}
END_TEST

START_TEST(what_allows_few_is_named)
{
    const Catalog runtime = make_catalog(84, 10000);

    idle_room[made_mode("threads") - made_modes].reason = "its pids.max is low";
    judge(runtime, make_countdown(1, 0.5, 0.5), make_fetch(0.5, 0.5, "faster"));
    assert_row("threads (pids)", SHOW_NO, "84 threads only, not for 10,000: its pids.max is low");
}
END_TEST

START_TEST(quotas_and_noise_limit)
{
    json_t *countdown = make_countdown(1, 0.5, 0.5), *host = json_object_get(countdown, "host");

    json_object_set_new(host, "cpu_quota", json_real(1.5));
    json_object_set_new(host, "noisy", json_true());
    json_object_set_new(host, "noise_reasons", json_pack("[s, s]", "other programs took 50.0 %", "more"));
    judge(make_catalog(10000, 10000), json_deep_copy(countdown), make_fetch(0.5, 0.5, "faster"));
    assert_row("CPU quota", SHOW_LIMITED, "1.5 CPUs");
    assert_row("quiet", SHOW_LIMITED, "other programs took 50.0 %");
    json_object_set_new(host, "throttled_ns", json_integer(42000000));
    json_object_set_new(host, "noise_reasons", json_array());
    judge(make_catalog(10000, 10000), countdown, make_fetch(0.5, 0.5, "faster"));
    assert_row("CPU quota", SHOW_LIMITED, "42.0 ms");
    assert_row("quiet", SHOW_LIMITED, "noisy");
}
END_TEST

START_TEST(what_did_not_run_says_why)
{
    json_t *fetch = make_fetch(0.5, 0.5, "faster");
    json_t *cell = json_array_get(json_object_get(fetch, "cells"), 2);

    json_object_set_new(cell, "relative", json_null());
    json_object_set_new(cell, "reason", json_string("the child crashed"));
    judge(make_catalog(10000, 10000), json_pack("{s:s}", "reason", "there is no such experiment"), fetch);
    assert_row("CPUs", SHOW_OK, "2 of 2");
    assert_row("quiet", SHOW_LIMITED, "does not say");
    assert_row("processes", SHOW_NO, "there is no such experiment");
    assert_row("waiting in threads", SHOW_OK, "0.50");
    assert_row("waiting in one loop", SHOW_NO, "the child crashed");
}
END_TEST

START_TEST(nothing_at_all_is_no)
{
    judge((Catalog){0}, json_object(), json_object());
    assert_row("CPUs", SHOW_LIMITED, "does not say how many");
    assert_row("threads (pids)", SHOW_NO, "0 threads");
    assert_row("processes", SHOW_NO, "it did not run");
}
END_TEST

/* As it would be with a lock that nobody ever heard of. */
START_TEST(what_a_lesson_is_about_is_found_by_what_is_true_of_it)
{
    static const CatalogLock locks[] = {
        {.name = "free"}, {.name = "new", .title = "the new lock", .usual = true, .exclusive = true}};
    Catalog runtime = make_catalog(10000, 10000);
    PreflightCast cast;

    runtime.locks = locks;
    runtime.n_locks = ARRAY_LENGTH(locks);
    cast = preflight_cast(&runtime);
    ck_assert_ptr_eq(cast.usual, &locks[1]);
    ck_assert_ptr_eq(cast.none, &locks[0]);
    ck_assert_ptr_eq(cast.baseline, made_mode("serial"));
    ck_assert_ptr_eq(cast.threads, made_mode("threads"));
    ck_assert_ptr_eq(cast.processes, made_mode("processes"));
    ck_assert_ptr_eq(cast.loop, made_mode("epoll"));
    judge(runtime, json_pack("{s:[o]}", "cells", make_cell("threads", "new", 1.01, "same")), json_object());
    assert_row("threads under the new lock", SHOW_OK, "1.01");
}
END_TEST

static void assert_conclusion(bool expected, const char *part)
{
    bool all = !expected;
    auto_free char *text = preflight_conclude(rows, &all);

    ck_assert_int_eq(all, expected);
    ck_assert_msg(strstr(text, part), "%s", text);
}

START_TEST(the_conclusion_counts_what_cannot_be_shown)
{
    json_t *countdown = make_countdown(1, 0.9, 0.5);

    judge(make_catalog(10000, 10000), make_countdown(1, 0.7, 0.5), make_fetch(0.5, 0.5, "faster"));
    assert_conclusion(true, "every lesson");
    judge(make_catalog(10000, 900), json_deep_copy(countdown), make_fetch(0.5, 0.5, "faster"));
    assert_conclusion(false, "cannot show 2 of 10.");
    json_object_set_new(json_object_get(countdown, "host"), "noisy", json_true());
    judge(make_catalog(10000, 10000), countdown, make_fetch(0.5, 0.5, "faster"));
    assert_conclusion(false, "when it is quiet");
}
END_TEST

RUN_TESTS("preflight", 30, a_good_machine_shows_all, one_cpu_shows_no_gain, a_weak_gain_is_limited,
    what_allows_few_is_named, quotas_and_noise_limit, what_did_not_run_says_why, nothing_at_all_is_no,
    what_a_lesson_is_about_is_found_by_what_is_true_of_it, the_conclusion_counts_what_cannot_be_shown)
