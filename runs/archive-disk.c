/* A file that one server has for itself, and that it never destroys. Before SQLite sees it, a lock beside it
 * keeps a second server away: two would both write, and each would mark the other's runs as interrupted. What
 * is damaged gets another name and stays for whoever can make something of it. */
#include "runs/archive-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "runs/archive-schema.h"

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

/* Makes the folder if need be. *ret is the file's real path, owned by the caller, so that two servers which
 * name one file differently do not miss each other. -EISDIR, or -EINVAL for another thing that is no file. */
static int find_place(const char *path, char **ret)
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

/* Returns a descriptor that holds the lock until it is closed, however the process ends; -EWOULDBLOCK if
 * another one has it. The lock is on a file beside the database: SQLite's own locks go when any descriptor of
 * the database is closed. */
static int lock_place(const char *place)
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

/* Renames the file, and what SQLite keeps beside it, to a name that says when. *ret_name is the new path,
 * owned by the caller. */
static int rename_aside(const char *place, char **ret_name)
{
    /* The file itself last: SQLite deletes a log that it finds without its file. */
    static const char *const suffixes[] = {"-journal", "-wal", "-shm", ""};
    auto_free char *name = NULL;
    int r = name_aside(place, &name);

    for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(suffixes); i++) {
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

static void set_notice(Disk *disk, char *words)
{
    free(disk->notice);
    disk->notice = words;
}

/* Returns NULL, or why not. */
static char *set_aside(Disk *disk)
{
    auto_free char *name = NULL;
    int r = rename_aside(disk->place, &name);

    if (r < 0)
        return text_printf(
            "%s: is damaged and cannot be set aside under another name: %s", disk->path, strerror(-r));
    set_notice(disk, text_printf("%s was damaged and is kept as %s", disk->path, name));
    return NULL;
}

static char *open_shelf(Disk *disk)
{
    int r = shelf_open(&disk->shelf, disk->place);

    if (shelf_is_damage(r)) {
        /* One more try only: the new file is empty, and if that is called damaged, it is the disk that is
         * broken. */
        char *words = set_aside(disk);

        if (words)
            return words;
        r = shelf_open(&disk->shelf, disk->place);
    }
    return r ? text_printf("%s: %s", disk->path, disk->shelf.error) : NULL;
}

/* Returns NULL, or why not. The lock is taken on the real path before SQLite opens anything. */
static char *take_place(Disk *disk)
{
    int r = find_place(disk->path, &disk->place);

    if (r < 0)
        return text_printf("%s: %s", disk->path, r == -EINVAL ? "is not a regular file" : strerror(-r));
    r = lock_place(disk->place);
    if (r == -EWOULDBLOCK)
        return text_printf("%s: another server has it", disk->path);
    if (r < 0)
        return text_printf("%s.lock: %s", disk->path, strerror(-r));
    disk->lock = r;
    return NULL;
}

void disk_init(Disk *disk, const char *path)
{
    *disk = (Disk){.path = path, .lock = -1};
}

char *disk_open(Disk *disk)
{
    char *words;

    if (!disk->path)
        return text_printf("no file is set");
    words = take_place(disk);
    if (!words)
        words = open_shelf(disk);
    if (words)
        disk_close(disk, true);
    return words;
}

char *disk_replace(Disk *disk)
{
    char *words;

    shelf_close(&disk->shelf, true);
    words = set_aside(disk);
    if (!words)
        words = open_shelf(disk);
    if (words)
        disk_close(disk, true);
    return words;
}

bool disk_let_go(Disk *disk)
{
    int moved = 0;

    sqlite3_file_control(disk->shelf.db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return false;
    set_notice(disk, text_printf("%s was moved or deleted by somebody while it was in use", disk->path));
    disk_close(disk, true);
    return true;
}

void disk_close(Disk *disk, bool as_it_is)
{
    shelf_close(&disk->shelf, as_it_is);
    if (disk->lock >= 0)
        close(disk->lock);
    disk->lock = -1;
    free(disk->place);
    disk->place = NULL;
}

void disk_finish(Disk *disk)
{
    disk_close(disk, false);
    free(disk->notice);
}
