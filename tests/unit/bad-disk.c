/* A file system of SQLite's kind (a VFS) around the usual one: everything goes through, but for what was
 * asked for. Each file has the real one behind it in the same piece of memory. */
#include "tests/unit/bad-disk.h"

#include <check.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/stat.h>

typedef struct BadFile {
    sqlite3_file base;
    ino_t number; /* of a database; 0: it is a log */
} BadFile;

static sqlite3_vfs bad;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool held;
static ino_t spoiled;
static int64_t spoiled_from, spoiled_length;

static sqlite3_vfs *real_vfs(void)
{
    return bad.pAppData;
}

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)((BadFile *)file + 1);
}

#define CALL(file, method) real(file)->pMethods->method

static void wait_while_held(void)
{
    pthread_mutex_lock(&mutex);
    while (held)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

static int bad_close(sqlite3_file *file)
{
    return CALL(file, xClose)(real(file));
}

static int bad_read(sqlite3_file *file, void *bytes, int n, sqlite3_int64 at)
{
    if (((BadFile *)file)->number == spoiled && at < spoiled_from + spoiled_length && spoiled_from < at + n)
        return SQLITE_IOERR_READ;
    return CALL(file, xRead)(real(file), bytes, n, at);
}

static int bad_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    wait_while_held();
    return CALL(file, xWrite)(real(file), bytes, n, at);
}

static int bad_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return CALL(file, xTruncate)(real(file), size);
}

static int bad_sync(sqlite3_file *file, int flags)
{
    wait_while_held();
    return CALL(file, xSync)(real(file), flags);
}

static int bad_file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return CALL(file, xFileSize)(real(file), ret);
}

static int bad_lock(sqlite3_file *file, int level)
{
    return CALL(file, xLock)(real(file), level);
}

static int bad_unlock(sqlite3_file *file, int level)
{
    return CALL(file, xUnlock)(real(file), level);
}

static int bad_check_lock(sqlite3_file *file, int *ret)
{
    return CALL(file, xCheckReservedLock)(real(file), ret);
}

static int bad_control(sqlite3_file *file, int operation, void *argument)
{
    return CALL(file, xFileControl)(real(file), operation, argument);
}

static int bad_sector_size(sqlite3_file *file)
{
    return CALL(file, xSectorSize)(real(file));
}

static int bad_characteristics(sqlite3_file *file)
{
    return CALL(file, xDeviceCharacteristics)(real(file));
}

static int bad_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return CALL(file, xShmMap)(real(file), page, size, extend, ret);
}

static int bad_map_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return CALL(file, xShmLock)(real(file), offset, n, flags);
}

static void bad_barrier(sqlite3_file *file)
{
    CALL(file, xShmBarrier)(real(file));
}

static int bad_unmap(sqlite3_file *file, int deletes)
{
    return CALL(file, xShmUnmap)(real(file), deletes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without files in memory */
    .xClose = bad_close,
    .xRead = bad_read,
    .xWrite = bad_write,
    .xTruncate = bad_truncate,
    .xSync = bad_sync,
    .xFileSize = bad_file_size,
    .xLock = bad_lock,
    .xUnlock = bad_unlock,
    .xCheckReservedLock = bad_check_lock,
    .xFileControl = bad_control,
    .xSectorSize = bad_sector_size,
    .xDeviceCharacteristics = bad_characteristics,
    .xShmMap = bad_map,
    .xShmLock = bad_map_lock,
    .xShmBarrier = bad_barrier,
    .xShmUnmap = bad_unmap,
};

static int bad_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct stat status;
    int r;

    (void)vfs;
    file->pMethods = NULL;
    r = real_vfs()->xOpen(real_vfs(), name, real(file), flags, ret_flags);
    if (real(file)->pMethods)
        file->pMethods = &methods;
    ((BadFile *)file)->number = (flags & SQLITE_OPEN_MAIN_DB) && stat(name, &status) == 0 ? status.st_ino : 0;
    return r;
}

void bad_disk_install(void)
{
    sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

    bad = *usual;
    bad.zName = "bad";
    bad.pNext = NULL;
    bad.pAppData = usual;
    bad.szOsFile = (int)sizeof(BadFile) + usual->szOsFile;
    bad.xOpen = bad_open;
    ck_assert_int_eq(sqlite3_vfs_register(&bad, 1), SQLITE_OK);
}

void bad_disk_hold(void)
{
    pthread_mutex_lock(&mutex);
    held = true;
    pthread_mutex_unlock(&mutex);
}

void bad_disk_let_go(void)
{
    pthread_mutex_lock(&mutex);
    held = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

void bad_disk_spoil(const char *path, int64_t from, int64_t length)
{
    struct stat status;

    ck_assert_int_eq(stat(path, &status), 0);
    spoiled = status.st_ino;
    spoiled_from = from;
    spoiled_length = length;
}
