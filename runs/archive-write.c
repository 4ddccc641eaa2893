#include "runs/archive-write.h"

#include <string.h>

#include "base/cleanup.h"
#include "runs/archive-pack.h"
#include "runs/archive-read.h"

bool shelf_is_finished(const char *status)
{
    return strcmp(status, "queued") != 0 && strcmp(status, "running") != 0;
}

static int put(Shelf *shelf, const char *id, int64_t created_ms, const char *experiment, const char *status,
    const char *summary)
{
    sqlite3_stmt *statement = shelf_bind(shelf, SHELF_PUT, id, experiment, status, summary);

    sqlite3_bind_int64(statement, 5, created_ms);
    return shelf_run(shelf, statement, NULL);
}

static int ask(Shelf *shelf, const char *id, const char *owner, const char *label, const char *prediction,
    bool *ret_found)
{
    return shelf_run(shelf, shelf_bind(shelf, SHELF_ASK, id, owner, label, prediction), ret_found);
}

static int keep_packed(
    Shelf *shelf, const char *id, int kind, int64_t size, const void *packed, size_t packed_size)
{
    sqlite3_stmt *statement = shelf_bind(shelf, SHELF_KEEP_TEXT, id);

    sqlite3_bind_int(statement, 2, kind);
    sqlite3_bind_int64(statement, 3, size);
    sqlite3_bind_blob64(statement, 4, packed, packed_size, SQLITE_STATIC);
    return shelf_run(shelf, statement, NULL);
}

static int keep_text(Shelf *shelf, const char *id, int kind, const char *text)
{
    size_t packed_size, size = strlen(text);
    auto_free unsigned char *packed = pack_text(text, size, &packed_size);

    return keep_packed(shelf, id, kind, (int64_t)size, packed, packed_size);
}

static int finish(Shelf *shelf, const ArchiveJob *job, bool *ret_found)
{
    int r = shelf_change(shelf, job->id, job->status, job->summary, ret_found);

    for (int i = 0; !r && *ret_found && i < ARCHIVE_N_TEXTS; i++)
        if (job->texts[i])
            r = keep_text(shelf, job->id, 1 << i, job->texts[i]);
    return r;
}

static int remove_finished(Shelf *shelf, const char *id, bool *ret_found)
{
    auto_free char *status = NULL;
    int r = shelf_status(shelf, id, &status);

    *ret_found = status && shelf_is_finished(status);
    return r || !*ret_found ? r : shelf_drop(shelf, id);
}

int shelf_write(Shelf *shelf, const ArchiveJob *job, bool *ret_found)
{
    switch (job->kind) {
    case ARCHIVE_JOB_BEGIN:
        *ret_found = true;
        return put(shelf, job->id, job->created_ms, job->experiment, job->status, job->summary);
    case ARCHIVE_JOB_ASK:
        return ask(shelf, job->id, job->owner, job->label, job->prediction, ret_found);
    case ARCHIVE_JOB_CHANGE:
        return shelf_change(shelf, job->id, job->status, job->summary, ret_found);
    case ARCHIVE_JOB_FINISH:
        return finish(shelf, job, ret_found);
    case ARCHIVE_JOB_RELABEL:
        return shelf_run(shelf, shelf_bind(shelf, SHELF_RELABEL, job->id, job->owner, job->label), ret_found);
    case ARCHIVE_JOB_REMOVE:
        return remove_finished(shelf, job->id, ret_found);
    case ARCHIVE_JOB_LIST:
    case ARCHIVE_JOB_GET:
        break;
    }
    return SQLITE_MISUSE;
}

int shelf_change(Shelf *shelf, const char *id, const char *status, const char *summary, bool *ret_found)
{
    return shelf_run(shelf, shelf_bind(shelf, SHELF_CHANGE, id, status, summary), ret_found);
}

int shelf_drop(Shelf *shelf, const char *id)
{
    return shelf_run(shelf, shelf_bind(shelf, SHELF_DROP, id), NULL);
}

int shelf_unfinished(Shelf *shelf, char **ret_id)
{
    return shelf_take_text(shelf, shelf->statements[SHELF_UNFINISHED], ret_id);
}

int shelf_oldest_finished(Shelf *shelf, const char *except, char **ret_id)
{
    return shelf_take_text(shelf, shelf_bind(shelf, SHELF_OLDEST_FINISHED, except), ret_id);
}

static int copy_run(Shelf *to, Shelf *from, const char *id)
{
    auto_reset sqlite3_stmt *row = shelf_bind(from, SHELF_RUN, id);
    int r = shelf_step(from, row);

    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? SQLITE_NOTFOUND : r;
    return put(to, id, sqlite3_column_int64(row, 3), (const char *)sqlite3_column_text(row, 0),
        (const char *)sqlite3_column_text(row, 1), (const char *)sqlite3_column_text(row, 2));
}

static int copy_asks(Shelf *to, Shelf *from, const char *id)
{
    auto_reset sqlite3_stmt *row = shelf_bind(from, SHELF_ASKS, id);
    int r = SQLITE_OK;

    while (!r && (r = shelf_step(from, row)) == SQLITE_ROW)
        r = ask(to, id, (const char *)sqlite3_column_text(row, 0), (const char *)sqlite3_column_text(row, 1),
            (const char *)sqlite3_column_text(row, 2), NULL);
    return r == SQLITE_DONE ? SQLITE_OK : r;
}

static int copy_texts(Shelf *to, Shelf *from, const char *id)
{
    auto_reset sqlite3_stmt *row = shelf_bind_kinds(from, id, (1 << ARCHIVE_N_TEXTS) - 1);
    int r = SQLITE_OK;

    while (!r && (r = shelf_step(from, row)) == SQLITE_ROW)
        r = keep_packed(to, id, sqlite3_column_int(row, 0), sqlite3_column_int64(row, 1),
            sqlite3_column_blob(row, 2), (size_t)sqlite3_column_bytes(row, 2));
    return r == SQLITE_DONE ? SQLITE_OK : r;
}

int shelf_copy(Shelf *to, Shelf *from, const char *id)
{
    int r = copy_run(to, from, id);

    if (!r)
        r = copy_asks(to, from, id);
    if (!r)
        r = copy_texts(to, from, id);
    return r;
}

static int is_too_full(Shelf *shelf, int64_t max_runs, int64_t max_bytes, bool *ret)
{
    int64_t n_runs = 0, n_unfinished = 0, n_bytes = 0;
    int r = shelf_take_number(shelf, shelf->statements[SHELF_COUNT], &n_runs);

    if (!r)
        r = shelf_take_number(shelf, shelf->statements[SHELF_COUNT_UNFINISHED], &n_unfinished);
    if (!r)
        r = shelf_take_number(shelf, shelf->statements[SHELF_USED_BYTES], &n_bytes);
    *ret = n_runs - n_unfinished > max_runs || n_bytes > max_bytes;
    return r;
}

int shelf_prune(Shelf *shelf, const char *except, int64_t max_runs, int64_t max_bytes)
{
    for (;;) {
        auto_free char *id = NULL;
        bool too_full;
        int r = is_too_full(shelf, max_runs, max_bytes, &too_full);

        if (r || !too_full)
            return r;
        r = shelf_oldest_finished(shelf, except, &id);
        if (r || !id)
            return r;
        r = shelf_drop(shelf, id);
        if (r)
            return r;
    }
}
