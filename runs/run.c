/* The states of a run, and what hangs on it. What its runtime does to it is in run-work.c, what becomes of it
 * afterwards in queue-end.c; each goes from one state to the next by run_become(), which is the only place
 * that knows what may follow what. So a run cannot end twice, and nobody sees half of an end. */
#include "runs/run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define TO(state) (1u << (state))

/* For each state the set of those that may follow it, a bit each. A row without bits is an end. The arrow
 * from RUN_RUNNING straight to RUN_OVER is a runtime that crashed or could not be started; without
 * RUN_LEAVING before it, judge_run() knows that `done` was never said. */
static const unsigned next_states[] = {
    [RUN_QUEUED] = TO(RUN_RUNNING) | TO(RUN_OVER),
    [RUN_RUNNING] = TO(RUN_LEAVING) | TO(RUN_STOPPING) | TO(RUN_OVER),
    [RUN_LEAVING] = TO(RUN_STOPPING) | TO(RUN_OVER),
    [RUN_STOPPING] = TO(RUN_OVER),
    [RUN_OVER] = TO(RUN_SHOWN),
    [RUN_SHOWN] = TO(RUN_KEPT) | TO(RUN_HELD),
    [RUN_KEPT] = 0,
    [RUN_HELD] = 0,
};

static void for_each_timer(Run *run, void (*call)(Run *run, uv_timer_t *timer))
{
    uv_timer_t *timers[] = {&run->timer, &run->hello, &run->pause, &run->leaving};

    for (size_t i = 0; i < ARRAY_LENGTH(timers); i++)
        call(run, timers[i]);
}

/* The timers are part of the run's memory, and libuv uses them until it has closed them: run_free() waits for
 * all. */
static void init_timer(Run *run, uv_timer_t *timer)
{
    uv_timer_init(run->loop, timer);
    timer->data = run;
    run->n_open++;
}

Run *run_new(uv_loop_t *loop, const RunSettings *settings, Plan *plan)
{
    Run *run = calloc(1, sizeof(*run));
    struct timespec now;

    assert(run);
    ulid_make(run->id);
    clock_gettime(CLOCK_REALTIME, &now);
    run->created_ms = (int64_t)(nsec_from_timespec(&now) / NSEC_PER_MSEC);
    run->queued_at = nsec_now();
    STAILQ_INIT(&run->asks);
    LIST_INIT(&run->watchers);
    run->loop = loop;
    run->settings = settings;
    run->plan = *plan;
    /* The caller will finish its plan in any case; an empty one has nothing to free twice. */
    *plan = (Plan){0};
    run->results = results_new(run->plan.request, run->plan.specs, run->plan.n_specs);
    assert(run->results);
    results_allow(run->results, &run->plan.headroom);
    results_leave_out(run->results, run->plan.left_out);
    parts_make(run, &run->plan, &run->parts);
    run->host = json_incref(run->plan.host);
    for_each_timer(run, init_timer);
    return run;
}

void run_become(Run *run, RunState state)
{
    bool allowed = next_states[run->state] & TO(state);

    assert(allowed);
    /* No outcome while it works, and an outcome from the moment it is stopped; no object before it is
     * shown. Handlers rely on both without asking. */
    assert((run->outcome == OUTCOME_OPEN) == (state <= RUN_LEAVING));
    assert((run->object != NULL) == (state >= RUN_SHOWN));
    run->state = state;
    if (state == RUN_RUNNING)
        run->started_at = nsec_now();
    if (state == RUN_OVER)
        run->ended_at = nsec_now();
}

void run_decide(Run *run, RunOutcome outcome, const char *reason)
{
    assert(run->outcome == OUTCOME_OPEN && outcome != OUTCOME_OPEN);
    run->outcome = outcome;
    run->reason = reason ? strdup(reason) : NULL;
    assert(run->reason || !reason);
}

void run_stop(Run *run, RunOutcome outcome, const char *reason)
{
    if (run->state != RUN_RUNNING && run->state != RUN_LEAVING)
        return;
    run_decide(run, outcome, reason);
    run_become(run, RUN_STOPPING);
    parts_stop(&run->parts);
}

/* "running" as long as the outcome is open, and else what the outcome says. */
enum { STATUS_QUEUED, STATUS_RUNNING };
const char *const run_status_names[] = {
    [STATUS_QUEUED] = "queued",
    [STATUS_RUNNING + OUTCOME_OPEN] = "running",
    [STATUS_RUNNING + OUTCOME_DONE] = "done",
    [STATUS_RUNNING + OUTCOME_FAILED] = "failed",
    [STATUS_RUNNING + OUTCOME_CANCELLED] = "cancelled",
    [STATUS_RUNNING + OUTCOME_TIMEOUT] = "timeout",
    NULL,
};

