/* Statements are prepared once and reset after use: one that is left in the middle would keep its transaction
 * open, and with it the write-ahead log growing. auto_reset sees to that on every way out. */
#include "runs/archive-shelf.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "runs/archive-schema.h"

#define HEAD "experiment, status, summary, created_ms, kinds, sum" /* as read_head() takes it */

/* Texts come first and in the order in which they are bound. Unfinished runs are few and found by an index.
 *
 * The plus sign in "+status" tells SQLite to use no index for this column: the oldest finished run is the
 * first one that fits in the order of ids, and is found there without a sort.
 *
 * Runs and asks are put by ON CONFLICT DO UPDATE. INSERT OR REPLACE would delete the old row before, and with
 * it, by the foreign keys, the asks and texts of the run. */
static const char *const sql_of[SHELF_N_STATEMENTS] = {
    [SHELF_ASKS] = "SELECT owner, label, question, prediction FROM asks WHERE run = ?1 ORDER BY number",
    [SHELF_COUNT] = "SELECT n_runs, (SELECT count(*) FROM runs WHERE status IN ('queued', 'running')),"
                    " (page_count - freelist_count) * page_size"
                    " FROM totals, pragma_page_count, pragma_freelist_count, pragma_page_size",
    [SHELF_DROP] = "DELETE FROM runs WHERE id = ?1",
    [SHELF_DROP_FINISHED] = "DELETE FROM runs WHERE status NOT IN ('queued', 'running')",
    /* No sum is negative, so what is read here will never fit. */
    [SHELF_LOSE] = "INSERT INTO runs (id, experiment, status, summary, created_ms, kinds, sum)"
                   " VALUES (?1, '', 'failed', '{}', 0, 0, -1) ON CONFLICT (id) DO UPDATE"
                   " SET status = excluded.status, sum = excluded.sum",
    [SHELF_NOTES] = "SELECT name, text FROM notes",
    [SHELF_OLDEST_FINISHED] = "SELECT id FROM runs WHERE +status NOT IN ('queued', 'running')"
                              " AND id > ?1 ORDER BY id LIMIT 1",
    [SHELF_PUT] = "INSERT INTO runs (id, experiment, status, summary, created_ms, kinds, sum)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE"
                  " SET experiment = excluded.experiment, status = excluded.status,"
                  " summary = excluded.summary, created_ms = excluded.created_ms,"
                  " kinds = excluded.kinds, sum = excluded.sum",
    /* The whole run is written again and again while others ask for it: what is the same costs a look. */
    [SHELF_PUT_ASK] = "INSERT INTO asks (run, experiment, status, owner, label, question, prediction, number)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (run, number) DO UPDATE"
                      " SET owner = excluded.owner, label = excluded.label, question = excluded.question,"
                      " prediction = excluded.prediction"
                      " WHERE owner IS NOT excluded.owner OR label IS NOT excluded.label COLLATE BINARY"
                      " OR question IS NOT excluded.question OR prediction IS NOT excluded.prediction",
    [SHELF_PUT_NOTE] = "INSERT OR REPLACE INTO notes (name, text) VALUES (?1, ?2)",
    [SHELF_PUT_TEXT] = "INSERT OR REPLACE INTO texts (run, kind, size, body) VALUES (?1, ?2, ?3, ?4)",
    [SHELF_RUN] = "SELECT " HEAD " FROM runs WHERE id = ?1",
    [SHELF_RUN_AT] = "SELECT " HEAD " FROM runs WHERE rowid = ?1",
    [SHELF_TEXT] = "SELECT size, body FROM texts WHERE run = ?1 AND kind = ?2",
    [SHELF_UNFINISHED] = "SELECT id FROM runs WHERE status IN ('queued', 'running') LIMIT 1",
};

int shelf_prepare(Shelf *shelf)
{
    for (int i = 0; i < SHELF_N_STATEMENTS; i++) {
        int r = sqlite3_prepare_v3(
            shelf->db, sql_of[i], -1, SQLITE_PREPARE_PERSISTENT, &shelf->statements[i], NULL);

        if (r)
            return shelf_fail(shelf, r);
    }
    return SQLITE_OK;
}

bool shelf_is_damage(int r)
{
    return (r & 0xff) == SQLITE_CORRUPT || (r & 0xff) == SQLITE_NOTADB;
}

