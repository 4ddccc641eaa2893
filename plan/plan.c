/* The order of the checks is the order a person would want the answers in: the experiment's name first, then
 * every parameter at once, then what only shows when all of them are known: the grid, the number of tasks in
 * each mode, and what all of it takes.
 *
 * Each of these steps needs that the one before it found nothing wrong: a grid cannot be spanned by values
 * that are no numbers, and an estimate of a cell without a mode means nothing. So within a step all faults
 * are collected, and between steps the first that has any ends it. */
#include "plan/plan.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/budget.h"
#include "plan/common.h"
#include "plan/elsewhere.h"
#include "plan/grid.h"
#include "plan/param.h"

static void plan_free_cells(CellSpec *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_decref(cells[i].params);
    free(cells);
}

void plan_finish(Plan *plan)
{
    plan_free_cells(plan->specs, plan->n_specs);
    for (size_t i = 0; i < plan->n_runtimes; i++)
        catalog_unref(plan->runtimes[i]);
    free(plan->runtimes);
    json_decref(plan->left_out);
    json_decref(plan->request);
    json_decref(plan->cells);
    *plan = (Plan){0};
}

json_t *plan_experiments(const Catalogs *catalogs)
{
    json_t *names = json_array();

    for (size_t i = 0; i < catalogs->n; i++) {
        for (size_t k = 0; k < catalogs->list[i]->n_experiments; k++) {
            const CatalogExperiment *experiment = &catalogs->list[i]->experiments[k];

            if (catalogs_experiment(catalogs, experiment->name) == experiment)
                json_array_append_new(names, json_string(experiment->name));
        }
    }
    return names;
}

static void plan_refuse_experiment(const Catalogs *catalogs, const char *name, Problem *problem)
{
    json_auto_t *names = plan_experiments(catalogs);
    const char *near = problem_nearest(name, names);
    auto_free char *list = problem_names(names);

    if (near)
        problem_set(problem, 404, "Unknown experiment",
            "there is no experiment called \"%.60s\"; did you mean %s?", name, near);
    else
        problem_set(problem, 404, "Unknown experiment",
            "there is no experiment called \"%.60s\"; there are %s", name, list);
    if (near)
        problem_extend(problem, "did_you_mean", json_string(near));
    problem_extend(problem, "experiments", json_incref(names));
}

/* Of all parameters that this request could have had, a new reference. */
static json_t *plan_names(const Parameters *parameters)
{
    json_t *names = json_array();

    for (size_t i = 0; i < parameters->n; i++)
        json_array_append_new(names, json_string(parameters->list[i].name));
    return names;
}

/* The parameter that has this name among its choices: "?threads" was meant to be "?mode=threads". */
static const CatalogParameter *plan_find_choice(const Parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (param_choice(&parameters->list[i], name))
            return &parameters->list[i];
    return NULL;
}

/* A name that stands for a value is one that the person knows well, and only the way to write it is not. */
static void plan_refuse_name(
    const Parameters *parameters, const char *name, const json_t *given, json_t *names, Problem *problem)
{
    const CatalogParameter *meant = problem_is_full(problem) ? NULL : plan_find_choice(parameters, name);
    auto_free char *pair = meant ? text_printf("%s=%s", meant->name, name) : NULL;

    if (meant)
        problem_add(problem, name, json_incref((json_t *)given),
            json_pack("{s:O, s:s}", "choices", names, "did_you_mean", pair),
            "there is no such parameter, but a %s of that name; did you mean %s?", meant->name, pair);
    else
        problem_add_name(
            problem, name, json_incref((json_t *)given), name, names, "there is no such parameter");
}

/* A name that is not known is refused and not ignored: a client that mistypes repeat would otherwise get the
 * default and believe what it sees. A request may have ten thousand unknown names, so the list of those there
 * are is made once for all of them. */
static void plan_refuse_unknown(const Parameters *parameters, const json_t *given, Problem *problem)
{
    json_auto_t *names = NULL;
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)given, name, value) {
        if (parameters_find(parameters, name))
            continue;
        if (!names)
            names = plan_names(parameters);
        plan_refuse_name(parameters, name, value, names, problem);
    }
}

/* "mode=gil" is a good value in the wrong place. Only for what spans the grid: "on" is a choice of too many
 * parameters to say which is meant. */
static bool plan_refuse_misplaced(
    const Parameters *parameters, const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    const char *text = json_string_value(given);
    const CatalogParameter *meant = NULL;
    auto_free char *pair = NULL;

    if (parameter->type == CATALOG_CHOICE && parameter->list && !param_choice(parameter, text))
        meant = plan_find_choice(parameters, text);
    if (!meant || !meant->list)
        return false;
    pair = text_printf("%s=%s", meant->name, text);
    problem_add(problem, parameter->name, json_incref((json_t *)given),
        json_pack("{s:s}", "did_you_mean", pair), "is a %s and no %s; did you mean %s?", meant->name,
        parameter->name, pair);
    return true;
}

