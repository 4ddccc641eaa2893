/* The text stands behind its own header in one allocation: thirty clients that read one event cost one copy
 * of it and thirty increments. */
#include "base/shared.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

Shared *shared_new(const char *text, size_t length)
{
    Shared *shared = malloc(sizeof(*shared) + length + 1);

    assert(shared);
    shared->n_holders = 1;
    shared->n_waiting = 0;
    shared->length = length;
    memcpy(shared->text, text, length);
    shared->text[length] = '\0';
    return shared;
}

Shared *shared_hold(Shared *shared)
{
    shared->n_holders++;
    return shared;
}

void shared_drop(Shared *shared)
{
    if (shared && --shared->n_holders == 0)
        free(shared);
}
