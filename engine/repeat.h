/* The repetitions of all cells, in turns: A1 B1 C1 A2 B2 C2, so that a burst of noise does not fall on one
 * cell alone. Runs in the engine's one thread, and returns when all is over. */
#pragma once

#include "engine/request.h"

/* Receives every event; takes over the reference. Returns whether the repetitions go on: false behind a
 * sample ends them, as if they had been the last. */
typedef bool (*EventSink)(void *user, json_t *event);

typedef enum RepeatOutcome { REPEAT_DONE, REPEAT_FAILED, REPEAT_TIMEOUT } RepeatOutcome;

/* Runs everything and emits hello, the samples and done; on a timeout error instead of done. There are
 * request->repeat rounds, and up to max_repeat as long as the sink lets them go on; what is late in one of
 * these is no timeout, since all that was asked for is there. Events are emitted between repetitions, never
 * during one. A cell that failed is not run again. Traced repetitions come after all others; one that fails,
 * or has no time left, is a timeline event with the reason, and nothing else fails for it. */
RepeatOutcome repeat_run(Request *request, EventSink emit, void *user);
