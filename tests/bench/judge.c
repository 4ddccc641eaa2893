#include "tests/bench/judge.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "results/stats.h"

/* Statistics are on whole numbers, so the values become parts of the largest: a million million of them keep
 * more digits than any clock has. */
#define PARTS 1e12

Estimate judge_estimate(const double *values, size_t n)
{
    auto_free int64_t *scaled = calloc(n, sizeof(*scaled));
    double largest = 0;
    Stats stats;

    assert(scaled && n > 0);
    for (size_t i = 0; i < n; i++)
        largest = values[i] > largest ? values[i] : largest;
    if (largest <= 0)
        return (Estimate){.is_range = n < STATS_MIN_VALUES};
    for (size_t i = 0; i < n; i++)
        scaled[i] = llround(values[i] / largest * PARTS);
    stats_describe(scaled, n, &stats);
    return (Estimate){
        .median = (double)stats.median / PARTS * largest,
        .low = (double)(stats.has_interval ? stats.low : stats.min) / PARTS * largest,
        .high = (double)(stats.has_interval ? stats.high : stats.max) / PARTS * largest,
        .is_range = !stats.has_interval,
    };
}

JudgeOutcome judge(const Estimate *estimate, bool at_most, double target)
{
    double best = at_most ? estimate->low : estimate->high, worst = at_most ? estimate->high : estimate->low;

    if (at_most ? worst <= target : worst >= target)
        return JUDGE_HOLDS;
    return (at_most ? best > target : best < target) ? JUDGE_MISSES : JUDGE_INCONCLUSIVE;
}

const char *judge_word(JudgeOutcome outcome)
{
    switch (outcome) {
    case JUDGE_HOLDS:
        return "holds";
    case JUDGE_INCONCLUSIVE:
        return "inconclusive";
    case JUDGE_MISSES:
        break;
    }
    return "misses";
}
