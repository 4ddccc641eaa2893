/* The loop of an interpreter's standard library in small. Tasks that are ready stand in a queue; those that
 * wait are known to an epoll set or to a heap of timers. Looking for what is ready (loop_poll) and telling
 * about it (loop_dispatch) are two steps, because the lock is taken between them: an interpreter lets go of
 * its lock to sleep, and needs it to wake anybody.
 *
 * Timers are in a binary heap and not in a list, because in idle ten thousand tasks each set one on one loop.
 * Each timer knows its place, so moving or clearing one is as cheap as setting it: log2(n) moves. */
#include "engine/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/array.h"
#include "engine/timeline.h"

void loop_init(Loop *loop, const Cell *cell, Arena *arena, Lock *lock, Seat *seat, uint32_t n_tasks)
{
    *loop = (Loop){
        .cell = cell,
        .arena = arena,
        .lock = lock,
        .seat = seat,
        .epoll_fd = -1,
        .max_timers = n_tasks + 1, /* one for each task and one for the experiment */
    };
    loop->timers = calloc(loop->max_timers + 1, sizeof(loop->timers[0]));
    assert(loop->timers);
}

/* If a task was left unfinished there is no telling what it watches, and the process is about to end anyway.
 */
void loop_finish(Loop *loop)
{
    assert(loop->n_watches == 0 || loop->n_unfinished > 0);
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    free(loop->timers);
}

void loop_add(Loop *loop, Task *task)
{
    loop->n_unfinished++;
    loop_wake(loop, task);
}

void loop_wake(Loop *loop, Task *task)
{
    /* A timer and a descriptor may wake the same task in one round. */
    if (task->ready)
        return;
    /* A task that is alone never waits for its turn. Of the others this is where a wait ends in the picture.
     */
    if (!loop->alone)
        timeline_note(loop, task, SPAN_NONE, 0);
    task->ready = true;
    task->next = NULL;
    if (loop->last_ready)
        loop->last_ready->next = task;
    else
        loop->first_ready = task;
    loop->last_ready = task;
}

Task *loop_next(Loop *loop)
{
    Task *task = loop->first_ready;

    if (!task)
        return NULL;
    loop->first_ready = task->next;
    if (!loop->first_ready)
        loop->last_ready = NULL;
    task->ready = false;
    return task;
}

int loop_prepare_to_watch(Loop *loop)
{
    if (loop->epoll_fd < 0)
        loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll_fd < 0 ? -errno : 0;
}

int loop_watch(Loop *loop, Watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int r = loop_prepare_to_watch(loop);

    if (r < 0)
        return r;
    if (events == 0) {
        /* The owner may have closed it already, and then the kernel has forgotten it by itself. */
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
        loop->n_watches -= watch->watched;
        watch->watched = false;
        return 0;
    }
    if (epoll_ctl(loop->epoll_fd, watch->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watch->fd, &event) < 0)
        return -errno;
    if (!watch->watched)
        watch->since = loop->round;
    loop->n_watches += !watch->watched;
    watch->watched = true;
    return 0;
}

/* The heap: positions count from 1, the children of i are 2i and 2i + 1, and no parent is later than its
 * child. */
static void heap_place(Loop *loop, Timer *timer, uint32_t position)
{
    loop->timers[position] = timer;
    timer->position = position;
}

/* Instead of swapping, the gap moves and the timer is put into it once: each timer on the way is written one
 * time, and so is its position. */
static void heap_sift_up(Loop *loop, Timer *timer, uint32_t position)
{
    for (; position > 1 && loop->timers[position / 2]->at > timer->at; position /= 2)
        heap_place(loop, loop->timers[position / 2], position);
    heap_place(loop, timer, position);
}

/* The earlier of the two children moves up, or the later one would become the parent of an earlier one. */
static void heap_sift_down(Loop *loop, Timer *timer, uint32_t position)
{
    for (;;) {
        uint32_t child = 2 * position;

        if (child > loop->n_timers)
            break;
        if (child < loop->n_timers && loop->timers[child + 1]->at < loop->timers[child]->at)
            child++;
        if (loop->timers[child]->at >= timer->at)
            break;
        heap_place(loop, loop->timers[child], position);
        position = child;
    }
    heap_place(loop, timer, position);
}

