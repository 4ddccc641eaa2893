/* A table of proposals, asked in turn; the first that has something to offer is the advice. Each names one
 * parameter, because whoever changes two at once does not learn which of them it was, and none is made that
 * the plan would refuse or that would not end in time: advice that leads to an error message is worse than
 * none.
 *
 * All figures here are guesses. Two things are known: an interval narrows with the square root of the number
 * of repetitions, and what a round took. That longer tasks help is likely where tasks are short, as most of
 * what disturbs them does not grow with them. */
#include "results/advice.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/enough.h"
#include "base/text.h"
#include "results/human.h"
#include "results/precision.h"
#include "results/verdict.h"

#define USUAL_REPETITIONS 7
#define MOST_REPETITIONS 200 /* beyond that, more of the same is no good advice */
#define USUAL_PRECISION 5
#define MARGIN 0.8         /* of the time limit: a guess must not end as late */
#define SHORT_TASK_NS 2e6  /* shorter than this, a cell measures the start of its tasks */
#define LONG_TASK_NS 200e6 /* what gilscope chooses if nobody does; longer ones help no more */
#define ROUND_COST_NS 5e6  /* of each cell beside what is timed: a process, its report */

/* What the proposals share. */
typedef struct Advice {
    const AdviceFor *what;
    int64_t precision; /* per cent that would decide it, or that is usual */
    double rounds;     /* that this precision would take */
} Advice;

static const Headroom *room_of(const Advice *advice)
{
    return advice->what->headroom;
}

static int64_t asked_number(const Advice *advice, const char *name)
{
    return json_integer_value(json_object_get(advice->what->request, name));
}

static double time_of(const Advice *advice, double rounds)
{
    return advice->what->round_ns * (rounds + (double)room_of(advice)->other_rounds);
}

static bool fits_timeout(const Advice *advice, double ns)
{
    return ns <= MARGIN * (double)room_of(advice)->timeout_ns;
}

/* Sizes that were made smaller to fit would be made smaller still, and something else be measured. */
static bool may_repeat(const Advice *advice, double repeat)
{
    const Headroom *room = room_of(advice);
    double rounds = repeat + (double)room->other_rounds;
    double now = (double)(asked_number(advice, "repeat") + room->other_rounds);

    return repeat <= (double)room->max_repeat && !room->is_shrunk &&
           (double)room->estimate_ns / now * rounds <= (double)room->most_ns &&
           fits_timeout(advice, time_of(advice, repeat));
}

static char *advice_text(const Advice *advice, const char *name, int64_t value, double rounds, double ns)
{
    const char *where = advice->what->in_both_runs ? " in both runs" : "";
    const char *each = advice->what->in_both_runs ? " each" : "";
    auto_free char *time = human_time((int64_t)ns);

    if (rounds > 0)
        return text_printf("try %s=%lld%s (about %.0f repetitions, %s%s)", name, (long long)value, where,
            rounds, time, each);
    return text_printf("try %s=%lld%s (about %s%s)", name, (long long)value, where, time, each);
}

/* A run that ended early, or has not ended, has too few repetitions whatever it asked for. */
static char *propose_end(const Advice *advice)
{
    if (advice->what->status == RESULT_RUNNING)
        return text_printf("it still runs");
    if (!advice->what->ratio->has_interval && advice->what->status == RESULT_CANCELLED)
        return text_printf("let it run to its end");
    return NULL;
}

/* In steps that a person would choose. */
static int64_t next_round_number(double at_least)
{
    double power = pow(10, floor(log10(at_least)));
    double first = at_least / power;

    return (int64_t)(power * (first <= 1 ? 1 : first <= 2 ? 2 : first <= 5 ? 5 : 10));
}

static bool was_stopped_by(const Advice *advice, const char *by)
{
    const char *stopped_by = advice->what->stopped_by;

    return stopped_by && strcmp(stopped_by, by) == 0;
}

/* Half the width takes four times the rounds. */
static double rounds_for(const AdviceFor *what, double per_cent)
{
    return ceil(what->rounds_per_cent / (per_cent * per_cent));
}

/* Rounds that would be enough for a run that was ended before: until it can be told, or as precise as it was
 * asked for, whichever comes first. */
