/* libmicrohttpd says nothing about a client that leaves while its connection is suspended. So its socket is
 * also in an epoll set of ours, which looks for hang-ups only. That takes one system call for a connection,
 * no further descriptor, and none to leave: the kernel takes a socket out when it is closed. The set is edge
 * triggered, so a hang-up between two requests is told once and has to be remembered.
 *
 * For a short wait that is not worth its 5 us, a tenth of what the whole request costs: the descriptor is
 * free again soon enough.
 *
 * A client that shuts down its sending side only counts as gone too; there is no telling the two apart. */
#include "origin/visitor.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/nsec.h"

enum {
    HANGUPS_AT_ONCE = 256,
    SHORT_WAIT_MS = 1000,
};

struct Visitors {
    uv_loop_t *loop;
    void (*on_over)(Visitor *visitor);
    int hangup_fd; /* owned; the epoll set */
    uv_poll_t hangup;
    SLIST_HEAD(, Visitor) all, free;
    bool closed; /* nobody may come or wait any more */
};

/* Both ways out of a wait meet here. `waiting` is cleared first, so that the other way, if it comes too,
 * finds nothing to end: a connection is resumed once only. */
static void visitor_end_wait(Visitor *visitor)
{
    visitor->waiting = false;
    uv_timer_stop(&visitor->timer);
    visitor->visitors->on_over(visitor);
}

static void visitor_on_due(uv_timer_t *timer)
{
    visitor_end_wait(timer->data);
}

static void visitor_hang_up(Visitor *visitor)
{
    visitor->gone = true;
    if (visitor->waiting)
        visitor_end_wait(visitor);
}

/* The set is itself a descriptor that is ready when one of its sockets has hung up. What does not fit
 * into one call is there for the next, as the set stays ready. */
static void visitors_on_hangup(uv_poll_t *poll, int status, int events)
{
    Visitors *visitors = poll->data;
    struct epoll_event found[HANGUPS_AT_ONCE];
    int n = epoll_wait(visitors->hangup_fd, found, HANGUPS_AT_ONCE, 0);

    (void)status;
    (void)events;
    for (int i = 0; i < n; i++)
        visitor_hang_up(found[i].data.ptr);
}

Visitors *visitors_new(uv_loop_t *loop, void (*on_over)(Visitor *visitor))
{
    Visitors *visitors = calloc(1, sizeof(*visitors));

    assert(visitors);
    visitors->loop = loop;
    visitors->on_over = on_over;
    visitors->hangup_fd = epoll_create1(EPOLL_CLOEXEC);
    assert(visitors->hangup_fd >= 0);
    uv_poll_init(loop, &visitors->hangup, visitors->hangup_fd);
    visitors->hangup.data = visitors;
    uv_poll_start(&visitors->hangup, UV_READABLE, visitors_on_hangup);
    return visitors;
}

/* Closed first: a connection that comes meanwhile gets no visitor, and a request that asks for a wait
 * gets none. Visitors that are free have no wait, but a timer to be closed all the same. */
void visitors_send_away(Visitors *visitors)
{
    Visitor *visitor;

    visitors->closed = true;
    uv_close((uv_handle_t *)&visitors->hangup, NULL);
    SLIST_FOREACH(visitor, &visitors->all, next)
    {
        visitor_hang_up(visitor);
        uv_close((uv_handle_t *)&visitor->timer, NULL);
    }
}

void visitors_free(Visitors *visitors)
{
    while (!SLIST_EMPTY(&visitors->all)) {
        Visitor *visitor = SLIST_FIRST(&visitors->all);

        SLIST_REMOVE_HEAD(&visitors->all, next);
        free(visitor);
    }
    close(visitors->hangup_fd);
    free(visitors);
}

static Visitor *visitor_new(Visitors *visitors)
{
    Visitor *visitor = visitors->closed ? NULL : calloc(1, sizeof(*visitor));

    if (!visitor)
        return NULL;
    visitor->visitors = visitors;
    uv_timer_init(visitors->loop, &visitor->timer);
    visitor->timer.data = visitor;
    SLIST_INSERT_HEAD(&visitors->all, visitor, next);
    return visitor;
}

Visitor *visitor_take(Visitors *visitors, int fd)
{
    Visitor *visitor = SLIST_FIRST(&visitors->free);

    if (visitor)
        SLIST_REMOVE_HEAD(&visitors->free, next_free);
    else
        visitor = visitor_new(visitors);
    if (!visitor)
        return NULL;
    /* What is left of the one before must not count: a gone visitor would have its successor's requests
     * refused. */
    visitor->fd = fd;
    visitor->waiting = visitor->watched = visitor->gone = false;
    return visitor;
}

void visitor_give_back(Visitor *visitor)
{
    assert(!visitor->waiting);
    SLIST_INSERT_HEAD(&visitor->visitors->free, visitor, next_free);
}

static void visitor_watch(Visitor *visitor)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = visitor};

    visitor->watched = epoll_ctl(visitor->visitors->hangup_fd, EPOLL_CTL_ADD, visitor->fd, &event) == 0;
}

/* The loop's clock stands still while it works, and ten thousand requests that come at once are much
 * work. Counted from that clock, the last of them would be answered too early by all the time that the
 * others took. So the end of the wait is reckoned from the real time, rounded up: no answer is ever
 * early. */
bool visitor_wait(Visitor *visitor, int64_t delay_ms)
{
    nsec_t due = nsec_now() + (nsec_t)delay_ms * NSEC_PER_MSEC;
    uint64_t due_ms = (due + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;

    if (visitor->gone || visitor->visitors->closed)
        return false;
    if (!visitor->watched && delay_ms > SHORT_WAIT_MS)
        visitor_watch(visitor);
    visitor->waiting = true;
    uv_timer_start(&visitor->timer, visitor_on_due, due_ms - uv_now(visitor->visitors->loop), 0);
    return true;
}
