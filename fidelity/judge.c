/* The interval is that of a median by the ranks of the quotients: it asks nothing of how they are
 * distributed, and a single odd round moves it little. It wants six rounds at the least. */
#include "fidelity/judge.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/stats.h"

/* Quotients become whole numbers for results/stats.h; beyond 2^62 / 10^9 nobody looks at the digits. */
static const double scale = 1e9, most_ratio = 1e9;

static double median_of(const double *values, size_t n)
{
    auto_free int64_t *scaled = calloc(n + 1, sizeof(*scaled));
    double largest = 0;
    Stats stats;

    assert(scaled);
    for (size_t i = 0; i < n; i++)
        largest = values[i] > largest ? values[i] : largest;
    if (n == 0 || largest == 0)
        return n == 0 ? NAN : 0;
    for (size_t i = 0; i < n; i++)
        scaled[i] = (int64_t)(values[i] / largest * scale);
    stats_describe(scaled, n, &stats);
    return (double)stats.median / scale * largest;
}

static bool is_within(const FidelityBound *bound, double ratio)
{
    if (bound->kind == BOUND_PART)
        return ratio >= 1 - bound->most && ratio <= 1 + bound->most;
    return ratio >= 1 / bound->most && ratio <= bound->most;
}

/* An interval that holds both ends of the bound has its own ends on either side of it. */
static FidelityOutcome judge_interval(const FidelityBound *bound, double low, double high)
{
    if (is_within(bound, low) && is_within(bound, high))
        return FIDELITY_HOLDS;
    if (is_within(bound, low) || is_within(bound, high) || (low < 1 && high > 1))
        return FIDELITY_INCONCLUSIVE;
    return FIDELITY_MISSES;
}

static void judge_ratios(FidelityRow *row, const double *real, const double *model)
{
    auto_free int64_t *scaled = calloc(row->n_rounds + 1, sizeof(*scaled));
    Stats stats;

    assert(scaled);
    for (size_t i = 0; i < row->n_rounds; i++) {
        double ratio = real[i] > 0 ? model[i] / real[i] : most_ratio;

        scaled[i] = (int64_t)((ratio < most_ratio ? ratio : most_ratio) * scale);
    }
    stats_describe(scaled, row->n_rounds, &stats);
    row->ratio = (double)stats.median / scale;
    if (stats.has_interval) {
        row->low = (double)stats.low / scale;
        row->high = (double)stats.high / scale;
    }
    if (row->quantity->bound.kind == BOUND_NONE)
        row->outcome = FIDELITY_SHOWN;
    else if (stats.has_interval)
        row->outcome = judge_interval(&row->quantity->bound, row->low, row->high);
}

/* Chance decides how much is lost, and whether any is: what one round does not show another may. */
static void judge_whether(FidelityRow *row, const double *real, const double *model)
{
    double real_sum = 0, model_sum = 0;

    for (size_t i = 0; i < row->n_rounds; i++) {
        real_sum += real[i];
        model_sum += model[i];
    }
    row->outcome = (real_sum > 0) == (model_sum > 0) ? FIDELITY_HOLDS : FIDELITY_MISSES;
}

static FidelityRow row_without_figures(const FidelityQuantity *quantity, char *reason)
{
    return (FidelityRow){.quantity = quantity,
        .real = NAN,
        .model = NAN,
        .ratio = NAN,
        .low = NAN,
        .high = NAN,
        .recorded = NAN,
        .outcome = FIDELITY_INCONCLUSIVE,
        .reason = reason};
}

FidelityRow fidelity_judge(
    const FidelityQuantity *quantity, const FidelityPair *pairs, size_t n_pairs, char *reason)
{
    FidelityRow row = row_without_figures(quantity, reason);
    auto_free double *real = calloc(n_pairs + 1, sizeof(*real)), *model = calloc(n_pairs + 1, sizeof(*model));

    assert(real && model);
    for (size_t i = 0; i < n_pairs; i++) {
        if (isnan(pairs[i].real) || isnan(pairs[i].model))
            continue;
        if (!pairs[i].is_steady) {
            row.n_dropped++;
            continue;
        }
        real[row.n_rounds] = pairs[i].real;
        model[row.n_rounds++] = pairs[i].model;
    }
    if (row.n_rounds == 0) {
        row.outcome = row.n_dropped > 0 ? FIDELITY_INCONCLUSIVE : FIDELITY_NOT_MEASURED;
        if (row.n_dropped > 0 && !row.reason)
            row.reason = text_printf("the CPUs were not of one speed in any round");
        return row;
    }
    row.real = median_of(real, row.n_rounds);
    row.model = median_of(model, row.n_rounds);
    if (quantity->bound.kind == BOUND_WHETHER)
        judge_whether(&row, real, model);
    else
        judge_ratios(&row, real, model);
    return row;
}

FidelityRow fidelity_show(
    const FidelityQuantity *quantity, const FidelityPair *pairs, size_t n_pairs, char *reason)
{
    FidelityRow row = row_without_figures(quantity, reason);
    auto_free double *real = calloc(n_pairs + 1, sizeof(*real));

    assert(real);
    for (size_t i = 0; i < n_pairs; i++)
        if (!isnan(pairs[i].real))
            real[row.n_rounds++] = pairs[i].real;
    row.real = median_of(real, row.n_rounds);
    row.outcome = row.n_rounds > 0 ? FIDELITY_SHOWN : FIDELITY_NOT_MEASURED;
    return row;
}

const char *fidelity_outcome_name(FidelityOutcome outcome)
{
    static const char *const names[] = {
        [FIDELITY_HOLDS] = "holds",
        [FIDELITY_MISSES] = "misses",
        [FIDELITY_INCONCLUSIVE] = "inconclusive",
        [FIDELITY_SHOWN] = "shown",
        [FIDELITY_NOT_MEASURED] = "not measured",
    };

    return names[outcome];
}
