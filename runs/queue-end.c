/* The end of a run, from when no process of it is left until it is freed:
 *
 *     queue_end     begins it, on the loop
 *     make          off the loop: the run's object with its lesson, its row for lists, its trace, its last
 * events on_made       those go to its log, the board and the metrics hear of it, and all of it goes to the
 * archive on_archived   its CPUs go back, each watcher is told, the next run may begin
 *
 * All of it is made off the loop, because the intervals of a large grid, and large texts, take longer than
 * others may wait for an answer.
 *
 * Nobody is told the end before the archive has it: what a client was answered is there after a crash.
 * The next run begins only now, so that nothing of this falls into its first repetition. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/outcome.h"
#include "results/summary.h"
#include "results/trace.h"
#include "runs/queue-private.h"
#include "runs/run-view.h"

typedef struct Ending {
    Queue *queue;
    Run *run;
    uv_work_t work;

    /* Written by make() in a thread of libuv, read by on_made() on the loop: never by both at a time. */
    json_t *object, *summary;
    char *text, *trace; /* trace may be NULL */
    Shared **told;      /* its last events: a result for each cell, and the end */
    size_t n_told;
    char *events; /* all there are of it */
} Ending;

/* Spans are kept for those who asked for them. Those that come by themselves are only counted: a picture for
 * every run would make the archive ten times as large. */
static bool is_traced(const Run *run)
{
    const char *timeline = json_string_value(json_object_get(run->plan.request, "timeline"));

    return timeline && strcmp(timeline, "on") == 0;
}

/* The last event is the whole object, whose text is there by now. Until the run is shown nothing is told of
 * it, so the numbers of these events are known, and what the log has does not change. */
static void make_events(Ending *ending)
{
    const EventLog *log = &ending->run->log;
    const json_t *cells = json_object_get(ending->object, "cells");
    auto_free char *before = event_log_text(log);
    size_t n = json_array_size(cells), length;
    FILE *file = open_memstream(&ending->events, &length);

    ending->told = calloc(n + 1, sizeof(Shared *));
    assert(ending->told && file);
    fputs(before, file);
    for (size_t i = 0; i <= n; i++) {
        const char *last = ending->run->outcome == OUTCOME_DONE ? "done" : "failed";
        uint64_t number = log->last_number + 1 + i;
        Shared *text = i == n ? event_text_of(number, last, ending->text)
                              : event_text(number, "result", json_array_get(cells, i));

        fwrite(text->text, 1, text->length, file);
        ending->told[i] = text;
    }
    ending->n_told = n + 1;
    fclose(file);
}

/* Runs in a thread of libuv while the loop goes on. It only reads the run, and the loop does not change
 * what it reads: the state is RUN_OVER, so no runtime and no timer is left, and a new label goes to the
 * asks, which are not read here. Parts of the object are shared with the catalog and the plan; jansson
 * counts their references with atomic operations. */
static void make(uv_work_t *work)
{
    Ending *ending = work->data;
    auto_result_run ResultRun run;
    size_t length;

    ending->object = run_json(ending->run);
    json_object_set_new(ending->object, "outcomes",
        results_outcomes(
            ending->run->results, run_status_name(ending->run), ending->run->settings->limits.questions));
    result_run_read(ending->object, &run);
    ending->summary = summary_make(&run);
    ending->text = json_dumps(ending->object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    assert(ending->text);
    make_events(ending);
    if (is_traced(ending->run))
        ending->trace = trace_format(ending->run->results, &length);
}

/* From here on the queue does not know the run. A run that never started has no CPU set to give back, and
 * was never counted as running. */
static void leave_queue(Queue *queue, Run *run)
{
    QueuePlace *place = run->place;

    run->place = NULL;
    LIST_REMOVE(place, link);
    if (place->cpuset >= 0) {
        cpusets_give_back(queue->parts.cpusets, place->cpuset);
        queue->n_running--;
    }
    free(place->key);
    free(place);
}

/* The order matters. The run becomes KEPT or HELD first, because each watcher's answer says which. The
 * places are free before the watchers are told, so a client that asks again from inside its answer finds
 * the queue as it is. A watcher is taken off before its end() is called: it frees itself there, and the
 * list must not lead to it any more. The next run begins on the next turn of the loop, behind all these
 * answers. */
static void on_archived(void *data, bool found, bool kept)
{
    Ending *ending = data;
    Queue *queue = ending->queue;
    Run *run = ending->run;
    Watcher *watcher;

    free(ending);
    run_become(run, found && kept ? RUN_KEPT : RUN_HELD);
    if (queue->logs_archive)
        queue_log_archive(queue);
    leave_queue(queue, run);
    while ((watcher = LIST_FIRST(&run->watchers))) {
        run_unwatch(run, watcher);
        watcher->end(watcher->data, run);
    }
    run_free(run);
    queue_take_turn(queue);
}

/* Watchers hear the results now and the end at the end: each is told in its own words. */
static void log_results(Ending *ending)
{
    for (size_t i = 0; i + 1 < ending->n_told; i++)
        run_tell_text(ending->run, ending->told[i]);
    event_log_put(&ending->run->log, ending->told[ending->n_told - 1]);
    free(ending->told);
}

static void on_made(uv_work_t *work, int status)
{
    Ending *ending = work->data;
    Queue *queue = ending->queue;
    Run *run = ending->run;
    json_auto_t *summary = ending->summary;
    auto_free char *text = ending->text, *trace = ending->trace, *events = ending->events;

    assert(status == 0);
    run->object = ending->object;
    run->n_object_bytes = strlen(text);
    run_become(run, RUN_SHOWN);
    log_results(ending);
    queue_tell_board(queue, run, "ended", summary);
    metrics_run_over(queue->parts.metrics, run, run->object);
    archive_finish(queue->parts.archive, run->id, run_status_name(run), summary,
        &(ArchiveTexts){text, events, trace}, on_archived, ending);
}

/* The RunEnd of all runs, also of those that were cancelled while they waited. */
void queue_end(Run *run, void *data)
{
    Ending *ending = calloc(1, sizeof(*ending));

    assert(ending && run->state == RUN_OVER);
    ending->queue = data;
    ending->run = run;
    ending->work.data = ending;
    uv_queue_work(ending->queue->parts.loop, &ending->work, make, on_made);
}
