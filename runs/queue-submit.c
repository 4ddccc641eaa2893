/* Into the queue: a request that is the same as one that is there joins it, any other is a new run, if there
 * is room for one.
 *
 * Joining is what makes a class of thirty possible: thirty pages that ask for the same thing at the same
 * moment cost one run, and all of them see the same figures. */
#include "runs/queue-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Returns a text that is the same for two requests exactly if they ask for the same run: the checked
 * request with all its defaults, its members sorted by name, without the form of the answer. What the client
 * says of itself is not in it any more. Owned by the caller. */
static char *key_of(const Plan *plan)
{
    json_auto_t *request = json_copy(plan->request);
    char *key;

    json_object_del(request, "format");
    key = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
    assert(key);
    return key;
}

/* A run whose outcome is decided is not joined, though it is still in the queue: whoever asks now wants
 * figures, not the news that somebody else has cancelled it. */
static Run *find_same(const Queue *queue, const char *key)
{
    const QueuePlace *place;

    LIST_FOREACH (place, &queue->places, link)
        if (place->run->outcome == OUTCOME_OPEN && strcmp(place->key, key) == 0)
            return place->run;
    return NULL;
}

/* Says whether there is room for one more. A run that can begin at once does not count as waiting, but it is
 * in the line until the next turn: so each free place makes the line that much longer for now. Without this,
 * max_queue=0 ("nobody waits") would refuse every run.
 *
 * The answers go from the server to the client, so that a client is only told to ask less if asking less
 * would help it. */
static QueueAnswer refuse_submission(const Queue *queue, const Submission *submission)
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
    Ask *ask = asks_add(&run->asks, submission->owner, &submission->words);

    /* A client that once asked for the run to go on without it has been promised that; its later request
     * does not take it back. */
    ask->detached = ask->detached || submission->detached;
    archive_ask(queue->parts.archive, run->id, submission->owner, &submission->words, submission->noted,
        submission->data);
}

/* Takes the key over. */
static QueuePlace *add_place(Queue *queue, Run *run, char *key)
{
    QueuePlace *place = calloc(1, sizeof(*place));

    assert(place);
    place->run = run;
    place->key = key;
    place->item.what = run;
    place->cpuset = -1;
    run->place = place;
    LIST_INSERT_HEAD(&queue->places, place, link);
    return place;
}

static Run *add_run(Queue *queue, Plan *plan, const Submission *submission, char *key)
{
    Run *run = run_new(queue->parts.loop, queue->parts.settings, plan);
    nsec_t before = queue_remaining(queue);
    json_auto_t *nothing = json_object();

    fair_push(&queue->line, &add_place(queue, run, key)->item, submission->address, submission->client);
    archive_begin(
        queue->parts.archive, run->id, run->created_ms, run_experiment(run), "queued", nothing, NULL, NULL);
    /* Told at once, so that the first event of a stream says something. The line may not be in the order
     * of arrival: the right place follows in a moment. */
    queue_tell_place(queue, run, queue->line.n_items, before);
    queue_line_moved(queue);
    queue_take_turn(queue);
    return run;
}

/* Only one more client makes a run fuller. A client that asks for the same run again gets new words, not
 * another ask, so it is let in even if the run is full. */
QueueAnswer queue_submit(Queue *queue, Plan *plan, const Submission *submission, Run **ret)
{
    char *key = key_of(plan);
    Run *same = submission->fresh || queue->stopping ? NULL : find_same(queue, key);
    QueueAnswer answer = QUEUE_JOINED;

    if (same) {
        free(key);
        if (!asks_find(&same->asks, submission->owner) &&
            asks_count(&same->asks) >= queue->parts.settings->max_joined)
            return QUEUE_FULL_RUN;
        plan_finish(plan);
    } else {
        answer = refuse_submission(queue, submission);
        if (answer != QUEUE_TAKEN) {
            free(key);
            return answer;
        }
        same = add_run(queue, plan, submission, key);
    }
    note_ask(queue, same, submission);
    queue_asks_changed(queue, same);
    *ret = same;
    return answer;
}
