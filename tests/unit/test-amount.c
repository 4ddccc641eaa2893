/* Amounts in words of people. */
#include "base/amount.h"

#include <check.h>

#include "base/cleanup.h"
#include "tests/unit/run.h"

static const struct {
    int64_t ms;
    const char *up, *down;
} times[] = {
    {0, "0 ms", "0 ms"},
    {1, "1 ms", "1 ms"},
    {999, "999 ms", "999 ms"},
    {1000, "1 s", "1 s"},
    {1001, "1.1 s", "1 s"},
    {1500, "1.5 s", "1.5 s"},
    {9999, "10 s", "9.9 s"},
    {10001, "11 s", "10 s"},
    {59001, "1 minute", "59 s"},
    {60000, "1 minute", "1 minute"},
    {60001, "1 minute 1 s", "1 minute"},
    {90000, "1 minute 30 s", "1 minute 30 s"},
    {600000, "10 minutes", "10 minutes"},
    {601000, "11 minutes", "10 minutes"},
    {3599000, "1 hour", "59 minutes"},
    {5400000, "1 hour 30 minutes", "1 hour 30 minutes"},
    {86400000, "1 day", "1 day"},
    {90000000, "1 day 1 hour", "1 day 1 hour"},
    {2571041000, "30 days", "29 days"},
    {31536000000, "1 year", "1 year"},
    {INT64_C(315360000000), "10 years", "10 years"},
};

START_TEST(a_time_is_told_in_units_of_people)
{
    for (size_t i = 0; i < ARRAY_LENGTH(times); i++) {
        auto_free char *up = amount_time(times[i].ms, true), *down = amount_time(times[i].ms, false);

        ck_assert_str_eq(up, times[i].up);
        ck_assert_str_eq(down, times[i].down);
    }
}
END_TEST

static const struct {
    double bytes;
    const char *text;
} sizes[] = {
    {0, "0 KB"},
    {999000, "999 KB"},
    {60e6, "60 MB"},
    {9999e6, "9999 MB"},
    {17e9, "17 GB"},
    {17e12, "17 TB"},
    {1e18, "1000 PB"},
};

START_TEST(a_size_is_told_in_units_of_people)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        auto_free char *text = amount_bytes(sizes[i].bytes);

        ck_assert_str_eq(text, sizes[i].text);
    }
}
END_TEST

RUN_TESTS("amount", 60, a_time_is_told_in_units_of_people, a_size_is_told_in_units_of_people)
