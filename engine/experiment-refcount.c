/* Why the lock exists: an interpreter counts the references to every object, all the time and from all
 * threads. Here tasks take references to one shared object and give them back. A plain count is a load and a
 * store; under a lock that is enough and cheap, and without one updates get lost: the object is never freed,
 * or freed while somebody uses it. The other three counts need no lock, and each has its price.
 *
 * The object is made by the parent, which keeps a reference and hands one to each task. A task gives its own
 * back when it ends, so in the end the count is 1 again. */
#include <errno.h>
#include <stdio.h>

#include "base/array.h"
#include "engine/refcount.h"
#include "engine/registry.h"
#include "engine/tally.h"
#include "engine/ticks.h"

static const char *const counts[] = {
    [COUNT_PLAIN] = "plain",
    [COUNT_ATOMIC] = "atomic",
    [COUNT_BIASED] = "biased",
    [COUNT_LOCKED] = "locked",
    NULL,
};

typedef struct RefcountParams {
    int64_t n;
    int count;
} RefcountParams;

/* The process's memory: threads share it, processes have one each. */
typedef struct Object {
    Refcount refcount;
    uint64_t pairs_per_tick; /* read-only */
    alignas(64) atomic_uint n_ended;
} Object;

typedef struct RefcountState {
    uint64_t done; /* references taken and given back */
    uint64_t premature_frees;
    bool begun;
    Tally tally;
} RefcountState;

/* By the dearest count, whose price is several times as high again when threads meet. */
static int64_t refcount_size_n(void)
{
    return parameter_size(refcount_pair_ns(COUNT_LOCKED));
}

static const Parameter parameters[] = {
    {
        .name = "n",
        .unit = "references",
        .help = "how many references each task takes and gives back; if not given, one task takes about "
                "200 ms with a locked count and less with the others, " PARAMETER_LESS,
        .min = 1,
        .max = 1000000000000,
        .size = refcount_size_n,
        .offset = offsetof(RefcountParams, n),
    },
    {
        .name = "count",
        .type = PARAMETER_CHOICE,
        .help = "how the count is kept: a load and a store, an atomic operation, biased towards the owner's "
                "thread (PEP 703), or with a mutex",
        .choices = counts,
        .offset = offsetof(RefcountParams, count),
    },
};

/* With room for threads that want the same cache line. */
static const Cost costs[] = {
    {.ns = 4, .times = {"n"}, .only_if = {{"count", .is = "plain"}}},
    {.ns = 12, .times = {"n"}, .only_if = {{"count", .is = "atomic"}}},
    {.ns = 10, .times = {"n"}, .only_if = {{"count", .is = "biased"}}},
    {.ns = 35, .times = {"n"}, .only_if = {{"count", .is = "locked"}}},
};

/* A tick takes a tick's time with every kind of count, if more than one pair fits. Otherwise a step with a
 * dear count would take many times as long as one with a cheap count, and locks that are asked between steps
 * would be asked less often: two counts would be compared under two different locks. */
static uint64_t refcount_pairs_per_tick(const Cell *cell, CountKind kind)
{
    double pairs = (double)cell->turns_per_tick * ticks_turn_ns() / refcount_pair_ns(kind);

    return pairs > 1 ? (uint64_t)(pairs + 0.5) : 1;
}

/* Both times are measured only once, and all repetitions have ticks of one size. */
static void refcount_warm(const Cell *cell)
{
    refcount_pairs_per_tick(cell, (CountKind)((const RefcountParams *)cell->params)->count);
}

/* Where tasks have memory of their own, each has an object of its own, with two references: the parent's and
 * the task's. */
static int refcount_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const RefcountParams *params = (const RefcountParams *)cell->params;
    CountKind kind = (CountKind)params->count;
    Object *object = aligned_alloc(alignof(Object), sizeof(*object));

    if (!object) {
        snprintf(reason, ARENA_REASON_SIZE, "there is no memory for the object");
        return -ENOMEM;
    }
    refcount_init(&object->refcount, kind, 1 + (cell->mode->shares_memory ? cell->n_tasks : 1));
    object->pairs_per_tick = refcount_pairs_per_tick(cell, kind);
    atomic_init(&object->n_ended, 0);
    cell->prepared = object;
    return 0;
}

static void refcount_end(const Loop *loop, Object *object, RefcountState *state)
{
    state->premature_frees += refcount_drop(&object->refcount, loop);
    if (tally_end(loop, &object->n_ended) > 0)
        state->tally = (Tally){1, refcount_settle(&object->refcount)};
}

/* A loop is a thread, and that is what owns a biased count. Between its steps an owner looks whether it was
 * asked to merge, as CPython does at its next safe point. The division before the comparison keeps ticks
 * times pairs from overflowing. */
static Step refcount_step(Loop *loop, Task *task, uint64_t ticks)
{
    const RefcountParams *params = (const RefcountParams *)loop->cell->params;
    RefcountState *state = (RefcountState *)task->state;
    Object *object = loop->cell->prepared;
    uint64_t left = (uint64_t)params->n - state->done, pairs;

    if (!state->begun)
        refcount_adopt(&object->refcount, loop);
    state->begun = true;
    pairs = left / object->pairs_per_tick < ticks ? left : ticks * object->pairs_per_tick;
    state->premature_frees += refcount_serve(&object->refcount, loop);
    state->premature_frees += refcount_churn(&object->refcount, loop, pairs);
    state->done += pairs;
    if (pairs < left)
        return (Step){STEP_MORE, ticks};
    refcount_end(loop, object, state);
    return (Step){STEP_DONE, ticks};
}

/* Only a plain count without protection may be wrong: that is the lesson. Everywhere else a wrong count is a
 * fault of the model. */
static const char *refcount_check(const Cell *cell, const Task *task)
{
    const RefcountParams *params = (const RefcountParams *)cell->params;
    const RefcountState *state = (const RefcountState *)task->state;

    if (params->count == COUNT_PLAIN && !tally_is_protected(cell))
        return NULL;
    if (state->tally.actual != state->tally.expected)
        return "updates of the count were lost where none can be";
    if (state->premature_frees > 0)
        return "the object was freed too early where it cannot be";
    return NULL;
}

/* How often this task would have freed the object under the hands of the others. */
static json_t *refcount_answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer((json_int_t)((const RefcountState *)task->state)->premature_frees);
}

static void refcount_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    uint64_t premature_frees = 0;
    TallySum sum = {0};

    (void)cell;
    for (uint32_t i = 0; i < arena->n_tasks; i++) {
        const RefcountState *state = (const RefcountState *)arena_task(arena, i)->state;

        tally_add(&sum, &state->tally);
        premature_frees += state->premature_frees;
    }
    tally_report(&sum, metrics);
    json_object_set_new(metrics, "premature_frees", json_integer((json_int_t)premature_frees));
}

const Experiment experiment_refcount = {
    .name = "refcount",
    .summary = "take and give back references to a shared object: why the lock exists",
    .headline = {"metrics.lost_updates", "off by", "the count of references was off by {}"},
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .max_tasks = 256,
    .state_bytes = sizeof(RefcountState),
    .warm = refcount_warm,
    .prepare = refcount_prepare,
    .step = refcount_step,
    .check = refcount_check,
    .answer = refcount_answer,
    .report = refcount_report,
};
