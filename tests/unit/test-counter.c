/* The counter's promises in every mode under every lock, and its losses by scripted interleavings. */
#include "base/array.h"
#include "tests/unit/one-cell.h"

enum { N_TASKS = 3, N = 20000 };

static Cell counter_cell(const Mode *mode, const LockPolicy *lock, int n_tasks, int n, const char *inside)
{
    return cell_of("counter", mode, lock, n_tasks, json_pack("{s:i, s:s}", "n", n, "switch_inside", inside));
}

START_TEST(nothing_is_lost_where_the_lock_protects_the_whole_update)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = counter_cell(registry_modes[m], registry_locks[l], N_TASKS, N, "off");
            json_auto_t *metrics = metrics_of(&cell);
            int64_t actual = metric(metrics, "actual");

            ck_assert_int_eq(metric(metrics, "expected"), N_TASKS * N);
            ck_assert_int_eq(metric(metrics, "lost_updates"), N_TASKS * N - actual);
            ck_assert_int_ge(actual, 1);
            ck_assert_int_le(actual, N_TASKS * N);
            if (registry_modes[m] != &mode_threads ||
                (registry_locks[l]->exclusive && !registry_locks[l]->between_bytecodes))
                ck_assert_int_eq(actual, N_TASKS * N);
        }
    }
}
END_TEST

START_TEST(a_switch_inside_may_lose_but_never_gains)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = counter_cell(registry_modes[m], registry_locks[l], N_TASKS, N, "on");
            json_auto_t *metrics = metrics_of(&cell);
            int64_t actual = metric(metrics, "actual");

            ck_assert_int_eq(metric(metrics, "expected"), N_TASKS * N);
            ck_assert_int_eq(metric(metrics, "lost_updates"), N_TASKS * N - actual);
            ck_assert_int_ge(actual, 1);
            ck_assert_int_le(actual, N_TASKS * N);
            if (registry_modes[m] == &mode_serial || registry_modes[m] == &mode_processes)
                ck_assert_int_eq(actual, N_TASKS * N);
            /* One thread, so it does not depend on chance: each await inside loses what the others did. */
            if (registry_modes[m] == &mode_epoll)
                ck_assert_int_lt(actual, N_TASKS * N);
        }
    }
}
END_TEST

/* Two tasks of one process whose steps the test makes by hand, as two threads would. */
typedef struct Script {
    Cell cell;
    Arena *arena;
    Loop loops[2];
} Script;

static void begin(Script *script, const LockPolicy *lock, int n, const char *inside)
{
    char reason[ARENA_REASON_SIZE];

    script->cell = counter_cell(&mode_threads, lock, 2, n, inside);
    ck_assert_int_eq(experiment_counter.prepare(&script->cell, reason), 0);
    ck_assert_int_eq(arena_create(2, 2, experiment_state_bytes(&script->cell), &script->arena), 0);
    for (uint32_t i = 0; i < 2; i++) {
        loop_init(&script->loops[i], &script->cell, script->arena, NULL, arena_seat(script->arena, i), 1);
        script->loops[i].alone = true;
    }
}

static Step make_step(Script *script, uint32_t task, uint64_t ticks)
{
    return experiment_counter.step(&script->loops[task], arena_task(script->arena, task), ticks);
}

/* Returns what the counter came to. */
static int64_t finish(Script *script)
{
    json_auto_t *metrics = json_object();

    experiment_counter.report(&script->cell, script->arena, metrics);
    for (uint32_t i = 0; i < 2; i++)
        loop_finish(&script->loops[i]);
    arena_free(script->arena);
    free(script->cell.prepared);
    return metric(metrics, "actual");
}

/* One task is stopped after so many ticks of its first update, and the other counts to its end meanwhile.
 * Returns what the counter comes to when the first has gone on, and in *ret_used the ticks of its first step.
 */
static int64_t interrupt(
    const LockPolicy *lock, const char *inside, uint64_t ticks, int times, uint64_t *ret_used)
{
    Script script;
    Step step;

    begin(&script, lock, times, inside);
    step = make_step(&script, 0, ticks);
    ck_assert_int_eq(step.kind, STEP_MORE);
    *ret_used = step.ticks;
    step = make_step(&script, 1, 1000);
    ck_assert_int_eq(step.kind, STEP_DONE);
    step = make_step(&script, 0, 1000);
    ck_assert_int_eq(step.kind, STEP_DONE);
    return finish(&script);
}

/* An update is load, add, store, and with a call three ticks more before the sum; then there are three of the
 * loop. */
