/* Who did what when: spans of time of each task. They are recorded in one extra repetition after the timed
 * ones, so no figure pays for them. Everywhere else a loop's tracer is NULL, and all that is left is a test
 * of that pointer where a task begins, waits, is woken or ends. */
#pragma once

#include <stdatomic.h>

#include "engine/loop.h"

/* What a task does. One does one thing at a time, but for the false wake-up, which is an instant within a
 * wait. */
typedef enum SpanKind {
    SPAN_NONE,         /* ready and waiting for its turn in the loop, or ended */
    SPAN_RUN,          /* inside the lock */
    SPAN_WAIT_LOCK,    /* for the lock, or after letting go of it for the forced switch */
    SPAN_WAIT_IO,      /* for a descriptor, a time or whatever else wakes it, or in a call that blocks */
    SPAN_OUTSIDE,      /* a step outside the lock: it crunches numbers, or stops its loop in such a call */
    SPAN_FALSE_WAKEUP, /* an instant, its start is its end: woken, and the lock was taken again */
} SpanKind;

typedef struct Span {
    nsec_t start, end; /* on the monotonic clock */
    uint32_t task;
    SpanKind kind;
} Span;

typedef struct Timeline Timeline;
typedef struct TimelineRow TimelineRow;

/* One for each seat, used by its thread only. */
struct Tracer {
    alignas(64) Timeline *timeline;
    uint32_t task; /* runs on this loop, or ran last */
};

/* A shared mapping beside the arena, at the same address in all processes of the cell. What has no remark is
 * set when it is made, then read-only. */
struct Timeline {
    size_t size;
    uint32_t max_spans;
    Tracer *tracers;
    TimelineRow *rows; /* one for each task, used by its loop's thread only */
    Span *spans;       /* in the order in which they ended */

    /* Relaxed: each place is given away once. Beyond max_spans it counts what is dropped. */
    alignas(64) atomic_uint n_spans;
};

/* Makes a timeline with room for max_spans spans and instants together: the first ones to end are kept.
 * Returns 0 and sets *ret, or a negative errno. */
int timeline_create(uint32_t n_seats, uint32_t n_tasks, uint32_t max_spans, Timeline **ret);
void timeline_free(Timeline *timeline);

/* After the join: how many spans there are, how many more there was no room for, and their order by start. */
uint32_t timeline_count(const Timeline *timeline);
uint32_t timeline_dropped(const Timeline *timeline);
void timeline_sort(Timeline *timeline);

/* For the driver of a loop in a traced seat: before its first acquisition, and after its last release. */
void timeline_begin(Loop *loop, uint32_t first_task);
void timeline_end(Loop *loop, uint32_t first_task, uint32_t n_tasks);

/* The three behind the tests below. */
void timeline_record(Tracer *tracer, uint32_t task, SpanKind kind, nsec_t at);
void timeline_record_leave(Loop *loop, SpanKind kind, nsec_t since, nsec_t waited);
void timeline_record_return(Loop *loop);

/* For the books of a lock: the seat's task lost the lock or asked for it at since, and has it from until on,
 * when another had it meanwhile. Then it does what kind says. */
void timeline_record_lock_wait(Tracer *tracer, nsec_t since, nsec_t until, SpanKind kind);

/* Under gil only: those of gil-py2 are counted by its semaphore, which knows no time. They come in storms
 * that would leave no room for anything else. */
void timeline_record_false_wakeup(Tracer *tracer);

/* From at on (0: from now on) the task does something else. Runs of one task with nothing between them become
 * one. */
static inline void timeline_note(Loop *loop, const Task *task, SpanKind kind, nsec_t at)
{
    if (loop->tracer)
        timeline_record(loop->tracer, task->id, kind, at);
}

/* The task of the loop let go of the lock at since, waited for the forced switch, and now does what kind
 * says. With kind SPAN_WAIT_IO a loop of many tasks waits itself: what its tasks do has been noted. */
static inline void timeline_leave(Loop *loop, SpanKind kind, nsec_t since, nsec_t waited)
{
    if (loop->tracer)
        timeline_record_leave(loop, kind, since, waited);
}

/* And has the lock again. The task of the loop runs again; on a loop of many, none does yet. */
static inline void timeline_return(Loop *loop)
{
    if (loop->tracer)
        timeline_record_return(loop);
}
