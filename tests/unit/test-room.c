/* What a container leaves: in made-up trees of both versions of control groups, a limit of 50 processes, of
 * 128 MB, and half a CPU. */
#include "base/array.h"
#include "base/machine.h"
#include "engine/host.h"
#include "engine/room.h"
#include "tests/unit/tree.h"

#define MB (INT64_C(1) << 20)

/* A machine of 8 GB that allows many processes. */
static void make_machine(void)
{
    tree_make();
    tree_write("/proc/meminfo", "MemTotal: 8388608 kB\nMemFree: 100 kB\nMemAvailable: 4194304 kB\n");
    tree_write("/proc/loadavg", "0.20 0.18 0.12 1/80 11206\n");
    tree_write("/proc/sys/kernel/pid_max", "32768\n");
    tree_write("/proc/sys/kernel/threads-max", "60000\n");
}

/* The group of this process, which is the top of what it sees, as in a container. */
static void be_in_group(bool v2)
{
    tree_write("/proc/self/cgroup", v2 ? "0::/\n" : "3:pids:/\n2:memory:/\n1:cpu:/\n");
    tree_write(
        "/proc/self/mountinfo", v2 ? "31 24 0:27 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 ro\n"
                                   : "31 24 0:27 / /sys/fs/cgroup/pids ro - cgroup cgroup ro,pids\n"
                                     "32 24 0:28 / /sys/fs/cgroup/memory ro - cgroup cgroup ro,memory\n"
                                     "33 24 0:29 / /sys/fs/cgroup/cpu ro - cgroup cgroup ro,cpu\n");
}

static void check_room(uint64_t bytes_each, bool now, int64_t expected, const char *why)
{
    char reason[ROOM_REASON_SIZE];

    ck_assert_int_eq(room_for_tasks(tree_root, bytes_each, now, reason), expected);
    ck_assert_msg(strstr(reason, why), "%s", reason);
}

START_TEST(without_groups_the_machine_sets_the_limit)
{
    check_room(64 << 10, false, 32768 - 3276, "process numbers (kernel.pid_max)");
    check_room(64 << 10, true, 32768 - 3276 - 80, "process numbers (kernel.pid_max)");
    check_room(1 << 20, false, 4096, "the rest of the memory stays free");
    check_room(1 << 20, true, 2048, "the rest of the memory stays free");
    ck_assert_int_eq(machine_memory_limit(tree_root), 0);
}
END_TEST

/* 16 of the 50 stay free, and so does what is in use. */
START_TEST(in_a_container_of_50_processes_there_is_room_for_34)
{
    for (int v2 = 0; v2 < 2; v2++) {
        const char *folder = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
        auto_free char *limit = text_printf("%s/pids.max", folder),
                       *used = text_printf("%s/pids.current", folder);

        be_in_group(v2);
        tree_write(limit, "50\n");
        tree_write(used, "3\n");
        check_room(64 << 10, false, 34, "process numbers (pids.max)");
        check_room(64 << 10, true, 31, "process numbers (pids.max)");
        tree_write(limit, "4\n");
        check_room(64 << 10, true, 1, "process numbers (pids.max)");
        tree_write(limit, "max\n");
        check_room(64 << 10, false, 32768 - 3276, "kernel.pid_max");
    }
}
END_TEST

START_TEST(in_a_container_of_128_MB_there_is_room_for_what_fits_into_half)
{
    be_in_group(true);
    tree_write("/sys/fs/cgroup/memory.max", "134217728\n");
    tree_write("/sys/fs/cgroup/memory.current", "33554432\n");
    check_room(64 << 10, false, 1024, "memory (memory.max)");
    check_room(64 << 10, true, 768, "memory (memory.max)");
    check_room(512 << 10, false, 128, "memory (memory.max)");
    be_in_group(false);
    tree_write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
    tree_write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "33554432\n");
    check_room(64 << 10, false, 1024, "memory (memory.limit_in_bytes)");
    check_room(64 << 10, true, 768, "memory (memory.limit_in_bytes)");
}
END_TEST

static void check_host(json_t *quota, json_t *limit)
{
    json_auto_t *host = host_describe(tree_root), *expected_quota = quota, *expected_limit = limit;

    ck_assert(json_equal(json_object_get(host, "cpu_quota"), expected_quota));
    ck_assert(json_equal(json_object_get(host, "memory_limit_bytes"), expected_limit));
}

START_TEST(the_host_tells_a_quota_and_a_memory_limit)
{
    check_host(json_null(), json_null());
    be_in_group(true);
    check_host(json_null(), json_null());
    tree_write("/sys/fs/cgroup/cpu.max", "50000 100000\n");
    tree_write("/sys/fs/cgroup/memory.max", "134217728\n");
    check_host(json_real(0.5), json_integer(128 * MB));
    tree_write("/sys/fs/cgroup/cpu.max", "max 100000\n");
    tree_write("/sys/fs/cgroup/memory.max", "max\n");
    check_host(json_null(), json_null());
    be_in_group(false);
    tree_write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
    tree_write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    tree_write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
    check_host(json_real(0.5), json_integer(128 * MB));
    /* No limit, as version 1 writes it. */
    tree_write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    check_host(json_real(0.5), json_null());
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {without_groups_the_machine_sets_the_limit,
        in_a_container_of_50_processes_there_is_room_for_34,
        in_a_container_of_128_MB_there_is_room_for_what_fits_into_half,
        the_host_tells_a_quota_and_a_memory_limit};

    return tree_run_tests_between("room", make_machine, tree_remove, tests, ARRAY_LENGTH(tests));
}
