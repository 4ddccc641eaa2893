/* What tasks cost that do nothing: thousands of threads beside as many tasks of one event loop. Each task
 * sleeps for a while, and wakes now and then if it is asked to: see idle-task.h.
 *
 * Too few threads are a result here, so a number that would take process numbers or memory from everybody
 * else on the machine is not even tried: see room.h.
 *
 * Two limits are asked at two times. max_tasks, for the catalog, is what this machine could ever bear; the
 * start limit, when a cell begins, is what it bears at this moment, and the tasks beyond it are not started.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/array.h"
#include "engine/idle-task.h"
#include "engine/registry.h"
#include "engine/room.h"

/* With the kernel's part; what an idle one takes, and room for what is not known beforehand. */
#define BYTES_OF_THREAD (64 * 1024)
#define BYTES_OF_PROCESS (512 * 1024)
/* A stack is to hold this beside the bytes that are touched on purpose. */
#define STACK_OF_ITS_OWN (64 * 1024)

static const Parameter parameters[] = {
    {
        .name = "wakeups_per_s",
        .unit = "1/s",
        .help = "how often each task wakes for a moment; 0: never",
        .max = 1000,
        .offset = offsetof(IdleParams, wakeups_per_s),
    },
    {
        .name = "duration_ms",
        .unit = "ms",
        .help = "how long each task sleeps when all are there",
        .min = 1,
        .max = 60000,
        .fallback = 500,
        .offset = offsetof(IdleParams, duration_ms),
    },
    {
        .name = "touch_stack_bytes",
        .unit = "bytes",
        .help = "how much of its stack each task uses",
        .max = 64 << 20,
        .offset = offsetof(IdleParams, touch_stack_bytes),
    },
    {
        .name = "stack_bytes",
        .unit = "bytes",
        .help = "the size of a thread's stack, at least 64 KB; 0: the system's own",
        .max = 1 << 30,
        .offset = offsetof(IdleParams, stack_bytes),
    },
};

/* They go through the gate one by one, and of each process the memory is read before. A wake-up is about 5 us
 * of CPU time, but on a loop it is only a timer; in serial it is part of the sleep. Only a stack of its own
 * is new memory. */
static const Cost costs[] = {
    {.kind = COST_WAIT, .ns = 1e6, .times = {"duration_ms"}},
    {.kind = COST_WAIT, .ns = 100e3, .times = {"tasks"}, .only_if = {IF_THREADS}},
    {.kind = COST_WAIT, .ns = 500e3, .times = {"tasks"}, .only_if = {IF_PROCESSES}},
    {.ns = 5, .times = {"duration_ms", "wakeups_per_s"}, .only_if = {IF_SIDE_BY_SIDE}},
    {.ns = 0.2, .times = {"duration_ms", "wakeups_per_s"}, .only_if = {IF_ONE_LOOP}},
    {.kind = COST_OUTSIDE, .ns = 2, .times = {"touch_stack_bytes"}, .only_if = {IF_SIDE_BY_SIDE}},
};

/* Tasks of one thread touch the same stack. */
static const MemoryUse memory[] = {
    {.bytes = 1, .times = {"touch_stack_bytes"}},
    {.per_task = true, .bytes = 1, .times = {"touch_stack_bytes"}, .only_if = {IF_SIDE_BY_SIDE}},
};

static int64_t idle_bytes_of(const Mode *mode)
{
    return mode->shares_memory ? BYTES_OF_THREAD : BYTES_OF_PROCESS;
}

/* Processes are limited lower, since each takes several times the memory of a thread. Tasks of a loop or in
 * serial need no thread, so the machine sets them no limit. */
static int64_t idle_max_tasks(const Mode *mode, char reason[static ARENA_REASON_SIZE])
{
    enum { MOST = 10000, MOST_PROCESSES = 1000 };
    int64_t most = mode->shares_memory ? MOST : MOST_PROCESSES, room;
    char limit[ROOM_REASON_SIZE];

    if (!mode->side_by_side)
        return most;
    room = room_for_tasks("", (uint64_t)idle_bytes_of(mode), false, limit);
    if (room >= most)
        return most;
    snprintf(reason, ARENA_REASON_SIZE, "%s", limit);
    return room;
}

/* The size of the stacks that the tasks will have. A process runs on the first thread's stack, which grows
 * up to a limit; a thread has what it was given. */
static uint64_t idle_stack_size(const Cell *cell)
{
    struct rlimit limit;
    pthread_attr_t attributes;
    size_t size = 0;

    if (!mode_makes_threads(cell->mode))
        return getrlimit(RLIMIT_STACK, &limit) == 0 ? limit.rlim_cur : 0;
    if (cell->stack_bytes > 0)
        return cell->stack_bytes;
    pthread_attr_init(&attributes);
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
    return size;
}

/* Without this a task that touches more than it has would die of SIGSEGV, and the reason would be a signal
 * number. */
static int idle_check_stack(const Cell *cell, char *reason)
{
    const IdleParams *params = (const IdleParams *)cell->params;
    uint64_t size = idle_stack_size(cell);
    long least = sysconf(_SC_THREAD_STACK_MIN); /* 128 KB on 64-bit ARM */

    if (size < (uint64_t)params->touch_stack_bytes + STACK_OF_ITS_OWN)
        snprintf(reason, ARENA_REASON_SIZE,
            "touch_stack_bytes=%lld and 64 KB of its own do not fit into a stack of %llu bytes",
            (long long)params->touch_stack_bytes, (unsigned long long)size);
    else if (mode_makes_threads(cell->mode) && params->stack_bytes > 0 && params->stack_bytes < least)
        snprintf(reason, ARENA_REASON_SIZE, "stack_bytes=%lld is less than a thread has here, which is %ld",
            (long long)params->stack_bytes, least);
    else
        return 0;
    return -EINVAL;
}

