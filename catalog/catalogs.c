/* The runtimes side by side. Each has a place, that of its row in the configuration, and keeps it whatever
 * becomes of it: a runtime that is asked anew, or found broken, changes what stands there and not the order.
 *
 * There are a few of them and they change rarely, so both lists are walked, and a change makes room by one.
 */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/catalog.h"

static void *grown(void *list, size_t n, size_t size)
{
    list = reallocarray(list, n, size);
    assert(list);
    return list;
}

/* Takes away what stands there, if anything does. */
static void catalogs_clear(Catalogs *catalogs, size_t place)
{
    for (size_t i = 0; i < catalogs->n; i++) {
        if (catalogs->places[i] != place)
            continue;
        catalog_unref(catalogs->list[i]);
        catalogs->n--;
        memmove(&catalogs->list[i], &catalogs->list[i + 1], (catalogs->n - i) * sizeof(*catalogs->list));
        memmove(
            &catalogs->places[i], &catalogs->places[i + 1], (catalogs->n - i) * sizeof(*catalogs->places));
        return;
    }
    for (size_t i = 0; i < catalogs->n_missing; i++) {
        CatalogMissing *missing = &catalogs->missing[i];

        if (missing->place != place)
            continue;
        free(missing->runtime);
        free(missing->reason);
        catalogs->n_missing--;
        memmove(missing, missing + 1, (catalogs->n_missing - i) * sizeof(*missing));
        return;
    }
}

static bool catalogs_have(const Catalogs *catalogs, const char *runtime)
{
    return catalogs_runtime(catalogs, runtime) || catalogs_missing(catalogs, runtime);
}

void catalogs_set(Catalogs *catalogs, size_t place, Catalog *catalog)
{
    bool is_twice;
    size_t at;

    catalogs_clear(catalogs, place);
    is_twice = catalogs_have(catalogs, catalog->runtime);
    assert(!is_twice);
    catalogs->list = grown(catalogs->list, catalogs->n + 1, sizeof(*catalogs->list));
    catalogs->places = grown(catalogs->places, catalogs->n + 1, sizeof(*catalogs->places));
    for (at = catalogs->n; at > 0 && catalogs->places[at - 1] > place; at--) {
        catalogs->list[at] = catalogs->list[at - 1];
        catalogs->places[at] = catalogs->places[at - 1];
    }
    catalogs->list[at] = catalog;
    catalogs->places[at] = place;
    catalogs->n++;
}

void catalogs_set_missing(
    Catalogs *catalogs, size_t place, const char *runtime, unsigned why, const char *reason)
{
    /* Copied first: the texts may be those that are taken away. */
    CatalogMissing missing = {
        .runtime = text_printf("%s", runtime), .why = why, .reason = text_copy(reason), .place = place};
    bool is_twice;
    size_t at;

    catalogs_clear(catalogs, place);
    is_twice = catalogs_have(catalogs, missing.runtime);
    assert(!is_twice);
    catalogs->missing = grown(catalogs->missing, catalogs->n_missing + 1, sizeof(*catalogs->missing));
    for (at = catalogs->n_missing; at > 0 && catalogs->missing[at - 1].place > place; at--)
        catalogs->missing[at] = catalogs->missing[at - 1];
    catalogs->missing[at] = missing;
    catalogs->n_missing++;
}

const char *catalog_missing_status(const CatalogMissing *missing)
{
    static const char *const names[] = {
        [CATALOG_STARTING] = "starting", [CATALOG_BROKEN] = "broken", [CATALOG_NOT_INSTALLED] = "missing"};

    return names[missing->why];
}

int catalogs_read(const json_t *describes, Catalogs *ret, char **ret_reason)
{
    Catalogs catalogs = {0};
    json_t *describe;
    size_t i;

    json_array_foreach (describes, i, describe) {
        Catalog *catalog;

        if (catalog_read(describe, &catalog, ret_reason) < 0) {
            catalogs_finish(&catalogs);
            return -EINVAL;
        }
        /* A runtime is asked for by its name, so the second of a name could never be reached. */
        if (catalogs_runtime(&catalogs, catalog->runtime)) {
            *ret_reason = text_printf("runtime: there are two of the name \"%s\"", catalog->runtime);
            catalog_unref(catalog);
            catalogs_finish(&catalogs);
            return -EINVAL;
        }
        catalogs_set(&catalogs, i, catalog);
    }
    if (catalogs.n == 0) {
        *ret_reason = text_printf("there is no runtime");
        return -EINVAL;
    }
    *ret = catalogs;
    return 0;
}

void catalogs_finish(Catalogs *catalogs)
{
    for (size_t i = 0; i < catalogs->n; i++)
        catalog_unref(catalogs->list[i]);
    for (size_t i = 0; i < catalogs->n_missing; i++) {
        free(catalogs->missing[i].runtime);
        free(catalogs->missing[i].reason);
    }
    free(catalogs->list);
    free(catalogs->places);
    free(catalogs->missing);
    *catalogs = (Catalogs){0};
}
