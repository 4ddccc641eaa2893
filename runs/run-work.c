/* The runtime's events come in as lines; each goes to the results, which make sense of it. The run itself
 * looks only at how it ends: `done`, `error`, the exit status, the time limit. Whatever ends a run early
 * stops the child; the run is over when the child is.
 *
 * What the runtime writes is not trusted: a line that is no JSON, no event, or an event that does not fit
 * ends the run as failed, with the number of the line in the reason. So an author of a runtime finds the
 * mistake, and a broken runtime never makes figures. */
#include "runs/run-work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/child-limits.h"

#define FAILED_CELL "a cell failed: see its reason"

/* The processes that work for a run without being part of it: what they take is not noise. The server and
 * its origin are told by their process ids; the engine takes their CPU time out before it says that the
 * machine was noisy. */
static json_t *friends_json(const Origin *origin)
{
    json_t *friends = json_pack("[I]", (json_int_t)getpid());

    if (origin_pid(origin) > 0)
        json_array_append_new(friends, json_integer((json_int_t)origin_pid(origin)));
    return friends;
}

/* Makes the object that the runtime reads (docs/protocol.md). It has the cells that were planned here,
 * not the ranges that the client wrote: what runs is what was checked and estimated. turn_ns goes back to
 * the runtime that measured it when the server started, so that all runs agree on what a turn takes. */
static json_t *request_json(const Run *run, const Origin *origin)
{
    static const char *const copied[] = {"experiment", "repeat", "warmup", "seed", "detail"};
    const json_t *ports = origin_ports(origin);
    json_t *object = json_pack("{s:i}", "protocol", 1);

    for (size_t i = 0; i < ARRAY_LENGTH(copied); i++)
        json_object_set(object, copied[i], json_object_get(run->plan.request, copied[i]));
    plan_set_timeline(&run->plan, object);
    json_object_set_new(object, "tick_ns", json_real(run->settings->tick_ns));
    if (run->turn_ns > 0)
        json_object_set_new(object, "turn_ns", json_real(run->turn_ns));
    json_object_set_new(object, "origin", ports ? json_pack("{s:O}", "ports", ports) : json_null());
    json_object_set_new(object, "friends", friends_json(origin));
    if (run->paces)
        json_object_set_new(object, "pace", json_true());
    if (json_integer_value(json_object_get(run->plan.request, "precision")) > 0)
        json_object_set(object, "max_repeat", json_object_get(run->plan.request, "max_repeat"));
    json_object_set(object, "allow", (json_t *)run->settings->allow);
    json_object_set_new(object, "max_bytes", json_integer((json_int_t)run->settings->limits.fetch_max_bytes));
    json_object_set(object, "cells", run->plan.cells);
    return object;
}

/* A run with a precision that has all it must have is done when its time is over, and not late: the rounds
 * beyond `repeat` go on until something ends them. */
static void on_timeout(uv_timer_t *timer)
{
    Run *run = timer->data;
    auto_free char *reason = text_printf(
        "it ran longer than timeout_ms=%llu", (unsigned long long)(run->plan.timeout / NSEC_PER_MSEC));

    /* A runtime that has said `done` but does not end has done its work all the same. So has one that only
     * traces any more: the cells that have no spans say so, and their figures are whole. */
    if (run->state == RUN_LEAVING)
        child_stop(run->child);
    else if (!results_failed(run->results) &&
             (results_cut(run->results, "time") ||
                 (run->plan.max_spans > 0 && results_complete(run->results))))
        run_stop(run, OUTCOME_DONE, NULL);
    else
        run_stop(run, OUTCOME_TIMEOUT, reason);
}

/* A runtime may refuse what the server could not check, and says with which status of HTTP. Only 4xx is taken
 * over, and 503 where the machine is no longer what the run was planned for: what else it says must not make
 * a failed run look like a good answer. */
static void runtime_refuses(Run *run, const json_t *event)
{
    const char *message = json_string_value(json_object_get(event, "message"));
    json_int_t status = json_integer_value(json_object_get(json_object_get(event, "problem"), "status"));

    if ((status >= 400 && status < 500) || status == 503)
        run->refused = (int)status;
    run_stop(run, OUTCOME_FAILED, message ? message : "the runtime reports an error");
}

