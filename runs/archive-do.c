#include "runs/archive-do.h"

#include <string.h>

#include "base/cleanup.h"
#include "runs/archive-read.h"
#include "runs/archive-write.h"

static int64_t least(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

static int prune_spare(const Shelves *shelves, const char *except)
{
    return shelf_prune(shelves->spare, except, least(SPARE_MAX_RUNS, shelves->max_runs),
        least(SPARE_MAX_BYTES, shelves->max_bytes));
}

/* The states of a run on both shelves; NULL where it is not. */
typedef struct States {
    char *spare, *disk;
} States;

static void states_finish(States *states)
{
    free(states->spare);
    free(states->disk);
}
#define auto_states __attribute__((cleanup(states_finish)))

static int states_init(States *states, const Shelves *shelves, const char *id)
{
    int r = shelf_status(shelves->spare, id, &states->spare);

    return r || !shelves->disk ? r : shelf_status(shelves->disk, id, &states->disk);
}

/* First the disk gets all that memory knows of the run; then what the job says; then memory follows. */
static int write_disk(const Shelves *shelves, ArchiveJob *job)
{
    auto_states States before = {0};
    int r = states_init(&before, shelves, job->id);
    bool was_finished = before.spare && shelf_is_finished(before.spare);
    bool found;

    if (!r && before.spare && (was_finished || !before.disk))
        r = shelf_copy(shelves->disk, shelves->spare, job->id);
    if (!r)
        r = shelf_write(shelves->disk, job, &job->found);
    if (!r && job->kind == ARCHIVE_JOB_FINISH && job->found)
        r = shelf_prune(shelves->disk, job->id, shelves->max_runs, shelves->max_bytes);
    if (r)
        return r;
    job->kept = job->found;
    if (before.spare && (was_finished || job->kind == ARCHIVE_JOB_FINISH))
        return shelf_drop(shelves->spare, job->id);
    if (before.spare || job->kind == ARCHIVE_JOB_BEGIN)
        return shelf_write(shelves->spare, job, &found);
    return SQLITE_OK;
}

/* The removal of a run that the disk has cannot be held in memory. */
static int remove_spare(const Shelves *shelves, ArchiveJob *job, const States *before)
{
    const char *status = before->spare ? before->spare : before->disk;

    job->found = status && shelf_is_finished(status);
    job->kept = job->found && !before->disk;
    return job->kept ? shelf_drop(shelves->spare, job->id) : SQLITE_OK;
}

/* Memory takes the run over from the disk, all of it, and then what the job says. */
static int write_spare(const Shelves *shelves, ArchiveJob *job)
{
    auto_states States before = {0};
    int r = states_init(&before, shelves, job->id);
    bool taken = !before.spare && before.disk && job->kind != ARCHIVE_JOB_BEGIN;

    if (!r && job->kind == ARCHIVE_JOB_REMOVE)
        return remove_spare(shelves, job, &before);
    if (!r && taken)
        r = shelf_copy(shelves->spare, shelves->disk, job->id);
    if (!r)
        r = shelf_write(shelves->spare, job, &job->found);
    if (!r && taken && !job->found)
        r = shelf_drop(shelves->spare, job->id);
    return r ? r : prune_spare(shelves, job->id);
}

/* A server that died left no run to show: what is known of it, in the shape of one. */
static char *run_of_row(const ArchiveRow *row)
{
    static const char *const first[] = {"id", "experiment", "status", "reason", "label", "created_at"};
    json_auto_t *run = json_object();

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
        json_object_set(run, first[i], json_object_get(row->summary, first[i]));
    json_object_update_missing(run, row->summary);
    json_object_del(run, "asks");
    if (!json_is_array(json_object_get(run, "cells")))
        json_object_set_new(run, "cells", json_array());
    return json_dumps(run, JSON_COMPACT);
}

static int get(const Shelves *shelves, ArchiveJob *job)
{
    Shelf *shelf = shelves->spare;
    int r = shelf_row(shelf, job->id, job->owner, &job->row);

    if (!r && !job->row.summary && shelves->disk) {
        shelf = shelves->disk;
        r = shelf_row(shelf, job->id, job->owner, &job->row);
    }
    if (r || !job->row.summary)
        return r;
    r = shelf_texts(shelf, job->id, job->wanted, job->got);
    if (!r && (job->wanted & ARCHIVE_RUN) && !job->got[0] && shelf_is_finished(job->row.status))
        job->got[0] = run_of_row(&job->row);
    return r;
}

static int show(ArchiveJob *job, const Ids *ids)
{
    ArchiveRow row = {0};
    int r = shelf_row(ids->shelf, ids->id, job->owner, &row);

    if (row.summary)
        json_array_append_new(job->runs, row.summary);
    free(row.status);
    return r;
}

/* Shows the newer of both until the page is full. */
static int merge(ArchiveJob *job, Ids *spare, Ids *disk)
{
    for (;;) {
        Ids *next = !disk->id || (spare->id && strcmp(spare->id, disk->id) > 0) ? spare : disk;
        int r;

        job->more = next->id;
        if (!next->id || (int64_t)json_array_size(job->runs) >= job->limit)
            return SQLITE_OK;
        r = show(job, next);
        if (!r)
            r = ids_next(next);
        if (r)
            return r;
    }
}

static int list(const Shelves *shelves, ArchiveJob *job)
{
    Ids spare, disk = {0};
    int r = ids_init(&spare, shelves->spare, NULL, job);

    if (!r && shelves->disk)
        r = ids_init(&disk, shelves->disk, shelves->spare, job);
    job->runs = json_array();
    if (!r)
        r = merge(job, &spare, &disk);
    ids_finish(&spare);
    ids_finish(&disk);
    return r;
}

int do_job(const Shelves *shelves, ArchiveJob *job)
{
    if (job->kind == ARCHIVE_JOB_LIST)
        return list(shelves, job);
    if (job->kind == ARCHIVE_JOB_GET)
        return get(shelves, job);
    return shelves->disk && shelves->writes ? write_disk(shelves, job) : write_spare(shelves, job);
}

int do_settle(const Shelves *shelves, const char *id)
{
    int r = shelf_copy(shelves->disk, shelves->spare, id);

    if (!r)
        r = shelf_prune(shelves->disk, NULL, shelves->max_runs, shelves->max_bytes);
    return r ? r : shelf_drop(shelves->spare, id);
}
