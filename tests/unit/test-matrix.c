/* Every experiment in every mode under every lock, and the invariants that hold for all of them. The
 * probe goes the same way, because it can see what no experiment sees: who else is inside. */
#include "base/array.h"
#include "engine/describe.h"
#include "engine/events.h"
#include "engine/own-origin.h"
#include "engine/registry.h"
#include "engine/request.h"
#include "tests/unit/check-timeline.h"
#include "tests/unit/probe.h"
#include "tests/unit/run.h"

enum { N_TASKS = 3, MAX_SPANS = 20000 };

static void check_tasks(const Cell *cell, Arena *arena)
{
    for (uint32_t i = 0; i < N_TASKS; i++) {
        const Task *task = arena_task(arena, i);

        ck_assert_uint_eq(task->id, i);
        ck_assert_uint_gt(task->start, 0);
        ck_assert_uint_gt(task->came, 0);
        ck_assert_uint_le(task->came, task->start);
        ck_assert_uint_le(task->start, task->end);
        ck_assert_uint_le(task->end, arena->wall);
        if (!cell->mode->one_loop)
            ck_assert_uint_le(task->cpu, arena->wall);
    }
    ck_assert_uint_eq(arena->n_finished, N_TASKS);
}

static void check_locks(const Cell *cell, Arena *arena)
{
    uint64_t acquires = 0, held = 0;

    for (uint32_t i = 0; i < arena->n_seats; i++) {
        const LockStats *stats = &arena_seat(arena, i)->stats;

        ck_assert_uint_le(stats->handoffs, stats->acquires);
        ck_assert_uint_le(stats->contended, stats->acquires);
        ck_assert_uint_le(stats->forced_switches, stats->acquires);
        ck_assert_uint_le(stats->held + stats->waited + arena_seat(arena, i)->outside, arena->wall);
        acquires += stats->acquires;
        held += stats->held;
        if (cell->lock->each_its_own || !cell->lock->exclusive || arena->n_seats == 1 ||
            !cell->mode->shares_memory)
            ck_assert_uint_eq(stats->handoffs + stats->contended, 0);
    }
    if (cell->lock == &lock_none)
        ck_assert_uint_eq(acquires, 0);
    /* Only one at a time is inside, so the times inside add up to no more than the time there is. */
    if (cell->lock->exclusive && !cell->lock->each_its_own && cell->mode->shares_memory)
        ck_assert_uint_le(held, arena->wall);
    if (cell->lock == &lock_gil)
        ck_assert_uint_ge(acquires, N_TASKS / (cell->mode->one_loop ? N_TASKS : 1));
}

/* Who starts threads holds the lock while it starts one, and has it back only when that one has begun: so
 * each has it from another when it begins, they begin one by one, and all have begun when they are made. */
static void check_starter(const Cell *cell, Arena *arena)
{
    if (!mode_makes_threads(cell->mode) || !cell->lock->exclusive || cell->lock->each_its_own)
        return;
    for (uint32_t i = 0; i < arena->n_started; i++) {
        const Task *task = arena_task(arena, i);

        ck_assert_uint_ge(arena_seat(arena, i)->stats.handoffs, 1);
        ck_assert_uint_gt(task->start, i > 0 ? arena_task(arena, i - 1)->start : 0);
        ck_assert_uint_ge(arena->create, task->start);
    }
}

/* It lies between the other two. Those overlap where the last task had ended before its maker came back, and
 * then there is nothing between them. */
static void check_start(const Cell *cell, const Arena *arena, json_t *event)
{
    uint64_t start = (uint64_t)json_integer_value(json_object_get(event, "start_ns"));

    ck_assert(json_is_integer(json_object_get(event, "start_ns")));
    if (start > 0)
        ck_assert_uint_le(arena->create + start + arena->join, arena->wall);
    if (!cell->mode->side_by_side)
        ck_assert_uint_eq(start, 0);
    ck_assert_uint_le((uint64_t)json_integer_value(json_object_get(event, "create_alone_ns")), arena->create);
}