/* Checks every given parameter and fills in the defaults of the others, so that from here on every parameter
 * has a value. A default is copied, so that a request shares nothing with the catalog. */
static void plan_check_values(const Parameters *parameters, const Asked *asked, Problem *problem)
{
    plan_refuse_unknown(parameters, asked->given, problem);
    for (size_t i = 0; i < parameters->n; i++) {
        const CatalogParameter *parameter = &parameters->list[i];
        const json_t *given = param_given(asked->given, parameter->name);
        json_t *value = NULL;

        if (!given)
            value = json_deep_copy(parameter->fallback);
        else if (!plan_refuse_misplaced(parameters, parameter, given, problem))
            value = param_check(parameter, given, asked->limits->max_cells, problem);
        if (value)
            json_object_set_new(asked->values, parameter->name, value);
    }
}

/* What has no meaning in this request must not look as if it had one: its default is left out, and a value
 * that somebody gave is refused, since to be silently without effect is the worst that can become of it. One
 * that is wrong by itself was refused already. */
static void plan_check_idle(const Asked *asked, Problem *problem)
{
    for (size_t i = 0; i < asked->experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &asked->experiment->parameters[i];
        const json_t *given = param_given(asked->given, parameter->name);

        if (!param_is_idle(parameter, asked->given, asked->values))
            continue;
        if (given && asked_value(asked, parameter->name))
            problem_add(problem, parameter->name, json_incref((json_t *)given), NULL,
                "has no meaning with %s: leave out one of the two", parameter->unless);
        json_object_del(asked->values, parameter->name);
    }
}

/* 0 for what is no number. */
static int64_t asked_number(const Asked *asked, const char *name)
{
    return json_integer_value(asked_value(asked, name));
}

static bool asked_is(const Asked *asked, const char *name, const char *text)
{
    const char *value = json_string_value(asked_value(asked, name));

    return value && strcmp(value, text) == 0;
}

/* Some forms of the answer have no meaning without a timeline, which is one more repetition. The value is
 * changed, too: the answer then says that there was one. Whether "auto" has one is not known before the cells
 * are (plan_choose_timeline()). */
static void plan_read_rounds(Asked *asked)
{
    const char *format = asked->limits->timeline_format;

    if (asked_is(asked, "detail", "full") || (format && asked_is(asked, "format", format)))
        json_object_set_new(asked->values, "timeline", json_string("on"));
    asked->max_spans = asked_is(asked, "timeline", "on") ? PLAN_SPANS : 0;
    asked->rounds =
        asked_number(asked, "repeat") + asked_number(asked, "warmup") + (asked->max_spans > 0 ? 1 : 0);
    asked->timeout_ms = asked_number(asked, "timeout_ms");
}

/* A precision is one of wall times that are compared: where an experiment goes on for as long as it is told,
 * every time is the same, and the first look would find the run precise. */
static void plan_check_precision(const Asked *asked, Problem *problem)
{
    int64_t repeat = asked_number(asked, "repeat"), most = asked_number(asked, "max_repeat");

    if (asked_number(asked, "precision") == 0)
        return;
    if (asked->experiment->fixed_time)
        problem_add(problem, "precision", json_incref(asked_value(asked, "precision")), NULL,
            "%s goes on for as long as it is told, so there is no ratio of times to know more precisely: ask "
            "for repeat",
            asked->experiment->name);
    if (param_given(asked->given, "max_repeat") && most < repeat)
        problem_add(problem, "max_repeat", json_incref(asked_value(asked, "max_repeat")),
            json_pack("{s:I}", "min", (json_int_t)repeat), "must be at least repeat, which is %lld",
            (long long)repeat);
}

/* What nobody said is made to fit: a page from elsewhere may be got so many times and no more. One of them is
 * left for a timeline that may be chosen. */
static void plan_read_more_rounds(Asked *asked)
{
    int64_t repeat = asked_number(asked, "repeat"), most = asked_number(asked, "max_repeat");
    int64_t others = asked->rounds - repeat + asked_is(asked, "timeline", "auto");
    int64_t fits = elsewhere_most_rounds(asked) - others;

    if (asked_number(asked, "precision") == 0)
        return;
    if (!param_given(asked->given, "max_repeat")) {
        most = fits < most ? fits : most;
        most = most > repeat ? most : repeat;
        json_object_set_new(asked->values, "max_repeat", json_integer((json_int_t)most));
    }
    asked->more_rounds = most - repeat;
}

