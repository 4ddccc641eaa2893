/* Each runtime says what it can do of what was asked for (plan/offer.h); the grid is what all of them can do
 * together, in one order.
 *
 * The picture: the lists of the request are axes, from the slowest to the fastest lock, the lock's
 * parameters, cpus, tasks, runtime, mode. A runtime may lack values of an axis, and its lock may lack a whole
 * axis: so the cells of each offer are made by themselves, each with its places on all axes (its rank), and
 * then sorted by them. What is impossible never becomes a cell, so the numbers of the cells have no gaps. */
#include "plan/grid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/grid-check.h"
#include "plan/param.h"

/* A cell on its way, and its places on the axes: the lock, the parameters of locks, cpus, tasks, runtime,
 * mode. */
typedef struct Draft {
    CellSpec cell;
    size_t *rank;
} Draft;

/* The drafts of all offers. */
typedef struct Drafts {
    Draft *list;
    size_t n;
    json_t *names; /* of the parameters that the locks have */
    Memo **memo;
} Drafts;

static size_t rank_width(const Drafts *drafts)
{
    return json_array_size(drafts->names) + 5;
}

/* This comes before a single cell is made: a few lists of a few hundred values span more cells than there is
 * memory. It is one fault, however many lists have a part in it: the longest is the one to be shortened, and
 * the sentence names all with their lengths. What ranges forbid is no cell, but still in the product that is
 * told. */
static void grid_check_size(
    const Asked *asked, const Parameters *parameters, const Offers *offers, Problem *problem)
{
    int64_t count = 0, span = 0;
    const char *longest = NULL;
    auto_free char *lists = NULL;
    size_t most = 0;

    for (size_t i = 0; i < offers->n; i++) {
        count = __builtin_add_overflow(count, offer_count(&offers->list[i]), &count) ? INT64_MAX : count;
        span = __builtin_add_overflow(span, offer_span(&offers->list[i]), &span) ? INT64_MAX : span;
    }
    if (count <= asked->limits->max_cells)
        return;
    for (size_t i = 0; i < parameters->n; i++) {
        const CatalogParameter *parameter = &parameters->list[i];
        const json_t *values = parameter->list ? asked_value(asked, parameter->name) : NULL;
        size_t n = json_array_size(values);
        auto_free char *before = NULL;

        if (n < 2)
            continue;
        before = lists;
        lists = text_printf("%s%s%s (%zu)", before ? before : "", before ? ", " : "", parameter->name, n);
        /* Of what nobody gave nothing can be left out. */
        n = param_given(asked->given, parameter->name) ? n : 1;
        if (!longest || n > most)
            longest = parameter->name;
        most = n > most ? n : most;
    }
    problem_add(problem, longest, json_incref((json_t *)param_given(asked->given, longest)), NULL,
        "the lists %s span %lld cells together, and at most %lld are allowed: shorten one of them", lists,
        (long long)span, (long long)asked->limits->max_cells);
}

/* The names of the parameters that the locks have, each once. */
static json_t *grid_names(const Offers *offers)
{
    json_t *names = json_array();

    for (size_t i = 0; i < offers->n; i++)
        for (size_t k = 0; k < offers->list[i].n_own; k++)
            if (names_place(names, offers->list[i].own[k].name) == json_array_size(names))
                json_array_append_new(names, json_string(offers->list[i].own[k].name));
    return names;
}

/* The experiment's own parameters as its runtime has them, and those of the cell's lock. Those of other locks
 * are left out: with them every new lock would make all runs before it look like something else, because they
 * lack its parameters. own: the place of each value among those that the lock can have. */
static CellSpec grid_make_cell(
    const Offer *offer, size_t mode_at, size_t tasks_at, size_t cpus_at, const size_t *own)
{
    const AskedRuntime *runtime = offer->runtime;
    CellSpec cell = {
        .runtime = runtime->catalog,
        .experiment = runtime->experiment,
        .mode = offer_mode(runtime, json_string_value(json_array_get(offer->modes.values, mode_at))),
        .lock = offer->lock,
        .tasks = json_integer_value(json_array_get(offer->tasks.values, tasks_at)),
        .cpus = json_integer_value(json_array_get(offer->cpus.values, cpus_at)),
        .cpu_quota = runtime->catalog->host.cpu_quota,
        .params = json_copy(runtime->params),
    };

    for (size_t i = 0; i < offer->n_own; i++)
        json_object_set(
            cell.params, offer->own[i].name, json_array_get(offer->own[i].values, offer->own[i].at[own[i]]));
    return cell;
}

