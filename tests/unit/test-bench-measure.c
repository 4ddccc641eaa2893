/* The loop that measures, with contenders that only say what they were told to. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tests/bench/measure.h"

enum { OURS, BESIDE, LACKING, FAILING, N_CONTENDERS };

static char order[256]; /* a letter for each measurement */
static bool is_quick;
static int n_before_stop; /* measurements until stop() says so; negative: never */

bool bench_is_quick(void)
{
    return is_quick;
}

static bool stop(void)
{
    return n_before_stop >= 0 && strlen(order) >= (size_t)n_before_stop;
}

/* n is the figure, text the letter. */
static int measure(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    strcat(order, self->text);
    figures[0] = (double)self->n;
    return 0;
}

/* The machine becomes slower all the time, and all of it: each measurement takes a tenth more than the last.
 */
static int measure_slower(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    strcat(order, self->text);
    figures[0] = (double)self->n * (1 + (double)strlen(order) / 10);
    return 0;
}

/* Around the target: 0.5 and 1.5 times what it should be. */
static int measure_noise(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    strcat(order, self->text);
    figures[0] = (double)self->n * (strlen(order) % 2 ? 0.5 : 1.5);
    return 0;
}

static int measure_badly(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    (void)figures;
    strcat(order, self->text);
    return bench_fail("disk %d is full", 7);
}

static int count(const BenchContender *self, double *ret)
{
    *ret = (double)self->n * 1000;
    return 0;
}

static int cannot_count(const BenchContender *self, double *ret)
{
    (void)self;
    (void)ret;
    return bench_fail("no counter");
}

static BenchContender contenders[N_CONTENDERS];
static BenchRow row;
static BenchPart part;
static Measured measured;

static void setup(void)
{
    const BenchContender fresh[N_CONTENDERS] = {
        [OURS] = {"ours", .measure = measure, .n = 30, .text = "a"},
        [BESIDE] = {"beside", .measure = measure, .n = 20, .text = "b"},
        [LACKING] = {"lacking", .needs = "no such peer", .measure = measure, .text = "c"},
        [FAILING] = {"failing", .measure = measure_badly, .text = "d"},
    };

    memcpy(contenders, fresh, sizeof(contenders));
    order[0] = '\0';
    is_quick = false;
    n_before_stop = -1;
    row = (BenchRow){"row", "a quantity", "ms", OURS, BESIDE, .ratio = 2};
    part = (BenchPart){.name = "part",
        .about = "a part",
        .contenders = contenders,
        .n_contenders = N_CONTENDERS,
        .rows = &row,
        .n_rows = 1,
        .rounds = 6};
    measured = (Measured){.part = &part, .rounds = 6, .wanted = {[OURS] = true, [BESIDE] = true}};
}

static void teardown(void)
{
    measured_finish(&measured);
}

static RowResult run(bool counts)
{
    measure_part(&measured, counts, stop);
    return measured_judge(&measured, &row);
}

START_TEST(contenders_are_measured_forwards_and_backwards_after_one_round_that_warms)
{
    run(false);
    ck_assert_str_eq(order, "ba"
                            "ab"
                            "ba"
                            "ab"
                            "ba"
                            "ab"
                            "ba");
}
END_TEST

START_TEST(quick_warms_nothing)
{
    is_quick = true;
    run(false);
    ck_assert_str_eq(order, "ab"
                            "ba"
                            "ab"
                            "ba"
                            "ab"
                            "ba");
}
END_TEST

START_TEST(a_ratio_is_that_of_neighbours)
{
    RowResult result = run(false);

    ck_assert_int_eq(result.state, ROW_JUDGED);
    ck_assert_double_eq_tol(result.ratio.median, 1.5, 1e-9);
    ck_assert_double_eq_tol(result.ours.median, 30, 1e-9);
    ck_assert_double_eq_tol(result.beside.median, 20, 1e-9);
    ck_assert_int_eq(result.outcome, JUDGE_HOLDS);
    ck_assert(!result.by_instructions);
}
END_TEST

/* The medians alone would say less: 1.5 within 10 % either way although the machine becomes twice as slow. */
START_TEST(a_machine_that_becomes_slower_favours_nobody)
{
    RowResult result;

    contenders[OURS].measure = contenders[BESIDE].measure = measure_slower;
    result = run(false);
    ck_assert_double_ge(result.ours.high / result.ours.low, 1.5);
    ck_assert_double_ge(result.ratio.low, 1.35);
    ck_assert_double_le(result.ratio.high, 1.65);
}
END_TEST

START_TEST(a_row_whose_peer_is_missing_is_left_out_by_name)
{
    RowResult result;

    row.beside = LACKING;
    measured.wanted[LACKING] = true;
    result = run(false);
    ck_assert_int_eq(result.state, ROW_LEFT_OUT);
    ck_assert_str_eq(result.reason, "no such peer");
    ck_assert_ptr_null(strchr(order, 'c'));
}
END_TEST

