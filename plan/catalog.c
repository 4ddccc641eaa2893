/* GET /experiments: what all runtimes offer, with the ranges and defaults in force. */
#include <string.h>

#include "plan/common.h"
#include "plan/plan.h"

/* The member called name in an array of objects, or NULL. */
static json_t *find(const json_t *array, const json_t *name)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item)
        if (json_equal(json_object_get(item, "name"), name))
            return item;
    return NULL;
}

/* Adds what array does not have yet, by name; each member tells which runtimes have it. */
static void merge(json_t *into, const json_t *from, json_t *runtime)
{
    size_t i;
    json_t *item;

    json_array_foreach (from, i, item) {
        json_t *known = find(into, json_object_get(item, "name"));

        if (!known) {
            known = json_deep_copy(item);
            json_object_set_new(known, "runtimes", json_array());
            json_array_append_new(into, known);
        }
        json_array_append(json_object_get(known, "runtimes"), runtime);
    }
}

static json_t *limits_json(const PlanLimits *limits)
{
    json_t *memory =
        limits->max_memory_bytes > 0 ? json_integer((json_int_t)limits->max_memory_bytes) : json_null();

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I}", "max_cells", (json_int_t)limits->max_cells,
        "max_task_cells", (json_int_t)limits->max_task_cells, "max_repeat", (json_int_t)limits->max_repeat,
        "max_estimate_ms", (json_int_t)limits->max_estimate_ms, "max_timeout_ms",
        (json_int_t)limits->max_timeout_ms, "max_memory_bytes", memory, "fetch_max_bytes",
        (json_int_t)limits->fetch_max_bytes, "fetch_max_requests", (json_int_t)limits->fetch_max_requests);
}

json_t *plan_catalog(const json_t *catalogs, const PlanLimits *given)
{
    static const char *const families[] = {"modes", "locks", "experiments"};
    const PlanLimits limits = common_limits(catalogs, given);
    json_t *object = json_pack("{s:i, s:[]}", "protocol", 1, "runtimes");
    json_t *catalog;
    size_t i;

    json_array_foreach (catalogs, i, catalog) {
        static const char *const keys[] = {
            "runtime", "version", "about", "cpus_usable", "memory_bytes", "host"};
        json_t *runtime = json_object();

        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
            if (json_object_get(catalog, keys[k]))
                json_object_set(runtime, keys[k], json_object_get(catalog, keys[k]));
        json_array_append_new(json_object_get(object, "runtimes"), runtime);
    }
    json_object_set_new(object, "parameters", common_parameters(catalogs, &limits, NULL));
    for (size_t k = 0; k < sizeof(families) / sizeof(families[0]); k++) {
        json_object_set_new(object, families[k], json_array());
        json_array_foreach (catalogs, i, catalog)
            merge(json_object_get(object, families[k]), json_object_get(catalog, families[k]),
                json_object_get(catalog, "runtime"));
    }
    json_object_set_new(object, "limits", limits_json(&limits));
    return object;
}
