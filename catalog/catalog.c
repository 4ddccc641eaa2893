#include "catalog/catalog.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

void catalog_free(Catalog *catalog)
{
    if (!catalog)
        return;
    memo_release(&catalog->memo);
    json_decref((json_t *)catalog->json);
    free(catalog);
}

int catalogs_read(const json_t *describes, Catalogs *ret, char **ret_reason)
{
    Catalogs catalogs = {.list = calloc(json_array_size(describes) + 1, sizeof(Catalog *))};
    json_t *describe;
    size_t i;

    assert(catalogs.list);
    json_array_foreach (describes, i, describe) {
        Catalog *catalog;

        if (catalog_read(describe, &catalog, ret_reason) < 0) {
            catalogs_finish(&catalogs);
            return -EINVAL;
        }
        if (catalogs_runtime(&catalogs, catalog->runtime)) {
            *ret_reason = text_printf("runtime: there are two of the name \"%s\"", catalog->runtime);
            catalog_free(catalog);
            catalogs_finish(&catalogs);
            return -EINVAL;
        }
        catalogs.list[catalogs.n++] = catalog;
    }
    *ret = catalogs;
    return 0;
}

void catalogs_finish(Catalogs *catalogs)
{
    for (size_t i = 0; i < catalogs->n; i++)
        catalog_free(catalogs->list[i]);
    free(catalogs->list);
    *catalogs = (Catalogs){0};
}

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

const CatalogParameter *catalog_parameter(const CatalogExperiment *experiment, const char *name)
{
    for (size_t i = 0; name && i < experiment->n_parameters; i++)
        if (strcmp(experiment->parameters[i].name, name) == 0)
            return &experiment->parameters[i];
    return NULL;
}

const Catalog *catalogs_runtime(const Catalogs *catalogs, const char *name)
{
    for (size_t i = 0; name && i < catalogs->n; i++)
        if (strcmp(catalogs->list[i]->runtime, name) == 0)
            return catalogs->list[i];
    return NULL;
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

const CatalogRoom *catalog_room(
    const Catalog *catalog, const CatalogExperiment *experiment, const CatalogMode *mode)
{
    return &experiment->room[mode - catalog->modes];
}

static json_t *texts_json(const char *const *texts, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *aliases_json(const CatalogParameter *parameter)
{
    json_t *object = json_object();

    for (size_t i = 0; i < parameter->n_aliases; i++)
        json_object_set_new(object, parameter->aliases[i].name, json_string(parameter->aliases[i].means));
    return object;
}

json_t *catalog_parameter_json(const CatalogParameter *parameter)
{
    static const char *const types[] = {
        [CATALOG_INTEGER] = "integer", [CATALOG_CHOICE] = "choice", [CATALOG_TEXT] = "text"};
    const struct {
        const char *name;
        bool given;
        json_t *value;
    } rows[] = {
        {"unit", parameter->unit, json_string(parameter->unit)},
        {"min", parameter->type == CATALOG_INTEGER, json_integer(parameter->min)},
        {"max", parameter->type == CATALOG_INTEGER, json_integer(parameter->max)},
        {"max_length", parameter->max_length > 0, json_integer(parameter->max_length)},
        {"format", parameter->format, json_string(parameter->format)},
        {"times", parameter->times, json_string(parameter->times)},
        {"choices", parameter->n_choices > 0, texts_json(parameter->choices, parameter->n_choices)},
        {"aliases", parameter->n_aliases > 0, aliases_json(parameter)},
        {"default", parameter->fallback, json_incref((json_t *)parameter->fallback)},
        {"list", parameter->list, json_true()},
        {"sized", parameter->sized, json_true()},
        {"required", parameter->required, json_true()},
    };
    json_t *object = json_pack(
        "{s:s, s:s, s:s}", "name", parameter->name, "type", types[parameter->type], "help", parameter->help);

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (rows[i].given)
            json_object_set(object, rows[i].name, rows[i].value);
        json_decref(rows[i].value);
    }
    return object;
}
