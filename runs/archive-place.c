#include "runs/archive-place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { MAX_NAMES = 1000 }; /* damaged files of one second */

/* Makes the folders above a path. */
static int make_folders(const char *path)
{
    auto_free char *folder = text_printf("%s", path);

    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0750) < 0 && errno != EEXIST)
            return -errno;
        *slash = '/';
    }
    return 0;
}

/* The real path of a file that is not there yet. */
static int find_new(const char *path, char **ret)
{
    const char *slash = strrchr(path, '/');
    auto_free char *folder = slash ? text_printf("%.*s/", (int)(slash - path), path) : text_printf(".");
    auto_free char *real = realpath(folder, NULL);

    if (!real)
        return -errno;
    *ret = text_printf("%s/%s", strcmp(real, "/") == 0 ? "" : real, slash ? slash + 1 : path);
    return 0;
}

int place_find(const char *path, char **ret)
{
    struct stat status;
    int r = path[0] ? make_folders(path) : -ENOENT;

    if (r < 0)
        return r;
    if (stat(path, &status) < 0)
        return errno == ENOENT ? find_new(path, ret) : -errno;
    if (!S_ISREG(status.st_mode))
        return S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    *ret = realpath(path, NULL);
    return *ret ? 0 : -errno;
}

int place_lock(const char *place)
{
    auto_free char *name = text_printf("%s.lock", place);
    auto_close int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return -errno;
    return take_fd(&fd);
}

/* A name that nobody has. */
static int name_aside(const char *place, char **ret)
{
    time_t now = time(NULL);
    struct stat status;
    char date[40];
    struct tm tm;

    if (!gmtime_r(&now, &tm) || !strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm))
        return -EOVERFLOW;
    for (int i = 1; i <= MAX_NAMES; i++) {
        auto_free char *name = i == 1 ? text_printf("%s.damaged-%s", place, date)
                                      : text_printf("%s.damaged-%s-%d", place, date, i);

        if (lstat(name, &status) < 0 && errno == ENOENT) {
            *ret = take_pointer(name);
            return 0;
        }
    }
    return -EEXIST;
}

int place_set_aside(const char *place, char **ret_name)
{
    /* The file itself last: SQLite deletes a log that it finds without its file. */
    static const char *const suffixes[] = {"-journal", "-wal", "-shm", ""};
    auto_free char *name = NULL;
    int r = name_aside(place, &name);

    for (size_t i = 0; r == 0 && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        auto_free char *from = text_printf("%s%s", place, suffixes[i]);
        auto_free char *to = text_printf("%s%s", name, suffixes[i]);

        if (rename(from, to) < 0 && errno != ENOENT)
            r = -errno;
    }
    if (r < 0)
        return r;
    *ret_name = take_pointer(name);
    return 0;
}