/* A limit that is set already and lower is kept. */
static void idle_limit_start(Cell *cell)
{
    const IdleParams *params = (const IdleParams *)cell->params;
    int64_t bytes_each = idle_bytes_of(cell->mode) + params->touch_stack_bytes, room;
    char reason[ROOM_REASON_SIZE];

    if (!cell->mode->side_by_side)
        return;
    room = room_for_tasks("", (uint64_t)bytes_each, true, reason);
    if (room >= cell->n_tasks || (cell->start_limit > 0 && cell->start_limit <= room))
        return;
    cell->start_limit = (uint32_t)room;
    snprintf(cell->start_limit_reason, sizeof(cell->start_limit_reason), "%s", reason);
}

static int idle_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const IdleParams *params = (const IdleParams *)cell->params;
    IdleGate *gate;
    int r;

    cell->stack_bytes = (size_t)params->stack_bytes;
    r = idle_check_stack(cell, reason);
    if (r < 0)
        return r;
    idle_limit_start(cell);
    /* Where huge pages are given to all, a stack may get one of 2 MB for its first byte. The memory of a
     * thread would then be that of a huge page, and the bytes that it touches would not show. */
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    gate = mmap(NULL, sizeof(*gate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (gate == MAP_FAILED || sem_init(&gate->open, 1, 0) < 0) {
        r = -errno;
        snprintf(reason, ARENA_REASON_SIZE, "there is no shared memory: %s", strerror(-r));
        return r;
    }
    cell->prepared = gate;
    return 0;
}

static const char *idle_check(const Cell *cell, const Task *task)
{
    (void)cell;
    return ((const IdleTask *)task->state)->stage == STAGE_DONE ? NULL : "it did not sleep to its end";
}

/* How often it woke. */
static json_t *idle_answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer((json_int_t)((const IdleTask *)task->state)->wakeups);
}

/* On a loop nothing is created: there it is the time until the last task has begun. */
static double idle_create_ns_per_task(const Cell *cell, Arena *arena)
{
    nsec_t last_start = 0;

    if (!cell->mode->one_loop)
        return (double)arena->create / arena->n_started;
    for (uint32_t i = 0; i < arena->n_started; i++)
        if (arena_task(arena, i)->start > last_start)
            last_start = arena_task(arena, i)->start;
    return (double)last_start / arena->n_started;
}

/* What a second of sleep has cost, summed over all tasks. */
typedef struct IdleRates {
    double switches, cpu;
} IdleRates;

/* Of the times that a thread woke, one was the end of its sleep, and is there without wake-ups too. So the
 * part that wake-ups have in it is wakeups out of wakeups + 1. The rest would make a task that wakes once
 * look twice as busy as it is. */
static void idle_add_rates(const IdleTask *state, uint64_t wakeups, IdleRates *rates)
{
    double part = (double)wakeups / (double)(wakeups + 1),
           time = (double)(state->after.at - state->before.at);

    if (wakeups == 0)
        return;
    rates->switches +=
        part * (double)(state->after.switches - state->before.switches) * (double)NSEC_PER_SEC / time;
    rates->cpu += part * (double)(state->after.cpu - state->before.cpu) / time;
}

/* What tasks do at the same time adds up; one after the other they measure the same again and again. On a
 * loop what the thread has used while its first task slept is that of all tasks. */
static IdleRates idle_rates_of(const Cell *cell, Arena *arena)
{
    double n_apart = mode_is_one_by_one(cell->mode) ? arena->n_started : 1;
    IdleRates rates = {0};
    uint64_t wakeups = 0;

    for (uint32_t i = 0; i < arena->n_started; i++) {
        const IdleTask *state = (const IdleTask *)arena_task(arena, i)->state;

        wakeups += state->wakeups;
        if (!cell->mode->one_loop)
            idle_add_rates(state, state->wakeups, &rates);
    }
    if (cell->mode->one_loop)
        idle_add_rates((const IdleTask *)arena_task(arena, 0)->state, wakeups, &rates);
    return (IdleRates){rates.switches / n_apart, rates.cpu / n_apart};
}

static void idle_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    IdleRates rates = idle_rates_of(cell, arena);

    json_object_set_new(metrics, "started", json_integer(arena->n_started));
    if (arena->shortfall[0])
        json_object_set_new(metrics, "not_started_reason", json_string(arena->shortfall));
    json_object_set_new(metrics, "create_ns_per_task", json_real(idle_create_ns_per_task(cell, arena)));
    json_object_set_new(metrics, "switches_per_s", json_real(rates.switches));
    json_object_set_new(metrics, "wakeup_cpu_share", json_real(rates.cpu));
}

const Experiment experiment_idle = {
    .name = "idle",
    .summary = "sleep together: what thousands of threads cost beside as many tasks of an event loop",
    .headline = {"memory.rss_per_task_bytes", "each task", "each task held {} of memory"},
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .memory = memory,
    .n_memory = ARRAY_LENGTH(memory),
    .fixed_time = true,
    .takes_fewer = true,
    .max_tasks_of = idle_max_tasks,
    .state_bytes = sizeof(IdleTask),
    .prepare = idle_prepare,
    .step = idle_step,
    .attend = idle_attend,
    .check = idle_check,
    .answer = idle_answer,
    .report = idle_report,
};
