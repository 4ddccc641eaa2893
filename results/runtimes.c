/* A runtime is known by the catalog that its cells refer to, so nobody has to hand a list of them down. How
 * its part of the run ended is told from its cells: a runtime that failed in one has failed, whatever became
 * of the others. */
#include "results/runtimes.h"

#include <string.h>

#include "results/results.h"

/* The reason why nothing more came of it; NULL if it was not lost. */
static const char *runtimes_lost(const Results *results, const Catalog *runtime)
{
    for (size_t i = 0; i < results->n_cells; i++) {
        if (results->collected[i].spec.runtime == runtime && results->collected[i].lost)
            return results->collected[i].lost;
    }
    return NULL;
}

static ResultStatus runtimes_status(
    const Results *results, const Figures *figures, const Catalog *runtime, bool is_lost)
{
    ResultStatus status = RESULT_DONE;

    for (size_t i = 0; i < results->n_cells; i++) {
        if (figures[i].spec->runtime != runtime)
            continue;
        if (is_lost || figures[i].status == RESULT_FAILED)
            return RESULT_FAILED;
        if (figures[i].status != RESULT_DONE && status != RESULT_RUNNING)
            status = figures[i].status;
    }
    return status;
}

static json_t *runtimes_lock_json(const CatalogLock *lock)
{
    json_t *parameters = json_array();

    for (size_t i = 0; i < lock->n_parameters; i++)
        json_array_append_new(parameters, json_string(lock->parameters[i].name));
    return json_pack("{s:s, s:s?, s:s?, s:s?, s:o}", "name", lock->name, "title", lock->title, "models",
        lock->models, "real", lock->real, "parameters", parameters);
}

/* Those that some cell has, each once. */
static json_t *runtimes_locks_json(const Results *results, const Catalog *runtime)
{
    json_t *locks = json_array();

    for (size_t i = 0; i < results->n_cells; i++) {
        const CellSpec *spec = &results->collected[i].spec;
        bool is_new = spec->runtime == runtime;

        for (size_t k = 0; k < i && is_new; k++)
            is_new = results->collected[k].spec.runtime != runtime ||
                     results->collected[k].spec.lock != spec->lock;
        if (is_new)
            json_array_append_new(locks, runtimes_lock_json(spec->lock));
    }
    return locks;
}

static json_t *runtimes_sizes_json(const CatalogExperiment *experiment)
{
    json_t *sizes = json_array();

    for (size_t i = 0; i < experiment->n_parameters; i++) {
        if (experiment->parameters[i].sized)
            json_array_append_new(sizes, json_string(experiment->parameters[i].name));
    }
    return sizes;
}

static json_t *runtimes_one_json(const Results *results, const Figures *figures, const CellSpec *first)
{
    const Catalog *runtime = first->runtime;
    const char *lost = runtimes_lost(results, runtime);
    ResultStatus status = runtimes_status(results, figures, runtime, lost != NULL);
    json_t *object = json_pack("{s:s, s:s?, s:s?, s:s}", "runtime", runtime->runtime, "version",
        runtime->version, "about", runtime->about, "status", result_status_name(status));

    if (lost)
        json_object_set_new(object, "reason", json_string(lost));
    json_object_set_new(object, "locks", runtimes_locks_json(results, runtime));
    json_object_set_new(object, "sizes", runtimes_sizes_json(first->experiment));
    return object;
}

json_t *runtimes_json(const Results *results, const Figures *figures)
{
    json_t *runtimes = json_array();

    for (size_t i = 0; i < results->n_cells; i++) {
        const CellSpec *spec = &results->collected[i].spec;
        bool is_new = true;

        for (size_t k = 0; k < i && is_new; k++)
            is_new = results->collected[k].spec.runtime != spec->runtime;
        if (is_new)
            json_array_append_new(runtimes, runtimes_one_json(results, figures, spec));
    }
    return runtimes;
}

/* The entry of that name in an array of objects. */
static const json_t *runtimes_entry(const json_t *array, const char *key, const char *name)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        const char *is = json_string_value(json_object_get(item, key));

        if (is && strcmp(is, name) == 0)
            return item;
    }
    return NULL;
}

const json_t *runtimes_find(const json_t *run, const char *runtime)
{
    return runtimes_entry(json_object_get(run, "runtimes"), "runtime", runtime);
}

const json_t *runtimes_find_lock(const json_t *run, const char *runtime, const char *lock)
{
    return runtimes_entry(json_object_get(runtimes_find(run, runtime), "locks"), "name", lock);
}

void results_leave_out(Results *results, const json_t *left_out)
{
    json_decref(results->left_out);
    results->left_out = json_incref((json_t *)left_out);
}

/* What a member is called where its value alone would say too little. */
static const char *runtimes_axis_words(Words *words, const json_t *item, const char *name, bool with_name)
{
    const json_t *value = json_object_get(item, name);
    const char *text = value && !json_is_null(value) ? words_value(words, value) : "";

    return *text && with_name ? words_printf(words, "%s %s", name, text) : text;
}

const char *runtimes_left_out_words(Words *words, const json_t *item)
{
    static const struct {
        const char *name;
        bool with_name;
    } axes[] = {{"mode", false}, {"lock", true}, {"tasks", true}, {"parameter", true}};
    const char *reason = json_string_value(json_object_get(item, "reason"));
    const char *runtime = json_string_value(json_object_get(item, "runtime")), *what = "";

    for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
        what =
            words_join(words, what, ", ", runtimes_axis_words(words, item, axes[i].name, axes[i].with_name));
    what = words_join(words, runtime ? runtime : "", ", ", what);
    return words_join(words, what, ": ", reason ? reason : "");
}

const char *runtimes_lost_words(Words *words, const ResultRuntime *runtime)
{
    return runtime->reason ? words_printf(words, "%s was lost: %s", runtime->name, runtime->reason) : NULL;
}

const char *runtimes_name_words(Words *words, const ResultRuntime *runtime)
{
    const char *text = words_join(words, runtime->name, " ", runtime->version ? runtime->version : "");

    return runtime->about && *runtime->about ? words_printf(words, "%s (%s)", text, runtime->about) : text;
}

bool runtimes_are_many(const ResultRun *run)
{
    return run->n_runtimes > 1;
}
