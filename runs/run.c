/* The runtime's events come in as lines; each goes to the results, which make sense of it. The run itself
 * looks only at how it ends: `done`, `error`, the exit status, the time limit. Whatever ends a run early
 * stops the child; the run is over when the child is. */
#include "runs/run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/child-limits.h"

const char *run_status_name(RunStatus status)
{
    switch (status) {
    case RUN_QUEUED:
        return "queued";
    case RUN_RUNNING:
        return "running";
    case RUN_DONE:
        return "done";
    case RUN_FAILED:
        return "failed";
    case RUN_CANCELLED:
        return "cancelled";
    case RUN_TIMEOUT:
        return "timeout";
    }
    assert(!"a run has one of these states");
}

static int64_t count_repetitions(const Plan *plan)
{
    int64_t repeat = json_integer_value(json_object_get(plan->request, "repeat"));
    int64_t warmup = json_integer_value(json_object_get(plan->request, "warmup"));

    return (repeat + warmup) * (int64_t)json_array_size(plan->cells);
}

Run *run_new(uv_loop_t *loop, const RunSettings *settings, Plan *plan, const json_t *host)
{
    Run *run = calloc(1, sizeof(*run));
    struct timespec now;

    assert(run);
    ulid_make(run->id);
    clock_gettime(CLOCK_REALTIME, &now);
    run->created_ms = (int64_t)(nsec_from_timespec(&now) / NSEC_PER_MSEC);
    run->queued_at = nsec_now();
    run->status = RUN_QUEUED;
    run->settings = settings;
    run->host = (json_t *)host;
    run->plan = *plan;
    *plan = (Plan){0};
    run->results = results_new(run->plan.request, run->plan.cells);
    assert(run->results);
    run->n_expected = count_repetitions(&run->plan);
    uv_timer_init(loop, &run->timer);
    uv_timer_init(loop, &run->pause);
    run->timer.data = run->pause.data = run;
    run->n_open = 2;
    return run;
}

/* The processes that work for a run without being part of it: what they take is not noise. */
static json_t *friends_json(const Origin *origin)
{
    json_t *friends = json_pack("[I]", (json_int_t)getpid());

    if (origin_pid(origin) > 0)
        json_array_append_new(friends, json_integer((json_int_t)origin_pid(origin)));
    return friends;
}

/* What the runtime reads. */
static json_t *request_json(const Run *run, const Origin *origin)
{
    static const char *const copied[] = {"experiment", "repeat", "warmup", "seed", "detail", "timeline"};
    const json_t *ports = origin_ports(origin);
    json_t *object = json_pack("{s:i}", "protocol", 1);

    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
        json_object_set(object, copied[i], json_object_get(run->plan.request, copied[i]));
    json_object_set_new(object, "tick_ns", json_real(run->settings->tick_ns));
    if (run->turn_ns > 0)
        json_object_set_new(object, "turn_ns", json_real(run->turn_ns));
    json_object_set_new(object, "origin", ports ? json_pack("{s:O}", "ports", ports) : json_null());
    json_object_set_new(object, "friends", friends_json(origin));
    if (run->paces)
        json_object_set_new(object, "pace", json_true());
    json_object_set(object, "allow", (json_t *)run->settings->allow);
    json_object_set_new(object, "max_bytes", json_integer((json_int_t)run->settings->limits.fetch_max_bytes));
    json_object_set(object, "cells", run->plan.cells);
    return object;
}

static void set_reason(Run *run, RunStatus status, const char *reason)
{
    run->status = status;
    free(run->reason);
    run->reason = reason ? strdup(reason) : NULL;
}

void run_give_up(Run *run, RunStatus status, const char *reason)
{
    assert(!run->child);
    set_reason(run, status, reason);
    run->ended_at = nsec_now();
}

void run_stop(Run *run, RunStatus status, const char *reason)
{
    if (run->status != RUN_RUNNING)
        return;
    set_reason(run, status, reason);
    if (run->child)
        child_stop(run->child);
}

static void on_timeout(uv_timer_t *timer)
{
    Run *run = timer->data;
    auto_free char *reason = text_printf(
        "it ran longer than timeout_ms=%llu", (unsigned long long)(run->plan.timeout / NSEC_PER_MSEC));

    /* A runtime that has said `done` but does not end has done its work all the same. */
    if (run->done)
        child_stop(run->child);
    else
        run_stop(run, RUN_TIMEOUT, reason);
}

static void runtime_refuses(Run *run, const json_t *event)
{
    const char *message = json_string_value(json_object_get(event, "message"));
    json_int_t status = json_integer_value(json_object_get(json_object_get(event, "problem"), "status"));

    if (status >= 400 && status < 500)
        run->refused = (int)status;
    run_stop(run, RUN_FAILED, message ? message : "the runtime reports an error");
}

