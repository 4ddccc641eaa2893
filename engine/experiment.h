/* An experiment is the function of the lesson, written once as a resumable step. It knows nothing of threads
 * or locks. One experiment-*.c each, ending in its const descriptor.
 *
 * Its functions are called in this order, of which most may be left out:
 *
 *     warm                         once for each cell, in the engine's process, before the first repetition
 *     prepare                      once, in the cell's process, before the clock
 *     open_loop                    once for each loop, in its thread; from here on the clock runs
 *     step, step, ...              for each task, in its loop's thread
 *     attend                       once, meanwhile, in the cell's first thread (in threads and processes)
 *     close_loop                   once for each loop; then the clock stops
 *     conclude, check              in the cell's process
 *     answer, report               in the engine's process, from the arena alone
 *
 * What a step needs it finds in three places: the parameters and what prepare() made, in loop->cell,
 * read-only; the loop's own state; and the task's own, Task.state, which is all zero at first. Only the arena
 * comes back to the engine: an answer that is left in other memory is lost with the process. */
#pragma once

#include <jansson.h>

#include "engine/cell.h"
#include "engine/loop.h"
#include "engine/parameter.h"

/* What is to become of the task after a step. */
typedef enum StepKind {
    STEP_MORE,     /* goes on with the next step at once */
    STEP_WAIT,     /* goes on when somebody wakes the task: a watch, a timer or the experiment */
    STEP_DETACHED, /* the next step runs outside the lock and computes: number crunching */
    STEP_BLOCKING, /* the next step runs outside the lock and waits: a call that blocks */
    STEP_DONE,
    STEP_FAILED, /* task->reason says why */
} StepKind;

typedef struct Step {
    StepKind kind;
    uint64_t ticks; /* how much of the budget was used; a lock that counts ticks goes by it */
} Step;

/* A parameter and the value it is to have; or a fact of the cell's mode or lock, "mode.one_loop": any member
 * that the catalog has of one, so that a new mode or lock needs no line here. */
typedef struct Condition {
    const char *name;
    const char *is; /* a text; NULL: the number below, of a fact true or false */
    int64_t equals;
} Condition;

/* Conditions that stand in several tables. Modes that make a thread or a process for each task, either of
 * them, and one whose tasks share an event loop. */
// clang-format off
#define IF_SIDE_BY_SIDE {"mode.side_by_side", .equals = true}
#define IF_THREADS IF_SIDE_BY_SIDE, {"mode.shares_memory", .equals = true}
#define IF_PROCESSES {"mode.shares_memory", .equals = false}
#define IF_ONE_LOOP {"mode.one_loop", .equals = true}
// clang-format on

enum { N_CONDITIONS = 3, N_FACTORS = 4 };

typedef enum CostKind {
    COST_CPU,     /* computed inside the lock */
    COST_OUTSIDE, /* computed outside the lock */
    COST_WAIT,    /* waited, by all tasks at the same time */
} CostKind;

/* One term of what a task costs: its price times the values of the named parameters, or of "tasks". See
 * plan/estimate.h. */
typedef struct Cost {
    CostKind kind;
    double ns;    /* what it takes; where that is not known beforehand, */
    double turns; /* as much as so many turns of the countdown, as measured here */
    const char *times[N_FACTORS];
    Condition only_if[N_CONDITIONS]; /* it is there only where all of them are true */
} Cost;

/* One term of what a cell needs of memory at once: bytes times the values of the named parameters. What the
 * tasks' own threads and processes need comes on top, see ModeTask. */
typedef struct MemoryUse {
    bool per_task; /* for each task; else once for all */
    double bytes;
    const char *times[N_FACTORS];
    Condition only_if[N_CONDITIONS]; /* as in Cost */
} MemoryUse;

struct Experiment {
    const char *name, *summary;

    /* The figure of a cell that it is about, "metrics.lost_updates"; NULL: the wall time. And what people
     * call it: over a column, and in a sentence with {} where the figure stands. */
    struct {
        const char *figure, *head, *words;
    } headline;

