/* Pieces are a list, each behind a header of its own. They are never looked up and never freed one by one,
 * so a struct that is built from a document needs no destructor that mirrors its shape: forgetting a field
 * there would be a leak that nobody sees. */
#include "base/memo.h"

#include <assert.h>
#include <stdlib.h>

/* The header is followed by memory that is aligned for any type, as that of malloc(3) is. */
struct Memo {
    Memo *next;
    max_align_t memory[];
};

void *memo_take(Memo **memo, size_t n, size_t size)
{
    size_t bytes;
    Memo *piece = NULL;

    /* A product that overflows would be a small number, and the caller would write far behind the piece. */
    if (!__builtin_mul_overflow(n, size, &bytes) && !__builtin_add_overflow(bytes, sizeof(*piece), &bytes))
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