static double rounds_enough(const Advice *advice)
{
    int64_t per_cent = advice->what->precision;
    double repeat = (double)asked_number(advice, "repeat"), told = repeat;

    if (advice->what->ratio->has_interval)
        told = verdict_repetitions(advice->what->ratio);
    if (per_cent == 0)
        return repeat;
    /* Before that many there is no look, and so few have no interval that one could tell it from. */
    if (!advice->what->ratio->has_interval)
        return fmax(repeat, PRECISION_LEAST_ROUNDS);
    return fmax(repeat, fmin(told, rounds_for(advice->what, (double)per_cent)));
}

/* Where the time was over before it could be told. */
static char *propose_timeout(const Advice *advice)
{
    double rounds = rounds_enough(advice), ns = time_of(advice, rounds), needed = ns / MARGIN;
    double most = (double)room_of(advice)->max_timeout_ns;
    double value = fmin((double)next_round_number(needed / 1e6) * 1e6, most);

    if (advice->what->status != RESULT_TIMEOUT && !was_stopped_by(advice, "time"))
        return NULL;
    /* With more time, too, so few repetitions could not tell. */
    if (rounds < ENOUGH_FOR_INTERVAL || needed > most || value <= (double)room_of(advice)->timeout_ns)
        return NULL;
    return advice_text(advice, "timeout_ms", (int64_t)(value / 1e6), rounds, ns);
}

static char *propose_max_repeat(const Advice *advice)
{
    double rounds = ceil(rounds_enough(advice) / 10) * 10;

    if (!was_stopped_by(advice, "max_repeat") || rounds > (double)room_of(advice)->max_repeat ||
        !fits_timeout(advice, time_of(advice, rounds)))
        return NULL;
    return advice_text(advice, "max_repeat", (int64_t)rounds, 0, time_of(advice, rounds));
}

static char *propose_interval(const Advice *advice)
{
    int64_t repeat = USUAL_REPETITIONS;

    if (repeat > room_of(advice)->max_repeat)
        repeat = ENOUGH_FOR_INTERVAL;
    if (advice->what->ratio->has_interval || asked_number(advice, "repeat") >= repeat ||
        !may_repeat(advice, (double)repeat))
        return NULL;
    return advice_text(advice, "repeat", repeat, 0, time_of(advice, (double)repeat));
}

/* A precision that was asked for already is no news. */
static char *propose_precision(const Advice *advice)
{
    int64_t asked = advice->what->precision, per_cent = advice->precision;
    double ns = time_of(advice, advice->rounds);

    if ((asked > 0 && per_cent >= asked) || room_of(advice)->max_rounds < asked_number(advice, "repeat") ||
        advice->rounds > (double)room_of(advice)->max_rounds || advice->rounds > MOST_REPETITIONS ||
        !fits_timeout(advice, ns))
        return NULL;
    return advice_text(advice, "precision", per_cent, advice->rounds, ns);
}

/* With a precision, repeat is only where the looks begin. */
static char *propose_repeat(const Advice *advice)
{
    double repeat = advice->what->ratio->has_interval ? verdict_repetitions(advice->what->ratio) : 0;

    if (repeat <= (double)asked_number(advice, "repeat") || repeat > MOST_REPETITIONS ||
        advice->what->precision > 0 || !may_repeat(advice, repeat))
        return NULL;
    return advice_text(advice, "repeat", (int64_t)repeat, 0, time_of(advice, repeat));
}

/* How often a term has this parameter as a factor. */
static size_t times_in(const CatalogTerm *term, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < term->n_times; i++)
        n += strcmp(term->times[i], name) == 0;
    return n;
}

/* Whether the time of a task goes with the parameter, and its memory does not: then so many times more of it
 * takes at most so many times as long, and nothing else has a limit. */
static bool is_size(const CatalogExperiment *experiment, const CatalogParameter *parameter)
{
    size_t most = 0;

    for (size_t i = 0; i < experiment->n_costs; i++) {
        size_t n = times_in(&experiment->costs[i].term, parameter->name);

        most = n > most ? n : most;
    }
    for (size_t i = 0; i < experiment->n_memory; i++)
        if (times_in(&experiment->memory[i].term, parameter->name) > 0)
            return false;
    return parameter->sized && most == 1;
}