static bool has_cost(const Experiment *experiment, CostKind kind)
{
    for (size_t i = 0; i < experiment->n_costs; i++)
        if (experiment->costs[i].kind == kind)
            return true;
    return false;
}

/* Only what a loop waits for by itself is a wait, and no step that computes outside the lock. share with a
 * pipe is between the two: it waits where the pipe is full. */
static void check_waits(const Cell *cell, Arena *arena)
{
    nsec_t waits = 0;

    for (uint32_t i = 0; i < arena->n_seats; i++) {
        const Seat *seat = arena_seat(arena, i);

        ck_assert_uint_le(seat->waits, seat->outside);
        waits += seat->waits;
    }
    if (has_cost(cell->experiment, COST_WAIT))
        ck_assert_msg(waits > 0, "%s in %s waited for nothing", cell->experiment->name, cell->mode->name);
    else if (cell->experiment != &experiment_share)
        ck_assert_uint_eq(waits, 0);
}

static void run_cell(const Cell *cell, bool traced)
{
    nsec_t deadline = nsec_now() + 60 * NSEC_PER_SEC;
    json_auto_t *event = NULL;
    Arena *arena;
    int r;

    r = traced ? cell_trace(cell, MAX_SPANS, deadline, &arena) : cell_run(cell, true, deadline, &arena);
    ck_assert_int_eq(r, 0);
    ck_assert_msg(arena->complete, "%s in %s under %s: %s", cell->experiment->name, cell->mode->name,
        cell->lock->name, arena->reason);
    check_tasks(cell, arena);
    check_locks(cell, arena);
    check_starter(cell, arena);
    check_waits(cell, arena);
    if (traced)
        check_timeline(cell, arena);
    event = event_sample(cell, 0, arena, false);
    ck_assert_str_eq(json_string_value(json_object_get(event, "status")), "done");
    ck_assert_uint_eq(json_array_size(json_object_get(event, "per_task")), N_TASKS);
    check_start(cell, arena, event);
    arena_free(arena);
}

/* A parameter of an experiment, and the one of its choices that is not the default; or NULL. */
typedef struct Choice {
    const Parameter *parameter;
    const char *text;
} Choice;

/* What is small for this experiment ("crunch.n"), or for all that have the parameter; or NULL. */
static json_t *small_value(const json_t *small, const Experiment *experiment, const Parameter *parameter)
{
    char name[64];
    json_t *own;

    snprintf(name, sizeof(name), "%s.%s", experiment->name, parameter->name);
    own = json_object_get(small, name);
    return own ? own : json_object_get(small, parameter->name);
}

/* The request for one cell of an experiment: every parameter at its default, but small, and one choice. */
static json_t *small_request(
    const Experiment *experiment, const Mode *mode, const LockPolicy *lock, Choice choice)
{
    json_t *params = json_pack("{s:i, s:i}", "switch_interval_us", 500, "check_interval", 100);
    json_t *small = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "n", 50000,
        "countdown.n", 3000000, "crunch.n", 40, "rounds", 20, "delay_ms", 10, "jitter_ms", 10, "requests", 2,
        "items", 2000, "hogs", N_TASKS - 1, "duration_ms", 20, "wakeups_per_s", 500);

    for (size_t i = 0; i < experiment->n_parameters; i++) {
        const Parameter *parameter = &experiment->parameters[i];
        json_t *description = parameter_describe(parameter);
        json_t *value = small_value(small, experiment, parameter);

        json_object_set(params, parameter->name, value ? value : json_object_get(description, "default"));
        json_decref(description);
    }
    if (choice.parameter)
        json_object_set_new(params, choice.parameter->name, json_string(choice.text));
    json_decref(small);
    return json_pack("{s:i, s:s, s:[{s:s, s:s, s:i, s:o}]}", "protocol", PROTOCOL_VERSION, "experiment",
        experiment->name, "cells", "mode", mode->name, "lock", lock->name, "tasks", N_TASKS, "params",
        params);
}

