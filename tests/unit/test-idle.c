/* All tasks are there at once, what they cost is in sane bounds, and too few of them are a result. */
#include <signal.h>
#include <sys/resource.h>

#include "base/array.h"
#include "engine/memory.h"
#include "engine/room.h"
#include "tests/unit/check-timeline.h"
#include "tests/unit/one-cell.h"

enum { N_TASKS = 20, KB = 1024, MB = 1024 * KB };

typedef struct IdleOptions {
    int wakeups_per_s, touch_stack_bytes, stack_bytes;
    int duration_ms; /* 0: 20 */
} IdleOptions;

static Cell idle_cell(const Mode *mode, const LockPolicy *lock, int n_tasks, IdleOptions options)
{
    return cell_of("idle", mode, lock, n_tasks,
        json_pack("{s:i, s:i, s:i, s:i}", "duration_ms", options.duration_ms > 0 ? options.duration_ms : 20,
            "wakeups_per_s", options.wakeups_per_s, "touch_stack_bytes", options.touch_stack_bytes,
            "stack_bytes", options.stack_bytes));
}

/* Runs a cell with a look at its memory and returns its event, a new reference. */
static json_t *run(const Cell *cell)
{
    json_t *event;
    Arena *arena;

    ck_assert_int_eq(cell_run(cell, true, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
    ck_assert_msg(arena->complete, "%s under %s: %s", cell->mode->name, cell->lock->name, arena->reason);
    ck_assert_uint_eq(arena->n_finished, arena->n_started);
    event = event_sample(cell, 0, arena, false);
    arena_free(arena);
    return event;
}

static int64_t memory(const json_t *event, const char *name)
{
    return metric(json_object_get(event, "memory"), name);
}

static json_int_t wakeups(const json_t *event, uint32_t task)
{
    const json_t *row = json_array_get(json_object_get(event, "per_task"), task);

    return json_integer_value(json_object_get(row, "answer"));
}

START_TEST(all_tasks_sleep_together)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            const Mode *mode = registry_modes[m];
            int n_tasks = mode == &mode_serial ? 2 : N_TASKS;
            Cell cell = idle_cell(mode, registry_locks[l], n_tasks, (IdleOptions){0});
            json_auto_t *event = run(&cell);
            const json_t *metrics = json_object_get(event, "metrics"), *row;
            json_int_t last_start = 0, first_end = INT64_MAX;
            size_t i;

            ck_assert_int_eq(metric(metrics, "started"), n_tasks);
            ck_assert_ptr_null(json_object_get(metrics, "not_started_reason"));
            ck_assert_uint_eq(json_array_size(json_object_get(event, "per_task")), n_tasks);
            json_array_foreach (json_object_get(event, "per_task"), i, row) {
                json_int_t start = json_integer_value(json_object_get(row, "start_ns"));
                json_int_t end = json_integer_value(json_object_get(row, "end_ns"));

                ck_assert_int_ge(end - start, 20 * (json_int_t)NSEC_PER_MSEC);
                last_start = start > last_start ? start : last_start;
                first_end = end < first_end ? end : first_end;
                ck_assert_int_eq(wakeups(event, i), 0);
            }
            if (mode != &mode_serial)
                ck_assert_int_lt(last_start, first_end);
        }
    }
}
END_TEST

/* Two tasks that are to wake every 2 ms. Returns whether both did, and the thread was seen to be switched. */
static bool both_wake(const Mode *mode, int duration_ms)
{
    Cell cell =
        idle_cell(mode, &lock_gil, 2, (IdleOptions){.wakeups_per_s = 500, .duration_ms = duration_ms});
    json_auto_t *event = run(&cell);
    const json_t *metrics = json_object_get(event, "metrics");
    double switches = json_real_value(json_object_get(metrics, "switches_per_s"));
    double cpu = json_real_value(json_object_get(metrics, "wakeup_cpu_share"));
    json_int_t one = wakeups(event, 0), other = wakeups(event, 1);

    ck_assert_int_le(one, duration_ms / 2);
    ck_assert_int_le(other, duration_ms / 2);
    ck_assert((cpu > 0) == (one + other > 0));
    ck_assert(switches >= 0 && (switches == 0 || one + other > 0));
    return one > 0 && other > 0 && switches > 0;
}

