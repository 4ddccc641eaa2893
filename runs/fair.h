/* Whose turn it is: a waiting line that is fair in two steps. Addresses take turns; at each address its
 * clients take turns; each client is served in the order in which it came. So a script that fills its own
 * part of the line delays nobody but itself, whether it uses one name or many: a room behind one address and
 * somebody behind another have one turn each.
 *
 * Example: address A has the clients a (items 1 and 2) and b (item 3), address B the client c (item 4). They
 * are taken in the order 1 4 3 2: A's first client, B, A's second client, and A's first client again.
 *
 * Items are part of what waits; nothing is copied. All of it belongs to the thread of the loop. */
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

/* Puts an item that does not wait yet at the end of its client's line. An address or a client that had
 * nothing waiting comes last in its turn. The names are copied. client "" stands for all who have no name
 * at an address. */
void fair_push(Fair *fair, FairItem *item, const char *address, const char *client);

/* Takes an item that waits out, wherever it stands. The turns of the others do not change. */
void fair_remove(Fair *fair, FairItem *item);

/* Returns the one whose turn it is, which stays in the line; NULL if none waits. */
FairItem *fair_first(const Fair *fair);

/* Takes out the one whose turn it is. Its client then is the last of its address, and its address the
 * last of all: that is the whole of the fairness. NULL if none waits. */
FairItem *fair_pop(Fair *fair);

/* Writes all items in the order in which fair_pop() would return them if nothing else came; items has
 * room for fair->n_items. This is how a client is told its place. */
void fair_list(const Fair *fair, FairItem **items);

/* How many wait for a client at an address, or with client NULL for the whole address. */
size_t fair_count(const Fair *fair, const char *address, const char *client);
