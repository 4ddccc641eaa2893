/* A rule for when to stop decides what is found. So this one is simple, is written down (docs/measuring.md),
 * and looks at nothing but the width of the intervals: a rule that looked at the ratios, or at verdicts,
 * would go on until they please.
 *
 * The time limit is part of it. A round that would not fit any more is not begun: a run that was killed in
 * the middle of one would lose its traced repetitions, and call itself late, although it has all it needs. */
#include "results/precision.h"

#include <math.h>
#include <string.h>

#include "results/results.h"
#include "results/speedup.h"

#define STEPS_A_LOOK 4      /* the next look comes when a quarter of the rounds has come anew */
#define MARGIN_OF_ROUND 1.5 /* a round may take longer than the longest so far */
#define MARGIN_OF_TIME 0.95 /* of the limit; the rest is for ending in order */

/* The fewest of those that are out, or of the others; SIZE_MAX if there are none. */
static size_t collected_least(const Results *results, bool is_out)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < results->n_cells; i++) {
        const CollectedCell *cell = &results->collected[i];
        size_t came = collected_came(results, cell);

        if (!cell->first_reason && cell->is_out == is_out && came < least)
            least = came;
    }
    return least;
}

size_t collected_rounds(const Results *results)
{
    size_t rounds = collected_least(results, false);

    if (rounds == SIZE_MAX)
        rounds = collected_least(results, true);
    return rounds == SIZE_MAX ? 0 : rounds;
}

double results_rounds_of(const Results *results, const char *runtime)
{
    size_t n_cells = 0, n_reported = 0;

    for (size_t i = 0; i < results->n_cells; i++) {
        const CollectedCell *cell = &results->collected[i];

        if (cell->first_reason || !collected_is_of(cell, runtime))
            continue;
        n_cells++;
        n_reported += cell->n_warmups + cell->n_repetitions + cell->n_late + (cell->spans ? 1 : 0);
    }
    return n_cells > 0 ? (double)n_reported / (double)n_cells : INFINITY;
}

void precision_begin(Precision *precision, const json_t *request, size_t repeat)
{
    const char *timeline = json_string_value(json_object_get(request, "timeline"));

    *precision = (Precision){
        .asked = json_number_value(json_object_get(request, "precision")),
        .check_at = repeat > PRECISION_LEAST_ROUNDS ? repeat : PRECISION_LEAST_ROUNDS,
        .traced = timeline && strcmp(timeline, "off") != 0,
    };
}

/* How far the farther end of an interval is from the value, in per cent of the value. It is rounded up to
 * what is shown, so that nobody reads 5.00 beside "not within 5". */
static double precision_of(double value, double low, double high)
{
    /* The 0 that is added takes the sign of a minus zero away, which times that are all the same would have.
     */
    return ceil(fmax(value - low, high - value) / value * 1e4 - 1e-6) / 100 + 0.0;
}

static double precision_of_ratio(const Ratio *ratio)
{
    return ratio->has_interval ? precision_of(ratio->value, ratio->low, ratio->high) : INFINITY;
}

static double precision_of_median(const Figures *figures)
{
    const Stats *wall = &figures->stats[SAMPLE_WALL];

    if (figures->n == 0 || !wall->has_interval)
        return INFINITY;
    return precision_of((double)wall->median, (double)wall->low, (double)wall->high);
}

/* The cell that cell i is compared with, and how; NO_CELL if it has none, is one, or either of them failed.
 */
typedef struct Peer {
    size_t cell;
    bool scales; /* it is the one with one task, and there is no baseline cell */
} Peer;

static size_t precision_find(
    const Results *results, size_t i, bool (*is_peer)(const CellSpec *peer, const CellSpec *cell))
{
    const CollectedCell *cells = results->collected;

    for (size_t k = 0; k < results->n_cells; k++) {
        if (collected_counts(&cells[k]) && is_peer(&cells[k].spec, &cells[i].spec))
            return k;
    }
    return NO_CELL;
}

static Peer precision_peer(const Results *results, size_t i)
{
    const CollectedCell *cell = &results->collected[i];
    size_t k;

    if (!collected_counts(cell) || cell->spec.experiment->fixed_time)
        return (Peer){.cell = NO_CELL};
    k = precision_find(results, i, figures_is_baseline_of);
    if (k != NO_CELL)
        return (Peer){.cell = k == i ? NO_CELL : k};
    k = precision_find(results, i, speedup_is_base_of);
    if (k == NO_CELL || precision_find(results, k, figures_is_baseline_of) != NO_CELL)
        return (Peer){.cell = NO_CELL};
    return (Peer){.cell = k, .scales = true};
}

