/* Threads share what they know, processes do not. Each task adds items to a total that the parent, the
 * process that started them all, looks at when they have been joined: a variable, which every process has a
 * copy of; a piece of memory that is shared on purpose; or messages through a pipe, which the parent counts.
 *
 * An addition is one that cannot be lost, whatever the lock: what gets lost without one is the subject of the
 * counter experiment.
 *
 * The pipe is the hard part. It holds 64 KB, so somebody has to read while the tasks write. With threads and
 * processes that is the parent's thread, in attend(). In serial and on a loop there is no other thread: the
 * loop itself reads, and a task that finds the pipe full must let the loop have a turn. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "engine/registry.h"
#include "engine/timeline.h"

typedef enum ShareVia { VIA_VARIABLE, VIA_SHARED_MEMORY, VIA_PIPE } ShareVia;
static const char *const ways[] = {"variable", "shared-memory", "pipe", NULL};

typedef struct ShareParams {
    int64_t items;
    int via;
} ShareParams;

/* In the cell's process; tasks that are processes have a copy. */
typedef struct Share {
    atomic_ullong variable;
    atomic_ullong *shared; /* in memory that processes share */
    atomic_ullong *total;  /* what the tasks add to: one of the two; NULL with a pipe */
    int read_fd, write_fd; /* of the pipe; neither blocks */
    uint64_t n_received;   /* messages; by the parent only */
} Share;

typedef uint64_t ShareMessage;

enum { OUTCOME_SEEN };

typedef struct ShareTask {
    uint64_t n_added;
    bool is_writing; /* the next step writes to the pipe, outside the lock */
} ShareTask;

/* Where the tasks run in the parent's own thread, their loop reads the pipe. */
typedef struct ShareLoop {
    Watch watch;
} ShareLoop;

static const Parameter parameters[] = {
    {
        .name = "via",
        .type = PARAMETER_CHOICE,
        .help = "how the tasks tell the parent",
        .choices = ways,
        .offset = offsetof(ShareParams, via),
    },
    {
        .name = "items",
        .help = "additions to the total, or messages, of each task",
        .min = 1,
        .max = 10000000,
        .fallback = 100000,
        .offset = offsetof(ShareParams, items),
    },
};

static const Cost costs[] = {
    {.ns = 6, .times = {"items"}},
    {.ns = 1500, .times = {"items"}, .only_if = {{"via", .is = "pipe"}}},
};

/* The tasks have threads or processes of their own, and the parent's thread is free to read the pipe. */
static bool share_parent_attends(const Cell *cell)
{
    return cell->mode->side_by_side;
}

