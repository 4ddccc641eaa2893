/* From the start of a run's runtimes to the verdict on the run. There are three ways out. All runtimes say
 * that they are done, or are lost one by one, and the run is judged by what they left. Something from outside
 * ends the run, a cancel or the time limit: then its outcome is decided first, and the children are stopped.
 * In each case the run is over when the last child is. */
#include "runs/run-work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/child-limits.h"
#include "runs/run-events.h"
#include "runs/run-loss.h"
#include "runs/run-request.h"
#include "runs/turns.h"

/* Of several runtimes the one whose turn it was is named: it may hang, while the others only wait for it. */
static char *lateness(const Run *run)
{
    const RunPart *part = parts_measuring(&run->parts);
    bool is_one_of_many = part && part_has_others(part);

    return text_printf("it ran longer than timeout_ms=%llu%s%s",
        (unsigned long long)(run->plan.timeout / NSEC_PER_MSEC),
        is_one_of_many ? ", in a turn of the runtime " : "", is_one_of_many ? part_runtime(part) : "");
}

/* Whether a run whose time is over has all that it must have: rounds beyond `repeat` go on until something
 * ends them, and where runtimes only trace any more, the cells that have no spans say so. */
static bool has_enough(Run *run)
{
    return results_cut(run->results, "time") ||
           (run->plan.max_spans > 0 && results_complete(run->results, NULL));
}

static void on_timeout(uv_timer_t *timer)
{
    Run *run = timer->data;
    bool is_lossy = parts_count(&run->parts, PART_LOST) > 0;
    auto_free char *late = NULL, *loss = NULL;

    /* How one ends that is being stopped is decided already. */
    if (run->state == RUN_STOPPING)
        return;
    late = lateness(run);
    loss = is_lossy ? run_loss_reason(run) : NULL;
    /* A runtime that has said `done` and is about to end has done its work all the same. */
    if (parts_are_over(&run->parts))
        parts_stop(&run->parts);
    else if ((is_lossy || !results_failed(run->results)) && has_enough(run))
        run_stop(run, is_lossy ? OUTCOME_FAILED : OUTCOME_DONE, loss);
    else
        run_stop(run, OUTCOME_TIMEOUT, late);
}

/* One that hangs before it has begun would hold up the others until the time of all is over. */
static void on_late_hello(uv_timer_t *timer)
{
    Run *run = timer->data;
    auto_free char *how = text_printf("did not say hello within %d s", PART_HELLO_MS / 1000);

    for (size_t i = 0; i < run->parts.n; i++)
        if (run->parts.list[i].state == PART_STARTING)
            run_lose(run, &run->parts.list[i], how);
    turns_take(run);
}

/* The outcome of a run that went on to its end. A runtime that said `done` may exit with 1 for a failed cell,
 * so its exit status says nothing. */
static void judge_run(Run *run)
{
    auto_free char *loss = NULL;

    if (parts_count(&run->parts, PART_LOST) > 0) {
        loss = run_loss_reason(run);
        run_decide(run, OUTCOME_FAILED, loss);
    } else if (results_failed(run->results)) {
        run_decide(run, OUTCOME_FAILED, RUN_FAILED_CELL);
    } else if (!results_complete(run->results, NULL)) {
        run_decide(run, OUTCOME_FAILED, "the runtime said it was done before all repetitions were");
    } else {
        run_decide(run, OUTCOME_DONE, NULL);
    }
}

/* A run that is done although its time was over can only have been stopped while it traced. */
static const char *missing_timeline_reason(const Run *run)
{
    if (parts_are_over(&run->parts))
        return "the runtime sent no spans";
    return run->outcome == OUTCOME_DONE ? "timeout_ms left no time for it"
                                        : "the run ended before it was traced";
}

static void explain_timelines(Run *run)
{
    if (run->plan.max_spans == 0)
        return;
    for (size_t i = 0; i < run->parts.n; i++)
        if (run->parts.list[i].state == PART_LOST)
            results_end_timelines(
                run->results, part_runtime(&run->parts.list[i]), "the runtime ended before it was traced");
    results_end_timelines(run->results, NULL, missing_timeline_reason(run));
}

