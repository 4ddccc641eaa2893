/* Who asked for a run: the client that began it, and those that joined it because they asked for the same.
 *
 * One owner has one ask of a run, however often it asks. The same struct also carries the words of a
 * single request that waits, see Watcher.own; then it is in no list. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#define ASK_HASH "owner:" /* what an owner that is a hash begins with */

typedef struct Ask {
    STAILQ_ENTRY(Ask) link;
    char *owner; /* a hash of the secret of the client that may change it; never shown whole */
    char *label, *question, *prediction; /* or NULL */
    bool detached;                       /* the run goes on for this client when it does not watch */
} Ask;

/* In the order in which they came: the first began the run. */
typedef STAILQ_HEAD(Asks, Ask) Asks;

/* What a client says when it asks, borrowed. Each may be NULL. question and prediction are ids (see
 * catalog/questions.h); an ask from before there were questions has a prediction in words, and no question.
 */
typedef struct AskWords {
    const char *label, *question, *prediction;
} AskWords;

/* Returns one that is in no list; texts are copied. Free it with ask_free(), which takes NULL too. */
Ask *ask_new(const char *owner, const AskWords *words);
void ask_free(Ask *ask);

/* Gives it another label, or none with NULL. */
void ask_relabel(Ask *ask, const char *label);

/* Adds an ask at the end, or gives the owner's earlier one the new words. Returns it. */
Ask *asks_add(Asks *asks, const char *owner, const AskWords *words);

/* The owner's ask; NULL if there is none. owner "" is nobody, and has none. How long it takes does not tell
 * how much of an owner is right. */
Ask *asks_find(const Asks *asks, const char *owner);

/* How many clients asked; it walks the list. */
int64_t asks_count(const Asks *asks);

/* Takes it out and frees it. */
void asks_remove(Asks *asks, Ask *ask);

/* Frees all of them. */
void asks_finish(Asks *asks);