static PrecisionOf precision_kind(const Results *results)
{
    PrecisionOf of = PRECISION_OF_MEDIAN;

    for (size_t i = 0; i < results->n_cells && of != PRECISION_OF_RATIO; i++) {
        Peer peer = precision_peer(results, i);

        if (peer.cell != NO_CELL)
            of = peer.scales ? PRECISION_OF_SPEEDUP : PRECISION_OF_RATIO;
    }
    return of;
}

/* How wide the interval of cell i is now; a negative number if the cell is left out. Two of the cells are
 * described anew for each: keeping them all would save half of the work of the last look, and nothing of the
 * others. */
static double precision_of_cell(const Results *results, size_t i, PrecisionOf of)
{
    Peer peer = of == PRECISION_OF_MEDIAN ? (Peer){.cell = NO_CELL} : precision_peer(results, i);
    Figures pair[2] = {0};
    double width = -1;
    Ratio ratio;

    if (!collected_counts(&results->collected[i]) || (of != PRECISION_OF_MEDIAN && peer.cell == NO_CELL))
        return -1;
    figures_init(&pair[0], results, &results->collected[i]);
    if (peer.cell == NO_CELL) {
        width = precision_of_median(&pair[0]);
        figures_finish(&pair[0]);
        return width;
    }
    figures_init(&pair[1], results, &results->collected[peer.cell]);
    pair[0].baseline = 1;
    if (pair[0].n == 0 || pair[1].n == 0) {
        width = INFINITY;
    } else if (peer.scales) {
        ratio = speedup_make(&pair[0], i, &pair[1], peer.cell);
        width = precision_of_ratio(&ratio);
    } else {
        width = figures_ratio(pair, 0, &ratio) ? precision_of_ratio(&ratio) : INFINITY;
    }
    figures_finish(&pair[1]);
    figures_finish(&pair[0]);
    return width;
}

/* Half the width takes four times the repetitions. A guess for those who wait, from the cell that was too
 * wide. */
static size_t precision_expect(const Results *results, size_t rounds)
{
    double times = results->precision.widest / results->precision.asked;
    double expected = ceil((double)rounds * times * times);

    if (!(expected < (double)results->max_repeat))
        return results->max_repeat;
    return expected > (double)results->precision.check_at ? (size_t)expected : results->precision.check_at;
}

size_t results_rounds_expected(const Results *results)
{
    const Precision *precision = &results->precision;
    size_t expected;

    if (precision->asked == 0)
        return results->repeat;
    if (precision->stopped_by)
        return results->limit;
    expected = precision->widest > 0 ? precision_expect(results, precision->n_timed) : precision->check_at;
    return expected < results->max_repeat ? expected : results->max_repeat;
}

/* Stops, or opens the rounds again. */
static ResultsNext precision_end_look(Results *results, const char *stopped_by)
{
    Precision *precision = &results->precision;
    size_t rounds = results->limit;

    precision->is_looking = false;
    precision->stopped_by = stopped_by;
    if (stopped_by)
        return RESULTS_STOP;
    results->limit = results->max_repeat;
    precision->check_at = rounds + (rounds + STEPS_A_LOOK - 1) / STEPS_A_LOOK;
    return RESULTS_GO_ON;
}

/* Looks at one cell that counts. */
static ResultsNext precision_look(Results *results, const char *else_by)
{
    Precision *precision = &results->precision;

    while (precision->n_looked < results->n_cells) {
        double width = precision_of_cell(results, precision->cell, precision->of);

        if (width > precision->asked) {
            precision->widest = width;
            return precision_end_look(results, else_by);
        }
        precision->n_looked++;
        precision->cell = (precision->cell + 1) % results->n_cells;
        if (width >= 0 && precision->n_looked < results->n_cells)
            return RESULTS_ASK_AGAIN;
    }
    return precision_end_look(results, "precision");
}

/* What the next round takes nobody knows; what the longest took is known. The first has the warm-ups and the
 * start of the runtime before it. */
static void precision_note_round(Results *results, size_t rounds, int64_t elapsed_ns)
{
    Precision *precision = &results->precision;
    size_t n = rounds - precision->n_timed + (precision->n_timed == 0 ? results->warmup : 0);
    int64_t took = (elapsed_ns - precision->ended_ns) / (int64_t)n;

    if (took > precision->slowest_ns)
        precision->slowest_ns = took;
    precision->n_timed = rounds;
    precision->ended_ns = elapsed_ns;
}

static bool precision_fits(const Precision *precision, int64_t elapsed_ns, int64_t most_ns)
{
    double more = MARGIN_OF_ROUND * (double)precision->slowest_ns * (precision->traced ? 2 : 1);

    return most_ns <= 0 || (double)elapsed_ns + more <= MARGIN_OF_TIME * (double)most_ns;
}

