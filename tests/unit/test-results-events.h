/* Made-up runs for the tests of results/: a request, cells and samples, with times that are easy to check. */
#pragma once

#include <check.h>
#include <jansson.h>

#include "base/array.h"
#include "results/format.h"
#include "results/results.h"
#include "tests/unit/made-catalog.h"

/* 7 repetitions after 1 warm-up. */
static inline json_t *make_request(void)
{
    return json_pack("{s:s, s:i, s:i, s:s, s:n}", "experiment", "countdown", "repeat", 7, "warmup", 1,
        "detail", "summary", "label");
}

static inline json_t *make_cell(int number, const char *mode, const char *lock, int tasks, json_int_t n)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:{s:i, s:I}}", "cell", number, "runtime", "c", "mode",
        mode, "lock", lock, "tasks", tasks, "cpus", 2, "params", "switch_interval_us", 5000, "n", n);
}

/* serial, threads, processes under the gil with 2 tasks. */
static inline json_t *make_cells(void)
{
    return json_pack("[o, o, o]", make_cell(0, "serial", "gil", 2, 1000000000),
        make_cell(1, "threads", "gil", 2, 1000000000), make_cell(2, "processes", "gil", 2, 1000000000));
}

/* A good sample. What says which repetition it is from follows the wall time: voluntary switches wall_ns /
 * 1000, the metric twice_wall. */
static inline json_t *make_sample(int cell, int repetition, json_int_t wall_ns, json_int_t cpu_ns)
{
    return json_pack("{s:s, s:i, s:i, s:s, s:n, s:I, s:I, s:i, s:i, s:{s:I, s:i}, s:n, s:{s:i, s:i}, "
                     "s:[{s:i, s:i, s:I, s:I, s:i}], s:i, s:[i], s:{s:I, s:i}}",
        "event", "sample", "cell", cell, "repetition", repetition, "status", "done", "reason", "wall_ns",
        wall_ns, "cpu_ns", cpu_ns, "create_ns", 41000, "join_ns", 9000, "context_switches", "voluntary",
        wall_ns / 1000, "involuntary", 3, "memory", "lock_stats", "acquires", 110, "held_ns", 5, "per_task",
        "id", 0, "start_ns", 0, "end_ns", wall_ns, "cpu_ns", cpu_ns, "answer", 0, "per_task_omitted", 1,
        "completion_order", 0, "metrics", "twice_wall_ns", 2 * wall_ns, "turns_per_tick", 20);
}

static inline json_t *make_failure(int cell, int repetition, const char *reason)
{
    return json_pack("{s:s, s:i, s:i, s:s, s:s?}", "event", "sample", "cell", cell, "repetition", repetition,
        "status", "failed", "reason", reason);
}

/* Results for cells as make_cell() makes them, of an experiment of the made-up catalog. */
static inline Results *results_of(
    const json_t *request, const json_t *cells, const CatalogExperiment *experiment)
{
    CellSpec specs[32] = {0};
    json_t *cell;
    size_t i;

    ck_assert_uint_le(json_array_size(cells), ARRAY_LENGTH(specs));
    json_array_foreach (cells, i, cell) {
        json_int_t number, tasks, cpus;
        const char *runtime, *mode, *lock;

        ck_assert_int_eq(
            json_unpack(cell, "{s:I, s:s, s:s, s:s, s:I, s:I, s:o}", "cell", &number, "runtime", &runtime,
                "mode", &mode, "lock", &lock, "tasks", &tasks, "cpus", &cpus, "params", &specs[i].params),
            0);
        specs[i].number = number;
        specs[i].tasks = tasks;
        specs[i].cpus = cpus;
        specs[i].runtime = made_runtime(runtime);
        specs[i].mode = made_mode(mode);
        specs[i].lock = made_lock(lock);
        specs[i].experiment = experiment;
    }
    return results_new(request, specs, json_array_size(cells));
}

static inline Results *make_results(void)
{
    json_auto_t *request = make_request(), *cells = make_cells();

    return results_of(request, cells, &made_countdown);
}

/* Adds an event and lets go of it. */
static inline int add(Results *results, json_t *event)
{
    int r = results_add(results, NULL, event, NULL);

    json_decref(event);
    return r;
}

/* Adds a warm-up of 999 ms and repetitions that take wall_ms, and 1, 2, 3... ms more, out of order. */
static inline void add_repetitions(Results *results, int cell, int wall_ms, int n)
{
    static const int more[] = {4, 0, 6, 2, 1, 5, 3};

    ck_assert_int_eq(add(results, make_sample(cell, -1, 999000000, 999000000)), 0);
    for (int i = 0; i < n; i++) {
        json_int_t wall = (wall_ms + more[i % 7]) * (json_int_t)1000000;

        /* Two processes compute at once. */
        ck_assert_int_eq(add(results, make_sample(cell, i, wall, cell == 2 ? 2 * wall : wall)), 0);
    }
}

static inline json_t *make_host(void)
{
    return json_pack("{s:s, s:i, s:i, s:s, s:b, s:[]}", "cpu_model", "A CPU", "cpus_online", 2, "cpus_usable",
        2, "kernel", "6.18.0", "noisy", 0, "noise_reasons");
}

/* The run so far, with the status; frees the results. */
static inline json_t *make_run(Results *results, const char *status, const char *reason)
{
    json_auto_t *host = make_host();
    json_t *run = results_run(results, &(RunHead){.id = "01KAN5V2M3Z5T0W4QH8R6XJ7CE",
                                           .status = status,
                                           .reason = reason,
                                           .created_ms = 1509091200123,
                                           .duration_ns = 5610000000,
                                           .host = host});

    results_free(results);
    return run;
}

/* Three cells of 270, 275 and 136 ms. */
static inline json_t *make_good_run(void)
{
    Results *results = make_results();

    add_repetitions(results, 0, 270, 7);
    add_repetitions(results, 1, 275, 7);
    add_repetitions(results, 2, 136, 7);
    return make_run(results, "done", NULL);
}

/* The format of that name, of which the test is certain. */
static inline ResultFormat format_of_name(const char *name)
{
    ResultFormat as;

    ck_assert_int_eq(result_format_from_name(name, &as), 0);
    return as;
}

/* Follows keys and indices: find(run, "cells.1.wall_ns.median"). Borrowed; NULL if there is no such thing. */
static inline json_t *find(const json_t *from, const char *path)
{
    char key[64];
    size_t n;

    for (; from && *path; path += path[n] ? n + 1 : n) {
        n = strcspn(path, ".");
        snprintf(key, sizeof(key), "%.*s", (int)n, path);
        from = json_is_array(from) ? json_array_get(from, (size_t)atoi(key)) : json_object_get(from, key);
    }
    return (json_t *)from;
}

static inline json_int_t find_integer(const json_t *from, const char *path)
{
    ck_assert_msg(json_is_integer(find(from, path)), "%s is no integer", path);
    return json_integer_value(find(from, path));
}

static inline const char *find_text(const json_t *from, const char *path)
{
    ck_assert_msg(json_is_string(find(from, path)), "%s is no string", path);
    return json_string_value(find(from, path));
}