/* On a busy machine they may sleep through: then they sleep for twice as long. */
START_TEST(tasks_wake_but_never_more_often_than_they_are_told)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        bool awake = false;

        for (int duration_ms = 20; !awake && duration_ms < 6000; duration_ms *= 2)
            awake = both_wake(registry_modes[m], duration_ms);
        ck_assert_msg(awake, "no task wakes in mode %s", registry_modes[m]->name);
    }
}
END_TEST

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

/* With a sanitizer all memory has a shadow. */
START_TEST(memory_is_that_of_all_tasks_at_once)
{
    for (size_t m = 0; registry_modes[m] && !IS_SANITIZED; m++) {
        const Mode *mode = registry_modes[m];
        bool has_stack = mode_makes_threads(mode) || !mode->shares_memory;
        Cell cell =
            idle_cell(mode, &lock_gil, mode->baseline ? 2 : N_TASKS, (IdleOptions){.stack_bytes = MB});
        json_auto_t *event = run(&cell);
        int64_t resident = memory(event, "rss_per_task_bytes"),
                kernel = memory(event, "kernel_per_task_bytes");
        int64_t reserved = memory(event, "virtual_per_task_bytes");

        ck_assert_int_gt(resident, 0);
        ck_assert_int_lt(resident, has_stack ? 200 * KB : 8 * KB);
        ck_assert_int_ge(kernel, has_stack ? 16 * KB : 0);
        ck_assert_int_lt(kernel, has_stack ? 200 * KB : 4 * KB);
        if (mode_makes_threads(mode)) {
            ck_assert_int_ge(reserved, MB);
            ck_assert_int_lt(reserved, MB + 256 * KB);
        }
    }
}
END_TEST

START_TEST(a_stack_that_is_used_is_resident)
{
    const Mode *const modes[] = {&mode_threads, &mode_processes};

    for (size_t m = 0; m < 2 && !IS_SANITIZED; m++) {
        Cell cell = idle_cell(modes[m], &lock_none, N_TASKS, (IdleOptions){.touch_stack_bytes = MB});
        json_auto_t *event = run(&cell);

        ck_assert_int_ge(memory(event, "rss_per_task_bytes"), MB);
        ck_assert_int_lt(memory(event, "rss_per_task_bytes"), MB + 256 * KB);
    }
}
END_TEST

/* How many steps outside the lock there are in two tasks of a loop or of threads. In a thread the step waits
 * at the gate, too, and beside it there is the sleep. */
