/* Statistics on arrays of whole numbers, as a person wants them of a handful of noisy repetitions: the median
 * and how far it can be trusted. Pure functions; nothing here knows what was measured.
 *
 * All values must lie between 0 and 2^62, so that nothing overflows.
 *
 * No clock and no unit is known here; results/figures.c decides which values are good, results/verdict.c what
 * their intervals mean. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/enough.h"

/* How many resamples a bootstrap draws. The ends of a 95 % interval are then the 26th values from either
 * side, which no single odd draw moves far. */
#define STATS_RESAMPLES 1000

/* The least number of values that gives an interval of the median at a level of 0.95. */
#define STATS_MIN_VALUES ENOUGH_FOR_INTERVAL

typedef struct Stats {
    size_t n;
    int64_t median; /* of an even number: the mean of the two in the middle, rounded down */
    int64_t min, max;
    int64_t mad;       /* median absolute deviation from the median, not scaled; of fewer than
                          ENOUGH_FOR_SPREAD values it says nothing */
    bool has_interval; /* false for fewer than STATS_MIN_VALUES values; then the rest is 0 */
    int64_t low, high; /* an interval that holds the true median... */
    double level;      /* ...with this probability, at least 0.95 */
} Stats;

/* Describes n values, at least one, in any order. */
void stats_describe(const int64_t *values, size_t n, Stats *ret);

/* Returns k, counted from 1, so that the k-th smallest and the k-th largest of n values enclose the true
 * median with a probability of at least 0.95, as narrowly as possible, and sets *ret_level to that
 * probability. It holds for every distribution: each value lies below the median with probability 1/2, so
 * the level is 1 - 2 P(B < k) with B binomial (n, 1/2). Returns 0, *ret_level untouched, if n is too small.
 * Source: David and Nagaraja, Order Statistics, section 7.1. */
size_t stats_interval_rank(size_t n, double *ret_level);

/* Returns the index of the value that is the median, or the lower one of the two in the middle; among equal
 * values the first ones count as smaller. */
size_t stats_median_index(const int64_t *values, size_t n);

/* Draws STATS_RESAMPLES times n of the n values with replacement and stores the median of each draw. The
 * same seed gives the same draws everywhere. */
void stats_resample_medians(
    const int64_t *values, size_t n, uint64_t seed, double ret[static STATS_RESAMPLES]);

/* The 95 % percentile interval of the ratio of two medians from their resampled medians. These must come
 * from different seeds, or the two would not be independent. The medians below must be above 0.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13. */
void stats_ratio_interval(const double above[static STATS_RESAMPLES],
    const double below[static STATS_RESAMPLES], double *ret_low, double *ret_high);
