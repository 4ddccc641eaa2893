/* Three levels of singly linked lists. They are short: addresses with something waiting, clients of one
 * address, items of one client. */
#include "runs/fair.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static FairAddress *find_address(const Fair *fair, const char *name)
{
    FairAddress *address = fair->first;

    while (address && strcmp(address->name, name) != 0)
        address = address->next;
    return address;
}

static FairClient *find_client(const FairAddress *address, const char *name)
{
    FairClient *client = address ? address->first : NULL;

    while (client && strcmp(client->name, name) != 0)
        client = client->next;
    return client;
}

/* The end of a list, where the next one is linked in. */
#define END_OF(first)                                                                                        \
    __extension__({                                                                                          \
        typeof(&(first)) end_ = &(first);                                                                    \
        while (*end_)                                                                                        \
            end_ = &(*end_)->next;                                                                           \
        end_;                                                                                                \
    })

static FairAddress *get_address(Fair *fair, const char *name)
{
    FairAddress *address = find_address(fair, name);

    if (address)
        return address;
    address = calloc(1, sizeof(*address));
    assert(address);
    address->name = strdup(name);
    assert(address->name);
    *END_OF(fair->first) = address;
    return address;
}

static FairClient *get_client(FairAddress *address, const char *name)
{
    FairClient *client = find_client(address, name);

    if (client)
        return client;
    client = calloc(1, sizeof(*client));
    assert(client);
    client->name = strdup(name);
    assert(client->name);
    client->address = address;
    *END_OF(address->first) = client;
    return client;
}

void fair_push(Fair *fair, FairItem *item, const char *address, const char *client)
{
    FairClient *owner = get_client(get_address(fair, address), client);

    assert(!item->client);
    item->client = owner;
    item->next = NULL;
    if (owner->last)
        owner->last->next = item;
    else
        owner->first = item;
    owner->last = item;
    owner->n_items++;
    owner->address->n_items++;
    fair->n_items++;
}

/* Takes a member out of the list that begins at first. */
#define UNLINK(first, member)                                                                                \
    do {                                                                                                     \
        typeof(&(first)) link_ = &(first);                                                                   \
        while (*link_ != (member))                                                                           \
            link_ = &(*link_)->next;                                                                         \
        *link_ = (member)->next;                                                                             \
        (member)->next = NULL;                                                                               \
    } while (0)

static void free_client(FairClient *client)
{
    UNLINK(client->address->first, client);
    free(client->name);
    free(client);
}

static void free_address(Fair *fair, FairAddress *address)
{
    UNLINK(fair->first, address);
    free(address->name);
    free(address);
}

void fair_remove(Fair *fair, FairItem *item)
{
    FairClient *client = item->client;
    FairAddress *address = client->address;

    UNLINK(client->first, item);
    if (client->last == item) {
        client->last = client->first;
        while (client->last && client->last->next)
            client->last = client->last->next;
    }
    item->client = NULL;
    client->n_items--;
    address->n_items--;
    fair->n_items--;
    if (client->n_items == 0)
        free_client(client);
    if (address->n_items == 0)
        free_address(fair, address);
}

FairItem *fair_pop(Fair *fair)
{
    FairAddress *address = fair->first;
    FairClient *client;
    FairItem *item;

    if (!address)
        return NULL;
    client = address->first;
    item = client->first;
    /* To the end of their lists first: removing the item may free them. */
    UNLINK(fair->first, address);
    *END_OF(fair->first) = address;
    UNLINK(address->first, client);
    *END_OF(address->first) = client;
    fair_remove(fair, item);
    return item;
}

/* The items of an address in its clients' turns. */
static void list_address(const FairAddress *address, FairItem **items)
{
    size_t n_clients = 0, n = 0, i = 0;
    auto_free FairItem **heads = NULL;

    for (const FairClient *client = address->first; client; client = client->next)
        n_clients++;
    heads = calloc(n_clients, sizeof(*heads));
    assert(heads);
    for (const FairClient *client = address->first; client; client = client->next)
        heads[i++] = client->first;
    while (n < address->n_items) {
        for (i = 0; i < n_clients; i++) {
            if (!heads[i])
                continue;
            items[n++] = heads[i];
            heads[i] = heads[i]->next;
        }
    }
}

void fair_list(const Fair *fair, FairItem **items)
{
    auto_free FairItem **grouped = calloc(fair->n_items + 1, sizeof(FairItem *));
    size_t n = 0;

    assert(grouped);
    for (const FairAddress *address = fair->first; address; address = address->next) {
        list_address(address, grouped + n);
        n += address->n_items;
    }
    n = 0;
    for (size_t round = 0; n < fair->n_items; round++) {
        size_t start = 0;

        for (const FairAddress *address = fair->first; address; address = address->next) {
            if (round < address->n_items)
                items[n++] = grouped[start + round];
            start += address->n_items;
        }
    }
}

size_t fair_count(const Fair *fair, const char *address, const char *client)
{
    const FairAddress *found = find_address(fair, address);
    const FairClient *one = client ? find_client(found, client) : NULL;

    if (client)
        return one ? one->n_items : 0;
    return found ? found->n_items : 0;
}
