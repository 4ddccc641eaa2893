/* The target of a request, split and decoded. */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "handlers/request.h"
#include "tests/unit/run.h"

static const struct {
    const char *target, *path, *query;
    const char *authority; /* NULL: none */
} rows[] = {
    {"/", "/", "", NULL},
    {"/run/countdown", "/run/countdown", "", NULL},
    {"/run/countdown?n=1&m=2", "/run/countdown", "n=1&m=2", NULL},
    {"/?", "/", "", NULL},
    {"/a?b?c", "/a", "b?c", NULL},
    {"/a%20b", "/a b", "", NULL},
    {"/a+b", "/a+b", "", NULL},
    {"/a%3fb?c=%20", "/a?b", "c=%20", NULL},
    {"/%41%c3%a9", "/A\xc3\xa9", "", NULL},
    {"*", "*", "", NULL},
    {"http://host/path?x=1", "/path", "x=1", "host"},
    {"HTTPS://host:80/path", "/path", "", "host:80"},
    {"http://host", "/", "", "host"},
    {"http://host?x=1", "/", "x=1", "host"},
    {"http://user@[::1]:8080/a%20b", "/a b", "", "user@[::1]:8080"},
    {"http://h/", "/", "", "h"},
    {"http://", "/", "", ""},
};

START_TEST(a_target_is_split_and_its_path_decoded)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        Request request = {.target = strdup(rows[i].target)};

        ck_assert_msg(request_split_target(&request) == 0, "%s", rows[i].target);
        ck_assert_str_eq(request.path, rows[i].path);
        ck_assert_str_eq(request.query, rows[i].query);
        ck_assert_int_eq(request.authority == NULL, rows[i].authority == NULL);
        if (rows[i].authority)
            ck_assert_str_eq(request.authority, rows[i].authority);
        free(request.target);
    }
}
END_TEST

START_TEST(a_bad_target_is_refused)
{
    static const char *const bad[] = {"", "healthz", "/a%", "/a%4", "/%zz", "/a%00", "?x=1", "a:b", "**"};

    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        Request request = {.target = strdup(bad[i])};

        ck_assert_msg(request_split_target(&request) == -EINVAL, "%s", bad[i]);
        free(request.target);
    }
}
END_TEST

START_TEST(methods_have_names_in_capitals)
{
    ck_assert_int_eq(method_from_name("GET"), METHOD_GET);
    ck_assert_int_eq(method_from_name("get"), METHOD_OTHER);
    ck_assert_int_eq(method_from_name("BREW"), METHOD_OTHER);
    ck_assert_str_eq(method_name(METHOD_DELETE), "DELETE");
}
END_TEST

RUN_TESTS("target", 30, a_target_is_split_and_its_path_decoded, a_bad_target_is_refused,
    methods_have_names_in_capitals)
