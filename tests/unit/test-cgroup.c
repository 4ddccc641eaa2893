/* Quotas and throttled time in made-up trees of control groups, and the number of CPUs that comes of it. */
#include "base/array.h"
#include "base/cgroup.h"
#include "base/machine.h"
#include "engine/affinity.h"
#include "tests/unit/tree.h"

#define V1 "30 24 0:26 %s /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
#define V2                                                                                                   \
    "31 24 0:27 %s /sys/fs/cgroup/unified rw,nosuid shared:9 master:3 - cgroup2 cgroup2 rw,nsdelegate\n"

/* What other hierarchies look like; none of them says anything about CPU time. */
#define OTHERS                                                                                               \
    "22 1 0:21 / /proc rw - proc proc rw\n"                                                                  \
    "29 24 0:25 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"                                      \
    "28 24 0:24 / /sys/fs/cgroup/acct rw - cgroup cgroup rw,cpuacct\n"                                       \
    "27 24 0:23 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"

static void write_groups(const char *v1, const char *v2)
{
    auto_free char *first = v1 ? text_printf("4:cpu,cpuacct:%s\n", v1) : strdup("");
    auto_free char *second = v2 ? text_printf("0::%s\n", v2) : strdup("");
    auto_free char *text =
        text_printf("9:cpuset:/set\n7:name=systemd:/cpu\n5:memory:/m\n%s%s", first, second);

    tree_write("/proc/self/cgroup", text);
}

static void write_mounts(const char *v1, const char *v2)
{
    auto_free char *first = v1 ? text_printf(V1, v1) : strdup("");
    auto_free char *second = v2 ? text_printf(V2, v2) : strdup("");
    auto_free char *text = text_printf(OTHERS "%s%s", first, second);

    tree_write("/proc/self/mountinfo", text);
}

static void write_v1(const char *group, const char *file, const char *text)
{
    auto_free char *path = text_printf("/sys/fs/cgroup/cpu,cpuacct%s/%s", group, file);

    tree_write(path, text);
}

static void write_v2(const char *group, const char *file, const char *text)
{
    auto_free char *path = text_printf("/sys/fs/cgroup/unified%s/%s", group, file);

    tree_write(path, text);
}

static double quota(void)
{
    Cgroup cgroup;

    cgroup_find(tree_root, &cgroup);
    return cgroup_cpu_quota(&cgroup);
}

static nsec_t throttled(void)
{
    Cgroup cgroup;

    cgroup_find(tree_root, &cgroup);
    return cgroup_throttled(&cgroup);
}

START_TEST(nothing_there_is_no_limit)
{
    ck_assert_double_eq(quota(), 0);
    ck_assert_uint_eq(throttled(), 0);
    write_groups("/a", "/b");
    ck_assert_double_eq(quota(), 0);
    write_mounts("/", "/");
    ck_assert_double_eq(quota(), 0);
    ck_assert_uint_eq(throttled(), 0);
    tree_write("/proc/self/mountinfo", "nonsense\n - \n1 2 3 - cgroup2\n1 2 - cgroup2 x rw\n\n");
    tree_write("/proc/self/cgroup", "nonsense\n:\n::\n0:x\n");
    ck_assert_double_eq(quota(), 0);
}
END_TEST

START_TEST(the_tightest_level_of_v2_counts)
{
    write_groups(NULL, "/slice/pod/own");
    write_mounts(NULL, "/");
    write_v2("/slice/pod/own", "cpu.max", "max 100000\n");
    ck_assert_double_eq(quota(), 0);
    write_v2("/slice/pod", "cpu.max", "150000 100000\n");
    ck_assert_double_eq(quota(), 1.5);
    write_v2("", "cpu.max", "300000 100000\n");
    ck_assert_double_eq(quota(), 1.5);
    write_v2("/slice", "cpu.max", "50000 200000");
    ck_assert_double_eq(quota(), 0.25);
    write_v2("/slice/other", "cpu.max", "1000 100000\n");
    ck_assert_double_eq(quota(), 0.25);
}
END_TEST

