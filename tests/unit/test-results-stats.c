/* Statistics against values computed by hand and against slower formulas that share no code with them. */
#include "results/stats.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/random.h"
#include "tests/unit/run.h"

START_TEST(one_value_is_its_own_median)
{
    const int64_t values[] = {42};
    Stats stats;

    stats_describe(values, 1, &stats);
    ck_assert_uint_eq(stats.n, 1);
    ck_assert_int_eq(stats.median, 42);
    ck_assert_int_eq(stats.min, 42);
    ck_assert_int_eq(stats.max, 42);
    ck_assert_int_eq(stats.mad, 0);
    ck_assert(!stats.has_interval);
}
END_TEST

/* One value lies beyond it, and of a median one on either side. */
START_TEST(a_percentile_needs_a_value_beyond_it)
{
    static const struct {
        unsigned percentile;
        size_t needed;
    } rows[] = {{1, 3}, {50, 3}, {66, 3}, {75, 4}, {90, 10}, {95, 20}, {99, 100}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        ck_assert_uint_eq(enough_for_percentile(rows[i].percentile), rows[i].needed);
}
END_TEST

START_TEST(what_is_too_little_is_said_in_words)
{
    auto_free char *many = enough_reason(30, "request", "a 99th percentile", 100);
    auto_free char *one = enough_reason(1, "repetition", "an interval", 6);

    ck_assert_str_eq(many, "30 requests are too few for a 99th percentile, which needs 100");
    ck_assert_str_eq(one, "1 repetition is too few for an interval, which needs 6");
}
END_TEST

/* Sorted 1 2 4 7 9 11 30; deviations from 7: 6 5 3 0 2 4 23, sorted 0 2 3 4 5 6 23. */
START_TEST(seven_values_by_hand)
{
    const int64_t values[] = {9, 30, 1, 7, 4, 11, 2};
    Stats stats;

    stats_describe(values, 7, &stats);
    ck_assert_int_eq(stats.median, 7);
    ck_assert_int_eq(stats.min, 1);
    ck_assert_int_eq(stats.max, 30);
    ck_assert_int_eq(stats.mad, 4);
    ck_assert(stats.has_interval);
    ck_assert_int_eq(stats.low, 1);
    ck_assert_int_eq(stats.high, 30);
    ck_assert_double_eq_tol(stats.level, 1 - 2.0 / 128, 1e-12);
}
END_TEST

/* Sorted 10 20 25 40; the middle is 22.5, the deviations are 12 2 3 18 from 22. */
START_TEST(four_values_by_hand)
{
    const int64_t values[] = {40, 10, 25, 20};
    Stats stats;

    stats_describe(values, 4, &stats);
    ck_assert_int_eq(stats.median, 22);
    ck_assert_int_eq(stats.mad, 7);
    ck_assert(!stats.has_interval);
    ck_assert_int_eq(stats.low, 0);
}
END_TEST

START_TEST(large_values_do_not_overflow)
{
    const int64_t top = INT64_C(1) << 62;
    const int64_t values[] = {top, top, 0, top - 1, top, top};
    Stats stats;

    stats_describe(values, 6, &stats);
    ck_assert_int_eq(stats.median, top);
    ck_assert_int_eq(stats.mad, 0);
    ck_assert_int_eq(stats.low, 0);
    ck_assert_int_eq(stats.high, top);
}
END_TEST

/* The ranks of the usual tables of the sign test; the levels are sums of binomial terms over 2^n. */
START_TEST(ranks_of_the_interval_are_those_of_the_tables)
{
    static const struct {
        size_t n, rank;
        double level;
    } known[] = {{6, 1, 0.96875}, {7, 1, 0.984375}, {8, 1, 0.9921875}, {9, 2, 0.9609375},
        {10, 2, 0.978515625}, {12, 3, 0.961425781}, {15, 4, 0.964843750}, {20, 6, 0.958610535},
        {25, 8, 0.956714749}, {30, 10, 0.957226}, {50, 18, 0.967160}, {100, 40, 0.964800}};

    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        double level = 0;

        ck_assert_uint_eq(stats_interval_rank(known[i].n, &level), known[i].rank);
        ck_assert_double_eq_tol(level, known[i].level, 1e-6);
    }
}
END_TEST

