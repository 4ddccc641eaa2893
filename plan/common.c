/* One row for each parameter that every experiment has, with everything that is said of it. The row feeds the
 * check, the defaults, GET /experiments, the page's form, the OpenAPI document and --help; so there is no
 * second list that could say something else.
 *
 * Tables are constants, but some facts are known only at run time. So a row is copied, and a function of the
 * row fills in what it lacks, see plan/fill.h. */
#include "plan/common.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "catalog/headroom.h"
#include "plan/fill.h"
#include "plan/limits.h"

static const char *const on_off[] = {"off", "on"};
static const char *const timelines[] = {"off", "on", "auto"};
static const char *const details[] = {"summary", "full"};
static const CatalogAlias switch_words[] = {{"0", "off"}, {"1", "on"}, {"false", "off"}, {"true", "on"}};

/* One parameter that requests have. What depends on the catalogs, the operator or the experiment is filled in
 * by fill(), and a default that it sets wins. */
typedef struct CommonRow {
    CatalogParameter parameter;
    void (*fill)(const Making *making, CatalogParameter *parameter); /* may be NULL */
    int64_t number;                                                  /* the default of an integer */
    const char *word;                                                /* the default of a choice; NULL: none */
} CommonRow;

/* clang-format off */

/* Which cells there are. */
static const CommonRow grid_rows[] = {
    {{.name = "mode", .type = CATALOG_CHOICE, .list = true, .help = "who calls the function"}, fill_modes, 0, NULL},
    {{.name = "lock", .type = CATALOG_CHOICE, .list = true, .help = "who may run at the same time; own: what each runtime has of its own accord"}, fill_locks, 0, NULL},
    {{.name = "tasks", .type = CATALOG_INTEGER, .list = true, .min = 1,
         .help = "how many times the function is called"}, fill_tasks, COMMON_TASKS, NULL},
    {{.name = "cpus", .type = CATALOG_INTEGER, .list = true, .min = 1,
         .help = "how many CPUs a cell may use; all usable ones if not given"}, fill_cpus, 0, NULL},
};

/* How they are run, and what is told of them. */
static const CommonRow run_rows[] = {
    {{.name = "repeat", .type = CATALOG_INTEGER, .min = 1,
         .help = "timed repetitions of each cell; fewer than 6 give no interval"}, fill_repeat, 7, NULL},
    {{.name = "precision", .type = CATALOG_INTEGER, .unit = "%", .max = HEADROOM_MOST_PRECISION,
         .help = "repeat on beyond repeat=, until every time ratio is known to within this many per cent above and "
                 "below; 0: off, make repeat= repetitions"},
        NULL, 0, NULL},
    {{.name = "max_repeat", .type = CATALOG_INTEGER, .min = 1,
         .help = "with precision=, the most repetitions of each cell; without it, of no effect"}, fill_max_repeat, 0, NULL},
    {{.name = "warmup", .type = CATALOG_INTEGER, .max = 100,
         .help = "repetitions of each cell that are run first and not timed"}, NULL, 1, NULL},
    {{.name = "seed", .type = CATALOG_INTEGER, .max = INT64_MAX,
         .help = "for whatever is random, so that it can be repeated"}, NULL, 1, NULL},
    {{.name = "timeout_ms", .type = CATALOG_INTEGER, .unit = "ms", .min = 1,
         .help = "the run is ended after so much running time"}, fill_timeout, 0, NULL},
    {{.name = "runtime", .type = CATALOG_CHOICE, .list = true,
         .help = "which programs run the experiment, in turns; repetitions alternate between them"}, fill_runtimes, 0, NULL},
    {{.name = "detail", .type = CATALOG_CHOICE, .choices = details, .n_choices = ARRAY_LENGTH(details),
         .help = "summary keeps at most 256 rows of tasks, full keeps all"}, NULL, 0, "summary"},
    {{.name = "timeline", .type = CATALOG_CHOICE, .choices = timelines, .n_choices = ARRAY_LENGTH(timelines),
         .help = "one more repetition of each cell, not timed, records who did what when; auto: where there are few "
                 "cells and time for it; detail=full always has it"},
        NULL, 0, "auto"},
    {{.name = "label", .type = CATALOG_TEXT, .max_length = 100, .help = "your own name for this run"}, NULL, 0, NULL},
};

