/* Whatever becomes of a run is settled on the next turn of the loop, by on_turn(): so nobody is called back
 * from inside a call of its own.
 *
 *     submit -> waits in the line -> runs -> over -> in the archive -> watchers are told -> freed
 *                        |______________________^   (cancelled before its turn)
 *
 * The way in is in queue-submit.c, the way out in queue-end.c. */
#include "runs/queue-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "runs/run-work.h"
#include "runs/turns.h"

/* Ends a run that never started. It leaves the line, and takes the same way to the archive as all others:
 * a client that was told 202 finds what became of it. */
static void give_up(Queue *queue, Run *run, const char *by, const char *reason)
{
    run->stopped_by = by;
    fair_remove(&queue->line, &run->place->item);
    queue_line_moved(queue);
    run_decide(run, OUTCOME_CANCELLED, reason);
    run_become(run, RUN_OVER);
    log_info("run_ended", log_text("run", run->id), log_text("status", run_status_name(run)),
        log_text("reason", reason));
    queue_end(run, queue);
}

/* Until now the archive was at work beside the run. The archive does what it is told in order, so a run that
 * was over before is still there. */
static void on_noted(void *data, bool found, bool kept)
{
    Run *run = data;

    (void)found, (void)kept;
    run->is_being_noted = false;
    turns_take(run);
}

/* Starts the one whose turn it is on a CPU set that was taken for it. The set goes back in queue-end.c,
 * whatever comes of the run, so a runtime that cannot be started does not lose a place for ever. */
static void start_next(Queue *queue, int cpuset)
{
    Run *run = fair_pop(&queue->line)->what;
    json_auto_t *nothing = json_object();

    run->place->cpuset = cpuset;
    run->cpus = cpusets_text(queue->parts.cpusets, cpuset);
    queue->n_running++;
    queue_line_moved(queue);
    metrics_run_started(queue->parts.metrics);
    run_start(run, queue->parts.origin, queue_end, queue);
    /* It could not be started, and its end is under way already. "running" in the archive or on the board
     * would come behind its end, or before a start that never was. */
    if (run->state == RUN_OVER)
        return;
    run->is_being_noted = true;
    archive_change(queue->parts.archive, run->id, "running", nothing, on_noted, run);
    queue_tell_standing(queue, run);
}

/* All that begins or ends by the queue's own will does so here, with no call of a handler on the stack.
 * When the server stops, those who wait are given up first, so that none of them is started by the next
 * line. idle() is told once; it may free the queue's parts, so it is called last. */
static void on_turn(uv_timer_t *timer)
{
    Queue *queue = timer->data;
    int cpuset;

    while (queue->stopping && queue->line.n_items > 0)
        give_up(queue, fair_first(&queue->line)->what, "server", "the server is stopping");
    while (queue->line.n_items > 0 && origin_is_settled(queue->parts.origin) &&
           survey_gives_way(queue->parts.survey) && (cpuset = cpusets_take(queue->parts.cpusets)) >= 0)
        start_next(queue, cpuset);
    if (queue->stopping && LIST_EMPTY(&queue->places) && queue->idle) {
        void (*idle)(void *data) = queue->idle;

        queue->idle = NULL;
        uv_timer_stop(&queue->grace);
        uv_timer_stop(&queue->moved);
        idle(queue->idle_data);
    }
}

Queue *queue_new(const QueueParts *parts)
{
    Queue *queue = calloc(1, sizeof(*queue));

    assert(queue);
    queue->parts = *parts;
    queue->on_turn = on_turn;
    fair_init(&queue->line);
    LIST_INIT(&queue->places);
    uv_timer_init(parts->loop, &queue->turn);
    uv_timer_init(parts->loop, &queue->moved);
    uv_timer_init(parts->loop, &queue->grace);
    queue->turn.data = queue->moved.data = queue->grace.data = queue;
    queue->n_open = 3;
    queue_line_moved(queue);
    return queue;
}

Run *queue_find(const Queue *queue, const char *id)
{
    const QueuePlace *place;

    LIST_FOREACH (place, &queue->places, link)
        if (strcmp(place->run->id, id) == 0)
            return place->run;
    return NULL;
}