/* Longer tasks, by one parameter. A list of several sizes is a question of its own, and stays as it is. */
static char *propose_size_of(const Advice *advice, const CatalogParameter *parameter)
{
    const json_t *asked = json_object_get(advice->what->request, parameter->name);
    double value = (double)json_integer_value(asked), wall = (double)advice->what->wall_ns;
    double half = (advice->what->ratio->high - advice->what->ratio->low) / 2, times, ns;
    int64_t wanted;

    if (!json_is_integer(asked) || value < 1 || !is_size(advice->what->experiment, parameter))
        return NULL;
    times =
        fmin(fmax(half / verdict_allowed(advice->what->ratio), SHORT_TASK_NS / wall), LONG_TASK_NS / wall);
    if (times < 2)
        return NULL;
    wanted = next_round_number(value * times);
    times = (double)wanted / value;
    ns = times * time_of(advice, (double)asked_number(advice, "repeat"));
    if (wanted > parameter->max ||
        times * (double)room_of(advice)->estimate_ns > (double)room_of(advice)->most_ns ||
        !fits_timeout(advice, ns))
        return NULL;
    return advice_text(advice, parameter->name, wanted, 0, ns);
}

static char *propose_size(const Advice *advice)
{
    const CatalogExperiment *experiment = advice->what->experiment;
    char *text = NULL;

    for (size_t i = 0;
         experiment && i < experiment->n_parameters && advice->what->ratio->has_interval && !text; i++)
        text = propose_size_of(advice, &experiment->parameters[i]);
    return text;
}

/* Of a cell that is over in no time, more repetitions would mostly tell how long its start takes. */
static char *propose_size_if_short(const Advice *advice)
{
    return advice->what->wall_ns < SHORT_TASK_NS ? propose_size(advice) : NULL;
}

static char *propose_quiet(const Advice *advice)
{
    (void)advice;
    return text_printf("no single parameter within the limits would decide it; a quieter machine may");
}

/* The precision at which this ratio would be told, and how long it takes until all ratios are so precise. */
static void choose_precision(Advice *advice)
{
    const Ratio *ratio = advice->what->ratio;
    double per_cent = USUAL_PRECISION;

    if (ratio->has_interval)
        per_cent = fmin(fmax(floor(100 * verdict_allowed(ratio) / ratio->value), 1), HEADROOM_MOST_PRECISION);
    advice->precision = (int64_t)per_cent;
    advice->rounds = fmax(rounds_for(advice->what, per_cent), PRECISION_LEAST_ROUNDS);
}

char *advice_make(const AdviceFor *what)
{
    static char *(*const proposals[])(const Advice *advice) = {propose_end, propose_timeout,
        propose_max_repeat, propose_interval, propose_size_if_short, propose_precision, propose_repeat,
        propose_size, propose_quiet};
    Advice advice = {.what = what};
    char *text = NULL;

    if (what->headroom->most_ns == 0)
        return NULL;
    choose_precision(&advice);
    for (size_t k = 0; k < ARRAY_LENGTH(proposals) && !text; k++)
        text = proposals[k](&advice);
    return text;
}

double advice_round_ns(int64_t wall_ns)
{
    return (double)wall_ns + ROUND_COST_NS;
}

char *advice_of_run(const Results *results, Figures *figures, size_t i, const Ratio *ratio)
{
    double round_ns = 0;

    if (results->headroom.most_ns == 0)
        return NULL;
    for (size_t k = 0; k < results->n_cells; k++) {
        if (figures[k].n > 0)
            round_ns += advice_round_ns(figures[k].stats[SAMPLE_WALL].median);
    }
    return advice_make(&(AdviceFor){
        .headroom = &results->headroom,
        .request = results->request,
        .experiment = figures[i].spec->experiment,
        .ratio = ratio,
        .status = figures[i].status,
        .wall_ns = figures[i].stats[SAMPLE_WALL].median,
        .round_ns = round_ns,
        .rounds_per_cent = precision_rounds(results, figures),
        .precision = (int64_t)results->precision.asked,
        .stopped_by = results->precision.stopped_by,
    });
}
