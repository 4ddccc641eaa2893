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
#include "runs/archive-denial.h"
#include "runs/archive-salvage.h"
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

static char *lock_name(const char *place)
{
    return text_printf("%s.lock", place);
}

/* Returns a descriptor that holds the lock, however the process ends; -EWOULDBLOCK if another one has it. The
 * lock is on a file beside the database: SQLite's own locks go when any descriptor of the database is closed.
 */
static int lock_place(const char *place)
{
    auto_free char *name = lock_name(place);
    auto_close int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return -errno;
    return take_fd(&fd);
}

/* Whether the lock that is held is the one at the place: somebody may have removed its file, and then another
 * server finds none. */
static bool has_lock(const Disk *disk)
{
    auto_free char *name = lock_name(disk->place);
    struct stat held, there;

    return disk->lock >= 0 && fstat(disk->lock, &held) == 0 && lstat(name, &there) == 0 &&
           held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

/* A child that was forked a moment ago may still have a copy of the descriptor, so closing alone would leave
 * the place locked by nobody. */
static void free_lock(Disk *disk)
{
    if (disk->lock < 0)
        return;
    flock(disk->lock, LOCK_UN);
    close(disk->lock);
    disk->lock = -1;
}

/* Takes the lock of the place unless it is held already. */
static int take_lock(Disk *disk)
{
    int r;

    if (has_lock(disk))
        return 0;
    r = lock_place(disk->place);
    if (r < 0)
        return r;
    free_lock(disk);
    disk->lock = r;
    return 0;
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

/* The file itself last: SQLite deletes a log that it finds without its file. */
static const char *const parts[] = {"-journal", "-wal", "-shm", ""};

/* Renames a file with all that SQLite keeps beside it. */
static int rename_parts(const char *from, const char *to)
{
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        auto_free char *old = text_printf("%s%s", from, parts[i]), *new = text_printf("%s%s", to, parts[i]);

        if (rename(old, new) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}

static void remove_parts(const char *path)
{
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        auto_free char *name = text_printf("%s%s", path, parts[i]);

        unlink(name);
    }
}

static void set_notice(Disk *disk, char *words)
{
    free(disk->notice);
    disk->notice = words;
}

/* Where the file is made that takes the place of a damaged one. */
static char *name_successor(const char *place)
{
    return text_printf("%s.new", place);
}

/* Makes the successor, with all that can be read of the damaged file. */
static int make_successor(const char *place, const char *successor, Salvaged *ret)
{
    Shelf damaged, fresh;
    int r;

    remove_parts(successor);
    r = shelf_open_damaged(&damaged, place);
    if (r)
        return r;
    r = shelf_open(&fresh, successor);
    if (!r) {
        r = salvage_runs(&damaged, &fresh, ret);
        shelf_close(&fresh, false);
    }
    shelf_close(&damaged, true);
    return r;
}

/* What became of the runs of a damaged file. r is SQLite's code for what stood in the way. */
static char *describe_salvage(int r, const Salvaged *salvaged)
{
    if (r)
        return text_printf("nothing of it could be brought over (%s)", sqlite3_errstr(r));
    if (salvaged->n_whole + salvaged->n_damaged == 0)
        return text_printf("no run in it can be read");
    if (!salvaged->n_damaged)
        return text_printf("all of its %lld runs were brought over", (long long)salvaged->n_whole);
    return text_printf("%lld of its runs were brought over, %lld damaged", (long long)salvaged->n_whole,
        (long long)salvaged->n_damaged);
}

/* Puts a new file in the place of a damaged one, which gets a name that says when. Until the successor is
 * complete the damaged file keeps its name, so that a server which is killed meanwhile begins again; see
 * finish_change(). Returns NULL, or why not. */
static char *change_file(Disk *disk)
{
    auto_free char *successor = name_successor(disk->place), *name = NULL, *rest = NULL;
    Salvaged salvaged = {0};
    int salvage = make_successor(disk->place, successor, &salvaged);
    int r = name_aside(disk->place, &name);

    if (salvage)
        remove_parts(successor);
    if (!r)
        r = rename_parts(disk->place, name);
    if (r < 0) {
        remove_parts(successor);
        return text_printf(
            "%s: is damaged and cannot be set aside under another name: %s", disk->path, strerror(-r));
    }
    r = salvage ? 0 : rename_parts(successor, disk->place);
    if (r < 0)
        return text_printf("%s: %s", disk->path, strerror(-r));
    rest = describe_salvage(salvage, &salvaged);
    set_notice(disk, text_printf("%s was damaged and is kept as %s: %s", disk->path, name, rest));
    return NULL;
}

/* A server was killed between the two renames of change_file(). */
static void finish_change(const Disk *disk)
{
    auto_free char *successor = name_successor(disk->place);
    struct stat status;

    if (lstat(disk->place, &status) < 0 && errno == ENOENT)
        rename_parts(successor, disk->place);
}

/* SQLite's own two files beside the database: the log, and the index of it that processes share. */
static const char *const logs[DISK_N_LOGS] = {"-wal", "-shm"};

/* Where there is none, nobody has the number 0. */
static void look_at_logs(const Disk *disk, struct stat found[static DISK_N_LOGS])
{
    for (size_t i = 0; i < ARRAY_LENGTH(logs); i++) {
        auto_free char *name = text_printf("%s%s", disk->place, logs[i]);

        if (lstat(name, &found[i]) < 0)
            found[i] = (struct stat){0};
    }
}

/* "PATH: WHAT", and if permissions are in the way, whose they are. */
static char *refusal(const Disk *disk, const char *what)
{
    auto_free char *denial = denial_explain(disk->path);

    return denial ? text_printf("%s: %s: %s", disk->path, what, denial)
                  : text_printf("%s: %s", disk->path, what);
}

static char *open_shelf(Disk *disk)
{
    int r = shelf_open(&disk->shelf, disk->place);

    if (shelf_is_damage(r)) {
        /* One more try only: the new file is empty, and if that is called damaged, it is the disk that is
         * broken. */
        char *words = change_file(disk);

        if (words)
            return words;
        r = shelf_open(&disk->shelf, disk->place);
    }
    if (r)
        return refusal(disk, disk->shelf.error);
    look_at_logs(disk, disk->logs);
    return NULL;
}

bool disk_can_be_written(const Disk *disk)
{
    const char *slash = strrchr(disk->place, '/'); /* a real path has one */
    auto_free char *folder = text_printf("%.*s/", (int)(slash - disk->place), disk->place);

    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 &&
           faccessat(AT_FDCWD, disk->place, R_OK | W_OK, AT_EACCESS) == 0;
}

/* On a file system that is mounted for reading only, say: the history that is there is shown. Takes the words
 * over on why it cannot be written, and returns them or better ones. */
static char *open_to_read(Disk *disk, char *words)
{
    auto_free char *why = words;

    if (disk_can_be_written(disk) || shelf_open_read_only(&disk->shelf, disk->place))
        return take_pointer(why);
    look_at_logs(disk, disk->logs);
    return text_printf("%s; the runs that it has are shown", why);
}

/* Returns NULL, or why not. The lock is taken on the real path before SQLite opens anything. */
static char *take_place(Disk *disk)
{
    int r = find_place(disk->path, &disk->place);

    if (r < 0)
        return refusal(disk, r == -EINVAL ? "is not a regular file" : strerror(-r));
    r = take_lock(disk);
    if (r == -EWOULDBLOCK)
        return text_printf("%s: another server has it", disk->path);
    return r < 0 ? open_to_read(disk, refusal(disk, strerror(-r))) : NULL;
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
    if (!words) {
        finish_change(disk);
        words = open_shelf(disk);
        if (words)
            words = open_to_read(disk, words);
    }
    if (words && !disk_is_open(disk))
        disk_close(disk, true);
    return words;
}

char *disk_replace(Disk *disk)
{
    char *words;

    shelf_close(&disk->shelf, true);
    words = change_file(disk);
    if (!words)
        words = open_shelf(disk);
    if (words)
        disk_close(disk, true);
    return words;
}

/* What is written to a log without a name is lost when the server is killed. */
static bool has_logs(const Disk *disk)
{
    struct stat found[DISK_N_LOGS];

    look_at_logs(disk, found);
    for (size_t i = 0; i < ARRAY_LENGTH(logs); i++)
        if (found[i].st_dev != disk->logs[i].st_dev || found[i].st_ino != disk->logs[i].st_ino)
            return false;
    return true;
}

/* What somebody did to the file; NULL: nothing. */
static const char *find_loss(const Disk *disk)
{
    struct stat status;
    int moved = 0;

    sqlite3_file_control(disk->shelf.db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved)
        return lstat(disk->place, &status) == 0
                   ? "was replaced by another file while it was in use: what it had is not shown any more"
                   : "was moved or deleted while it was in use: what it had is not shown any more";
    return has_logs(disk) ? NULL : "lost its log while it was in use, and was written whole again";
}

/* The file is gone from its name, and goes on where it is now, perhaps as somebody's backup. What is still in
 * the log that lies at the old name would be missing there, so it is written back first. The lock stays: for
 * the time that it takes to begin anew, no other server shall come in between. */
static void leave_file(Disk *disk, const char *loss)
{
    sqlite3_wal_checkpoint_v2(disk->shelf.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    shelf_close(&disk->shelf, true);
    free(take_pointer(disk->place));
    set_notice(disk, text_printf("%s %s", disk->path, loss));
}

bool disk_let_go(Disk *disk)
{
    const char *loss = find_loss(disk);

    if (loss) {
        leave_file(disk, loss);
        return true;
    }
    /* Without the lock's file another server may have come meanwhile, and then the file is its own. */
    if (take_lock(disk) != -EWOULDBLOCK)
        return false;
    disk_close(disk, true);
    return true;
}

void disk_close(Disk *disk, bool as_it_is)
{
    shelf_close(&disk->shelf, as_it_is);
    free_lock(disk);
    free(disk->place);
    disk->place = NULL;
}

void disk_finish(Disk *disk)
{
    disk_close(disk, false);
    free(disk->notice);
}
