/* Lists of CPUs, read and written. */
#include "base/cpulist.h"

#include <errno.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "tests/unit/run.h"

START_TEST(numbers_and_ranges_are_read)
{
    cpu_set_t set;

    ck_assert_int_eq(cpulist_parse("0-3,8,1023", &set), 0);
    ck_assert_int_eq(CPU_COUNT(&set), 6);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        ck_assert_int_eq(CPU_ISSET(cpu, &set) != 0, cpu <= 3 || cpu == 8 || cpu == 1023);
}
END_TEST

START_TEST(what_is_no_list_is_refused)
{
    static const char *const texts[] = {"", ",", "0,", ",0", "0,,1", "-", "0-", "-1", "3-1", "0-1-2", "0x1",
        "+1", " 0", "0 ", "0, 1", "0-7:2", "all", "1.5"};
    cpu_set_t set;

    CPU_ZERO(&set);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        ck_assert_msg(cpulist_parse(texts[i], &set) == -EINVAL, "%s", texts[i]);
    ck_assert_int_eq(CPU_COUNT(&set), 0);
}
END_TEST

START_TEST(numbers_that_no_set_holds_are_out_of_range)
{
    cpu_set_t set;

    ck_assert_int_eq(cpulist_parse("1024", &set), -ERANGE);
    ck_assert_int_eq(cpulist_parse("0-99999999999999999999999", &set), -ERANGE);
}
END_TEST

START_TEST(the_shortest_list_is_written)
{
    static const char *const texts[][2] = {{"0", "0"}, {"1,0", "0-1"}, {"0-3,2-5,8", "0-5,8"},
        {"9,7,5-5", "5,7,9"}, {"0-1023", "0-1023"}, {"1,1,1023", "1,1023"}};
    auto_free char *none = NULL;
    cpu_set_t set;

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        auto_free char *text = NULL;

        ck_assert_int_eq(cpulist_parse(texts[i][0], &set), 0);
        text = cpulist_text(&set);
        ck_assert_str_eq(text, texts[i][1]);
    }
    CPU_ZERO(&set);
    none = cpulist_text(&set);
    ck_assert_str_eq(none, "");
}
END_TEST

RUN_TESTS("cpulist", 30, numbers_and_ranges_are_read, what_is_no_list_is_refused,
    numbers_that_no_set_holds_are_out_of_range, the_shortest_list_is_written)
