/* A singly linked list of runs and one that is running. Whatever happens to a run is settled on the next turn
 * of the loop, by on_turn(): so nobody is called back from inside a call of his own. */
#include "runs/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct Queue {
    uv_loop_t *loop;
    const RunSettings *settings;
    const Catalog *catalog;
    const Origin *origin;
    Run *running;
    Run *waiting, **last; /* last is where the next one is linked in */
    int64_t n_waiting;
    bool stopping;
    uv_timer_t turn; /* 0 ms: something may have to be started or ended */
    uv_timer_t grace;
    void (*idle)(void *data);
    void *idle_data;
    int n_open;
};

static void end_run(Run *run)
{
    if (run->end)
        run->end(run, run->end_data);
    run_free(run);
}

static Run *take_first(Queue *queue)
{
    Run *run = queue->waiting;

    if (!run)
        return NULL;
    queue->waiting = run->next;
    if (!queue->waiting)
        queue->last = &queue->waiting;
    queue->n_waiting--;
    run->next = NULL;
    return run;
}

static void on_over(Run *run, void *data);

static void on_turn(uv_timer_t *timer)
{
    Queue *queue = timer->data;
    Run *run;

    if (!queue->stopping && !queue->running && queue->waiting) {
        queue->running = take_first(queue);
        run_start(queue->running, queue->origin, on_over, queue);
    }
    while (queue->stopping && (run = take_first(queue))) {
        run->status = RUN_CANCELLED;
        run->reason = strdup("the server is stopping");
        end_run(run);
    }
    if (queue->stopping && !queue->running && queue->idle) {
        void (*idle)(void *data) = queue->idle;

        queue->idle = NULL;
        uv_timer_stop(&queue->grace);
        idle(queue->idle_data);
    }
}

static void take_turn(Queue *queue)
{
    uv_timer_start(&queue->turn, on_turn, 0, 0);
}

static void on_over(Run *run, void *data)
{
    Queue *queue = data;

    assert(queue->running == run);
    queue->running = NULL;
    take_turn(queue);
    end_run(run);
}

Queue *queue_new(uv_loop_t *loop, const RunSettings *settings, const Catalog *catalog, const Origin *origin)
{
    Queue *queue = calloc(1, sizeof(*queue));

    assert(queue);
    queue->loop = loop;
    queue->settings = settings;
    queue->catalog = catalog;
    queue->origin = origin;
    queue->last = &queue->waiting;
    uv_timer_init(loop, &queue->turn);
    uv_timer_init(loop, &queue->grace);
    queue->turn.data = queue->grace.data = queue;
    queue->n_open = 2;
    return queue;
}

Run *queue_submit(Queue *queue, Plan *plan, RunEnd end, void *data)
{
    Run *run;

    if (queue->stopping || queue->n_waiting + (queue->running ? 1 : 0) > queue->settings->max_queue)
        return NULL;
    run = run_new(queue->loop, queue->settings, plan, queue->catalog->host);
    run->turn_ns = queue->catalog->turn_ns;
    run->end = end;
    run->end_data = data;
    *queue->last = run;
    queue->last = &run->next;
    queue->n_waiting++;
    take_turn(queue);
    return run;
}

void queue_cancel(Queue *queue, Run *run)
{
    run->end = NULL;
    if (run == queue->running) {
        run_stop(run, RUN_CANCELLED, "the client has left");
        return;
    }
    for (Run **link = &queue->waiting; *link; link = &(*link)->next) {
        if (*link != run)
            continue;
        *link = run->next;
        if (queue->last == &run->next)
            queue->last = link;
        queue->n_waiting--;
        log_info("run_ended", log_text("run", run->id), log_text("status", "cancelled"),
            log_text("reason", "the client has left before its turn"));
        end_run(run);
        return;
    }
    assert(!"a run is in its queue");
}

nsec_t queue_estimate(const Queue *queue)
{
    nsec_t sum = queue->running ? run_remaining(queue->running) : 0;

    for (const Run *run = queue->waiting; run; run = run->next)
        sum += run_remaining(run);
    return sum;
}

static void on_grace(uv_timer_t *timer)
{
    Queue *queue = timer->data;

    if (queue->running)
        run_stop(queue->running, RUN_CANCELLED, "the server is stopping");
}

void queue_stop(Queue *queue, uint64_t grace_ms, void (*idle)(void *data), void *data)
{
    if (!queue->stopping) {
        queue->idle = idle;
        queue->idle_data = data;
    }
    queue->stopping = true;
    uv_timer_start(&queue->grace, on_grace, grace_ms, 0);
    take_turn(queue);
}

bool queue_is_stopping(const Queue *queue)
{
    return queue->stopping;
}

static void on_closed(uv_handle_t *handle)
{
    Queue *queue = handle->data;

    if (--queue->n_open == 0)
        free(queue);
}

void queue_free(Queue *queue)
{
    assert(!queue->running && !queue->waiting);
    uv_close((uv_handle_t *)&queue->turn, on_closed);
    uv_close((uv_handle_t *)&queue->grace, on_closed);
}