/* No process of it is left. The timers are stopped first: they would find a run without children. An outcome
 * that was decided before (a cancel, the time limit) stays. over() comes last, as the queue may do with the
 * run whatever it likes. */
static void end_run(Run *run)
{
    uv_timer_stop(&run->timer);
    uv_timer_stop(&run->hello);
    uv_timer_stop(&run->pause);
    uv_timer_stop(&run->leaving);
    if (run->outcome == OUTCOME_OPEN)
        judge_run(run);
    run->refused = run_loss_status(run);
    explain_timelines(run);
    run_become(run, RUN_OVER);
    log_info("run_ended", log_text("run", run->id), log_text("status", run_status_name(run)),
        log_text("reason", run->reason ? run->reason : "none"),
        log_number("duration_ms", (int64_t)((run->ended_at - run->started_at) / NSEC_PER_MSEC)));
    run->over(run, run->over_data);
}

/* All of one runtime is gone. One that did not say `done` has crashed, whatever its exit status. */
static void on_part_end(void *data, const char *how)
{
    RunPart *part = data;
    Run *run = part->run;

    part->child = NULL;
    if (part->state != PART_DONE)
        run_lose(run, part, how ? how : "ended before it was done");
    if (parts_are_gone(&run->parts))
        end_run(run);
    else
        turns_take(run);
}

static void tell_started(Run *run)
{
    json_auto_t *data = json_pack("{s:s, s:I, s:I, s:I, s:I}", "id", run->id, "cells",
        (json_int_t)json_array_size(run->plan.cells), "of", (json_int_t)run_expected(run), "queued_ns",
        (json_int_t)(run->started_at - run->queued_at), "estimate_ns", (json_int_t)run->plan.estimate);

    run_tell(run, "started", data, false);
}

/* Every catalog is that of a runtime in the settings, by whose name it is known. */
static const RuntimeProgram *program_of(const RunPart *part)
{
    const RuntimeProgram *program = settings_runtime(part->run->settings, part_runtime(part));

    assert(program);
    return program;
}

/* A runtime that cannot be started is lost like one that crashes at once. */
static void start_part(Run *run, RunPart *part, const Origin *origin)
{
    const RuntimeProgram *program = program_of(part);
    auto_free char *input = run_request_text(part, origin);
    ChildSpec spec = {
        .guard = run->settings->guard,
        .program = program->words[0],
        .arguments = (const char *const *)program->words + 1,
        .input = input,
        .input_length = strlen(input),
        .keep_input = part_paces(part),
        .run = run->id,
        .runtime = part_runtime(part),
        .limits = child_limits(run->settings, run->plan.timeout,
            json_integer_value(json_object_get(run->host, "cpus_usable")), run->cpus),
        .reader = &run_events_reader,
        .end = on_part_end,
        .data = part,
    };
    int r = child_start(run->loop, &spec, &part->child);

    if (r < 0) {
        auto_free char *how = text_printf("could not be started: %s", strerror(-r));

        run_lose(run, part, how);
    }
}

void run_start(Run *run, const Origin *origin, RunEnd over, void *data)
{
    /* The run becomes RUN_RUNNING before a child is started, so that a child that cannot be started ends it
     * on the same way as one that crashes at once. */
    run->over = over;
    run->over_data = data;
    run_become(run, RUN_RUNNING);
    log_info("run_started", log_text("run", run->id), log_text("experiment", run_experiment(run)),
        log_number("cells", (int64_t)json_array_size(run->plan.cells)),
        log_number("estimate_ms", (int64_t)(run->plan.estimate / NSEC_PER_MSEC)));
    tell_started(run);
    for (size_t i = 0; i < run->parts.n; i++)
        start_part(run, &run->parts.list[i], origin);
    if (parts_are_gone(&run->parts)) {
        end_run(run);
        return;
    }
    /* The loop's clock stands still since this turn began, and starting a process takes milliseconds.
     * Counted from the old time, a run with a short limit would lose them. */
    uv_update_time(run->loop);
    uv_timer_start(&run->timer, on_timeout, run->plan.timeout / NSEC_PER_MSEC, 0);
    uv_timer_start(&run->hello, on_late_hello, PART_HELLO_MS, 0);
}
