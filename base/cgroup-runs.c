/* Whose group it is stands in its name, so a folder is all that has to be read. A number may have been given
 * to another process meanwhile; then its group stays until that one ends, which is nobody's harm. To remove a
 * group takes nobody by surprise: the kernel keeps one that has a process in it.
 *
 * systemd marks a group that it hands over by an extended attribute (its CGROUP_DELEGATION document). Without
 * it a group is somebody else's to divide, even if root could do it. */
#include "base/cgroup-runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

#define SERVER_GROUP "gilscope-server"

enum { MAX_FILE = 4096 };

int cgroup_runs_write(const char *folder, const char *name, const char *text)
{
    auto_free char *path = text_printf("%s/%s", folder, name);
    auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd < 0 ? -errno : text_write_fd(fd, text, strlen(text));
}

static int runs_write_number(const char *folder, const char *name, int64_t number)
{
    auto_free char *text = text_printf("%" PRId64, number);

    return cgroup_runs_write(folder, name, text);
}

int cgroup_runs_limit(const char *folder, int64_t pids_max, int64_t memory_max)
{
    int r = runs_write_number(folder, "pids.max", pids_max);

    if (r == 0 && memory_max > 0)
        runs_write_number(folder, "memory.max", memory_max);
    return r;
}

static bool runs_was_handed_over(const char *folder)
{
    char mark = '0';

    return (getxattr(folder, "trusted.delegate", &mark, 1) == 1 ||
               getxattr(folder, "user.delegate", &mark, 1) == 1) &&
           mark == '1';
}

/* Whether one of the words in the file is this one. */
static bool runs_has_word(const char *folder, const char *name, const char *word)
{
    auto_free char *path = text_printf("%s/%s", folder, name), *text = NULL;
    char *rest = NULL;
    size_t length;

    if (text_read_file(path, MAX_FILE, &text, &length) < 0)
        return false;
    for (char *at = strtok_r(text, " \n", &rest); at; at = strtok_r(NULL, " \n", &rest))
        if (strcmp(at, word) == 0)
            return true;
    return false;
}

/* Each controller is asked for by itself: a machine may have been started without the one for memory. */
void cgroup_runs_lead(const char *root)
{
    auto_free char *server = NULL;
    Cgroup own;

    cgroup_find_controller(root, "pids", &own);
    if (!own.v2.is_own || !runs_has_word(own.v2.folder, "cgroup.controllers", "pids") ||
        runs_has_word(own.v2.folder, "cgroup.subtree_control", "pids") ||
        !runs_was_handed_over(own.v2.folder))
        return;
    server = text_printf("%s/" SERVER_GROUP, own.v2.folder);
    if ((mkdir(server, 0755) < 0 && errno != EEXIST) || cgroup_runs_write(server, "cgroup.procs", "0") < 0)
        return;
    if (cgroup_runs_write(own.v2.folder, "cgroup.subtree_control", "+pids") == 0) {
        cgroup_runs_write(own.v2.folder, "cgroup.subtree_control", "+memory");
        return;
    }
    /* Somebody else is in the group, too. */
    cgroup_runs_write(own.v2.folder, "cgroup.procs", "0");
    rmdir(server);
}

/* From the group of the server to the one that it was made in. */
static void runs_go_to_place(CgroupTree *tree)
{
    char *name = tree->folder[tree->top] ? strrchr(tree->folder, '/') : NULL;

    if (name && strcmp(name, "/" SERVER_GROUP) == 0)
        *name = '\0';
}

void cgroup_runs_find(const char *root, Cgroup *ret)
{
    cgroup_find_controller(root, "pids", ret);
    if (!ret->v1.is_own)
        ret->v1 = (CgroupTree){0};
    if (!ret->v2.is_own)
        ret->v2 = (CgroupTree){0};
    runs_go_to_place(&ret->v2);
}

char *cgroup_runs_folder(const CgroupTree *tree, pid_t guard)
{
    return text_printf("%s/gilscope-%d", tree->folder, (int)guard);
}

/* Whether the name is that of a group whose guard has ended and was reaped. */
static bool runs_is_left_behind(const char *name)
{
    int pid, end = 0;

    return sscanf(name, "gilscope-%d%n", &pid, &end) == 1 && name[end] == '\0' && pid > 0 &&
           kill(pid, 0) < 0 && errno == ESRCH;
}

static int runs_sweep_tree(const CgroupTree *tree)
{
    DIR *folder = tree->folder[0] ? opendir(tree->folder) : NULL;
    const struct dirent *entry;
    int n_left = 0;

    while (folder && (entry = readdir(folder))) {
        auto_free char *path = text_printf("%s/%s", tree->folder, entry->d_name);

        if (runs_is_left_behind(entry->d_name) && rmdir(path) < 0 && errno == EBUSY)
            n_left++;
    }
    if (folder)
        closedir(folder);
    return n_left;
}

int cgroup_runs_sweep(const Cgroup *found)
{
    return runs_sweep_tree(&found->v1) + runs_sweep_tree(&found->v2);
}
