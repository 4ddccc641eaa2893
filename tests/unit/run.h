/* What every Check program ends with. */
#pragma once

#include <check.h>
#include <stdlib.h>

#include "base/array.h"

/* Runs one case made of the given tests; fork mode stays on, so a crash or a race is charged to one test. */
static inline int run_tests(const char *name, const TTest *const *tests, size_t n_tests, double timeout_s)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int n_failed;

    tcase_set_timeout(tcase, timeout_s);
    for (size_t i = 0; i < n_tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define RUN_TESTS(name, timeout_s, ...)                                                                      \
    int main(void)                                                                                           \
    {                                                                                                        \
        const TTest *const tests[] = {__VA_ARGS__};                                                          \
                                                                                                             \
        return run_tests(name, tests, ARRAY_LENGTH(tests), timeout_s);                                       \
    }
