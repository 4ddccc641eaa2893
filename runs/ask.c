/* A client that asks for the same run again has new words, not a second ask: else it could fill the places of
 * all others (limits.max_joined), and would be counted twice on the board. */
#include "runs/ask.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

Ask *ask_new(const char *owner, const AskWords *words)
{
    Ask *ask = calloc(1, sizeof(*ask));

    assert(ask);
    ask->owner = text_copy(owner);
    ask->label = text_copy(words->label);
    ask->question = text_copy(words->question);
    ask->prediction = text_copy(words->prediction);
    return ask;
}

void ask_free(Ask *ask)
{
    if (!ask)
        return;
    free(ask->owner);
    free(ask->label);
    free(ask->question);
    free(ask->prediction);
    free(ask);
}

void ask_relabel(Ask *ask, const char *label)
{
    text_replace(&ask->label, label);
}

Ask *asks_add(Asks *asks, const char *owner, const AskWords *words)
{
    Ask *ask = asks_find(asks, owner);

    if (!ask) {
        ask = ask_new(owner, words);
        STAILQ_INSERT_TAIL(asks, ask, link);
        return ask;
    }
    ask_relabel(ask, words->label);
    text_replace(&ask->question, words->question);
    text_replace(&ask->prediction, words->prediction);
    return ask;
}

Ask *asks_find(const Asks *asks, const char *owner)
{
    size_t length = strlen(owner);
    Ask *ask;

    STAILQ_FOREACH (ask, asks, link)
        if (secret_equals(ask->owner, owner, length))
            return ask;
    return NULL;
}

int64_t asks_count(const Asks *asks)
{
    const Ask *ask;
    int64_t n = 0;

    STAILQ_FOREACH (ask, asks, link)
        n++;
    return n;
}

void asks_remove(Asks *asks, Ask *ask)
{
    STAILQ_REMOVE(asks, ask, Ask, link);
    ask_free(ask);
}

void asks_finish(Asks *asks)
{
    Ask *ask;

    while ((ask = STAILQ_FIRST(asks)))
        asks_remove(asks, ask);
}
