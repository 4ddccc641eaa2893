/* The repetitions of all cells, in turns: A1 B1 C1 A2 B2 C2, so that a burst of noise does not fall on one
 * cell alone. Runs in the engine's one thread, and returns when all is over. */
#pragma once

#include "engine/request.h"

/* Receives every event; takes over the reference. */
typedef void (*EventSink)(void *user, json_t *event);

typedef enum RepeatOutcome { REPEAT_DONE, REPEAT_FAILED, REPEAT_TIMEOUT } RepeatOutcome;

/* Runs everything and emits hello, the samples and done; on a timeout error instead of done. Events are
 * emitted between repetitions, never during one. A cell that failed is not run again. Traced repetitions come
 * after all others; one that fails, or has no time left, is a timeline event with the reason, and nothing
 * else fails for it. */
RepeatOutcome repeat_run(Request *request, EventSink emit, void *user);