START_TEST(a_switch_between_load_and_store_loses_what_came_between)
{
    enum { TIMES = 10 };
    static const struct {
        const LockPolicy *lock;
        const char *inside;
        uint64_t update; /* ticks; those that end before the last of them are inside */
        bool may_end_inside;
    } rows[] = {
        {&lock_gil, "off", 3, false},
        {&lock_gil, "on", 6, true},
        {&lock_gil_py2, "off", 3, true},
        {&lock_gil_py2, "on", 6, true},
        {&lock_ticket, "off", 3, false},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        for (uint64_t ticks = 1; ticks < rows[i].update + 3; ticks++) {
            bool is_inside = ticks < rows[i].update;
            uint64_t used;
            int64_t left = interrupt(rows[i].lock, rows[i].inside, ticks, TIMES, &used);

            /* The first stores 1 over the 10 of the other, and counts on from there. */
            ck_assert_int_eq(left, is_inside && rows[i].may_end_inside ? TIMES : 2 * TIMES);
            ck_assert_uint_eq(used, is_inside && !rows[i].may_end_inside ? rows[i].update : ticks);
        }
    }
}
END_TEST

/* On a loop only an await lets the others in, and there is none in x += 1, whatever the lock. */
START_TEST(a_plain_update_on_a_loop_lets_nobody_in)
{
    Script script;
    Step step;

    begin(&script, &lock_gil_py2, 10, "off");
    script.cell.mode = &mode_epoll;
    script.loops[0].alone = false;
    for (uint64_t ticks = 1; ticks < 6; ticks++) {
        step = make_step(&script, 0, ticks);
        ck_assert_int_eq(step.kind, STEP_MORE);
        ck_assert_uint_eq(step.ticks, ticks);
    }
    make_step(&script, 0, 1000);
    make_step(&script, 1, 1000);
    finish(&script);
}
END_TEST

/* Which cells complain of what the script left behind in a task. */
START_TEST(a_broken_promise_fails_the_cell)
{
    static const struct {
        const Mode *mode;
        const LockPolicy *lock;
        const char *inside;
        bool promised;
    } rows[] = {
        {&mode_threads, &lock_gil, "off", true},
        {&mode_threads, &lock_gil_py2, "off", false},
        {&mode_threads, &lock_ticket, "off", true},
        {&mode_serial, &lock_gil_py2, "off", true},
        {&mode_processes, &lock_gil_py2, "off", true},
        {&mode_epoll, &lock_gil_py2, "off", true},
        {&mode_epoll, &lock_gil_py2, "on", false},
        {&mode_threads, &lock_gil, "on", false},
        {&mode_threads, &lock_none, "off", false},
        {&mode_threads, &lock_per_interpreter, "off", false},
        {&mode_serial, &lock_none, "on", true},
        {&mode_processes, &lock_none, "on", true},
        {&mode_epoll, &lock_none, "off", true},
        {&mode_epoll, &lock_none, "on", false},
    };
    Script script;

    begin(&script, &lock_gil, 10, "on");
    make_step(&script, 0, 1);
    make_step(&script, 1, 1000);
    make_step(&script, 0, 1000);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Cell cell = counter_cell(rows[i].mode, rows[i].lock, 2, 10, rows[i].inside);
        const char *complaint = experiment_counter.check(&cell, arena_task(script.arena, 0));

        ck_assert_pstr_eq(complaint, rows[i].promised ? "updates were lost where none can be" : NULL);
    }
    finish(&script);
}
END_TEST

START_TEST(a_counter_that_gained_fails_the_cell)
{
    Script script;
    Cell more;

    begin(&script, &lock_gil, 10, "off");
    more = counter_cell(&mode_threads, &lock_none, 2, 20, "off");
    more.prepared = script.cell.prepared;
    script.loops[1].cell = &more;
    make_step(&script, 1, 1000);
    make_step(&script, 0, 1000);
    ck_assert_pstr_eq(experiment_counter.check(&more, arena_task(script.arena, 0)),
        "the counter is higher than it was ever counted");
    ck_assert_int_eq(finish(&script), 30);
}
END_TEST

RUN_TESTS("counter", 50, nothing_is_lost_where_the_lock_protects_the_whole_update,
    a_switch_inside_may_lose_but_never_gains, a_switch_between_load_and_store_loses_what_came_between,
    a_plain_update_on_a_loop_lets_nobody_in, a_broken_promise_fails_the_cell,
    a_counter_that_gained_fails_the_cell)
