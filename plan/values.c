/* A value is checked against every runtime of the request that has its parameter. In most requests these say
 * the same, and then it is said once; where they differ, the sentence names the runtime. */
#include "plan/values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/expect.h"
#include "plan/limits.h"
#include "plan/param.h"

/* Of all parameters that this request could have had, a new reference. */
static json_t *values_names(const Parameters *parameters)
{
    json_t *names = json_array();

    for (size_t i = 0; i < parameters->n; i++)
        json_array_append_new(names, json_string(parameters->list[i].name));
    return names;
}

/* The parameter that has this name among its choices: "?threads" was meant to be "?mode=threads". */
static const CatalogParameter *values_find_choice(const Parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (param_choice(&parameters->list[i], name))
            return &parameters->list[i];
    return NULL;
}

/* A name that stands for a value is one that the person knows well, and only the way to write it is not. */
static void values_refuse_name(
    const Parameters *parameters, const char *name, const json_t *given, json_t *names, Problem *problem)
{
    const CatalogParameter *meant = problem_is_full(problem) ? NULL : values_find_choice(parameters, name);
    auto_free char *pair = meant ? text_printf("%s=%s", meant->name, name) : NULL;

    if (meant)
        problem_add(problem, name, json_incref((json_t *)given),
            json_pack("{s:O, s:s}", "choices", names, "did_you_mean", pair),
            "there is no such parameter, but a %s of that name; did you mean %s?", meant->name, pair);
    else
        problem_add_name(
            problem, name, json_incref((json_t *)given), name, names, "there is no such parameter");
}

/* Whether the runtime has a parameter of that name: of the experiment, or of a lock. */
static bool values_has_name(const Catalog *runtime, const char *experiment, const char *name)
{
    const CatalogExperiment *own = catalog_experiment(runtime, experiment);

    return (own && catalog_parameter(own, name)) || catalog_lock_parameter(runtime, name);
}

/* A runtime that has not a parameter which was given, beside others that have it. */
static void leave_out_parameter(const Asked *asked, const Catalog *runtime, const char *name)
{
    const char *absence = catalog_absence(runtime, name);
    json_t *entry = json_pack("{s:s}", "parameter", name);

    if (absence)
        asked_leave_out(asked, runtime, entry, "%s", absence);
    else
        asked_leave_out(asked, runtime, entry, "%s has no such parameter there", asked->experiment->name);
}

/* "; python3: it only gets pages of the lab's own server", of all runtimes of the request that say why they lack the
 * parameter. Owned by the caller. */
static char *values_absences(const Asked *asked, const char *name)
{
    char *text = text_copy("");

    for (size_t i = 0; i < asked->n_runtimes; i++) {
        const Catalog *catalog = asked->runtimes[i].catalog;
        const char *absence = catalog_absence(catalog, name);
        char *before = text;

        if (!absence)
            continue;
        text = text_printf("%s; %s: %s", before, catalog->runtime, absence);
        free(before);
    }
    return text;
}

/* What only runtimes have that the request does not name is there, but not here. */
static bool values_refuse_elsewhere(
    const Asked *asked, const char *name, const json_t *given, Problem *problem)
{
    json_auto_t *owners = json_array();
    auto_free char *list = NULL, *reasons = NULL;

    for (size_t i = 0; i < asked->all->n; i++)
        if (values_has_name(asked->all->list[i], asked->experiment->name, name))
            json_array_append_new(owners, json_string(asked->all->list[i]->runtime));
    if (json_array_size(owners) == 0)
        return false;
    list = problem_names(owners);
    reasons = values_absences(asked, name);
    problem_add(problem, name, json_incref((json_t *)given), NULL,
        "is a parameter of the runtime%s %s, which this request does not name%s",
        json_array_size(owners) > 1 ? "s" : "", list, reasons);
    return true;
}

/* A name that is not known is refused and not ignored: a client that mistypes repeat would otherwise get the
 * default and believe what it sees. A request may have ten thousand unknown names, so the list of those there
 * are is made once for all of them. */
