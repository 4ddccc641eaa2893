/* File systems of a test's own, which nobody else sees and which go with its process. */
#pragma once

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static inline bool mounts_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    bool written = file && fputs(text, file) >= 0;

    return file && fclose(file) == 0 && written;
}

/* As somebody who is nobody's root but its own. */
static inline bool mounts_become_root(void)
{
    char map[64];
    unsigned user = getuid(), group = getgid();

    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return false;
    snprintf(map, sizeof(map), "0 %u 1", user);
    if (!mounts_write("/proc/self/setgroups", "deny") || !mounts_write("/proc/self/uid_map", map))
        return false;
    snprintf(map, sizeof(map), "0 %u 1", group);
    return mounts_write("/proc/self/gid_map", map);
}

/* Puts a new file system in memory over a folder, of at most that many bytes ("1m"). Returns false, and says
 * so, where a process may not; the process must have one thread. */
static inline bool mounts_make(const char *folder, const char *size)
{
    char options[64];

    snprintf(options, sizeof(options), "size=%s", size);
    if ((unshare(CLONE_NEWNS) == 0 || mounts_become_root()) &&
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("none", folder, "tmpfs", 0, options) == 0)
        return true;
    fprintf(stderr, "no mounts here (%s): a test is skipped\n", strerror(errno));
    return false;
}

static inline void mounts_set_read_only(const char *folder, bool read_only)
{
    ck_assert_int_eq(mount("none", folder, NULL, MS_REMOUNT | (read_only ? MS_RDONLY : 0), NULL), 0);
}
