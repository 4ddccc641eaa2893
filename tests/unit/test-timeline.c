/* What a traced repetition records: by hand, with the probe, and as events. The matrix test checks the same
 * invariants for every experiment. */
#include "base/array.h"
#include "engine/describe.h"
#include "engine/events.h"
#include "engine/pages.h"
#include "engine/registry.h"
#include "engine/repeat.h"
#include "results/crowd.h"
#include "results/spans.h"
#include "tests/unit/check-timeline.h"
#include "tests/unit/lock-settings.h"
#include "tests/unit/probe.h"
#include "tests/unit/run.h"
#include "tests/unit/waiter.h"

enum { N_TASKS = 3, ROOM = 20000 };

/* A timeline of one seat and two tasks that a test fills by hand. */
static Tracer *make_tracer(uint32_t max_spans)
{
    Timeline *timeline;

    ck_assert_int_eq(timeline_create(1, 2, max_spans, &timeline), 0);
    pages_touch(timeline, timeline->size);
    return timeline->tracers;
}

/* Puts an end to both tasks and compares what was recorded. */
static void expect(Tracer *tracer, nsec_t at, const Span *expected, uint32_t n)
{
    Timeline *timeline = tracer->timeline;
    Seat seat = {.tracer = tracer};
    Loop loop = {.seat = &seat, .tracer = tracer};

    timeline_record(tracer, 0, SPAN_NONE, at);
    timeline_record(tracer, 1, SPAN_NONE, at);
    timeline_end(&loop, 0, 2);
    timeline_sort(timeline);
    ck_assert_uint_eq(timeline_count(timeline), n);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_uint_eq(timeline->spans[i].start, expected[i].start);
        ck_assert_uint_eq(timeline->spans[i].end, expected[i].end);
        ck_assert_uint_eq(timeline->spans[i].task, expected[i].task);
        ck_assert_int_eq(timeline->spans[i].kind, expected[i].kind);
    }
    timeline_free(timeline);
}

START_TEST(spans_follow_one_another)
{
    Tracer *tracer = make_tracer(ROOM);
    static const Span expected[] = {
        {10, 20, 0, SPAN_WAIT_LOCK}, {20, 50, 0, SPAN_RUN}, {50, 60, 0, SPAN_WAIT_IO}, {65, 70, 0, SPAN_RUN}};

    timeline_record(tracer, 0, SPAN_WAIT_LOCK, 10);
    timeline_record(tracer, 0, SPAN_RUN, 20);
    timeline_record(tracer, 0, SPAN_RUN, 30);
    timeline_record(tracer, 0, SPAN_WAIT_IO, 50);
    timeline_record(tracer, 0, SPAN_NONE, 60);
    timeline_record(tracer, 0, SPAN_NONE, 62);
    timeline_record(tracer, 0, SPAN_RUN, 65);
    expect(tracer, 70, expected, 4);
}
END_TEST

START_TEST(a_forced_switch_is_a_wait_for_the_lock)
{
    Tracer *tracer = make_tracer(ROOM);
    Loop loop = {.tracer = tracer, .alone = true};
    static const Span expected[] = {{10, 20, 0, SPAN_RUN}, {20, 25, 0, SPAN_WAIT_LOCK},
        {25, 30, 0, SPAN_OUTSIDE}, {30, 40, 0, SPAN_RUN}, {40, 50, 0, SPAN_WAIT_IO}};

    timeline_record(tracer, 0, SPAN_RUN, 10);
    timeline_leave(&loop, SPAN_OUTSIDE, 20, 5);
    timeline_record(tracer, 0, SPAN_RUN, 30);
    timeline_leave(&loop, SPAN_WAIT_IO, 40, 0);
    expect(tracer, 50, expected, 5);
}
END_TEST

START_TEST(runs_with_nobody_between_them_are_one)
{
    Tracer *tracer = make_tracer(ROOM);
    static const Span expected[] = {{10, 40, 0, SPAN_RUN}, {40, 50, 1, SPAN_RUN}, {50, 60, 0, SPAN_RUN}};

    timeline_record(tracer, 0, SPAN_RUN, 10);
    timeline_record(tracer, 0, SPAN_NONE, 20);
    timeline_record(tracer, 0, SPAN_RUN, 21);
    timeline_record(tracer, 0, SPAN_NONE, 40);
    timeline_record(tracer, 1, SPAN_RUN, 40);
    timeline_record(tracer, 1, SPAN_NONE, 50);
    timeline_record(tracer, 0, SPAN_RUN, 50);
    expect(tracer, 60, expected, 3);
}
END_TEST