/* Adds the drafts that have these values of the lock's own parameters. */
static void grid_add_drafts(const Offer *offer, const size_t *own, Drafts *drafts)
{
    const size_t n_names = json_array_size(drafts->names);

    for (size_t c = 0; c < offer->cpus.n; c++)
        for (size_t t = 0; t < offer->tasks.n; t++)
            for (size_t m = 0; m < offer->modes.n; m++) {
                size_t mode_at = offer->modes.at[m], tasks_at = offer->tasks.at[t];
                Draft *draft = &drafts->list[drafts->n];

                if (!offer_takes(offer, mode_at, tasks_at))
                    continue;
                drafts->n++;
                draft->cell = grid_make_cell(offer, mode_at, tasks_at, offer->cpus.at[c], own);
                draft->rank = memo_take(drafts->memo, rank_width(drafts), sizeof(size_t));
                draft->rank[0] = offer->lock_at;
                for (size_t i = 0; i < offer->n_own; i++)
                    draft->rank[1 + names_place(drafts->names, offer->own[i].name)] =
                        offer->own[i].at[own[i]];
                draft->rank[n_names + 1] = offer->cpus.at[c];
                draft->rank[n_names + 2] = tasks_at;
                draft->rank[n_names + 3] = offer->runtime_at;
                draft->rank[n_names + 4] = mode_at;
            }
}

/* Counts through the values of the lock's own parameters, as a mileage counter does. */
static void grid_add_offer(const Offer *offer, Drafts *drafts)
{
    size_t *own = memo_take(drafts->memo, offer->n_own, sizeof(*own));
    size_t i = 0;

    if (offer_count(offer) == 0)
        return;
    do {
        grid_add_drafts(offer, own, drafts);
        for (i = 0; i < offer->n_own && ++own[i] == offer->own[i].n; i++)
            own[i] = 0;
    } while (i < offer->n_own);
}

static int compare_drafts(const void *one, const void *other, void *width)
{
    const Draft *a = one, *b = other;

    for (size_t i = 0; i < *(const size_t *)width; i++)
        if (a->rank[i] != b->rank[i])
            return a->rank[i] < b->rank[i] ? -1 : 1;
    return 0;
}

/* There are few enough, and the offers have said how many. */
static void grid_fill(Asked *asked, const Offers *offers, Memo **memo)
{
    json_auto_t *names = grid_names(offers);
    Drafts drafts = {.names = names, .memo = memo};
    size_t n = 0, width = rank_width(&drafts);

    for (size_t i = 0; i < offers->n; i++)
        n += (size_t)offer_count(&offers->list[i]);
    drafts.list = memo_take(memo, n, sizeof(Draft));
    for (size_t i = 0; i < offers->n; i++)
        grid_add_offer(&offers->list[i], &drafts);
    qsort_r(drafts.list, drafts.n, sizeof(Draft), compare_drafts, &width);
    asked->cells = calloc(drafts.n + 1, sizeof(CellSpec));
    assert(asked->cells);
    for (; asked->n_cells < drafts.n; asked->n_cells++) {
        asked->cells[asked->n_cells] = drafts.list[asked->n_cells].cell;
        asked->cells[asked->n_cells].number = (int64_t)asked->n_cells;
    }
}

bool grid_make_cells(Asked *asked, const Parameters *parameters, Problem *problem)
{
    Memo *memo = NULL;
    Offers offers;

    grid_drop_modes(asked);
    offers_make(asked, &memo, &offers);
    grid_check_size(asked, parameters, &offers, problem);
    if (!problem_is_set(problem))
        grid_check(asked, &offers, problem);
    if (!problem_is_set(problem)) {
        grid_note(asked, &offers);
        grid_fill(asked, &offers, &memo);
    }
    for (size_t i = 0; i < offers.n; i++)
        offer_finish(&offers.list[i]);
    memo_release(&memo);
    return !problem_is_set(problem);
}
