/* Memory that is taken piece by piece and given back all at once, for things that point at one another and
 * live and die together. Not for several threads. */
#pragma once

#include <stddef.h>

typedef struct Memo Memo;

/* Returns a zeroed piece for n things of that size; asserts that there is memory. *memo begins as NULL. */
void *memo_take(Memo **memo, size_t n, size_t size);

/* Gives back all pieces; *memo is NULL again. */
void memo_release(Memo **memo);