static void values_refuse_unknown(const Asked *asked, const Parameters *parameters, Problem *problem)
{
    json_auto_t *names = NULL;
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)asked->given, name, value) {
        if (parameters_find(parameters, name))
            continue;
        if (expect_refuse(asked, name, value, problem))
            continue;
        if (!problem_is_full(problem) && values_refuse_elsewhere(asked, name, value, problem))
            continue;
        if (!names)
            names = values_names(parameters);
        values_refuse_name(parameters, name, value, names, problem);
    }
}

/* "mode=gil" is a good value in the wrong place. Only for what spans the grid: "on" is a choice of too many
 * parameters to say which is meant. */
static bool values_refuse_misplaced(
    const Parameters *parameters, const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    const char *text = json_string_value(given);
    const CatalogParameter *meant = NULL;
    auto_free char *pair = NULL;

    if (parameter->type == CATALOG_CHOICE && parameter->list && !param_choice(parameter, text))
        meant = values_find_choice(parameters, text);
    if (!meant || !meant->list)
        return false;
    pair = text_printf("%s=%s", meant->name, text);
    problem_add(problem, parameter->name, json_incref((json_t *)given),
        json_pack("{s:s}", "did_you_mean", pair), "is a %s and no %s; did you mean %s?", meant->name,
        parameter->name, pair);
    return true;
}

/* The lock that "own" means for a single runtime is known, and so the request says its name: asked for in two
 * ways, it is the same request. */
static void values_name_lock(Asked *asked, Problem *problem)
{
    const CatalogLock *own = limits_own_lock(asked->all, asked->limits, asked->runtimes[0].catalog);
    json_t *locks = asked_value(asked, "lock"), *named = json_array(), *lock;
    size_t i;

    if (asked->n_runtimes > 1) {
        json_decref(named);
        return;
    }
    json_array_foreach (locks, i, lock) {
        bool is_own = strcmp(json_string_value(lock), COMMON_OWN_LOCK) == 0;

        json_array_append_new(named, json_string(is_own ? own->name : json_string_value(lock)));
        for (size_t k = 0; k < i; k++)
            if (json_equal(json_array_get(named, k), json_array_get(named, i)))
                problem_add(problem, "lock", json_incref(lock), NULL,
                    "stands twice in the list: %s is %s in the runtime %s", COMMON_OWN_LOCK, own->name,
                    asked->runtimes[0].catalog->runtime);
    }
    json_object_set_new(asked->values, "lock", named);
}

/* What a parameter of locks is where nobody gave it: a new reference, or NULL if the locks of the request's
 * runtimes do not agree, so that no single value is that of the request. */
static json_t *values_lock_default(const Asked *asked, const char *name)
{
    json_t *common = NULL;

    for (size_t i = 0; i < asked->n_runtimes; i++) {
        const CatalogParameter *parameter = catalog_lock_parameter(asked->runtimes[i].catalog, name);
        json_auto_t *fallback = parameter ? limits_lock_default(asked->limits, parameter) : NULL;

        if (fallback && common && !json_equal(fallback, common)) {
            json_decref(common);
            return NULL;
        }
        if (fallback && !common)
            common = json_incref(fallback);
    }
    return common;
}

/* A default is copied, so that a request shares nothing with the catalog. */
static json_t *values_default(const Asked *asked, const CatalogParameter *parameter)
{
    if (catalogs_lock_parameter(asked->chosen, parameter->name))
        return values_lock_default(asked, parameter->name);
    return json_deep_copy(parameter->fallback);
}

/* They were chosen before all else. */
static json_t *values_runtimes(const Asked *asked)
{
    json_t *names = json_array();

    for (size_t i = 0; i < asked->n_runtimes; i++)
        json_array_append_new(names, json_string(asked->runtimes[i].catalog->runtime));
    return names;
}

/* What was given for a common parameter; NULL: nothing. */
static const json_t *values_given(const Asked *asked, const CatalogParameter *parameter)
{
    const json_t *given = param_given(asked->given, parameter->name);
    bool is_empty = json_is_string(given) && json_string_length(given) == 0;

    return is_empty && expect_may_be_empty(parameter) ? NULL : given;
}

