/* A worker has the line, and nothing of the relay, so neither of them waits for the other. The one thing that
 * they share is a job, which goes to the worker, comes back with what was made, and goes to a worker once
 * more to free that, since a tree of some hundred thousand values takes its time there, too. */
#include "runs/relay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct RelayHeld {
    STAILQ_ENTRY(RelayHeld) link;
    size_t length;
    char line[]; /* with a NUL behind it */
} RelayHeld;

typedef struct RelayJob {
    uv_work_t work;
    Relay *relay;
    const RelayReader *reader;
    RelayHeld *held; /* the line; owned */
    void *made;      /* of it; owned */
} RelayJob;

void relay_init(Relay *relay, uv_loop_t *loop, const RelayReader *reader, void *data,
    void (*rested)(void *owner), void *owner)
{
    *relay = (Relay){.loop = loop, .reader = reader, .data = data, .rested = rested, .owner = owner};
    STAILQ_INIT(&relay->held);
}

static RelayHeld *held_new(const char *line, size_t length)
{
    RelayHeld *held = malloc(sizeof(*held) + length + 1);

    assert(held);
    held->length = length;
    memcpy(held->line, line, length);
    held->line[length] = '\0';
    return held;
}

static void read_in_worker(uv_work_t *work)
{
    RelayJob *job = work->data;

    job->made = job->reader->read(job->held->line, job->held->length);
}

static void drop_in_worker(uv_work_t *work)
{
    RelayJob *job = work->data;

    job->reader->drop(job->made);
}

static void on_dropped(uv_work_t *work, int status)
{
    RelayJob *job = work->data;

    (void)status;
    free(job);
}

/* Returns the first that is kept, owned by the caller; NULL: there is none. */
static RelayHeld *take_held(Relay *relay)
{
    RelayHeld *held = STAILQ_FIRST(&relay->held);

    if (held)
        STAILQ_REMOVE_HEAD(&relay->held, link);
    return held;
}

/* One that is heard may stop the relay, which drops those that are kept. */
static void hand_on_held(Relay *relay)
{
    RelayHeld *held;

    while (!relay->is_busy && (held = take_held(relay))) {
        relay_take(relay, held->line, held->length);
        free(held);
    }
}

static void on_read(uv_work_t *work, int status)
{
    RelayJob *job = work->data;
    Relay *relay = job->relay;

    (void)status;
    free(job->held);
    relay->is_busy = false;
    if (!relay->is_stopped)
        relay->reader->heard(relay->data, job->made);
    uv_queue_work(relay->loop, work, drop_in_worker, on_dropped);
    hand_on_held(relay);
    if (!relay->is_busy)
        relay->rested(relay->owner);
}

static void read_long(Relay *relay, const char *line, size_t length)
{
    RelayJob *job = calloc(1, sizeof(*job));

    assert(job);
    *job = (RelayJob){.relay = relay, .reader = relay->reader, .held = held_new(line, length)};
    job->work.data = job;
    relay->is_busy = true;
    uv_queue_work(relay->loop, &job->work, read_in_worker, on_read);
}

void relay_take(Relay *relay, const char *line, size_t length)
{
    void *made;

    if (relay->is_stopped)
        return;
    if (relay->is_busy) {
        RelayHeld *held = held_new(line, length);

        STAILQ_INSERT_TAIL(&relay->held, held, link);
        return;
    }
    if (length >= RELAY_LONG_LINE) {
        read_long(relay, line, length);
        return;
    }
    made = relay->reader->read(line, length);
    relay->reader->heard(relay->data, made);
    relay->reader->drop(made);
}

void relay_stop(Relay *relay)
{
    RelayHeld *held;

    relay->is_stopped = true;
    while ((held = take_held(relay)))
        free(held);
}
