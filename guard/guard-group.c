/* A group is a folder, its limit a file in it, and entering it a write of one's own number. Two hierarchies
 * may offer the pids controller, and each may refuse for reasons that only trying finds out, so both are
 * tried and nothing is asked before.
 *
 * To move a process with all its threads the kernel holds up every fork and exit of the machine, and waits
 * until it can (cgroup_threadgroup_rwsem; a grace period of RCU, up to tens of milliseconds). In version 2 a
 * child can be born in its group (clone3), in version 1 a thread can move itself, and a child of fork() has
 * one thread: neither has to wait. */
#include "guard/guard-group.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cgroup-runs.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"

/* How often and how long apart the removal is tried. */
#define MAX_REMOVALS 1000
#define REMOVAL_PAUSE (1 * NSEC_PER_MSEC)

/* Returns the new group's folder, owned by the caller, or NULL. The limits are written before the group is
 * used: a group without a limit of processes is none, and is removed again. */
static char *group_make_below(const CgroupTree *tree, int64_t pids_max, int64_t memory_max)
{
    auto_free char *folder = NULL;

    if (!tree->folder[0])
        return NULL;
    folder = cgroup_runs_folder(tree, getpid());
    /* Of a guard that was killed and had this number before. */
    rmdir(folder);
    if (mkdir(folder, 0755) < 0)
        return NULL;
    if (cgroup_runs_limit(folder, pids_max, memory_max) == 0)
        return take_pointer(folder);
    rmdir(folder);
    return NULL;
}

void guard_group_make(GuardGroup *group, int64_t pids_max, int64_t memory_max)
{
    Cgroup found;

    *group = (GuardGroup){0};
    if (pids_max == 0)
        return;
    cgroup_runs_find("", &found);
    cgroup_runs_sweep(&found);
    group->folder = group_make_below(&found.v1, pids_max, memory_max);
    if (!group->folder)
        group->folder = group_make_below(&found.v2, pids_max, memory_max);
}

/* Returns as fork() does, or -1 where a child cannot be born so: the group is of version 1, the kernel is
 * older than 5.7, or a filter of system calls does not know clone3(). */
static pid_t group_give_birth(const char *folder)
{
    auto_close int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct clone_args args = {
        .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)(fd < 0 ? 0 : fd)};

    return fd < 0 ? -1 : (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* "tasks" is of version 1, and the thread that moves is all of the process. */
static void group_enter(const char *folder)
{
    if (cgroup_runs_write(folder, "tasks", "0") < 0)
        cgroup_runs_write(folder, "cgroup.procs", "0");
}

pid_t guard_group_fork(const GuardGroup *group)
{
    pid_t pid = group->folder ? group_give_birth(group->folder) : -1;

    if (pid >= 0)
        return pid;
    pid = fork();
    if (pid == 0 && group->folder)
        group_enter(group->folder);
    return pid;
}

/* The kernel may count the last of the dead a moment longer than wait() does. */
void guard_group_remove(GuardGroup *group)
{
    const struct timespec pause = nsec_to_timespec(REMOVAL_PAUSE);

    for (int i = 0; group->folder && i < MAX_REMOVALS; i++) {
        if (rmdir(group->folder) == 0 || errno != EBUSY)
            break;
        nanosleep(&pause, NULL);
    }
    free(group->folder);
    *group = (GuardGroup){0};
}
