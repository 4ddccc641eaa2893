/* One row for each parameter that every experiment has, with everything that is said of it. The row feeds the
 * check, the defaults, GET /experiments, the page's form, the OpenAPI document and --help; so there is no
 * second list that could say something else.
 *
 * Tables are constants, but some facts are known only at run time: how many CPUs there are, which locks the
 * runtimes have, what the operator allows. So a row is copied and a function of the row fills in what it
 * lacks. The texts of choices belong to the catalogs; the arrays that list them belong to the memo of the
 * Parameters. */
#include "plan/common.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "catalog/headroom.h"

/* What a row is filled in from. The experiment is NULL where the common parameters are asked for alone. */
typedef struct Making {
    const Catalogs *catalogs;
    const PlanLimits *limits;
    const CatalogExperiment *experiment;
    Memo **memo;
} Making;

/* The most tasks that any mode can have in the experiment. A single cell is held against its own mode later,
 * see plan/grid.c. */
static int64_t most_tasks(const Catalog *catalog, const CatalogExperiment *experiment)
{
    int64_t most = 1;

    for (size_t i = 0; i < catalog->n_modes; i++)
        if (experiment->room[i].max_tasks > most)
            most = experiment->room[i].max_tasks;
    return most;
}

/* The range that is told is the widest there is: of the experiment, as the first runtime that has it
 * describes it, or of all. It only refuses what no cell can have. The operator's limit is a cap on that and
 * never raises it. */
static void fill_tasks(const Making *making, CatalogParameter *parameter)
{
    parameter->max = 1;
    for (size_t i = 0; i < making->catalogs->n; i++) {
        const Catalog *catalog = making->catalogs->list[i];

        for (size_t k = 0; k < catalog->n_experiments; k++) {
            const CatalogExperiment *experiment = &catalog->experiments[k];
            int64_t most = most_tasks(catalog, experiment);

            if ((!making->experiment || making->experiment == experiment) && most > parameter->max)
                parameter->max = most;
        }
    }
    if (making->limits->max_tasks > 0 && making->limits->max_tasks < parameter->max)
        parameter->max = making->limits->max_tasks;
}

/* As many as can be used, which is also the default: without a second CPU nothing runs side by side, and the
 * lock would have nothing to show. They are those of the first runtime; all runtimes are on the same
 * machine. */
static void fill_cpus(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->catalogs->list[0]->cpus_usable;
    parameter->fallback = json_pack("[I]", (json_int_t)parameter->max);
}

static void fill_repeat(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->limits->max_repeat;
}

/* Whoever asks for a precision and not for a number mostly cares for the first alone; the time limit is
 * there, too. */
static void fill_max_repeat(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->limits->max_repeat;
    parameter->fallback = json_integer((json_int_t)parameter->max);
}

static void fill_timeout(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->limits->max_timeout_ms;
    parameter->fallback = json_integer((json_int_t)making->limits->default_timeout_ms);
}

/* Adds a choice that is not there yet: two runtimes may have a mode of the same name, and a form must not
 * offer it twice. There must be room. */
static void add_choice(CatalogParameter *parameter, const char **choices, const char *name)
{
    for (size_t i = 0; i < parameter->n_choices; i++)
        if (strcmp(choices[i], name) == 0)
            return;
    choices[parameter->n_choices++] = name;
}

/* Choices and aliases are those of all runtimes; what is usual is said by the first alone, since a request
 * that names no runtime gets that one, and a mode that it lacks would make the default itself be refused. The
 * arrays are as large as if no name stood twice. */
static void fill_modes(const Making *making, CatalogParameter *parameter)
{
    const Catalogs *catalogs = making->catalogs;
    const Catalog *first = catalogs->list[0];
    json_t *usual = json_array();
    CatalogAlias *aliases;
    const char **choices;
    size_t n = 0, n_aliases = 0;

    for (size_t i = 0; i < catalogs->n; i++)
        n += catalogs->list[i]->n_modes;
    for (size_t i = 0; i < catalogs->n; i++)
        for (size_t k = 0; k < catalogs->list[i]->n_modes; k++)
            n_aliases += catalogs->list[i]->modes[k].n_aliases;
    choices = memo_take(making->memo, n, sizeof(*choices));
    aliases = memo_take(making->memo, n_aliases, sizeof(*aliases));
    for (size_t i = 0; i < catalogs->n; i++) {
        for (size_t k = 0; k < catalogs->list[i]->n_modes; k++) {
            const CatalogMode *mode = &catalogs->list[i]->modes[k];

            add_choice(parameter, choices, mode->name);
            for (size_t a = 0; a < mode->n_aliases; a++)
                aliases[parameter->n_aliases++] = (CatalogAlias){mode->aliases[a], mode->name};
        }
    }
    for (size_t i = 0; i < first->n_modes; i++)
        if (first->modes[i].usual)
            json_array_append_new(usual, json_string(first->modes[i].name));
    parameter->choices = choices;
    parameter->aliases = aliases;
    parameter->fallback = usual;
}

/* The default is the operator's, or the usual one of the first runtime: plan_limits() has decided. */
static void fill_locks(const Making *making, CatalogParameter *parameter)
{
    const Catalogs *catalogs = making->catalogs;
    const char **choices;
    size_t n = 0;

    for (size_t i = 0; i < catalogs->n; i++)
        n += catalogs->list[i]->n_locks;
    choices = memo_take(making->memo, n, sizeof(*choices));
    for (size_t i = 0; i < catalogs->n; i++)
        for (size_t k = 0; k < catalogs->list[i]->n_locks; k++)
            add_choice(parameter, choices, catalogs->list[i]->locks[k].name);
    parameter->choices = choices;
    parameter->fallback = json_pack("[s]", making->limits->default_lock);
}

