/* What would help two runs that cannot be told apart. An interval of their ratio is as wide as the wider of
 * the two makes it, so advice is for both: they are asked for once more with the same change, and it must be
 * one that is allowed in either. Everything is taken from the one that has less room.
 *
 * Nothing is said of a precision: it is one of the ratios within a run, and two runs that are as precise as
 * was asked for may still not be told apart. */
#include <math.h>

#include "base/array.h"
#include "results/advice.h"
#include "results/compare-parts.h"

static int64_t compare_least(int64_t one, int64_t two)
{
    return one < two ? one : two;
}

static int64_t compare_most(int64_t one, int64_t two)
{
    return one > two ? one : two;
}

static const json_t *compare_request(const ResultRun *run)
{
    return json_object_get(run->json, "request");
}

static int64_t compare_asked(const ResultRun *run, const char *name)
{
    return json_integer_value(json_object_get(compare_request(run), name));
}

/* With a precision, repeat may not be more than max_repeat, which is asked for already. */
static int64_t compare_max_repeat(const ResultRun *run, const Headroom *headroom)
{
    int64_t max_repeat = compare_asked(run, "max_repeat");

    return compare_asked(run, "precision") > 0 ? compare_least(max_repeat, headroom->max_repeat)
                                               : headroom->max_repeat;
}

/* How long one round should take. */
static double compare_round(const ResultRun *run, const Headroom *headroom)
{
    return (double)headroom->estimate_ns /
           (double)compare_most(compare_asked(run, "repeat") + headroom->other_rounds, 1);
}

/* The room of both, for a request with so many repetitions. */
static Headroom compare_headroom(const RunComparison *comparison, int64_t repeat)
{
    const ResultRun *const *runs = comparison->runs;
    const Headroom *one = &comparison->rooms[BASELINE].headroom;
    const Headroom *two = &comparison->rooms[CANDIDATE].headroom;
    int64_t others = compare_most(one->other_rounds, two->other_rounds);
    double round = fmax(compare_round(runs[BASELINE], one), compare_round(runs[CANDIDATE], two));

    return (Headroom){
        .max_repeat =
            compare_least(compare_max_repeat(runs[BASELINE], one), compare_max_repeat(runs[CANDIDATE], two)),
        .max_rounds = 0,
        .other_rounds = others,
        .estimate_ns = (int64_t)(round * (double)(repeat + others)),
        .most_ns = compare_least(one->most_ns, two->most_ns),
        .timeout_ns = compare_least(one->timeout_ns, two->timeout_ns),
        .max_timeout_ns = compare_least(one->max_timeout_ns, two->max_timeout_ns),
        .is_shrunk = one->is_shrunk || two->is_shrunk,
    };
}

/* The request of one side, without what the other was not asked for: what differs is not to be changed in
 * both. A new reference. */
static json_t *compare_shared_request(const RunComparison *comparison, int side)
{
    const json_t *other = compare_request(comparison->runs[side == BASELINE ? CANDIDATE : BASELINE]);
    json_t *shared = json_object(), *value;
    const char *name;

    json_object_foreach ((json_t *)compare_request(comparison->runs[side]), name, value) {
        if (json_equal(value, json_object_get(other, name)))
            json_object_set(shared, name, value);
    }
    json_object_set_new(shared, "repeat", json_integer(compare_asked(comparison->runs[side], "repeat")));
    return shared;
}

static double compare_round_ns(const RunComparison *comparison)
{
    double rounds[N_SIDES] = {0};

    for (size_t s = 0; s < N_SIDES; s++) {
        const ResultCells *cells = &comparison->runs[s]->cells;

        for (size_t i = 0; i < cells->n; i++)
            if (cells->at[i]->wall.median > 0)
                rounds[s] += advice_round_ns(cells->at[i]->wall.median);
    }
    return fmax(rounds[BASELINE], rounds[CANDIDATE]);
}

/* Whether one side has fewer repetitions is seen in its samples; of two that have as many it does not matter.
 */
char *compare_advice(
    const RunComparison *comparison, const ResultCell *const sides[N_SIDES], const Ratio *ratio)
{
    int side = sides[BASELINE]->wall.n < sides[CANDIDATE]->wall.n ? BASELINE : CANDIDATE;
    json_auto_t *request = NULL;
    Headroom headroom;

    if (!comparison->rooms)
        return NULL;
    request = compare_shared_request(comparison, side);
    headroom = compare_headroom(comparison, compare_asked(comparison->runs[side], "repeat"));
    return advice_make(&(AdviceFor){
        .headroom = &headroom,
        .request = request,
        .experiment = comparison->rooms[BASELINE].experiment == comparison->rooms[CANDIDATE].experiment
                          ? comparison->rooms[BASELINE].experiment
                          : NULL,
        .ratio = ratio,
        .status = sides[side]->status,
        .wall_ns = compare_most(sides[BASELINE]->wall.median, sides[CANDIDATE]->wall.median),
        .round_ns = compare_round_ns(comparison),
        .in_both_runs = true,
    });
}