/* A runtime that does not wait behind its events cannot be told to stop. */
static void plan_check_paces(const Asked *asked, Problem *problem)
{
    for (size_t i = 0; i < asked->n_cells && asked_number(asked, "precision") > 0; i++) {
        if (asked->cells[i].runtime->paces)
            continue;
        problem_add(problem, "precision", json_incref(asked_value(asked, "precision")), NULL,
            "the runtime \"%s\" cannot be told to stop, as it does not wait behind its events: ask for "
            "repeat",
            asked->cells[i].runtime->runtime);
        return;
    }
}

/* The number of tasks may follow from another parameter: with one task beside the hogs it is hogs + 1. Then
 * it overwrites the value of tasks before the grid is spanned, which needs no exception for such experiments.
 * A client that says tasks as well is refused unless it says the same number: silently taking one of the two
 * would measure something else than the client believes. */
static void plan_derive_tasks(const Asked *asked, const Parameters *parameters, Problem *problem)
{
    const char *name = asked->experiment->tasks_parameter;
    int64_t plus = asked->experiment->tasks_plus;
    int64_t tasks = plus + (name ? asked_number(asked, name) : 0);
    int64_t most = parameters_find(parameters, "tasks")->max;
    json_auto_t *list = json_pack("[I]", (json_int_t)tasks);

    if (!name)
        return;
    if (param_given(asked->given, "tasks") && !json_equal(asked_value(asked, "tasks"), list))
        problem_add(problem, "tasks", json_deep_copy(asked_value(asked, "tasks")),
            json_pack("{s:I, s:I}", "min", (json_int_t)tasks, "max", (json_int_t)tasks),
            "must be %s + %lld, which is %lld: leave it out and choose %s", name, (long long)plus,
            (long long)tasks, name);
    else if (tasks > most)
        problem_add(problem, name, json_incref(asked_value(asked, name)),
            json_pack("{s:I}", "max", (json_int_t)(most - plus)),
            "makes %lld tasks, and at most %lld are allowed", (long long)tasks, (long long)most);
    json_object_set(asked->values, "tasks", list);
}

/* What nobody asked for must not cost anybody a run: with "auto" each cell is traced only where a grid that
 * is allowed as it is stays so with one repetition more, and no size was made smaller for it. */
static void plan_choose_timeline(Asked *asked, nsec_t *estimate)
{
    nsec_t with_timeline;

    if (!asked_is(asked, "timeline", "auto") || asked->n_cells > PLAN_AUTO_TRACED_CELLS)
        return;
    asked->rounds++;
    with_timeline = budget_estimate(asked);
    if (budget_allows(asked, with_timeline) && elsewhere_allows(asked)) {
        asked->max_spans = PLAN_AUTO_SPANS;
        *estimate = with_timeline;
    } else {
        asked->rounds--;
    }
}

/* Makes the cells, and fits their sizes. Returns whether all of them can run. The requests to elsewhere are
 * counted even where a cell cannot run, so that a person hears of both at once. Sizes come last, as no
 * estimate can be made of a cell that lacks its mode or lock. */
static bool plan_cells(Asked *asked, const Parameters *parameters, nsec_t *ret_estimate, Problem *problem)
{
    if (!grid_make_cells(asked, parameters, problem))
        return false;
    plan_read_more_rounds(asked);
    plan_check_paces(asked, problem);
    elsewhere_check_requests(asked, problem);
    if (problem_is_set(problem))
        return false;
    *ret_estimate = budget_fit(asked);
    budget_check(asked, *ret_estimate, problem);
    plan_choose_timeline(asked, ret_estimate);
    return !problem_is_set(problem);
}

/* Whether budget_fit() chose a smaller size than a single cell would get. */
static bool plan_is_shrunk(const Asked *asked)
{
    for (size_t i = 0; i < asked->experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &asked->experiment->parameters[i];

        if (param_is_sized(parameter, asked->given) &&
            !json_equal(asked_value(asked, parameter->name), parameter->fallback))
            return true;
    }
    return false;
}

/* How far precision may go: nowhere, where it would be refused. */
static int64_t plan_max_rounds(const Asked *asked, int64_t max_repeat)
{
    int64_t given = asked_number(asked, "max_repeat");

    for (size_t i = 0; i < asked->n_cells; i++)
        if (!asked->cells[i].runtime->paces)
            return 0;
    if (asked->experiment->fixed_time)
        return 0;
    return given < max_repeat ? given : max_repeat;
}

