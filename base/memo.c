#include "base/memo.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

struct Memo {
    Memo *next;
    max_align_t memory[];
};

void *memo_take(Memo **memo, size_t n, size_t size)
{
    size_t bytes;
    Memo *piece;

    if (__builtin_mul_overflow(n, size, &bytes) || __builtin_add_overflow(bytes, sizeof(*piece), &bytes))
        bytes = SIZE_MAX;
    piece = calloc(1, bytes);
    assert(piece);
    piece->next = *memo;
    *memo = piece;
    return piece->memory;
}

void memo_release(Memo **memo)
{
    while (*memo) {
        Memo *next = (*memo)->next;

        free(*memo);
        *memo = next;
    }
}