static void fill_runtimes(const Making *making, CatalogParameter *parameter)
{
    const Catalogs *catalogs = making->catalogs;
    const char **choices = memo_take(making->memo, catalogs->n, sizeof(*choices));

    for (size_t i = 0; i < catalogs->n; i++)
        add_choice(parameter, choices, catalogs->list[i]->runtime);
    parameter->choices = choices;
    parameter->fallback = json_pack("[s]", choices[0]);
}

static void fill_formats(const Making *making, CatalogParameter *parameter)
{
    parameter->choices = making->limits->formats;
    while (parameter->choices[parameter->n_choices])
        parameter->n_choices++;
}

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
    {{.name = "lock", .type = CATALOG_CHOICE, .list = true, .help = "who may run at the same time"}, fill_locks, 0, NULL},
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
         .help = "which program runs the experiment"}, fill_runtimes, 0, NULL},
    {{.name = "detail", .type = CATALOG_CHOICE, .choices = details, .n_choices = ARRAY_LENGTH(details),
         .help = "summary keeps at most 256 rows of tasks, full keeps all"}, NULL, 0, "summary"},
    {{.name = "timeline", .type = CATALOG_CHOICE, .choices = timelines, .n_choices = ARRAY_LENGTH(timelines),
         .help = "one more repetition of each cell, not timed, records who did what when; auto: where there are few "
                 "cells and time for it; detail=full always has it"},
        NULL, 0, "auto"},
    {{.name = "label", .type = CATALOG_TEXT, .max_length = 100, .help = "your own name for this run"}, NULL, 0, NULL},
    {{.name = "prediction", .type = CATALOG_TEXT, .max_length = 1000, .help = "what you expect to see"}, NULL, 0, NULL},
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
           rows_have(run_rows, ARRAY_LENGTH(run_rows), name) || rows_have(&format_row, 1, name) ||
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

/* What the operator wants for a parameter of a lock; 0: nothing. */
static int64_t wanted_default(const PlanLimits *limits, const char *name)
{
    for (const PlanDefault *wanted = limits->lock_defaults; wanted->parameter; wanted++)
        if (strcmp(wanted->parameter, name) == 0)
            return wanted->value;
    return 0;
}

/* A parameter that a catalog describes. Only those of locks take a default from the operator (limits is not
 * NULL for them). The default is a reference of this copy's own, as parameters_finish() gives all of them
 * back alike. */
static void parameters_add_copy(
    const CatalogParameter *parameter, const PlanLimits *limits, Parameters *parameters)
{
    int64_t wanted = limits ? wanted_default(limits, parameter->name) : 0;
    CatalogParameter *copy = &parameters->list[parameters->n++];

    *copy = *parameter;
    copy->fallback =
        wanted > 0 ? json_pack("[I]", (json_int_t)wanted) : json_incref((json_t *)parameter->fallback);
}

/* Several locks may have a parameter in common, as they may be versions of one another: it is one axis, and
 * the first description stands for all. They are parameters of the request and not of a lock, because one
 * request may name several locks, and the grid needs a value for each cell. */
static void parameters_add_of_locks(const Making *making, Parameters *parameters)
{
    for (size_t i = 0; i < making->catalogs->n; i++) {
        const Catalog *catalog = making->catalogs->list[i];

        for (size_t k = 0; k < catalog->n_locks; k++)
            for (size_t p = 0; p < catalog->locks[k].n_parameters; p++)
                if (!parameters_find(parameters, catalog->locks[k].parameters[p].name))
                    parameters_add_copy(&catalog->locks[k].parameters[p], making->limits, parameters);
    }
}

/* How many there can be at most. The 3 are format, client and fresh, which are not in every list. */
static size_t parameters_count(const Making *making)
{
    size_t n = ARRAY_LENGTH(grid_rows) + ARRAY_LENGTH(run_rows) + 3;

    for (size_t i = 0; i < making->catalogs->n; i++)
        for (size_t k = 0; k < making->catalogs->list[i]->n_locks; k++)
            n += making->catalogs->list[i]->locks[k].n_parameters;
    return n + (making->experiment ? making->experiment->n_parameters : 0);
}

/* The order is the one that forms and --help show: what spans the grid, then what sets a lock, how it is run,
 * how it is told, and at the end what only this experiment has. */
void parameters_make(
    const Catalogs *catalogs, const PlanLimits *limits, const CatalogExperiment *experiment, Parameters *ret)
{
    const Making making = {catalogs, limits, experiment, &ret->memo};

    *ret = (Parameters){.list = calloc(parameters_count(&making), sizeof(*ret->list))};
    assert(ret->list);
    for (size_t i = 0; i < ARRAY_LENGTH(grid_rows); i++)
        parameters_add_row(&making, &grid_rows[i], ret);
    parameters_add_of_locks(&making, ret);
    for (size_t i = 0; i < ARRAY_LENGTH(run_rows); i++)
        parameters_add_row(&making, &run_rows[i], ret);
    if (limits->formats)
        parameters_add_row(&making, &format_row, ret);
    /* An experiment may have a parameter of that name, as fetch has a client: then who asks is said by the
     * cookie alone. */
    if (!limits->by_hand && !(experiment && catalog_parameter(experiment, client_row.parameter.name)))
        parameters_add_row(&making, &client_row, ret);
    if (!limits->by_hand)
        parameters_add_row(&making, &fresh_row, ret);
    ret->n_common = ret->n;
    for (size_t i = 0; experiment && i < experiment->n_parameters; i++)
        parameters_add_copy(&experiment->parameters[i], NULL, ret);
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
