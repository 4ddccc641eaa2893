/* Which CPUs runs get, on machines that are made up. */
#include "runs/cpusets.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cpulist.h"
#include "tests/unit/run.h"

static Cpusets *make(const char *usable, int64_t cpus_per_run, int64_t n_unpinned)
{
    Cpusets *sets = NULL;
    cpu_set_t set;

    ck_assert_int_eq(cpulist_parse(usable, &set), 0);
    ck_assert_int_eq(cpusets_new(&set, cpus_per_run, n_unpinned, &sets), 0);
    return sets;
}

static const struct {
    const char *usable;
    int64_t cpus_per_run;
    const char *texts[5]; /* up to NULL */
} cuts[] = {
    {"0-7", 2, {"0-1", "2-3", "4-5", "6-7"}},
    {"0-7", 8, {"0-7"}},
    {"0-7", 3, {"0-2", "3-5"}},
    {"0-7", 5, {"0-4"}},
    {"0", 1, {"0"}},
    {"1,3,8-10,1023", 2, {"1,3", "8-9", "10,1023"}},
    {"4-7", 1, {"4", "5", "6", "7"}},
};

START_TEST(the_cpus_are_cut_into_whole_disjoint_sets)
{
    for (size_t i = 0; i < ARRAY_LENGTH(cuts); i++) {
        Cpusets *sets = make(cuts[i].usable, cuts[i].cpus_per_run, 1);
        int n = 0;

        for (; cuts[i].texts[n]; n++) {
            ck_assert_int_gt(cpusets_count(sets), n);
            ck_assert_str_eq(cpusets_text(sets, n), cuts[i].texts[n]);
        }
        ck_assert_int_eq(cpusets_count(sets), n);
        cpusets_free(sets);
    }
}
END_TEST

START_TEST(more_cpus_than_are_usable_are_refused)
{
    Cpusets *sets = NULL;
    cpu_set_t usable;

    ck_assert_int_eq(cpulist_parse("1,5,9", &usable), 0);
    ck_assert_int_eq(cpusets_new(&usable, 4, 1, &sets), -ERANGE);
    ck_assert_int_eq(cpusets_new(&usable, INT64_MAX, 1, &sets), -ERANGE);
    ck_assert_ptr_null(sets);
}
END_TEST

START_TEST(without_pinning_there_are_places_and_no_sets)
{
    Cpusets *sets = make("0-1", 0, 3);

    ck_assert_int_eq(cpusets_count(sets), 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(cpusets_take(sets), i);
        ck_assert_ptr_null(cpusets_text(sets, i));
    }
    ck_assert_int_eq(cpusets_take(sets), -1);
    cpusets_free(sets);
}
END_TEST

START_TEST(the_first_free_set_is_taken)
{
    Cpusets *sets = make("0-5", 2, 1);

    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(cpusets_take(sets), i);
    ck_assert_int_eq(cpusets_take(sets), -1);
    cpusets_give_back(sets, 2);
    cpusets_give_back(sets, 1);
    ck_assert_int_eq(cpusets_take(sets), 1);
    ck_assert_int_eq(cpusets_take(sets), 2);
    ck_assert_int_eq(cpusets_take(sets), -1);
    cpusets_free(sets);
}
END_TEST

START_TEST(a_set_is_given_back_once)
{
    Cpusets *sets = make("0-5", 2, 1);
    int status;
    pid_t pid;

    cpusets_give_back(sets, cpusets_take(sets));
    pid = fork();
    if (pid == 0) {
        cpusets_give_back(sets, 0);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
    cpusets_free(sets);
}
END_TEST

RUN_TESTS("cpusets", 30, the_cpus_are_cut_into_whole_disjoint_sets, more_cpus_than_are_usable_are_refused,
    without_pinning_there_are_places_and_no_sets, the_first_free_set_is_taken, a_set_is_given_back_once)
