/* What tasks cost that do nothing: thousands of threads beside as many tasks of one event loop. Each task
 * sleeps for a while, and wakes now and then if it is asked to.
 *
 * All must be there at the same time, or it would not be seen what they cost together. A thread or process
 * that has begun waits at a gate; when all have, the cell's first thread looks at the memory and opens it. On
 * a loop the last task to begin does the same. In serial there is only ever one.
 *
 * Too few threads are a result here, so a number that would take process numbers or memory from everybody
 * else on the machine is not even tried: see room.h. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/memory.h"
#include "engine/registry.h"
#include "engine/room.h"

/* With the kernel's part; what an idle one takes, and room for what is not known beforehand. */
#define BYTES_OF_THREAD (64 * 1024)
#define BYTES_OF_PROCESS (512 * 1024)
/* A stack is to hold this beside the bytes that are touched on purpose. */
#define STACK_OF_ITS_OWN (64 * 1024)

typedef struct IdleParams {
    int64_t wakeups_per_s, duration_ms, touch_stack_bytes, stack_bytes;
} IdleParams;

/* In memory that processes share. */
typedef struct IdleGate {
    sem_t open;
    /* Tasks that have begun, and that have fallen asleep behind the gate. Looked at again and again. */
    atomic_uint n_begun, n_asleep;
} IdleGate;

/* What a thread has used when it looked. */
typedef struct IdleUsage {
    nsec_t at, cpu;
    uint64_t switches;
} IdleUsage;

typedef enum IdleStage { STAGE_NEW, STAGE_AT_GATE, STAGE_THROUGH, STAGE_ASLEEP, STAGE_DONE } IdleStage;

typedef struct IdleTask {
    IdleStage stage;
    pid_t pid; /* of a task that is a process */
    Task *task;
    Timer timer;
    nsec_t until, next; /* when its sleep ends, and when it wakes next */
    uint64_t wakeups;
    IdleUsage before, after; /* its sleep; only if it is to wake */
} IdleTask;

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

/* A wake-up is about 5 us of CPU time. */
static const Cost costs[] = {
    {.waits = true, .ns = 1e6, .times = {"duration_ms"}},
    {.ns = 5, .times = {"duration_ms", "wakeups_per_s"}},
};

static int64_t bytes_of(const Mode *mode)
{
    return mode->processes ? BYTES_OF_PROCESS : BYTES_OF_THREAD;
}

static int64_t max_tasks(const Mode *mode)
{
    enum { MOST = 10000, MOST_PROCESSES = 1000 };
    int64_t most = mode->processes ? MOST_PROCESSES : MOST, room = most;
    char reason[ROOM_REASON_SIZE];

    if (mode->processes || mode == &mode_threads)
        room = room_for_tasks((uint64_t)bytes_of(mode), false, reason);
    return room < most ? room : most;
}

static size_t state_bytes(const Cell *cell)
{
    (void)cell;
    return sizeof(IdleTask);
}

/* The size of the stacks that the tasks will have. */
static uint64_t stack_size(const Cell *cell)
{
    struct rlimit limit;
    pthread_attr_t attributes;
    size_t size = 0;

    if (cell->mode != &mode_threads)
        return getrlimit(RLIMIT_STACK, &limit) == 0 ? limit.rlim_cur : 0;
    if (cell->stack_bytes > 0)
        return cell->stack_bytes;
    pthread_attr_init(&attributes);
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
    return size;
}

static int check_stack(const Cell *cell, char *reason)
{
    const IdleParams *params = (const IdleParams *)cell->params;
    uint64_t size = stack_size(cell);

    if (size >= (uint64_t)params->touch_stack_bytes + STACK_OF_ITS_OWN)
        return 0;
    snprintf(reason, ARENA_REASON_SIZE,
        "touch_stack_bytes=%lld and 64 KB of its own do not fit into a stack of %llu bytes",
        (long long)params->touch_stack_bytes, (unsigned long long)size);
    return -EINVAL;
}

static void limit_start(Cell *cell)
{
    const IdleParams *params = (const IdleParams *)cell->params;
    int64_t bytes_each = bytes_of(cell->mode) + params->touch_stack_bytes, room;
    char reason[ROOM_REASON_SIZE];

    if (!cell->mode->processes && cell->mode != &mode_threads)
        return;
    room = room_for_tasks((uint64_t)bytes_each, true, reason);
    if (room >= cell->n_tasks || (cell->start_limit > 0 && cell->start_limit <= room))
        return;
    cell->start_limit = (uint32_t)room;
    snprintf(cell->start_limit_reason, sizeof(cell->start_limit_reason), "%s", reason);
}

