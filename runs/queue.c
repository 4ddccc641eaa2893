/* Whatever becomes of a run is settled on the next turn of the loop, by on_turn(): so nobody is called back
 * from inside a call of his own.
 *
 *     submit -> waits in the line -> runs -> over -> in the archive -> watchers are told -> freed
 *                        |______________________^   (cancelled before its turn)
 *
 * The next run begins when the last one is in the archive and its watchers were told: neither falls into its
 * first repetition. */
#include "runs/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/ending.h"

enum { TELL_PLACES_MS = 200 }; /* how often those who wait are told how far they are */

struct Queue {
    QueueParts parts;
    Fair line;
    Run *runs;        /* all that are not over, in no order */
    size_t n_running; /* these have a CPU set */
    bool stopping;
    bool logs_archive;
    char *said_notice, *said_trouble; /* of the archive, in the log already; owned, may be NULL */
    uv_timer_t turn;                  /* 0 ms: something may have to be started or ended */
    uv_timer_t places;                /* the line has moved */
    uv_timer_t grace;
    void (*idle)(void *data);
    void *idle_data;
    int n_open;
};

static void link_run(Queue *queue, Run *run)
{
    run->previous = NULL;
    run->next = queue->runs;
    if (queue->runs)
        queue->runs->previous = run;
    queue->runs = run;
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

/* An estimate of how long it takes until what n runs have left is over. */
static nsec_t shared_out(const Queue *queue, nsec_t sum)
{
    return sum / cpusets_count(queue->parts.cpusets);
}

static nsec_t running_remaining(const Queue *queue)
{
    nsec_t sum = 0;

    for (const Run *run = queue->runs; run; run = run->next)
        if (run->status == RUN_RUNNING)
            sum += run_remaining(run);
    return sum;
}

static void tell_place(const Queue *queue, Run *run, size_t position, nsec_t before)
{
    json_auto_t *data = json_pack("{s:s, s:I, s:I, s:I}", "id", run->id, "position", (json_int_t)position,
        "of", (json_int_t)queue->line.n_items, "estimated_wait_ns", (json_int_t)shared_out(queue, before));

    run->position = position;
    run_tell(run, "queued", data, true);
}

/* Tells those whose place has changed. */
static void tell_places(Queue *queue)
{
    auto_free FairItem **items = calloc(queue->line.n_items + 1, sizeof(FairItem *));
    nsec_t before = running_remaining(queue);

    assert(items);
    fair_list(&queue->line, items);
    for (size_t i = 0; i < queue->line.n_items; i++) {
        Run *run = (Run *)items[i];

        if (run->position != i + 1)
            tell_place(queue, run, i + 1, before);
        before += run->plan.estimate;
    }
}

static void on_places(uv_timer_t *timer)
{
    tell_places(timer->data);
}

static void line_moved(Queue *queue)
{
    if (queue->line.n_items > 0 && !uv_is_active((uv_handle_t *)&queue->places))
        uv_timer_start(&queue->places, on_places, TELL_PLACES_MS, 0);
}

static json_t *label_or_null(const char *label)
{
    return label ? json_string(label) : json_null();
}

static const char *experiment_of(const Run *run)
{
    return json_string_value(json_object_get(run->plan.request, "experiment"));
}

static void tell_board(const Queue *queue, const Run *run, const char *event, const json_t *more)
{
    enum { MAX_LABELS = 20 }; /* the board is kept and read again and again */
    auto_free char *created = text_time(run->created_ms);
    int n_labels = 0;
    json_auto_t *data = json_pack("{s:s, s:s, s:s, s:[]}", "id", run->id, "experiment", experiment_of(run),
        "status", run_status_name(run->status), "labels");

    json_object_set_new(data, "created_at", json_string(created));
    json_object_set_new(data, "label", label_or_null(run->asks ? run->asks->label : NULL));
    json_object_set_new(data, "prediction", label_or_null(run->asks ? run->asks->prediction : NULL));
    for (const Ask *ask = run->asks; ask && n_labels < MAX_LABELS; ask = ask->next)
        if (ask->label && ++n_labels)
            json_array_append_new(json_object_get(data, "labels"), json_string(ask->label));
    json_object_set_new(data, "asks", json_integer((json_int_t)ask_count(run->asks)));
    json_object_update_missing(data, (json_t *)more);
    board_tell(queue->parts.board, event, data);
}

static void take_turn(Queue *queue);

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
        if (strcmp(json_string_value(json_object_get(experiment, "name")), experiment_of(run)) == 0)
            return json_string_value(json_object_get(experiment, "headline"));
    return NULL;
}

