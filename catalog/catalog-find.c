/* Names are looked up here and nowhere else: a name comes from a request or a document, is turned into the
 * thing it means once, and from then on there are pointers. So two things are the same if their pointers are,
 * and no code elsewhere has to know how a name is compared. Lists are short, so they are walked.
 *
 * While a document is being read the lists fill up one by one. A list is set in the catalog only when it is
 * complete (see schema.c), so a check finds either all modes or none. */
#include <string.h>

#include "catalog/catalog.h"

/* An alias is as good as the name, so "asyncio" asks for epoll. */
static bool mode_is_called(const CatalogMode *mode, const char *name)
{
    if (strcmp(mode->name, name) == 0)
        return true;
    for (size_t i = 0; i < mode->n_aliases; i++)
        if (strcmp(mode->aliases[i], name) == 0)
            return true;
    return false;
}

const CatalogMode *catalog_mode(const Catalog *catalog, const char *name)
{
    for (size_t i = 0; name && i < catalog->n_modes; i++)
        if (mode_is_called(&catalog->modes[i], name))
            return &catalog->modes[i];
    return NULL;
}

const CatalogLock *catalog_lock(const Catalog *catalog, const char *name)
{
    for (size_t i = 0; name && i < catalog->n_locks; i++)
        if (strcmp(catalog->locks[i].name, name) == 0)
            return &catalog->locks[i];
    return NULL;
}

const CatalogExperiment *catalog_experiment(const Catalog *catalog, const char *name)
{
    for (size_t i = 0; name && i < catalog->n_experiments; i++)
        if (strcmp(catalog->experiments[i].name, name) == 0)
            return &catalog->experiments[i];
    return NULL;
}

const Catalog *catalogs_runtime(const Catalogs *catalogs, const char *name)
{
    for (size_t i = 0; name && i < catalogs->n; i++)
        if (strcmp(catalogs->list[i]->runtime, name) == 0)
            return catalogs->list[i];
    return NULL;
}

const CatalogMissing *catalogs_missing(const Catalogs *catalogs, const char *name)
{
    for (size_t i = 0; name && i < catalogs->n_missing; i++)
        if (strcmp(catalogs->missing[i].runtime, name) == 0)
            return &catalogs->missing[i];
    return NULL;
}

const char *catalog_absence(const Catalog *catalog, const char *name)
{
    for (size_t i = 0; name && i < catalog->n_absent; i++)
        if (strcmp(catalog->absent[i].name, name) == 0)
            return catalog->absent[i].reason;
    return NULL;
}

/* catalog_read() has seen to it that there is one. */
const CatalogLock *catalog_own_lock(const Catalog *catalog)
{
    const CatalogLock *lock = catalog->locks;

    while (!lock->usual)
        lock++;
    return lock;
}

const CatalogMode *catalogs_mode(const Catalogs *catalogs, const char *name)
{
    const CatalogMode *found = NULL;

    for (size_t i = 0; i < catalogs->n && !found; i++)
        found = catalog_mode(catalogs->list[i], name);
    return found;
}

const CatalogLock *catalogs_lock(const Catalogs *catalogs, const char *name)
{
    const CatalogLock *found = NULL;

    for (size_t i = 0; i < catalogs->n && !found; i++)
        found = catalog_lock(catalogs->list[i], name);
    return found;
}

const CatalogExperiment *catalogs_experiment(const Catalogs *catalogs, const char *name)
{
    const CatalogExperiment *found = NULL;

    for (size_t i = 0; i < catalogs->n && !found; i++)
        found = catalog_experiment(catalogs->list[i], name);
    return found;
}

static const CatalogParameter *find_parameter(
    const CatalogParameter *parameters, size_t n_parameters, const char *name)
{
    for (size_t i = 0; name && i < n_parameters; i++)
        if (strcmp(parameters[i].name, name) == 0)
            return &parameters[i];
    return NULL;
}

const CatalogParameter *catalog_parameter(const CatalogExperiment *experiment, const char *name)
{
    return find_parameter(experiment->parameters, experiment->n_parameters, name);
}

const CatalogParameter *catalog_parameter_of_lock(const CatalogLock *lock, const char *name)
{
    return find_parameter(lock->parameters, lock->n_parameters, name);
}

const CatalogParameter *catalog_lock_parameter(const Catalog *catalog, const char *name)
{
    const CatalogParameter *found = NULL;

    for (size_t i = 0; i < catalog->n_locks && !found; i++)
        found = catalog_parameter_of_lock(&catalog->locks[i], name);
    return found;
}

const CatalogParameter *catalogs_lock_parameter(const Catalogs *catalogs, const char *name)
{
    const CatalogParameter *found = NULL;

    for (size_t i = 0; i < catalogs->n && !found; i++)
        found = catalog_lock_parameter(catalogs->list[i], name);
    return found;
}

/* Rooms are in the order of the modes, so the place of the mode is that of its room. */
const CatalogRoom *catalog_room(
    const Catalog *catalog, const CatalogExperiment *experiment, const CatalogMode *mode)
{
    return &experiment->room[mode - catalog->modes];
}