static int prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const IdleParams *params = (const IdleParams *)cell->params;
    IdleGate *gate;
    int r;

    cell->stack_bytes = (size_t)params->stack_bytes;
    r = check_stack(cell, reason);
    if (r < 0)
        return r;
    limit_start(cell);
    /* Where huge pages are given to all, a stack may get one of 2 MB for its first byte. */
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

/* Uses the stack down to so many bytes below base, a page at a time. */
static __attribute__((noinline)) void touch_stack(const char *base, size_t bytes)
{
    enum { PAGE = 4096 };
    volatile char page[PAGE];

    page[0] = 1;
    if ((uintptr_t)base - (uintptr_t)page < bytes)
        touch_stack(base, bytes);
    page[0] = 0;
}

static void on_timer(Loop *loop, Timer *timer)
{
    IdleTask *state = (IdleTask *)((char *)timer - offsetof(IdleTask, timer));

    loop_wake(loop, state->task);
}

static nsec_t period_of(const IdleParams *params)
{
    return NSEC_PER_SEC / (nsec_t)params->wakeups_per_s;
}

static IdleUsage read_usage(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return (IdleUsage){
        .at = nsec_now(),
        .cpu = nsec_read_clock(CLOCK_THREAD_CPUTIME_ID),
        .switches = (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw),
    };
}

/* The tasks wake one after the other, evenly over a period. */
static void fall_asleep(Loop *loop, Task *task)
{
    const IdleParams *params = (const IdleParams *)loop->cell->params;
    IdleGate *gate = loop->cell->prepared;
    IdleTask *state = (IdleTask *)task->state;
    nsec_t now = nsec_now();

    atomic_fetch_add_explicit(&gate->n_asleep, 1, memory_order_release);
    state->stage = STAGE_ASLEEP;
    state->task = task;
    state->timer.expired = on_timer;
    state->until = now + (nsec_t)params->duration_ms * NSEC_PER_MSEC;
    state->next = state->until;
    if (params->wakeups_per_s > 0) {
        state->next = now + period_of(params) * (task->id + 1) / loop->cell->n_tasks;
        state->before = read_usage();
    }
    loop_set_timer(loop, &state->timer, state->next < state->until ? state->next : state->until);
}

/* Of tasks that are processes each has its own memory. */
static void note_memory(Arena *arena)
{
    if (!arena->read_memory)
        return;
    if (!arena->tasks_are_alone)
        memory_note(arena, 0);
    for (uint32_t i = 0; arena->tasks_are_alone && i < arena->n_started; i++)
        memory_note(arena, ((const IdleTask *)arena_task(arena, i)->state)->pid);
    arena->memory_noted = true;
}

