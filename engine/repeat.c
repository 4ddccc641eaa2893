/* The order of the repetitions decides what noise does to a comparison. All cells have their first
 * repetition before any has its second: something that disturbs the machine for a second then falls on one
 * repetition of several cells, and not on all repetitions of one, which would look slow in earnest.
 *
 * Nothing of the engine runs while a repetition does: events are made and written between two of them, and
 * the noise meter reads between them as well, when it is this process's turn and when it is over. */
#include "engine/repeat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/events.h"
#include "engine/experiment.h"
#include "engine/ticks.h"
#include "engine/timeline.h"
#include "results/spans.h"

/* A deadline of 0 is none. */
static bool is_late(const Request *request)
{
    return request->deadline > 0 && nsec_now() >= request->deadline;
}

typedef enum OnceOutcome { ONCE_DONE, ONCE_FAILED, ONCE_REFUSED } OnceOutcome;

/* What the rounds of one run have in common. */
typedef struct Rounds {
    const Request *request;
    EventSink emit;
    void *user;
    NoiseMeter meter;
    bool *failed; /* for each cell */
    size_t n_failed;
    bool stopped; /* enough, says whoever hears the samples */
} Rounds;

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
static OnceOutcome run_once(Rounds *rounds, const Cell *cell, int repetition)
{
    const Request *request = rounds->request;
    bool first = repetition == -request->warmup, heard;
    OnceOutcome outcome;
    Arena *arena;
    Noise noise;
    int r;

    /* It has waited for its turn, while others may have had theirs. */
    if (request->pace)
        noise_skip(&rounds->meter);
    r = cell_run(cell, first, request->deadline, &arena);
    heard = noise_take(&rounds->meter, &noise);
    if (r < 0) {
        auto_free char *reason = text_printf("its process cannot be started: %s", strerror(-r));

        rounds->stopped = !rounds->emit(rounds->user, event_no_sample(cell, repetition, reason));
        return ONCE_FAILED;
    }
    outcome = arena->refused ? ONCE_REFUSED : arena->complete ? ONCE_DONE : ONCE_FAILED;
    /* What the deadline cut off is no failure of the cell; the run says that it was late. */
    if (outcome != ONCE_FAILED || !is_late(request)) {
        json_t *event = event_sample(cell, repetition, arena, request->full);

        if (heard)
            event_add_noise(event, &noise);
        rounds->stopped = !rounds->emit(rounds->user, event);
    }
    if (outcome == ONCE_REFUSED)
        emit_refusal(arena->reason, rounds->emit, rounds->user);
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

typedef enum RoundEnd { ROUND_OVER, ROUND_STOPPED, ROUND_LATE, ROUND_REFUSED } RoundEnd;

/* One repetition of each cell that did not fail before. What the deadline broke off is no failure. */
static RoundEnd run_round(Rounds *rounds, int repetition)
{
    for (size_t i = 0; i < rounds->request->n_cells; i++) {
        OnceOutcome outcome;

        if (rounds->failed[i])
            continue;
        outcome = run_once(rounds, &rounds->request->cells[i], repetition);
        if (outcome == ONCE_REFUSED)
            return ROUND_REFUSED;
        if (is_late(rounds->request))
            return ROUND_LATE;
        rounds->failed[i] = outcome == ONCE_FAILED;
        rounds->n_failed += rounds->failed[i];
        if (rounds->stopped)
            return ROUND_STOPPED;
    }
    return ROUND_OVER;
}

/* Warm-ups have negative numbers. Their samples are sent like all others, and left out of the statistics by
 * those who read them. The first one of each cell is also the one that looks at the memory, which costs a
 * little time. Once all rounds that there must be are over, a deadline ends them as a stop does. */
static RoundEnd run_rounds(Rounds *rounds)
{
    const Request *request = rounds->request;
    int most = request->max_repeat > request->repeat ? request->max_repeat : request->repeat;
    RoundEnd end = ROUND_OVER;

    for (int repetition = -request->warmup;
         repetition < most && end == ROUND_OVER && !rounds->stopped && rounds->n_failed < request->n_cells;
         repetition++) {
        end = run_round(rounds, repetition);
        if (end == ROUND_LATE && repetition >= request->repeat)
            end = ROUND_STOPPED;
    }
    return end;
}

/* Before the engine says hello, so that it disturbs nobody's repetition. */
static void repeat_warm(const Request *request)
{
    ticks_know_turn_ns(request->turn_ns);
    for (size_t i = 0; i < request->n_cells; i++)
        if (request->cells[i].experiment->warm)
            request->cells[i].experiment->warm(&request->cells[i]);
}

RepeatOutcome repeat_run(Request *request, EventSink emit, void *user)
{
    auto_free bool *failed = calloc(request->n_cells, sizeof(*failed));
    Rounds rounds = {.request = request, .emit = emit, .user = user, .failed = failed};
    RoundEnd end;

    assert(failed);
    for (size_t i = 0; i < request->n_cells; i++)
        request->cells[i].turns_per_tick = request->tick_turns;
    repeat_warm(request);
    rounds.stopped = !emit(user, event_hello(request->tick_turns));
    noise_start(&rounds.meter, request->friends, request->n_friends);
    end = run_rounds(&rounds);
    if (end == ROUND_REFUSED)
        return REPEAT_FAILED;
    if (end == ROUND_LATE)
        return too_late(emit, user);
    if (request->max_spans > 0)
        repeat_trace_cells(request, failed, emit, user);
    emit(user, event_done());
    return rounds.n_failed > 0 ? REPEAT_FAILED : REPEAT_DONE;
}
