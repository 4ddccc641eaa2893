/* One run at a time, the others wait in order: two at once would spoil each other's timings. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "runs/catalog.h"
#include "runs/origin.h"
#include "runs/run.h"
#include "runs/settings.h"

typedef struct Queue Queue;

/* All arguments must outlive the queue. */
Queue *queue_new(uv_loop_t *loop, const RunSettings *settings, const Catalog *catalog, const Origin *origin);

/* Puts a run at the end of the queue and takes the plan over. end(run, data) is called when it is over, from
 * the loop and never from inside this call; the run is freed after that. Returns NULL, and leaves the plan,
 * if there is no place or the queue was stopped. */
Run *queue_submit(Queue *queue, Plan *plan, RunEnd end, void *data);

/* Nobody waits for this run any more: it leaves the queue or is ended, and its end() is not called. */
void queue_cancel(Queue *queue, Run *run);

/* How long until everything that is in the queue now should be over. */
nsec_t queue_estimate(const Queue *queue);

/* No more runs: those that wait end as cancelled now, the running one after grace_ms. A second call shortens
 * the grace. idle(data) is called once, from the loop, when nothing runs any more. */
void queue_stop(Queue *queue, uint64_t grace_ms, void (*idle)(void *data), void *data);
bool queue_is_stopping(const Queue *queue);

/* Only an idle queue. */
void queue_free(Queue *queue);