/* What results/advice.c may propose to ask for next. */
static Headroom plan_headroom(const Asked *asked, nsec_t estimate)
{
    int64_t repeat = asked_number(asked, "repeat"), others = asked->rounds - repeat;
    int64_t elsewhere = elsewhere_most_rounds(asked) - others;
    int64_t max_repeat = asked->limits->max_repeat < elsewhere ? asked->limits->max_repeat : elsewhere;

    return (Headroom){
        .max_repeat = max_repeat,
        .max_rounds = plan_max_rounds(asked, max_repeat),
        .other_rounds = others,
        .estimate_ns = (int64_t)estimate,
        .most_ns = budget_most_ms(asked) * (int64_t)NSEC_PER_MSEC,
        .timeout_ns = asked->timeout_ms * (int64_t)NSEC_PER_MSEC,
        .max_timeout_ns = asked->limits->max_timeout_ms * (int64_t)NSEC_PER_MSEC,
        .is_shrunk = plan_is_shrunk(asked),
    };
}

/* The names of parameters whose value gilscope chose. The answer shows them, and a comparison explains with
 * them why two runs did not do the same work. */
static json_t *plan_sized(const Asked *asked)
{
    json_t *sized = json_array();

    for (size_t i = 0; i < asked->experiment->n_parameters; i++)
        if (param_is_sized(&asked->experiment->parameters[i], asked->given))
            json_array_append_new(sized, json_string(asked->experiment->parameters[i].name));
    return sized;
}

/* The runtimes of the request, each with a reference of the plan's own. */
static void plan_keep_runtimes(const Asked *asked, Plan *plan)
{
    const json_t *names = asked_value(asked, "runtime");
    json_t *name;
    size_t i;

    plan->n_runtimes = json_array_size(names);
    plan->runtimes = calloc(plan->n_runtimes, sizeof(Catalog *));
    assert(plan->runtimes);
    json_array_foreach (names, i, name)
        plan->runtimes[i] =
            catalog_ref((Catalog *)catalogs_runtime(asked->catalogs, json_string_value(name)));
}

/* Takes the cells over. The values are shared with the request and not copied; nobody changes them any
 * more. */
static Plan plan_wrap(const Asked *asked, nsec_t estimate)
{
    Plan plan = {
        .request = json_pack("{s:s}", "experiment", asked->experiment->name),
        .cells = json_array(),
        .specs = asked->cells,
        .n_specs = asked->n_cells,
        .max_spans = asked->max_spans,
        .estimate = estimate,
        .timeout = (nsec_t)asked->timeout_ms * NSEC_PER_MSEC,
        .headroom = plan_headroom(asked, estimate),
        .format = json_string_value(asked_value(asked, "format")),
    };

    plan_keep_runtimes(asked, &plan);
    json_object_update(plan.request, asked->values);
    json_object_set_new(plan.request, "sized", plan_sized(asked));
    for (size_t i = 0; i < plan.n_specs; i++)
        json_array_append_new(plan.cells, cell_spec_json(&plan.specs[i]));
    return plan;
}

void plan_set_timeline(const Plan *plan, json_t *request)
{
    json_object_set_new(request, "timeline", json_string(plan->max_spans > 0 ? "on" : "off"));
    if (plan->max_spans > 0)
        json_object_set_new(request, "max_spans", json_integer((json_int_t)plan->max_spans));
}

/* The output is set in the last line only, so a refused request leaves nothing behind: the values and the
 * parameters end with this function, and the cells are freed where they were made in vain. */
int plan_make(const Catalogs *catalogs, const PlanLimits *given_limits, const char *experiment,
    const json_t *given, Plan *ret, Problem *problem)
{
    const PlanLimits limits = plan_limits(catalogs, given_limits);
    json_auto_t *values = json_object();
    auto_parameters Parameters parameters = {0};
    Asked asked = {
        .catalogs = catalogs,
        .limits = &limits,
        .experiment = catalogs_experiment(catalogs, experiment),
        .given = given,
        .values = values,
    };
    nsec_t estimate;

    if (!asked.experiment) {
        plan_refuse_experiment(catalogs, experiment, problem);
        return -EINVAL;
    }
    parameters_make(catalogs, &limits, asked.experiment, &parameters);
    plan_check_values(&parameters, &asked, problem);
    plan_check_idle(&asked, problem);
    elsewhere_check_urls(&asked, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    plan_read_rounds(&asked);
    plan_check_precision(&asked, problem);
    plan_derive_tasks(&asked, &parameters, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    if (!plan_cells(&asked, &parameters, &estimate, problem)) {
        plan_free_cells(asked.cells, asked.n_cells);
        return -EINVAL;
    }
    *ret = plan_wrap(&asked, estimate);
    return 0;
}
