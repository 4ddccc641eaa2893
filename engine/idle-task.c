/* The life of a task of idle.
 *
 * All must be there at the same time, or it would not be seen what they cost together. A thread or process
 * that has begun waits at a gate; when all have, the cell's first thread looks at the memory and opens it. On
 * a loop the last task to begin does the same. In serial there is only ever one.
 *
 *     NEW ──> BEGUN ──> ARRIVED ──> ASLEEP ──> DONE
 *               │ touches its stack,   │ wakes now and then
 *               │ waits at the gate    │
 *
 * Waiting at the gate blocks, so it is done outside the lock. It is a semaphore and not a condition, because
 * in the processes mode it has to work between processes. */
#include "engine/idle-task.h"

#include <assert.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/memory.h"
#include "engine/mode.h"

/* Uses the stack down to so many bytes below base, a page at a time. One frame for each page. The write
 * behind the call keeps the compiler from turning the recursion into a loop, which would use one frame for
 * all. The page is volatile, so the writes are not left out. */
static __attribute__((noinline)) void touch_stack(const char *base, size_t bytes)
{
    enum { PAGE = 4096 };
    volatile char page[PAGE];

    page[0] = 1;
    if ((uintptr_t)base - (uintptr_t)page < bytes)
        touch_stack(base, bytes);
    page[0] = 0;
}

static void idle_on_timer(Loop *loop, Timer *timer)
{
    IdleTask *state = (IdleTask *)((char *)timer - offsetof(IdleTask, timer));

    loop_wake(loop, state->task);
}

static nsec_t idle_period_of(const IdleParams *params)
{
    return NSEC_PER_SEC / (nsec_t)params->wakeups_per_s;
}

static IdleUsage idle_read_usage(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return (IdleUsage){
        .at = nsec_now(),
        .cpu = nsec_read_clock(CLOCK_THREAD_CPUTIME_ID),
        .switches = (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw),
    };
}

/* The tasks wake one after the other, evenly over a period. All at the same moment would be one burst in
 * each period, with a queue for the lock behind it, and the rest of the time nothing. The release lets
 * idle_attend() see that this task has come through. */
static void idle_fall_asleep(Loop *loop, Task *task)
{
    const IdleParams *params = (const IdleParams *)loop->cell->params;
    IdleGate *gate = loop->cell->prepared;
    IdleTask *state = (IdleTask *)task->state;
    nsec_t now = nsec_now();

    atomic_fetch_add_explicit(&gate->n_asleep, 1, memory_order_release);
    state->stage = STAGE_ASLEEP;
    state->task = task;
    state->timer.expired = idle_on_timer;
    state->until = now + (nsec_t)params->duration_ms * NSEC_PER_MSEC;
    state->next = state->until;
    if (params->wakeups_per_s > 0) {
        state->next = now + idle_period_of(params) * (task->id + 1) / loop->cell->n_tasks;
        state->before = idle_read_usage();
    }
    loop_set_timer(loop, &state->timer, state->next < state->until ? state->next : state->until);
}

/* Of tasks that are processes each has its own memory. */
static void idle_note_memory(Arena *arena)
{
    if (!arena->read_memory)
        return;
    if (!arena->tasks_are_alone)
        memory_note(arena, 0);
    for (uint32_t i = 0; arena->tasks_are_alone && i < arena->n_started; i++)
        memory_note(arena, ((const IdleTask *)arena_task(arena, i)->state)->pid);
    arena->memory_noted = true;
}

/* No task can end before the gate is open, so a process that has ended has crashed, and will never begin.
 * WNOWAIT leaves it to be waited for by the mode. Without this question the gate would wait for ever for a
 * task that cannot come. */
