/* The function of the article: count a number down to zero. It is bound to the CPU, so threads cannot make it
 * faster under a lock that lets only one of them run.
 *
 * It is the experiment to read first: a step that counts for as many ticks as it may, and says how many it
 * used. */
#include "base/array.h"
#include "engine/registry.h"
#include "engine/ticks.h"

typedef struct CountdownParams {
    int64_t n;
    int64_t await_every;
} CountdownParams;

typedef struct CountdownState {
    uint64_t left;
    uint64_t since_await; /* ticks since the last await */
    bool begun;
} CountdownState;

static int64_t countdown_size_n(void)
{
    return parameter_size(ticks_turn_ns());
}

static const Parameter parameters[] = {
    {
        .name = "n",
        .unit = "turns",
        .help = "the number to count down from; if not given, one task takes about 200 ms, " PARAMETER_LESS,
        .max = 1000000000000,
        .size = countdown_size_n,
        .offset = offsetof(CountdownParams, n),
    },
    {
        .name = "await_every",
        .unit = "ticks",
        .help = "ticks until a task lets the others have a turn; in epoll only; 0: it never does",
        .max = 1000000000000,
        .offset = offsetof(CountdownParams, await_every),
    },
};

static const Cost costs[] = {{.turns = 1, .times = {"n"}}};

/* A step ends when its budget is used up, when the task is done, or, on a loop of many tasks, at an await:
 * the task wakes itself and waits, so that it stands behind the others. A task that is alone on its loop has
 * nobody to let go first. */
static Step countdown_step(Loop *loop, Task *task, uint64_t ticks)
{
    const CountdownParams *params = (const CountdownParams *)loop->cell->params;
    CountdownState *state = (CountdownState *)task->state;
    uint64_t await_every = loop->alone ? 0 : (uint64_t)params->await_every, turns;

    if (!state->begun) {
        state->begun = true;
        state->left = (uint64_t)params->n;
    }
    if (await_every > 0 && ticks > await_every - state->since_await)
        ticks = await_every - state->since_await;
    turns = ticks * loop->cell->turns_per_tick;
    if (turns > state->left)
        turns = state->left;
    state->left -= turns - ticks_count_down(turns);
    if (state->left == 0)
        return (Step){STEP_DONE, ticks};
    state->since_await += ticks;
    if (await_every > 0 && state->since_await == await_every) {
        state->since_await = 0;
        loop_wake(loop, task);
        return (Step){STEP_WAIT, ticks};
    }
    return (Step){STEP_MORE, ticks};
}

static const char *countdown_check(const Cell *cell, const Task *task)
{
    (void)cell;
    return ((const CountdownState *)task->state)->left == 0 ? NULL : "it did not count down to zero";
}

static json_t *countdown_answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer((json_int_t)((const CountdownState *)task->state)->left);
}

/* Turns of all tasks together in a second of wall time: what more tasks achieve, and not what each of them
 * does. */
static void countdown_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    const CountdownParams *params = (const CountdownParams *)cell->params;
    double turns = (double)params->n * cell->n_tasks;

    json_object_set_new(
        metrics, "turns_per_s", json_real(turns / ((double)arena->wall / (double)NSEC_PER_SEC)));
    json_object_set_new(metrics, "turns_per_tick", json_integer((json_int_t)cell->turns_per_tick));
}

const Experiment experiment_countdown = {
    .name = "countdown",
    .summary = "count a number down to zero: bound to the CPU, so threads do not help under a GIL",
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .max_tasks = 256,
    .state_bytes = sizeof(CountdownState),
    .step = countdown_step,
    .check = countdown_check,
    .answer = countdown_answer,
    .report = countdown_report,
};
