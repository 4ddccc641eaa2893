/* Numbers as people write them. */
#include "base/number.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/array.h"

static const struct {
    const char *text;
    int64_t value;
} good[] = {
    {"0", 0},
    {"7", 7},
    {"+7", 7},
    {"-7", -7},
    {"-0", 0},
    {"007", 7},
    {"1000000", 1000000},
    {"1_000_000", 1000000},
    {"1e6", 1000000},
    {"1E6", 1000000},
    {"1e+6", 1000000},
    {"1.5e1", 15},
    {"0.25e2", 25},
    {"2500e-2", 25},
    {"-2.5k", -2500},
    {"0.5k", 500},
    {"10k", 10000},
    {"10K", 10000},
    {"10M", 10000000},
    {"10G", 10000000000},
    {"1.000", 1},
    {"1.", 1},
    {"0e100", 0},
    {"0.0000001e7", 1},
    {"9007199254740993", 9007199254740993},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775807", -INT64_MAX},
};

START_TEST(what_people_write_is_read)
{
    int64_t value = -1;

    ck_assert_int_eq(number_parse(good[_i].text, strlen(good[_i].text), &value), 0);
    ck_assert_int_eq(value, good[_i].value);
}
END_TEST

static const char *const no_numbers[] = {"", " ", "+", "-", "--1", "+-1", " 1", "1 ", "1\n", "one", "0x10",
    ".5", ".", "1.5", "1e-1", "15e-1", "1e-100", "1e-200", "1.0005k", "1_", "_1", "1__0", "1_.0", "1._0",
    "1e", "1e+", "1e_1", "1e1.0", "1,000", "1kk", "1e3k", "1k3", "1m", "1g", "1T", "nan", "inf", "1;",
    "\xd9\xa1"};

START_TEST(what_is_no_whole_number_is_refused)
{
    const char *text = no_numbers[_i];
    int64_t value = 42;

    ck_assert_msg(number_parse(text, strlen(text), &value) == -EINVAL, "\"%s\"", text);
    ck_assert_int_eq(value, 42);
}
END_TEST

static const char *const too_large[] = {"9223372036854775808", "-9223372036854775809", "99999999999999999999",
    "1e19", "1e100", "1e101", "1e99999999999999999999999", "9223372036854775807k", "10000000000G"};

START_TEST(what_is_too_large_is_out_of_range)
{
    const char *text = too_large[_i];
    int64_t value = 42;

    ck_assert_msg(number_parse(text, strlen(text), &value) == -ERANGE, "\"%s\"", text);
    ck_assert_int_eq(value, 42);
}
END_TEST

/* The bytes behind the length are not looked at, and a NUL byte is no end. */
START_TEST(the_length_counts)
{
    int64_t value = 0;

    ck_assert_int_eq(number_parse("123456", 3, &value), 0);
    ck_assert_int_eq(value, 123);
    ck_assert_int_eq(number_parse("1_000", 2, &value), -EINVAL);
    ck_assert_int_eq(number_parse("1e6", 2, &value), -EINVAL);
    ck_assert_int_eq(number_parse("10k", 2, &value), 0);
    ck_assert_int_eq(value, 10);
    ck_assert_int_eq(number_parse("10\0", 3, &value), -EINVAL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *tests = tcase_create("number");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_people_write_is_read, 0, ARRAY_LENGTH(good));
    tcase_add_loop_test(tests, what_is_no_whole_number_is_refused, 0, ARRAY_LENGTH(no_numbers));
    tcase_add_loop_test(tests, what_is_too_large_is_out_of_range, 0, ARRAY_LENGTH(too_large));
    tcase_add_test(tests, the_length_counts);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
