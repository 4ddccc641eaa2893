#include "engine/repeat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/events.h"
#include "engine/ticks.h"

static bool is_late(const Request *request)
{
    return request->deadline > 0 && nsec_now() >= request->deadline;
}

/* Runs one repetition of one cell and emits what came of it. Returns whether it succeeded. */
static bool run_once(const Request *request, const Cell *cell, int repetition, EventSink emit, void *user)
{
    bool first = repetition == -request->warmup, complete;
    Arena *arena;
    int r;

    r = cell_run(cell, first, request->deadline, &arena);
    if (r < 0) {
        emit(user, event_no_sample(cell, repetition, strerror(-r)));
        return false;
    }
    complete = arena->complete;
    /* What the deadline cut off is no failure of the cell; the run says that it was late. */
    if (complete || !is_late(request))
        emit(user, event_sample(cell, repetition, arena, request->full));
    arena_free(arena);
    return complete;
}

RepeatOutcome repeat_run(Request *request, EventSink emit, void *user)
{
    auto_free bool *failed = calloc(request->n_cells, sizeof(*failed));
    uint64_t turns = ticks_turns(request->tick_ns, request->turn_ns);
    bool any_failed = false;

    assert(failed);
    for (size_t i = 0; i < request->n_cells; i++)
        request->cells[i].turns_per_tick = turns;
    emit(user, event_hello(request->tick_ns, turns));
    for (int repetition = -request->warmup; repetition < request->repeat; repetition++) {
        for (size_t i = 0; i < request->n_cells; i++) {
            if (failed[i])
                continue;
            failed[i] = !run_once(request, &request->cells[i], repetition, emit, user);
            any_failed = any_failed || failed[i];
            if (is_late(request)) {
                emit(user, event_error("the run took longer than timeout_ms allows", NULL));
                return REPEAT_TIMEOUT;
            }
        }
    }
    emit(user, event_done());
    return any_failed ? REPEAT_FAILED : REPEAT_DONE;
}
