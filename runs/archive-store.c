#include "runs/archive-store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "runs/archive-disk.h"
#include "runs/archive-do.h"
#include "runs/archive-read.h"
#include "runs/archive-schema.h"
#include "runs/archive-write.h"

typedef enum DiskUse { DISK_IS_WRITTEN, DISK_IS_READ, DISK_IS_LEFT_ALONE } DiskUse;

struct Store {
    char *path;
    int64_t max_runs, max_bytes;
    Disk disk;
    Shelf spare;
    char *trouble;
    bool held; /* by another program: these jobs have waited for it once, that is enough */
    int64_t n_runs, n_bytes;
};

/* Takes the words over. */
static void set_trouble(Store *store, char *words)
{
    free(store->trouble);
    store->trouble = words;
}

/* The disk refused something with r. */
static void take_error(Store *store, int r)
{
    if (shelf_is_damage(r))
        set_trouble(store, disk_replace(&store->disk));
    else
        set_trouble(store, text_printf("%s: %s", store->path, store->disk.shelf.error));
}

static Shelves shelves_of(Store *store, DiskUse use)
{
    return (Shelves){
        .spare = &store->spare,
        .disk = use == DISK_IS_LEFT_ALONE ? NULL : &store->disk.shelf,
        .writes = use == DISK_IS_WRITTEN,
        .max_runs = store->max_runs,
        .max_bytes = store->max_bytes,
    };
}

static int begin(const Shelves *shelves)
{
    /* One that begins by reading could not write any more if somebody else wrote meanwhile. */
    int r = shelves->disk ? shelf_exec(shelves->disk, shelves->writes ? "BEGIN IMMEDIATE" : "BEGIN") : 0;

    return r ? r : shelf_exec(shelves->spare, "BEGIN");
}

/* Commits if r is SQLITE_OK; returns it or the error of the commit, and then nothing was done. */
static int end(const Shelves *shelves, int r)
{
    if (!r && shelves->disk)
        r = shelf_exec(shelves->disk, "COMMIT");
    if (!r)
        shelf_exec(shelves->spare, "COMMIT");
    if (shelves->disk)
        shelf_rollback(shelves->disk);
    shelf_rollback(shelves->spare);
    return r;
}

/* Does the jobs before the end, all or none. */
static int attempt(Store *store, ArchiveJob *jobs, const ArchiveJob *stop, DiskUse use)
{
    Shelves shelves = shelves_of(store, use);
    int r = begin(&shelves);

    for (ArchiveJob *job = jobs; !r && job != stop; job = job->next)
        r = do_job(&shelves, job);
    r = end(&shelves, r);
    if ((r & 0xff) == SQLITE_BUSY)
        store->held = true;
    for (ArchiveJob *job = jobs; r && job != stop; job = job->next)
        archive_job_forget(job);
    return r;
}

/* Does all jobs in one transaction. Returns whether it worked. */
static bool do_all(Store *store, ArchiveJob *jobs, bool writes)
{
    int r = attempt(store, jobs, NULL, writes ? DISK_IS_WRITTEN : DISK_IS_READ);

    if (store->held)
        take_error(store, r);
    return !r;
}

static void do_one(Store *store, ArchiveJob *job)
{
    DiskUse use = archive_job_writes(job) && !store->held ? DISK_IS_WRITTEN : DISK_IS_READ;
    bool replaced = false;

    while (disk_is_open(&store->disk) && use != DISK_IS_LEFT_ALONE) {
        int r = attempt(store, job, job->next, use);

        if (!r)
            return;
        take_error(store, r);
        if (shelf_is_damage(r) && !replaced)
            replaced = true;
        else
            use++;
    }
    attempt(store, job, job->next, DISK_IS_LEFT_ALONE);
}

/* Returns whether a run in memory was put to disk, and so perhaps the next one can be too. */
static bool settle_oldest(Store *store)
{
    auto_free char *id = NULL;
    Shelves shelves = shelves_of(store, DISK_IS_WRITTEN);
    int r;

    if (!disk_is_open(&store->disk) || shelf_oldest_finished(&store->spare, NULL, &id) || !id)
        return false;
    r = begin(&shelves);
    if (!r)
        r = do_settle(&shelves, id);
    r = end(&shelves, r);
    if (r)
        take_error(store, r);
    return !r;
}

/* The disk takes runs, so there is no trouble, unless it shows now. */
static void settle(Store *store)
{
    set_trouble(store, NULL);
    while (settle_oldest(store))
        ;
}

static void count(Store *store)
{
    Ids only_spare;
    int64_t n_runs = 0, n_bytes = 0;
    Shelf *disk = disk_is_open(&store->disk) ? &store->disk.shelf : NULL;
    Shelf *main = disk ? disk : &store->spare;
    int r = shelf_take_number(main, main->statements[SHELF_USED_BYTES], &n_bytes);

    if (!r && disk)
        r = shelf_take_number(disk, disk->statements[SHELF_COUNT], &n_runs);
    if (!r)
        r = ids_init(&only_spare, &store->spare, disk, &(ArchiveJob){0});
    if (r)
        return;
    for (; !r && only_spare.id; n_runs++)
        r = ids_next(&only_spare);
    ids_finish(&only_spare);
    store->n_runs = n_runs;
    store->n_bytes = n_bytes;
}

static bool any(const ArchiveJob *jobs, bool (*is)(const ArchiveJob *job))
{
    while (jobs && !is(jobs))
        jobs = jobs->next;
    return jobs;
}

static bool begins(const ArchiveJob *job)
{
    return job->kind == ARCHIVE_JOB_BEGIN;
}

static bool shows_room(const ArchiveJob *job)
{
    return job->kept && (job->kind == ARCHIVE_JOB_BEGIN || job->kind == ARCHIVE_JOB_FINISH);
}

Store *store_open(const ArchiveSettings *settings)
{
    Store *store = calloc(1, sizeof(Store));
    int r;

    assert(store);
    store->path = settings->path ? text_printf("%s", settings->path) : NULL;
    store->max_runs = settings->max_runs;
    store->max_bytes = settings->max_bytes;
    r = shelf_open(&store->spare, NULL);
    assert(r == SQLITE_OK);
    disk_init(&store->disk, store->path);
    set_trouble(store, disk_open(&store->disk));
    count(store);
    return store;
}

void store_do(Store *store, ArchiveJob *jobs)
{
    bool writes = any(jobs, archive_job_writes);
    bool gone = writes && disk_is_open(&store->disk) && disk_let_go(&store->disk);

    if (!store->spare.db)
        return;
    store->held = false;
    if (!disk_is_open(&store->disk) && (gone || any(jobs, begins)))
        set_trouble(store, disk_open(&store->disk));
    if (!jobs->next || !disk_is_open(&store->disk) || !do_all(store, jobs, writes))
        for (ArchiveJob *job = jobs; job; job = job->next)
            do_one(store, job);
    if (any(jobs, shows_room))
        settle(store);
    if (writes)
        count(store);
}

StoreState store_state(const Store *store)
{
    return (StoreState){store->trouble, store->disk.notice, store->n_runs, store->n_bytes};
}

void store_close(Store *store)
{
    settle(store);
    disk_close(&store->disk, false);
    shelf_close(&store->spare, false);
}

void store_free(Store *store)
{
    disk_finish(&store->disk);
    free(store->trouble);
    free(store->path);
    free(store);
}