/* Progress: what was measured, and how far it is. */
static void tell_sample(Run *run, const json_t *event)
{
    static const char *const copied[] = {"cell", "repetition", "status", "reason", "wall_ns"};
    json_auto_t *data = json_object();
    int64_t expected = run_expected(run);

    /* Counted before the time that is left is reckoned: the sample that has just come is part of what was
     * measured. */
    run->n_samples++;
    for (size_t i = 0; i < ARRAY_LENGTH(copied); i++) {
        json_t *value = json_object_get(event, copied[i]);

        if (value && !json_is_null(value))
            json_object_set(data, copied[i], value);
    }
    json_object_set_new(data, "done", json_integer((json_int_t)run->n_samples));
    json_object_set_new(
        data, "of", json_integer((json_int_t)(expected > run->n_samples ? expected : run->n_samples)));
    json_object_set_new(data, "remaining_ns", json_integer((json_int_t)run_remaining(run)));
    run_tell(run, "sample", data, false);
}

/* After a stop, `done` may still be in the pipe; the outcome is decided then and stays. */
static void runtime_is_done(Run *run)
{
    if (run->state == RUN_RUNNING)
        run_become(run, RUN_LEAVING);
}

/* The runtime may have ended during the pause. */
static void on_pause_over(uv_timer_t *timer)
{
    Run *run = timer->data;

    if (run->child)
        child_say(run->child, "\n");
}

/* Whoever watches gets a moment to read what has happened. */
static void say_go_on(Run *run)
{
    enum { READING_MS = 4 };

    if (LIST_EMPTY(&run->watchers))
        child_say(run->child, "\n");
    else
        uv_timer_start(&run->pause, on_pause_over, READING_MS, 0);
}

/* A runtime that goes on by itself, beyond the stop. Its run has what was asked for. */
static void end_overrun(Run *run)
{
    bool failed = results_failed(run->results);

    log_warning("runtime_ignores_stop", log_text("run", run->id));
    run_stop(run, failed ? OUTCOME_FAILED : OUTCOME_DONE, failed ? FAILED_CELL : NULL);
}

static void let_go_on(Run *run);

static void on_ask_again(uv_timer_t *timer)
{
    let_go_on(timer->data);
}

/* A runtime that paces itself waits behind each event until it is told to go on: so nothing that the event
 * causes here runs beside a repetition. With precision it may be told to stop instead. That is decided cell
 * by cell, a turn of the loop for each, since the intervals of a large grid take longer than other clients
 * may wait; the runtime waits meanwhile. */
static void let_go_on(Run *run)
{
    enum { MUCH_OUTPUT = 128 << 20 }; /* half of what runs/child.c allows */
    int64_t elapsed = (int64_t)(nsec_now() - run->started_at);

    if (!run->paces || !run->child)
        return;
    if (run->state != RUN_RUNNING) {
        say_go_on(run);
        return;
    }
    /* Nobody reckoned with so many repetitions, and a runtime that writes too much is ended as a bad one. */
    if (run->n_bytes > MUCH_OUTPUT)
        results_cut(run->results, "output");
    switch (results_precision(run->results, elapsed, (int64_t)run->plan.timeout)) {
    case RESULTS_GO_ON:
        say_go_on(run);
        break;
    case RESULTS_ASK_AGAIN:
        uv_timer_start(&run->pause, on_ask_again, 0, 0);
        break;
    case RESULTS_STOP:
        child_say(run->child, "stop\n");
        if (results_overrun(run->results, NULL))
            end_overrun(run);
        break;
    }
}

/* The order of the questions matters. `error` and `done` are about the run as a whole and end it here;
 * anything else goes to the results, which know what events there are and refuse the rest. A line that
 * ends the run is not answered with "go on": the runtime is being stopped, and another repetition would
 * only keep the CPUs busy. */
static void on_runtime_line(void *data, char *line, size_t length)
{
    Run *run = data;
    json_error_t error;
    json_auto_t *event = json_loadb(line, length, 0, &error);
    const char *name = json_string_value(json_object_get(event, "event"));
    auto_free char *reason = NULL;

    run->n_lines++;
    run->n_bytes += length;
    if (!event)
        reason = text_printf("the runtime broke the protocol: line %llu, column %d: %s",
            (unsigned long long)run->n_lines, error.column, error.text);
    else if (!name)
        reason = text_printf(
            "the runtime broke the protocol: line %llu is not an event", (unsigned long long)run->n_lines);
    else if (strcmp(name, "error") == 0)
        runtime_refuses(run, event);
    else if (strcmp(name, "done") == 0)
        runtime_is_done(run);
    else if (results_add(run->results, NULL, event) < 0)
        reason = text_printf("the runtime broke the protocol: line %llu is a malformed \"%s\"",
            (unsigned long long)run->n_lines, name);
    else if (strcmp(name, "sample") == 0)
        tell_sample(run, event);
    else if (strcmp(name, "timeline") == 0 && run->plan.max_spans > 0)
        run->n_traced++;
    if (reason)
        run_stop(run, OUTCOME_FAILED, reason);
    else
        let_go_on(run);
}

