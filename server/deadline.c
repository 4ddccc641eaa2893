#include "server/deadline.h"

#include <assert.h>
#include <stddef.h>

void deadlines_init(
    Deadlines *deadlines, uv_loop_t *loop, uint64_t after_ms, void (*late)(Deadline *deadline))
{
    uv_timer_init(loop, &deadlines->timer);
    deadlines->timer.data = deadlines;
    deadlines->ends.previous = deadlines->ends.next = &deadlines->ends;
    deadlines->after_ms = after_ms;
    deadlines->late = late;
}

void deadlines_close(Deadlines *deadlines, uv_close_cb closed, void *data)
{
    assert(deadlines->ends.next == &deadlines->ends);
    deadlines->timer.data = data;
    uv_close((uv_handle_t *)&deadlines->timer, closed);
}

static void on_timer(uv_timer_t *timer)
{
    Deadlines *deadlines = timer->data;
    uint64_t now = uv_now(timer->loop);
    Deadline *first;

    while ((first = deadlines->ends.next) != &deadlines->ends) {
        if (first->due_ms > now) {
            uv_timer_start(timer, on_timer, first->due_ms - now, 0);
            return;
        }
        deadline_clear(first);
        deadlines->late(first);
    }
}

/* The timer is left alone while it runs: it may find that the first deadline is later now. */
void deadline_set(Deadlines *deadlines, Deadline *deadline)
{
    deadline_clear(deadline);
    deadline->due_ms = uv_now(deadlines->timer.loop) + deadlines->after_ms;
    deadline->previous = deadlines->ends.previous;
    deadline->next = &deadlines->ends;
    deadline->previous->next = deadline;
    deadlines->ends.previous = deadline;
    if (!uv_is_active((uv_handle_t *)&deadlines->timer))
        uv_timer_start(&deadlines->timer, on_timer, deadlines->after_ms, 0);
}

void deadline_clear(Deadline *deadline)
{
    if (!deadline->next)
        return;
    deadline->previous->next = deadline->next;
    deadline->next->previous = deadline->previous;
    deadline->previous = deadline->next = NULL;
}