int shelf_fail(Shelf *shelf, int r)
{
    bool of_file = (r & 0xff) == SQLITE_IOERR || (r & 0xff) == SQLITE_CANTOPEN;
    int error = of_file && shelf->db ? sqlite3_system_errno(shelf->db) : 0;

    if (error)
        snprintf(shelf->error, sizeof(shelf->error), "%s (%s)", sqlite3_errstr(r), strerror(error));
    else if ((r & 0xff) == SQLITE_ERROR)
        snprintf(shelf->error, sizeof(shelf->error), "%s", sqlite3_errmsg(shelf->db));
    else
        snprintf(shelf->error, sizeof(shelf->error), "%s", sqlite3_errstr(r));
    return r;
}

/* Makes a statement ready for the next time and lets go of the texts that were bound to it. */
static void reset_statement(sqlite3_stmt **statement)
{
    sqlite3_reset(*statement);
    sqlite3_clear_bindings(*statement);
}
#define auto_reset __attribute__((cleanup(reset_statement)))

/* Returns a statement with texts bound to its first parameters; NULL is SQL's NULL. */
#define bind(shelf, which, ...)                                                                              \
    bind_texts(shelf, which, (const char *const[]){__VA_ARGS__},                                             \
        ARRAY_LENGTH(((const char *const[]){__VA_ARGS__})))
static sqlite3_stmt *bind_texts(Shelf *shelf, ShelfStatement which, const char *const texts[], size_t n_texts)
{
    sqlite3_stmt *statement = shelf->statements[which];

    for (size_t i = 0; i < n_texts; i++)
        sqlite3_bind_text(statement, (int)i + 1, texts[i], -1, SQLITE_STATIC);
    return statement;
}

/* Goes to the next row: SQLITE_ROW, SQLITE_DONE or an error. */
static int step_row(Shelf *shelf, sqlite3_stmt *statement)
{
    int r = sqlite3_step(statement);

    return r == SQLITE_ROW || r == SQLITE_DONE ? r : shelf_fail(shelf, r);
}

/* For a statement that has no more rows to give: its end is success. */
static int done(int r)
{
    return r == SQLITE_DONE ? SQLITE_OK : r;
}

/* Runs a statement that writes, and resets it. */
static int run_statement(Shelf *shelf, sqlite3_stmt *statement)
{
    auto_reset sqlite3_stmt *used = statement;

    return done(step_row(shelf, used));
}

/* NULL where the column is NULL or there is no memory. The text belongs to the row and is gone with the
 * next step. */
static const char *column(sqlite3_stmt *row, int i)
{
    return (const char *)sqlite3_column_text(row, i);
}

static char *copy_column(sqlite3_stmt *row, int i)
{
    return text_copy(column(row, i));
}

/* Goes to the only row, reads its first column and resets the statement; without a row *ret is NULL. */
static int take_text(Shelf *shelf, sqlite3_stmt *statement, char **ret)
{
    auto_reset sqlite3_stmt *used = statement;
    int r = step_row(shelf, used);

    if (r != SQLITE_ROW && r != SQLITE_DONE)
        return r;
    *ret = r == SQLITE_ROW ? copy_column(used, 0) : NULL;
    return SQLITE_OK;
}

int shelf_exec(Shelf *shelf, const char *sql)
{
    int r = sqlite3_exec(shelf->db, sql, NULL, NULL, NULL);

    return r ? shelf_fail(shelf, r) : SQLITE_OK;
}

int shelf_exec_number(Shelf *shelf, const char *sql, int64_t *ret)
{
    sqlite3_stmt *statement;
    int r = sqlite3_prepare_v2(shelf->db, sql, -1, &statement, NULL);

    if (r)
        return shelf_fail(shelf, r);
    r = step_row(shelf, statement);
    if (r == SQLITE_ROW)
        *ret = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return r == SQLITE_ROW ? SQLITE_OK : r == SQLITE_DONE ? shelf_fail(shelf, SQLITE_NOTFOUND) : r;
}

void shelf_rollback(Shelf *shelf)
{
    /* Some errors have SQLite roll back by itself. */
    if (!sqlite3_get_autocommit(shelf->db))
        sqlite3_exec(shelf->db, "ROLLBACK", NULL, NULL, NULL);
}

/* *ret_sum is negative for a run that was lost, and *ret_summed false for one that an older version wrote. */
static int read_head(
    Shelf *shelf, sqlite3_stmt *head, const char *id, KeptRun **ret, int64_t *ret_sum, bool *ret_summed)
{
    auto_reset sqlite3_stmt *row = head;
    int r = step_row(shelf, row);

    *ret = NULL;
    if (r != SQLITE_ROW)
        return done(r);
    if (!column(row, 0) || !column(row, 1) || !column(row, 2))
        return shelf_fail(shelf, SQLITE_CORRUPT); /* the tables allow no such thing */
    *ret = kept_run_new(id);
    kept_run_set(*ret, sqlite3_column_int64(row, 3), column(row, 0), column(row, 1), column(row, 2));
    (*ret)->kinds = (unsigned)sqlite3_column_int(row, 4);
    (*ret)->on_disk = ON_DISK_ALL;
    *ret_summed = sqlite3_column_type(row, 5) != SQLITE_NULL;
    *ret_sum = sqlite3_column_int64(row, 5);
    return SQLITE_OK;
}

