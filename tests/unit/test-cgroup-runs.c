/* The groups of guards in made-up trees: where they stand, which of them nobody needs any more, and what a
 * server does with a group that was handed over to it. */
#include <errno.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/array.h"
#include "base/cgroup-runs.h"
#include "tests/unit/tree.h"

#define TOP "/sys/fs/cgroup"
#define UNIT TOP "/system.slice/gilscope.service"

/* A machine with version 2 alone, and this process in a group of it. */
static void be_in(const char *group)
{
    auto_free char *text = text_printf("0::%s\n", group);

    tree_write("/proc/self/cgroup", text);
    tree_write("/proc/self/mountinfo", "31 24 0:27 / " TOP " rw,nosuid - cgroup2 cgroup2 rw\n");
}

static char *in_tree(const char *path)
{
    return text_printf("%s%s", tree_root, path);
}

static void assert_text(const char *path, const char *expected)
{
    auto_free char *full = in_tree(path), *text = NULL;
    size_t length;

    ck_assert_int_eq(text_read_file(full, 1000, &text, &length), 0);
    ck_assert_str_eq(text, expected);
}

static void assert_place(const char *expected)
{
    auto_free char *full = in_tree(expected);
    Cgroup found;

    cgroup_runs_find(tree_root, &found);
    ck_assert_str_eq(found.v2.folder, full);
    ck_assert_str_eq(found.v1.folder, "");
}

START_TEST(they_stand_in_the_own_group_or_beside_that_of_the_server)
{
    Cgroup found;

    be_in("/system.slice/gilscope.service");
    assert_place(UNIT);
    be_in("/system.slice/gilscope.service/gilscope-server");
    assert_place(UNIT);
    be_in("/gilscope-server");
    assert_place(TOP);
    be_in("/");
    assert_place(TOP);
    be_in("/../elsewhere");
    cgroup_runs_find(tree_root, &found);
    ck_assert_str_eq(found.v2.folder, "");
}
END_TEST

/* The number of a process that has ended. */
static pid_t ended(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    return pid;
}

static char *make_group(const char *name, int number)
{
    auto_free char *full = text_printf("%s%s/%s%d", tree_root, UNIT, name, number);

    ck_assert_int_eq(mkdir(full, 0755), 0);
    return take_pointer(full);
}

START_TEST(the_group_of_a_guard_that_has_ended_is_removed_and_no_other)
{
    auto_free char *left = NULL, *used = NULL, *other = NULL, *longer = NULL;
    Cgroup found;

    be_in("/system.slice/gilscope.service");
    tree_write(UNIT "/gilscope-server/cgroup.procs", "");
    left = make_group("gilscope-", ended());
    used = make_group("gilscope-", getpid());
    other = make_group("another-", ended());
    longer = make_group("gilscope-x", ended());
    cgroup_runs_find(tree_root, &found);
    ck_assert_int_eq(cgroup_runs_sweep(&found), 0);
    ck_assert_int_ne(access(left, F_OK), 0);
    ck_assert_int_eq(access(used, F_OK), 0);
    ck_assert_int_eq(access(other, F_OK), 0);
    ck_assert_int_eq(access(longer, F_OK), 0);
    assert_text(UNIT "/gilscope-server/cgroup.procs", "");
}
END_TEST

/* A group with its files, as a kernel would make them, and those of the server's, which it would make with
 * the folder. */
static void make_unit(const char *controllers, const char *divided)
{
    be_in("/system.slice/gilscope.service");
    tree_write(UNIT "/cgroup.procs", "");
    tree_write(UNIT "/cgroup.controllers", controllers);
    tree_write(UNIT "/cgroup.subtree_control", divided);
    tree_write(UNIT "/gilscope-server/cgroup.procs", "");
}

/* Returns false where the file system of the tests has no such attributes. */
static bool hand_over(void)
{
    auto_free char *unit = in_tree(UNIT);

    if (setxattr(unit, "user.delegate", "1", 1, 0) == 0 || setxattr(unit, "trusted.delegate", "1", 1, 0) == 0)
        return true;
    fprintf(stderr, "no extended attributes in /tmp: a test is skipped\n");
    return false;
}

START_TEST(a_group_that_was_handed_over_is_divided)
{
    make_unit("cpu memory pids\n", "");
    cgroup_runs_lead(tree_root);
    assert_text(UNIT "/gilscope-server/cgroup.procs", "");
    if (!hand_over())
        return;
    cgroup_runs_lead(tree_root);
    assert_text(UNIT "/gilscope-server/cgroup.procs", "0");
    /* The second of two words; a file of the kernel takes one after the other. */
    assert_text(UNIT "/cgroup.subtree_control", "+memory");
}
END_TEST

START_TEST(what_cannot_or_need_not_be_divided_stays_as_it_is)
{
    auto_free char *control = in_tree(UNIT "/cgroup.subtree_control");

    make_unit("cpu memory\n", "");
    if (!hand_over())
        return;
    cgroup_runs_lead(tree_root);
    assert_text(UNIT "/gilscope-server/cgroup.procs", "");
    make_unit("cpu memory pids\n", "memory pids\n");
    cgroup_runs_lead(tree_root);
    assert_text(UNIT "/gilscope-server/cgroup.procs", "");
    /* The kernel refuses; the server goes back to where it was. */
    make_unit("cpu memory pids\n", "");
    ck_assert_int_eq(unlink(control), 0);
    cgroup_runs_lead(tree_root);
    assert_text(UNIT "/cgroup.procs", "0");
}
END_TEST

/* A group of a guard, as the kernel makes it below one that divides these. */
static char *make_guarded(const char *with_memory)
{
    tree_write(UNIT "/gilscope-77/pids.max", "");
    if (with_memory)
        tree_write(UNIT "/gilscope-77/memory.max", with_memory);
    return in_tree(UNIT "/gilscope-77");
}

START_TEST(a_guard_limits_processes_and_memory)
{
    auto_free char *folder = make_guarded("");

    ck_assert_int_eq(cgroup_runs_limit(folder, 300, INT64_C(6000000000)), 0);
    assert_text(UNIT "/gilscope-77/pids.max", "300");
    assert_text(UNIT "/gilscope-77/memory.max", "6000000000");
}
END_TEST

START_TEST(memory_is_not_limited_where_nobody_asks_or_it_is_not_counted)
{
    auto_free char *folder = make_guarded(""), *memory = in_tree(UNIT "/gilscope-77/memory.max");
    auto_free char *pids = in_tree(UNIT "/gilscope-77/pids.max");

    ck_assert_int_eq(cgroup_runs_limit(folder, 20000, 0), 0);
    assert_text(UNIT "/gilscope-77/memory.max", "");
    ck_assert_int_eq(unlink(memory), 0);
    ck_assert_int_eq(cgroup_runs_limit(folder, 20000, 5000), 0);
    assert_text(UNIT "/gilscope-77/pids.max", "20000");
    ck_assert_int_ne(access(memory, F_OK), 0);
    /* Without a limit of processes it is no group for a run. */
    ck_assert_int_eq(unlink(pids), 0);
    ck_assert_int_eq(cgroup_runs_limit(folder, 20000, 5000), -ENOENT);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {they_stand_in_the_own_group_or_beside_that_of_the_server,
        the_group_of_a_guard_that_has_ended_is_removed_and_no_other, a_group_that_was_handed_over_is_divided,
        what_cannot_or_need_not_be_divided_stays_as_it_is, a_guard_limits_processes_and_memory,
        memory_is_not_limited_where_nobody_asks_or_it_is_not_counted};

    return tree_run_tests("cgroup-runs", tests, ARRAY_LENGTH(tests));
}
