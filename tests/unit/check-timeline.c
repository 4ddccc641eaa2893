#include "tests/unit/check-timeline.h"

#include <check.h>
#include <stdlib.h>

#include "engine/experiment.h"
#include "engine/mode.h"

/* What is known of a task after some of its spans. */
typedef struct Seen {
    nsec_t first, last, sum, waited_for_lock;
    SpanKind first_kind, last_kind;
    uint32_t n_runs, n_waits_for_lock, n_gaps;
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
    /* Nobody waits for a lock of its own. A single thread may have to wait for the one that has started it.
     */
    if (span->kind == SPAN_WAIT_LOCK || instant)
        ck_assert(cell->lock->exclusive && mode_makes_threads(cell->mode));
}

/* Between the end of a wait for the lock and the run that follows, the loop has a few words with itself. */
static bool touches(const Seen *seen, const Span *span)
{
    return span->start == seen->last || seen->last_kind == SPAN_NONE ||
           (seen->last_kind == SPAN_WAIT_LOCK && span->kind == SPAN_RUN);
}

static void add_span(Seen *seen, const Span *span)
{
    nsec_t time = span->end - span->start;

    ck_assert_uint_ge(span->start, seen->last);
    seen->n_gaps += !touches(seen, span);
    if (seen->first_kind == SPAN_NONE) {
        seen->first = span->start;
        seen->first_kind = span->kind;
    }
    seen->last = span->end;
    seen->last_kind = span->kind;
    seen->sum += time;
    seen->n_runs += span->kind == SPAN_RUN;
    if (span->kind == SPAN_WAIT_LOCK) {
        seen->n_waits_for_lock++;
        seen->waited_for_lock += time;
    }
}

/* A task with a loop of its own always does something, from its start to its end, and each time it had the
 * lock from another is a wait. After its end it may wait once more, for the forced switch. */
static void check_covered(Arena *arena, const Task *task, const Seen *seen)
{
    const LockStats *stats = &arena_seat(arena, task->id)->stats;
    nsec_t start = arena->epoch + task->start, end = arena->epoch + task->end;

    ck_assert_uint_eq(seen->n_gaps, 0);
    ck_assert(seen->first_kind == SPAN_RUN || (seen->first_kind == SPAN_WAIT_LOCK && seen->first <= start));
    ck_assert_uint_eq(seen->last, end);
    ck_assert_uint_ge(seen->n_waits_for_lock, stats->handoffs);
    ck_assert_uint_ge(seen->waited_for_lock + (arena->wall - task->end), stats->waited);
}

static void check_task(const Cell *cell, Arena *arena, const Task *task, const Seen *seen)
{
    nsec_t start = arena->epoch + task->start, end = arena->epoch + task->end;

    if (task->end == 0)
        return;
    ck_assert_uint_gt(seen->n_runs, 0);
    ck_assert_uint_le(seen->last, end);
    ck_assert_uint_le(seen->sum, end - (seen->first < start ? seen->first : start));
    if (cell->mode->side_by_side)
        check_covered(arena, task, seen);
}

void check_timeline(const Cell *cell, Arena *arena)
{
    bool one_inside = (cell->lock->exclusive && cell->mode->shares_memory) || arena->n_seats == 1;
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
        check_task(cell, arena, arena_task(arena, i), &seen[i]);
    free(seen);
}

uint32_t count_spans(const Arena *arena, SpanKind kind)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < timeline_count(arena->timeline); i++)
        n += arena->timeline->spans[i].kind == kind;
    return n;
}