/* A round whose end was not noticed, since a look was going on, is noticed with the next. */
ResultsNext results_precision(Results *results, int64_t elapsed_ns, int64_t most_ns)
{
    Precision *precision = &results->precision;
    size_t rounds;

    if (precision->asked == 0)
        return RESULTS_GO_ON;
    if (precision->stopped_by)
        return RESULTS_STOP;
    if (!precision->is_looking) {
        rounds = collected_rounds(results);
        if (rounds <= precision->n_timed)
            return RESULTS_GO_ON;
        precision_note_round(results, rounds, elapsed_ns);
        precision->else_by = rounds >= results->max_repeat                     ? "max_repeat"
                             : !precision_fits(precision, elapsed_ns, most_ns) ? "time"
                                                                               : NULL;
        if (rounds < results->repeat || (rounds < precision->check_at && !precision->else_by))
            return RESULTS_GO_ON;
        precision->is_looking = true;
        precision->of = precision_kind(results);
        precision->n_looked = 0;
        results->limit = rounds;
    }
    return precision_look(results, precision->else_by);
}

bool results_cut(Results *results, const char *by)
{
    size_t rounds = collected_rounds(results);

    if (results->precision.asked == 0 || rounds < results->repeat)
        return false;
    if (!results->precision.stopped_by) {
        results->limit = rounds;
        results->precision.is_looking = false;
        results->precision.stopped_by = by;
    }
    return true;
}

bool results_overrun(const Results *results, const char *runtime)
{
    size_t n_cells = 0, n_late = 0;

    for (size_t i = 0; i < results->n_cells; i++) {
        if (!collected_is_of(&results->collected[i], runtime))
            continue;
        n_cells++;
        n_late += results->collected[i].n_late;
    }
    return n_late > 2 * n_cells;
}

/* How wide it is in the answer, whose figures were resampled already; a negative number if it is left out. */
static double precision_shown(const Results *results, Figures *figures, size_t i, PrecisionOf of)
{
    Peer peer = precision_peer(results, i);
    Ratio ratio;

    if (!collected_counts(&results->collected[i]))
        return -1;
    if (of == PRECISION_OF_MEDIAN)
        return precision_of_median(&figures[i]);
    if (peer.cell == NO_CELL)
        return -1;
    if (!peer.scales)
        return figures_ratio(figures, i, &ratio) ? precision_of_ratio(&ratio) : INFINITY;
    if (!figures_compares(&figures[i]) || !figures_compares(&figures[peer.cell]))
        return INFINITY;
    ratio = speedup_make(&figures[i], i, &figures[peer.cell], peer.cell);
    return precision_of_ratio(&ratio);
}

/* The widest of all that count; below 0 if none does. */
static double precision_widest(const Results *results, Figures *figures, PrecisionOf of)
{
    double widest = -1;

    for (size_t i = 0; i < results->n_cells; i++)
        widest = fmax(widest, precision_shown(results, figures, i, of));
    return widest;
}

/* Half the width takes four times the repetitions. */
double precision_rounds(const Results *results, Figures *figures)
{
    double widest = precision_widest(results, figures, precision_kind(results));

    return isfinite(widest) && widest > 0 ? (double)collected_rounds(results) * widest * widest : 0;
}

/* Who ended the rounds if nothing here did. A run that is done and was not stopped ended by its runtime's own
 * will. */
static const char *precision_ended_by(ResultStatus status, const char *stopped_by)
{
    if (stopped_by)
        return stopped_by;
    return status == RESULT_DONE        ? "runtime"
           : status == RESULT_CANCELLED ? "client"
           : status == RESULT_TIMEOUT   ? "time"
           : status == RESULT_FAILED    ? "failure"
                                        : NULL;
}

json_t *precision_json(const Results *results, Figures *figures, ResultStatus status, const char *stopped_by)
{
    static const char *const names[] = {
        [PRECISION_OF_MEDIAN] = "median", [PRECISION_OF_SPEEDUP] = "speedup", [PRECISION_OF_RATIO] = "ratio"};
    const Precision *precision = &results->precision;
    PrecisionOf of = precision_kind(results);
    double widest;

    if (precision->asked == 0)
        return json_null();
    widest = precision_widest(results, figures, of);
    return json_pack("{s:f, s:o, s:s, s:I, s:s?}", "asked", precision->asked, "reached",
        widest >= 0 && isfinite(widest) ? json_real(widest) : json_null(), "of", names[of], "rounds",
        (json_int_t)collected_rounds(results), "stopped_by",
        precision->stopped_by ? precision->stopped_by : precision_ended_by(status, stopped_by));
}