static void on_made(void *data, Run *run, const json_t *summary)
{
    Queue *queue = data;

    tell_board(queue, run, "ended", summary);
    metrics_run_over(queue->parts.metrics, run, run->object);
}

/* A text that was not said yet; remembers it. */
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
    take_turn(queue);
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
    line_moved(queue);
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
    line_moved(queue);
    metrics_run_started(queue->parts.metrics);
    run_start(run, queue->parts.origin, on_over, queue);
    if (run->ending)
        return;
    archive_change(queue->parts.archive, run->id, "running", nothing, NULL, NULL);
    tell_board(queue, run, "started", nothing);
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

static void take_turn(Queue *queue)
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

/* What makes two requests the same: all but the words that each puts on it, and the form of the answer. */
static char *key_of(const Plan *plan)
{
    static const char *const own[] = {"label", "prediction", "format"};
    json_auto_t *request = json_copy(plan->request);
    char *key;

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        json_object_del(request, own[i]);
    key = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
    assert(key);
    return key;
}

static Run *find_same(const Queue *queue, const char *key)
{
    for (Run *run = queue->runs; run; run = run->next)
        if (!run->ending && run->status <= RUN_RUNNING && strcmp(run->key, key) == 0)
            return run;
    return NULL;
}

/* Runs that can begin at once do not count as waiting. */
static QueueAnswer refuse(const Queue *queue, const Submission *submission)
{
    const RunSettings *settings = queue->parts.settings;
    int64_t n_free = (int64_t)cpusets_count(queue->parts.cpusets) - (int64_t)queue->n_running;

    if (queue->stopping)
        return QUEUE_STOPPING;
    if ((int64_t)queue->line.n_items >= settings->max_queue + n_free)
        return QUEUE_FULL;
    if ((int64_t)fair_count(&queue->line, submission->address, NULL) >= settings->max_queue_address + n_free)
        return QUEUE_FULL_ADDRESS;
    if ((int64_t)fair_count(&queue->line, submission->address, submission->client) >=
        settings->max_queue_client + n_free)
        return QUEUE_FULL_CLIENT;
    return QUEUE_TAKEN;
}

static void note_ask(const Queue *queue, Run *run, const Submission *submission)
{
    Ask *ask = ask_add(&run->asks, submission->owner, submission->label, submission->prediction);

    ask->detached = ask->detached || submission->detached;
    archive_ask(queue->parts.archive, run->id, submission->owner, submission->label, submission->prediction,
        submission->noted, submission->data);
}

static Run *add_run(Queue *queue, Plan *plan, const Submission *submission, char *key)
{
    Run *run = run_new(queue->parts.loop, queue->parts.settings, plan, queue->parts.catalog->host);
    nsec_t before = running_remaining(queue);
    json_auto_t *nothing = json_object();

    run->turn_ns = queue->parts.catalog->turn_ns;
    run->paces = queue->parts.catalog->paces;
    run->key = key;
    run->cpuset = -1;
    for (const Run *other = queue->runs; other; other = other->next)
        before += other->item.client ? other->plan.estimate : 0;
    link_run(queue, run);
    fair_push(&queue->line, &run->item, submission->address, submission->client);
    archive_begin(
        queue->parts.archive, run->id, run->created_ms, experiment_of(run), "queued", nothing, NULL, NULL);
    /* The line may not be in the order of arrival: the right place follows in a moment. */
    tell_place(queue, run, queue->line.n_items, before);
    line_moved(queue);
    take_turn(queue);
    return run;
}

QueueAnswer queue_submit(Queue *queue, Plan *plan, const Submission *submission, Run **ret)
{
    char *key = key_of(plan);
    Run *same = submission->fresh || queue->stopping ? NULL : find_same(queue, key);
    QueueAnswer answer = QUEUE_JOINED;

    if (same) {
        free(key);
        if (!ask_find(same->asks, submission->owner) &&
            ask_count(same->asks) >= queue->parts.settings->max_joined)
            return QUEUE_FULL_RUN;
        plan_finish(plan);
    } else {
        answer = refuse(queue, submission);
        if (answer != QUEUE_TAKEN) {
            free(key);
            return answer;
        }
        same = add_run(queue, plan, submission, key);
    }
    note_ask(queue, same, submission);
    *ret = same;
    return answer;
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

nsec_t queue_estimate(const Queue *queue)
{
    nsec_t sum = running_remaining(queue);

    for (const Run *run = queue->runs; run; run = run->next)
        sum += run->item.client ? run->plan.estimate : 0;
    return shared_out(queue, sum);
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
    take_turn(queue);
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