START_TEST(fewer_than_six_values_give_no_interval)
{
    for (size_t n = 1; n < STATS_MIN_VALUES; n++) {
        double level = -1;

        ck_assert_uint_eq(stats_interval_rank(n, &level), 0);
        ck_assert_double_eq(level, -1);
    }
    ck_assert_uint_eq(stats_interval_rank(0, &(double){0}), 0);
}
END_TEST

/* Counts all 2^n ways in which n values can lie below or above the median. */
START_TEST(levels_agree_with_counting_all_ways)
{
    for (size_t n = STATS_MIN_VALUES; n <= 16; n++) {
        double level = 0;
        size_t rank = stats_interval_rank(n, &level), outside = 0, outside_next = 0;

        for (uint32_t ways = 0; ways < 1U << n; ways++) {
            size_t below = (size_t)__builtin_popcount(ways);

            outside += below < rank || n - below < rank;
            outside_next += below < rank + 1 || n - below < rank + 1;
        }
        ck_assert_double_eq_tol(level, 1 - (double)outside / (double)(1U << n), 1e-12);
        ck_assert(level >= 0.95);
        /* The next narrower interval would be too narrow. */
        ck_assert(1 - (double)outside_next / (double)(1U << n) < 0.95);
    }
}
END_TEST

/* For many values the binomial is normal: the rank is about n/2 - 1.96 sqrt(n)/2. */
START_TEST(many_values_do_not_vanish)
{
    static const size_t numbers[] = {1000, 1075, 2000, 10000, 100000};

    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        double n = (double)numbers[i], level = 0;
        size_t rank = stats_interval_rank(numbers[i], &level);

        ck_assert_double_eq_tol((double)rank, n / 2 - 1.96 * sqrt(n) / 2 + 0.5, 1.5);
        ck_assert_double_ge(level, 0.95);
        ck_assert_double_lt(level, 0.96);
    }
}
END_TEST

START_TEST(the_median_index_is_the_lower_middle)
{
    ck_assert_uint_eq(stats_median_index((const int64_t[]){5}, 1), 0);
    ck_assert_uint_eq(stats_median_index((const int64_t[]){9, 1, 5}, 3), 2);
    ck_assert_uint_eq(stats_median_index((const int64_t[]){40, 10, 25, 20}, 4), 3);
    ck_assert_uint_eq(stats_median_index((const int64_t[]){7, 7, 7, 7, 7}, 5), 2);
    ck_assert_uint_eq(stats_median_index((const int64_t[]){8, 7, 7, 1, 7}, 5), 2);
}
END_TEST

START_TEST(equal_values_have_equal_medians_in_every_resample)
{
    const int64_t values[] = {5, 5, 5, 5, 5, 5};
    double medians[STATS_RESAMPLES], low, high;

    stats_resample_medians(values, 6, 1, medians);
    for (size_t i = 0; i < STATS_RESAMPLES; i++)
        ck_assert_double_eq(medians[i], 5);
    stats_ratio_interval(medians, medians, &low, &high);
    ck_assert_double_eq(low, 1);
    ck_assert_double_eq(high, 1);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_resamples)
{
    const int64_t values[] = {3, 1, 4, 1, 5, 9, 2};
    double first[STATS_RESAMPLES], second[STATS_RESAMPLES], other[STATS_RESAMPLES];

    stats_resample_medians(values, 7, 1, first);
    stats_resample_medians(values, 7, 1, second);
    stats_resample_medians(values, 7, 2, other);
    ck_assert_mem_eq(first, second, sizeof(first));
    ck_assert_mem_ne(first, other, sizeof(first));
}
END_TEST

/* The order of the values is chance; it must not matter. */
START_TEST(the_order_of_the_values_does_not_matter)
{
    const int64_t one[] = {3, 1, 4, 1, 5, 9, 2}, two[] = {9, 5, 4, 3, 2, 1, 1};
    double first[STATS_RESAMPLES], second[STATS_RESAMPLES];

    stats_resample_medians(one, 7, 1, first);
    stats_resample_medians(two, 7, 1, second);
    ck_assert_mem_eq(first, second, sizeof(first));
}
END_TEST

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The share of medians that are at most x, when all n^n resamples are written out (n at most 7). */
static double exact_share(const double *values, size_t n, double x)
{
    size_t n_resamples = 1, n_below = 0;

    for (size_t i = 0; i < n; i++)
        n_resamples *= n;
    for (size_t code = 0; code < n_resamples; code++) {
        double drawn[8];
        size_t rest = code;

        for (size_t i = 0; i < n; i++, rest /= n)
            drawn[i] = values[rest % n];
        qsort(drawn, n, sizeof(drawn[0]), compare_doubles);
        n_below += (drawn[(n - 1) / 2] + drawn[n / 2]) / 2 <= x;
    }
    return (double)n_below / (double)n_resamples;
}

