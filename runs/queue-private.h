/* Private to queue*.c: the queue, and what its files need of each other. Calls go one way:
 *
 *     queue.c -> queue-end.c -> queue-tell.c
 *     queue-submit.c ---------> queue-tell.c */
#pragma once

#include <sys/queue.h>

#include "runs/fair.h"
#include "runs/queue.h"

/* What the queue knows of a run. Each has its own as long as it is in the queue, see Run.place. */
typedef struct QueuePlace {
    LIST_ENTRY(QueuePlace) link;
    Run *run;
    char *key;       /* requests with the same key are the same */
    FairItem item;   /* in the line, while it is queued */
    size_t position; /* as it was told last, from 1; while it is queued */
    int cpuset;      /* that it has, while it runs; -1: none */
    bool is_stale;   /* others ask for it now than the class board was told */
} QueuePlace;

struct Queue {
    QueueParts parts;
    Fair line;
    LIST_HEAD(, QueuePlace) places;   /* of all runs that are not freed yet, in no order */
    size_t n_running;                 /* these have a CPU set */
    bool stopping;                    /* takes nothing more, see queue_stop() */
    bool logs_archive;                /* after each run, too, see queue_log_archive() */
    char *said_notice, *said_trouble; /* of the archive, in the log already; owned, may be NULL */
    uv_timer_t turn;                  /* 0 ms: something may have to be started or ended */
    uv_timer_cb on_turn;
    uv_timer_t moved;         /* the line has moved: those who wait are told */
    uv_timer_t grace;         /* when it is over, the running ones are ended */
    void (*idle)(void *data); /* NULL once it was called */
    void *idle_data;
    int n_open; /* timers that are not closed yet */
};

/* Something may have to be started or ended; it will be on the next turn of the loop. Asked for twice, it
 * is done once. Work is never begun from inside a call of a handler: the handler would be called back, or
 * find its run ended, before it has finished with it. */
static inline void queue_take_turn(Queue *queue)
{
    uv_timer_start(&queue->turn, queue->on_turn, 0, 0);
}

/* queue-end.c: a RunEnd. The run is over, whether or not it ever started; data is the queue. */
void queue_end(Run *run, void *data);

/* queue-tell.c */

/* Returns the time, in nanoseconds, that the runs which run now have left, added up: how long it would
 * take on one place after the other. The callers share it out among the places. */
nsec_t queue_running_remaining(const Queue *queue);

/* The same of all that is in the queue. */
nsec_t queue_remaining(const Queue *queue);

/* Tells those who watch a waiting run its place (from 1), and from `before`, the time that the runs in
 * front of it take, how long it will wait. Remembers the place, see queue_position(). */
void queue_tell_place(const Queue *queue, Run *run, size_t position, nsec_t before);

/* The line has moved: those who wait are told soon, once for all changes of that time. With a hundred
 * waiting runs each start would otherwise send a hundred events at the moment when the next repetition
 * begins. */
void queue_line_moved(Queue *queue);

/* Tells the class board how a run stands: that it waits, and where, or that it has begun. One whose outcome
 * is decided is passed over, its end is told soon. */
void queue_tell_standing(const Queue *queue, const Run *run);

/* Somebody joined it, left it or is called otherwise: the class board is told soon, once for all changes of
 * that time. With a hundred clients that join one run each would else be a hundred events to a hundred
 * others. */
void queue_asks_changed(Queue *queue, Run *run);

/* Tells the class board; more is an object with further members. */
void queue_tell_board(const Queue *queue, const Run *run, const char *event, const json_t *more);
