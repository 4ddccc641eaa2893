/* A made-up file system in a folder of its own, for code that reads /proc and /sys below a root. */
#pragma once

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

static char tree_root[64];

static inline void tree_make(void)
{
    strcpy(tree_root, "/tmp/gilscope-tree-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(tree_root));
}

/* Writes length bytes into a file below the root, with the folders that lead there. */
static inline void tree_write_bytes(const char *path, const char *bytes, size_t length)
{
    auto_free char *full = text_printf("%s%s", tree_root, path);
    auto_file FILE *file = NULL;

    for (char *slash = full + strlen(tree_root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(full, 0700);
    }
    file = fopen(full, "we");
    ck_assert_msg(file, "%s", full);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
}

static inline void tree_write(const char *path, const char *text)
{
    tree_write_bytes(path, text, strlen(text));
}

static inline int tree_remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void tree_remove(void)
{
    nftw(tree_root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Runs the tests, each between begin(), which calls tree_make(), and end(), which calls tree_remove(). */
static inline int tree_run_tests_between(
    const char *name, void (*begin)(void), void (*end)(void), const TTest *const *tests, size_t n_tests)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int n_failed;

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, begin, end);
    for (size_t i = 0; i < n_tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Runs the tests, each with a tree of its own. */
static inline int tree_run_tests(const char *name, const TTest *const *tests, size_t n_tests)
{
    return tree_run_tests_between(name, tree_make, tree_remove, tests, n_tests);
}
