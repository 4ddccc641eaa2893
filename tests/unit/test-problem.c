/* One problem that names everything. */
#include "base/problem.h"

#include <check.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    ck_assert_msg(text, "%s is no text", key);
    return text;
}

static json_t *error_at(const json_t *object, size_t i)
{
    json_t *error = json_array_get(json_object_get(object, "errors"), i);

    ck_assert_ptr_nonnull(error);
    return error;
}

/* What problem_print() writes; the caller frees it. */
static char *printed(const Problem *problem)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    problem_print(problem, file);
    fclose(file);
    return text;
}

START_TEST(nothing_is_no_problem)
{
    Problem problem = {0};

    ck_assert(!problem_is_set(&problem));
    problem_finish(&problem);
    problem_finish(&problem);
}
END_TEST

START_TEST(a_problem_has_the_members_of_rfc_9457)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;

    problem_set(&problem, 404, "Not found", "there is no experiment %s", "cuntdown");
    ck_assert(problem_is_set(&problem));
    json = problem_json(&problem);
    ck_assert_str_eq(text_of(json, "type"), "about:blank");
    ck_assert_str_eq(text_of(json, "title"), "Not found");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "status")), 404);
    ck_assert_str_eq(text_of(json, "detail"), "there is no experiment cuntdown");
    ck_assert_ptr_null(json_object_get(json, "errors"));
}
END_TEST

START_TEST(bad_parameters_are_collected)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;

    problem_add(&problem, "tasks", json_integer(0), json_pack("{s:i, s:i}", "min", 1, "max", 256),
        "must be between %d and %d", 1, 256);
    problem_add(&problem, "lock", json_string("gill"), json_pack("{s:[s,s]}", "choices", "none", "gil"),
        "no such lock");
    problem_add(&problem, "mode", NULL, NULL, "is missing");
    json = problem_json(&problem);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "status")), 400);
    ck_assert_str_eq(text_of(json, "detail"),
        "tasks is 0: must be between 1 and 256; lock is \"gill\": no such lock; mode: is missing");
    ck_assert_uint_eq(json_array_size(json_object_get(json, "errors")), 3);
    ck_assert_str_eq(text_of(error_at(json, 0), "param"), "tasks");
    ck_assert_int_eq(json_integer_value(json_object_get(error_at(json, 0), "got")), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(error_at(json, 0), "max")), 256);
    ck_assert_uint_eq(json_array_size(json_object_get(error_at(json, 1), "choices")), 2);
    ck_assert(json_is_null(json_object_get(error_at(json, 2), "got")));
}
END_TEST

START_TEST(new_words_keep_the_errors)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;

    problem_add(&problem, "n", json_integer(1), NULL, "is odd");
    problem_set(&problem, 422, "Too much", "first");
    problem_set(&problem, 422, problem.title, "%s, then second", problem.detail);
    json = problem_json(&problem);
    ck_assert_str_eq(text_of(json, "title"), "Too much");
    ck_assert_str_eq(text_of(json, "detail"), "first, then second");
    ck_assert_uint_eq(json_array_size(json_object_get(json, "errors")), 1);
}
END_TEST

START_TEST(further_members_do_not_replace_the_standard_ones)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;

    problem_set(&problem, 503, "Busy", "later");
    problem_extend(&problem, "retry_after_s", json_integer(3));
    problem_extend(&problem, "status", json_integer(200));
    json = problem_json(&problem);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "retry_after_s")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "status")), 503);
}
END_TEST

/* A path or a parameter's name may hold any bytes. */
START_TEST(bytes_that_are_not_utf8_leave_a_whole_problem)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;
    auto_free char *text = NULL;

    problem_add(&problem, "n\xff", json_integer(1), NULL, "what is \xfe");
    problem_set(&problem, 400, "Bad \xff", "no \xff");
    json = problem_json(&problem);
    text = printed(&problem);
    ck_assert_str_eq(text_of(json, "title"), "Bad \xef\xbf\xbd");
    ck_assert_str_eq(text_of(json, "detail"), "no \xef\xbf\xbd");
    ck_assert_str_eq(text_of(error_at(json, 0), "param"), "n\xef\xbf\xbd");
    ck_assert_str_eq(text_of(error_at(json, 0), "reason"), "what is \xef\xbf\xbd");
    ck_assert_ptr_null(strstr(text, "(null)"));
}
END_TEST