static int share_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const ShareParams *params = (const ShareParams *)cell->params;
    Share *share = calloc(1, sizeof(*share));
    int fds[2];

    assert(share);
    cell->prepared = share;
    share->shared =
        mmap(NULL, sizeof(*share->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (share->shared == MAP_FAILED || pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
        int r = -errno;

        snprintf(reason, ARENA_REASON_SIZE, "there is no pipe or no shared memory: %s", strerror(-r));
        return r;
    }
    share->read_fd = fds[0];
    share->write_fd = fds[1];
    if (params->via != VIA_PIPE)
        share->total = params->via == VIA_VARIABLE ? &share->variable : share->shared;
    return 0;
}

/* Counts what stands in the pipe. Returns false when it has come to its end. */
static bool share_read_pipe(Share *share)
{
    ShareMessage messages[1024];
    ssize_t n;

    /* Messages are written whole (they are shorter than PIPE_BUF), so whole ones are read. */
    while ((n = read(share->read_fd, messages, sizeof(messages))) > 0)
        share->n_received += (size_t)n / sizeof(messages[0]);
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void share_on_readable(Loop *loop, Watch *watch, uint32_t events)
{
    (void)watch;
    (void)events;
    share_read_pipe(loop->cell->prepared);
}

/* Only where the loop reads the pipe is there a state; NULL says that there is nothing to close. */
static int share_open_loop(Loop *loop)
{
    const Share *share = loop->cell->prepared;
    ShareLoop *own;

    if (share->total || share_parent_attends(loop->cell))
        return 0;
    own = calloc(1, sizeof(*own));
    if (!own)
        return -ENOMEM;
    own->watch = (Watch){.fd = share->read_fd, .ready = share_on_readable};
    loop->state = own;
    return loop_watch(loop, &own->watch, EPOLLIN);
}

/* Messages may still stand in the pipe when the last task has ended: they are counted before the loop goes.
 */
static void share_close_loop(Loop *loop)
{
    ShareLoop *own = loop->state;

    if (!own)
        return;
    loop_watch(loop, &own->watch, 0);
    share_read_pipe(loop->cell->prepared);
    free(own);
    loop->state = NULL;
}

/* The parent reads while it waits for the tasks. A pipe holds little: a parent that joined its children
 * before it read would wait for ever, and they for it. With its own end for writing closed the pipe ends with
 * the last process that has one; with threads it is the number of tasks that have ended that says so. */
static void share_attend(const Cell *cell, Arena *arena)
{
    enum { LOOK_MS = 20 };
    Share *share = cell->prepared;
    struct pollfd readable = {.fd = share->read_fd, .events = POLLIN};
    uint64_t expected = (uint64_t)((const ShareParams *)cell->params)->items * arena->n_started;
    bool goes_on = !share->total;

    if (!cell->mode->shares_memory)
        close(share->write_fd);
    while (goes_on && share->n_received < expected) {
        /* Asked before the pipe is read, so that what the last task wrote before it ended is still counted.
         */
        bool all_ended = atomic_load_explicit(&arena->n_finished, memory_order_relaxed) == arena->n_started;

        poll(&readable, 1, LOOK_MS);
        goes_on = share_read_pipe(share) && !all_ended;
    }
}

/* Outside the lock, where an interpreter's write() sleeps in the kernel until there is room: as much of the
 * step is no computing, but a wait of the task. */
static void share_sleep_until_room(Loop *loop, const Task *task, int fd)
{
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    nsec_t since = nsec_now();

    timeline_note(loop, task, SPAN_WAIT_IO, since);
    poll(&writable, 1, -1);
    loop->seat->waits += nsec_now() - since;
    timeline_note(loop, task, SPAN_OUTSIDE, 0);
}

/* Where the parent reads in a thread of its own it blocks until the message is written. In the parent's own
 * thread nobody could read meanwhile: there a pipe that is full takes nothing. */
static ssize_t share_write(Loop *loop, const Task *task, const ShareMessage *message)
{
    const Share *share = loop->cell->prepared;
    ssize_t n;

    while ((n = write(share->write_fd, message, sizeof(*message))) < 0 &&
           (errno == EINTR || (errno == EAGAIN && share_parent_attends(loop->cell))))
        if (errno == EAGAIN)
            share_sleep_until_room(loop, task, share->write_fd);
    return n;
}

/* Writing may block, so an interpreter lets go of its lock for it. Two steps make a message: one inside the
 * lock that makes it, and one outside that writes it. Where the pipe is full and this thread is the one that
 * reads it, the task wakes itself and waits, as with an await: the loop looks at its descriptors, and the
 * message is made and written again. */
static Step share_send_message(Loop *loop, Task *task, uint64_t ticks)
{
    /* Making a message takes an interpreter some ten instructions. */
    enum { MESSAGE_TICKS = 10 };
    const ShareParams *params = (const ShareParams *)loop->cell->params;
    ShareTask *state = (ShareTask *)task->state;
    ShareMessage message = state->n_added;

    if (!state->is_writing) {
        if (state->n_added == (uint64_t)params->items)
            return (Step){STEP_DONE, 0};
        state->is_writing = true;
        return (Step){STEP_DETACHED, ticks < MESSAGE_TICKS ? ticks : MESSAGE_TICKS};
    }
    state->is_writing = false;
    if (share_write(loop, task, &message) == sizeof(message)) {
        state->n_added++;
        return (Step){STEP_MORE, 0};
    }
    if (errno == EAGAIN) {
        loop_wake(loop, task);
        return (Step){STEP_WAIT, 0};
    }
    task_fail(task, "the pipe takes no message: %s", strerror(errno));
    return (Step){STEP_FAILED, 0};
}

/* An addition is about a tick's worth of time. */
static Step share_step(Loop *loop, Task *task, uint64_t ticks)
{
    const ShareParams *params = (const ShareParams *)loop->cell->params;
    const Share *share = loop->cell->prepared;
    ShareTask *state = (ShareTask *)task->state;
    uint64_t left = (uint64_t)params->items - state->n_added;

    if (!share->total)
        return share_send_message(loop, task, ticks);
    if (ticks > left)
        ticks = left;
    for (uint64_t i = 0; i < ticks; i++)
        atomic_fetch_add_explicit(share->total, 1, memory_order_relaxed);
    state->n_added += ticks;
    return (Step){ticks == left ? STEP_DONE : STEP_MORE, ticks};
}

static uint64_t share_seen_by_parent(const Share *share)
{
    return share->total ? atomic_load_explicit(share->total, memory_order_relaxed) : share->n_received;
}

static void share_conclude(const Cell *cell, Arena *arena)
{
    arena->outcome[OUTCOME_SEEN] = share_seen_by_parent(cell->prepared);
}

/* A variable is the one thing that processes do not share. In processes a variable must read 0 in the
 * parent: if it did not, the tasks would not have been processes. */
static const char *share_check(const Cell *cell, const Task *task)
{
    const ShareParams *params = (const ShareParams *)cell->params;
    bool shared = cell->mode->shares_memory || params->via != VIA_VARIABLE;
    uint64_t expected = shared ? (uint64_t)params->items * cell->n_tasks : 0;

    if (((const ShareTask *)task->state)->n_added != (uint64_t)params->items)
        return "it did not add all its items";
    return share_seen_by_parent(cell->prepared) == expected ? NULL : "the parent does not see what was added";
}

static json_t *share_answer(const Cell *cell, const Task *task)
{
    (void)cell;
    return json_integer((json_int_t)((const ShareTask *)task->state)->n_added);
}

/* What an item costs the task that adds it, waiting for the lock and for room in the pipe included, and the
 * start of a thread or process not. */
static void share_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    const ShareParams *params = (const ShareParams *)cell->params;
    int64_t expected = params->items * cell->n_tasks;
    nsec_t sum = 0;

    for (uint32_t i = 0; i < arena->n_tasks; i++)
        sum += arena_task(arena, i)->end - arena_task(arena, i)->start;
    json_object_set_new(metrics, "expected", json_integer(expected));
    json_object_set_new(metrics, "seen_by_parent", json_integer((json_int_t)arena->outcome[OUTCOME_SEEN]));
    json_object_set_new(metrics, "ns_per_item", json_real((double)sum / (double)expected));
}

const Experiment experiment_share = {
    .name = "share",
    .summary = "add to a total that the parent looks at: threads share a variable, processes need more",
    .headline = {"metrics.seen_by_parent", "parent saw", "the parent saw {} of the items"},
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .max_tasks = 256,
    .state_bytes = sizeof(ShareTask),
    .prepare = share_prepare,
    .open_loop = share_open_loop,
    .close_loop = share_close_loop,
    .step = share_step,
    .attend = share_attend,
    .conclude = share_conclude,
    .check = share_check,
    .answer = share_answer,
    .report = share_report,
};