START_TEST(what_took_no_time_is_nothing_to_see)
{
    Tracer *tracer = make_tracer(ROOM);
    static const Span expected[] = {{10, 20, 0, SPAN_RUN}};

    timeline_record(tracer, 0, SPAN_WAIT_LOCK, 10);
    timeline_record(tracer, 0, SPAN_RUN, 10);
    expect(tracer, 20, expected, 1);
}
END_TEST

START_TEST(what_does_not_fit_is_counted)
{
    Tracer *tracer = make_tracer(3);
    Timeline *timeline = tracer->timeline;

    for (nsec_t at = 10; at < 100; at += 2) {
        timeline_record(tracer, 0, SPAN_RUN, at);
        timeline_record(tracer, 0, SPAN_WAIT_IO, at + 1);
    }
    timeline_record_false_wakeup(tracer);
    /* 45 runs and 44 waits that ended, and the instant. */
    ck_assert_uint_eq(timeline_count(timeline), 3);
    ck_assert_uint_eq(timeline_dropped(timeline), 87);
    ck_assert_uint_eq(timeline->spans[0].start, 10);
    timeline_free(timeline);
}
END_TEST

static Arena *trace(const Cell *cell)
{
    Arena *arena;

    ck_assert_int_eq(cell_trace(cell, ROOM, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
    ck_assert_msg(arena->complete, "%s under %s: %s", cell->mode->name, cell->lock->name, arena->reason);
    check_timeline(cell, arena);
    return arena;
}

static LockStats sum_stats(Arena *arena)
{
    LockStats sum = {0};

    for (uint32_t i = 0; i < arena->n_seats; i++) {
        sum.handoffs += arena_seat(arena, i)->stats.handoffs;
        sum.false_wakeups += arena_seat(arena, i)->stats.false_wakeups;
    }
    return sum;
}

START_TEST(the_probe_has_a_true_timeline_everywhere)
{
    for (size_t m = 0; registry_modes[m]; m++) {
        for (size_t l = 0; registry_locks[l]; l++) {
            Cell cell = probe_cell(registry_modes[m], registry_locks[l], N_TASKS, 400, "mmmatmmowd");

            arena_free(trace(&cell));
        }
    }
}
END_TEST

/* Traces tasks that only compute and so many steps; returns the number of hand-overs. */
static uint64_t trace_hand_overs(const LockPolicy *policy, int64_t steps)
{
    Cell cell = probe_cell(&mode_threads, policy, N_TASKS, steps, "m");
    Arena *arena = trace(&cell);
    uint64_t handoffs = sum_stats(arena).handoffs;

    ck_assert_uint_eq(timeline_dropped(arena->timeline), 0);
    ck_assert_uint_eq(count_spans(arena, SPAN_RUN), handoffs);
    arena_free(arena);
    return handoffs;
}

/* Each task has the lock once, from the thread that starts them. What is more is handed over between two
 * steps, and it takes some of them until that happens. */
START_TEST(there_is_one_run_for_each_hand_over)
{
    static const LockPolicy *const policies[] = {&lock_gil, &lock_gil_py2};

    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++) {
        uint64_t handoffs = 0;

        for (int64_t steps = 3000; handoffs < 2 * N_TASKS && steps < 20000000; steps *= 2)
            handoffs = trace_hand_overs(policies[i], steps);
        ck_assert_uint_ge(handoffs, 2 * N_TASKS);
    }
}
END_TEST

/* A traced thread computes until a waiter has had the lock. */
static void hand_over(const LockPolicy *policy)
{
    const LockSettings settings = lock_settings(policy, 1000, 100);
    Lock *lock = lock_create(policy, &settings);
    Tracer *tracer = make_tracer(ROOM);
    const Span *spans = tracer->timeline->spans;
    Seat mine = {.tracer = tracer};
    Loop loop = {.lock = lock, .seat = &mine, .alone = true};
    Waiter waiter = {0};

    lock->shared = true;
    lock_acquire(lock, &mine, nsec_now());
    timeline_begin(&loop, 0);
    timeline_record(tracer, 0, SPAN_RUN, 0);
    waiter_start(&waiter, lock);
    while (mine.stats.handoffs == 0)
        lock_check(loop.lock, &mine, 101);
    lock_release(lock, &mine, nsec_now());
    waiter_join(&waiter);
    timeline_end(&loop, 0, 1);
    ck_assert_uint_eq(timeline_count(tracer->timeline), 3);
    ck_assert_int_eq(spans[0].kind, SPAN_RUN);
    ck_assert_int_eq(spans[1].kind, SPAN_WAIT_LOCK);
    ck_assert_int_eq(spans[2].kind, SPAN_RUN);
    ck_assert_uint_eq(spans[0].end, spans[1].start);
    ck_assert_uint_eq(spans[1].end, spans[2].start);
    ck_assert_uint_ge(spans[1].end - spans[1].start, mine.stats.waited);
    ck_assert_uint_gt(mine.stats.waited, 0);
    timeline_free(tracer->timeline);
    lock_destroy(lock);
}

START_TEST(a_check_that_hands_over_is_a_wait_between_two_runs)
{
    hand_over(&lock_gil);
    hand_over(&lock_gil_py2);
    hand_over(&lock_ticket);
}
END_TEST

/* Lets a traced thread wait for a lock of the policy, and wakes it in vain once. Returns how often it says it
 * woke in vain, and sets *ret to how often the timeline says so. */
static uint64_t wake_in_vain(const LockPolicy *policy, uint32_t *ret)
{
    const LockSettings settings = lock_settings(policy, INT32_MAX, 100);
    Lock *lock = lock_create(policy, &settings);
    Tracer *tracer = make_tracer(ROOM);
    const Timeline *timeline = tracer->timeline;
    Waiter waiter = {.seat = {.tracer = tracer}};
    Loop loop = {.lock = lock, .seat = &waiter.seat, .alone = true};
    Seat mine = {0};

    lock->shared = true;
    timeline_begin(&loop, 1);
    lock_acquire(lock, &mine, nsec_now());
    waiter_start(&waiter, loop.lock);
    waiter_wake_in_vain(&waiter, lock, &mine);
    lock_release(lock, &mine, nsec_now());
    waiter_join(&waiter);
    timeline_end(&loop, 1, 1);
    /* The wait for the lock is one span, and what woke the thread in vain lies within it. */
    *ret = timeline_count(timeline) - 1;
    for (uint32_t i = 0; i <= *ret; i++) {
        const Span *span = &timeline->spans[i], *wait = &timeline->spans[*ret];

        ck_assert_uint_eq(span->task, 1);
        ck_assert_int_eq(span->kind, i < *ret ? SPAN_FALSE_WAKEUP : SPAN_WAIT_LOCK);
        ck_assert_uint_ge(span->start, wait->start);
        ck_assert_uint_le(span->end, wait->end);
    }
    timeline_free(tracer->timeline);
    lock_destroy(lock);
    return waiter.seat.stats.false_wakeups;
}

START_TEST(false_wakeups_are_seen_under_the_gil_and_counted_under_the_old_one)
{
    uint32_t n_seen;

    ck_assert_uint_eq(wake_in_vain(&lock_gil, &n_seen), 1);
    ck_assert_uint_eq(n_seen, 1);
    ck_assert_uint_eq(wake_in_vain(&lock_gil_py2, &n_seen), 1);
    ck_assert_uint_eq(n_seen, 0);
}
END_TEST

START_TEST(all_false_wakeups_of_a_cell_are_seen)
{
    Cell cell = probe_cell(&mode_threads, &lock_gil, 8, 2000, "mmmd");
    Arena *arena = trace(&cell);

    ck_assert_uint_eq(timeline_dropped(arena->timeline), 0);
    ck_assert_uint_eq(count_spans(arena, SPAN_FALSE_WAKEUP), sum_stats(arena).false_wakeups);
    arena_free(arena);
}
END_TEST

START_TEST(a_task_of_a_loop_waits_once_for_each_wait)
{
    Cell cell = probe_cell(&mode_epoll, &lock_gil, N_TASKS, 60, "mtwd");
    Arena *arena = trace(&cell);
    uint32_t n_waits = 0, n_detached = 0;

    for (uint32_t i = 0; i < N_TASKS; i++) {
        const ProbeState *state = (const ProbeState *)arena_task(arena, i)->state;

        n_waits += state->timers + state->watches;
        n_detached += state->detached;
    }
    ck_assert_uint_eq(count_spans(arena, SPAN_WAIT_IO), n_waits);
    ck_assert_uint_eq(count_spans(arena, SPAN_OUTSIDE), n_detached);
    arena_free(arena);
}
END_TEST

START_TEST(a_task_that_only_awaits_runs_once_if_it_is_alone)
{
    Cell cell = probe_cell(&mode_epoll, &lock_none, 1, 500, "a");
    Arena *arena = trace(&cell);

    ck_assert_uint_eq(timeline_count(arena->timeline), 1);
    arena_free(arena);

    cell.n_tasks = 2;
    arena = trace(&cell);
    ck_assert_uint_eq(count_spans(arena, SPAN_RUN), 2 * 501);
    arena_free(arena);
}
END_TEST

START_TEST(a_repetition_that_is_not_traced_has_no_timeline)
{
    Cell cell = probe_cell(&mode_threads, &lock_gil, N_TASKS, 20, "m");
    Arena *arena;

    ck_assert_int_eq(cell_run(&cell, false, 0, &arena), 0);
    ck_assert_ptr_null(arena->timeline);
    for (uint32_t i = 0; i < arena->n_seats; i++)
        ck_assert_ptr_null(arena_seat(arena, i)->tracer);
    arena_free(arena);
}
END_TEST

START_TEST(the_event_says_who_did_what_when)
{
    Cell cell = probe_cell(&mode_threads, &lock_gil, N_TASKS, 200, "mmd");
    Arena *arena = trace(&cell);
    json_auto_t *event = event_timeline(&cell, arena);
    Spans *spans;

    ck_assert_str_eq(json_string_value(json_object_get(event, "event")), "timeline");
    ck_assert_int_eq(json_integer_value(json_object_get(event, "wall_ns")), (json_int_t)arena->wall);
    ck_assert(spans_read(&(Reader){0}, event, N_TASKS, &spans));
    ck_assert_uint_eq(spans->n_spans + spans->n_instants, timeline_count(arena->timeline));
    for (size_t i = 0; i < spans->n_spans; i++)
        ck_assert_int_le(spans->rows[i].end, (int64_t)arena->wall);
    spans_free(spans);
    arena_free(arena);
}
END_TEST

START_TEST(a_traced_repetition_that_fails_says_why)
{
    Cell cell = probe_cell(&mode_threads, &lock_gil, N_TASKS, 20, "m");
    json_auto_t *event = NULL;
    Arena *arena;

    ((ProbeParams *)cell.params)->crash_task = 1;
    ck_assert_int_eq(cell_trace(&cell, ROOM, 0, &arena), 0);
    event = event_timeline(&cell, arena);
    ck_assert_ptr_null(json_object_get(event, "spans"));
    ck_assert(strstr(json_string_value(json_object_get(event, "reason")), "signal 9"));
    arena_free(arena);
}
END_TEST

static bool collect(void *user, json_t *event)
{
    json_array_append_new(user, event);
    return true;
}

/* Two cells of two repetitions and a warm-up; returns the names of the events in their order. */
static json_t *run_request(const char *timeline)
{
    Cell cells[] = {probe_cell(&mode_threads, &lock_gil, N_TASKS, 20, "m"),
        probe_cell(&mode_epoll, &lock_gil, N_TASKS, 20, "m")};
    Request request = {.cells = cells,
        .n_cells = 2,
        .repeat = 2,
        .warmup = 1,
        .tick_turns = 20,
        .max_spans = strcmp(timeline, "on") == 0 ? ROOM : 0};
    json_t *names = json_array(), *event;
    json_auto_t *events = json_array();
    size_t i;

    cells[1].number = 1;
    ck_assert_int_eq(repeat_run(&request, collect, events), REPEAT_DONE);
    json_array_foreach (events, i, event)
        json_array_append(names, json_object_get(event, "event"));
    return names;
}

START_TEST(timelines_come_after_all_samples)
{
    json_auto_t *off = run_request("off"), *on = run_request("on");
    size_t i;
    json_t *name;

    ck_assert_uint_eq(json_array_size(off), 1 + 6 + 1);
    ck_assert_uint_eq(json_array_size(on), 1 + 6 + 2 + 1);
    json_array_foreach (on, i, name)
        ck_assert_str_eq(json_string_value(name), i == 0   ? "hello"
                                                  : i <= 6 ? "sample"
                                                  : i <= 8 ? "timeline"
                                                           : "done");
}
END_TEST

/* Lets the deadline pass when the first timeline is there. */
typedef struct LateRun {
    Request request;
    json_t *events;
} LateRun;

static bool collect_and_be_late(void *user, json_t *event)
{
    LateRun *late = user;

    if (strcmp(json_string_value(json_object_get(event, "event")), "timeline") == 0)
        late->request.deadline = 1;
    json_array_append_new(late->events, event);
    return true;
}

START_TEST(a_deadline_that_passes_while_it_traces_ends_no_run)
{
    Cell cells[] = {probe_cell(&mode_threads, &lock_gil, N_TASKS, 20, "m"),
        probe_cell(&mode_epoll, &lock_gil, N_TASKS, 20, "m")};
    json_auto_t *events = json_array();
    LateRun late = {{.cells = cells, .n_cells = 2, .repeat = 1, .tick_turns = 20, .max_spans = ROOM}, events};

    cells[1].number = 1;
    ck_assert_int_eq(repeat_run(&late.request, collect_and_be_late, &late), REPEAT_DONE);
    ck_assert_uint_eq(json_array_size(events), 1 + 2 + 2 + 1);
    ck_assert_ptr_null(json_object_get(json_array_get(events, 3), "reason"));
    ck_assert(strstr(
        json_string_value(json_object_get(json_array_get(events, 4), "reason")), "left no time for it"));
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(events, 5), "event")), "done");
}
END_TEST

