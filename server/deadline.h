/* Deadlines that all come the same time after they are set, as those of a thousand connections. So the one
 * that was set last is due last: a list in the order of setting is in the order of time, and setting and
 * clearing cost a few pointers, where a timer for each would cost a search in a heap. One timer looks after
 * the first of the list.
 *
 * All of it belongs to the thread of the loop. */
#pragma once

#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

typedef struct Deadlines Deadlines;

/* Stands inside of what is late when it passes; all zeros at first. */
typedef struct Deadline {
    TAILQ_ENTRY(Deadline) entry;
    Deadlines *list; /* that it stands in; NULL: not set */
    uint64_t due_ms; /* by the loop's clock */
} Deadline;

struct Deadlines {
    uv_timer_t timer;
    TAILQ_HEAD(, Deadline) list; /* the next one due stands first */
    uint64_t after_ms;           /* from setting one to its being late */
    void (*late)(Deadline *deadline);
};

/* Makes an empty list on a loop. late() is called from the loop for each deadline that passes, after_ms
 * after it was set; it is not set any more then, and late() may set it again. */
void deadlines_init(
    Deadlines *deadlines, uv_loop_t *loop, uint64_t after_ms, void (*late)(Deadline *deadline));

/* Stops and closes the timer; no deadline may be set. closed(handle) is called from the loop with data in
 * handle->data; the memory of the list is free then. */
void deadlines_close(Deadlines *deadlines, uv_close_cb closed, void *data);

/* Due after_ms from now, whether it was set or not, in this list or in another one. */
void deadline_set(Deadlines *deadlines, Deadline *deadline);

/* Returns the one that is due next, the one that was set longest ago; NULL: none is set. */
Deadline *deadlines_first(const Deadlines *deadlines);

/* Takes it out of its list; nothing happens to one that is not set. */
void deadline_clear(Deadline *deadline);