/* What is asked of a person before the run. */
static const CommonRow question_rows[] = {
    {{.name = "question", .type = CATALOG_CHOICE,
         .help = "which question you answer before the run; GET /experiments has all of them with their choices"},
        fill_question, 0, NULL},
    {{.name = "prediction", .type = CATALOG_CHOICE, .help = "what you expect to come out: one of the question's choices"},
        fill_prediction, 0, NULL},
};

static const CommonRow format_row = {
    {.name = "format", .type = CATALOG_CHOICE, .help = "how the answer is written; table is for a terminal"},
    fill_formats, 0, NULL};

/* What a server is asked beside the run itself. */
static const CommonRow client_row = {
    {.name = "client", .type = CATALOG_TEXT, .max_length = 64,
        .help = "a name of your own choice: clients of one address take turns by it; it proves nothing"}, NULL, 0, NULL};
static const CommonRow fresh_row = {
    {.name = "fresh", .type = CATALOG_CHOICE, .choices = on_off, .n_choices = ARRAY_LENGTH(on_off),
        .aliases = switch_words, .n_aliases = ARRAY_LENGTH(switch_words),
        .help = "on: a run of its own, even if the same one waits or runs already"}, NULL, 0, "off"};

/* clang-format on */

static bool rows_have(const CommonRow *rows, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].parameter.name, name) == 0)
            return true;
    return false;
}

/* "sized" is written into every request beside the values, see plan.c, and would replace a value. */
bool parameters_name_is_taken(const char *name, bool of_experiment)
{
    return rows_have(grid_rows, ARRAY_LENGTH(grid_rows), name) ||
           rows_have(run_rows, ARRAY_LENGTH(run_rows), name) ||
           rows_have(question_rows, ARRAY_LENGTH(question_rows), name) || rows_have(&format_row, 1, name) ||
           rows_have(&fresh_row, 1, name) || (!of_experiment && rows_have(&client_row, 1, name)) ||
           strcmp(name, "experiment") == 0 || strcmp(name, "sized") == 0;
}

/* The default that stands in the row itself; JSON null where there is none. A list has a default of one
 * item. */
static json_t *fallback_of(const CommonRow *row)
{
    json_t *fallback = json_null();

    if (row->parameter.type == CATALOG_INTEGER)
        fallback = json_integer((json_int_t)row->number);
    else if (row->word)
        fallback = json_string(row->word);
    return row->parameter.list ? json_pack("[o]", fallback) : fallback;
}

/* A row of the table becomes a parameter. */
static void parameters_add_row(const Making *making, const CommonRow *row, Parameters *parameters)
{
    CatalogParameter *parameter = &parameters->list[parameters->n++];

    *parameter = row->parameter;
    if (row->fill)
        row->fill(making, parameter);
    if (!parameter->fallback)
        parameter->fallback = fallback_of(row);
}

/* A parameter that a catalog describes; takes the default over, as parameters_finish() gives all of them back
 * alike. */
static void parameters_add_copy(const CatalogParameter *parameter, json_t *fallback, Parameters *parameters)
{
    CatalogParameter *copy = &parameters->list[parameters->n++];

    *copy = *parameter;
    copy->fallback = fallback;
}

/* Another runtime may take values that the first does not. What a single lock takes is seen by the grid. */
static void parameters_widen(CatalogParameter *parameter, const CatalogParameter *other)
{
    if (other->min < parameter->min)
        parameter->min = other->min;
    if (other->max > parameter->max)
        parameter->max = other->max;
}

/* Several locks may have a parameter in common, as they may be versions of one another: it is one axis, and
 * the first description stands for all. They are parameters of the request and not of a lock, because one
 * request may name several locks, and the grid needs a value for each cell. */
static void parameters_add_of_lock(const Making *making, const CatalogLock *lock, Parameters *parameters)
{
    for (size_t i = 0; i < lock->n_parameters; i++) {
        const CatalogParameter *parameter = &lock->parameters[i];
        CatalogParameter *known = (CatalogParameter *)parameters_find(parameters, parameter->name);

        if (known)
            parameters_widen(known, parameter);
        else
            parameters_add_copy(parameter, limits_lock_default(making->limits, parameter), parameters);
    }
}

