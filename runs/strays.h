/* What a guard leaves behind that was killed itself: processes, and an empty control group. A run's processes
 * may have left its group and its session, and then only the guard knows them. The guard is two processes,
 * each the other's guard, so this is about both of them killed, or one killed and one stopped.
 *
 * The server is a child subreaper: whoever loses its parent below it becomes its child. It starts processes
 * by libuv only, so a child that libuv does not know is such an orphan, a stray. Strays of several runs need
 * not be told apart: a guard that lives is the subreaper of its own, so every stray has lost its guard.
 *
 * As process 1 of a container it also inherits what others leave there, such as what a shell that an operator
 * opened in it has left in the background. Nobody else reaps those. While they live they are left alone, but a
 * hunt cannot tell them from what it looks for.
 *
 * All of it belongs to the thread of the loop, which must be the only one that starts processes. */
#pragma once

#include <stdbool.h>
#include <uv.h>

/* Makes this process the one that inherits orphans. Returns 0 or a negative errno. */
int strays_adopt(void);

/* Reaps the children that are dead and that libuv does not know; to be called from the loop after SIGCHLD. */
void strays_reap(uv_loop_t *loop);

/* One hunt for strays. Stands inside of what waits for its end; strays_init() before everything else. */
typedef struct Strays {
    uv_timer_t timer;
    uint64_t started_ms; /* by the loop's clock */
    uint64_t pause_ms;   /* to the next look */
    bool hunting;
    void (*gone)(void *data);
    void *data;
} Strays;

void strays_init(Strays *strays, uv_loop_t *loop);

/* Kills all strays and reaps them, in short turns of the loop. gone(data) is called from the loop when none
 * is left, at the latest after some seconds, and not from inside this call. Only one hunt at a time. */
void strays_hunt(Strays *strays, void (*gone)(void *data), void *data);

/* Ends the hunt and closes the timer; closed(handle) is called from the loop with data in handle->data. */
void strays_close(Strays *strays, uv_close_cb closed, void *data);