/* No task can end before the gate is open, so a process that has ended has crashed, and will never begin. */
static bool some_process_ended(const Cell *cell)
{
    siginfo_t info = {0};

    return cell->mode->processes && waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* Waits until a counter has come so far, with little work: those who are waited for need the CPUs. */
static void wait_for(const Cell *cell, const atomic_uint *counter, uint32_t wanted)
{
    const struct timespec moment = nsec_to_timespec(50 * NSEC_PER_USEC);

    while (atomic_load_explicit(counter, memory_order_acquire) < wanted && !some_process_ended(cell))
        nanosleep(&moment, NULL);
}

/* They pass one by one, some 100 us apart, as far apart as an interpreter starts its threads. Thousands who
 * want the lock at the same time, now or when their sleep ends, would be busy with nothing but to wait for
 * it: each hand-over takes a wake-up, and each that waits wakes after every switch interval. */
static void attend(const Cell *cell, Arena *arena)
{
    IdleGate *gate = cell->prepared;

    wait_for(cell, &gate->n_begun, arena->n_started);
    note_memory(arena);
    for (uint32_t i = 0; i < arena->n_started; i++) {
        sem_post(&gate->open);
        wait_for(cell, &gate->n_asleep, i + 1);
    }
}

/* The wait at the gate is a call that blocks, and so outside the lock. */
static Step begin(Loop *loop, Task *task)
{
    const Cell *cell = loop->cell;
    const IdleParams *params = (const IdleParams *)cell->params;
    IdleGate *gate = cell->prepared;
    IdleTask *state = (IdleTask *)task->state;
    char here = 0;
    unsigned int n_begun;

    touch_stack(&here, (size_t)params->touch_stack_bytes);
    state->stage = STAGE_AT_GATE;
    state->pid = cell->mode->processes ? getpid() : 0;
    n_begun = atomic_fetch_add_explicit(&gate->n_begun, 1, memory_order_release) + 1;
    if (cell->mode == &mode_serial) {
        fall_asleep(loop, task);
    } else if (!cell->mode->one_loop) {
        return (Step){STEP_DETACHED, 0};
    } else if (n_begun == cell->n_tasks) {
        note_memory(loop->arena);
        for (uint32_t i = 0; i < cell->n_tasks; i++)
            fall_asleep(loop, arena_task(loop->arena, i));
    }
    return (Step){STEP_WAIT, 0};
}

static Step pass_gate(Loop *loop, Task *task)
{
    IdleGate *gate = loop->cell->prepared;

    while (sem_wait(&gate->open) < 0 && errno == EINTR)
        ;
    ((IdleTask *)task->state)->stage = STAGE_THROUGH;
    return (Step){STEP_MORE, 0};
}

static void wake_up(Loop *loop, Task *task)
{
    IdleTask *state = (IdleTask *)task->state;
    nsec_t period = period_of((const IdleParams *)loop->cell->params), now = nsec_now();

    state->wakeups++;
    state->next += period;
    /* Where there is no time for all wake-ups, those that were missed are left out. */
    if (state->next < now)
        state->next += ((now - state->next) / period + 1) * period;
    loop_set_timer(loop, &state->timer, state->next < state->until ? state->next : state->until);
}

static Step end_sleep(Loop *loop, Task *task)
{
    const IdleParams *params = (const IdleParams *)loop->cell->params;
    IdleTask *state = (IdleTask *)task->state;

    if (params->wakeups_per_s > 0)
        state->after = read_usage();
    state->stage = STAGE_DONE;
    return (Step){STEP_DONE, 0};
}

static Step step(Loop *loop, Task *task, uint64_t ticks)
{
    IdleTask *state = (IdleTask *)task->state;

    (void)ticks;
    switch (state->stage) {
    case STAGE_NEW:
        return begin(loop, task);
    case STAGE_AT_GATE:
        return pass_gate(loop, task);
    case STAGE_THROUGH:
        fall_asleep(loop, task);
        return (Step){STEP_WAIT, 0};
    case STAGE_ASLEEP:
        if (nsec_now() >= state->until)
            return end_sleep(loop, task);
        wake_up(loop, task);
        return (Step){STEP_WAIT, 0};
    case STAGE_DONE:
        break;
    }
    assert(!"a task that is done has no more steps");
    return (Step){STEP_DONE, 0};
}

static const char *check(const Cell *cell, const Task *task)
{
    (void)cell;
    return ((const IdleTask *)task->state)->stage == STAGE_DONE ? NULL : "it did not sleep to its end";
}

/* How often it woke. */
static json_t *answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer((json_int_t)((const IdleTask *)task->state)->wakeups);
}

static double create_ns_per_task(const Cell *cell, Arena *arena)
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

/* Of the times that a thread woke, one was the end of its sleep, and is there without wake-ups too. */
static void add_rates(const IdleTask *state, uint64_t wakeups, IdleRates *rates)
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
static IdleRates rates_of(const Cell *cell, Arena *arena)
{
    double n_apart = cell->mode == &mode_serial ? arena->n_started : 1;
    IdleRates rates = {0};
    uint64_t wakeups = 0;

    for (uint32_t i = 0; i < arena->n_started; i++) {
        const IdleTask *state = (const IdleTask *)arena_task(arena, i)->state;

        wakeups += state->wakeups;
        if (!cell->mode->one_loop)
            add_rates(state, state->wakeups, &rates);
    }
    if (cell->mode->one_loop)
        add_rates((const IdleTask *)arena_task(arena, 0)->state, wakeups, &rates);
    return (IdleRates){rates.switches / n_apart, rates.cpu / n_apart};
}

static void report(const Cell *cell, Arena *arena, json_t *metrics)
{
    IdleRates rates = rates_of(cell, arena);

    json_object_set_new(metrics, "started", json_integer(arena->n_started));
    if (arena->shortfall[0])
        json_object_set_new(metrics, "not_started_reason", json_string(arena->shortfall));
    json_object_set_new(metrics, "create_ns_per_task", json_real(create_ns_per_task(cell, arena)));
    json_object_set_new(metrics, "switches_per_s", json_real(rates.switches));
    json_object_set_new(metrics, "wakeup_cpu_share", json_real(rates.cpu));
}

const Experiment experiment_idle = {
    .name = "idle",
    .summary = "sleep together: what thousands of threads cost beside as many tasks of an event loop",
    .headline = "memory.rss_per_task_bytes",
    .parameters = parameters,
    .n_parameters = sizeof(parameters) / sizeof(parameters[0]),
    .costs = costs,
    .n_costs = sizeof(costs) / sizeof(costs[0]),
    .takes_fewer = true,
    .max_tasks = max_tasks,
    .state_bytes = state_bytes,
    .prepare = prepare,
    .step = step,
    .attend = attend,
    .check = check,
    .answer = answer,
    .report = report,
};