static int read_asks(Shelf *shelf, KeptRun *run)
{
    auto_reset sqlite3_stmt *row = bind(shelf, SHELF_ASKS, run->id);
    int r;

    while ((r = step_row(shelf, row)) == SQLITE_ROW) {
        if (!column(row, 0))
            return shelf_fail(shelf, SQLITE_CORRUPT);
        asks_add(&run->asks, column(row, 0), &(AskWords){column(row, 1), column(row, 2), column(row, 3)});
    }
    return done(r);
}

static int read_run(Shelf *shelf, sqlite3_stmt *head, const char *id, KeptRun **ret)
{
    KeptRun *run;
    int64_t sum = 0;
    bool summed = false;
    int r = read_head(shelf, head, id, &run, &sum, &summed);

    if (!r && run) {
        r = read_asks(shelf, run);
        if (!r && summed && sum != kept_run_sum(run))
            r = shelf_fail(shelf, SQLITE_CORRUPT);
        if (r)
            kept_run_free(run);
    }
    if (!r && run && shelf->read_only && !kept_run_is_over(run))
        kept_run_interrupt(run, SHELF_INTERRUPTED);
    if (!r)
        *ret = run;
    return r;
}

int shelf_read(Shelf *shelf, const char *id, KeptRun **ret)
{
    return read_run(shelf, bind(shelf, SHELF_RUN, id), id, ret);
}

int shelf_read_at(Shelf *shelf, int64_t place, const char *id, KeptRun **ret)
{
    sqlite3_stmt *head = shelf->statements[SHELF_RUN_AT];

    sqlite3_bind_int64(head, 1, place);
    return read_run(shelf, head, id, ret);
}

bool shelf_has(Shelf *shelf, const char *id)
{
    auto_reset sqlite3_stmt *row = bind(shelf, SHELF_RUN, id);

    return step_row(shelf, row) == SQLITE_ROW;
}

int shelf_read_text(Shelf *shelf, const char *id, int i, char **ret)
{
    auto_reset sqlite3_stmt *row = bind(shelf, SHELF_TEXT, id);
    int r;

    sqlite3_bind_int(row, 2, 1 << i);
    r = step_row(shelf, row);
    if (r != SQLITE_ROW)
        return done(r);
    r = kept_text_unpack(sqlite3_column_blob(row, 1), (size_t)sqlite3_column_bytes(row, 1),
        (size_t)sqlite3_column_int64(row, 0), ret);
    if (r < 0)
        return shelf_fail(shelf, r == -ENOMEM ? SQLITE_NOMEM : SQLITE_CORRUPT);
    return SQLITE_OK;
}

static int write_head(Shelf *shelf, const KeptRun *run)
{
    sqlite3_stmt *statement = bind(shelf, SHELF_PUT, run->id, run->experiment, run->status, run->summary);

    sqlite3_bind_int64(statement, 5, run->created_ms);
    sqlite3_bind_int(statement, 6, (int)run->kinds);
    sqlite3_bind_int64(statement, 7, kept_run_sum(run));
    return run_statement(shelf, statement);
}

static int write_ask(Shelf *shelf, const KeptRun *run, const Ask *ask, int64_t number)
{
    sqlite3_stmt *statement = bind(shelf, SHELF_PUT_ASK, run->id, run->experiment, run->status, ask->owner,
        ask->label, ask->question, ask->prediction);

    sqlite3_bind_int64(statement, 8, number);
    return run_statement(shelf, statement);
}

static int write_text(Shelf *shelf, const KeptRun *run, int i)
{
    const KeptText *text = &run->texts[i];
    sqlite3_stmt *statement = bind(shelf, SHELF_PUT_TEXT, run->id);

    sqlite3_bind_int(statement, 2, 1 << i);
    sqlite3_bind_int64(statement, 3, (int64_t)text->size);
    sqlite3_bind_blob64(statement, 4, text->packed, text->packed_size, SQLITE_STATIC);
    return run_statement(shelf, statement);
}

