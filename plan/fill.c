/* What is known only at run time of the parameters that all requests have: how many CPUs there are, which
 * locks the runtimes have, what the operator allows. */
#include "plan/fill.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/problem.h"
#include "base/text.h"
#include "plan/common.h"
#include "plan/limits.h"

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

/* The range that is told is the widest there is: of the experiment, in whatever runtime, or of all. It only
 * refuses what no cell can have. The operator's limit is a cap on that and never raises it. */
void fill_tasks(const Making *making, CatalogParameter *parameter)
{
    parameter->max = 1;
    for (size_t i = 0; i < making->chosen->n; i++) {
        const Catalog *catalog = making->chosen->list[i];

        for (size_t k = 0; k < catalog->n_experiments; k++) {
            const CatalogExperiment *experiment = &catalog->experiments[k];
            int64_t most = most_tasks(catalog, experiment);

            if ((!making->experiment || strcmp(making->experiment, experiment->name) == 0) &&
                most > parameter->max)
                parameter->max = most;
        }
    }
    if (making->limits->max_tasks > 0 && making->limits->max_tasks < parameter->max)
        parameter->max = making->limits->max_tasks;
}

/* As many as can be used, which is also the default: without a second CPU nothing runs side by side, and the
 * lock would have nothing to show. Runtimes that are compared all get as many as the one that can use the
 * fewest. */
void fill_cpus(const Making *making, CatalogParameter *parameter)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < making->chosen->n; i++)
        if (making->chosen->list[i]->cpus_usable > parameter->max)
            parameter->max = making->chosen->list[i]->cpus_usable;
    for (size_t i = 0; i < making->usual->n; i++)
        if (making->usual->list[i]->cpus_usable < least)
            least = making->usual->list[i]->cpus_usable;
    parameter->fallback = json_pack("[I]", (json_int_t)least);
}

void fill_repeat(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->limits->max_repeat;
}

/* Whoever asks for a precision and not for a number mostly cares for the first alone; the time limit is
 * there, too. */
void fill_max_repeat(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->limits->max_repeat;
    parameter->fallback = json_integer((json_int_t)parameter->max);
}

void fill_timeout(const Making *making, CatalogParameter *parameter)
{
    parameter->max = making->limits->max_timeout_ms;
    parameter->fallback = json_integer((json_int_t)making->limits->default_timeout_ms);
}

static bool has_choice(const CatalogParameter *parameter, const char *name)
{
    for (size_t i = 0; i < parameter->n_choices; i++)
        if (strcmp(parameter->choices[i], name) == 0)
            return true;
    return false;
}

/* Adds a choice that is not there yet: two runtimes may have a mode of the same name, and a form must not
 * offer it twice. There must be room. */
static void add_choice(CatalogParameter *parameter, const char **choices, const char *name)
{
    parameter->choices = choices;
    if (!has_choice(parameter, name))
        choices[parameter->n_choices++] = name;
}

/* The same for another name of a choice. The first runtime that has it says what it means. */
static void add_alias(CatalogParameter *parameter, CatalogAlias *aliases, const char *name, const char *means)
{
    parameter->aliases = aliases;
    for (size_t i = 0; i < parameter->n_aliases; i++)
        if (strcmp(aliases[i].name, name) == 0)
            return;
    if (!has_choice(parameter, name))
        aliases[parameter->n_aliases++] = (CatalogAlias){name, means};
}

/* The names of a kind of thing in a catalog, one after the other: NULL behind the last. */
typedef const char *(*NameOf)(const Catalog *catalog, size_t i);

static const char *mode_name(const Catalog *catalog, size_t i)
{
    return i < catalog->n_modes ? catalog->modes[i].name : NULL;
}

static const char *lock_name(const Catalog *catalog, size_t i)
{
    return i < catalog->n_locks ? catalog->locks[i].name : NULL;
}

/* So many names there are in all of them, if none stood twice. */
static size_t count_names(const Catalogs *catalogs, NameOf name_of)
{
    size_t n = 0;

    for (size_t i = 0; i < catalogs->n; i++)
        for (size_t k = 0; name_of(catalogs->list[i], k); k++)
            n++;
    return n;
}

/* "; c has none, gil", or "; jython: the JVM cannot fork; it has serial, threads": what a runtime has instead
 * of this name. Owned by the caller. */
static char *what_it_has(const Catalog *catalog, NameOf name_of, const char *name)
{
    const char *absence = catalog_absence(catalog, name);
    json_auto_t *names = json_array();
    auto_free char *list = NULL;

    for (size_t i = 0; name_of(catalog, i); i++)
        json_array_append_new(names, json_string(name_of(catalog, i)));
    list = problem_names(names);
    return absence ? text_printf("; %s: %s; it has %s", catalog->runtime, absence, list)
                   : text_printf("; %s has %s", catalog->runtime, list);
}

/* "is a lock of the runtime ruby, which this request does not name; c has none, gil". Belongs to the memo. */
static const char *why_barred(
    const Making *making, NameOf name_of, const CatalogParameter *parameter, const char *name)
{
    json_auto_t *owners = json_array();
    auto_free char *list = NULL, *clause = NULL;
    char *text;

    for (size_t i = 0; i < making->all->n; i++)
        for (size_t k = 0; name_of(making->all->list[i], k); k++)
            if (strcmp(name_of(making->all->list[i], k), name) == 0)
                json_array_append_new(owners, json_string(making->all->list[i]->runtime));
    list = problem_names(owners);
    clause = text_printf("is a %s of the runtime%s %s, which this request does not name", parameter->name,
        json_array_size(owners) > 1 ? "s" : "", list);
    for (size_t i = 0; i < making->chosen->n; i++) {
        auto_free char *before = clause, *has = what_it_has(making->chosen->list[i], name_of, name);

        clause = text_printf("%s%s", before, has);
    }
    text = memo_take(making->memo, 1, strlen(clause) + 1);
    return strcpy(text, clause);
}