START_TEST(a_request_may_ask_for_fewer_spans)
{
    Cell cell = probe_cell(&mode_epoll, &lock_gil, N_TASKS, 50, "a");
    Request request = {.cells = &cell, .n_cells = 1, .repeat = 1, .tick_turns = 20, .max_spans = 10};
    json_auto_t *events = json_array();
    const json_t *timeline;

    ck_assert_int_eq(repeat_run(&request, collect, events), REPEAT_DONE);
    timeline = json_array_get(events, 2);
    ck_assert_uint_eq(json_array_size(json_object_get(timeline, "spans")), 10);
    ck_assert_int_gt(json_integer_value(json_object_get(timeline, "dropped")), 0);
}
END_TEST

/* Tasks that compute, wait, await and step outside; by the event, as the results count them. */
static ResultCrowd crowd_of(const Cell *cell, uint32_t room)
{
    json_auto_t *event = NULL;
    ResultCrowd crowd;
    Arena *arena;
    Spans *spans;

    ck_assert_int_eq(cell_trace(cell, room, 0, &arena), 0);
    ck_assert_msg(arena->complete, "%s", arena->reason);
    event = event_timeline(cell, arena);
    ck_assert(spans_read(&(Reader){0}, event, cell->n_tasks, &spans));
    crowd = crowd_of_spans(spans, SPANS_RUN, 0);
    ck_assert_int_eq(crowd.is_whole, timeline_dropped(arena->timeline) == 0);
    spans_free(spans);
    arena_free(arena);
    return crowd;
}