/* The status of a run whose runtime ended by itself. A runtime that did not say `done` has crashed, whatever
 * its exit status; one that did may exit with 1 for a failed cell. */
static void judge_run(Run *run, const char *how)
{
    auto_free char *reason = NULL;

    if (run->state == RUN_RUNNING) {
        reason = text_printf("the runtime %s", how ? how : "ended before it was done");
        run_decide(run, OUTCOME_FAILED, reason);
    } else if (results_failed(run->results)) {
        run_decide(run, OUTCOME_FAILED, FAILED_CELL);
    } else if (!results_complete(run->results)) {
        run_decide(run, OUTCOME_FAILED, "the runtime said it was done before all repetitions were");
    } else {
        run_decide(run, OUTCOME_DONE, NULL);
    }
}

/* A run that is done although its time was over can only have been stopped while it traced. */
static const char *missing_timeline_reason(const Run *run)
{
    if (run->outcome != OUTCOME_DONE)
        return "the run ended before it was traced";
    return run->state == RUN_STOPPING ? "timeout_ms left no time for it" : "the runtime sent no spans";
}

/* All of the runtime is gone. The timers are stopped first: on_timeout() and on_pause_over() would find a
 * run without a child. An outcome that was decided before (a cancel, the time limit) stays; else it is
 * judged by what the runtime left. over() comes last, as the queue may do with the run whatever it likes. */
static void on_runtime_end(void *data, const char *how)
{
    Run *run = data;

    run->child = NULL;
    uv_timer_stop(&run->timer);
    uv_timer_stop(&run->pause);
    if (run->outcome == OUTCOME_OPEN)
        judge_run(run, how);
    if (run->plan.max_spans > 0)
        results_end_timelines(run->results, NULL, missing_timeline_reason(run));
    run_become(run, RUN_OVER);
    log_info("run_ended", log_text("run", run->id), log_text("status", run_status_name(run)),
        log_text("reason", run->reason ? run->reason : "none"),
        log_number("duration_ms", (int64_t)((run->ended_at - run->started_at) / NSEC_PER_MSEC)));
    run->over(run, run->over_data);
}

static void tell_started(Run *run)
{
    json_auto_t *data = json_pack("{s:s, s:I, s:I, s:I, s:I}", "id", run->id, "cells",
        (json_int_t)json_array_size(run->plan.cells), "of", (json_int_t)run_expected(run), "queued_ns",
        (json_int_t)(run->started_at - run->queued_at), "estimate_ns", (json_int_t)run->plan.estimate);

    run_tell(run, "started", data, false);
}

void run_start(Run *run, const Origin *origin, RunEnd over, void *data)
{
    json_auto_t *request = request_json(run, origin);
    auto_free char *text = json_dumps(request, JSON_COMPACT);
    /* One object a line, both ways: a runtime that reads by lines would wait for the end of this one. */
    auto_free char *input = text_printf("%s\n", text);
    ChildSpec spec = {
        .guard = run->settings->guard,
        .program = run->settings->runtimes[0].words[0],
        .arguments = (const char *const *)run->settings->runtimes[0].words + 1,
        .input = input,
        .input_length = strlen(input),
        .keep_input = run->paces,
        .name = run->id,
        .limits = child_limits(run->settings, run->plan.timeout,
            json_integer_value(json_object_get(run->host, "cpus_usable")), run->cpus),
        .line = on_runtime_line,
        .end = on_runtime_end,
        .data = run,
    };
    int r;

    /* The run becomes RUN_RUNNING before the child is started, so that a child that cannot be started
     * ends it on the same way as one that crashes at once. */
    run->over = over;
    run->over_data = data;
    run_become(run, RUN_RUNNING);
    log_info("run_started", log_text("run", run->id), log_text("experiment", run_experiment(run)),
        log_number("cells", (int64_t)json_array_size(run->plan.cells)),
        log_number("estimate_ms", (int64_t)(run->plan.estimate / NSEC_PER_MSEC)));
    tell_started(run);
    r = child_start(run->timer.loop, &spec, &run->child);
    if (r < 0) {
        auto_free char *how = text_printf("could not be started: %s", strerror(-r));

        on_runtime_end(run, how);
        return;
    }
    /* The loop's clock stands still since this turn began, and starting a process takes milliseconds.
     * Counted from the old time, a run with a short limit would lose them. */
    uv_update_time(run->timer.loop);
    uv_timer_start(&run->timer, on_timeout, run->plan.timeout / NSEC_PER_MSEC, 0);
}