static void values_check_common(const Asked *asked, const Parameters *parameters, Problem *problem)
{
    for (size_t i = 0; i < parameters->n_common; i++) {
        const CatalogParameter *parameter = &parameters->list[i];
        const json_t *given = values_given(asked, parameter);
        json_t *value = NULL;

        if (strcmp(parameter->name, "runtime") == 0)
            value = values_runtimes(asked);
        else if (!given)
            value = values_default(asked, parameter);
        else if (strcmp(parameter->name, "prediction") == 0)
            value = expect_check_prediction(asked, parameter, given, problem);
        else if (!values_refuse_misplaced(parameters, parameter, given, problem))
            value = param_check(parameter, given, asked->limits->max_cells, problem);
        if (value)
            json_object_set_new(asked->values, parameter->name, value);
    }
}

/* Tells the faults that one value has in some runtimes; faults[i] are those of runtime i. Where all that have
 * the parameter say the same, none need be named. */
static void values_tell(
    const Asked *asked, const char *name, const Problem *faults, size_t n_have, Problem *problem)
{
    for (size_t i = 0; i < asked->n_runtimes; i++) {
        json_auto_t *who = json_array();
        auto_free char *list = NULL, *where = NULL;
        json_t *error;
        bool was_told = !problem_is_set(&faults[i]);
        size_t k;

        for (k = 0; k < i; k++)
            was_told = was_told || json_equal(faults[k].errors, faults[i].errors);
        if (was_told)
            continue;
        for (k = i; k < asked->n_runtimes; k++)
            if (json_equal(faults[k].errors, faults[i].errors))
                json_array_append_new(who, json_string(asked->runtimes[k].catalog->runtime));
        list = problem_names(who);
        where = json_array_size(who) == n_have
                    ? text_printf("%s", "")
                    : text_printf("in the runtime%s %s: ", json_array_size(who) > 1 ? "s" : "", list);
        json_array_foreach (faults[i].errors, k, error)
            problem_add(problem, name, json_incref(json_object_get(error, "got")), json_deep_copy(error),
                "%s%s", where, json_string_value(json_object_get(error, "reason")));
        problem->n_omitted += faults[i].n_omitted;
    }
}

/* One parameter of the experiment, in all runtimes that have it. Of a request that names its runtimes badly
 * nobody knows which were meant, so a value is good if one of all there are takes it. */
static void values_check_own(Asked *asked, const char *name, Problem *problem)
{
    const json_t *given = param_given(asked->given, name);
    Problem *faults = calloc(asked->n_runtimes, sizeof(*faults));
    size_t n_have = 0, n_faulty = 0;

    assert(faults);
    for (size_t i = 0; i < asked->n_runtimes; i++) {
        AskedRuntime *runtime = &asked->runtimes[i];
        const CatalogParameter *parameter = catalog_parameter(runtime->experiment, name);
        json_t *value = NULL;

        if (!parameter)
            continue;
        n_have++;
        value = given ? param_check(parameter, given, asked->limits->max_cells, &faults[i])
                      : json_deep_copy(parameter->fallback);
        n_faulty += value == NULL;
        if (!value)
            continue;
        if (given && !asked_value(asked, name))
            json_object_set(asked->values, name, value);
        json_object_set_new(runtime->params, name, value);
    }
    if (n_faulty > 0 && !(asked->is_guess && n_faulty < n_have))
        values_tell(asked, name, faults, n_have, problem);
    for (size_t i = 0; i < asked->n_runtimes; i++) {
        problem_finish(&faults[i]);
        if (given && !catalog_parameter(asked->runtimes[i].experiment, name))
            leave_out_parameter(asked, asked->runtimes[i].catalog, name);
    }
    free(faults);
}

/* What has no meaning in this request must not look as if it had one: its default is left out, and a value
 * that somebody gave is refused, since to be silently without effect is the worst that can become of it. One
 * that is wrong by itself was refused already. */
