/* Three levels of lists. They are short: addresses with something waiting, clients of one address, items of
 * one client. An address or a client with nothing waiting is not there at all, so a turn is never wasted on
 * it. */
#include "runs/fair.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

void fair_init(Fair *fair)
{
    *fair = (Fair){.addresses = TAILQ_HEAD_INITIALIZER(fair->addresses)};
}

static FairAddress *find_address(const Fair *fair, const char *name)
{
    FairAddress *address;

    TAILQ_FOREACH (address, &fair->addresses, link)
        if (strcmp(address->name, name) == 0)
            return address;
    return NULL;
}

static FairClient *find_client(const FairAddress *address, const char *name)
{
    FairClient *client;

    TAILQ_FOREACH (client, &address->clients, link)
        if (strcmp(client->name, name) == 0)
            return client;
    return NULL;
}

static FairAddress *get_address(Fair *fair, const char *name)
{
    FairAddress *address = find_address(fair, name);

    if (address)
        return address;
    address = calloc(1, sizeof(*address));
    assert(address);
    address->name = strdup(name);
    assert(address->name);
    TAILQ_INIT(&address->clients);
    TAILQ_INSERT_TAIL(&fair->addresses, address, link);
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
    TAILQ_INIT(&client->items);
    TAILQ_INSERT_TAIL(&address->clients, client, link);
    return client;
}

void fair_push(Fair *fair, FairItem *item, const char *address, const char *client)
{
    FairClient *owner = get_client(get_address(fair, address), client);

    assert(!item->client);
    item->client = owner;
    TAILQ_INSERT_TAIL(&owner->items, item, link);
    owner->n_items++;
    owner->address->n_items++;
    fair->n_items++;
}

/* The client goes before the address, whose list it stands in. Both are freed when they have nothing
 * left, so an address that comes back is a new one, at the end of the turns: having waited long ago is no
 * credit. */
void fair_remove(Fair *fair, FairItem *item)
{
    FairClient *client = item->client;
    FairAddress *address = client->address;

    TAILQ_REMOVE(&client->items, item, link);
    item->client = NULL;
    client->n_items--;
    address->n_items--;
    fair->n_items--;
    if (client->n_items == 0) {
        TAILQ_REMOVE(&address->clients, client, link);
        free(client->name);
        free(client);
    }
    if (address->n_items == 0) {
        TAILQ_REMOVE(&fair->addresses, address, link);
        free(address->name);
        free(address);
    }
}

FairItem *fair_first(const Fair *fair)
{
    const FairAddress *address = TAILQ_FIRST(&fair->addresses);

    return address ? TAILQ_FIRST(&TAILQ_FIRST(&address->clients)->items) : NULL;
}

FairItem *fair_pop(Fair *fair)
{
    FairItem *item = fair_first(fair);
    FairAddress *address;

    if (!item)
        return NULL;
    address = item->client->address;
    /* To the end of their lists first: removing the item may free them. */
    TAILQ_REMOVE(&address->clients, item->client, link);
    TAILQ_INSERT_TAIL(&address->clients, item->client, link);
    TAILQ_REMOVE(&fair->addresses, address, link);
    TAILQ_INSERT_TAIL(&fair->addresses, address, link);
    fair_remove(fair, item);
    return item;
}

/* The items of an address in its clients' turns: the first of each, then the second of each, and so on. */
static void list_address(const FairAddress *address, FairItem **items)
{
    size_t n_clients = 0, n = 0, i = 0;
    auto_free FairItem **heads = NULL;
    const FairClient *client;

    TAILQ_FOREACH (client, &address->clients, link)
        n_clients++;
    heads = calloc(n_clients, sizeof(*heads));
    assert(heads);
    TAILQ_FOREACH (client, &address->clients, link)
        heads[i++] = TAILQ_FIRST(&client->items);
    while (n < address->n_items) {
        for (i = 0; i < n_clients; i++) {
            if (!heads[i])
                continue;
            items[n++] = heads[i];
            heads[i] = TAILQ_NEXT(heads[i], link);
        }
    }
}

/* The same one level up, with the list of each address instead of the items of each client. */
void fair_list(const Fair *fair, FairItem **items)
{
    auto_free FairItem **grouped = calloc(fair->n_items + 1, sizeof(FairItem *));
    const FairAddress *address;
    size_t n = 0;

    assert(grouped);
    TAILQ_FOREACH (address, &fair->addresses, link) {
        list_address(address, grouped + n);
        n += address->n_items;
    }
    n = 0;
    /* Round k takes item k of each address that has so many. In `grouped` the addresses stand one after
     * the other, so each begins where the one before it ends. */
    for (size_t round = 0; n < fair->n_items; round++) {
        size_t start = 0;

        TAILQ_FOREACH (address, &fair->addresses, link) {
            if (round < address->n_items)
                items[n++] = grouped[start + round];
            start += address->n_items;
        }
    }
}

size_t fair_count(const Fair *fair, const char *address, const char *client)
{
    const FairAddress *found = find_address(fair, address);
    const FairClient *one = found && client ? find_client(found, client) : NULL;

    if (client)
        return one ? one->n_items : 0;
    return found ? found->n_items : 0;
}