static void parameters_add_of_locks(const Making *making, Parameters *parameters)
{
    for (size_t i = 0; i < making->chosen->n; i++)
        for (size_t k = 0; k < making->chosen->list[i]->n_locks; k++)
            parameters_add_of_lock(making, &making->chosen->list[i]->locks[k], parameters);
}

/* Those of the experiment in all runtimes, each once. */
static void parameters_add_own(const Making *making, Parameters *parameters)
{
    for (size_t i = 0; i < making->chosen->n; i++) {
        const CatalogExperiment *experiment = catalog_experiment(making->chosen->list[i], making->experiment);

        for (size_t k = 0; experiment && k < experiment->n_parameters; k++)
            if (!parameters_find(parameters, experiment->parameters[k].name))
                parameters_add_copy(&experiment->parameters[k],
                    json_incref((json_t *)experiment->parameters[k].fallback), parameters);
    }
}

/* How many there can be at most. The 5 are question, prediction, format, client and fresh, which are not in
 * every list. */
static size_t parameters_count(const Making *making)
{
    size_t n = ARRAY_LENGTH(grid_rows) + ARRAY_LENGTH(run_rows) + 5;

    for (size_t i = 0; i < making->chosen->n; i++) {
        const Catalog *catalog = making->chosen->list[i];
        const CatalogExperiment *experiment = catalog_experiment(catalog, making->experiment);

        n += experiment ? experiment->n_parameters : 0;
        for (size_t k = 0; k < catalog->n_locks; k++)
            n += catalog->locks[k].n_parameters;
    }
    return n;
}

/* Whether the experiment has a parameter of that name in any of the runtimes. */
static bool parameters_are_own(const Making *making, const char *name)
{
    for (size_t i = 0; i < making->chosen->n; i++) {
        const CatalogExperiment *experiment = catalog_experiment(making->chosen->list[i], making->experiment);

        if (experiment && catalog_parameter(experiment, name))
            return true;
    }
    return false;
}

/* The order is the one that forms and --help show: what spans the grid, then what sets a lock, how it is run,
 * how it is told, and at the end what only this experiment has. */
void parameters_make(const Catalogs *all, const Catalogs *chosen, const PlanLimits *limits,
    const char *experiment, Parameters *ret)
{
    const Catalogs first = {.list = all->list, .n = 1};
    const Making making = {
        .all = all,
        .chosen = chosen ? chosen : all,
        .usual = chosen ? chosen : &first,
        .limits = limits,
        .experiment = experiment,
        .memo = &ret->memo,
    };

    *ret = (Parameters){.list = calloc(parameters_count(&making), sizeof(*ret->list))};
    assert(ret->list);
    for (size_t i = 0; i < ARRAY_LENGTH(grid_rows); i++)
        parameters_add_row(&making, &grid_rows[i], ret);
    parameters_add_of_locks(&making, ret);
    for (size_t i = 0; i < ARRAY_LENGTH(run_rows); i++)
        parameters_add_row(&making, &run_rows[i], ret);
    for (size_t i = 0; fill_has_questions(&making) && i < ARRAY_LENGTH(question_rows); i++)
        parameters_add_row(&making, &question_rows[i], ret);
    if (limits->formats)
        parameters_add_row(&making, &format_row, ret);
    /* An experiment may have a parameter of that name, as fetch has a client: then who asks is said by the
     * cookie alone. */
    if (!limits->by_hand && !parameters_are_own(&making, client_row.parameter.name))
        parameters_add_row(&making, &client_row, ret);
    if (!limits->by_hand)
        parameters_add_row(&making, &fresh_row, ret);
    ret->n_common = ret->n;
    parameters_add_own(&making, ret);
}

void parameters_finish(Parameters *parameters)
{
    for (size_t i = 0; i < parameters->n; i++)
        json_decref((json_t *)parameters->list[i].fallback);
    free(parameters->list);
    memo_release(&parameters->memo);
    *parameters = (Parameters){0};
}

const CatalogParameter *parameters_find(const Parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (strcmp(parameters->list[i].name, name) == 0)
            return &parameters->list[i];
    return NULL;
}
