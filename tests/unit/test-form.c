/* Names and values from a query, strictly. */
#include "base/form.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

/* Reads the text; the caller looks at both. The copy has no byte to spare, for the address sanitizer. */
static json_t *parse(const char *text, size_t length, Problem *problem)
{
    auto_free char *copy = malloc(length > 0 ? length : 1);
    json_t *object = json_object();

    memcpy(copy, text, length);
    form_parse(object, copy, length, problem);
    return object;
}

static void assert_value(const json_t *object, const char *name, const char *value)
{
    const char *found = json_string_value(json_object_get(object, name));

    ck_assert_msg(found, "%s is missing", name);
    ck_assert_str_eq(found, value);
}

static const struct {
    const char *text, *name, *value;
} good[] = {
    {"a=1", "a", "1"},
    {"b=2&a=1", "a", "1"},
    {"&&a=1&", "a", "1"},
    {"a", "a", ""},
    {"a=", "a", ""},
    {"a=b=c", "a", "b=c"},
    {"a=%31", "a", "1"},
    {"%61=1", "a", "1"},
    {"a=x+y", "a", "x y"},
    {"a+b=1", "a b", "1"},
    {"a=%2b%26%3D%25", "a", "+&=%"},
    {"a=%c3%A4", "a", "\xc3\xa4"},
    {"a=\xc3\xa4", "a", "\xc3\xa4"},
    {"a=1;b=2", "a", "1;b=2"},
    {"a=%0a", "a", "\n"},
};

START_TEST(pairs_are_decoded)
{
    auto_problem Problem problem = {0};
    json_auto_t *object = parse(good[_i].text, strlen(good[_i].text), &problem);

    ck_assert(!problem_is_set(&problem));
    assert_value(object, good[_i].name, good[_i].value);
}
END_TEST

#define BAD(text, param, got, reason)                                                                        \
    {                                                                                                        \
        text, sizeof(text) - 1, param, got, reason                                                           \
    }
static const struct {
    const char *text;
    size_t length;
    const char *param, *got, *reason; /* got NULL: cannot be shown */
} bad[] = {
    BAD("a=1&a=2", "a", "2",
        "given more than once; where it takes a list, its values have commas between them: a=1,2"),
    BAD("a=1&%61=1", "a", "1", "more than once"),
    BAD("a&a", "a", "", "more than once"),
    BAD("=1", "", "1", "without a name"),
    BAD("=", "", "", "without a name"),
    BAD("a=%", "a", "a=%", "percent-escape"),
    BAD("a=%4", "a", "a=%4", "percent-escape"),
    BAD("a=%4x", "a", "a=%4x", "percent-escape"),
    BAD("a=%x4", "a", "a=%x4", "percent-escape"),
    BAD("a=%%41", "a", "a=%%41", "percent-escape"),
    BAD("a=%u0041", "a", "a=%u0041", "percent-escape"),
    BAD("%=1", "?", "%=1", "percent-escape"),
    BAD("a=%00", "a", NULL, "NUL byte"),
    BAD("a=1\0002", "a", NULL, "NUL byte"),
    BAD("a%00b=1", "?", NULL, "NUL byte"),
    BAD("a\0b=1", "?", NULL, "NUL byte"),
    BAD("a=%ff", "a", NULL, "UTF-8"),
    BAD("a=%c0%80", "a", NULL, "UTF-8"),
    BAD("a=%ed%a0%80", "a", NULL, "UTF-8"),
    BAD("%ff=1", "?", NULL, "UTF-8"),
    BAD("\xff=%zz", "\xef\xbf\xbd", NULL, "percent-escape"),
};

START_TEST(a_bad_pair_is_named_and_not_taken)
{
    auto_problem Problem problem = {0};
    json_auto_t *object = parse(bad[_i].text, bad[_i].length, &problem);
    json_t *error = json_array_get(problem.errors, 0);
    const char *got = json_string_value(json_object_get(error, "got"));

    ck_assert_int_eq(problem.status, 400);
    ck_assert_uint_eq(json_array_size(problem.errors), 1);
    ck_assert_str_eq(json_string_value(json_object_get(error, "param")), bad[_i].param);
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(error, "reason")), bad[_i].reason));
    ck_assert_int_eq(got == NULL, bad[_i].got == NULL);
    if (got)
        ck_assert_str_eq(got, bad[_i].got);
    ck_assert_uint_le(json_object_size(object), 1);
}
END_TEST

START_TEST(every_bad_pair_is_named_at_once)
{
    auto_problem Problem problem = {0};
    json_auto_t *object = parse("a=%&b=1&c=%ff&b=2", 17, &problem);

    ck_assert_uint_eq(json_array_size(problem.errors), 3);
    ck_assert_uint_eq(json_object_size(object), 1);
    assert_value(object, "b", "1");
}
END_TEST

START_TEST(nothing_gives_nothing)
{
    auto_problem Problem problem = {0};
    json_auto_t *object = parse("", 0, &problem);

    ck_assert_uint_eq(json_object_size(object), 0);
    ck_assert(!problem_is_set(&problem));
}
END_TEST

/* A query like "?a" reaches the program with a value of NULL. */
START_TEST(a_missing_value_is_an_empty_one)
{
    auto_problem Problem problem = {0};
    json_auto_t *object = json_object();

    form_add(object, "a", 1, NULL, 0, &problem);
    ck_assert(!problem_is_set(&problem));
    assert_value(object, "a", "");
}
END_TEST

START_TEST(a_path_keeps_its_plus)
{
    char text[] = "a+b%20c";
    long length = form_unescape(text, strlen(text), 0);

    ck_assert_int_eq(length, 5);
    ck_assert_mem_eq(text, "a+b c", 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("form");
    TCase *tests = tcase_create("form");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, pairs_are_decoded, 0, ARRAY_LENGTH(good));
    tcase_add_loop_test(tests, a_bad_pair_is_named_and_not_taken, 0, ARRAY_LENGTH(bad));
    tcase_add_test(tests, every_bad_pair_is_named_at_once);
    tcase_add_test(tests, nothing_gives_nothing);
    tcase_add_test(tests, a_missing_value_is_an_empty_one);
    tcase_add_test(tests, a_path_keeps_its_plus);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
