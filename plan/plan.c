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
#include "plan/asked.h"
#include "plan/budget.h"
#include "plan/choose.h"
#include "plan/common.h"
#include "plan/elsewhere.h"
#include "plan/grid-check.h"
#include "plan/grid.h"
#include "plan/param.h"
#include "plan/values.h"

void plan_finish(Plan *plan)
{
    for (size_t i = 0; i < plan->n_specs; i++)
        json_decref(plan->specs[i].params);
    free(plan->specs);
    for (size_t i = 0; i < plan->n_runtimes; i++)
        catalog_unref(plan->runtimes[i]);
    free(plan->runtimes);
    json_decref(plan->left_out);
    json_decref(plan->host);
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

static bool plan_is_fixed_time(const Asked *asked)
{
    for (size_t i = 0; i < asked->n_runtimes; i++)
        if (asked->runtimes[i].experiment->fixed_time)
            return true;
    return false;
}

/* A precision is one of wall times that are compared: where an experiment goes on for as long as it is told,
 * every time is the same, and the first look would find the run precise. */
static void plan_check_precision(const Asked *asked, Problem *problem)
{
    int64_t repeat = asked_number(asked, "repeat"), most = asked_number(asked, "max_repeat");

    if (asked_number(asked, "precision") == 0)
        return;
    if (plan_is_fixed_time(asked))
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

/* A runtime that does not wait behind its events cannot be told to stop, nor to wait while another one
 * measures. */
static void plan_check_paces(const Asked *asked, Problem *problem)
{
    for (size_t i = 0; i < asked->n_runtimes; i++) {
        const Catalog *catalog = asked->runtimes[i].catalog;

        if (catalog->paces)
            continue;
        if (asked->n_runtimes > 1)
            problem_add(problem, "runtime", json_string(catalog->runtime), NULL,
                "cannot take turns with others, as it does not wait behind its events: ask for it alone");
        if (asked_number(asked, "precision") > 0)
            problem_add(problem, "precision", json_incref(asked_value(asked, "precision")), NULL,
                "the runtime \"%s\" cannot be told to stop, as it does not wait behind its events: ask for "
                "repeat",
                catalog->runtime);
    }
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
    for (size_t i = 0; i < asked->n_cells; i++) {
        const CellSpec *cell = &asked->cells[i];

        for (size_t k = 0; k < cell->experiment->n_parameters; k++) {
            const CatalogParameter *parameter = &cell->experiment->parameters[k];
            const json_t *size = json_object_get(cell->params, parameter->name);

            if (size && param_is_sized(parameter, asked->given) && !json_equal(size, parameter->fallback))
                return true;
        }
    }
    return false;
}

/* How far precision may go: nowhere, where it would be refused. */
static int64_t plan_max_rounds(const Asked *asked, int64_t max_repeat)
{
    int64_t given = asked_number(asked, "max_repeat");

    for (size_t i = 0; i < asked->n_runtimes; i++)
        if (!asked->runtimes[i].catalog->paces)
            return 0;
    if (plan_is_fixed_time(asked))
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

/* The names of parameters whose value gilscope chose, in some runtime at least. The answer shows them, and a
 * comparison explains with them why two runs did not do the same work. */
static json_t *plan_sized(const Asked *asked)
{
    json_t *sized = json_array();

    for (size_t i = 0; i < asked->n_runtimes; i++) {
        const CatalogExperiment *experiment = asked->runtimes[i].experiment;

        for (size_t k = 0; k < experiment->n_parameters; k++) {
            const char *name = experiment->parameters[k].name;

            if (param_is_sized(&experiment->parameters[k], asked->given) &&
                names_place(sized, name) == json_array_size(sized))
                json_array_append_new(sized, json_string(name));
        }
    }
    return sized;
}

/* The runtimes of the request, each with a reference of the plan's own. */
static void plan_keep_runtimes(const Asked *asked, Plan *plan)
{
    plan->runtimes = calloc(asked->n_runtimes, sizeof(Catalog *));
    assert(plan->runtimes);
    for (; plan->n_runtimes < asked->n_runtimes; plan->n_runtimes++)
        plan->runtimes[plan->n_runtimes] = catalog_ref(asked->runtimes[plan->n_runtimes].catalog);
}

/* Most runtimes leave the machine to those that can tell more of it, such as the engine, and say nothing. */
static const json_t *plan_host(const Asked *asked)
{
    for (size_t i = 0; i < asked->n_runtimes; i++)
        if (json_object_size(asked->runtimes[i].catalog->host.json) > 0)
            return asked->runtimes[i].catalog->host.json;
    for (size_t i = 0; i < asked->all->n; i++)
        if (json_object_size(asked->all->list[i]->host.json) > 0)
            return asked->all->list[i]->host.json;
    return NULL;
}

/* Takes the cells over, and what was left out. The values are shared with the request and not copied; nobody
 * changes them any more. */
static Plan plan_wrap(Asked *asked, nsec_t estimate)
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
        .host = json_incref((json_t *)plan_host(asked)),
        .format = json_string_value(asked_value(asked, "format")),
    };

    plan_keep_runtimes(asked, &plan);
    json_object_update(plan.request, asked->values);
    json_object_set_new(plan.request, "sized", plan_sized(asked));
    if (json_array_size(asked->left_out) > 0)
        plan.left_out = json_incref(asked->left_out);
    for (size_t i = 0; i < plan.n_specs; i++)
        json_array_append_new(plan.cells, cell_spec_json(&plan.specs[i]));
    asked->cells = NULL;
    asked->n_cells = 0;
    return plan;
}

void plan_set_timeline(const Plan *plan, json_t *request)
{
    json_object_set_new(request, "timeline", json_string(plan->max_spans > 0 ? "on" : "off"));
    if (plan->max_spans > 0)
        json_object_set_new(request, "max_spans", json_integer((json_int_t)plan->max_spans));
}

/* "does not have the experiment refcount: there are no counts to see; it has countdown, fetch" */
static void plan_refuse_runtime(
    const Catalogs *all, const Catalog *runtime, const char *experiment, bool others, Problem *problem)
{
    const Catalogs alone = {.list = (Catalog *[]){(Catalog *)runtime}, .n = 1};
    const char *absence = catalog_absence(runtime, experiment);
    json_auto_t *names = plan_experiments(&alone), *owners = json_array();
    auto_free char *list = problem_names(names), *where = NULL, *elsewhere = NULL;

    for (size_t i = 0; i < all->n && !others; i++)
        if (catalog_experiment(all->list[i], experiment))
            json_array_append_new(owners, json_string(all->list[i]->runtime));
    where = problem_names(owners);
    elsewhere =
        others ? text_printf("%s", "") : text_printf("; %s is there with runtime=%s", experiment, where);
    problem_add(problem, "runtime", json_string(runtime->runtime), NULL,
        "does not have the experiment %s%s%s; it has %s%s", experiment, absence ? ": " : "",
        absence ? absence : "", list, elsewhere);
}

/* The runtimes of the request that have the experiment; the others are refused, unless nobody knows which
 * were meant. */
static void plan_read_runtimes(Asked *asked, const char *experiment, Problem *problem)
{
    asked->runtimes = calloc(asked->chosen->n, sizeof(AskedRuntime));
    assert(asked->runtimes);
    for (size_t i = 0; i < asked->chosen->n; i++) {
        Catalog *catalog = asked->chosen->list[i];
        const CatalogExperiment *own = catalog_experiment(catalog, experiment);

        if (own)
            asked->runtimes[asked->n_runtimes++] =
                (AskedRuntime){.catalog = catalog, .experiment = own, .params = json_object()};
    }
    for (size_t i = 0; i < asked->chosen->n && !asked->is_guess; i++)
        if (!catalog_experiment(asked->chosen->list[i], experiment))
            plan_refuse_runtime(
                asked->all, asked->chosen->list[i], experiment, asked->n_runtimes > 0, problem);
    if (asked->n_runtimes > 0)
        asked->experiment = asked->runtimes[0].experiment;
}

/* From values to cells. */
static int plan_make_of(Asked *asked, const Parameters *parameters, Plan *ret, Problem *problem)
{
    nsec_t estimate;

    values_check(asked, parameters, problem);
    elsewhere_check_urls(asked, problem);
    if (problem_is_set(problem))
        return -EINVAL;
    plan_read_rounds(asked);
    plan_check_precision(asked, problem);
    plan_check_paces(asked, problem);
    values_derive_tasks(asked, parameters, problem);
    if (problem_is_set(problem) || !plan_cells(asked, parameters, &estimate, problem))
        return -EINVAL;
    values_settle(asked, parameters);
    *ret = plan_wrap(asked, estimate);
    return 0;
}

/* The output is set in the last step only, so a refused request leaves nothing behind: what was asked ends
 * with this function. */
static int plan_make_with(Asked *asked, const char *experiment, Plan *ret, Problem *problem)
{
    auto_parameters Parameters parameters = {0};

    plan_read_runtimes(asked, experiment, problem);
    if (asked->n_runtimes == 0)
        return -EINVAL;
    parameters_make(asked->all, asked->chosen, asked->limits, experiment, &parameters);
    return plan_make_of(asked, &parameters, ret, problem);
}

int plan_make(const Catalogs *catalogs, const PlanLimits *given_limits, const char *experiment,
    const json_t *given, Plan *ret, Problem *problem)
{
    const PlanLimits limits = plan_limits(catalogs, given_limits);
    bool is_guess;
    Catalogs chosen = choose_runtimes(catalogs, given, limits.max_cells, &is_guess, problem);
    auto_asked Asked asked = {
        .all = catalogs,
        .limits = &limits,
        .given = given,
        .chosen = &chosen,
        .is_guess = is_guess,
        .values = json_object(),
        .left_out = json_array(),
    };
    int r = -EINVAL;

    /* Which experiments there are is known when all runtimes of the request are. */
    if (problem->status != 503 && !catalogs_experiment(catalogs, experiment))
        plan_refuse_experiment(catalogs, experiment, problem);
    else if (problem->status != 503)
        r = plan_make_with(&asked, experiment, ret, problem);
    free(chosen.list);
    return r;
}
