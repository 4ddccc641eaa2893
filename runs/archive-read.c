#include "runs/archive-read.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "runs/archive-pack.h"

int shelf_status(Shelf *shelf, const char *id, char **ret)
{
    auto_reset sqlite3_stmt *row = shelf_bind(shelf, SHELF_RUN, id);
    int r = shelf_step(shelf, row);

    if (r != SQLITE_ROW && r != SQLITE_DONE)
        return r;
    *ret = r == SQLITE_ROW ? shelf_column(row, 1) : NULL;
    return SQLITE_OK;
}

static json_t *text_or_null(sqlite3_stmt *row, int i)
{
    const char *text = (const char *)sqlite3_column_text(row, i);
    json_t *string = text ? json_string(text) : NULL;

    return string ? string : json_null();
}

static json_t *time_or_null(int64_t ms)
{
    auto_free char *text = text_time(ms);

    return text ? json_string(text) : json_null();
}

/* What was written was an object; anything else is shown as an empty one rather than not at all. */
static json_t *summary_of(sqlite3_stmt *row)
{
    const char *text = (const char *)sqlite3_column_text(row, 2);
    json_t *summary = json_loads(text ? text : "", JSON_ALLOW_NUL, NULL);

    if (json_is_object(summary))
        return summary;
    json_decref(summary);
    return json_object();
}

int shelf_summary(Shelf *shelf, const char *id, json_t **ret)
{
    auto_reset sqlite3_stmt *row = shelf_bind(shelf, SHELF_RUN, id);
    int r = shelf_step(shelf, row);

    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? shelf_fail(shelf, SQLITE_NOTFOUND) : r;
    *ret = summary_of(row);
    return SQLITE_OK;
}

static int read_run(Shelf *shelf, const char *id, ArchiveRow *ret)
{
    auto_reset sqlite3_stmt *row = shelf_bind(shelf, SHELF_RUN, id);
    int r = shelf_step(shelf, row);

    if (r != SQLITE_ROW)
        return r;
    ret->status = shelf_column(row, 1);
    ret->summary = summary_of(row);
    json_object_set_new(ret->summary, "id", json_string(id));
    json_object_set_new(ret->summary, "experiment", text_or_null(row, 0));
    json_object_set_new(ret->summary, "status", text_or_null(row, 1));
    json_object_set_new(ret->summary, "label", json_null());
    json_object_set_new(ret->summary, "prediction", json_null());
    json_object_set_new(ret->summary, "created_at", time_or_null(sqlite3_column_int64(row, 3)));
    json_object_set_new(ret->summary, "asks", json_integer(sqlite3_column_int64(row, 4)));
    return r;
}

static int read_words(Shelf *shelf, const char *id, const char *owner, ArchiveRow *ret)
{
    auto_reset sqlite3_stmt *row = shelf_bind(shelf, SHELF_WORDS, id, owner);
    int r = shelf_step(shelf, row);

    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? SQLITE_OK : r;
    json_object_set_new(ret->summary, "label", text_or_null(row, 0));
    json_object_set_new(ret->summary, "prediction", text_or_null(row, 1));
    ret->owned = sqlite3_column_int(row, 2);
    ret->began = ret->owned && sqlite3_column_int(row, 3) == 0;
    return SQLITE_OK;
}

int shelf_row(Shelf *shelf, const char *id, const char *owner, ArchiveRow *ret)
{
    int r = read_run(shelf, id, ret);

    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? SQLITE_OK : r;
    return read_words(shelf, id, owner, ret);
}

sqlite3_stmt *shelf_bind_kinds(Shelf *shelf, const char *id, unsigned kinds)
{
    sqlite3_stmt *statement = shelf_bind(shelf, SHELF_TEXTS, id);

    sqlite3_bind_int64(statement, 2, kinds);
    return statement;
}

static int read_text(Shelf *shelf, sqlite3_stmt *row, char *ret[ARCHIVE_N_TEXTS])
{
    int i = ffs(sqlite3_column_int(row, 0)) - 1;
    int r;

    if (i < 0 || i >= ARCHIVE_N_TEXTS)
        return shelf_fail(shelf, SQLITE_CORRUPT);
    r = unpack_text(sqlite3_column_blob(row, 2), (size_t)sqlite3_column_bytes(row, 2),
        (size_t)sqlite3_column_int64(row, 1), &ret[i]);
    if (r < 0)
        return shelf_fail(shelf, r == -ENOMEM ? SQLITE_NOMEM : SQLITE_CORRUPT);
    return SQLITE_OK;
}

int shelf_texts(Shelf *shelf, const char *id, unsigned wanted, char *ret[ARCHIVE_N_TEXTS])
{
    auto_reset sqlite3_stmt *row = shelf_bind_kinds(shelf, id, wanted);
    int r = SQLITE_OK;

    while (!r && (r = shelf_step(shelf, row)) == SQLITE_ROW)
        r = read_text(shelf, row, ret);
    return r == SQLITE_DONE ? SQLITE_OK : r;
}

/* Always with an upper end, so that each way through is a search in an index. */
char *ids_sql(const ArchiveJob *filter)
{
    const char *id = filter->label ? "run" : "id";

    return text_printf("SELECT %s FROM %s WHERE %s%s%s%s < ? ORDER BY %s DESC", id,
        filter->label ? "asks" : "runs", filter->experiment ? "experiment = ? AND " : "",
        filter->status ? "status = ? AND " : "", filter->label ? "label = ? AND " : "", id, id);
}

static int prepare_ids(Ids *ids, const ArchiveJob *filter)
{
    static const char behind_all[] = "\xf4\x8f\xbf\xbf"; /* the last character there is */
    const char *const texts[] = {
        filter->experiment, filter->status, filter->label, filter->before ? filter->before : behind_all};
    auto_free char *sql = ids_sql(filter);
    int n_bound = 0;
    int r = sqlite3_prepare_v2(ids->shelf->db, sql, -1, &ids->statement, NULL);

    if (r)
        return shelf_fail(ids->shelf, r);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i])
            sqlite3_bind_text(ids->statement, ++n_bound, texts[i], -1, SQLITE_STATIC);
    return SQLITE_OK;
}

int ids_init(Ids *ids, Shelf *shelf, Shelf *above, const ArchiveJob *filter)
{
    int r;

    *ids = (Ids){.shelf = shelf, .above = above};
    r = prepare_ids(ids, filter);
    return r ? r : ids_next(ids);
}

/* Whether the current id is to be shown; two asks of one run may have the same label. */
static bool is_shown(Ids *ids, const char *last)
{
    auto_free char *status = NULL;

    if (last && strcmp(ids->id, last) == 0)
        return false;
    return !ids->above || shelf_status(ids->above, ids->id, &status) || !status;
}

int ids_next(Ids *ids)
{
    for (;;) {
        auto_free char *last = take_pointer(ids->id);
        int r = shelf_step(ids->shelf, ids->statement);

        if (r != SQLITE_ROW)
            return r == SQLITE_DONE ? SQLITE_OK : r;
        ids->id = shelf_column(ids->statement, 0);
        if (ids->id && is_shown(ids, last))
            return SQLITE_OK;
    }
}

void ids_finish(Ids *ids)
{
    sqlite3_finalize(ids->statement);
    free(ids->id);
    *ids = (Ids){0};
}