void loop_clear_timer(Loop *loop, Timer *timer)
{
    uint32_t position = timer->position;
    Timer *last;

    if (position == 0)
        return;
    timer->position = 0;
    /* The last of the heap takes the empty place. It comes from another branch, so it may have to go either
     * way. */
    last = loop->timers[loop->n_timers--];
    if (last == timer)
        return;
    if (position > 1 && loop->timers[position / 2]->at > last->at)
        heap_sift_up(loop, last, position);
    else
        heap_sift_down(loop, last, position);
}

/* Moving is clearing and setting again. The room for all timers was made by loop_init(), so nothing is
 * allocated in the timed region. */
void loop_set_timer(Loop *loop, Timer *timer, nsec_t at)
{
    loop_clear_timer(loop, timer);
    timer->at = at;
    assert(loop->n_timers < loop->max_timers);
    heap_sift_up(loop, timer, ++loop->n_timers);
}

/* epoll_pwait2 waits to the nanosecond; where the kernel is older than 5.11, milliseconds rounded up.
 * Rounded down, the loop would wake up to a millisecond too early, find nothing due, and go round and round
 * until the time has come. */
static int loop_wait_for_events(int epoll_fd, struct epoll_event *events, int max, const nsec_t *timeout)
{
    const struct timespec span = nsec_to_timespec(timeout ? *timeout : 0);
    int n = epoll_pwait2(epoll_fd, events, max, timeout ? &span : NULL, NULL);

    if (n < 0 && errno == ENOSYS)
        n = epoll_wait(
            epoll_fd, events, max, timeout ? (int)((*timeout + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC) : -1);
    return n;
}

void loop_poll(Loop *loop, LoopEvents *ret, bool dont_block)
{
    struct epoll_event events[ARRAY_LENGTH(ret->ready)];
    nsec_t timeout = 0;
    bool forever = !dont_block && loop->n_timers == 0;
    int n;

    ret->n_ready = 0;
    if (!dont_block && loop->n_timers > 0) {
        nsec_t now = nsec_now();

        timeout = loop->timers[1]->at > now ? loop->timers[1]->at - now : 0;
    }
    /* Without descriptors there is no set to wait for. nanosleep() may return early, on a signal; then no
     * timer is due yet, and the driver comes back here. */
    if (loop->epoll_fd < 0) {
        const struct timespec span = nsec_to_timespec(timeout);

        assert(!forever);
        nanosleep(&span, NULL);
        return;
    }
    /* Nothing could end such a sleep: a task that waits has forgotten to say for what. */
    assert(!forever || loop->n_watches > 0);
    n = loop_wait_for_events(loop->epoll_fd, events, ARRAY_LENGTH(events), forever ? NULL : &timeout);
    assert(n >= 0 || errno == EINTR);
    for (int i = 0; i < n; i++) {
        ret->ready[i].watch = events[i].data.ptr;
        ret->ready[i].events = events[i].events;
    }
    ret->n_ready = n > 0 ? n : 0;
}

void loop_dispatch(Loop *loop, const LoopEvents *events)
{
    nsec_t now;

    loop->round++;
    for (int i = 0; i < events->n_ready; i++) {
        Watch *watch = events->ready[i].watch;

        /* An earlier callback of this batch may have ended this watch, and may have begun it anew for another
         * descriptor, about which these events say nothing. */
        if (watch->watched && watch->since != loop->round)
            watch->ready(loop, watch, events->ready[i].events);
    }
    if (loop->n_timers == 0)
        return;
    /* The clock is read once. So a timer that is set to now again has its turn in the next round, and cannot
     * keep the loop here for ever. */
    now = nsec_now();
    while (loop->n_timers > 0 && loop->timers[1]->at <= now) {
        Timer *timer = loop->timers[1];

        loop_clear_timer(loop, timer);
        timer->expired(loop, timer);
    }
}
