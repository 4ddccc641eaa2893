/* Number crunching and image processing: the work that a library does in C and for which it lets go of the
 * lock, as NumPy and Pillow do. With release=on threads do it at the same time, whatever the lock; with
 * release=off the same work is kept inside the lock, and they take turns.
 *
 * The work is cut into pieces that are short against a switch interval. To the interpreter a piece is one
 * call of a library: one tick, however long it takes. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "base/array.h"
#include "engine/crunch-kernel.h"
#include "engine/registry.h"

/* A piece takes some 20 us: so many multiplications with their additions, and to begin a part takes about as
 * long as PART of them. PART keeps a piece of a small matrix short: there the calls count more than the
 * numbers. */
enum { PIECE = 65536, PART = 32 };

static const char *const kernels[] = {[CRUNCH_MATMUL] = "matmul", [CRUNCH_BLUR] = "blur", NULL};
typedef enum CrunchRelease { RELEASE_ON, RELEASE_OFF } CrunchRelease;
static const char *const releases[] = {[RELEASE_ON] = "on", [RELEASE_OFF] = "off", NULL};

typedef struct CrunchParams {
    int64_t n, rounds;
    int kernel, release;
} CrunchParams;

typedef struct CrunchState {
    int64_t rounds;     /* that are finished */
    uint32_t row, part; /* what comes next in this round */
    uint64_t checksum;  /* of all rounds together */
    bool begun;
    double buffer[];
} CrunchState;

static int64_t crunch_size_rounds(void)
{
    double n = CRUNCH_USUAL_N;

    return parameter_size(n * n * n * crunch_operation_ns());
}

static const Parameter parameters[] = {
    {
        .name = "kernel",
        .type = PARAMETER_CHOICE,
        .help = "what is computed; matmul multiplies two matrices, blur is a Gaussian blur of a picture",
        .choices = kernels,
        .offset = offsetof(CrunchParams, kernel),
    },
    {
        .name = "release",
        .type = PARAMETER_CHOICE,
        .help = "whether the lock is let go meanwhile; on: as NumPy does; off: it is kept",
        .choices = releases,
        .offset = offsetof(CrunchParams, release),
    },
    {
        .name = "n",
        .help = "rows and columns of the matrices or the picture; the work grows with its third power",
        .min = 1,
        .max = 2048,
        .fallback = CRUNCH_USUAL_N,
        .offset = offsetof(CrunchParams, n),
    },
    {
        .name = "rounds",
        .help = "how many times a task does it; if not given, one task takes about 200 ms for the default "
                "n, " PARAMETER_LESS,
        .min = 1,
        .max = 1000000000,
        .size = crunch_size_rounds,
        .offset = offsetof(CrunchParams, rounds),
    },
};

static const Cost costs[] = {
    {.kind = COST_OUTSIDE,
        .ns = 0.4,
        .times = {"rounds", "n", "n", "n"},
        .only_if = {{"release", .is = "on"}}},
    {.ns = 0.4, .times = {"rounds", "n", "n", "n"}, .only_if = {{"release", .is = "off"}}},
};

/* The input, which all tasks share, and the row that each of them works on: see crunch_buffer_length(). */
static const MemoryUse memory[] = {
    {.bytes = 16, .times = {"n", "n"}, .only_if = {{"kernel", .is = "matmul"}}},
    {.bytes = 8, .times = {"n", "n"}, .only_if = {{"kernel", .is = "blur"}}},
    {.per_task = true, .bytes = 8, .times = {"n"}, .only_if = {{"kernel", .is = "matmul"}}},
    {.per_task = true, .bytes = 20, .times = {"n"}, .only_if = {{"kernel", .is = "blur"}}},
};

static size_t crunch_state_bytes(const Cell *cell)
{
    const CrunchParams *params = (const CrunchParams *)cell->params;

    return sizeof(CrunchState) +
           crunch_buffer_length((CrunchKind)params->kernel, (uint32_t)params->n) * sizeof(double);
}

