/* Every request is answered, whoever else wants the lock; and how the figures come of the latencies. */
#include <signal.h>

#include "engine/convoy-client.h"
#include "tests/unit/check-timeline.h"
#include "tests/unit/one-cell.h"

static Cell pausing_cell(const Mode *mode, const LockPolicy *lock, int hogs, const char *paced, int pause_us,
    int duration_ms, int await_every)
{
    return cell_of("convoy", mode, lock, hogs + 1,
        json_pack("{s:i, s:s, s:i, s:i, s:i}", "hogs", hogs, "paced", paced, "pause_us", pause_us,
            "duration_ms", duration_ms, "await_every", await_every));
}

static Cell convoy_cell(
    const Mode *mode, const LockPolicy *lock, int hogs, const char *paced, int duration_ms, int await_every)
{
    return pausing_cell(mode, lock, hogs, paced, 1000, duration_ms, await_every);
}

/* Of too few requests a percentile is null, and says why. */
static void check_percentiles(const json_t *metrics, int64_t requests, int64_t longest)
{
    static const struct {
        const char *name, *reason_name, *reason;
        int64_t needed;
    } rows[] = {
        {"latency_p50_ns", "latency_p50_ns_reason", " too few for a 50th percentile, which needs 3", 3},
        {"latency_p90_ns", "latency_p90_ns_reason", " too few for a 90th percentile, which needs 10", 10},
        {"latency_p99_ns", "latency_p99_ns_reason", " too few for a 99th percentile, which needs 100", 100},
    };
    int64_t least = 1;

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const char *reason = json_string_value(json_object_get(metrics, rows[i].reason_name));

        if (requests < rows[i].needed) {
            ck_assert(json_is_null(json_object_get(metrics, rows[i].name)));
            ck_assert_ptr_nonnull(reason);
            ck_assert_int_eq(strtoll(reason, NULL, 10), requests);
            ck_assert_ptr_nonnull(strstr(reason, rows[i].reason));
            continue;
        }
        ck_assert_ptr_null(reason);
        ck_assert_int_ge(metric(metrics, rows[i].name), least);
        least = metric(metrics, rows[i].name);
    }
    ck_assert_int_le(least, longest);
}

/* Runs a cell and returns how many requests there were. */
static int64_t run(const Cell *cell)
{
    Arena *arena = arena_of(cell);
    json_auto_t *event = event_sample(cell, 0, arena, false);
    const json_t *metrics = json_object_get(event, "metrics");
    const json_t *first = json_array_get(json_object_get(event, "per_task"), 0);
    int64_t requests = metric(metrics, "requests"), longest = metric(metrics, "latency_max_ns");
    double hog_ticks = json_real_value(json_object_get(metrics, "hog_ticks_per_s"));

    ck_assert_int_ge(requests, 1);
    ck_assert_int_eq(json_integer_value(json_object_get(first, "answer")), requests);
    check_percentiles(metrics, requests, longest);
    ck_assert_uint_le((uint64_t)longest, arena->wall);
    ck_assert(json_real_value(json_object_get(metrics, "requests_per_s")) > 0);
    ck_assert((hog_ticks > 0) == (cell->n_tasks > 1));
    arena_free(arena);
    return requests;
}

static void run_everywhere(int hogs, const char *paced, int await_every)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = convoy_cell(registry_modes[m], registry_locks[l], hogs, paced, 20, await_every);

            run(&cell);
        }
    }
}

START_TEST(every_request_is_answered_in_every_mode_under_every_lock)
{
    run_everywhere(2, "on", 0);
    run_everywhere(1, "off", 0);
    run_everywhere(2, "off", 500);
}
END_TEST

START_TEST(requests_are_answered_without_hogs_too)
{
    run_everywhere(0, "on", 0);
}
END_TEST

/* A task with a thread of its own sleeps in recv() itself, outside the lock, and comes back to it once for
 * each request, once for each answer, and once for the end, beside the beginning. A wait for the descriptor
 * before the receive would be one more for each. The thread that started it may ask for the lock once. */
START_TEST(a_task_that_is_alone_sleeps_in_its_receive)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        Cell cell = convoy_cell(registry_modes[m], &lock_gil, 0, "on", 20, 0);
        Arena *arena;
        uint64_t n_requests;

        ck_assert_int_eq(cell_trace(&cell, 20000, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
        ck_assert_msg(arena->complete, "%s: %s", cell.mode->name, arena->reason);
        check_timeline(&cell, arena);
        n_requests = arena->outcome[4];
        ck_assert_uint_eq(count_spans(arena, SPAN_OUTSIDE), n_requests);
        if (!cell.mode->one_loop) {
            ck_assert_uint_ge(arena_seat(arena, 0)->stats.acquires, 2 * n_requests + 2);
            ck_assert_uint_le(
                arena_seat(arena, 0)->stats.acquires, 2 * n_requests + 2 + mode_makes_threads(cell.mode));
            ck_assert_uint_eq(count_spans(arena, SPAN_WAIT_IO), n_requests + 1);
        }
        ck_assert_uint_gt(arena_seat(arena, 0)->waits, 0);
        ck_assert_uint_le(arena_seat(arena, 0)->waits, arena->wall);
        arena_free(arena);
    }
}
END_TEST

