/* GET /experiments: what all runtimes offer, with the ranges and defaults in force.
 *
 * The picture: each runtime brings its catalog, and the lists of modes, locks and experiments are merged by
 * name, because a form needs each name once. The description that came first stands; a note beside it says
 * which runtimes have the entry. What only the operator decides (limits, the default lock, the defaults of
 * its parameters) is put over what the catalogs say, so that the answer never shows a value that plan_make()
 * would not use. */
#include "base/array.h"
#include "plan/common.h"
#include "plan/limits.h"
#include "plan/plan.h"

/* Adds an entry of a catalog unless another runtime has brought it already, and notes who has it. The entry
 * is copied deeply, since the note must not appear in the catalog itself, which never changes. */
static void merge_entry(json_t *into, const char *name, const json_t *entry, const char *runtime)
{
    json_t *known = json_object_get(into, name);

    if (!known) {
        known = json_deep_copy(entry);
        json_object_set_new(known, "runtimes", json_array());
        json_object_set_new(into, name, known);
    }
    json_array_append_new(json_object_get(known, "runtimes"), json_string(runtime));
}

/* The entries of an object by name as a list; takes the object over. jansson's objects keep the order in
 * which keys were added, so the list is in the order of the runtimes and of their descriptors. */
static json_t *merged_list(json_t *by_name)
{
    json_t *list = json_array(), *entry;
    const char *name;

    json_object_foreach (by_name, name, entry)
        json_array_append(list, entry);
    json_decref(by_name);
    return list;
}

/* A parameter of a lock has the default that the operator wants, as it has among the common ones. */
static json_t *lock_entry(const CatalogLock *lock, const Parameters *common)
{
    json_t *entry = json_copy((json_t *)lock->json), *parameters = json_array();

    for (size_t i = 0; i < lock->n_parameters; i++)
        json_array_append_new(
            parameters, catalog_parameter_json(parameters_find(common, lock->parameters[i].name)));
    json_object_set_new(entry, "parameters", parameters);
    return entry;
}

/* Names of what is there, and the entries of its experiments by their names: what one runtime offers may be
 * less than the merged lists say, and its parameters other ones. */
static void runtime_add_offers(const Catalog *catalog, json_t *runtime)
{
    json_t *modes = json_array(), *locks = json_array(), *experiments = json_object();
    json_t *absent = json_object();

    for (size_t i = 0; i < catalog->n_modes; i++)
        json_array_append_new(modes, json_string(catalog->modes[i].name));
    for (size_t i = 0; i < catalog->n_locks; i++)
        json_array_append_new(locks, json_string(catalog->locks[i].name));
    for (size_t i = 0; i < catalog->n_experiments; i++)
        json_object_set(experiments, catalog->experiments[i].name, (json_t *)catalog->experiments[i].json);
    for (size_t i = 0; i < catalog->n_absent; i++)
        json_object_set_new(absent, catalog->absent[i].name, json_string(catalog->absent[i].reason));
    json_object_set_new(runtime, "modes", modes);
    json_object_set_new(runtime, "locks", locks);
    json_object_set_new(runtime, "experiments", experiments);
    json_object_set_new(runtime, "absent", absent);
}

/* What the machine leaves is that of the present, and what the document does not say at all is not said
 * here. */
static json_t *runtime_json(const Catalogs *catalogs, const PlanLimits *limits, const Catalog *catalog)
{
    static const char *const keys[] = {"version", "about", "cpus_usable", "memory_bytes", "host", "timeline_ns"};
    json_auto_t *present = json_pack("{s:I, s:I, s:O*}", "cpus_usable", (json_int_t)catalog->cpus_usable,
        "memory_bytes", (json_int_t)catalog->memory_bytes, "host", catalog->host.json);
    json_t *runtime = json_pack("{s:s, s:s}", "runtime", catalog->runtime, "status", "ready");

    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        json_t *said = json_object_get(catalog->json, keys[i]), *now = json_object_get(present, keys[i]);

        if (said)
            json_object_set(runtime, keys[i], now ? now : said);
    }
    json_object_set_new(runtime, "paces", json_boolean(catalog->paces));
    json_object_set_new(runtime, "own_lock", json_string(limits_own_lock(catalogs, limits, catalog)->name));
    runtime_add_offers(catalog, runtime);
    return runtime;
}