/* Progress: what was measured, and how far it is. */
static void tell_sample(Run *run, const json_t *event)
{
    static const char *const copied[] = {"cell", "repetition", "status", "reason", "wall_ns"};
    json_auto_t *data = json_object();

    run->n_samples++;
    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
        json_t *value = json_object_get(event, copied[i]);

        if (value && !json_is_null(value))
            json_object_set(data, copied[i], value);
    }
    json_object_set_new(data, "done", json_integer((json_int_t)run->n_samples));
    json_object_set_new(data, "of", json_integer((json_int_t)run->n_expected));
    json_object_set_new(data, "remaining_ns", json_integer((json_int_t)run_remaining(run)));
    run_tell(run, "sample", data, false);
}

static void on_pause_over(uv_timer_t *timer)
{
    Run *run = timer->data;

    if (run->child)
        child_say(run->child, "\n");
}

/* A runtime that paces itself waits behind each event until it is told to go on: so nothing that the event
 * causes here runs beside a repetition. Who watches gets a moment to read it, too. */
static void let_go_on(Run *run)
{
    enum { READING_MS = 4 };

    if (!run->paces || !run->child)
        return;
    if (!run->watchers)
        child_say(run->child, "\n");
    else
        uv_timer_start(&run->pause, on_pause_over, READING_MS, 0);
}

static void on_line(void *data, char *line, size_t length)
{
    Run *run = data;
    json_error_t error;
    json_auto_t *event = json_loadb(line, length, 0, &error);
    const char *name = json_string_value(json_object_get(event, "event"));
    auto_free char *reason = NULL;

    run->n_lines++;
    if (!event)
        reason = text_printf("the runtime broke the protocol: line %llu, column %d: %s",
            (unsigned long long)run->n_lines, error.column, error.text);
    else if (!name)
        reason = text_printf(
            "the runtime broke the protocol: line %llu is not an event", (unsigned long long)run->n_lines);
    else if (strcmp(name, "error") == 0)
        runtime_refuses(run, event);
    else if (strcmp(name, "done") == 0)
        run->done = true;
    else if (results_add(run->results, event) < 0)
        reason = text_printf("the runtime broke the protocol: line %llu is a malformed \"%s\"",
            (unsigned long long)run->n_lines, name);
    else if (strcmp(name, "sample") == 0)
        tell_sample(run, event);
    if (reason)
        run_stop(run, RUN_FAILED, reason);
    else
        let_go_on(run);
}

/* The status of a run whose runtime ended by itself. A runtime that did not say `done` has crashed, whatever
 * its exit status; one that did may exit with 1 for a failed cell. */
static void judge(Run *run, const char *how)
{
    auto_free char *reason = NULL;

    if (!run->done) {
        reason = text_printf("the runtime %s", how ? how : "ended before it was done");
        set_reason(run, RUN_FAILED, reason);
    } else if (results_failed(run->results)) {
        set_reason(run, RUN_FAILED, "a cell failed: see its reason");
    } else if (!results_complete(run->results)) {
        set_reason(run, RUN_FAILED, "the runtime said it was done before all repetitions were");
    } else {
        set_reason(run, RUN_DONE, NULL);
    }
}

static void end(Run *run, const char *how)
{
    run->child = NULL;
    run->ended_at = nsec_now();
    uv_timer_stop(&run->timer);
    uv_timer_stop(&run->pause);
    if (run->status == RUN_RUNNING)
        judge(run, how);
    log_info("run_ended", log_text("run", run->id), log_text("status", run_status_name(run->status)),
        log_text("reason", run->reason ? run->reason : "none"),
        log_number("duration_ms", (int64_t)((run->ended_at - run->started_at) / NSEC_PER_MSEC)));
    run->over(run, run->over_data);
}

static void on_end(void *data, const char *reason)
{
    end(data, reason);
}

static void tell_started(Run *run)
{
    json_auto_t *data = json_pack("{s:s, s:I, s:I, s:I, s:I}", "id", run->id, "cells",
        (json_int_t)json_array_size(run->plan.cells), "of", (json_int_t)run->n_expected, "queued_ns",
        (json_int_t)(run->started_at - run->queued_at), "estimate_ns", (json_int_t)run->plan.estimate);

    run_tell(run, "started", data, false);
}

