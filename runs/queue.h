/* All runs that are not over. As many go at a time as have CPUs for themselves, by default one: two at once
 * would spoil each other's timings. The others wait in a fair line (see runs/fair.h), of limited length for
 * everybody. A request that is the same as one that waits or runs joins it.
 *
 * A run belongs to those who asked for it, and ends when the last of them has left, unless one of them said
 * that it shall go on without them. Whatever becomes of it goes to the archive before anybody is answered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "runs/archive.h"
#include "runs/board.h"
#include "runs/catalog.h"
#include "runs/cpusets.h"
#include "runs/metrics.h"
#include "runs/origin.h"
#include "runs/run.h"
#include "runs/settings.h"
#include "runs/survey.h"

typedef struct Queue Queue;

/* What the queue works with; all of it must outlive the queue. */
typedef struct QueueParts {
    uv_loop_t *loop;
    const RunSettings *settings;
    const Origin *origin;
    Archive *archive;
    Cpusets *cpusets;
    Board *board;
    Metrics *metrics;
    Survey *survey; /* whose questions a run does not begin beside; NULL: there are none */
} QueueParts;

/* Returns an empty queue; the parts are copied as pointers. End it by queue_stop(), and by queue_free()
 * when it is idle. */
Queue *queue_new(const QueueParts *parts);

/* The client that asks, and how it asks. Texts are copied. */
typedef struct Submission {
    const char *address, *client; /* for the fair line; client "" if it has no name */
    const char *owner;            /* the one that may change it */
    AskWords words;
    bool fresh;        /* does not join */
    bool detached;     /* goes on without a watcher */
    ArchiveDone noted; /* the run and the ask are in the archive; NULL: not wanted */
    void *data;
} Submission;

typedef enum QueueAnswer {
    QUEUE_TAKEN,
    QUEUE_JOINED,
    QUEUE_STOPPING,     /* the server is */
    QUEUE_FULL,         /* no more of anybody */
    QUEUE_FULL_ADDRESS, /* no more of this address */
    QUEUE_FULL_CLIENT,  /* no more of this client */
    QUEUE_FULL_RUN,     /* no more who join the same run */
} QueueAnswer;

/* Takes the plan over and sets *ret if the answer is QUEUE_TAKEN or QUEUE_JOINED, else leaves both alone.
 * The plan's request has no words of the client any more: they are in the submission, and not the run's.
 * Nothing calls back from inside. A run without a watcher that is not detached would stay until somebody
 * watches and leaves: watch it at once. */
QueueAnswer queue_submit(Queue *queue, Plan *plan, const Submission *submission, Run **ret);

/* Returns the run of this id that has not left the queue, also one that is over but not in the archive
 * yet; NULL if there is none. Borrowed until the loop runs again. */
Run *queue_find(const Queue *queue, const char *id);

/* Watches a run that queue_submit() or queue_find() gave; the watcher's owner and joined are set. Its end()
 * comes once, from the loop, unless it leaves before. */
void queue_watch(Queue *queue, Run *run, Watcher *watcher);

/* The watcher leaves. The run ends if it was the last one and nobody's ask is detached. */
void queue_unwatch(Queue *queue, Run *run, Watcher *watcher);

/* An owner does not want the run any more (NULL: the instructor does not). Returns true if it ends, false if
 * it goes on for others who asked for it. */
bool queue_cancel(Queue *queue, Run *run, const char *owner);

/* Changes the label of an owner's ask (NULL: of the first), here and in the archive; label NULL takes it
 * away. done is the archive's, see archive_relabel(). Returns false if there is no such ask, and then
 * done is not called. */
bool queue_relabel(
    Queue *queue, Run *run, const char *owner, const char *label, ArchiveDone done, void *data);

/* Which one of those that wait it is, from 1 on, as it was told last; only of a run that waits. */
size_t queue_position(const Run *run);

/* How long until everything that is in the queue now should be over. */
nsec_t queue_estimate(const Queue *queue);

/* How many wait, and how many have a place. A run has its place until it is in the archive. */
size_t queue_n_waiting(const Queue *queue);
size_t queue_n_running(const Queue *queue);

/* Writes to the log where runs are kept, if there is something to say that was not said before; afterwards
 * the queue does so by itself after each run. */
void queue_log_archive(Queue *queue);

/* Whatever has kept the next run waiting is over: it is started on the next turn of the loop, if it may be.
 */
void queue_wake(Queue *queue);

/* No more runs: those that wait end as cancelled now, the running ones after grace_ms. A second call shortens
 * the grace. idle(data) is called once, from the loop, when no run is left. */
void queue_stop(Queue *queue, uint64_t grace_ms, void (*idle)(void *data), void *data);
bool queue_is_stopping(const Queue *queue);

/* Frees a queue without runs, as one that is idle; its memory goes when the loop has closed its timers. */
void queue_free(Queue *queue);
