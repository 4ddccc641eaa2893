/* Whose turn it is: a waiting line that is fair in two steps. Addresses take turns; at each address its
 * clients take turns; each client is served in the order in which he came. So a script that fills its own
 * part of the line delays nobody but itself, whether it uses one name or many: a room behind one address and
 * somebody behind another have one turn each. */
#pragma once

#include <stddef.h>

typedef struct FairItem FairItem;
typedef struct FairClient FairClient;
typedef struct FairAddress FairAddress;

/* Stands in what waits. */
struct FairItem {
    FairClient *client; /* NULL: does not wait */
    FairItem *next;     /* of the same client */
};

struct FairClient {
    char *name;
    FairAddress *address;
    FairItem *first, *last;
    size_t n_items;
    FairClient *next; /* whose turn is after this one's */
};

struct FairAddress {
    char *name;
    FairClient *first;
    size_t n_items;
    FairAddress *next;
};

typedef struct Fair {
    FairAddress *first;
    size_t n_items;
} Fair;

/* Puts an item at the end of its client's line. An address or a client that had none comes last. */
void fair_push(Fair *fair, FairItem *item, const char *address, const char *client);

/* Takes the item out, wherever it stands. */
void fair_remove(Fair *fair, FairItem *item);

/* Takes the next one out, whose client and address then are the last; NULL if none waits. */
FairItem *fair_pop(Fair *fair);

/* Writes all items in the order in which they would be taken; items has room for fair->n_items. */
void fair_list(const Fair *fair, FairItem **items);

/* How many wait for a client at an address, or with client NULL for the whole address. */
size_t fair_count(const Fair *fair, const char *address, const char *client);
