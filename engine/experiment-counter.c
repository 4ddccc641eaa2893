/* What the lock does not protect: the program's own x += f(). That is three instructions: load x, call f,
 * store the sum. A lock around each of them keeps the interpreter whole, but if it changes hands in between,
 * the store puts back a number that is old by then, and what the others have counted meanwhile is lost.
 *
 * With switch_inside=on a step ends wherever its ticks run out, as CPython may switch after a call; with off
 * it goes on until x is stored, as CPython 3.10 and later do for a plain x += 1. Everything else is the same.
 * On an event loop the same happens if there is an await inside. */
#include <errno.h>
#include <stdio.h>

#include "base/array.h"
#include "engine/registry.h"
#include "engine/tally.h"
#include "engine/ticks.h"

typedef enum CounterSwitch { SWITCH_INSIDE_OFF, SWITCH_INSIDE_ON } CounterSwitch;
static const char *const switches[] = {[SWITCH_INSIDE_OFF] = "off", [SWITCH_INSIDE_ON] = "on", NULL};

typedef struct CounterParams {
    int64_t n;
    int switch_inside;
} CounterParams;

/* The process's memory: threads share it, processes have one each. The two are on lines of their own, so
 * that a task that ends does not disturb those that count. Relaxed is enough for x: the lesson needs a load
 * and a store that others can come between, and a plain int would be a data race, for which C promises
 * nothing at all. */
typedef struct Counter {
    alignas(64) _Atomic int64_t x; /* relaxed load, relaxed store: the race is the lesson */
    alignas(64) atomic_uint n_ended;
} Counter;

/* Which tick of an increment comes next. */
typedef enum CounterPhase { PHASE_LOAD, PHASE_CALL, PHASE_STORE } CounterPhase;
enum { TICKS_PER_INCREMENT = 3 };

typedef struct CounterState {
    int64_t stored; /* increments that are finished */
    int64_t loaded; /* from PHASE_CALL on: what x was */
    int64_t seen;   /* what x was when the task ended */
    CounterPhase phase;
    Tally tally;
} CounterState;

static int64_t counter_size_n(void)
{
    return parameter_size(TICKS_PER_INCREMENT * TICK_TURNS * ticks_turn_ns());
}

static const Parameter parameters[] = {
    {
        .name = "n",
        .help = "how often each task adds 1 to the counter; if not given, one task takes about 200 "
                "ms, " PARAMETER_LESS,
        .min = 1,
        .max = 100000000000,
        .size = counter_size_n,
        .offset = offsetof(CounterParams, n),
    },
    {
        .name = "switch_inside",
        .type = PARAMETER_CHOICE,
        .help = "on: the lock may change hands between load and store, as in x += f()",
        .choices = switches,
        .offset = offsetof(CounterParams, switch_inside),
    },
};

/* Three ticks of work, and one more as room for the loop around them. */
static const Cost costs[] = {{.turns = (TICKS_PER_INCREMENT + 1) * TICK_TURNS, .times = {"n"}}};

static int counter_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    Counter *counter = aligned_alloc(alignof(Counter), sizeof(*counter));

    if (!counter) {
        snprintf(reason, ARENA_REASON_SIZE, "there is no memory for the counter");
        return -ENOMEM;
    }
    atomic_init(&counter->x, 0);
    atomic_init(&counter->n_ended, 0);
    cell->prepared = counter;
    return 0;
}

/* The call fills the time of all three ticks, since load and store by themselves take almost none. */
static void counter_do_tick(Counter *counter, CounterState *state, uint64_t turns)
{
    switch (state->phase) {
    case PHASE_LOAD:
        state->loaded = atomic_load_explicit(&counter->x, memory_order_relaxed);
        state->phase = PHASE_CALL;
        break;
    case PHASE_CALL:
        ticks_count_down(TICKS_PER_INCREMENT * turns);
        state->phase = PHASE_STORE;
        break;
    case PHASE_STORE:
        atomic_store_explicit(&counter->x, state->loaded + 1, memory_order_relaxed);
        state->stored++;
        state->phase = PHASE_LOAD;
        break;
    }
}

/* The one that ends last in its process sees the final x. */
static void counter_end(const Loop *loop, Counter *counter, CounterState *state)
{
    const CounterParams *params = (const CounterParams *)loop->cell->params;
    uint32_t n_tasks = tally_end(loop, &counter->n_ended);

    state->seen = atomic_load_explicit(&counter->x, memory_order_relaxed);
    if (n_tasks > 0)
        state->tally = (Tally){params->n * n_tasks, state->seen};
}

/* With switch_inside=off a step that has begun an increment finishes it, also beyond its budget: by two
 * ticks at most. On a loop of many tasks a step that ended inside is an await there, as in x += await f(). */
static Step counter_step(Loop *loop, Task *task, uint64_t ticks)
{
    const CounterParams *params = (const CounterParams *)loop->cell->params;
    CounterState *state = (CounterState *)task->state;
    Counter *counter = loop->cell->prepared;
    bool may_end_inside = params->switch_inside == SWITCH_INSIDE_ON;
    uint64_t used = 0;

    while (state->stored < params->n && (used < ticks || (state->phase != PHASE_LOAD && !may_end_inside))) {
        counter_do_tick(counter, state, loop->cell->turns_per_tick);
        used++;
    }
    if (state->stored == params->n) {
        counter_end(loop, counter, state);
        return (Step){STEP_DONE, used};
    }
    /* On a loop nothing but an await lets the others in, so between two increments the task goes on. */
    if (state->phase == PHASE_LOAD || loop->alone)
        return (Step){STEP_MORE, used};
    loop_wake(loop, task);
    return (Step){STEP_WAIT, used};
}

/* Nothing can come between load and store: the step does not end there, or there is nobody to come. */
static bool counter_is_promised(const Cell *cell)
{
    const CounterParams *params = (const CounterParams *)cell->params;

    if (params->switch_inside == SWITCH_INSIDE_OFF)
        return tally_is_protected(cell);
    return cell->n_tasks == 1 || mode_is_one_by_one(cell->mode) || !cell->mode->shares_memory;
}

/* A counter can lose updates but not gain any. Where nothing can come between, a lost one is our own fault.
 */
static const char *counter_check(const Cell *cell, const Task *task)
{
    const CounterState *state = (const CounterState *)task->state;

    if (state->tally.actual > state->tally.expected)
        return "the counter is higher than it was ever counted";
    if (counter_is_promised(cell) && state->tally.actual < state->tally.expected)
        return "updates were lost where none can be";
    return NULL;
}

/* What the task saw when it was done. */
static json_t *counter_answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer(((const CounterState *)task->state)->seen);
}

static void counter_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    TallySum sum = {0};

    (void)cell;
    for (uint32_t i = 0; i < arena->n_tasks; i++)
        tally_add(&sum, &((const CounterState *)arena_task(arena, i)->state)->tally);
    tally_report(&sum, metrics);
}

const Experiment experiment_counter = {
    .name = "counter",
    .summary = "add up in a shared variable: the lock protects the interpreter, not the program",
    .headline = {"metrics.lost_updates", "off by", "the counter was off by {}"},
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .max_tasks = 256,
    .state_bytes = sizeof(CounterState),
    .prepare = counter_prepare,
    .step = counter_step,
    .check = counter_check,
    .answer = counter_answer,
    .report = counter_report,
};