void run_start(Run *run, const Origin *origin, RunEnd over, void *data)
{
    json_auto_t *request = request_json(run, origin);
    auto_free char *input = json_dumps(request, JSON_COMPACT);
    ChildSpec spec = {
        .guard = run->settings->guard,
        .program = run->settings->runtime,
        .input = input,
        .input_length = strlen(input),
        .keep_input = run->paces,
        .name = run->id,
        .limits = child_limits(run->settings, run->plan.timeout,
            json_integer_value(json_object_get(run->host, "cpus_usable")), run->cpus),
        .line = on_line,
        .end = on_end,
        .data = run,
    };
    int r;

    run->over = over;
    run->over_data = data;
    run->status = RUN_RUNNING;
    run->started_at = nsec_now();
    log_info("run_started", log_text("run", run->id),
        log_text("experiment", json_string_value(json_object_get(run->plan.request, "experiment"))),
        log_number("cells", (int64_t)json_array_size(run->plan.cells)),
        log_number("estimate_ms", (int64_t)(run->plan.estimate / NSEC_PER_MSEC)));
    tell_started(run);
    r = child_start(run->timer.loop, &spec, &run->child);
    if (r < 0) {
        auto_free char *how = text_printf("could not be started: %s", strerror(-r));

        end(run, how);
        return;
    }
    uv_update_time(run->timer.loop);
    uv_timer_start(&run->timer, on_timeout, run->plan.timeout / NSEC_PER_MSEC, 0);
}

nsec_t run_remaining(const Run *run)
{
    nsec_t elapsed = run->status == RUN_QUEUED ? 0 : nsec_now() - run->started_at;

    /* What was measured says more than any guess. */
    if (run->n_samples > 0)
        return elapsed / (nsec_t)run->n_samples * (nsec_t)(run->n_expected - run->n_samples);
    return elapsed < run->plan.estimate ? run->plan.estimate - elapsed : 0;
}

json_t *run_json(const Run *run)
{
    nsec_t now = nsec_now();
    nsec_t started = run->started_at ? run->started_at : run->ended_at ? run->ended_at : now;
    RunHead head = {
        .id = run->id,
        .status = run_status_name(run->status),
        .reason = run->reason,
        .created_ms = run->created_ms,
        .queued_ns = (int64_t)(started - run->queued_at),
        .duration_ns = run->started_at ? (int64_t)((run->ended_at ? run->ended_at : now) - started) : 0,
        .host = run->host,
    };

    return results_run(run->results, &head);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void set_view(json_t *run, const RunView *view)
{
    json_object_set_new(run, "label", text_or_null(view->label));
    json_object_set_new(run, "joined", json_boolean(view->joined));
    if (!view->kept)
        return;
    json_object_set_new(run, "kept", json_boolean(*view->kept));
    if (!*view->kept && view->trouble)
        json_object_set_new(run, "kept_reason", json_string(view->trouble));
}

json_t *run_json_for(const json_t *object, const RunView *view)
{
    json_t *run = json_object(), *value;
    const char *key;

    json_object_foreach ((json_t *)object, key, value) {
        if (strcmp(key, "label") == 0) {
            set_view(run, view);
        } else if (strcmp(key, "request") == 0 && json_is_object(value)) {
            json_object_set_new(run, key, json_copy(value));
            json_object_set_new(json_object_get(run, key), "label", text_or_null(view->label));
            json_object_set_new(json_object_get(run, key), "prediction", text_or_null(view->prediction));
        } else {
            json_object_set(run, key, value);
        }
    }
    return run;
}

void run_tell(Run *run, const char *event, const json_t *data, bool replaceable)
{
    Shared *text = event_log_add(&run->log, event, data, replaceable);

    for (Watcher *watcher = run->watchers, *next; watcher; watcher = next) {
        next = watcher->next;
        if (watcher->event)
            watcher->event(watcher, text);
    }
}

void run_watch(Run *run, Watcher *watcher)
{
    watcher->previous = NULL;
    watcher->next = run->watchers;
    if (run->watchers)
        run->watchers->previous = watcher;
    run->watchers = watcher;
}

void run_unwatch(Run *run, Watcher *watcher)
{
    if (watcher->next)
        watcher->next->previous = watcher->previous;
    if (watcher->previous)
        watcher->previous->next = watcher->next;
    else
        run->watchers = watcher->next;
    watcher->next = watcher->previous = NULL;
}

static void on_closed(uv_handle_t *handle)
{
    Run *run = handle->data;

    if (--run->n_open == 0)
        free(run);
}

void run_free(Run *run)
{
    assert(!run->child && !run->watchers && !run->item.client);
    plan_finish(&run->plan);
    results_free(run->results);
    event_log_finish(&run->log);
    ask_free_all(&run->asks);
    json_decref(run->object);
    free(run->reason);
    free(run->key);
    uv_close((uv_handle_t *)&run->timer, on_closed);
    uv_close((uv_handle_t *)&run->pause, on_closed);
}