static uint32_t steps_outside(const Mode *mode, int touch_stack_bytes)
{
    Cell cell = idle_cell(mode, &lock_gil, 2, (IdleOptions){.touch_stack_bytes = touch_stack_bytes});
    Arena *arena;
    uint32_t n;

    ck_assert_int_eq(cell_trace(&cell, 1000, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
    ck_assert_msg(arena->complete, "%s: %s", mode->name, arena->reason);
    check_timeline(&cell, arena);
    n = mode->one_loop ? count_spans(arena, SPAN_OUTSIDE) : count_spans(arena, SPAN_WAIT_IO) - 2;
    ck_assert_uint_eq(mode->one_loop ? 0 : count_spans(arena, SPAN_OUTSIDE), 0);
    arena_free(arena);
    return n;
}

/* A thread touches its stack on the way to the gate, in one step. */
START_TEST(nobody_keeps_the_others_waiting_while_he_touches_a_stack)
{
    ck_assert_uint_eq(steps_outside(&mode_epoll, 0), 0);
    ck_assert_uint_eq(steps_outside(&mode_epoll, MB), 2);
    ck_assert_uint_eq(steps_outside(&mode_threads, 0), 2);
    ck_assert_uint_eq(steps_outside(&mode_threads, MB), 2);
}
END_TEST

START_TEST(a_stack_that_is_too_small_is_refused_with_the_reason)
{
    static const IdleOptions rows[] = {{.touch_stack_bytes = 2 * MB, .stack_bytes = MB}, {.stack_bytes = KB}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Cell cell = idle_cell(&mode_threads, &lock_none, 2, rows[i]);
        Arena *arena;

        ck_assert_int_eq(cell_run(&cell, true, 0, &arena), 0);
        ck_assert(!arena->complete);
        ck_assert_msg(strstr(arena->reason, "do not fit into a stack"), "%s", arena->reason);
        arena_free(arena);
    }
}
END_TEST

/* Runs a cell of which less than all can be started, and checks that what there was is a result. */
static json_t *run_short(const Cell *cell, const char *why)
{
    json_auto_t *event = run(cell);
    const json_t *metrics = json_object_get(event, "metrics");
    const char *reason = json_string_value(json_object_get(metrics, "not_started_reason"));
    int64_t started = metric(metrics, "started");

    ck_assert_str_eq(json_string_value(json_object_get(event, "status")), "done");
    ck_assert_int_ge(started, 1);
    ck_assert_int_lt(started, cell->n_tasks);
    ck_assert_uint_eq(json_array_size(json_object_get(event, "per_task")), started);
    ck_assert_uint_eq(json_array_size(json_object_get(event, "completion_order")), started);
    ck_assert_str_eq(reason, why);
    return json_incref(event);
}

START_TEST(a_limit_that_is_reached_is_a_result)
{
    const Mode *const modes[] = {&mode_threads, &mode_processes};

    for (size_t m = 0; m < 2; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = idle_cell(modes[m], registry_locks[l], 5, (IdleOptions){.wakeups_per_s = 200});
            json_auto_t *event = NULL;

            cell.start_limit = 3;
            strcpy(cell.start_limit_reason, "the test allows no more");
            event = run_short(&cell, "the test allows no more");
            ck_assert_int_eq(metric(json_object_get(event, "metrics"), "started"), 3);
        }
    }
}
END_TEST

/* Each stack takes a gigabyte of address space, and there is some for two or three. */
START_TEST(threads_that_the_system_refuses_are_a_result)
{
    Cell cell = idle_cell(&mode_threads, &lock_gil, 5, (IdleOptions){.stack_bytes = 1 << 30});
    json_auto_t *event = NULL;
    MemoryReading now;
    struct rlimit limit;

    ck_assert_int_eq(memory_read(0, &now), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = now.reserved + 3 * ((rlim_t)1 << 30);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    event = run_short(&cell, "Resource temporarily unavailable");
}
END_TEST

/* The step of idle, but task 1 kills its process before it comes to the gate. */
static Step step_and_die(Loop *loop, Task *task, uint64_t ticks)
{
    if (task->id == 1)
        raise(SIGKILL);
    return experiment_idle.step(loop, task, ticks);
}

/* The others do not wait at the gate for one who never comes. */
START_TEST(a_task_that_dies_ends_the_cell)
{
    Experiment deadly = experiment_idle;

    deadly.step = step_and_die;
    for (size_t m = 0; registry_modes[m]; m++) {
        Cell cell = idle_cell(registry_modes[m], &lock_gil, 3, (IdleOptions){0});
        Arena *arena;

        cell.experiment = &deadly;
        ck_assert_int_eq(cell_run(&cell, true, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
        ck_assert(!arena->complete);
        ck_assert_msg(strstr(arena->reason, "died of signal 9"), "%s", arena->reason);
        arena_free(arena);
    }
}
END_TEST

/* The machine keeps what it needs. */
START_TEST(there_is_a_reserve)
{
    char reason[ROOM_REASON_SIZE];
    int64_t at_all = room_for_tasks("", 64 * KB, false, reason), now;
    FILE *file = fopen("/proc/sys/kernel/pid_max", "re");
    long long most;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lld", &most), 1);
    fclose(file);
    ck_assert_int_ge(at_all, 1);
    ck_assert_int_le(at_all, most > 2000 ? most - 1000 : 1000);
    now = room_for_tasks("", 64 * KB, true, reason);
    ck_assert_int_ge(now, 1);
    ck_assert_int_le(now, at_all);
    ck_assert_int_eq(room_for_tasks("", UINT64_C(1) << 60, true, reason), 1);
    ck_assert_msg(strstr(reason, "memory"), "%s", reason);
}
END_TEST

RUN_TESTS("idle", 100, all_tasks_sleep_together, tasks_wake_but_never_more_often_than_they_are_told,
    memory_is_that_of_all_tasks_at_once, a_stack_that_is_used_is_resident,
    nobody_keeps_the_others_waiting_while_he_touches_a_stack,
    a_stack_that_is_too_small_is_refused_with_the_reason, a_limit_that_is_reached_is_a_result,
    threads_that_the_system_refuses_are_a_result, a_task_that_dies_ends_the_cell, there_is_a_reserve)
