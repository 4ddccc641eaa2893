/* Numbers for people, by the cases that the page is tested against too. */
#include "results/human.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

typedef char *CaseWriter(const json_t *row);

static int64_t case_integer(const json_t *row, size_t i)
{
    ck_assert(json_is_integer(json_array_get(row, i)));
    return json_integer_value(json_array_get(row, i));
}

static char *case_time(const json_t *row)
{
    return human_time(case_integer(row, 0));
}

static char *case_range(const json_t *row)
{
    return human_time_range(case_integer(row, 0), case_integer(row, 1));
}

static char *case_bytes(const json_t *row)
{
    return human_bytes(case_integer(row, 0));
}

static char *case_ratio(const json_t *row)
{
    return human_ratio(json_number_value(json_array_get(row, 0)));
}

static char *case_percent(const json_t *row)
{
    return human_percent(json_number_value(json_array_get(row, 0)));
}

static char *case_value(const json_t *row)
{
    return human_value(json_array_get(row, 0));
}

static char *case_field(const json_t *row)
{
    return human_field(json_string_value(json_array_get(row, 0)), json_array_get(row, 1));
}

/* A range has its two ends apart: how they are joined is the one thing in which a table differs from the
 * page. */
static char *case_expected(const json_t *row)
{
    size_t n = json_array_size(row);
    const char *last = json_string_value(json_array_get(row, n - 1));

    return n == 4 ? text_printf("%s..%s", json_string_value(json_array_get(row, 2)), last)
                  : text_printf("%s", last);
}

static void check_cases(const char *rule, CaseWriter *writer)
{
    const char *root = getenv("SOURCE_ROOT");
    auto_free char *path = text_printf("%s/tests/cases/numbers.json", root ? root : ".");
    json_auto_t *all = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    const json_t *rows = json_object_get(all, rule);
    size_t i;
    json_t *row;

    ck_assert_msg(root, "SOURCE_ROOT is not set: run this by meson test");
    ck_assert_msg(json_array_size(rows) > 0, "%s has no cases of %s", path, rule);
    json_array_foreach (rows, i, row) {
        auto_free char *text = writer(row), *expected = case_expected(row);

        ck_assert_str_eq(text, expected);
    }
}

START_TEST(times_have_three_digits)
{
    check_cases("time", case_time);
}
END_TEST

START_TEST(ranges_share_their_unit_if_they_can)
{
    check_cases("range", case_range);
}
END_TEST

START_TEST(bytes_are_exact_until_they_are_many)
{
    check_cases("bytes", case_bytes);
}
END_TEST

START_TEST(a_ratio_is_never_shown_as_nothing)
{
    check_cases("ratio", case_ratio);
}
END_TEST

START_TEST(shares_have_one_decimal)
{
    check_cases("percent", case_percent);
}
END_TEST

START_TEST(values_are_grouped_or_have_three_digits)
{
    check_cases("value", case_value);
}
END_TEST

START_TEST(a_field_says_its_unit_in_its_name)
{
    check_cases("field", case_field);
}
END_TEST

/* Beyond what JavaScript counts exactly. */
START_TEST(the_smallest_integer_is_whole)
{
    auto_free char *text = human_integer(INT64_MIN);

    ck_assert_str_eq(text, "-9,223,372,036,854,775,808");
}
END_TEST

/* In C a real may be known to be none of JSON's: a figure of three digits keeps them. */
START_TEST(a_real_without_a_fraction_keeps_its_digits)
{
    auto_free char *one = human_real(1), *none = human_real(0);

    ck_assert_str_eq(one, "1.00");
    ck_assert_str_eq(none, "0");
}
END_TEST

RUN_TESTS("human", 10, times_have_three_digits, ranges_share_their_unit_if_they_can,
    bytes_are_exact_until_they_are_many, a_ratio_is_never_shown_as_nothing, shares_have_one_decimal,
    values_are_grouped_or_have_three_digits, a_field_says_its_unit_in_its_name, the_smallest_integer_is_whole,
    a_real_without_a_fraction_keeps_its_digits)