/* By no more than a nanosecond, and however the threads fall: also where spans are dropped. */
START_TEST(a_lock_that_excludes_never_has_two_inside)
{
    static const char *const plans[] = {"m", "mmd", "md", "mmmmw"};

    for (size_t i = 0; registry_locks[i]; i++) {
        /* One loop has one task inside under any lock. */
        const Mode *mode = registry_locks[i]->exclusive ? &mode_threads : &mode_epoll;

        for (int run = 0; run < 40; run++) {
            Cell cell =
                probe_cell(mode, registry_locks[i], N_TASKS, 200, plans[run % (int)ARRAY_LENGTH(plans)]);
            ResultCrowd crowd = crowd_of(&cell, run % 5 == 4 ? 20 : ROOM);

            ck_assert_msg(crowd.max == 1, "%s, %s: %lld were inside at once", registry_locks[i]->name,
                plans[run % (int)ARRAY_LENGTH(plans)], (long long)crowd.max);
            ck_assert_double_le(crowd.mean, 1);
            ck_assert_double_gt(crowd.mean, 0);
        }
    }
}
END_TEST

RUN_TESTS("timeline", 60, spans_follow_one_another, a_forced_switch_is_a_wait_for_the_lock,
    runs_with_nobody_between_them_are_one, what_took_no_time_is_nothing_to_see, what_does_not_fit_is_counted,
    the_probe_has_a_true_timeline_everywhere, there_is_one_run_for_each_hand_over,
    a_check_that_hands_over_is_a_wait_between_two_runs,
    false_wakeups_are_seen_under_the_gil_and_counted_under_the_old_one, all_false_wakeups_of_a_cell_are_seen,
    a_task_of_a_loop_waits_once_for_each_wait, a_task_that_only_awaits_runs_once_if_it_is_alone,
    a_repetition_that_is_not_traced_has_no_timeline, the_event_says_who_did_what_when,
    a_traced_repetition_that_fails_says_why, timelines_come_after_all_samples,
    a_deadline_that_passes_while_it_traces_ends_no_run, a_request_may_ask_for_fewer_spans,
    a_lock_that_excludes_never_has_two_inside)
