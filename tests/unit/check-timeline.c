#include "tests/unit/check-timeline.h"

#include <check.h>
#include <stdlib.h>

#include "engine/experiment.h"
#include "engine/mode.h"

/* What is known of a task after some of its spans. */
typedef struct Seen {
    nsec_t first, last, sum;
    uint32_t n_runs;
} Seen;

static void check_span(const Cell *cell, const Arena *arena, const Span *span)
{
    bool instant = span->kind == SPAN_FALSE_WAKEUP;

    ck_assert_uint_lt(span->task, cell->n_tasks);
    ck_assert_int_gt(span->kind, SPAN_NONE);
    ck_assert_int_le(span->kind, SPAN_FALSE_WAKEUP);
    ck_assert_uint_ge(span->start, arena->epoch);
    ck_assert_uint_le(span->end, arena->epoch + arena->wall);
    ck_assert(instant ? span->start == span->end : span->start < span->end);
    /* Nobody waits for a lock that is his alone. */
    if (span->kind == SPAN_WAIT_LOCK || instant)
        ck_assert(cell->lock->exclusive && arena->n_seats > 1 && !cell->mode->processes);
}

static void add_span(Seen *seen, const Span *span)
{
    ck_assert_uint_ge(span->start, seen->last);
    seen->first = seen->first ? seen->first : span->start;
    seen->last = span->end;
    seen->sum += span->end - span->start;
    seen->n_runs += span->kind == SPAN_RUN;
}

static void check_task(const Arena *arena, const Task *task, const Seen *seen)
{
    nsec_t start = arena->epoch + task->start, end = arena->epoch + task->end;

    if (task->end == 0)
        return;
    ck_assert_uint_gt(seen->n_runs, 0);
    ck_assert_uint_le(seen->last, end);
    ck_assert_uint_le(seen->sum, end - (seen->first < start ? seen->first : start));
}

void check_timeline(const Cell *cell, Arena *arena)
{
    bool one_inside = (cell->lock->exclusive && !cell->mode->processes) || arena->n_seats == 1;
    Seen *seen = calloc(cell->n_tasks, sizeof(*seen));
    nsec_t last_start = 0, last_run = 0;

    ck_assert_ptr_nonnull(seen);
    timeline_sort(arena->timeline);
    for (uint32_t i = 0; i < timeline_count(arena->timeline); i++) {
        const Span *span = &arena->timeline->spans[i];

        check_span(cell, arena, span);
        ck_assert_uint_ge(span->start, last_start);
        last_start = span->start;
        if (span->kind != SPAN_FALSE_WAKEUP)
            add_span(&seen[span->task], span);
        if (span->kind == SPAN_RUN && one_inside) {
            ck_assert_msg(span->start >= last_run, "%s in %s under %s: two tasks run at once",
                cell->experiment->name, cell->mode->name, cell->lock->name);
            last_run = span->end;
        }
    }
    for (uint32_t i = 0; i < cell->n_tasks && timeline_dropped(arena->timeline) == 0; i++)
        check_task(arena, arena_task(arena, i), &seen[i]);
    free(seen);
}

uint32_t count_spans(const Arena *arena, SpanKind kind)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < timeline_count(arena->timeline); i++)
        n += arena->timeline->spans[i].kind == kind;
    return n;
}