START_TEST(errors_beyond_the_maximum_are_counted)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;
    auto_free char *text = NULL;

    for (int i = 0; i < PROBLEM_MAX_ERRORS + 1000; i++)
        problem_add(&problem, "n", json_integer(i), json_pack("{s:i}", "max", 0), "is too large");
    json = problem_json(&problem);
    text = printed(&problem);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "errors")), PROBLEM_MAX_ERRORS);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "errors_omitted")), 1000);
    ck_assert_ptr_nonnull(strstr(text, "\n  and 1000 more\n"));
}
END_TEST

/* Each of these was given back whole. */
static json_t *nested(int depth)
{
    json_t *value = json_array();

    while (depth-- > 1)
        value = json_pack("[o]", value);
    return value;
}

static json_t *many_members(int n)
{
    json_t *object = json_object();

    for (int i = 0; i < n; i++) {
        auto_free char *name = text_printf("a-name-of-some-length-%d", i);

        json_object_set_new(object, name, json_integer(i));
    }
    return object;
}

static json_t *long_text(int n)
{
    return json_sprintf("%0*d", n, 1);
}

static json_t *many_items(int n)
{
    json_t *array = json_array();

    while (n-- > 0)
        json_array_append_new(array, json_array());
    return array;
}

static json_t *long_name(int n)
{
    auto_free char *name = text_printf("%0*d", n, 1);

    return json_pack("{s:i}", name, 1);
}

static json_t *(*const large[])(int n) = {nested, many_members, long_text, many_items, long_name};

START_TEST(a_value_is_shortened_whatever_its_type)
{
    auto_problem Problem problem = {0};
    auto_free char *text = NULL;
    json_auto_t *json = NULL;

    problem_add(&problem, "n", large[_i](2000), NULL, "is too much");
    json = problem_json(&problem);
    text = json_dumps(json, JSON_INDENT(2));
    ck_assert_uint_lt(strlen(text), 2500);
    ck_assert_ptr_nonnull(strstr(text, "..."));
}
END_TEST

START_TEST(a_small_value_is_shown_as_it_is)
{
    auto_problem Problem problem = {0};
    json_auto_t *value = json_pack("[s, i, f, b, n, {s:[i, i]}]", "a", 1, 1.5, 1, "b", 2, 3);

    problem_add(&problem, "n", json_incref(value), NULL, "is odd");
    ck_assert(json_equal(json_object_get(json_array_get(problem.errors, 0), "got"), value));
}
END_TEST

/* With names, values, reasons and words that are as long as can be, of characters that JSON escapes. */
START_TEST(a_problem_stays_below_64_kb)
{
    auto_problem Problem problem = {0};
    json_auto_t *json = NULL;
    auto_free char *long_words = calloc(1, 100001), *text = NULL;

    memset(long_words, '\1', 100000);
    for (int i = 0; i < 200; i++)
        problem_add(&problem, long_words, json_string(long_words),
            json_pack("{s:[s,s]}", "choices", "a", "b"), "%s", i % 2 == 0 ? long_words : "is wrong");
    problem_extend(&problem, "page", json_string(long_words));
    json = problem_json(&problem);
    text = json_dumps(json, JSON_INDENT(2));
    ck_assert_uint_lt(strlen(text), 65536);
    ck_assert_uint_eq(
        json_array_size(problem.errors) + (size_t)json_integer_value(json_object_get(json, "errors_omitted")),
        200);
}
END_TEST

START_TEST(a_text_is_cut_between_two_characters)
{
    auto_problem Problem problem = {0};
    auto_free char *text = text_printf("%0199d\xc3\xa4\xc3\xa4", 1), *expected = text_printf("%0199d...", 1);

    problem_add(&problem, text, json_string(text), NULL, "is too long");
    ck_assert_str_eq(text_of(json_array_get(problem.errors, 0), "param"), expected);
    ck_assert_str_eq(text_of(json_array_get(problem.errors, 0), "got"), expected);
}
END_TEST

