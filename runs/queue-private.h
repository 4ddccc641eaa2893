/* Private to queue*.c: the queue, and what its files need of each other. */
#pragma once

#include "runs/queue.h"

struct Queue {
    QueueParts parts;
    Fair line;
    Run *runs;        /* all that are not over, in no order */
    size_t n_running; /* these have a CPU set */
    bool stopping;
    bool logs_archive;
    char *said_notice, *said_trouble; /* of the archive, in the log already; owned, may be NULL */
    uv_timer_t turn;                  /* 0 ms: something may have to be started or ended */
    uv_timer_t places;                /* the line has moved */
    uv_timer_t grace;
    void (*idle)(void *data);
    void *idle_data;
    int n_open;
};

/* queue.c */

/* Something may have to be started or ended; it will be on the next turn of the loop. */
void queue_take_turn(Queue *queue);

const char *queue_experiment_of(const Run *run);

/* queue-tell.c */

/* How long until everything that runs now should be over, on one place after the other. */
nsec_t queue_running_remaining(const Queue *queue);

/* Tells one who waits its place, behind runs that take so long. */
void queue_tell_place(const Queue *queue, Run *run, size_t position, nsec_t before);

/* The line has moved: those who wait are told soon. */
void queue_line_moved(Queue *queue);

/* Tells the class board; more is an object with further members. */
void queue_tell_board(const Queue *queue, const Run *run, const char *event, const json_t *more);
