/* A text that several hold at once, such as an event that thirty clients read: made once, counted, freed by
 * the last. It does not change once it is made. Not for several threads: the count is a plain number. */
#pragma once

#include <stddef.h>

typedef struct Shared {
    size_t n_holders;
    size_t n_waiting; /* in how many streams it waits to be sent; of handlers/stream.c alone */
    size_t length;
    char text[]; /* with a NUL behind it */
} Shared;

/* Copies length bytes; the caller holds it. Asserts that there is memory. */
Shared *shared_new(const char *text, size_t length);

/* One more holds it. Returns it. */
Shared *shared_hold(Shared *shared);

/* One less; NULL is fine. */
void shared_drop(Shared *shared);
