#include "tests/unit/probe.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine/ticks.h"
#include "tests/unit/lock-settings.h"

/* Threads of one process share it, processes have one each. */
static atomic_int n_inside;

static const char letters[] = "matwdo";

Cell probe_cell(const Mode *mode, const LockPolicy *lock, uint32_t n_tasks, int64_t steps, const char *script)
{
    Cell cell = {
        .experiment = &experiment_probe,
        .mode = mode,
        .lock = lock,
        .lock_settings = lock_settings(lock, 500, 100),
        .n_tasks = n_tasks,
        .n_cpus = 1,
        .turns_per_tick = 1,
    };
    ProbeParams params = {.steps = steps, .crash_task = -1, .fail_task = -1, .wrong_task = -1};

    for (size_t i = 0; script[i]; i++)
        params.script = params.script * 8 + 1 + (strchr(letters, script[i]) - letters);
    memcpy(cell.params, &params, sizeof(params));
    return cell;
}

static char next_letter(const ProbeParams *params, uint32_t step)
{
    int64_t script = params->script;
    uint32_t length = 0;

    for (int64_t rest = script; rest > 0; rest /= 8)
        length++;
    for (uint32_t i = step % length; i > 0; i--)
        script /= 8;
    return letters[script % 8 - 1];
}

static void expired(Loop *loop, Timer *timer)
{
    ProbeState *state = (ProbeState *)((char *)timer - offsetof(ProbeState, timer));

    loop_wake(loop, state->task);
}

static void ready(Loop *loop, Watch *watch, uint32_t events)
{
    ProbeState *state = (ProbeState *)((char *)watch - offsetof(ProbeState, watch));

    (void)events;
    loop_watch(loop, watch, 0);
    close(watch->fd);
    loop_wake(loop, state->task);
}

static Step perform(Loop *loop, ProbeState *state, char letter, uint64_t ticks)
{
    switch (letter) {
    case 'a':
        state->awaits++;
        loop_wake(loop, state->task);
        return (Step){STEP_WAIT, ticks};
    case 't':
        state->timers++;
        state->timer.expired = expired;
        loop_set_timer(loop, &state->timer, nsec_now() + 200 * NSEC_PER_USEC);
        return (Step){STEP_WAIT, ticks};
    case 'w':
        state->watches++;
        state->watch = (Watch){.fd = eventfd(1, EFD_CLOEXEC), .ready = ready};
        if (loop_watch(loop, &state->watch, EPOLLIN) < 0)
            return (Step){STEP_FAILED, ticks};
        return (Step){STEP_WAIT, ticks};
    case 'o':
        state->awaits_outside = true;
        /* fall through */
    case 'd':
        state->detached++;
        state->outside = true;
        return (Step){STEP_DETACHED, ticks};
    }
    state->more++;
    return (Step){STEP_MORE, ticks};
}

static Step step(Loop *loop, Task *task, uint64_t ticks)
{
    const ProbeParams *params = (const ProbeParams *)loop->cell->params;
    ProbeState *state = (ProbeState *)task->state;
    Step result;

    state->task = task;
    if (state->outside) {
        ticks_count_down(1000);
        state->outside = false;
        if (!state->awaits_outside)
            return (Step){STEP_MORE, 0};
        state->awaits_outside = false;
        loop_wake(loop, task);
        return (Step){STEP_WAIT, 0};
    }
    if (atomic_fetch_add_explicit(&n_inside, 1, memory_order_relaxed) > 0)
        state->collisions++;
    ticks_count_down(ticks < 1000 ? ticks : 1000);
    if (state->steps == 1 && params->crash_task == (int)task->id)
        raise(SIGKILL);
    if (state->steps == 1 && params->fail_task == (int)task->id) {
        task_fail(task, "it was told to fail");
        result = (Step){STEP_FAILED, 1};
    } else if (state->steps == (uint32_t)params->steps) {
        result = (Step){STEP_DONE, 1};
    } else {
        result = perform(loop, state, next_letter(params, state->steps), ticks);
    }
    state->steps++;
    atomic_fetch_sub_explicit(&n_inside, 1, memory_order_relaxed);
    return result;
}

static const char *check(const Cell *cell, const Task *task)
{
    const ProbeParams *params = (const ProbeParams *)cell->params;

    return params->wrong_task == (int)task->id ? "it was told to be wrong" : NULL;
}

static json_t *answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer(((const ProbeState *)task->state)->collisions);
}

static void report(const Cell *cell, Arena *arena, json_t *metrics)
{
    (void)cell;
    (void)arena;
    (void)metrics;
}

const Experiment experiment_probe = {
    .name = "probe",
    .summary = "watches its own run",
    .max_tasks = 10000,
    .state_bytes = sizeof(ProbeState),
    .step = step,
    .check = check,
    .answer = answer,
    .report = report,
};