    /* Metrics that are counts, and of which those of every repetition matter: a run shows them summed over
     * all good ones, and everything else of the one that stands for all. NULL-terminated, or NULL. */
    const char *const *totals;

    const Parameter *parameters;
    size_t n_parameters;
    const Cost *costs;
    size_t n_costs;
    const MemoryUse *memory; /* may be NULL */
    size_t n_memory;

    /* The number of tasks is the value of this parameter and so many more; NULL: as it is asked for. */
    const char *tasks_parameter;
    int64_t tasks_plus;

    /* It goes on for as long as a parameter says, however much gets done meanwhile: its wall time is no
     * measure of a mode, so there is no ideal and nothing to compare with serial. */
    bool fixed_time;

    /* Where all of these are true a task computes outside the lock, and where all of those are true a task
     * that waits stops its event loop. Without a first condition: nowhere. */
    Condition released[N_CONDITIONS], blocks_loop[N_CONDITIONS];

    /* Too few threads or processes are a result, not a failure. */
    bool takes_fewer;

    /* The most tasks that it can have; with max_tasks_of not NULL that depends on the mode and on this
     * machine. Where the machine allows fewer than the experiment, that function writes the reason, and
     * otherwise leaves it alone. */
    int64_t max_tasks;
    int64_t (*max_tasks_of)(const Mode *mode, char reason[static ARENA_REASON_SIZE]);

    /* Bytes of Task.state; with state_bytes_of not NULL they depend on the cell's parameters. */
    size_t state_bytes;
    size_t (*state_bytes_of)(const Cell *cell);

    /* Once for each cell, in the engine's process, before it says hello; may be NULL. For what takes long and
     * is the same in all repetitions: the cells' processes inherit it. It has no way to fail: what could not
     * be done here is tried again by prepare(), which can say so. */
    void (*warm)(const Cell *cell);

    /* Once per repetition, in the cell's process, before the clock starts; may be NULL. Returns 0, or a
     * negative errno with the reason written; -EACCES refuses the whole run: what it asks for is forbidden.
     * What it allocates is gone with the process. */
    int (*prepare)(Cell *cell, char reason[static ARENA_REASON_SIZE]);

    /* State for each loop, opened and closed by the loop's thread inside the timed region; may be NULL. */
    int (*open_loop)(Loop *loop);
    void (*close_loop)(Loop *loop);

    /* Runs task for at most so many ticks and never blocks, except in the step after STEP_BLOCKING. It may
     * call loop_wake(task) and return STEP_WAIT: that is an await that lets the others have a turn. */
    Step (*step)(Loop *loop, Task *task, uint64_t ticks);

    /* In threads and processes: in the cell's process, in its first thread, when all tasks are started and
     * before one is joined; may be NULL. arena->n_started says how many there are. */
    void (*attend)(const Cell *cell, Arena *arena);

    /* In the cell's process, after the clock; may be NULL. What report() needs goes to arena->outcome. */
    void (*conclude)(const Cell *cell, Arena *arena);

    /* After that: NULL if the task's answer is right, else what is wrong with it. */
    const char *(*check)(const Cell *cell, const Task *task);

    /* The task's answer for its row, a new reference. */
    json_t *(*answer)(const Cell *cell, const Task *task);

    /* Adds what only this experiment measures to the object. The arena is complete. */
    void (*report)(const Cell *cell, Arena *arena, json_t *metrics);
};

/* The two that may be a number or a function, asked in the same way. reason is written only where the
 * machine is the limit. */
static inline int64_t experiment_max_tasks(
    const Experiment *experiment, const Mode *mode, char reason[static ARENA_REASON_SIZE])
{
    return experiment->max_tasks_of ? experiment->max_tasks_of(mode, reason) : experiment->max_tasks;
}

static inline size_t experiment_state_bytes(const Cell *cell)
{
    const Experiment *experiment = cell->experiment;

    return experiment->state_bytes_of ? experiment->state_bytes_of(cell) : experiment->state_bytes;
}

/* Writes why a task failed; a later reason does not replace an earlier one. */
void task_fail(Task *task, const char *reason, ...) __attribute__((format(printf, 2, 3)));
