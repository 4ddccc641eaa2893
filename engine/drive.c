/* The whole lesson in one page. An interpreter holds its lock while it runs code; between instructions the
 * lock may say that it is another thread's turn; while there is nothing to do but wait, or while a library
 * computes on its own, it lets go.
 *
 *     lock_acquire
 *       step, lock_check, step, lock_check, ...      inside: computing
 *       lock_release, sleep or crunch, lock_acquire  outside: waiting, or work of a library
 *     lock_release
 *
 * Whatever the mode, this is the only code that takes the lock and lets go of it. So no experiment can forget
 * to, and no mode can do it in a way of its own: what differs between two cells of a grid is what their names
 * say. */
#include "engine/drive.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "engine/experiment.h"
#include "engine/memory.h"
#include "engine/timeline.h"

/* Lets go, as an interpreter does around a blocking call; the forced switch counts as waited, the rest of
 * the time until come_back() as outside. Returns the moment from which on the time counts as outside. The
 * clock is read once for the lock's books and the timeline, so both agree. */
static nsec_t drive_leave(Loop *loop, SpanKind what_for)
{
    nsec_t since = nsec_now(), waited = lock_release(loop->lock, loop->seat, since);

    timeline_leave(loop, what_for, since, waited);
    return since + waited;
}

/* Returns how long it was away; to wait for the lock again comes after that. */
static nsec_t drive_come_back(Loop *loop, nsec_t since)
{
    nsec_t now = nsec_now();

    loop->seat->outside += now - since;
    lock_acquire(loop->lock, loop->seat, now);
    timeline_return(loop);
    return now - since;
}

/* Nobody waits for this thread meanwhile, so the step has no budget: it may take as long as it likes. */
static Step drive_step_outside_the_lock(Loop *loop, Task *task)
{
    nsec_t since = drive_leave(loop, SPAN_OUTSIDE);
    Step step = loop->cell->experiment->step(loop, task, UINT64_MAX);

    drive_come_back(loop, since);
    return step;
}

/* A call that blocks waits, but for what it computes: that is the CPU time of its thread. Only a step that
 * says of itself that it blocks is measured so. The difference of the two clocks is not what a step waited
 * that computes: it is also the time in which the kernel gave the CPU to others, or a quota held it back, and
 * counted as waiting that time would look as if it could overlap with that of other tasks. On a loop of many
 * tasks the picture has it as a step outside: it is not only this task that stands still. */
static Step drive_step_that_blocks(Loop *loop, Task *task)
{
    nsec_t since = drive_leave(loop, loop->alone ? SPAN_WAIT_IO : SPAN_OUTSIDE);
    nsec_t cpu = nsec_read_clock(CLOCK_THREAD_CPUTIME_ID), away;
    Step step = loop->cell->experiment->step(loop, task, UINT64_MAX);

    cpu = nsec_read_clock(CLOCK_THREAD_CPUTIME_ID) - cpu;
    away = drive_come_back(loop, since);
    loop->seat->waits += away > cpu ? away - cpu : 0;
    return step;
}

/* CPU time of a task is that of its thread, between its beginning and its end. Where several tasks share a
 * thread nobody can say whose the time was, and it stays 0. */
static void drive_begin(Loop *loop, Task *task)
{
    task->start = nsec_now() - loop->arena->epoch;
    if (loop->alone)
        task->cpu = nsec_read_clock(CLOCK_THREAD_CPUTIME_ID);
}

/* Inside the lock, as the step before was. The counter of the arena is bumped before the memory is read, so
 * exactly one task is the first; it is the one moment when, with luck, all the others are still there.
 * Reading costs time, which is why only one repetition asks for it. */
static void drive_end(Loop *loop, Task *task, bool failed)
{
    Arena *arena = loop->arena;
    bool first;

    task->end = nsec_now() - arena->epoch;
    timeline_note(loop, task, SPAN_NONE, arena->epoch + task->end);
    if (loop->alone)
        task->cpu = nsec_read_clock(CLOCK_THREAD_CPUTIME_ID) - task->cpu;
    task->failed = failed;
    loop->n_unfinished--;
    first = atomic_fetch_add_explicit(&arena->n_finished, 1, memory_order_relaxed) == 0;
    if (arena->read_memory && !arena->memory_noted && (first || arena->tasks_are_alone))
        memory_note(arena, 0);
}

/* The inner loop of every cell: one turn of one task, until it waits, fails or is done. It reads no clock
 * between steps and asks the lock once a step. So a task that computes gives other threads their turn here,
 * but never the other tasks of its own loop: those come when it waits, as in asyncio.
 *
 * A step that is detached or blocks runs between a release and an acquisition, and the lock is checked after
 * it as after any other, since it is held again. */
