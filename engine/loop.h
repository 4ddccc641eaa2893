/* One event loop: a queue of tasks that are ready, one epoll set and one heap of timers. Every task runs on
 * one: in serial, threads and processes a loop has one task at a time, in epoll it has all of them. So an
 * experiment is written once, for a loop.
 *
 * A loop belongs to one thread. Nothing here is called from another: so there is no lock in it and no atomic,
 * and nothing of what is measured is the cost of the loop's own safety. Watches and timers are parts of
 * structs of their owners, so setting one allocates nothing. loop_dispatch() calls owners back, and they may
 * watch, set timers and wake tasks from there.
 *
 *     drive.c:  loop_next() -> a step -> ...       while there are tasks that are ready
 *               loop_poll()                        without the lock
 *               loop_dispatch() -> ready(), expired() -> loop_wake()        with the lock */
#pragma once

#include <stdint.h>

#include "base/nsec.h"
#include "engine/arena.h"
#include "engine/lock.h"
#include "engine/own-semaphore.h"

typedef struct Cell Cell;
typedef struct Loop Loop;

/* A descriptor that is watched. The owner keeps it while it is watched. To be ended before its descriptor is
 * closed or its memory is used for something else. */
typedef struct Watch {
    int fd;
    bool watched;   /* the loop's own, like the next */
    uint32_t since; /* the round of dispatching in which or after which the watch began */
    void (*ready)(Loop *loop, struct Watch *watch, uint32_t events); /* events as of epoll */
} Watch;

/* A point in time that is waited for. The owner keeps it while it is set. */
typedef struct Timer {
    nsec_t at;         /* on the monotonic clock */
    uint32_t position; /* in the heap, counted from 1; 0: not set; the loop's own */
    void (*expired)(Loop *loop, struct Timer *timer);
} Timer;

struct Loop {
    const Cell *cell;
    Arena *arena;
    Lock *lock;
    Seat *seat;
    Tracer *tracer; /* of the seat, while it is driven; NULL: not traced */
    void *state;    /* the experiment's own for each loop */

    Semaphore *begun;      /* posted when it has the lock for the first time; NULL: nobody waits for that */
    bool opened;           /* state is there; drive.c's own */
    bool alone;            /* its tasks come one at a time and have the thread for themselves */
    uint32_t n_unfinished; /* tasks that were handed to the loop and have not ended */
    Task *first_ready, *last_ready; /* linked by Task.next; NULL: nobody is ready */

    int epoll_fd;   /* -1 until the first descriptor */
    uint32_t round; /* counts loop_dispatch() */
    uint32_t n_watches;
    Timer **timers; /* a binary heap, earliest first, from index 1 */
    uint32_t n_timers, max_timers;
};

/* Prepares a loop for up to n_tasks tasks at once. Allocates all that it will need but the epoll set.
 * n_tasks bounds the timers: one for each task, and one more. Asserts that there is memory. lock and seat
 * are borrowed and must live until loop_finish(). */
void loop_init(Loop *loop, const Cell *cell, Arena *arena, Lock *lock, Seat *seat, uint32_t n_tasks);

/* Closes the epoll set and frees the heap. Every watch must have been ended, unless tasks are left that
 * never did. */
void loop_finish(Loop *loop);

/* Hands a task to the loop, which will run it. */
void loop_add(Loop *loop, Task *task);

/* Puts a task that waits behind the others that are ready. Nothing happens if it is ready already. */
void loop_wake(Loop *loop, Task *task);

/* Takes the first task that is ready, or NULL. It is no longer ready then, and may be woken again while it
 * runs. */
Task *loop_next(Loop *loop);

/* Makes the epoll set, if it is not there. The first watch does it, too: late, because most experiments have
 * no descriptors, and ten thousand threads that sleep would each have a set. Returns 0 or a negative errno.
 */
int loop_prepare_to_watch(Loop *loop);

/* Starts, changes or (events 0) ends watching a descriptor. Returns 0 or a negative errno. events is a set
 * of EPOLLIN, EPOLLOUT and so on. Ending a watch never fails. */
int loop_watch(Loop *loop, Watch *watch, uint32_t events);

/* Sets or moves a timer. at is a time of the monotonic clock; one that has passed is due at the next
 * dispatch. Clearing a timer that is not set does nothing. A timer that has expired is no longer set when
 * its owner is called. */
void loop_set_timer(Loop *loop, Timer *timer, nsec_t at);
void loop_clear_timer(Loop *loop, Timer *timer);

/* Anything that a poll could bring. */
static inline bool loop_has_sources(const Loop *loop)
{
    return loop->n_watches > 0 || loop->n_timers > 0;
}

/* When the earliest timer is due; without one, at the end of all time. */
static inline nsec_t loop_next_timer(const Loop *loop)
{
    return loop->n_timers > 0 ? loop->timers[1]->at : UINT64_MAX;
}

/* What one poll has found. More descriptors than there is room for are found by the next poll: epoll goes
 * round, so none of them is forgotten. */
typedef struct LoopEvents {
    struct {
        Watch *watch;
        uint32_t events;
    } ready[256];
    int n_ready;
} LoopEvents;

/* Waits for descriptors and timers, at most until the next timer, or not at all if dont_block. Only collects
 * what is ready, so it may be called without the lock; loop_dispatch then calls the owners back. */
void loop_poll(Loop *loop, LoopEvents *ret, bool dont_block);
void loop_dispatch(Loop *loop, const LoopEvents *events);