const char *run_status_name(const Run *run)
{
    return run_status_names[run->state == RUN_QUEUED && run->outcome == OUTCOME_OPEN
                                ? STATUS_QUEUED
                                : STATUS_RUNNING + run->outcome];
}

const char *run_experiment(const Run *run)
{
    return json_string_value(json_object_get(run->plan.request, "experiment"));
}

/* Warm-ups count too: they come as samples like any other repetition, and progress is told by samples. */
int64_t run_expected(const Run *run)
{
    int64_t warmup = json_integer_value(json_object_get(run->plan.request, "warmup"));
    int64_t rounds = (int64_t)results_rounds_expected(run->results) + warmup;

    int64_t expected = 0;

    for (size_t i = 0; i < run->parts.n; i++) {
        const RunPart *part = &run->parts.list[i];

        expected += part->state == PART_LOST ? part->n_samples : rounds * (int64_t)part->n_cells;
    }
    return expected;
}

int64_t run_done(const Run *run)
{
    int64_t done = 0;

    for (size_t i = 0; i < run->parts.n; i++)
        done += run->parts.list[i].n_samples;
    return done;
}

/* Traced repetitions that are still to come. */
static int64_t traced_left(const Run *run)
{
    int64_t left = 0;

    for (size_t i = 0; i < run->parts.n && run->plan.max_spans > 0; i++) {
        const RunPart *part = &run->parts.list[i];

        left += part->state == PART_LOST ? 0 : (int64_t)part->n_cells - part->n_traced;
    }
    return left;
}

/* Those that came. */
static int64_t traced_done(const Run *run)
{
    int64_t done = 0;

    for (size_t i = 0; i < run->parts.n; i++)
        done += run->parts.list[i].n_traced;
    return done;
}

nsec_t run_remaining(const Run *run)
{
    nsec_t elapsed = run->state == RUN_QUEUED ? 0 : nsec_now() - run->started_at;
    nsec_t most = run->plan.timeout > elapsed ? run->plan.timeout - elapsed : 0, by_samples;
    int64_t left = run_expected(run) - run_done(run) + traced_left(run);
    int64_t done = run_done(run) + traced_done(run);

    /* What was measured says more than any guess. With precision there may be more samples than were
     * expected, and more expected than the time limit will allow. */
    if (done > 0) {
        by_samples = left > 0 ? elapsed / (nsec_t)done * (nsec_t)left : 0;
        return by_samples < most ? by_samples : most;
    }
    return elapsed < run->plan.estimate ? run->plan.estimate - elapsed : 0;
}

static void tell_watchers(const Run *run, Shared *text)
{
    const Watcher *watcher;

    LIST_FOREACH (watcher, &run->watchers, link)
        if (watcher->event)
            watcher->event(watcher->data, text);
}

void run_tell(Run *run, const char *event, const json_t *data, bool replaceable)
{
    tell_watchers(run, event_log_add(&run->log, event, data, replaceable));
}

void run_tell_text(Run *run, Shared *text)
{
    event_log_put(&run->log, text);
    tell_watchers(run, text);
}

void run_watch(Run *run, Watcher *watcher)
{
    LIST_INSERT_HEAD(&run->watchers, watcher, link);
}

void run_unwatch(Run *run, Watcher *watcher)
{
    (void)run;
    LIST_REMOVE(watcher, link);
}

bool run_is_looked_at(const Run *run)
{
    const Watcher *watcher;

    LIST_FOREACH (watcher, &run->watchers, link)
        if (watcher->event)
            return true;
    return false;
}

bool run_has_watcher_of(const Run *run, const char *owner)
{
    const Watcher *watcher;

    LIST_FOREACH (watcher, &run->watchers, link)
        if (strcmp(watcher->owner, owner) == 0)
            return true;
    return false;
}

/* Called once for each timer; the last one frees the memory that all lie in. */
static void on_run_handle_closed(uv_handle_t *handle)
{
    Run *run = handle->data;

    if (--run->n_open == 0)
        free(run);
}

static void close_timer(Run *run, uv_timer_t *timer)
{
    (void)run;
    uv_close((uv_handle_t *)timer, on_run_handle_closed);
}

void run_free(Run *run)
{
    bool are_gone = parts_are_gone(&run->parts);

    assert(are_gone && LIST_EMPTY(&run->watchers));
    parts_finish(&run->parts);
    results_free(run->results);
    plan_finish(&run->plan);
    event_log_finish(&run->log);
    asks_finish(&run->asks);
    json_decref(run->object);
    json_decref(run->host);
    free(run->reason);
    for_each_timer(run, close_timer);
}