START_TEST(the_tightest_level_of_v1_counts)
{
    write_groups("/docker/abc", NULL);
    write_mounts("/", NULL);
    write_v1("/docker/abc", "cpu.cfs_quota_us", "-1\n");
    write_v1("/docker/abc", "cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(quota(), 0);
    write_v1("/docker", "cpu.cfs_quota_us", "250000\n");
    ck_assert_double_eq(quota(), 0); /* without a period it says nothing */
    write_v1("/docker", "cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(quota(), 2.5);
    write_v1("/docker/abc", "cpu.cfs_quota_us", "100000\n");
    ck_assert_double_eq(quota(), 1);
}
END_TEST

START_TEST(a_container_sees_its_own_part)
{
    /* Without a group namespace the path is the one outside, and so is the root of the mount. */
    write_groups("/docker/abc/sub", NULL);
    write_mounts("/docker/abc", NULL);
    write_v1("", "cpu.cfs_quota_us", "70000\n");
    write_v1("", "cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(quota(), 0.7);
    write_v1("/sub", "cpu.cfs_quota_us", "30000\n");
    write_v1("/sub", "cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(quota(), 0.3);
    /* A group whose name only begins alike is another one: what can be seen is the top. */
    write_groups("/docker/abcd/sub", NULL);
    ck_assert_double_eq(quota(), 0.7);
    /* With a group namespace the path is the root. */
    write_groups(NULL, "/");
    write_mounts(NULL, "/");
    write_v2("", "cpu.max", "40000 100000\n");
    ck_assert_double_eq(quota(), 0.4);
    /* A process that was moved out of its namespace. */
    write_groups(NULL, "/../elsewhere");
    ck_assert_double_eq(quota(), 0.4);
}
END_TEST

START_TEST(the_mount_that_shows_the_own_group_is_taken)
{
    write_groups(NULL, "/pod/own");
    tree_write("/proc/self/mountinfo", "30 24 0:27 /other /mnt/other rw - cgroup2 cgroup2 rw\n"
                                       "31 24 0:27 /pod /mnt/with\\040blank rw - cgroup2 cgroup2 rw\n");
    tree_write("/mnt/other/cpu.max", "10000 100000\n");
    tree_write("/mnt/with blank/own/cpu.max", "20000 100000\n");
    ck_assert_double_eq(quota(), 0.2);
}
END_TEST

START_TEST(both_versions_count)
{
    write_groups("/a", "/b");
    write_mounts("/", "/");
    write_v1("/a", "cpu.cfs_quota_us", "200000\n");
    write_v1("/a", "cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(quota(), 2);
    write_v2("/b", "cpu.max", "100000 100000\n");
    ck_assert_double_eq(quota(), 1);
    write_v2("/b", "cpu.max", "300000 100000\n");
    ck_assert_double_eq(quota(), 2);
}
END_TEST

START_TEST(bad_figures_are_no_limit)
{
    static const char *const texts[] = {"", "\n", "x 100000", "100000", "0 100000", "-5 100000", "100000 0",
        "100000 -1", "max", "nan 100000"};

    write_groups(NULL, "/");
    write_mounts(NULL, "/");
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        write_v2("", "cpu.max", texts[i]);
        ck_assert_msg(quota() == 0, "%s: %f", texts[i], quota());
    }
}
END_TEST

START_TEST(throttled_time_is_read_in_both_units)
{
    write_groups("/a/b", "/c");
    write_mounts("/", "/");
    write_v1("/a/b", "cpu.stat", "nr_periods 5\nnr_throttled 2\nthrottled_time 7000\n");
    ck_assert_uint_eq(throttled(), 7000);
    write_v1("/a", "cpu.stat", "nr_throttled 1\nthrottled_time 100");
    ck_assert_uint_eq(throttled(), 7100);
    write_v2("/c", "cpu.stat", "usage_usec 99\nnr_throttled 1\nthrottled_usec 3\nthrottled_usec_x 9\n");
    ck_assert_uint_eq(throttled(), 10100);
    write_v2("/c", "cpu.stat", "usage_usec 99\n");
    ck_assert_uint_eq(throttled(), 7100);
}
END_TEST

/* What limits on numbers leave, and of v2 what another controller than that of the CPUs says. */
START_TEST(the_tightest_limit_less_its_usage_is_left)
{
    Cgroup cgroup;

    write_groups(NULL, "/a/b");
    write_mounts(NULL, "/");
    cgroup_find_controller(tree_root, "pids", &cgroup);
    ck_assert_int_eq(cgroup_left(&cgroup.v1, "pids.max", "pids.current"), INT64_MAX);
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", "pids.current"), INT64_MAX);
    write_v2("/a/b", "pids.max", "max\n");
    write_v2("/a/b", "pids.current", "7\n");
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", "pids.current"), INT64_MAX);
    write_v2("/a", "pids.max", "100\n");
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", "pids.current"), 100);
    write_v2("/a", "pids.current", "30\n");
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", "pids.current"), 70);
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", NULL), 100);
    write_v2("/a/b", "pids.max", "50\n");
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", "pids.current"), 43);
    write_v2("/a", "pids.current", "130\n");
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", "pids.current"), 0);
}
END_TEST

START_TEST(each_controller_of_v1_has_its_own_tree)
{
    Cgroup cgroup;

    tree_write("/proc/self/cgroup", "8:pids:/p\n4:cpu,cpuacct:/c\n");
    tree_write("/proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
                                       "31 24 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n");
    tree_write("/sys/fs/cgroup/pids/p/pids.max", "12\n");
    tree_write("/sys/fs/cgroup/cpu/c/pids.max", "3\n");
    cgroup_find_controller(tree_root, "pids", &cgroup);
    ck_assert_int_eq(cgroup_left(&cgroup.v1, "pids.max", NULL), 12);
    ck_assert_int_eq(cgroup_left(&cgroup.v2, "pids.max", NULL), INT64_MAX);
}
END_TEST

START_TEST(what_can_be_seen_is_told_from_the_own_group)
{
    Cgroup cgroup;

    write_groups("/docker/abc", "/../elsewhere");
    write_mounts("/docker/abc", "/");
    cgroup_find(tree_root, &cgroup);
    ck_assert(cgroup.v1.is_own);
    ck_assert(cgroup.v2.folder[0]);
    ck_assert(!cgroup.v2.is_own);
    write_groups("/docker/abcd", NULL);
    cgroup_find(tree_root, &cgroup);
    ck_assert(cgroup.v1.folder[0]);
    ck_assert(!cgroup.v1.is_own);
    ck_assert(!cgroup.v2.is_own);
}
END_TEST

START_TEST(a_quota_is_rounded_up_to_whole_cpus)
{
    static const struct {
        int n_cpus;
        double quota;
        int usable;
    } rows[] = {{8, 0, 8}, {8, 0.1, 1}, {8, 1, 1}, {8, 1.01, 2}, {8, 7.5, 8}, {8, 8, 8}, {8, 64, 8},
        {2, 1.5, 2}, {1, 0.5, 1}, {0, 0, 1}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        ck_assert_int_eq(machine_cpus(rows[i].n_cpus, rows[i].quota), rows[i].usable);
    ck_assert_int_ge(affinity_usable(), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {nothing_there_is_no_limit, the_tightest_level_of_v2_counts,
        the_tightest_level_of_v1_counts, a_container_sees_its_own_part,
        the_mount_that_shows_the_own_group_is_taken, both_versions_count, bad_figures_are_no_limit,
        throttled_time_is_read_in_both_units, the_tightest_limit_less_its_usage_is_left,
        each_controller_of_v1_has_its_own_tree, what_can_be_seen_is_told_from_the_own_group,
        a_quota_is_rounded_up_to_whole_cpus};

    return tree_run_tests("cgroup", tests, ARRAY_LENGTH(tests));
}
