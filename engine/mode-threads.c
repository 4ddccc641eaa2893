/* A thread for each task, started and joined as the article does: the clock runs from before the first start
 * until after the last join, and a thread works from the moment it exists. There is no gate that holds the
 * first ones back until all are there: the article has none, and the time to start a thread is a part of what
 * threads cost. So with a short function the first thread may have ended before the second one begins.
 *
 * Whoever starts threads is a thread of the interpreter, too. It holds the lock while it starts one, lets go
 * of it to wait until that one has begun, and then must have it back, behind all those that compute already
 * (CPython's threading.Thread.start() waits for an event that the new thread sets). So each start takes a
 * turn at the lock: with eight threads that compute, the last one begins when the first has long been at
 * work. */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/drive.h"
#include "engine/registry.h"

typedef struct Worker {
    Loop loop;
    pthread_t thread;
    uint32_t task;
} Worker;

/* The thread that starts the others, at their lock. Its seat is none of the arena's: the books are those of
 * the tasks. */
typedef struct Starter {
    Lock *lock; /* NULL: there is none for all of them */
    Seat seat;
    Semaphore begun; /* posted by each thread when it has the lock */
} Starter;

static void *threads_work(void *data)
{
    Worker *worker = data;
    char name[16];

    snprintf(name, sizeof(name), "task-%u", worker->task);
    /* For debuggers, top -H and Perfetto. The kernel keeps 15 characters. */
    pthread_setname_np(pthread_self(), name);
    drive_tasks(&worker->loop, worker->task, 1);
    drive_close(&worker->loop);
    return NULL;
}

/* All loops and locks are made before the clock starts. common is the one lock of all; NULL: each loop gets
 * one of its own, which is never contended. That is how interpreters of their own escape the GIL. */
static Worker *threads_create_workers(const Cell *cell, Arena *arena, Lock *common)
{
    Worker *workers = calloc(cell->n_tasks, sizeof(*workers));

    assert(workers);
    for (uint32_t i = 0; i < cell->n_tasks; i++) {
        Lock *lock = common ? common : lock_create(cell->lock, &cell->lock_settings);

        loop_init(&workers[i].loop, cell, arena, lock, arena_seat(arena, i), 1);
        workers[i].loop.alone = true;
        workers[i].task = i;
    }
    return workers;
}

/* Also the workers whose thread was never started, because fewer are enough, have a loop and perhaps a lock.
 */
static void threads_free_workers(const Cell *cell, Worker *workers, Lock *common)
{
    for (uint32_t i = 0; i < cell->n_tasks; i++) {
        if (!common)
            lock_destroy(workers[i].loop.lock);
        loop_finish(&workers[i].loop);
    }
    if (common)
        lock_destroy(common);
    free(workers);
}

/* A lock without an algorithm lets everybody in, and nobody is waited for. */
static void starter_init(Starter *starter, Lock *common)
{
    *starter = (Starter){0};
    semaphore_init(&starter->begun, 0);
    starter->lock = common && common->policy->acquire ? common : NULL;
    if (starter->lock)
        lock_acquire(starter->lock, &starter->seat, nsec_now());
}

/* While it waits for the new thread others may run, and they need not be done when it wants to go on. */
static void starter_wait_until_begun(Starter *starter)
{
    if (!starter->lock)
        return;
    lock_release(starter->lock, &starter->seat, nsec_now());
    semaphore_wait(&starter->begun);
    lock_acquire(starter->lock, &starter->seat, nsec_now());
}

/* It has nothing more to do but to join the others, and waits for that without the lock. */
static void starter_leave(Starter *starter)
{
    if (starter->lock)
        lock_release(starter->lock, &starter->seat, nsec_now());
}

/* Starts as many as there can be. Returns why there is no further one: an errno, or 0. */
static int threads_start(const Cell *cell, Worker *workers, Starter *starter, uint32_t *ret_started)
{
    uint32_t limit = cell_start_limit(cell), started;
    pthread_attr_t attributes;
    int r;

    r = pthread_attr_init(&attributes);
    assert(r == 0);
    if (cell->stack_bytes > 0)
        r = pthread_attr_setstacksize(&attributes, cell->stack_bytes);
    assert(r == 0);
    for (started = 0; started < limit && r == 0; started += r == 0) {
        workers[started].loop.begun = starter->lock ? &starter->begun : NULL;
        r = pthread_create(&workers[started].thread, &attributes, threads_work, &workers[started]);
        if (r == 0)
            starter_wait_until_begun(starter);
    }
    pthread_attr_destroy(&attributes);
    *ret_started = started;
    return r;
}

static int threads_run(const Cell *cell, Arena *arena)
{
    Lock *common = cell->lock->each_its_own ? NULL : lock_create(cell->lock, &cell->lock_settings);
    Worker *workers = threads_create_workers(cell, arena, common);
    /* Of a cell that has failed threads go on beside its end, and the books know this seat. */
    static Starter starter;
    uint32_t started;
    int r;

    /* Locks of their own stay unshared: each has one thread. */
    if (common)
        common->shared = true;
    starter_init(&starter, common);
    cell_start_clock(arena);
    r = threads_start(cell, workers, &starter, &started);
    arena->create = nsec_now() - arena->epoch;
    starter_leave(&starter);
    r = cell_note_started(cell, arena, started, "threads", r);
    /* The threads that are there may wait for the missing ones, or for a parent that attends to them, and
     * would be joined never. The cell has failed, and its process ends with all of them. */
    if (r < 0)
        return r;
    if (cell->experiment->attend)
        cell->experiment->attend(cell, arena);
    for (uint32_t i = 0; i < started; i++) {
        int joined = pthread_join(workers[i].thread, NULL);

        assert(joined == 0);
    }
    cell_stop_clock(arena);
    threads_free_workers(cell, workers, common);
    return r;
}

const Mode mode_threads = {
    .name = "threads",
    .aliases = {"thread", "threading"},
    .summary = "a thread for each task, all in one process",
    .usual = true,
    .side_by_side = true,
    .shares_memory = true,
    /* Under a lock for all two hand-overs are in the time. 14 KB of its own, a kernel stack of 16 KB, and the
     * kernel's other parts. */
    .task = {.noun = "thread", .ns = 150e3, .bytes = 44 << 10},
    .run = threads_run,
};
