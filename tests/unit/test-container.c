/* The signs of a container, in made-up trees. */
#include "base/array.h"
#include "engine/container.h"
#include "tests/unit/tree.h"

static void assert_container(const char *expected)
{
    auto_free char *name = container_detect(tree_root);

    if (expected)
        ck_assert_str_eq(name, expected);
    else
        ck_assert_ptr_null(name);
}

START_TEST(a_machine_of_its_own_is_no_container)
{
    assert_container(NULL);
    tree_write(
        "/proc/self/cgroup", "1:cpu:/system.slice/docker.service\n0::/system.slice/containerd.service\n");
    tree_write_bytes("/proc/1/environ", "HOME=/\0xcontainer=lxc", 22);
    assert_container(NULL);
}
END_TEST

START_TEST(files_tell)
{
    tree_write("/.dockerenv", "");
    assert_container("docker");
    tree_write("/run/.containerenv", "engine=\"podman-4.3.1\"\n");
    assert_container("podman");
}
END_TEST

START_TEST(the_manager_tells)
{
    static const char environment[] = "HOME=/\0container=systemd-nspawn\0X=1";

    tree_write("/.dockerenv", "");
    tree_write("/run/systemd/container", "podman\n");
    assert_container("podman");
    tree_write_bytes("/proc/1/environ", environment, sizeof(environment));
    assert_container("systemd-nspawn");
}
END_TEST

START_TEST(an_odd_name_is_cut_to_what_a_name_is)
{
    static const char odd[] = "container=a\033[31mb";
    static const char empty[] = "container=\0";

    tree_write_bytes("/proc/1/environ", odd, sizeof(odd));
    assert_container("a");
    tree_write_bytes("/proc/1/environ", empty, sizeof(empty));
    assert_container(NULL);
    tree_write("/run/systemd/container", "0123456789012345678901234567890123456789");
    assert_container("01234567890123456789012345678901");
}
END_TEST

START_TEST(group_names_tell)
{
    static const struct {
        const char *text, *name;
    } rows[] = {{"5:cpu:/docker/0123\n", "docker"}, {"0::/system.slice/docker-0123.scope\n", "docker"},
        {"0::/kubepods/besteffort/pod1/2\n", "kubernetes"},
        {"0::/kubepods.slice/docker-1.scope\n", "kubernetes"},
        {"0::/machine.slice/libpod-0123.scope/container\n", "podman"}, {"3:cpu:/lxc/web\n", "lxc"},
        {"0::/lxc.payload.web\n", "lxc"}, {"0::/user.slice\n", NULL}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        tree_write("/proc/self/cgroup", rows[i].text);
        assert_container(rows[i].name);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_machine_of_its_own_is_no_container, files_tell, the_manager_tells,
        an_odd_name_is_cut_to_what_a_name_is, group_names_tell};

    return tree_run_tests("container", tests, ARRAY_LENGTH(tests));
}
