/* Whatever becomes of a run is settled on the next turn of the loop, by on_turn(): so nobody is called back
 * from inside a call of his own.
 *
 *     submit -> waits in the line -> runs -> over -> in the archive -> watchers are told -> freed
 *                        |______________________^   (cancelled before its turn)
 *
 * The next run begins when the last one is in the archive and its watchers were told: neither falls into its
 * first repetition. */
#include "runs/queue-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "runs/ending.h"

const char *queue_experiment_of(const Run *run)
{
    return json_string_value(json_object_get(run->plan.request, "experiment"));
}

static void unlink_run(Queue *queue, Run *run)
{
    if (run->next)
        run->next->previous = run->previous;
    if (run->previous)
        run->previous->next = run->next;
    else
        queue->runs = run->next;
}

/* Hands the run over to each watcher as he shall see it, and lets go of it. */
static void dismiss(Queue *queue, Run *run, bool kept)
{
    run->kept = kept;
    unlink_run(queue, run);
    while (run->watchers) {
        Watcher *watcher = run->watchers;

        run_unwatch(run, watcher);
        watcher->end(watcher, run);
    }
    run_free(run);
}

/* The figure that an experiment is about, by the catalog; NULL: the time. */
static const char *headline_of(const Queue *queue, const Run *run)
{
    const json_t *catalog = json_array_get(queue->parts.catalog->runtimes, 0);
    size_t i;
    json_t *experiment;

    json_array_foreach (json_object_get(catalog, "experiments"), i, experiment)
        if (strcmp(json_string_value(json_object_get(experiment, "name")), queue_experiment_of(run)) == 0)
            return json_string_value(json_object_get(experiment, "headline"));
    return NULL;
}

static void on_made(void *data, Run *run, const json_t *summary)
{
    Queue *queue = data;

    queue_tell_board(queue, run, "ended", summary);
    metrics_run_over(queue->parts.metrics, run, run->object);
}

static void on_kept(void *data, Run *run, bool kept)
{
    Queue *queue = data;

    if (queue->logs_archive)
        queue_log_archive(queue);
    if (run->cpuset >= 0) {
        cpusets_give_back(queue->parts.cpusets, run->cpuset);
        queue->n_running--;
    }
    dismiss(queue, run, kept);
    queue_take_turn(queue);
}

/* The run is over in one way or the other. */
static void finish(Queue *queue, Run *run)
{
    const EndingParts parts = {
        .loop = queue->parts.loop,
        .archive = queue->parts.archive,
        .headline = headline_of(queue, run),
        .made = on_made,
        .over = on_kept,
        .data = queue,
    };

    ending_begin(&parts, run);
}

static void on_over(Run *run, void *data)
{
    finish(data, run);
}

/* For a run that never started. */
static void give_up(Queue *queue, Run *run, const char *reason)
{
    fair_remove(&queue->line, &run->item);
    queue_line_moved(queue);
    run_give_up(run, RUN_CANCELLED, reason);
    log_info("run_ended", log_text("run", run->id), log_text("status", run_status_name(run->status)),
        log_text("reason", reason));
    finish(queue, run);
}

static void start_next(Queue *queue, int cpuset)
{
    Run *run = (Run *)fair_pop(&queue->line);
    json_auto_t *nothing = json_object();

    run->cpuset = cpuset;
    run->cpus = cpusets_text(queue->parts.cpusets, cpuset);
    queue->n_running++;
    queue_line_moved(queue);
    metrics_run_started(queue->parts.metrics);
    run_start(run, queue->parts.origin, on_over, queue);
    if (run->ending)
        return;
    archive_change(queue->parts.archive, run->id, "running", nothing, NULL, NULL);
    queue_tell_board(queue, run, "started", nothing);
}

static void on_turn(uv_timer_t *timer)
{
    Queue *queue = timer->data;
    int cpuset;

    while (queue->stopping && queue->line.first)
        give_up(queue, (Run *)queue->line.first->first->first, "the server is stopping");
    while (queue->line.first && (cpuset = cpusets_take(queue->parts.cpusets)) >= 0)
        start_next(queue, cpuset);
    if (queue->stopping && !queue->runs && queue->idle) {
        void (*idle)(void *data) = queue->idle;

        queue->idle = NULL;
        uv_timer_stop(&queue->grace);
        uv_timer_stop(&queue->places);
        idle(queue->idle_data);
    }
}

