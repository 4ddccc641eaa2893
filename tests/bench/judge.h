/* What a benchmark says of a claim: the median of paired ratios with its interval, and one of three outcomes.
 * It holds if the whole interval is within the target, it misses if the whole interval is beyond it, and else
 * the machine was too noisy to say. */
#pragma once

#include <stdio.h>

#include "results/stats.h"

/* Exit statuses; meson shows 77 as skipped. */
enum { JUDGE_HOLDS = 0, JUDGE_MISSES = 1, JUDGE_INCONCLUSIVE = 77 };

/* Prints one line that begins with what is claimed, and returns the outcome of n ratios. */
static inline int judge(const char *claim, const double *ratios, int n, double target)
{
    enum { SCALE = 1000000, MOST = 1000 };
    int64_t scaled[MOST];
    Stats stats;
    int outcome;

    for (int i = 0; i < n && i < MOST; i++)
        scaled[i] = (int64_t)(ratios[i] * SCALE);
    stats_describe(scaled, (size_t)(n < MOST ? n : MOST), &stats);
    outcome = (double)stats.high <= target * SCALE ? JUDGE_HOLDS
              : (double)stats.low > target * SCALE ? JUDGE_MISSES
                                                   : JUDGE_INCONCLUSIVE;
    printf("%-45s %.4f [%.4f, %.4f], at most %.2f: %s\n", claim, (double)stats.median / SCALE,
        (double)stats.low / SCALE, (double)stats.high / SCALE, target,
        outcome == JUDGE_HOLDS    ? "holds"
        : outcome == JUDGE_MISSES ? "misses"
                                  : "inconclusive");
    return outcome;
}

/* The outcome of several claims: one that misses decides, then one that nobody can tell. */
static inline int judge_worse(int one, int other)
{
    if (one == JUDGE_MISSES || other == JUDGE_HOLDS)
        return one;
    return other;
}
