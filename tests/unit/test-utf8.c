/* What is well-formed and what may be shown. */
#include "base/utf8.h"

#include <check.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

static const struct {
    const char *text;
    uint32_t first;
    int length; /* of the first character; a bad byte is stepped over alone */
} cases[] = {
    {"a", 'a', 1},
    {"\x7f", 0x7f, 1},
    {"\xc2\x80", 0x80, 2},
    {"\xc3\xa4x", 0xe4, 2},
    {"\xdf\xbf", 0x7ff, 2},
    {"\xe0\xa0\x80", 0x800, 3},
    {"\xe2\x82\xac", 0x20ac, 3},
    {"\xed\x9f\xbf", 0xd7ff, 3},
    {"\xee\x80\x80", 0xe000, 3},
    {"\xf0\x90\x80\x80", 0x10000, 4},
    {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
    {"\x80", UTF8_BAD, 1},
    {"\xbf", UTF8_BAD, 1},
    {"\xc0\x80", UTF8_BAD, 1},         /* overlong */
    {"\xc1\xbf", UTF8_BAD, 1},         /* overlong */
    {"\xe0\x9f\xbf", UTF8_BAD, 1},     /* overlong */
    {"\xf0\x8f\xbf\xbf", UTF8_BAD, 1}, /* overlong */
    {"\xed\xa0\x80", UTF8_BAD, 1},     /* surrogate */
    {"\xed\xbf\xbf", UTF8_BAD, 1},     /* surrogate */
    {"\xf4\x90\x80\x80", UTF8_BAD, 1}, /* beyond the last */
    {"\xf8\x88\x80\x80\x80", UTF8_BAD, 1},
    {"\xff", UTF8_BAD, 1},
    {"\xc3", UTF8_BAD, 1}, /* cut off */
    {"\xe2\x82", UTF8_BAD, 1},
    {"\xe2\x28\xa1", UTF8_BAD, 1},
};

START_TEST(a_character_is_read_or_one_bad_byte_stepped_over)
{
    const char *text = cases[_i].text, *at = text;

    ck_assert_uint_eq(utf8_next(&at, text + strlen(text)), cases[_i].first);
    ck_assert_int_eq(at - text, cases[_i].length);
}
END_TEST

START_TEST(nothing_behind_the_end_is_read)
{
    const char text[] = "\xe2\x82\xac", *at = text;

    ck_assert_uint_eq(utf8_next(&at, text + 2), UTF8_BAD);
    ck_assert_int_eq(at - text, 1);
}
END_TEST

START_TEST(controls_are_known)
{
    ck_assert(utf8_is_control(0));
    ck_assert(utf8_is_control('\n'));
    ck_assert(utf8_is_control(0x1b));
    ck_assert(!utf8_is_control(' '));
    ck_assert(!utf8_is_control('~'));
    ck_assert(utf8_is_control(0x7f));
    ck_assert(utf8_is_control(0x9b));
    ck_assert(!utf8_is_control(0xa0));
    ck_assert(utf8_is_control(0x2028));
    ck_assert(!utf8_is_control(0x20ac));
}
END_TEST

START_TEST(what_turns_the_direction_of_text_is_a_control)
{
    static const uint32_t turns[] = {0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069};
    static const uint32_t others[] = {0x200d, 0x2010, 0x2027, 0x202f, 0x2065, 0x206a, 0x05d0, 0x0627};

    for (size_t i = 0; i < ARRAY_LENGTH(turns); i++)
        ck_assert(utf8_is_control(turns[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        ck_assert(!utf8_is_control(others[i]));
}
END_TEST

START_TEST(cleaning_keeps_text_and_replaces_the_rest)
{
    static const char dirty[] = "gr\xc3\xbc\xc3\x9f\x1b[31m\xff\0\xc2\x9b";
    auto_free char *clean = utf8_clean(dirty, sizeof(dirty) - 1), *empty = utf8_clean("", 0);

    ck_assert_str_eq(clean, "gr\xc3\xbc\xc3\x9f\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    ck_assert_str_eq(empty, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tests = tcase_create("utf8");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_character_is_read_or_one_bad_byte_stepped_over, 0, ARRAY_LENGTH(cases));
    tcase_add_test(tests, nothing_behind_the_end_is_read);
    tcase_add_test(tests, controls_are_known);
    tcase_add_test(tests, what_turns_the_direction_of_text_is_a_control);
    tcase_add_test(tests, cleaning_keeps_text_and_replaces_the_rest);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
