/* What the queue says: to those who wait how far they are, to the class board what begins and ends, to the
 * log where runs are kept.
 *
 * All figures here are estimates for people. Nothing is decided by them. */
#include "runs/queue-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/run-view.h"

enum { TELL_PLACES_MS = 200 }; /* how often those who wait are told how far they are */

/* Returns an estimate of how long it takes until runs that need sum nanoseconds one after the other are
 * over, if the places share them evenly. */
static nsec_t shared_out(const Queue *queue, nsec_t sum)
{
    return sum / cpusets_count(queue->parts.cpusets);
}

nsec_t queue_running_remaining(const Queue *queue)
{
    const QueuePlace *place;
    nsec_t sum = 0;

    LIST_FOREACH (place, &queue->places, link)
        if (place->run->state == RUN_RUNNING || place->run->state == RUN_LEAVING)
            sum += run_remaining(place->run);
    return sum;
}

nsec_t queue_remaining(const Queue *queue)
{
    const QueuePlace *place;
    nsec_t sum = queue_running_remaining(queue);

    LIST_FOREACH (place, &queue->places, link)
        sum += place->run->state == RUN_QUEUED ? place->run->plan.estimate : 0;
    return sum;
}

void queue_tell_place(const Queue *queue, Run *run, size_t position, nsec_t before)
{
    json_auto_t *data = json_pack("{s:s, s:I, s:I, s:I}", "id", run->id, "position", (json_int_t)position,
        "of", (json_int_t)queue->line.n_items, "estimated_wait_ns", (json_int_t)shared_out(queue, before));

    run->place->position = position;
    run_tell(run, "queued", data, true);
}

static void tell_line(const Queue *queue, FairItem *const items[])
{
    json_auto_t *line = json_pack("{s:[]}", "waiting");

    for (size_t i = 0; i < queue->line.n_items; i++)
        json_array_append_new(
            json_object_get(line, "waiting"), json_string(((const Run *)items[i]->what)->id));
    board_state(queue->parts.board, "line", line);
}

/* Tells the board who waits, and those whose place has changed, in the order of the line, so that each is
 * told the time of all in front of it. Those who are where they were hear nothing: a hundred waiting runs
 * would else be a hundred events for each step. */
static void tell_places(Queue *queue)
{
    auto_free FairItem **items = calloc(queue->line.n_items + 1, sizeof(FairItem *));
    nsec_t before = queue_running_remaining(queue);

    assert(items);
    fair_list(&queue->line, items);
    for (size_t i = 0; i < queue->line.n_items; i++) {
        Run *run = items[i]->what;

        if (run->place->position != i + 1)
            queue_tell_place(queue, run, i + 1, before);
        before += run->plan.estimate;
    }
    tell_line(queue, items);
}

/* Of those who came and went meanwhile, too, each run is told once. */
static void on_line_moved(uv_timer_t *timer)
{
    Queue *queue = timer->data;
    const QueuePlace *place;

    tell_places(queue);
    LIST_FOREACH (place, &queue->places, link)
        if (place->is_stale)
            queue_tell_standing(queue, place->run);
}

/* A timer that runs already is left alone: restarted with each change, a busy queue would put the news
 * off for ever. */
void queue_line_moved(Queue *queue)
{
    if (!uv_is_active((uv_handle_t *)&queue->moved))
        uv_timer_start(&queue->moved, on_line_moved, TELL_PLACES_MS, 0);
}

void queue_tell_board(const Queue *queue, const Run *run, const char *event, const json_t *more)
{
    auto_free char *created = text_time(run->created_ms);
    const Ask *first = STAILQ_FIRST(&run->asks);
    json_auto_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o}", "id", run->id, "experiment",
        run_experiment(run), "status", run_status_name(run), "created_at", created, "label",
        first ? first->label : NULL, "asks", run_asks(run));

    json_object_update_missing(data, (json_t *)more);
    run->place->is_stale = false;
    board_tell(queue->parts.board, run->id, event, run->outcome != OUTCOME_OPEN, data);
}

void queue_asks_changed(Queue *queue, Run *run)
{
    run->place->is_stale = true;
    queue_line_moved(queue);
}

void queue_tell_standing(const Queue *queue, const Run *run)
{
    bool waits = run->state == RUN_QUEUED;
    json_auto_t *more = json_object();

    if (run->outcome != OUTCOME_OPEN)
        return;
    if (waits)
        json_object_set_new(more, "position", json_integer((json_int_t)run->place->position));
    queue_tell_board(queue, run, waits ? "queued" : "started", more);
}

nsec_t queue_estimate(const Queue *queue)
{
    return shared_out(queue, queue_remaining(queue));
}

/* Returns whether the text was not said yet, and remembers it. A disk that is full would else write the
 * same line after each run. */
static bool is_new(char **said, const char *text)
{
    if (!text || (*said && strcmp(*said, text) == 0))
        return false;
    free(*said);
    *said = strdup(text);
    return true;
}

void queue_log_archive(Queue *queue)
{
    const char *trouble = archive_trouble(queue->parts.archive),
               *notice = archive_notice(queue->parts.archive);

    queue->logs_archive = true;
    if (is_new(&queue->said_notice, notice))
        log_warning("archive_changed", log_text("notice", notice));
    if (is_new(&queue->said_trouble, trouble))
        log_warning("runs_not_kept", log_text("reason", trouble));
    if (!trouble && queue->said_trouble) {
        log_info("runs_kept_again");
        free(queue->said_trouble);
        queue->said_trouble = NULL;
    }
}