void queue_take_turn(Queue *queue)
{
    uv_timer_start(&queue->turn, on_turn, 0, 0);
}

Queue *queue_new(const QueueParts *parts)
{
    Queue *queue = calloc(1, sizeof(*queue));

    assert(queue);
    queue->parts = *parts;
    uv_timer_init(parts->loop, &queue->turn);
    uv_timer_init(parts->loop, &queue->places);
    uv_timer_init(parts->loop, &queue->grace);
    queue->turn.data = queue->places.data = queue->grace.data = queue;
    queue->n_open = 3;
    return queue;
}

Run *queue_find(const Queue *queue, const char *id)
{
    for (Run *run = queue->runs; run; run = run->next)
        if (strcmp(run->id, id) == 0)
            return run;
    return NULL;
}

void queue_watch(Queue *queue, Run *run, Watcher *watcher)
{
    (void)queue;
    run_watch(run, watcher);
}

static void end_run(Queue *queue, Run *run, const char *reason)
{
    if (run->ending)
        return;
    if (run->item.client)
        give_up(queue, run, reason);
    else
        run_stop(run, RUN_CANCELLED, reason);
}

static bool is_detached(const Run *run)
{
    const Ask *ask = run->asks;

    while (ask && !ask->detached)
        ask = ask->next;
    return ask;
}

void queue_unwatch(Queue *queue, Run *run, Watcher *watcher)
{
    run_unwatch(run, watcher);
    if (!run->watchers && !is_detached(run))
        end_run(queue, run, "the client has left");
}

static bool waits(const Run *run, const Ask *ask)
{
    const Watcher *watcher = run->watchers;

    while (watcher && strcmp(watcher->owner, ask->owner) != 0)
        watcher = watcher->next;
    return watcher;
}

/* Who only waited for it and has left does not want it any more. */
static bool is_wanted_by_others(const Run *run, const Ask *but)
{
    for (const Ask *ask = run->asks; ask; ask = ask->next)
        if (ask != but && (ask->detached || waits(run, ask)))
            return true;
    return false;
}

bool queue_cancel(Queue *queue, Run *run, const char *owner)
{
    Ask *ask = owner ? ask_find(run->asks, owner) : NULL;

    if (ask && is_wanted_by_others(run, ask)) {
        ask_remove(&run->asks, ask);
        return false;
    }
    end_run(queue, run, owner ? "it was cancelled" : "it was cancelled by the instructor");
    return true;
}

bool queue_relabel(Queue *queue, Run *run, const char *owner, const char *label, ArchiveDone done, void *data)
{
    Ask *ask = owner ? ask_find(run->asks, owner) : run->asks;

    if (!ask)
        return false;
    ask_relabel(ask, label);
    for (Watcher *watcher = run->watchers; watcher; watcher = watcher->next)
        if (watcher->own && strcmp(watcher->owner, ask->owner) == 0)
            ask_relabel(watcher->own, label);
    archive_relabel(queue->parts.archive, run->id, owner, label, done, data);
    return true;
}

size_t queue_n_waiting(const Queue *queue)
{
    return queue->line.n_items;
}

size_t queue_n_running(const Queue *queue)
{
    return queue->n_running;
}

static void on_grace(uv_timer_t *timer)
{
    Queue *queue = timer->data;

    for (Run *run = queue->runs, *next; run; run = next) {
        next = run->next;
        end_run(queue, run, "the server is stopping");
    }
}

void queue_stop(Queue *queue, uint64_t grace_ms, void (*idle)(void *data), void *data)
{
    if (!queue->stopping) {
        queue->idle = idle;
        queue->idle_data = data;
    }
    queue->stopping = true;
    uv_timer_start(&queue->grace, on_grace, grace_ms, 0);
    queue_take_turn(queue);
}

bool queue_is_stopping(const Queue *queue)
{
    return queue->stopping;
}

static void on_closed(uv_handle_t *handle)
{
    Queue *queue = handle->data;

    if (--queue->n_open > 0)
        return;
    free(queue->said_notice);
    free(queue->said_trouble);
    free(queue);
}

void queue_free(Queue *queue)
{
    assert(!queue->runs);
    uv_close((uv_handle_t *)&queue->turn, on_closed);
    uv_close((uv_handle_t *)&queue->places, on_closed);
    uv_close((uv_handle_t *)&queue->grace, on_closed);
}