START_TEST(a_person_reads_a_line_for_each)
{
    auto_problem Problem problem = {0};
    auto_free char *text = NULL, *lines = NULL;
    json_auto_t *locks = json_pack("[s, s]", "none", "gil");
    size_t length;
    FILE *file = open_memstream(&lines, &length);

    problem_add(&problem, "tasks", json_integer(0), NULL, "must be at least 1");
    problem_add_name(&problem, "lock", json_string("gill"), "gill", locks, "there is no such lock");
    problem_add_name(&problem, "lock", json_string("atoms"), "atoms", locks, "there is no such lock");
    problem_add_name(&problem, "lock", json_string("stone"), "stone", locks, "there is no such lock");
    problem_add(&problem, "mode", NULL, NULL, "is missing");
    text = printed(&problem);
    problem_print_lines(&problem, "400 Bad parameters", file);
    fclose(file);
    ck_assert_str_eq(text, "Bad parameters\n"
                           "  tasks (given 0): must be at least 1\n"
                           "  lock (given \"gill\"): there is no such lock; did you mean gil?\n"
                           "  lock (given \"atoms\"): there is no such lock; there are none, gil\n"
                           "  lock (given \"stone\"): there is no such lock\n"
                           "  mode: is missing\n");
    ck_assert_str_eq(lines,
        "400 Bad parameters: tasks (given 0): must be at least 1\n"
        "400 Bad parameters: lock (given \"gill\"): there is no such lock; did you mean gil?\n"
        "400 Bad parameters: lock (given \"atoms\"): there is no such lock; there are none, gil\n"
        "400 Bad parameters: lock (given \"stone\"): there is no such lock\n"
        "400 Bad parameters: mode: is missing\n");
}
END_TEST

/* A line stays one, and a terminal obeys nothing that a client sent. */
START_TEST(a_line_has_no_control_characters)
{
    auto_problem Problem problem = {0};
    auto_free char *lines = NULL;
    size_t length;
    FILE *file = open_memstream(&lines, &length);

    problem_set(&problem, 404, "No such path", "there is nothing at /a\n\033[2Jb\xff");
    problem_print_lines(&problem, "404", file);
    fclose(file);
    ck_assert_str_eq(lines, "404: there is nothing at /a\xef\xbf\xbd\xef\xbf\xbd[2Jb\xef\xbf\xbd\n");
}
END_TEST

START_TEST(a_name_in_vain_has_the_nearest_one_as_a_member)
{
    auto_problem Problem problem = {0};
    json_auto_t *names = json_pack("[s, s]", "tasks", "mode"), *json = NULL;

    problem_add_name(&problem, "taks", json_string("2"), "taks", names, "there is no such parameter");
    problem_add_name(&problem, "colour", NULL, "colour", names, "there is no such parameter");
    json = problem_json(&problem);
    ck_assert_str_eq(text_of(error_at(json, 0), "did_you_mean"), "tasks");
    ck_assert(json_equal(json_object_get(error_at(json, 0), "choices"), names));
    ck_assert_ptr_null(json_object_get(error_at(json, 1), "did_you_mean"));
    ck_assert_str_eq(text_of(json, "detail"),
        "taks is \"2\": there is no such parameter; did you mean tasks?; "
        "colour: there is no such parameter; there are tasks, mode");
}
END_TEST

START_TEST(where_no_name_is_known_none_is_promised)
{
    auto_problem Problem problem = {0};
    json_auto_t *names = json_array(), *json = NULL;

    problem_add_name(&problem, "format", NULL, "format", names, "there is no such parameter");
    json = problem_json(&problem);
    ck_assert_str_eq(text_of(json, "detail"), "format: there is no such parameter; there is none at all");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("problem");
    TCase *tests = tcase_create("problem");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_test(tests, nothing_is_no_problem);
    tcase_add_test(tests, a_problem_has_the_members_of_rfc_9457);
    tcase_add_test(tests, bad_parameters_are_collected);
    tcase_add_test(tests, new_words_keep_the_errors);
    tcase_add_test(tests, further_members_do_not_replace_the_standard_ones);
    tcase_add_test(tests, bytes_that_are_not_utf8_leave_a_whole_problem);
    tcase_add_test(tests, errors_beyond_the_maximum_are_counted);
    tcase_add_loop_test(tests, a_value_is_shortened_whatever_its_type, 0, ARRAY_LENGTH(large));
    tcase_add_test(tests, a_small_value_is_shown_as_it_is);
    tcase_add_test(tests, a_problem_stays_below_64_kb);
    tcase_add_test(tests, a_text_is_cut_between_two_characters);
    tcase_add_test(tests, a_person_reads_a_line_for_each);
    tcase_add_test(tests, a_line_has_no_control_characters);
    tcase_add_test(tests, a_name_in_vain_has_the_nearest_one_as_a_member);
    tcase_add_test(tests, where_no_name_is_known_none_is_promised);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