/* Choices are what the chosen runtimes have, each once. What only others have is barred, so that whoever asks
 * for it is told where it is. The arrays are as large as if no name stood twice, with room for one more. */
static void fill_names(const Making *making, NameOf name_of, CatalogParameter *parameter)
{
    size_t n = count_names(making->all, name_of);
    const char **choices = memo_take(making->memo, n + 1, sizeof(*choices)), *name;
    const char **others = memo_take(making->memo, n + 1, sizeof(*others));
    CatalogAlias *barred = memo_take(making->memo, n, sizeof(*barred));
    CatalogParameter rest = {.choices = others};

    parameter->choices = choices;
    parameter->barred = barred;
    for (size_t i = 0; i < making->chosen->n; i++)
        for (size_t k = 0; (name = name_of(making->chosen->list[i], k)); k++)
            add_choice(parameter, choices, name);
    for (size_t i = 0; i < making->all->n; i++)
        for (size_t k = 0; (name = name_of(making->all->list[i], k)); k++)
            if (!has_choice(parameter, name))
                add_choice(&rest, others, name);
    for (size_t i = 0; i < rest.n_choices; i++)
        barred[parameter->n_barred++] =
            (CatalogAlias){others[i], why_barred(making, name_of, parameter, others[i])};
}

/* What is usual in any of the runtimes that say what is usual. A name of a mode is no alias of another one,
 * whichever runtime says so. */
void fill_modes(const Making *making, CatalogParameter *parameter)
{
    json_t *usual = json_array();
    CatalogAlias *aliases;
    size_t n = 0;

    fill_names(making, mode_name, parameter);
    for (size_t i = 0; i < making->chosen->n; i++)
        for (size_t k = 0; k < making->chosen->list[i]->n_modes; k++)
            n += making->chosen->list[i]->modes[k].n_aliases;
    aliases = memo_take(making->memo, n, sizeof(*aliases));
    for (size_t i = 0; i < making->chosen->n; i++) {
        for (size_t k = 0; k < making->chosen->list[i]->n_modes; k++) {
            const CatalogMode *mode = &making->chosen->list[i]->modes[k];

            for (size_t a = 0; a < mode->n_aliases; a++)
                add_alias(parameter, aliases, mode->aliases[a], mode->name);
        }
    }
    for (size_t i = 0; i < parameter->n_choices; i++)
        for (size_t k = 0; k < making->usual->n; k++) {
            const CatalogMode *mode = catalog_mode(making->usual->list[k], parameter->choices[i]);

            if (mode && mode->usual && strcmp(mode->name, parameter->choices[i]) == 0) {
                json_array_append_new(usual, json_string(mode->name));
                break;
            }
        }
    parameter->fallback = usual;
}

/* The default is each runtime's own, and of one runtime that has a name. */
void fill_locks(const Making *making, CatalogParameter *parameter)
{
    fill_names(making, lock_name, parameter);
    add_choice(parameter, (const char **)parameter->choices, COMMON_OWN_LOCK);
    parameter->fallback = json_pack("[s]",
        making->usual->n == 1 ? limits_own_lock(making->all, making->limits, making->usual->list[0])->name
                              : COMMON_OWN_LOCK);
}

/* All there are, also where others were chosen: what is not asked for now may be asked for next. */
void fill_runtimes(const Making *making, CatalogParameter *parameter)
{
    const Catalogs *all = making->all;
    const char **choices = memo_take(making->memo, all->n + all->n_missing, sizeof(*choices));

    for (size_t i = 0; i < all->n; i++)
        add_choice(parameter, choices, all->list[i]->runtime);
    parameter->choices = choices;
    parameter->fallback = json_pack("[s]", choices[0]);
}

void fill_formats(const Making *making, CatalogParameter *parameter)
{
    parameter->choices = making->limits->formats;
    while (parameter->choices[parameter->n_choices])
        parameter->n_choices++;
}

static bool is_asked(const Making *making, const Question *question)
{
    return (!making->experiment || strcmp(making->experiment, question->experiment) == 0) &&
           catalogs_experiment(making->all, question->experiment);
}

bool fill_has_questions(const Making *making)
{
    const Questions *questions = making->limits->questions;

    for (size_t i = 0; questions && i < questions->n; i++)
        if (is_asked(making, &questions->list[i]))
            return true;
    return false;
}

/* The experiment's own question is called as it is. */
void fill_question(const Making *making, CatalogParameter *parameter)
{
    const Questions *questions = making->limits->questions;
    const char **choices = memo_take(making->memo, questions->n, sizeof(*choices));

    for (size_t i = 0; i < questions->n; i++)
        if (is_asked(making, &questions->list[i]))
            add_choice(parameter, choices, questions->list[i].id);
    if (making->experiment)
        parameter->fallback = json_string(making->experiment);
}

/* Those of all questions that may be asked, for forms and documents; which of them a request may have, its
 * question decides (plan/expect.h). */
void fill_prediction(const Making *making, CatalogParameter *parameter)
{
    const Questions *questions = making->limits->questions;
    const char **choices;
    size_t n = 0;

    for (size_t i = 0; i < questions->n; i++)
        n += questions->list[i].n_choices;
    choices = memo_take(making->memo, n, sizeof(*choices));
    for (size_t i = 0; i < questions->n; i++)
        for (size_t k = 0; is_asked(making, &questions->list[i]) && k < questions->list[i].n_choices; k++)
            add_choice(parameter, choices, questions->list[i].choices[k].id);
}
