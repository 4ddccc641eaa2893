#include "plan/choose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memo.h"
#include "base/text.h"
#include "plan/param.h"

/* So long a client should wait before it asks for a runtime again that is being asked what it offers. */
enum { STARTING_S = 5 };

/* Why a runtime that is missing cannot be had, a clause; NULL: it can be waited for. Belongs to the memo. */
static const char *why_missing(const CatalogMissing *missing, Memo **memo)
{
    const char *clause = "";
    char *text;

    switch (missing->why) {
    case CATALOG_STARTING:
        return NULL;
    case CATALOG_BROKEN:
        clause = "is configured but broken";
        break;
    case CATALOG_NOT_INSTALLED:
        clause = "is configured but not installed";
        break;
    }
    if (!missing->reason)
        return clause;
    text = memo_take(memo, 1, strlen(clause) + strlen(missing->reason) + sizeof(": "));
    return strcat(strcat(strcpy(text, clause), ": "), missing->reason);
}

/* The parameter, as it is asked for here: one may choose what can be used, and what soon may be. */
static CatalogParameter runtime_parameter(const Catalogs *all, Memo **memo)
{
    const char **choices = memo_take(memo, all->n + all->n_missing, sizeof(*choices));
    CatalogAlias *barred = memo_take(memo, all->n_missing, sizeof(*barred));
    CatalogParameter parameter = {.name = "runtime",
        .help = "",
        .type = CATALOG_CHOICE,
        .list = true,
        .choices = choices,
        .barred = barred};

    for (size_t i = 0; i < all->n; i++)
        choices[parameter.n_choices++] = all->list[i]->runtime;
    for (size_t i = 0; i < all->n_missing; i++) {
        const char *clause = why_missing(&all->missing[i], memo);

        if (clause)
            barred[parameter.n_barred++] = (CatalogAlias){all->missing[i].runtime, clause};
        else
            choices[parameter.n_choices++] = all->missing[i].runtime;
    }
    return parameter;
}

/* A view of the first n of all, with room for the others. */
static Catalogs choose_first(const Catalogs *all, size_t n)
{
    Catalogs view = {.list = calloc(all->n + all->n_missing, sizeof(*view.list)), .n = n};

    assert(view.list);
    memcpy(view.list, all->list, n * sizeof(*view.list));
    return view;
}

static void refuse_starting(const char *name, Problem *problem)
{
    problem_set(problem, 503, "Runtime is starting",
        "the runtime %s is being asked what it offers; ask again in a few seconds", name);
    problem_extend(problem, "retry_after_s", json_integer(STARTING_S));
}

Catalogs choose_runtimes(
    const Catalogs *all, const json_t *given, int64_t max_items, bool *ret_is_guess, Problem *problem)
{
    const json_t *wanted = param_given(given, "runtime");
    Memo *memo = NULL;
    const CatalogParameter parameter = runtime_parameter(all, &memo);
    json_auto_t *names = wanted ? param_check(&parameter, wanted, max_items, problem) : NULL;
    const CatalogMissing *starting = NULL;
    Catalogs view;
    json_t *name;
    size_t i;

    memo_release(&memo);
    json_array_foreach (names, i, name)
        if (!starting)
            starting = catalogs_missing(all, json_string_value(name));
    if (starting && !problem_is_set(problem))
        refuse_starting(starting->runtime, problem);
    *ret_is_guess = wanted && (!names || starting);
    view = choose_first(all, *ret_is_guess ? all->n : names ? 0 : 1);
    json_array_foreach (names, i, name)
        if (!*ret_is_guess)
            view.list[view.n++] = (Catalog *)catalogs_runtime(all, json_string_value(name));
    return view;
}
