#include "runs/present.h"

#include "base/cpulist.h"

/* The list is one that cpusets.c has made, so it is one that can be read. */
void present_init(Present *present, Catalogs *catalogs, const char *cpus)
{
    *present = (Present){.catalogs = catalogs};
    present->is_pinned = cpus && cpulist_parse(cpus, &present->within) == 0;
    machine_read(present->is_pinned ? &present->within : NULL, &present->then);
    present->now = present->then;
}

void present_update(Present *present)
{
    bool changed = false;

    machine_read(present->is_pinned ? &present->within : NULL, &present->now);
    for (size_t i = 0; i < present->catalogs->n; i++)
        changed |= catalog_follow(present->catalogs->list[i], &present->then, &present->now);
    present->version += changed;
}