int shelf_write(Shelf *shelf, const KeptRun *run)
{
    const Ask *ask;
    int64_t number = 0;
    int r = write_head(shelf, run);

    STAILQ_FOREACH (ask, &run->asks, link)
        if (!r)
            r = write_ask(shelf, run, ask, number++);
    for (int i = 0; !r && i < ARCHIVE_N_TEXTS; i++)
        if (run->texts[i].packed)
            r = write_text(shelf, run, i);
    return r;
}

int shelf_lose(Shelf *shelf, const char *id)
{
    return run_statement(shelf, bind(shelf, SHELF_LOSE, id));
}

int shelf_drop(Shelf *shelf, const char *id)
{
    return run_statement(shelf, bind(shelf, SHELF_DROP, id));
}

int shelf_unfinished(Shelf *shelf, char **ret_id)
{
    return take_text(shelf, shelf->statements[SHELF_UNFINISHED], ret_id);
}

int shelf_drop_finished(Shelf *shelf, int64_t *ret_n)
{
    int r = run_statement(shelf, shelf->statements[SHELF_DROP_FINISHED]);

    if (!r)
        *ret_n = sqlite3_changes(shelf->db);
    return r;
}

int shelf_read_notes(Shelf *shelf, Notes *notes)
{
    auto_reset sqlite3_stmt *row = shelf->statements[SHELF_NOTES];
    int r;

    while ((r = step_row(shelf, row)) == SQLITE_ROW)
        if (column(row, 0) && column(row, 1))
            notes_set(notes, column(row, 0), column(row, 1))->saved = true;
    return done(r);
}

int shelf_write_note(Shelf *shelf, const Note *note)
{
    return run_statement(shelf, bind(shelf, SHELF_PUT_NOTE, note->name, note->text));
}

int shelf_oldest_finished(Shelf *shelf, const char *after, char **ret_id)
{
    return take_text(shelf, bind(shelf, SHELF_OLDEST_FINISHED, after), ret_id);
}

int shelf_count(Shelf *shelf, ShelfCounts *ret)
{
    auto_reset sqlite3_stmt *row = shelf->statements[SHELF_COUNT];
    int r = step_row(shelf, row);

    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? shelf_fail(shelf, SQLITE_CORRUPT) : r;
    *ret = (ShelfCounts){
        .n_runs = sqlite3_column_int64(row, 0),
        .n_finished = sqlite3_column_int64(row, 0) - sqlite3_column_int64(row, 1),
        .n_bytes = sqlite3_column_int64(row, 2),
    };
    return SQLITE_OK;
}

/* Always with an upper end, so that each way through is a search in an index. The label of a run is in
 * its asks, so with a label the list is taken from there; else from runs. SQLite then has one index for
 * each combination of filters, see archive-schema.c. */
char *ids_sql(const ArchiveFilter *filter)
{
    const char *id = filter->label ? "run" : "id";

    return text_printf("SELECT %s FROM %s WHERE %s%s%s%s < ? ORDER BY %s DESC", id,
        filter->label ? "asks" : "runs", filter->experiment ? "experiment = ? AND " : "",
        filter->status ? "status = ? AND " : "", filter->label ? "label = ? AND " : "", id, id);
}

static int prepare_ids(Ids *ids, const ArchiveFilter *filter)
{
    static const char behind_all[] = "\xf4\x8f\xbf\xbf"; /* the last character there is */
    const char *const texts[] = {
        filter->experiment, filter->status, filter->label, filter->before ? filter->before : behind_all};
    auto_free char *sql = ids_sql(filter);
    int n_bound = 0;
    int r = sqlite3_prepare_v2(ids->shelf->db, sql, -1, &ids->statement, NULL);

    if (r)
        return shelf_fail(ids->shelf, r);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (texts[i])
            sqlite3_bind_text(ids->statement, ++n_bound, texts[i], -1, SQLITE_STATIC);
    return SQLITE_OK;
}

int ids_init(Ids *ids, Shelf *shelf, const ArchiveFilter *filter)
{
    int r;

    *ids = (Ids){.shelf = shelf};
    r = prepare_ids(ids, filter);
    return r ? r : ids_next(ids);
}

/* Two asks of one run may have the same label: the run is shown once. */
int ids_next(Ids *ids)
{
    auto_free char *last = take_pointer(ids->id);
    int r;

    while ((r = step_row(ids->shelf, ids->statement)) == SQLITE_ROW) {
        auto_free char *id = copy_column(ids->statement, 0);

        if (!id || (last && strcmp(id, last) == 0))
            continue;
        ids->id = take_pointer(id);
        return SQLITE_OK;
    }
    return done(r);
}

void ids_finish(Ids *ids)
{
    sqlite3_finalize(ids->statement);
    free(ids->id);
    *ids = (Ids){0};
}
