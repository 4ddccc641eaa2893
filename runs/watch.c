#include "runs/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    char *copied = text ? strdup(text) : NULL;

    assert(copied || !text);
    return copied;
}

Ask *ask_find(Ask *asks, const char *owner)
{
    while (asks && strcmp(asks->owner, owner) != 0)
        asks = asks->next;
    return asks;
}

Ask *ask_add(Ask **asks, const char *owner, const char *label, const char *prediction)
{
    Ask *ask = ask_find(*asks, owner), **end = asks;

    if (!ask) {
        ask = calloc(1, sizeof(*ask));
        assert(ask);
        ask->owner = copy(owner);
        while (*end)
            end = &(*end)->next;
        *end = ask;
    }
    free(ask->label);
    free(ask->prediction);
    ask->label = copy(label);
    ask->prediction = copy(prediction);
    return ask;
}

void ask_relabel(Ask *ask, const char *label)
{
    free(ask->label);
    ask->label = copy(label);
}

int64_t ask_count(const Ask *asks)
{
    int64_t n = 0;

    for (; asks; asks = asks->next)
        n++;
    return n;
}

void ask_remove(Ask **asks, Ask *ask)
{
    while (*asks != ask)
        asks = &(*asks)->next;
    *asks = ask->next;
    free(ask->owner);
    free(ask->label);
    free(ask->prediction);
    free(ask);
}

void ask_free_all(Ask **asks)
{
    while (*asks)
        ask_remove(asks, *asks);
}
