#include <check.h>
#include <stdlib.h>

#include "base/array.h"
#include "tests/bench/judge.h"

static JudgeOutcome outcome_of(const double *values, size_t n, bool at_most, double target)
{
    Estimate estimate = judge_estimate(values, n);

    return judge(&estimate, at_most, target);
}

START_TEST(a_claim_holds_if_the_whole_interval_is_within_the_target)
{
    const double ratios[] = {1.1, 1.2, 1.0, 1.1, 1.15, 1.05};

    ck_assert_int_eq(outcome_of(ratios, 6, true, 1.21), JUDGE_HOLDS);
    ck_assert_int_eq(outcome_of(ratios, 6, false, 0.99), JUDGE_HOLDS);
}
END_TEST

START_TEST(a_claim_misses_if_the_whole_interval_is_beyond_the_target)
{
    const double ratios[] = {1.1, 1.2, 1.0, 1.1, 1.15, 1.05};

    ck_assert_int_eq(outcome_of(ratios, 6, true, 0.99), JUDGE_MISSES);
    ck_assert_int_eq(outcome_of(ratios, 6, false, 1.21), JUDGE_MISSES);
}
END_TEST

START_TEST(a_claim_is_inconclusive_if_the_target_lies_in_the_interval)
{
    const double ratios[] = {1.1, 1.2, 1.0, 1.1, 1.15, 1.05};

    ck_assert_int_eq(outcome_of(ratios, 6, true, 1.1), JUDGE_INCONCLUSIVE);
    ck_assert_int_eq(outcome_of(ratios, 6, false, 1.1), JUDGE_INCONCLUSIVE);
}
END_TEST

/* Of nine values the second and the eighth enclose the median, so one that is far off moves nothing. */
START_TEST(one_round_that_was_disturbed_decides_nothing)
{
    const double ratios[] = {1.01, 1.02, 1.03, 9.0, 1.02, 1.01, 1.0, 1.02, 1.01};

    ck_assert_int_eq(outcome_of(ratios, ARRAY_LENGTH(ratios), true, 1.1), JUDGE_HOLDS);
}
END_TEST

START_TEST(of_too_few_values_the_whole_range_stands_for_the_interval)
{
    const double few[] = {1.0, 2.0, 1.5}, enough[] = {1, 1, 1, 1, 1, 1};
    Estimate estimate = judge_estimate(few, 3);

    ck_assert(estimate.is_range);
    ck_assert_double_eq_tol(estimate.low, 1.0, 1e-9);
    ck_assert_double_eq_tol(estimate.median, 1.5, 1e-9);
    ck_assert_double_eq_tol(estimate.high, 2.0, 1e-9);
    ck_assert(!judge_estimate(enough, 6).is_range);
}
END_TEST

START_TEST(values_may_be_tiny_large_or_nothing)
{
    const double tiny[] = {1e-9, 2e-9, 3e-9}, large[] = {1e15, 2e15, 3e15}, nothing[] = {0, 0, 0};

    ck_assert_double_eq_tol(judge_estimate(tiny, 3).median, 2e-9, 1e-15);
    ck_assert_double_eq_tol(judge_estimate(large, 3).median, 2e15, 1e6);
    ck_assert_double_eq(judge_estimate(nothing, 3).median, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bench-judge");
    TCase *cases = tcase_create("judge");
    SRunner *runner;
    int n_failed;

    tcase_add_test(cases, a_claim_holds_if_the_whole_interval_is_within_the_target);
    tcase_add_test(cases, a_claim_misses_if_the_whole_interval_is_beyond_the_target);
    tcase_add_test(cases, a_claim_is_inconclusive_if_the_target_lies_in_the_interval);
    tcase_add_test(cases, one_round_that_was_disturbed_decides_nothing);
    tcase_add_test(cases, of_too_few_values_the_whole_range_stands_for_the_interval);
    tcase_add_test(cases, values_may_be_tiny_large_or_nothing);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
