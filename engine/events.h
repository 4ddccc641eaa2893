/* The events of the run protocol as JSON objects, each a new reference. Their members are written
 * here and nowhere else; docs/protocol.md says what they mean. */
#pragma once

#include <jansson.h>

#include "base/problem.h"
#include "engine/noise.h"
#include "engine/request.h"

/* Each returns a new reference. */
json_t *event_hello(uint64_t turns_per_tick);

/* A repetition; negative ones are warm-ups. full: rows of all tasks. */
json_t *event_sample(const Cell *cell, int repetition, Arena *arena, bool full);

/* Adds to a sample what else the machine did meanwhile. */
void event_add_noise(json_t *event, const Noise *noise);

/* What a traced repetition recorded, or why it did not. Sorts the timeline. */
json_t *event_timeline(const Cell *cell, Arena *arena);
json_t *event_no_timeline(const Cell *cell, const char *reason);

/* A repetition that could not even begin. */
json_t *event_no_sample(const Cell *cell, int repetition, const char *reason);

json_t *event_done(void);
json_t *event_error(const char *message, const Problem *problem);