static void values_check_idle(const Asked *asked, const AskedRuntime *runtime, Problem *problem)
{
    json_auto_t *values = json_copy(runtime->params);

    for (size_t i = 0; i < runtime->experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &runtime->experiment->parameters[i];
        const json_t *given = param_given(asked->given, parameter->name);

        if (!param_is_idle(parameter, asked->given, values))
            continue;
        if (given && json_object_get(values, parameter->name))
            asked_complain(problem, parameter->name, json_incref((json_t *)given), NULL,
                "has no meaning with %s: leave out one of the two", parameter->unless);
        json_object_del(runtime->params, parameter->name);
    }
}

void values_check(Asked *asked, const Parameters *parameters, Problem *problem)
{
    values_refuse_unknown(asked, parameters, problem);
    values_check_common(asked, parameters, problem);
    if (!param_given(asked->given, "lock"))
        json_object_set_new(asked->values, "lock", json_pack("[s]", COMMON_OWN_LOCK));
    if (asked_value(asked, "lock"))
        values_name_lock(asked, problem);
    for (size_t i = parameters->n_common; i < parameters->n; i++)
        values_check_own(asked, parameters->list[i].name, problem);
    for (size_t i = 0; i < asked->n_runtimes; i++)
        values_check_idle(asked, &asked->runtimes[i], problem);
}

/* The number of tasks may follow from another parameter: with one task beside the hogs it is hogs + 1. Then
 * it takes the place of tasks before the grid is spanned, which needs no exception for such experiments. A
 * client that says tasks as well is refused unless it says the same number: silently taking one of the two
 * would measure something else than the client believes. */
static void values_derive(Asked *asked, AskedRuntime *runtime, const Parameters *parameters, Problem *problem)
{
    const char *name = runtime->experiment->tasks_parameter;
    int64_t plus = runtime->experiment->tasks_plus;
    int64_t tasks = plus + json_integer_value(json_object_get(runtime->params, name));
    int64_t most = parameters_find(parameters, "tasks")->max;

    json_decref(runtime->tasks);
    runtime->tasks = json_pack("[I]", (json_int_t)tasks);
    if (param_given(asked->given, "tasks") && !json_equal(asked_value(asked, "tasks"), runtime->tasks))
        asked_complain(problem, "tasks", json_deep_copy(asked_value(asked, "tasks")),
            json_pack("{s:I, s:I}", "min", (json_int_t)tasks, "max", (json_int_t)tasks),
            "must be %s + %lld, which is %lld: leave it out and choose %s", name, (long long)plus,
            (long long)tasks, name);
    else if (tasks > most)
        asked_complain(problem, name, json_incref(json_object_get(runtime->params, name)),
            json_pack("{s:I}", "max", (json_int_t)(most - plus)),
            "makes %lld tasks, and at most %lld are allowed", (long long)tasks, (long long)most);
}

/* Where the runtimes do not agree on the number, as each has a default of its own for what it follows from,
 * no single one is that of the request. */
void values_derive_tasks(Asked *asked, const Parameters *parameters, Problem *problem)
{
    bool agree = true;

    for (size_t i = 0; i < asked->n_runtimes; i++) {
        AskedRuntime *runtime = &asked->runtimes[i];

        runtime->tasks = json_incref(asked_value(asked, "tasks"));
        if (runtime->experiment->tasks_parameter)
            values_derive(asked, runtime, parameters, problem);
        agree = agree && json_equal(runtime->tasks, asked->runtimes[0].tasks);
    }
    if (agree)
        json_object_set(asked->values, "tasks", asked->runtimes[0].tasks);
    else
        json_object_del(asked->values, "tasks");
}

/* The value that all cells have, borrowed; NULL if they do not agree. */
static json_t *values_of_cells(const Asked *asked, const char *name)
{
    json_t *value = json_object_get(asked->cells[0].params, name);

    for (size_t i = 1; value && i < asked->n_cells; i++)
        if (!json_equal(json_object_get(asked->cells[i].params, name), value))
            return NULL;
    return value;
}

void values_settle(Asked *asked, const Parameters *parameters)
{
    for (size_t i = parameters->n_common; i < parameters->n; i++) {
        const char *name = parameters->list[i].name;
        json_t *value = param_given(asked->given, name) ? NULL : values_of_cells(asked, name);

        if (value)
            json_object_set(asked->values, name, value);
    }
}