static void run_everywhere(const Experiment *experiment, Choice choice, json_t *origin)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            json_auto_t *object = small_request(experiment, registry_modes[m], registry_locks[l], choice);
            auto_problem Problem problem = {0};
            Request request;

            json_object_set(object, "origin", origin);
            ck_assert_int_eq(request_parse(object, &request, &problem), 0);
            request.cells[0].turns_per_tick = 10;
            run_cell(&request.cells[0], false);
            run_cell(&request.cells[0], true);
            request_finish(&request);
        }
    }
}

/* With all defaults, and with every other choice in turn. */
static void run_choices(const Experiment *experiment, json_t *origin)
{
    run_everywhere(experiment, (Choice){0}, origin);
    for (size_t i = 0; i < experiment->n_parameters; i++) {
        const Parameter *parameter = &experiment->parameters[i];

        for (size_t k = 1; parameter->type == PARAMETER_CHOICE && parameter->choices[k]; k++)
            run_everywhere(experiment, (Choice){parameter, parameter->choices[k]}, origin);
    }
}

START_TEST(every_experiment_runs_in_every_mode_under_every_lock)
{
    OwnOrigin origin = {0};
    json_t *ports;

    ck_assert_int_eq(own_origin_start(&origin, &ports), 0);
    for (size_t e = 0; registry_experiments[e]; e++)
        run_choices(registry_experiments[e], ports);
    own_origin_stop(&origin);
    json_decref(ports);
}
END_TEST

START_TEST(nobody_meets_another_inside_an_exclusive_lock)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = probe_cell(registry_modes[m], registry_locks[l], N_TASKS, 400, "mmmatmmwd");
            Arena *arena;

            ck_assert_int_eq(cell_run(&cell, false, 0, &arena), 0);
            ck_assert_msg(arena->complete, "%s", arena->reason);
            check_tasks(&cell, arena);
            check_locks(&cell, arena);
            for (uint32_t i = 0; i < N_TASKS; i++) {
                const ProbeState *state = (const ProbeState *)arena_task(arena, i)->state;

                ck_assert_uint_eq(state->steps, 401);
                ck_assert_uint_eq(
                    state->more + state->awaits + state->timers + state->watches + state->detached, 400);
                if (cell.lock->exclusive)
                    ck_assert_uint_eq(state->collisions, 0);
            }
            arena_free(arena);
        }
    }
}
END_TEST

static nsec_t probe_waits(const Mode *mode, int64_t steps, const char *script)
{
    Cell cell = probe_cell(mode, &lock_gil, N_TASKS, steps, script);
    nsec_t waits = 0;
    Arena *arena;

    ck_assert_int_eq(cell_run(&cell, false, 0, &arena), 0);
    ck_assert_msg(arena->complete, "%s", arena->reason);
    for (uint32_t i = 0; i < arena->n_seats; i++)
        waits += arena_seat(arena, i)->waits;
    arena_free(arena);
    return waits;
}

/* A timer of the probe is 200 us. What comes on top until its thread has a CPU is the machine's doing, so
 * not even a busy one makes the wait longer. On a loop the timers of all tasks run at the same time. */
START_TEST(a_wait_for_a_timer_is_as_long_as_the_timer)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        const Mode *mode = registry_modes[m];

        ck_assert_uint_eq(probe_waits(mode, 40, "mad"), 0);
        ck_assert_uint_gt(probe_waits(mode, 40, "t"), 0);
        ck_assert_uint_le(probe_waits(mode, 40, "t"), N_TASKS * 40 * 200 * NSEC_PER_USEC);
    }
}
END_TEST