static int crunch_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const CrunchParams *params = (const CrunchParams *)cell->params;

    cell->prepared = crunch_new((CrunchKind)params->kernel, (uint32_t)params->n, cell->seed);
    if (cell->prepared)
        return 0;
    snprintf(reason, ARENA_REASON_SIZE, "there is too little memory for numbers");
    return -ENOMEM;
}

/* Does the next piece of the task's work, which may begin in one row and end in another. The end of a row
 * adds it to the checksum and begins the next in the same buffer, so no task ever keeps a whole result. */
static void crunch_do_piece(const Crunch *crunch, int64_t rounds, CrunchState *state)
{
    uint32_t n_parts = crunch_n_parts(crunch->kind, crunch->n);

    for (uint32_t i = 0; i < PIECE / (crunch->n + PART) && state->rounds < rounds; i++) {
        crunch_add_part(crunch, state->row, state->part, state->buffer);
        if (++state->part < n_parts)
            continue;
        state->checksum += crunch_row_checksum(crunch, state->row, state->buffer);
        state->part = 0;
        if (++state->row < crunch->n)
            continue;
        state->row = 0;
        state->rounds++;
    }
}

/* With release=on each piece is a step outside the lock, and between two of them the task is back inside,
 * asks for the lock and lets go of it again, as an interpreter does around each call of a library. */
static Step crunch_step(Loop *loop, Task *task, uint64_t ticks)
{
    const CrunchParams *params = (const CrunchParams *)loop->cell->params;
    CrunchState *state = (CrunchState *)task->state;
    StepKind more = params->release == RELEASE_ON ? STEP_DETACHED : STEP_MORE;

    (void)ticks;
    /* The first step only calls the library: it is inside the lock in any case. */
    if (state->begun)
        crunch_do_piece(loop->cell->prepared, params->rounds, state);
    state->begun = true;
    return (Step){state->rounds < params->rounds ? more : STEP_DONE, 1};
}

/* All rounds are the same work, so their checksums add up to a multiple of one. The sum is modulo 2^64 on
 * both sides. */
static const char *crunch_check(const Cell *cell, const Task *task)
{
    const CrunchParams *params = (const CrunchParams *)cell->params;
    const CrunchState *state = (const CrunchState *)task->state;
    const Crunch *crunch = cell->prepared;

    return state->checksum == crunch->expected * (uint64_t)params->rounds ? NULL
                                                                          : "its result has a wrong checksum";
}

/* In 32 bits, which every reader of JSON can hold. A number in JavaScript is exact up to 2^53 only. */
static json_int_t crunch_short_checksum(const Task *task)
{
    uint64_t checksum = ((const CrunchState *)task->state)->checksum;

    return (json_int_t)(uint32_t)(checksum ^ checksum >> 32);
}

static json_t *crunch_answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer(crunch_short_checksum(task));
}

/* Every multiplication and every addition is an operation. All tasks have the same checksum. */
static void crunch_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    const CrunchParams *params = (const CrunchParams *)cell->params;
    double n = (double)params->n, parts = crunch_n_parts((CrunchKind)params->kernel, (uint32_t)params->n);
    double operations = 2 * n * n * parts * (double)params->rounds * cell->n_tasks;

    json_object_set_new(
        metrics, "operations_per_s", json_real(operations / ((double)arena->wall / (double)NSEC_PER_SEC)));
    json_object_set_new(metrics, "checksum", json_integer(crunch_short_checksum(arena_task(arena, 0))));
}

const Experiment experiment_crunch = {
    .name = "crunch",
    .summary = "multiply matrices or blur a picture: work in C that can be done outside the lock",
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .memory = memory,
    .n_memory = ARRAY_LENGTH(memory),
    .released = {{"release", .is = "on"}},
    .max_tasks = 256,
    .state_bytes_of = crunch_state_bytes,
    .prepare = crunch_prepare,
    .step = crunch_step,
    .check = crunch_check,
    .answer = crunch_answer,
    .report = crunch_report,
};