/* In 60 ms there is room for two pauses of 25 ms, each with its request, and one that goes beyond. */
START_TEST(the_client_pauses_for_as_long_as_it_is_told)
{
    Cell cell = pausing_cell(&mode_threads, &lock_none, 0, "on", 25000, 60, 0);

    ck_assert_int_le(run(&cell), 3);
}
END_TEST

/* The client begins when the hog has; and nothing else happens before the hog is done. So the first request
 * is answered then, and no other is sent. */
START_TEST(a_hog_that_never_awaits_freezes_the_loop)
{
    for (size_t l = 0; registry_locks[l]; l++) {
        Cell cell = convoy_cell(&mode_epoll, registry_locks[l], 1, "off", 20, 0);

        ck_assert_int_eq(run(&cell), 1);
    }
}
END_TEST

/* The convoy's step, but one task kills its process, in its sixth, or in its first, before it has begun. */
static struct {
    uint32_t task;
    int step;
} death;

static Step step_and_die(Loop *loop, Task *task, uint64_t ticks)
{
    static int n_steps;

    if (task->id == death.task && ++n_steps == death.step)
        raise(SIGKILL);
    return experiment_convoy.step(loop, task, ticks);
}

static void run_deadly_cells(uint32_t task, int step, int duration_ms)
{
    Experiment deadly = experiment_convoy;

    deadly.step = step_and_die;
    death.task = task;
    death.step = step;
    for (size_t m = 0; registry_modes[m]; m++) {
        Cell cell = convoy_cell(registry_modes[m], &lock_gil, 2, "off", duration_ms, 500);
        Arena *arena;

        cell.experiment = &deadly;
        ck_assert_int_eq(cell_run(&cell, false, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
        ck_assert(!arena->complete);
        ck_assert_msg(strstr(arena->reason, "died of signal 9"), "%s: %s", cell.mode->name, arena->reason);
        arena_free(arena);
    }
}

/* Neither the client nor the hogs wait for one who is no more, or who never came. */
START_TEST(a_task_that_dies_ends_the_cell)
{
    run_deadly_cells(0, 6, 20000);
    run_deadly_cells(0, 1, 20000);
    run_deadly_cells(1, 1, 50);
    run_deadly_cells(2, 1, 50);
}
END_TEST

START_TEST(a_percentile_is_the_least_that_enough_do_not_exceed)
{
    ConvoyBoard *board;

    ck_assert_int_eq(convoy_board_create(&board), 0);
    ck_assert_uint_eq(convoy_percentile(board, 50), 0);
    board->latencies[board->n_requests++] = 7;
    for (uint32_t hundredths = 1; hundredths <= 100; hundredths++)
        ck_assert_uint_eq(convoy_percentile(board, hundredths), 7);
    for (uint64_t i = 0; i < 200; i++)
        board->latencies[i] = 1000 - i;
    board->n_requests = 200;
    convoy_sort(board);
    ck_assert_uint_eq(convoy_percentile(board, 50), 801 + 99);
    ck_assert_uint_eq(convoy_percentile(board, 90), 801 + 179);
    ck_assert_uint_eq(convoy_percentile(board, 99), 801 + 197);
    ck_assert_uint_eq(convoy_percentile(board, 100), 1000);
}
END_TEST

/* A cell with another number of tasks than its hogs and the one that answers. */
START_TEST(tasks_must_fit_to_hogs)
{
    json_auto_t *object =
        json_pack("{s:i, s:s, s:[{s:s, s:s, s:i, s:{s:i, s:s, s:i, s:i, s:i}}]}", "protocol",
            PROTOCOL_VERSION, "experiment", "convoy", "cells", "mode", "threads", "lock", "gil", "tasks", 2,
            "params", "hogs", 2, "paced", "on", "pause_us", 1000, "duration_ms", 10, "await_every", 0);
    auto_problem Problem problem = {0};
    Request request;

    ck_assert_int_lt(request_parse(object, &request, &problem), 0);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(problem.errors, 0), "param")), "tasks");
}
END_TEST

RUN_TESTS("convoy", 100, every_request_is_answered_in_every_mode_under_every_lock,
    requests_are_answered_without_hogs_too, the_client_pauses_for_as_long_as_it_is_told,
    a_task_that_is_alone_sleeps_in_its_receive, a_hog_that_never_awaits_freezes_the_loop,
    a_task_that_dies_ends_the_cell, a_percentile_is_the_least_that_enough_do_not_exceed,
    tasks_must_fit_to_hogs)
