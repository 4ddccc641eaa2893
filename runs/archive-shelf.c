#include "runs/archive-shelf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Texts come first and in the order in which they are bound. Unfinished runs are few and found by an index.
 */
static const char *const sql_of[SHELF_N_STATEMENTS] = {
    /* Whoever asks again keeps his place. */
    [SHELF_ASK] = "INSERT INTO asks (run, number, owner, label, prediction, experiment, status)"
                  " SELECT id, (SELECT count(*) FROM asks WHERE run = ?1), ?2, ?3, ?4, experiment, status"
                  " FROM runs WHERE id = ?1"
                  " ON CONFLICT (run, owner) DO UPDATE"
                  " SET label = excluded.label, prediction = excluded.prediction",
    [SHELF_ASKS] = "SELECT owner, label, prediction FROM asks WHERE run = ?1 ORDER BY number",
    [SHELF_CHANGE] = "UPDATE runs SET status = ?2, summary = ?3 WHERE id = ?1",
    [SHELF_COUNT] = "SELECT n_runs FROM totals",
    [SHELF_COUNT_UNFINISHED] = "SELECT count(*) FROM runs WHERE status IN ('queued', 'running')",
    [SHELF_DROP] = "DELETE FROM runs WHERE id = ?1",
    [SHELF_KEEP_TEXT] = "INSERT OR REPLACE INTO texts (run, kind, size, body) VALUES (?1, ?2, ?3, ?4)",
    [SHELF_OLDEST_FINISHED] = "SELECT id FROM runs WHERE +status NOT IN ('queued', 'running')"
                              " AND id IS NOT ?1 ORDER BY id LIMIT 1",
    [SHELF_PUT] = "INSERT INTO runs (id, experiment, status, summary, created_ms)"
                  " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE"
                  " SET experiment = excluded.experiment, status = excluded.status,"
                  " summary = excluded.summary, created_ms = excluded.created_ms",
    /* Without an owner, that of the first. */
    [SHELF_RELABEL] = "UPDATE asks SET label = ?3 WHERE run = ?1 AND number ="
                      " CASE WHEN ?2 IS NULL THEN 0"
                      " ELSE (SELECT number FROM asks WHERE run = ?1 AND owner = ?2) END",
    [SHELF_RUN] = "SELECT experiment, status, summary, created_ms,"
                  " (SELECT count(*) FROM asks WHERE run = ?1) FROM runs WHERE id = ?1",
    [SHELF_TEXTS] = "SELECT kind, size, body FROM texts WHERE run = ?1 AND kind & ?2",
    [SHELF_UNFINISHED] = "SELECT id FROM runs WHERE status IN ('queued', 'running') LIMIT 1",
    [SHELF_USED_BYTES] = "SELECT (page_count - freelist_count) * page_size"
                         " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
    /* Those of the owner if he asked, else those of the first. */
    [SHELF_WORDS] = "SELECT label, prediction, owner IS ?2, number FROM asks WHERE run = ?1 AND number ="
                    " coalesce((SELECT number FROM asks WHERE run = ?1 AND owner = ?2), 0)",
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

int shelf_exec(Shelf *shelf, const char *sql)
{
    int r = sqlite3_exec(shelf->db, sql, NULL, NULL, NULL);

    return r ? shelf_fail(shelf, r) : SQLITE_OK;
}

/* Either output may be NULL. */
static int exec_one(Shelf *shelf, const char *sql, int64_t *ret_number, char **ret_text)
{
    sqlite3_stmt *statement;
    int r = sqlite3_prepare_v2(shelf->db, sql, -1, &statement, NULL);

    if (r)
        return shelf_fail(shelf, r);
    if (ret_number)
        r = shelf_take_number(shelf, statement, ret_number);
    else
        r = shelf_take_text(shelf, statement, ret_text);
    sqlite3_finalize(statement);
    return r;
}

int shelf_exec_number(Shelf *shelf, const char *sql, int64_t *ret)
{
    return exec_one(shelf, sql, ret, NULL);
}

int shelf_exec_text(Shelf *shelf, const char *sql, char **ret)
{
    return exec_one(shelf, sql, NULL, ret);
}

void shelf_rollback(Shelf *shelf)
{
    /* Some errors have SQLite roll back by itself. */
    if (!sqlite3_get_autocommit(shelf->db))
        sqlite3_exec(shelf->db, "ROLLBACK", NULL, NULL, NULL);
}

sqlite3_stmt *shelf_bind_texts(Shelf *shelf, ShelfStatement which, const char *const texts[], int n_texts)
{
    sqlite3_stmt *statement = shelf->statements[which];

    for (int i = 0; i < n_texts; i++)
        sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC);
    return statement;
}

int shelf_step(Shelf *shelf, sqlite3_stmt *statement)
{
    int r = sqlite3_step(statement);

    return r == SQLITE_ROW || r == SQLITE_DONE ? r : shelf_fail(shelf, r);
}

int shelf_take_text(Shelf *shelf, sqlite3_stmt *statement, char **ret)
{
    auto_reset sqlite3_stmt *used = statement;
    int r = shelf_step(shelf, used);

    if (r != SQLITE_ROW && r != SQLITE_DONE)
        return r;
    *ret = r == SQLITE_ROW ? shelf_column(used, 0) : NULL;
    return SQLITE_OK;
}

int shelf_take_number(Shelf *shelf, sqlite3_stmt *statement, int64_t *ret)
{
    auto_reset sqlite3_stmt *used = statement;
    int r = shelf_step(shelf, used);

    if (r == SQLITE_ROW)
        *ret = sqlite3_column_int64(used, 0);
    return r == SQLITE_ROW ? SQLITE_OK : r == SQLITE_DONE ? shelf_fail(shelf, SQLITE_NOTFOUND) : r;
}

int shelf_run(Shelf *shelf, sqlite3_stmt *statement, bool *ret_found)
{
    auto_reset sqlite3_stmt *used = statement;
    int r = shelf_step(shelf, used);

    if (r != SQLITE_DONE)
        return r;
    if (ret_found)
        *ret_found = sqlite3_changes(shelf->db) > 0;
    return SQLITE_OK;
}

char *shelf_column(sqlite3_stmt *statement, int i)
{
    const char *text = (const char *)sqlite3_column_text(statement, i);
    char *copy = text ? strdup(text) : NULL;

    assert(copy || !text);
    return copy;
}
