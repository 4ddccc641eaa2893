/* What makes this cheap is that nothing is ever sorted, and that a timer which runs is not touched when a
 * deadline is set or cleared. It may come too early, for a deadline that was cleared meanwhile; then it
 * finds out who is the first now, and is set anew for that one. */
#include "server/deadline.h"

#include <assert.h>
#include <stddef.h>

void deadlines_init(
    Deadlines *deadlines, uv_loop_t *loop, uint64_t after_ms, void (*late)(Deadline *deadline))
{
    uv_timer_init(loop, &deadlines->timer);
    deadlines->timer.data = deadlines;
    TAILQ_INIT(&deadlines->list);
    deadlines->after_ms = after_ms;
    deadlines->late = late;
}

void deadlines_close(Deadlines *deadlines, uv_close_cb closed, void *data)
{
    assert(TAILQ_EMPTY(&deadlines->list));
    deadlines->timer.data = data;
    uv_close((uv_handle_t *)&deadlines->timer, closed);
}

/* late() may set and clear any deadline, so the first one is looked up again each time. */
static void deadlines_on_timer(uv_timer_t *timer)
{
    Deadlines *deadlines = timer->data;
    uint64_t now = uv_now(timer->loop);
    Deadline *first;

    while ((first = TAILQ_FIRST(&deadlines->list))) {
        if (first->due_ms > now) {
            uv_timer_start(timer, deadlines_on_timer, first->due_ms - now, 0);
            return;
        }
        deadline_clear(first);
        deadlines->late(first);
    }
}

/* A timer that runs is left alone: it comes when the deadline was due that stood first then, and finds that
 * the first is later now. So a connection that is busy costs no change of a timer for each of its requests.
 */
void deadline_set(Deadlines *deadlines, Deadline *deadline)
{
    deadline_clear(deadline);
    deadline->list = deadlines;
    deadline->due_ms = uv_now(deadlines->timer.loop) + deadlines->after_ms;
    TAILQ_INSERT_TAIL(&deadlines->list, deadline, entry);
    if (!uv_is_active((uv_handle_t *)&deadlines->timer))
        uv_timer_start(&deadlines->timer, deadlines_on_timer, deadlines->after_ms, 0);
}

Deadline *deadlines_first(const Deadlines *deadlines)
{
    return TAILQ_FIRST(&deadlines->list);
}

void deadline_clear(Deadline *deadline)
{
    if (!deadline->list)
        return;
    TAILQ_REMOVE(&deadline->list->list, deadline, entry);
    deadline->list = NULL;
}