static json_t *missing_json(const CatalogMissing *missing)
{
    return json_pack("{s:s, s:s, s:s*}", "runtime", missing->runtime, "status",
        catalog_missing_status(missing), "reason", missing->reason);
}

/* All that are configured, in that order. */
static json_t *runtimes_json(const Catalogs *catalogs, const PlanLimits *limits)
{
    json_t *runtimes = json_array();
    size_t missing = 0;

    for (size_t i = 0; i < catalogs->n; i++) {
        while (missing < catalogs->n_missing && catalogs->missing[missing].place < catalogs->places[i])
            json_array_append_new(runtimes, missing_json(&catalogs->missing[missing++]));
        json_array_append_new(runtimes, runtime_json(catalogs, limits, catalogs->list[i]));
    }
    while (missing < catalogs->n_missing)
        json_array_append_new(runtimes, missing_json(&catalogs->missing[missing++]));
    return runtimes;
}

/* The limit of memory is that of the first runtime; it follows what each can use, unless the operator has set
 * it. Where nobody knows it, it is null and not 0, which a reader would take for "nothing is allowed". */
static json_t *limits_json(const Catalogs *catalogs, const PlanLimits *limits)
{
    int64_t bytes = limits_memory(limits, catalogs->list[0]);
    json_t *memory = bytes > 0 ? json_integer((json_int_t)bytes) : json_null();

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I}", "max_cells", (json_int_t)limits->max_cells,
        "max_task_cells", (json_int_t)limits->max_task_cells, "max_repeat", (json_int_t)limits->max_repeat,
        "max_estimate_ms", (json_int_t)limits->max_estimate_ms, "max_timeout_ms",
        (json_int_t)limits->max_timeout_ms, "max_memory_bytes", memory, "fetch_max_bytes",
        (json_int_t)limits->fetch_max_bytes, "fetch_max_requests", (json_int_t)limits->fetch_max_requests);
}

/* Without the experiment's own parameters, which stand in its entry. */
json_t *plan_parameters(
    const Catalogs *catalogs, const PlanLimits *given, const CatalogExperiment *experiment)
{
    const PlanLimits limits = plan_limits(catalogs, given);
    json_t *descriptions = json_array();
    auto_parameters Parameters parameters;

    parameters_make(catalogs, NULL, &limits, experiment ? experiment->name : NULL, &parameters);
    for (size_t i = 0; i < parameters.n_common; i++)
        json_array_append_new(descriptions, catalog_parameter_json(&parameters.list[i]));
    return descriptions;
}

json_t *plan_catalog(const Catalogs *catalogs, const PlanLimits *given)
{
    const PlanLimits limits = plan_limits(catalogs, given);
    json_t *runtimes = runtimes_json(catalogs, &limits), *modes = json_object(), *locks = json_object();
    json_t *experiments = json_object(), *parameters = plan_parameters(catalogs, given, NULL);
    auto_parameters Parameters common;

    parameters_make(catalogs, NULL, &limits, NULL, &common);
    for (size_t i = 0; i < catalogs->n; i++) {
        const Catalog *catalog = catalogs->list[i];

        for (size_t k = 0; k < catalog->n_modes; k++)
            merge_entry(modes, catalog->modes[k].name, catalog->modes[k].json, catalog->runtime);
        for (size_t k = 0; k < catalog->n_locks; k++) {
            json_auto_t *entry = lock_entry(&catalog->locks[k], &common);

            merge_entry(locks, catalog->locks[k].name, entry, catalog->runtime);
        }
        for (size_t k = 0; k < catalog->n_experiments; k++)
            merge_entry(
                experiments, catalog->experiments[k].name, catalog->experiments[k].json, catalog->runtime);
    }
    return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "protocol", CATALOG_PROTOCOL, "runtimes",
        runtimes, "parameters", parameters, "modes", merged_list(modes), "locks", merged_list(locks),
        "experiments", merged_list(experiments), "questions", questions_json(limits.questions, catalogs),
        "limits", limits_json(catalogs, &limits));
}
