/* Two rules keep the picture true. A run ends before the lock is let go and begins after it was taken, so
 * under an exclusive lock the runs of two tasks never overlap. And a check of the lock leaves a mark only if
 * somebody else had it meanwhile: the old lock lets go a million times a second, and hardly ever is that a
 * switch.
 *
 * Both come from the books of the lock (lock.c), which know when it went from one seat to another: a wait in
 * the picture is the wait that is counted.
 *
 * Each task has a row, which holds the span that is under way. When the task does something else, that span
 * is added to the list of all, and the row begins the next. So a span is written once, when its end is known,
 * and what lies between two clocks is never in two spans of one task. */
#include "engine/timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What a task does at present. On a cache line of its own, since rows are written by the threads of their
 * tasks. */
struct TimelineRow {
    alignas(64) nsec_t start;
    nsec_t end; /* 0: it goes on. Otherwise it is over, and still becomes longer if nobody else runs */
    SpanKind kind;
};

/* Takes so many bytes from the end of what there is. Returns where they begin, and moves *size behind them.
 */
static size_t timeline_place(size_t *size, size_t alignment, size_t bytes)
{
    size_t at = (*size + alignment - 1) / alignment * alignment;

    *size = at + bytes;
    return at;
}

/* Everything is allocated before the clock starts, in one mapping that processes share: a traced task that
 * is a process writes its spans where its parent finds them. */
int timeline_create(uint32_t n_seats, uint32_t n_tasks, uint32_t max_spans, Timeline **ret)
{
    size_t size = sizeof(Timeline);
    size_t tracers = timeline_place(&size, alignof(Tracer), n_seats * sizeof(Tracer));
    size_t rows = timeline_place(&size, alignof(TimelineRow), n_tasks * sizeof(TimelineRow));
    size_t spans = timeline_place(&size, alignof(Span), max_spans * sizeof(Span));
    char *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Timeline *timeline = (Timeline *)mapping;

    if (mapping == MAP_FAILED)
        return -errno;
    timeline->size = size;
    timeline->max_spans = max_spans;
    timeline->tracers = (Tracer *)(mapping + tracers);
    timeline->rows = (TimelineRow *)(mapping + rows);
    timeline->spans = (Span *)(mapping + spans);
    for (uint32_t i = 0; i < n_seats; i++)
        timeline->tracers[i].timeline = timeline;
    *ret = timeline;
    return 0;
}

void timeline_free(Timeline *timeline)
{
    if (timeline)
        munmap(timeline, timeline->size);
}

static uint32_t timeline_count_all(const Timeline *timeline)
{
    return atomic_load_explicit(&timeline->n_spans, memory_order_relaxed);
}

uint32_t timeline_count(const Timeline *timeline)
{
    uint32_t n = timeline_count_all(timeline);

    return n < timeline->max_spans ? n : timeline->max_spans;
}

uint32_t timeline_dropped(const Timeline *timeline)
{
    return timeline_count_all(timeline) - timeline_count(timeline);
}

/* By time, and of the same time by task, so that the order is the same in each run of qsort(3), which does
 * not keep the order of equals. */
static int timeline_compare(const void *a, const void *b)
{
    const Span *one = a, *two = b;

    if (one->start != two->start)
        return one->start < two->start ? -1 : 1;
    return one->task < two->task ? -1 : one->task > two->task;
}

void timeline_sort(Timeline *timeline)
{
    qsort(timeline->spans, timeline_count(timeline), sizeof(*timeline->spans), timeline_compare);
}

/* The counter gives each writer a place of its own, so there is no lock that tasks would have to wait for.
 * When all places are taken it goes on counting: it is then known how much is missing. */
static void timeline_add(Timeline *timeline, Span span)
{
    uint32_t i = atomic_fetch_add_explicit(&timeline->n_spans, 1, memory_order_relaxed);

    if (i < timeline->max_spans)
        timeline->spans[i] = span;
}

/* Adds what the task did until at, unless it ended earlier; what took no time is nothing to see. */
static void timeline_close_row(Timeline *timeline, uint32_t task, nsec_t at)
{
    TimelineRow *row = &timeline->rows[task];
    nsec_t end = row->end > 0 ? row->end : at;

    if (row->kind != SPAN_NONE && end > row->start)
        timeline_add(timeline, (Span){row->start, end, task, row->kind});
    row->kind = SPAN_NONE;
}

/* SPAN_NONE ends the present span but keeps it in the row: it is not known yet whether it is really over. If
 * the same task runs again and no other has run on this loop meanwhile, nothing has happened that anybody
 * could see, and the span goes on. Without this a task that awaits a thousand times in a row would be a
 * thousand spans of a microsecond, and the room for spans would be gone in a moment. */
void timeline_record(Tracer *tracer, uint32_t task, SpanKind kind, nsec_t at)
{
    TimelineRow *row = &tracer->timeline->rows[task];
    nsec_t now = at > 0 ? at : nsec_now();

    if (kind == SPAN_NONE) {
        row->end = row->end > 0 ? row->end : now;
        return;
    }
    if (kind == row->kind && (row->end == 0 || (kind == SPAN_RUN && tracer->task == task))) {
        row->end = 0;
    } else {
        timeline_close_row(tracer->timeline, task, now);
        *row = (TimelineRow){.start = now, .kind = kind};
    }
    if (kind == SPAN_RUN)
        tracer->task = task;
}

/* On a loop of many tasks the loop waits, not a task: what each of them waits for was noted when it began
 * to. */
void timeline_record_leave(Loop *loop, SpanKind kind, nsec_t since, nsec_t waited)
{
    Tracer *tracer = loop->tracer;

    if (kind == SPAN_WAIT_IO && !loop->alone)
        return;
    if (waited > 0)
        timeline_record(tracer, tracer->task, SPAN_WAIT_LOCK, since);
    timeline_record(tracer, tracer->task, kind, since + waited);
}

/* After a wait on a loop of many tasks nobody runs yet: that begins with the next turn of a task. */
void timeline_record_return(Loop *loop)
{
    Tracer *tracer = loop->tracer;

    if (loop->alone || tracer->timeline->rows[tracer->task].kind == SPAN_OUTSIDE)
        timeline_record(tracer, tracer->task, SPAN_RUN, 0);
}

void timeline_record_false_wakeup(Tracer *tracer)
{
    nsec_t now = nsec_now();

    timeline_add(tracer->timeline, (Span){now, now, tracer->task, SPAN_FALSE_WAKEUP});
}

/* Both times come from the books of the lock, so this is called after the fact: the row is closed in the
 * past. */
void timeline_record_lock_wait(Tracer *tracer, nsec_t since, nsec_t until, SpanKind kind)
{
    timeline_record(tracer, tracer->task, SPAN_WAIT_LOCK, since);
    timeline_record(tracer, tracer->task, kind, until);
}

void timeline_begin(Loop *loop, uint32_t first_task)
{
    loop->tracer = loop->seat->tracer;
    loop->tracer->task = first_task;
}

/* Closes the rows of these tasks, also of those that have ended: their last span is still in the row. */
void timeline_end(Loop *loop, uint32_t first_task, uint32_t n_tasks)
{
    Tracer *tracer = loop->tracer;
    nsec_t now = nsec_now();

    for (uint32_t i = first_task; i < first_task + n_tasks; i++)
        timeline_close_row(tracer->timeline, i, now);
    loop->tracer = NULL;
}