/* The outcome of a probe that was told to go wrong, in every mode. */
static void check_reason(void (*spoil)(ProbeParams *), const char *expected)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        Cell cell = probe_cell(registry_modes[m], &lock_gil, N_TASKS, 20, "mmt");
        Arena *arena;

        spoil((ProbeParams *)cell.params);
        ck_assert_int_eq(cell_run(&cell, false, 0, &arena), 0);
        ck_assert(!arena->complete);
        ck_assert_msg(strstr(arena->reason, expected), "%s: \"%s\" does not say \"%s\"", cell.mode->name,
            arena->reason, expected);
        arena_free(arena);
    }
}

static void crash(ProbeParams *params)
{
    params->crash_task = 1;
}

static void give_up(ProbeParams *params)
{
    params->fail_task = 1;
}

static void answer_wrongly(ProbeParams *params)
{
    params->wrong_task = 1;
}

START_TEST(a_task_that_kills_its_process_is_a_result)
{
    check_reason(crash, "died of signal 9");
}
END_TEST

START_TEST(a_task_that_fails_says_why)
{
    check_reason(give_up, "task 1: it was told to fail");
}
END_TEST

START_TEST(a_wrong_answer_fails_its_cell)
{
    check_reason(answer_wrongly, "task 1: it was told to be wrong");
}
END_TEST

START_TEST(a_deadline_ends_a_repetition)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        Cell cell = probe_cell(registry_modes[m], &lock_gil, N_TASKS, 1000000000, "mt");
        Arena *arena;

        ck_assert_int_eq(cell_run(&cell, false, nsec_now() + 50 * NSEC_PER_MSEC, &arena), 0);
        ck_assert(!arena->complete);
        ck_assert_str_eq(arena->reason, "it took longer than timeout_ms allows");
        arena_free(arena);
    }
}
END_TEST

/* Times as they might have been, in a repetition that was. */
START_TEST(until_the_first_runs_is_when_nobody_is_at_work)
{
    static const struct {
        nsec_t create, came[3], end[3], start, alone;
    } cases[] = {
        /* All ran while the last was being made. */
        {100, {10, 20, 30}, {900, 900, 900}, 0, 10},
        /* The first came late, and the others while it was at work. */
        {100, {150, 160, 170}, {900, 900, 900}, 50, 100},
        /* Each had ended before the next came, whatever their order. */
        {100, {300, 110, 200}, {310, 120, 210}, 10 + 80 + 90, 100},
        /* One ended before all were made. */
        {100, {10, 140, 500}, {90, 600, 550}, 40, 10 + 10},
        /* They were at work nearly all the time that it took, one or two at once. */
        {400, {20, 110, 200}, {120, 150, 410}, 0, 20 + 50},
        /* None is made. */
        {0, {10, 140, 500}, {90, 160, 550}, 0, 0},
    };
    Cell cell = probe_cell(&mode_threads, &lock_none, 3, 2, "m");
    Arena *arena;

    ck_assert_int_eq(cell_run(&cell, false, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
    ck_assert(arena->complete);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_auto_t *event = NULL;

        arena->create = cases[i].create;
        for (uint32_t k = 0; k < 3; k++) {
            arena_task(arena, k)->came = cases[i].came[k];
            arena_task(arena, k)->start = cases[i].came[k];
            arena_task(arena, k)->end = cases[i].end[k];
        }
        event = event_sample(&cell, 0, arena, false);
        ck_assert_uint_eq((uint64_t)json_integer_value(json_object_get(event, "start_ns")), cases[i].start);
        ck_assert_uint_eq(
            (uint64_t)json_integer_value(json_object_get(event, "create_alone_ns")), cases[i].alone);
    }
    arena_free(arena);
}
END_TEST

RUN_TESTS("matrix", 590, every_experiment_runs_in_every_mode_under_every_lock,
    nobody_meets_another_inside_an_exclusive_lock, a_wait_for_a_timer_is_as_long_as_the_timer,
    a_task_that_kills_its_process_is_a_result, a_task_that_fails_says_why, a_wrong_answer_fails_its_cell,
    a_deadline_ends_a_repetition, until_the_first_runs_is_when_nobody_is_at_work)