START_TEST(a_row_with_a_limit_needs_no_peer)
{
    RowResult result;

    row = (BenchRow){"row", "a quantity", "ms", OURS, LACKING, .limit = 29};
    measured.wanted[LACKING] = true;
    result = run(false);
    ck_assert_int_eq(result.state, ROW_JUDGED);
    ck_assert(!result.has_beside);
    ck_assert_int_eq(result.outcome, JUDGE_MISSES);
}
END_TEST

START_TEST(of_two_targets_the_one_that_is_missed_decides)
{
    row.limit = 29;
    ck_assert_int_eq(run(false).outcome, JUDGE_MISSES);
}
END_TEST

START_TEST(a_contender_that_fails_is_not_asked_again_and_says_why)
{
    RowResult result;

    row.ours = FAILING;
    measured.wanted[FAILING] = true;
    result = run(false);
    ck_assert_int_eq(result.state, ROW_FAILED);
    ck_assert_str_eq(result.reason, "disk 7 is full");
    ck_assert_ptr_eq(strchr(order, 'd'), strrchr(order, 'd'));
}
END_TEST

START_TEST(instructions_decide_where_the_figures_cannot)
{
    RowResult result;

    contenders[OURS].measure = measure_noise;
    contenders[OURS].count = contenders[BESIDE].count = count;
    row.ratio = 1.6;
    result = run(false);
    ck_assert(result.by_instructions);
    ck_assert_double_eq_tol(result.instruction_ratio, 1.5, 1e-9);
    ck_assert_int_eq(result.outcome, JUDGE_HOLDS);
}
END_TEST

/* 0.6 of the rate is 1.67 times the cost, and 1.5 times as many instructions are within that. */
START_TEST(of_a_rate_fewer_instructions_are_better)
{
    RowResult result;

    contenders[OURS].measure = measure_noise;
    contenders[OURS].count = contenders[BESIDE].count = count;
    row.goal = BENCH_AT_LEAST;
    row.ratio = 0.8;
    result = run(false);
    ck_assert(result.by_instructions);
    ck_assert_int_eq(result.outcome, JUDGE_MISSES);
}
END_TEST

START_TEST(what_the_figures_say_is_not_overruled)
{
    RowResult result;

    contenders[OURS].count = contenders[BESIDE].count = count;
    contenders[OURS].n = 30;
    row.ratio = 1.51;
    result = run(true);
    ck_assert_double_eq_tol(result.instruction_ratio, 1.5, 1e-9);
    ck_assert(!result.by_instructions);
}
END_TEST

START_TEST(where_nothing_counts_it_stays_inconclusive_and_says_why)
{
    RowResult result;

    contenders[OURS].measure = measure_noise;
    contenders[OURS].count = contenders[BESIDE].count = cannot_count;
    row.ratio = 1.6;
    result = run(false);
    ck_assert_int_eq(result.outcome, JUDGE_INCONCLUSIVE);
    ck_assert_str_eq(measured.count_failure, "no counter");
}
END_TEST

START_TEST(what_is_broken_off_keeps_its_whole_rounds)
{
    RowResult result;

    n_before_stop = 7;
    result = run(false);
    ck_assert_int_eq(measured.rounds, 2);
    ck_assert_int_eq(result.state, ROW_JUDGED);
    ck_assert(result.ratio.is_range);
}
END_TEST

START_TEST(what_is_broken_off_at_once_has_no_figures)
{
    RowResult result;

    n_before_stop = 1;
    result = run(false);
    ck_assert_int_eq(result.state, ROW_FAILED);
    ck_assert_str_eq(result.reason, "it was broken off");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bench-measure");
    TCase *cases = tcase_create("measure");
    SRunner *runner;
    int n_failed;

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, contenders_are_measured_forwards_and_backwards_after_one_round_that_warms);
    tcase_add_test(cases, quick_warms_nothing);
    tcase_add_test(cases, a_ratio_is_that_of_neighbours);
    tcase_add_test(cases, a_machine_that_becomes_slower_favours_nobody);
    tcase_add_test(cases, a_row_whose_peer_is_missing_is_left_out_by_name);
    tcase_add_test(cases, a_row_with_a_limit_needs_no_peer);
    tcase_add_test(cases, of_two_targets_the_one_that_is_missed_decides);
    tcase_add_test(cases, a_contender_that_fails_is_not_asked_again_and_says_why);
    tcase_add_test(cases, instructions_decide_where_the_figures_cannot);
    tcase_add_test(cases, of_a_rate_fewer_instructions_are_better);
    tcase_add_test(cases, what_the_figures_say_is_not_overruled);
    tcase_add_test(cases, where_nothing_counts_it_stays_inconclusive_and_says_why);
    tcase_add_test(cases, what_is_broken_off_keeps_its_whole_rounds);
    tcase_add_test(cases, what_is_broken_off_at_once_has_no_figures);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
