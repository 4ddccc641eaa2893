/* What the library of loop-json.c and the test that loads it agree on. */
#pragma once

#include <stdatomic.h>

/* Bytes of JSON from which reading or writing it takes longer than others may wait for an answer: some
 * milliseconds. */
enum { LOOP_LARGE = 512 << 10 };

/* In a file that is shared. */
typedef struct LoopBook {
    atomic_uint small;         /* texts that were read or written on the loop */
    atomic_uint read, written; /* large ones, on the loop */
    atomic_uint elsewhere;     /* large ones, in other threads */
} LoopBook;
