/* What the parent sees of what its tasks added, for every way to tell it. */
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/check-timeline.h"
#include "tests/unit/one-cell.h"

enum { N_TASKS = 3 };

static Cell share_cell(const Mode *mode, const LockPolicy *lock, const char *via, int items)
{
    return cell_of("share", mode, lock, N_TASKS, json_pack("{s:s, s:i}", "via", via, "items", items));
}

static void check_everywhere(const char *via, int items, bool seen_of_processes)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = share_cell(registry_modes[m], registry_locks[l], via, items);
            json_auto_t *metrics = metrics_of(&cell);
            bool seen = registry_modes[m]->shares_memory || seen_of_processes;

            ck_assert_int_eq(metric(metrics, "expected"), N_TASKS * items);
            ck_assert_int_eq(metric(metrics, "seen_by_parent"), seen ? N_TASKS * items : 0);
            ck_assert(json_real_value(json_object_get(metrics, "ns_per_item")) > 0);
        }
    }
}

START_TEST(a_variable_is_seen_unless_the_tasks_are_processes)
{
    check_everywhere("variable", 1, false);
    check_everywhere("variable", 20000, false);
}
END_TEST

START_TEST(shared_memory_is_seen_everywhere)
{
    check_everywhere("shared-memory", 1, true);
    check_everywhere("shared-memory", 20000, true);
}
END_TEST

/* A pipe holds 8192 of them, or fewer. */
START_TEST(every_message_arrives_also_when_the_pipe_is_full)
{
    check_everywhere("pipe", 1, true);
    check_everywhere("pipe", 20000, true);
}
END_TEST

/* A write that blocks does so in the step outside the lock that it is: nothing is asked of the lock for it.
 * The thread that started it may ask for the lock once. */
START_TEST(a_task_that_is_alone_waits_for_room_in_its_write)
{
    const Mode *const modes[] = {&mode_threads, &mode_processes};

    for (size_t m = 0; m < ARRAY_LENGTH(modes); m++) {
        Cell cell =
            cell_of("share", modes[m], &lock_gil, 1, json_pack("{s:s, s:i}", "via", "pipe", "items", 30000));
        Arena *arena;

        ck_assert_int_eq(cell_trace(&cell, 20000, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
        ck_assert_msg(arena->complete, "%s: %s", modes[m]->name, arena->reason);
        check_timeline(&cell, arena);
        ck_assert_uint_ge(arena_seat(arena, 0)->stats.acquires, 30001);
        ck_assert_uint_le(arena_seat(arena, 0)->stats.acquires, 30001 + mode_makes_threads(modes[m]));
        ck_assert_uint_le(arena_seat(arena, 0)->waits, arena->wall);
        arena_free(arena);
    }
}
END_TEST

/* The parent does not read the pipe then, so a task that writes more than there is room for would wait for it
 * until the deadline, and the reason would be lost. */
START_TEST(a_task_that_cannot_be_started_fails_the_cell_at_once)
{
    const Mode *const modes[] = {&mode_threads, &mode_processes};

    for (size_t m = 0; m < ARRAY_LENGTH(modes); m++) {
        Cell cell = share_cell(modes[m], &lock_gil, "pipe", 20000);
        auto_free char *reason = text_printf(
            "only 2 of 3 %s could be started: the test allows no more", m == 0 ? "threads" : "processes");
        Arena *arena;

        cell.start_limit = 2;
        strcpy(cell.start_limit_reason, "the test allows no more");
        ck_assert_int_eq(cell_run(&cell, false, nsec_now() + 20 * NSEC_PER_SEC, &arena), 0);
        ck_assert(!arena->complete);
        ck_assert_str_eq(arena->reason, reason);
        arena_free(arena);
    }
}
END_TEST

/* The answer is right or wrong by what the parent sees. */
START_TEST(a_total_that_is_not_seen_fails_the_cell)
{
    Cell cell = share_cell(&mode_threads, &lock_gil, "shared-memory", 10);
    char reason[ARENA_REASON_SIZE];
    Arena *arena;
    Loop loop;

    ck_assert_int_eq(experiment_share.prepare(&cell, reason), 0);
    ck_assert_int_eq(arena_create(1, N_TASKS, experiment_state_bytes(&cell), &arena), 0);
    loop_init(&loop, &cell, arena, NULL, arena_seat(arena, 0), 1);
    for (uint32_t i = 0; i < N_TASKS; i++) {
        Task *task = arena_task(arena, i);

        ck_assert_pstr_eq(experiment_share.check(&cell, task), "it did not add all its items");
        ck_assert_int_eq(experiment_share.step(&loop, task, 4).kind, STEP_MORE);
        ck_assert_int_eq(experiment_share.step(&loop, task, 100).kind, STEP_DONE);
        ck_assert_pstr_eq(experiment_share.check(&cell, task),
            i + 1 < N_TASKS ? "the parent does not see what was added" : NULL);
    }
    loop_finish(&loop);
    arena_free(arena);
    free(cell.prepared);
}
END_TEST

RUN_TESTS("share", 50, a_variable_is_seen_unless_the_tasks_are_processes, shared_memory_is_seen_everywhere,
    every_message_arrives_also_when_the_pipe_is_full, a_task_that_is_alone_waits_for_room_in_its_write,
    a_task_that_cannot_be_started_fails_the_cell_at_once, a_total_that_is_not_seen_fails_the_cell)
