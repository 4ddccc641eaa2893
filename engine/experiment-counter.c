/* What the lock does not protect: the program's own x += 1, or x += f(). That is several instructions: load
 * x, call f, add, store the sum. A lock around each of them keeps the interpreter whole, but if it changes
 * hands in between, the store puts back a number that is old by then, and what the others have counted
 * meanwhile is lost.
 *
 * Whether it may change hands there is a matter of the version. CPython 3.10 and later look at the request to
 * let go where code jumps back or calls, so x += 1 is whole and x += f() is not. CPython 2.7, and 3.6 to 3.9
 * look between bytecodes, so nothing is whole. Here that is a fact of the lock, between_bytecodes: with it,
 * and with switch_inside=on, a step ends wherever its ticks run out; otherwise it goes on until x is stored.
 * On an event loop nothing comes between unless there is an await inside. */
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

/* The ticks of one turn of `while n > 0: x += 1; n -= 1`, as CPython 2.7 counts them: load x and add and
 * store x, the rest of the loop. A call of f() takes three more, before the sum. */
enum { TICKS_OF_UPDATE = 3, TICKS_OF_CALL = 3, TICKS_OF_LOOP = 3 };

typedef struct CounterState {
    int64_t stored; /* increments that are finished */
    int64_t loaded; /* within an update: what x was */
    int64_t seen;   /* what x was when the task ended */
    int tick;       /* of the turn, the one that comes next; 0 loads */
    Tally tally;
} CounterState;

static int64_t counter_size_n(void)
{
    return parameter_size((TICKS_OF_UPDATE + TICKS_OF_LOOP) * TICK_TURNS * ticks_turn_ns());
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
        .help = "how a task adds 1; off: x += 1, which loses updates under gil-py2 (Python 2.7) and none "
                "under gil (Python 3.10 and later); on: x += f(), which can lose them in every version. For "
                "x += 1 of Python 3.6 to 3.9 take gil with on",
        .choices = switches,
        .offset = offsetof(CounterParams, switch_inside),
    },
};

/* One more tick as room for the loop around them. */
static const Cost costs[] = {
    {.turns = (TICKS_OF_UPDATE + TICKS_OF_LOOP + 1) * TICK_TURNS, .times = {"n"}},
    {.turns = TICKS_OF_CALL * TICK_TURNS, .times = {"n"}, .only_if = {{"switch_inside", .is = "on"}}},
};

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

/* The number of the tick that stores. */
static int counter_store_tick(const Cell *cell)
{
    const CounterParams *params = (const CounterParams *)cell->params;

    return TICKS_OF_UPDATE - 1 + (params->switch_inside == SWITCH_INSIDE_ON ? TICKS_OF_CALL : 0);
}

/* The load comes first in its tick and the store last in its own: the rest of both is what an interpreter
 * does with the object that it has got, or puts away. */
static void counter_do_tick(Counter *counter, CounterState *state, int store_tick, uint64_t turns)
{
    if (state->tick == 0)
        state->loaded = atomic_load_explicit(&counter->x, memory_order_relaxed);
    ticks_count_down(turns);
    if (state->tick == store_tick) {
        atomic_store_explicit(&counter->x, state->loaded + 1, memory_order_relaxed);
        state->stored++;
    }
    state->tick = state->tick == store_tick + TICKS_OF_LOOP ? 0 : state->tick + 1;
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

/* Whether a step may end within an update: behind f(), or wherever the ticks run out under a lock that looks
 * between any two bytecodes. */
static bool counter_may_end_inside(const Cell *cell)
{
    const CounterParams *params = (const CounterParams *)cell->params;

    return params->switch_inside == SWITCH_INSIDE_ON || cell->lock->between_bytecodes;
}

/* A step that must not end within an update finishes it, also beyond its budget: by two ticks at most. On a
 * loop of many tasks a step that ended within x += f() is an await there, as in x += await f(). */
static Step counter_step(Loop *loop, Task *task, uint64_t ticks)
{
    const CounterParams *params = (const CounterParams *)loop->cell->params;
    CounterState *state = (CounterState *)task->state;
    Counter *counter = loop->cell->prepared;
    bool may_end_inside = counter_may_end_inside(loop->cell), is_inside = false;
    int store_tick = counter_store_tick(loop->cell);
    uint64_t used = 0;

    while (state->stored < params->n && (used < ticks || (is_inside && !may_end_inside))) {
        counter_do_tick(counter, state, store_tick, loop->cell->turns_per_tick);
        is_inside = state->tick > 0 && state->tick <= store_tick;
        used++;
    }
    if (state->stored == params->n) {
        counter_end(loop, counter, state);
        return (Step){STEP_DONE, used};
    }
    /* On a loop nothing but an await lets the others in, so everywhere else the task goes on. */
    if (!is_inside || loop->alone || params->switch_inside == SWITCH_INSIDE_OFF)
        return (Step){STEP_MORE, used};
    loop_wake(loop, task);
    return (Step){STEP_WAIT, used};
}

/* Nothing can come between load and store: the step does not end there, or there is nobody to come. */
static bool counter_is_promised(const Cell *cell)
{
    const CounterParams *params = (const CounterParams *)cell->params;

    if (!counter_may_end_inside(cell))
        return tally_is_protected(cell);
    return cell->n_tasks == 1 || mode_is_one_by_one(cell->mode) || !cell->mode->shares_memory ||
           (cell->mode->one_loop && params->switch_inside == SWITCH_INSIDE_OFF);
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
