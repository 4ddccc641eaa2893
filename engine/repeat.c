/* The order of the repetitions decides what noise does to a comparison. All cells have their first
 * repetition before any has its second: something that disturbs the machine for a second then falls on one
 * repetition of several cells, and not on all repetitions of one, which would look slow in earnest.
 *
 * Nothing of the engine runs while a repetition does: events are made and written between two of them, and
 * the noise meter reads between them as well. */
#include "engine/repeat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/events.h"
#include "engine/ticks.h"
#include "engine/timeline.h"
#include "results/spans.h"

/* A deadline of 0 is none. */
static bool is_late(const Request *request)
{
    return request->deadline > 0 && nsec_now() >= request->deadline;
}

typedef enum OnceOutcome { ONCE_DONE, ONCE_FAILED, ONCE_REFUSED } OnceOutcome;

/* The whole run ends: what one cell must not do, the others must not do either, since they ask for the same
 * host. */
static void emit_refusal(const char *reason, EventSink emit, void *user)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 403, "Forbidden", "%s", reason);
    emit(user, event_error(reason, &problem));
}

/* Runs one repetition of one cell and emits what came of it. The noise is read as soon as the child has been
 * waited for, before the event is made: what the engine itself computes for the event then belongs to the
 * next reading, as its own time. */
static OnceOutcome run_once(
    const Request *request, NoiseMeter *meter, const Cell *cell, int repetition, EventSink emit, void *user)
{
    bool first = repetition == -request->warmup, heard;
    OnceOutcome outcome;
    Arena *arena;
    Noise noise;
    int r;

    r = cell_run(cell, first, request->deadline, &arena);
    heard = noise_take(meter, &noise);
    if (r < 0) {
        emit(user, event_no_sample(cell, repetition, strerror(-r)));
        return ONCE_FAILED;
    }
    outcome = arena->refused ? ONCE_REFUSED : arena->complete ? ONCE_DONE : ONCE_FAILED;
    /* What the deadline cut off is no failure of the cell; the run says that it was late. */
    if (outcome != ONCE_FAILED || !is_late(request)) {
        json_t *event = event_sample(cell, repetition, arena, request->full);

        if (heard)
            event_add_noise(event, &noise);
        emit(user, event);
    }
    if (outcome == ONCE_REFUSED)
        emit_refusal(arena->reason, emit, user);
    arena_free(arena);
    return outcome;
}

/* Runs one repetition more of a cell for its timeline. Returns how many spans came of it. */
static uint32_t trace_once(
    const Request *request, const Cell *cell, uint32_t max_spans, EventSink emit, void *user)
{
    uint32_t n_spans;
    Arena *arena;
    int r;

    r = cell_trace(cell, max_spans, request->deadline, &arena);
    if (r < 0) {
        emit(user, event_no_timeline(cell, strerror(-r)));
        return 0;
    }
    emit(user, event_timeline(cell, arena));
    n_spans = arena->complete ? timeline_count(arena->timeline) : 0;
    arena_free(arena);
    return n_spans;
}

/* Traces the cells that did not fail. Each has its part of what a run may hold; what one leaves over is for
 * those after it. All that was to be timed is there by now, so a deadline that passes here costs pictures and
 * not the run: the cells that are left say why they have none. */
static void repeat_trace_cells(const Request *request, const bool *failed, EventSink emit, void *user)
{
    uint32_t left = SPANS_MAX_RUN;

    for (size_t i = 0; i < request->n_cells; i++) {
        uint32_t part = left / (uint32_t)(request->n_cells - i);
        uint32_t max_spans = part < request->max_spans ? part : request->max_spans;

        if (failed[i])
            continue;
        if (is_late(request))
            emit(user, event_no_timeline(&request->cells[i], "timeout_ms left no time for it"));
        else
            left -= trace_once(request, &request->cells[i], max_spans, emit, user);
    }
}

static RepeatOutcome too_late(EventSink emit, void *user)
{
    emit(user, event_error("the run took longer than timeout_ms allows", NULL));
    return REPEAT_TIMEOUT;
}

/* Warm-ups have negative numbers. Their samples are sent like all others, and left out of the statistics by
 * those who read them. The first one of each cell is also the one that looks at the memory, which costs a
 * little time. */
RepeatOutcome repeat_run(Request *request, EventSink emit, void *user)
{
    auto_free bool *failed = calloc(request->n_cells, sizeof(*failed));
    /* Measured once for all cells: two cells with ticks of different length could not be compared. */
    uint64_t turns = ticks_turns(request->tick_ns, request->turn_ns);
    bool any_failed = false;
    NoiseMeter meter;

    assert(failed);
    for (size_t i = 0; i < request->n_cells; i++)
        request->cells[i].turns_per_tick = turns;
    emit(user, event_hello(request->tick_ns, turns));
    noise_start(&meter, request->friends, request->n_friends);
    for (int repetition = -request->warmup; repetition < request->repeat; repetition++) {
        for (size_t i = 0; i < request->n_cells; i++) {
            OnceOutcome outcome;

            if (failed[i])
                continue;
            outcome = run_once(request, &meter, &request->cells[i], repetition, emit, user);
            if (outcome == ONCE_REFUSED)
                return REPEAT_FAILED;
            failed[i] = outcome == ONCE_FAILED;
            any_failed = any_failed || failed[i];
            if (is_late(request))
                return too_late(emit, user);
        }
    }
    if (request->max_spans > 0)
        repeat_trace_cells(request, failed, emit, user);
    emit(user, event_done());
    return any_failed ? REPEAT_FAILED : REPEAT_DONE;
}