/* A thousand draws leave the shares uncertain by about sqrt(p (1-p) / 1000), at most 0.016. */
START_TEST(resampled_medians_are_distributed_as_all_resamples_are)
{
    const int64_t values[] = {10, 20, 30, 41, 53, 66};
    const double exact[] = {10, 20, 30, 41, 53, 66};

    for (size_t n = 1; n <= 6; n++) {
        double medians[STATS_RESAMPLES];

        stats_resample_medians(values, n, 1, medians);
        for (double x = 5; x < 70; x += 5) {
            size_t n_below = 0;

            for (size_t i = 0; i < STATS_RESAMPLES; i++)
                n_below += medians[i] <= x;
            ck_assert_double_eq_tol((double)n_below / STATS_RESAMPLES, exact_share(exact, n, x), 0.05);
        }
    }
}
END_TEST

/* The same by sorting: 25 of 1000 ratios below the interval, 25 above. */
START_TEST(the_ratio_interval_leaves_out_two_and_a_half_percent_on_each_side)
{
    double above[STATS_RESAMPLES], below[STATS_RESAMPLES], ratios[STATS_RESAMPLES], low, high;
    uint64_t random = 7;

    for (size_t i = 0; i < STATS_RESAMPLES; i++) {
        above[i] = 1000 + (double)random_below(&random, 300);
        below[i] = 500 + (double)random_below(&random, 20);
        ratios[i] = above[i] / below[i];
    }
    qsort(ratios, STATS_RESAMPLES, sizeof(ratios[0]), compare_doubles);
    stats_ratio_interval(above, below, &low, &high);
    ck_assert_double_eq(low, ratios[25]);
    ck_assert_double_eq(high, ratios[974]);
}
END_TEST

/* Two cells of the same speed with noise of one side, as timings have: the interval must hold the true ratio
 * in about 95 of 100 cases. It is fixed by the seed, so this is no matter of luck. */
START_TEST(the_ratio_interval_holds_what_it_promises)
{
    uint64_t random = 11;
    int n_held = 0;

    for (int round = 0; round < 400; round++) {
        double above[STATS_RESAMPLES], below[STATS_RESAMPLES], low, high;
        int64_t one[7], two[7];

        for (int i = 0; i < 7; i++) {
            one[i] = (int64_t)(1e8 - 2e6 * log((double)(1 + random_below(&random, 1000000)) / 1e6));
            two[i] = (int64_t)(1e8 - 2e6 * log((double)(1 + random_below(&random, 1000000)) / 1e6));
        }
        stats_resample_medians(one, 7, 1, above);
        stats_resample_medians(two, 7, 2, below);
        stats_ratio_interval(above, below, &low, &high);
        n_held += low <= 1 && high >= 1;
    }
    ck_assert_int_ge(n_held, 370);
    ck_assert_int_le(n_held, 398);
}
END_TEST

RUN_TESTS("results-stats", 20, one_value_is_its_own_median, a_percentile_needs_a_value_beyond_it,
    what_is_too_little_is_said_in_words, seven_values_by_hand, four_values_by_hand,
    large_values_do_not_overflow, ranks_of_the_interval_are_those_of_the_tables,
    fewer_than_six_values_give_no_interval, levels_agree_with_counting_all_ways, many_values_do_not_vanish,
    the_median_index_is_the_lower_middle, equal_values_have_equal_medians_in_every_resample,
    the_same_seed_gives_the_same_resamples, the_order_of_the_values_does_not_matter,
    resampled_medians_are_distributed_as_all_resamples_are,
    the_ratio_interval_leaves_out_two_and_a_half_percent_on_each_side,
    the_ratio_interval_holds_what_it_promises)