static void drive_run_until_it_waits(Loop *loop, Task *task)
{
    const Experiment *experiment = loop->cell->experiment;
    Lock *lock = loop->lock;
    StepKind kind = STEP_MORE;

    if (task->start == 0)
        drive_begin(loop, task);
    /* It has failed before its first step, or while it waited. */
    if (task->reason[0]) {
        drive_end(loop, task, true);
        return;
    }
    timeline_note(loop, task, SPAN_RUN, 0);
    for (;;) {
        Step step = kind == STEP_DETACHED   ? drive_step_outside_the_lock(loop, task)
                    : kind == STEP_BLOCKING ? drive_step_that_blocks(loop, task)
                                            : experiment->step(loop, task, lock_budget(lock));

        kind = step.kind;
        if (step.kind == STEP_DONE || step.kind == STEP_FAILED) {
            drive_end(loop, task, step.kind == STEP_FAILED);
            return;
        }
        lock_check(lock, loop->seat, step.ticks);
        /* A task that woke itself before it waits is ready already: it only lets the others go first. */
        if (step.kind == STEP_WAIT) {
            if (!loop->alone)
                timeline_note(loop, task, task->ready ? SPAN_NONE : SPAN_WAIT_IO, 0);
            return;
        }
    }
}

/* Nothing is ready: let go, sleep until something is, and take the lock again before anybody is woken. With
 * tasks that are ready this is only a glance, so that sources get their turn beside them. The callbacks of
 * loop_dispatch() are code of the interpreter, so the lock is held for them: without that, two threads could
 * be in their experiment's code at the same time under an exclusive lock.
 *
 * Such a sleep is what the loop waits for. Where a timer ended it, it was over when the timer was due: what
 * came after that until the thread had a CPU again was no waiting, however long it took. */
static void drive_poll_sources(Loop *loop)
{
    LoopEvents events;

    if (loop->first_ready) {
        loop_poll(loop, &events, true);
    } else {
        nsec_t since = drive_leave(loop, SPAN_WAIT_IO), due = loop_next_timer(loop), away;

        loop_poll(loop, &events, false);
        away = drive_come_back(loop, since);
        if (events.n_ready == 0 && since + away > due)
            away = due > since ? due - since : 0;
        loop->seat->waits += away;
    }
    loop_dispatch(loop, &events);
}

/* True if the experiment's state of this loop is there; without it every task fails. */
static bool drive_open_once(Loop *loop)
{
    const Experiment *experiment = loop->cell->experiment;

    if (!loop->opened && experiment->open_loop && experiment->open_loop(loop) < 0)
        return false;
    loop->opened = true;
    return true;
}

/* The round ends with the task that was the last when it began. A task that wakes itself stands behind that
 * one, so it cannot keep descriptors and timers waiting for ever. */
static void drive_run_rounds(Loop *loop)
{
    while (loop->n_unfinished > 0) {
        /* Otherwise the tasks that are left wait for something that can never come. */
        assert(loop->first_ready || loop_has_sources(loop));
        /* One round: every task that was ready at its beginning has one turn. */
        for (Task *last = loop->last_ready, *task = NULL; last && task != last;) {
            task = loop_next(loop);
            drive_run_until_it_waits(loop, task);
        }
        if (loop->n_unfinished > 0 && loop_has_sources(loop))
            drive_poll_sources(loop);
    }
}

/* Also a loop that could not be opened hands its tasks over and lets each of them fail: so every task has a
 * start, an end and a reason, and the cell says what went wrong instead of waiting for tasks that never ran.
 */
void drive_tasks(Loop *loop, uint32_t first, uint32_t count)
{
    nsec_t now;
    bool opened;

    if (loop->seat->tracer)
        timeline_begin(loop, first);
    now = nsec_now();
    lock_acquire(loop->lock, loop->seat, now);
    if (loop->begun)
        semaphore_post(loop->begun);
    opened = drive_open_once(loop);
    for (uint32_t i = first; i < first + count; i++) {
        Task *task = arena_task(loop->arena, i);

        task->came = now - loop->arena->epoch;
        loop_add(loop, task);
        if (!opened)
            task_fail(task, "its event loop could not be opened: too few descriptors or too little memory");
    }
    drive_run_rounds(loop);
    lock_release(loop->lock, loop->seat, nsec_now());
    if (loop->tracer)
        timeline_end(loop, first, count);
}

void drive_close(Loop *loop)
{
    if (loop->opened && loop->cell->experiment->close_loop)
        loop->cell->experiment->close_loop(loop);
    loop->opened = false;
}

/* The first reason is the cause; what follows from it would hide it. */
void task_fail(Task *task, const char *reason, ...)
{
    va_list args;

    if (task->reason[0])
        return;
    va_start(args, reason);
    vsnprintf(task->reason, sizeof(task->reason), reason, args);
    va_end(args);
}
