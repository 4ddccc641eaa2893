/* A group is a folder, its limit a file in it, and entering it a write of one's own number. Two hierarchies
 * may offer the pids controller, and each may refuse for reasons that only trying finds out, so both are
 * tried and nothing is asked before. */
#include "guard/guard-group.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"

/* How often and how long apart the removal is tried. */
#define MAX_REMOVALS 1000
#define REMOVAL_PAUSE (1 * NSEC_PER_MSEC)

static int group_write_file(const char *folder, const char *name, const char *text)
{
    auto_free char *path = text_printf("%s/%s", folder, name);
    auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd < 0 ? -errno : text_write_fd(fd, text, strlen(text));
}

/* Returns the new group's folder, owned by the caller, or NULL. A process that sees only the top of its
 * hierarchy would leave its own group, and the limits of that, so there it is not done. The limit is
 * written before the group is used: a group without its limit is none, and is removed again. */
static char *group_make_below(const CgroupTree *tree, int64_t pids_max)
{
    auto_free char *folder = NULL, *limit = text_printf("%" PRId64, pids_max);

    if (!tree->is_own)
        return NULL;
    folder = text_printf("%s/gilscope-%d", tree->folder, (int)getpid());
    /* Of a guard that was killed and had this number before. */
    rmdir(folder);
    if (mkdir(folder, 0755) < 0)
        return NULL;
    if (group_write_file(folder, "pids.max", limit) == 0)
        return take_pointer(folder);
    rmdir(folder);
    return NULL;
}

void guard_group_make(GuardGroup *group, int64_t pids_max)
{
    Cgroup own;

    *group = (GuardGroup){0};
    if (pids_max == 0)
        return;
    cgroup_find_controller("", "pids", &own);
    group->folder = group_make_below(&own.v1, pids_max);
    if (!group->folder)
        group->folder = group_make_below(&own.v2, pids_max);
}

void guard_group_enter(const GuardGroup *group)
{
    if (group->folder)
        group_write_file(group->folder, "cgroup.procs", "0");
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
