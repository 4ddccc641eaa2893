/* Which name is near another, and which is not. */
#include "base/near.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

/* As many as a request has, in its order. */
static const char *const names[] = {"mode", "lock", "tasks", "cpus", "switch_interval_us", "check_interval",
    "repeat", "warmup", "seed", "timeout_ms", "runtime", "detail", "timeline", "label", "prediction",
    "format", "client", "fresh", "n", "await_every", "serial", "threads", "processes", "epoll", "gil-py2",
    "countdown"};

static const char *nearest(const char *given)
{
    Near near;

    near_begin(&near, given);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        near_offer(&near, names[i]);
    return near.best;
}

static const struct {
    const char *given, *name;
} near_ones[] = {
    {"taks", "tasks"},
    {"task", "tasks"},
    {"tsaks", "tasks"},
    {"Tasks", "tasks"},
    {"TASKS", "tasks"},
    {"?tasks", "tasks"},
    {"tasks:2", "tasks"},
    {"tasks_count", "tasks"},
    {"N", "n"},
    {"modes", "mode"},
    {"mod", "mode"},
    {"locks", "lock"},
    {"repeats", "repeat"},
    {"repaet", "repeat"},
    {"warm-up", "warmup"},
    {"timeout", "timeout_ms"},
    {"timeout-ms", "timeout_ms"},
    {"interval", "check_interval"},
    {"switch_interval", "switch_interval_us"},
    {"switch-interval-us", "switch_interval_us"},
    {"predicton", "prediction"},
    {"formt", "format"},
    {"thread", "threads"},
    {"proceses", "processes"},
    {"serail", "serial"},
    {"e-poll", "epoll"},
    {"gil_py2", "gil-py2"},
    {"py2", "gil-py2"},
    {"cuntdown", "countdown"},
    {"count-down", "countdown"},
};

START_TEST(a_slip_of_the_pen_is_near)
{
    const char *found = nearest(near_ones[_i].given);

    ck_assert_msg(found, "%s is near nothing", near_ones[_i].given);
    ck_assert_str_eq(found, near_ones[_i].name);
}
END_TEST

static const char *const far_ones[] = {"", "x", "m", "no", "ls", "colour", "verbose", "iterations", "ab",
    "\xff\xfe\xfd", "loop", "-----", "a name with very many words that is longer than any of them can be"};

START_TEST(what_is_no_slip_is_near_nothing)
{
    ck_assert_msg(!nearest(far_ones[_i]), "%s is near %s", far_ones[_i], nearest(far_ones[_i]));
}
END_TEST

START_TEST(nothing_given_is_near_nothing)
{
    ck_assert_ptr_null(nearest(NULL));
}
END_TEST

START_TEST(of_equally_near_names_the_first_one_is_taken)
{
    static const char *const either[] = {"bare", "bore"};

    for (int first = 0; first < 2; first++) {
        Near near;

        near_begin(&near, "bire");
        near_offer(&near, either[first]);
        near_offer(&near, either[1 - first]);
        ck_assert_str_eq(near.best, either[first]);
    }
}
END_TEST

/* A request of 64 KB can be one name, or sixty-four of them beside all names there are. */
START_TEST(long_names_are_near_nothing_and_cost_nothing)
{
    static const size_t lengths[] = {NEAR_MAX, NEAR_MAX + 1, 65536};

    for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
        auto_free char *given = calloc(1, lengths[i] + 1), *name = NULL;
        Near near;

        memset(given, 'a', lengths[i]);
        name = strdup(given);
        name[1] = 'b';
        near_begin(&near, given);
        near_offer(&near, name);
        ck_assert_int_eq(near.best != NULL, lengths[i] <= NEAR_MAX);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near");
    TCase *tests = tcase_create("near");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_slip_of_the_pen_is_near, 0, ARRAY_LENGTH(near_ones));
    tcase_add_loop_test(tests, what_is_no_slip_is_near_nothing, 0, ARRAY_LENGTH(far_ones));
    tcase_add_test(tests, nothing_given_is_near_nothing);
    tcase_add_test(tests, of_equally_near_names_the_first_one_is_taken);
    tcase_add_test(tests, long_names_are_near_nothing_and_cost_nothing);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
