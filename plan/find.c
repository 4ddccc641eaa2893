#include "plan/find.h"

#include <string.h>

json_t *find_named(const json_t *array, const char *key, const char *name)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item)
        if (strcmp(json_string_value(json_object_get(item, key)), name) == 0)
            return item;
    return NULL;
}

json_t *find_experiment(const json_t *catalogs, const char *runtime, const char *name)
{
    size_t i;
    json_t *catalog, *found;

    json_array_foreach (catalogs, i, catalog) {
        if (runtime && strcmp(json_string_value(json_object_get(catalog, "runtime")), runtime) != 0)
            continue;
        found = find_named(json_object_get(catalog, "experiments"), "name", name);
        if (found)
            return found;
    }
    return NULL;
}

json_t *find_given(const json_t *given, const char *name)
{
    json_t *value = json_object_get(given, name);

    return json_is_null(value) ? NULL : value;
}

bool find_is_sized(const json_t *parameter, const json_t *given)
{
    const char *name = json_string_value(json_object_get(parameter, "name"));

    return json_is_true(json_object_get(parameter, "sized")) && !find_given(given, name);
}
