/* The connections to the origin, and how they wait: until their time has come or the other end is gone.
 *
 * A visitor is kept for the next one when it is given back, so ten thousand that come again and again cost
 * memory and timers once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "origin/page.h"

typedef struct Visitors Visitors;

typedef struct Visitor {
    /* For the user. */
    void *port;               /* where it came in */
    void *connection;         /* what it is in libmicrohttpd */
    const PageLimits *limits; /* borrowed */
    PageRequest page;         /* its current request */
    bool gone; /* the other end has hung up, or all have been sent away; set here, read there */

    /* For visitor.c. */
    Visitors *visitors;
    int fd;                /* borrowed; closed by its owner after visitor_give_back() */
    bool waiting, watched; /* the timer runs; the socket is in the epoll set */
    uv_timer_t timer;
    SLIST_ENTRY(Visitor) next, next_free; /* in the lists of all, and of those that are free */
} Visitor;

/* Returns an empty set on a loop. on_over is called from the loop, once for each visitor whose wait is
 * over: its time has come, or its other end is gone, which `gone` tells. Asserts that there is a
 * descriptor. */
Visitors *visitors_new(uv_loop_t *loop, void (*on_over)(Visitor *visitor));

/* Ends all waits, with gone set, and starts to close the handles on the loop. Nobody can wait from then on.
 */
void visitors_send_away(Visitors *visitors);

/* Frees all of them, once the loop has ended: libuv still needs their timers until it has closed them. */
void visitors_free(Visitors *visitors);

/* Returns a visitor for a connected socket, or NULL if there is no memory or all have been sent away. The
 * caller fills in its first members. Give it back before the socket is closed, and not while it waits. */
Visitor *visitor_take(Visitors *visitors, int fd);
void visitor_give_back(Visitor *visitor);

/* Lets it wait for so many milliseconds from now; on_over() comes at the end, never from inside. Returns
 * false if it is gone already, or all have been sent away, and then there is no wait. */
bool visitor_wait(Visitor *visitor, int64_t delay_ms);
