/* One event loop: a queue of tasks that are ready, one epoll set and one heap of timers. Every task runs on
 * one: in serial, threads and processes a loop has one task at a time, in epoll it has all of them. So an
 * experiment is written once, for a loop.
 *
 * A loop belongs to one thread. Nothing here is called from another. */
#pragma once

#include <stdint.h>

#include "base/nsec.h"
#include "engine/arena.h"
#include "engine/lock.h"

typedef struct Cell Cell;
typedef struct Loop Loop;

/* A descriptor that is watched. The owner keeps it while it is watched. */
typedef struct Watch {
    int fd;
    bool watched;   /* the loop's own, like the next */
    uint32_t since; /* the round of dispatching in which or after which the watch began */
    void (*ready)(Loop *loop, struct Watch *watch, uint32_t events); /* events as of epoll */
} Watch;

/* A point in time that is waited for. The owner keeps it while it is set. */
typedef struct Timer {
    nsec_t at;
    uint32_t position; /* in the heap, counted from 1; 0: not set */
    void (*expired)(Loop *loop, struct Timer *timer);
} Timer;

struct Loop {
    const Cell *cell;
    Arena *arena;
    Lock *lock;
    Seat *seat;
    Tracer *tracer; /* of the seat, while it is driven; NULL: not traced */
    void *state;    /* the experiment's own for each loop */

    bool opened; /* state is there; drive.c's own */
    bool alone;  /* its tasks come one at a time and have the thread for themselves */
    uint32_t n_unfinished;
    Task *first_ready, *last_ready;

    int epoll_fd;   /* -1 until the first descriptor */
    uint32_t round; /* counts loop_dispatch() */
    uint32_t n_watches;
    Timer **timers; /* a binary heap, earliest first, from index 1 */
    uint32_t n_timers, max_timers;
};

/* Prepares a loop for up to n_tasks tasks at once. Allocates all that it will need but the epoll set. */
void loop_init(Loop *loop, const Cell *cell, Arena *arena, Lock *lock, Seat *seat, uint32_t n_tasks);
void loop_finish(Loop *loop);

/* Hands a task to the loop, which will run it. */
void loop_add(Loop *loop, Task *task);

/* Puts a task that waits behind the others that are ready. Nothing happens if it is ready already. */
void loop_wake(Loop *loop, Task *task);

/* Takes the first task that is ready, or NULL. */
Task *loop_next(Loop *loop);

/* Starts, changes or (events 0) ends watching a descriptor. Returns 0 or a negative errno. */
int loop_watch(Loop *loop, Watch *watch, uint32_t events);

/* Sets or moves a timer. */
void loop_set_timer(Loop *loop, Timer *timer, nsec_t at);
void loop_clear_timer(Loop *loop, Timer *timer);

/* Anything that a poll could bring. */
static inline bool loop_has_sources(const Loop *loop)
{
    return loop->n_watches > 0 || loop->n_timers > 0;
}

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
