/* Order statistics need no model of the noise: the timings of a machine have a hard lower edge and a long
 * tail, so means and standard deviations would describe the tail. Everything here works on the sorted
 * values. */
#include "results/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/random.h"

#define LEVEL_WANTED 0.95

/* For qsort(). A difference would not fit into an int, so the order is made of two comparisons. */
static int stats_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t *stats_sort_copy(const int64_t *values, size_t n)
{
    int64_t *copy = malloc(n * sizeof(*copy));

    assert(copy);
    memcpy(copy, values, n * sizeof(*copy));
    qsort(copy, n, sizeof(*copy), stats_compare);
    return copy;
}

/* For an odd n both indices are the middle. The sum of two large values could overflow, their difference
 * cannot. */
static int64_t stats_median_of_sorted(const int64_t *sorted, size_t n)
{
    int64_t low = sorted[(n - 1) / 2], high = sorted[n / 2];

    return low + (high - low) / 2;
}

/* Each value lies below the true median with probability 1/2, like the toss of a coin. The k-th smallest of n
 * lies above it only if fewer than k values lie below, and the k-th largest below it only if fewer than k lie
 * above: tail is the probability of one of these, the sum of the terms (n over j) / 2^n for j below k. The
 * loop adds a term for each k and keeps the last k whose level is high enough, which gives the narrowest
 * interval. With 5 values even the smallest and the largest enclose the median with 0.9375 only, which is why
 * there must be 6.
 *
 * The terms are taken in logarithms, because 2^-n alone would vanish for large n. */
size_t stats_interval_rank(size_t n, double *ret_level)
{
    double log_term = -(double)n * M_LN2, tail = 0;
    size_t rank = 0;

    for (size_t k = 1; 2 * k <= n; k++) {
        double level;

        tail += exp(log_term);
        level = 1 - 2 * tail;
        if (level < LEVEL_WANTED)
            break;
        rank = k;
        *ret_level = level;
        log_term += log((double)(n - k + 1) / (double)k);
    }
    return rank;
}

/* The interval is made of two of the values themselves, so it needs no guess at how times are distributed,
 * and it is wide where the values lie far apart: a machine that disturbs says so by itself. */
void stats_describe(const int64_t *values, size_t n, Stats *ret)
{
    auto_free int64_t *sorted = stats_sort_copy(values, n);
    auto_free int64_t *deviation = malloc(n * sizeof(*deviation));
    Stats stats = {.n = n};
    size_t rank;

    assert(n > 0 && deviation);
    stats.min = sorted[0];
    stats.max = sorted[n - 1];
    stats.median = stats_median_of_sorted(sorted, n);
    for (size_t i = 0; i < n; i++)
        deviation[i] = llabs(sorted[i] - stats.median);
    qsort(deviation, n, sizeof(*deviation), stats_compare);
    stats.mad = stats_median_of_sorted(deviation, n);

    rank = stats_interval_rank(n, &stats.level);
    if (rank > 0) {
        stats.has_interval = true;
        stats.low = sorted[rank - 1];
        stats.high = sorted[n - rank];
    }
    *ret = stats;
}

/* Details such as the order in which tasks ended cannot be averaged, so one repetition must stand for all,
 * and it has to be one that was measured. n is small, so the value whose rank is the middle one is found by
 * counting the ranks of each. Equal values are ranked by their place, so that exactly one has the middle
 * rank. */
size_t stats_median_index(const int64_t *values, size_t n)
{
    auto_free int64_t *sorted = stats_sort_copy(values, n);
    int64_t middle = sorted[(n - 1) / 2];
    size_t rank = (n - 1) / 2, first = 0;

    assert(n > 0);
    while (sorted[first] < middle)
        first++;
    for (size_t i = 0; i < n; i++) {
        if (values[i] == middle && first++ == rank)
            return i;
    }
    assert(false);
    return 0;
}

/* counts[i] says how often the i-th smallest value was drawn; n draws in all. The draw is never written out
 * and sorted: going up the values until half of the draws are passed finds its middle, and for an even n the
 * two in the middle. */
static double stats_median_of_counts(const int64_t *sorted, const uint32_t *counts, size_t n)
{
    size_t seen = counts[0], i = 0;
    int64_t low;

    while (seen <= (n - 1) / 2)
        seen += counts[++i];
    low = sorted[i];
    while (seen <= n / 2)
        seen += counts[++i];
    return ((double)low + (double)sorted[i]) / 2;
}

/* The bootstrap: had the repetitions been others of the same kind, what would their median have been? The
 * values at hand are the best model of the kind there is, so others are drawn from them. Counting how often
 * each rank was drawn saves the sorting of each draw. The generator begins with the seed in every call, so an
 * interval does not depend on what was computed before it. */
void stats_resample_medians(
    const int64_t *values, size_t n, uint64_t seed, double ret[static STATS_RESAMPLES])
{
    auto_free int64_t *sorted = stats_sort_copy(values, n);
    auto_free uint32_t *counts = malloc(n * sizeof(*counts));
    uint64_t random = seed;

    assert(n > 0 && counts);
    for (size_t r = 0; r < STATS_RESAMPLES; r++) {
        memset(counts, 0, n * sizeof(*counts));
        for (size_t i = 0; i < n; i++)
            counts[random_below(&random, n)]++;
        ret[r] = stats_median_of_counts(sorted, counts, n);
    }
}

/* Returns the value that would be at index k if the array were sorted; reorders the array. This is Hoare's
 * FIND (Communications of the ACM 4:7, 1961): two values of a thousand do not need a sort. Each round moves
 * what is below the pivot to the left and what is above to the right, then goes on in the part that holds k.
 * Both inner loops stop at values equal to the pivot, so they cannot run over the ends. */
static double stats_select(double *values, long n, long k)
{
    long left = 0, right = n - 1;

    while (left < right) {
        double pivot = values[k];
        long i = left, j = right;

        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (pivot < values[j])
                j--;
            if (i <= j) {
                double swapped = values[i];

                values[i++] = values[j];
                values[j--] = swapped;
            }
        }
        if (j < k)
            left = i;
        if (k < i)
            right = j;
    }
    return values[k];
}

/* The two ends leave 2.5 % of the ratios outside on either side, 25 of 1000. The order of the pairs is that
 * of independent draws, so dividing them one by one is a fair sample of all ratios. Ratios and not
 * differences: "1.9 times as long" means the same on a fast machine and on a slow one. The array that the
 * first selection reordered still holds the same values, so the second may go on with it. */
void stats_ratio_interval(const double above[static STATS_RESAMPLES],
    const double below[static STATS_RESAMPLES], double *ret_low, double *ret_high)
{
    long outside = lround(STATS_RESAMPLES * (1 - LEVEL_WANTED) / 2);
    double ratios[STATS_RESAMPLES];

    for (size_t r = 0; r < STATS_RESAMPLES; r++) {
        assert(below[r] > 0);
        ratios[r] = above[r] / below[r];
    }
    *ret_low = stats_select(ratios, STATS_RESAMPLES, outside);
    *ret_high = stats_select(ratios, STATS_RESAMPLES, STATS_RESAMPLES - 1 - outside);
}
