#include "runs/present.h"

#include <assert.h>

#include "base/cpulist.h"

static void present_look(const Present *present, Machine *ret)
{
    machine_read(present->is_pinned ? &present->within : NULL, ret);
}

/* The list is one that cpusets.c has made, so it is one that can be read. */
void present_init(Present *present, Catalogs *catalogs, const char *cpus)
{
    *present = (Present){.catalogs = catalogs};
    present->is_pinned = cpus && cpulist_parse(cpus, &present->within) == 0;
    present_look(present, &present->then);
    present->now = present->then;
    for (size_t place = 0; place < SETTINGS_MAX_RUNTIMES; place++)
        present->asked[place] = present->then;
}

void present_update(Present *present)
{
    Catalogs *catalogs = present->catalogs;
    bool changed = false;

    present_look(present, &present->now);
    for (size_t i = 0; i < catalogs->n; i++)
        changed |= catalog_follow(catalogs->list[i], &present->asked[catalogs->places[i]], &present->now);
    present->version += changed;
}

void present_set(Present *present, size_t place, Catalog *catalog)
{
    assert(place < SETTINGS_MAX_RUNTIMES);
    present_look(present, &present->asked[place]);
    catalogs_set(present->catalogs, place, catalog);
    present->version++;
}

void present_set_missing(
    Present *present, size_t place, const char *runtime, unsigned why, const char *reason)
{
    catalogs_set_missing(present->catalogs, place, runtime, why, reason);
    present->version++;
}