void queue_watch(Queue *queue, Run *run, Watcher *watcher)
{
    run_watch(run, watcher);
    if (asks_find(&run->asks, watcher->owner))
        queue_asks_changed(queue, run);
}

/* What is over already, or stopping, stays as it is. */
static void end_run(Queue *queue, Run *run, const char *by, const char *reason)
{
    if (run->state == RUN_QUEUED) {
        give_up(queue, run, by, reason);
    } else if (run->state == RUN_RUNNING || run->state == RUN_LEAVING) {
        run->stopped_by = by;
        run_stop(run, OUTCOME_CANCELLED, reason);
    }
}

static bool is_detached(const Run *run)
{
    const Ask *ask;

    STAILQ_FOREACH (ask, &run->asks, link)
        if (ask->detached)
            return true;
    return false;
}

/* A run belongs to those who wait for it. If the last of them has left, its figures would be for nobody,
 * while others wait for their turn; unless somebody asked for it with respond-async and will come back
 * for it. */
void queue_unwatch(Queue *queue, Run *run, Watcher *watcher)
{
    run_unwatch(run, watcher);
    if (asks_find(&run->asks, watcher->owner))
        queue_asks_changed(queue, run);
    if (LIST_EMPTY(&run->watchers) && !is_detached(run))
        end_run(queue, run, "client", "the client has left");
}

/* Whether somebody other than this ask's client still wants the run: one that said it goes on without a
 * watcher, or one that waits. A client that only waited for it and has left does not want it any more. */
static bool is_wanted_by_others(const Run *run, const Ask *but)
{
    const Ask *ask;

    STAILQ_FOREACH (ask, &run->asks, link)
        if (ask != but && (ask->detached || run_has_watcher_of(run, ask->owner)))
            return true;
    return false;
}

bool queue_cancel(Queue *queue, Run *run, const char *owner)
{
    Ask *ask = owner ? asks_find(&run->asks, owner) : NULL;

    if (ask && is_wanted_by_others(run, ask)) {
        asks_remove(&run->asks, ask);
        queue_asks_changed(queue, run);
        return false;
    }
    end_run(queue, run, "client", owner ? "it was cancelled" : "it was cancelled by the instructor");
    return true;
}

/* The label is in three places, and each is read by somebody: the ask, for lists; the words of each
 * waiting request, for its answer; the archive, for everybody later. owner is handed on as it came: with
 * NULL the archive changes the first ask too. */
bool queue_relabel(Queue *queue, Run *run, const char *owner, const char *label, ArchiveDone done, void *data)
{
    Ask *ask = owner ? asks_find(&run->asks, owner) : STAILQ_FIRST(&run->asks);
    const Watcher *watcher;

    if (!ask)
        return false;
    ask_relabel(ask, label);
    LIST_FOREACH (watcher, &run->watchers, link)
        if (watcher->own && strcmp(watcher->owner, ask->owner) == 0)
            ask_relabel(watcher->own, label);
    queue_asks_changed(queue, run);
    archive_relabel(queue->parts.archive, run->id, owner, label, done, data);
    return true;
}

size_t queue_position(const Run *run)
{
    return run->place->position;
}

size_t queue_n_waiting(const Queue *queue)
{
    return queue->line.n_items;
}

size_t queue_n_running(const Queue *queue)
{
    return queue->n_running;
}

/* A run that stops stays in the list until it is archived, so the list does not change while it is
 * walked. */
static void on_grace(uv_timer_t *timer)
{
    Queue *queue = timer->data;

    const QueuePlace *place;

    LIST_FOREACH (place, &queue->places, link)
        end_run(queue, place->run, "server", "the server is stopping");
}

void queue_wake(Queue *queue)
{
    queue_take_turn(queue);
}

/* A second call only sets the timer anew. The runs that go on meanwhile end by themselves or by the
 * timer; idle() comes from on_turn() when the last one has left. */
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

static void on_queue_handle_closed(uv_handle_t *handle)
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
    assert(LIST_EMPTY(&queue->places));
    uv_close((uv_handle_t *)&queue->turn, on_queue_handle_closed);
    uv_close((uv_handle_t *)&queue->moved, on_queue_handle_closed);
    uv_close((uv_handle_t *)&queue->grace, on_queue_handle_closed);
}
