/* Whose turn it is: a waiting line that is fair in two steps. Addresses take turns; at each address its
 * clients take turns; each client is served in the order in which it came. So a script that fills its own
 * part of the line delays nobody but itself, whether it uses one name or many: a room behind one address and
 * somebody behind another have one turn each. */
#pragma once

#include <stddef.h>
#include <sys/queue.h>

/* A member of what waits. */
typedef struct FairItem {
    TAILQ_ENTRY(FairItem) link; /* of the same client */
    struct FairClient *client;  /* NULL: does not wait */
    void *what;                 /* that waits; set by whose it is */
} FairItem;

typedef struct FairClient {
    TAILQ_ENTRY(FairClient) link; /* of the same address, in the order of their turns */
    struct FairAddress *address;
    char *name;
    TAILQ_HEAD(, FairItem) items;
    size_t n_items;
} FairClient;

typedef struct FairAddress {
    TAILQ_ENTRY(FairAddress) link; /* in the order of their turns */
    char *name;
    TAILQ_HEAD(, FairClient) clients;
    size_t n_items;
} FairAddress;

typedef struct Fair {
    TAILQ_HEAD(, FairAddress) addresses;
    size_t n_items;
} Fair;

void fair_init(Fair *fair);

/* Puts an item at the end of its client's line. An address or a client that had none comes last. */
void fair_push(Fair *fair, FairItem *item, const char *address, const char *client);

/* Takes the item out, wherever it stands. */
void fair_remove(Fair *fair, FairItem *item);

/* The one whose turn it is; NULL if none waits. */
FairItem *fair_first(const Fair *fair);

/* Takes it out, and its client and address then are the last. NULL if none waits. */
FairItem *fair_pop(Fair *fair);

/* Writes all items in the order in which they would be taken; items has room for fair->n_items. */
void fair_list(const Fair *fair, FairItem **items);

/* How many wait for a client at an address, or with client NULL for the whole address. */
size_t fair_count(const Fair *fair, const char *address, const char *client);
