/* Deadlines that all come the same time after they are set, as those of a thousand connections: a list in
 * which the next one due stands first, and one timer. Setting and clearing cost a few pointers. */
#pragma once

#include <stdint.h>
#include <uv.h>

typedef struct Deadline Deadline;
struct Deadline {
    Deadline *previous, *next; /* NULL: not set */
    uint64_t due_ms;
};

typedef struct Deadlines {
    uv_timer_t timer;
    Deadline ends; /* the list is a ring through this one */
    uint64_t after_ms;
    void (*late)(Deadline *deadline);
} Deadlines;

/* late() is called from the loop for each deadline that passes; it is not set any more then. */
void deadlines_init(
    Deadlines *deadlines, uv_loop_t *loop, uint64_t after_ms, void (*late)(Deadline *deadline));

/* Stops the timer; no deadline may be set. closed() finds data in the handle; the memory is free then. */
void deadlines_close(Deadlines *deadlines, uv_close_cb closed, void *data);

/* From now on, whether it was set or not, here or in another list. */
void deadline_set(Deadlines *deadlines, Deadline *deadline);

/* Also for one that is not set. */
void deadline_clear(Deadline *deadline);