static bool idle_some_process_ended(const Cell *cell)
{
    siginfo_t info = {0};

    return !cell->mode->shares_memory && waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* Waits until a counter has come so far, with little work: those who are waited for need the CPUs. */
static void idle_wait_for(const Cell *cell, const atomic_uint *counter, uint32_t wanted)
{
    const struct timespec moment = nsec_to_timespec(50 * NSEC_PER_USEC);

    while (atomic_load_explicit(counter, memory_order_acquire) < wanted && !idle_some_process_ended(cell))
        nanosleep(&moment, NULL);
}

/* They pass one by one, some 100 us apart, as far apart as an interpreter starts its threads. Thousands who
 * want the lock at the same time, now or when their sleep ends, would be busy with nothing but to wait for
 * it: each hand-over takes a wake-up, and each that waits wakes after every switch interval. The memory is
 * read before the first one passes, when all are there and none has fallen asleep or ended. */
void idle_attend(const Cell *cell, Arena *arena)
{
    IdleGate *gate = cell->prepared;

    idle_wait_for(cell, &gate->n_begun, arena->n_started);
    idle_note_memory(arena);
    for (uint32_t i = 0; i < arena->n_started; i++) {
        sem_post(&gate->open);
        idle_wait_for(cell, &gate->n_asleep, i + 1);
    }
}

/* Has it something to do that would keep the others from the lock, or block? A task of a loop that has
 * nothing to touch has no reason to leave the lock, and ten thousand of them would do it for nothing. */
static Step idle_begin(const Cell *cell, Task *task)
{
    const IdleParams *params = (const IdleParams *)cell->params;
    IdleTask *state = (IdleTask *)task->state;

    state->stage = STAGE_BEGUN;
    state->pid = !cell->mode->shares_memory ? getpid() : 0;
    if (cell->mode->side_by_side)
        return (Step){STEP_BLOCKING, 0};
    return (Step){params->touch_stack_bytes > 0 ? STEP_DETACHED : STEP_MORE, 0};
}

/* Outside the lock: to touch megabytes takes as long as a switch interval, and all would wait for each. The
 * stack is touched before the task counts as begun, so that its bytes are there when the memory is read. */
static Step idle_arrive(const Cell *cell, Task *task)
{
    const IdleParams *params = (const IdleParams *)cell->params;
    IdleGate *gate = cell->prepared;
    char here = 0;

    touch_stack(&here, (size_t)params->touch_stack_bytes);
    atomic_fetch_add_explicit(&gate->n_begun, 1, memory_order_release);
    while (cell->mode->side_by_side && sem_wait(&gate->open) < 0 && errno == EINTR)
        ;
    ((IdleTask *)task->state)->stage = STAGE_ARRIVED;
    return (Step){STEP_MORE, 0};
}

/* On a loop of many the last to come puts all to sleep. */
static Step idle_lie_down(Loop *loop, Task *task)
{
    const Cell *cell = loop->cell;
    IdleGate *gate = cell->prepared;

    if (!cell->mode->one_loop) {
        idle_fall_asleep(loop, task);
    } else if (atomic_load_explicit(&gate->n_begun, memory_order_relaxed) == cell->n_tasks) {
        idle_note_memory(loop->arena);
        for (uint32_t i = 0; i < cell->n_tasks; i++)
            idle_fall_asleep(loop, arena_task(loop->arena, i));
    }
    return (Step){STEP_WAIT, 0};
}

/* The next time is counted from the last planned one and not from now, so a late wake-up does not shift all
 * that follow. */
static void idle_wake_up(Loop *loop, Task *task)
{
    IdleTask *state = (IdleTask *)task->state;
    nsec_t period = idle_period_of((const IdleParams *)loop->cell->params), now = nsec_now();

    state->wakeups++;
    state->next += period;
    /* Where there is no time for all wake-ups, those that were missed are left out. */
    if (state->next < now)
        state->next += ((now - state->next) / period + 1) * period;
    loop_set_timer(loop, &state->timer, state->next < state->until ? state->next : state->until);
}

static Step idle_end_sleep(Loop *loop, Task *task)
{
    const IdleParams *params = (const IdleParams *)loop->cell->params;
    IdleTask *state = (IdleTask *)task->state;

    if (params->wakeups_per_s > 0)
        state->after = idle_read_usage();
    state->stage = STAGE_DONE;
    return (Step){STEP_DONE, 0};
}

Step idle_step(Loop *loop, Task *task, uint64_t ticks)
{
    IdleTask *state = (IdleTask *)task->state;

    (void)ticks;
    switch (state->stage) {
    case STAGE_NEW:
        return idle_begin(loop->cell, task);
    case STAGE_BEGUN:
        return idle_arrive(loop->cell, task);
    case STAGE_ARRIVED:
        return idle_lie_down(loop, task);
    case STAGE_ASLEEP:
        if (nsec_now() >= state->until)
            return idle_end_sleep(loop, task);
        idle_wake_up(loop, task);
        return (Step){STEP_WAIT, 0};
    case STAGE_DONE:
        break;
    }
    assert(!"a task that is done has no more steps");
    return (Step){STEP_DONE, 0};
}
