/* How the child of a guard comes into its group: in a real group of version 2, which need not have the
 * controller that counts processes. The limit itself is a matter of the guard's own tests. */
#include "guard/guard-group.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

/* Whether this process is in a group of this name. */
static bool is_in(const char *name)
{
    auto_free char *text = NULL, *line = text_printf("/%s\n", name);
    size_t length;

    return text_read_file("/proc/self/cgroup", 65536, &text, &length) == 0 && strstr(text, line);
}

static char *make_group(char *name)
{
    auto_free char *folder = NULL;
    Cgroup own;

    cgroup_find_controller("", "pids", &own);
    folder = text_printf("%s/%s", own.v2.folder, name);
    return own.v2.is_own && mkdir(folder, 0755) == 0 ? take_pointer(folder) : NULL;
}

/* Where no such group can be made there is nothing to be seen. */
START_TEST(a_child_is_born_in_a_group_of_version_2)
{
    auto_free char *name = text_printf("gilscope-test-%d", (int)getpid());
    GuardGroup group = {.folder = make_group(name)};
    bool has_group = group.folder;
    int status;
    pid_t pid;

    ck_assert(!is_in(name));
    pid = guard_group_fork(&group);
    if (pid == 0)
        _exit(is_in(name));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    guard_group_remove(&group);
    ck_assert_int_eq(status, has_group ? 1 << 8 : 0);
    ck_assert(!is_in(name));
}
END_TEST

/* As where the group has been removed meanwhile. */
START_TEST(what_cannot_be_entered_does_not_keep_a_child_from_being_born)
{
    static char nowhere[] = "/proc/gilscope-no-group";
    const GuardGroup groups[] = {{.folder = nowhere}, {.folder = NULL}};

    for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
        int status;
        pid_t pid = guard_group_fork(&groups[i]);

        if (pid == 0)
            _exit(7);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 7 << 8);
    }
}
END_TEST

RUN_TESTS("guard-group", 60, a_child_is_born_in_a_group_of_version_2,
    what_cannot_be_entered_does_not_keep_a_child_from_being_born)
