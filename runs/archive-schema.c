/* Whose file is it, is it sound, and which version has it? In this order, and nothing is written before all
 * is answered: a path that was mistyped must not turn another program's database into ours, and a newer
 * server's archive must survive a visit by an older one. */
#include "runs/archive-schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

enum {
    APPLICATION_ID = 0x67696c73, /* "gils" */
    BUSY_MS = 2000,              /* somebody looks into the file with another program */
};

/* Step i leads from version i to i + 1. A step that was released is never changed. */
static const char *const steps[] = {
    /* Large texts have a table of their own, so that the pages of runs hold many of them. */
    "CREATE TABLE runs ("
    " id TEXT NOT NULL PRIMARY KEY, created_ms INTEGER NOT NULL, experiment TEXT NOT NULL,"
    " status TEXT NOT NULL, summary TEXT NOT NULL);"
    "CREATE TABLE asks ("
    " run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, number INTEGER NOT NULL,"
    " owner TEXT NOT NULL, label TEXT COLLATE NOCASE, prediction TEXT,"
    " PRIMARY KEY (run, number), UNIQUE (run, owner)) WITHOUT ROWID;"
    "CREATE TABLE texts ("
    " run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, kind INTEGER NOT NULL,"
    " size INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, kind));",

    /* Each combination of filters finds its page in one index, newest first. For a label that is in asks,
     * which therefore repeat what they can be filtered by. */
    "ALTER TABLE asks ADD COLUMN experiment TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE asks ADD COLUMN status TEXT NOT NULL DEFAULT '';"
    "UPDATE asks SET (experiment, status) = (SELECT experiment, status FROM runs WHERE id = run);"
    "CREATE TRIGGER asks_status AFTER UPDATE OF status ON runs BEGIN"
    " UPDATE asks SET status = new.status WHERE run = new.id; END;"
    /* Counting them each time a run ends would take longer the more there are. */
    "CREATE TABLE totals (n_runs INTEGER NOT NULL);"
    "INSERT INTO totals SELECT count(*) FROM runs;"
    "CREATE TRIGGER totals_more AFTER INSERT ON runs BEGIN UPDATE totals SET n_runs = n_runs + 1; END;"
    "CREATE TRIGGER totals_less AFTER DELETE ON runs BEGIN UPDATE totals SET n_runs = n_runs - 1; END;"
    "CREATE INDEX runs_experiment ON runs (experiment, id);"
    "CREATE INDEX runs_status ON runs (status, id);"
    "CREATE INDEX runs_experiment_status ON runs (experiment, status, id);"
    "CREATE INDEX asks_label ON asks (label, run) WHERE label IS NOT NULL;"
    "CREATE INDEX asks_label_experiment ON asks (label, experiment, run) WHERE label IS NOT NULL;"
    "CREATE INDEX asks_label_status ON asks (label, status, run) WHERE label IS NOT NULL;"
    "CREATE INDEX asks_label_experiment_status ON asks (label, experiment, status, run)"
    " WHERE label IS NOT NULL;",

    /* A headline once named the cell with the most extreme figure, whether or not that figure bore a verdict:
     * "processes took 1.10 times the serial time" of a cell that cannot tell. The list would go on saying so
     * for as long as the run is kept. Made anew it could be only from the text of each run, which may be
     * thousands of large ones before the first request is answered. So these runs have none; what is right
     * stands in the run itself. What is not JSON is left for the reader to judge. */
    ("UPDATE runs SET summary = json_replace(summary, '$.headline', NULL)"
     " WHERE CASE WHEN json_valid(summary) THEN json_type(summary, '$.headline') = 'object' END;"),

    /* Predictions were any text. Now they are choices of a question; those without a question are still such
     * texts. */
    "ALTER TABLE asks ADD COLUMN question TEXT;",

    "CREATE TABLE notes (name TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL);",

    /* A run that is read is known to be the one that was written: by its sum, and by which texts it must
     * have. Those that are there already have no sum until they are written again. */
    "ALTER TABLE runs ADD COLUMN kinds INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE runs ADD COLUMN sum INTEGER;"
    "UPDATE runs SET kinds = (SELECT ifnull(sum(kind), 0) FROM texts WHERE run = id);",
};
enum { N_STEPS = ARRAY_LENGTH(steps) };

static int refuse_file(Shelf *shelf, const char *words)
{
    snprintf(shelf->error, sizeof(shelf->error), "%s", words);
    return SQLITE_MISMATCH;
}

/* An empty file has no tables, no application id and no version: that is a new one, and ours to fill. Any
 * other database without our id belongs to somebody. The order decides which message a person gets:
 * another program's file is not called read-only or too new. */
static int check_owner(Shelf *shelf, int64_t *ret_version)
{
    int64_t application = 0, n_tables = 0;
    int r = shelf_exec_number(shelf, "PRAGMA application_id", &application);

    if (!r)
        r = shelf_exec_number(shelf, "SELECT count(*) FROM sqlite_master", &n_tables);
    if (!r)
        r = shelf_exec_number(shelf, "PRAGMA user_version", ret_version);
    if (r)
        return r;
    if (application != APPLICATION_ID && (application || n_tables || *ret_version))
        return refuse_file(shelf, "is a database of another program");
    if (*ret_version < 0)
        return shelf_fail(shelf, SQLITE_CORRUPT);
    if (*ret_version > N_STEPS)
        return refuse_file(shelf, "was made by a newer version");
    if (!shelf->read_only && sqlite3_db_readonly(shelf->db, "main") == 1)
        return shelf_fail(shelf, SQLITE_READONLY);
    return SQLITE_OK;
}

/* Reads a file that is not too large from end to end, and asks of each index whether it has every row: the
 * first fault is enough. How many faults are wanted is not said by the pragma's argument, because SQLite 3.46
 * takes it for the name of a table when it is given in a query. */
static int check_pages(Shelf *shelf)
{
    int64_t n_bytes = 0, n_faults = 0;
    int r = shelf_exec_number(
        shelf, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &n_bytes);

    if (r || n_bytes > SHELF_MAX_CHECKED_BYTES)
        return r;
    r = shelf_exec_number(shelf,
        "SELECT EXISTS (SELECT 1 FROM pragma_integrity_check WHERE integrity_check <> 'ok')", &n_faults);
    return !r && n_faults ? shelf_fail(shelf, SQLITE_CORRUPT) : r;
}

/* All steps and the two marks are in the transaction that begin_to_use() has begun: a server that is
 * killed in the middle leaves the file as it was. */
static int migrate(Shelf *shelf, int64_t version)
{
    int r = SQLITE_OK;

    for (int64_t i = version; !r && i < N_STEPS; i++)
        r = shelf_exec(shelf, steps[i]);
    if (!r && version < N_STEPS) {
        auto_free char *sql = text_printf(
            "PRAGMA application_id = %d; PRAGMA user_version = %d", (int)APPLICATION_ID, (int)N_STEPS);

        r = shelf_exec(shelf, sql);
    }
    return r;
}

static int mark_one(Shelf *shelf, const char *id)
{
    KeptRun *run = NULL;
    int r = shelf_read(shelf, id, &run);

    if (shelf_is_damage(r))
        return shelf_lose(shelf, id);
    if (r || !run)
        return r ? r : shelf_fail(shelf, SQLITE_CORRUPT); /* its id was read a moment ago */
    kept_run_interrupt(run, SHELF_INTERRUPTED);
    r = shelf_write(shelf, run);
    kept_run_free(run);
    return r;
}

static int mark_interrupted(Shelf *shelf)
{
    for (;;) {
        auto_free char *id = NULL;
        int r = shelf_unfinished(shelf, &id);

        if (r || !id)
            return r;
        r = mark_one(shelf, id);
        if (r)
            return r;
    }
}

/* The tables are not what their version says: that is as good as damaged. */
static int judge_tables(int r)
{
    return r == SQLITE_ERROR ? SQLITE_CORRUPT : r;
}

/* By it the oldest runs are removed: one wrong bit of it could take all of them. */
static int count_again(Shelf *shelf)
{
    return shelf_exec(shelf, "UPDATE totals SET n_runs = (SELECT count(*) FROM runs)"
                             " WHERE n_runs <> (SELECT count(*) FROM runs)");
}

/* With a busy timeout, so that all that follows waits for another program's transaction instead of failing at
 * once. */
static int open_file(Shelf *shelf, const char *path, int flags)
{
    int r;

    *shelf = (Shelf){0};
    r = sqlite3_open_v2(path, &shelf->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (r)
        return shelf_fail(shelf, r);
    sqlite3_extended_result_codes(shelf->db, 1);
    sqlite3_busy_timeout(shelf->db, BUSY_MS);
    return SQLITE_OK;
}

/* The modes come after the checks, because switching to the write-ahead log writes to the file. foreign_keys
 * is off in SQLite unless each connection turns it on, and without it a removed run would leave its texts
 * behind for ever. */
static int begin_to_use(Shelf *shelf)
{
    int64_t version;
    int r;

    r = check_owner(shelf, &version);
    if (!r)
        r = check_pages(shelf);
    if (!r)
        r = shelf_exec(shelf, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                              " PRAGMA journal_size_limit = 8388608; PRAGMA cache_size = -8192;"
                              " PRAGMA foreign_keys = ON;"
                              " BEGIN IMMEDIATE");
    if (!r)
        r = judge_tables(migrate(shelf, version));
    if (!r)
        r = judge_tables(shelf_prepare(shelf));
    if (!r)
        r = count_again(shelf);
    if (!r)
        r = mark_interrupted(shelf);
    if (!r)
        r = shelf_exec(shelf, "COMMIT");
    return r;
}

int shelf_open(Shelf *shelf, const char *path)
{
    int r = open_file(shelf, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

    if (!r)
        r = begin_to_use(shelf);
    if (r)
        shelf_close(shelf, true);
    return r;
}

/* The tables are brought to today's version all the same, in a transaction that is never committed and does
 * not leave memory. */
static int begin_to_read(Shelf *shelf)
{
    int64_t version;
    int r = check_owner(shelf, &version);

    if (!r)
        r = shelf_exec(shelf, version < N_STEPS ? "PRAGMA cache_spill = OFF; BEGIN IMMEDIATE" : "BEGIN");
    if (!r)
        r = migrate(shelf, version);
    return r ? r : shelf_prepare(shelf);
}

int shelf_open_damaged(Shelf *shelf, const char *path)
{
    int r = open_file(shelf, path, SQLITE_OPEN_READWRITE);

    if (!r)
        r = begin_to_read(shelf);
    if (r)
        shelf_close(shelf, true);
    return r;
}

/* SQLite's name for a file that cannot be written. Without a log nobody will change it, and SQLite need not
 * look for locks beside it, which it could not make there. With a log, as a server that was killed leaves it,
 * it reads both. */
static char *name_read_only(const char *path)
{
    auto_free char *all = NULL, *log = text_printf("%s-wal", path);
    char *escaped = text_copy("");

    for (const char *c = path; *c; c++) {
        auto_free char *shorter = escaped;

        escaped = text_printf(strchr("%?#", *c) ? "%s%%%02X" : "%s%c", shorter, (unsigned char)*c);
    }
    all = escaped;
    return text_printf("file:%s?%s", all, access(log, F_OK) == 0 ? "mode=ro" : "immutable=1");
}

/* Of a file of an older version, known as `old`, all but the texts of runs is copied into the tables of its
 * version in memory, so that they can be brought to today's there. The texts, by far the most of it, are read
 * where they are: they have been the same since the first version. Nothing is ever written to them; the
 * trigger is there because the statements that would write are prepared all the same. */
static int copy_older(Shelf *shelf, int64_t version)
{
    sqlite3_stmt *row = NULL;
    int r = SQLITE_OK;

    for (int64_t i = 0; !r && i < version; i++)
        r = shelf_exec(shelf, steps[i]);
    if (!r)
        r = sqlite3_prepare_v2(shelf->db,
            "SELECT group_concat('INSERT INTO main.' || name || ' SELECT * FROM old.' || name, ';')"
            " FROM main.sqlite_master WHERE type = 'table' AND name NOT IN ('texts', 'totals')",
            -1, &row, NULL);
    if (!r && sqlite3_step(row) == SQLITE_ROW)
        r = shelf_exec(shelf, (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    return r ? r
             : shelf_exec(shelf, "CREATE TEMP VIEW texts AS SELECT * FROM old.texts;"
                                 "CREATE TEMP TRIGGER no_texts INSTEAD OF INSERT ON texts"
                                 " BEGIN SELECT raise(ABORT, 'read-only'); END");
}

static int open_older(Shelf *shelf, const char *path, int64_t version)
{
    auto_free char *name = name_read_only(path);
    char *attach = sqlite3_mprintf("ATTACH %Q AS old", name);
    int r = open_file(shelf, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI);

    if (!r)
        r = shelf_exec(shelf, attach);
    sqlite3_free(attach);
    if (!r)
        r = copy_older(shelf, version);
    if (!r)
        r = migrate(shelf, version);
    return judge_tables(r);
}

int shelf_open_read_only(Shelf *shelf, const char *path)
{
    auto_free char *name = name_read_only(path);
    int64_t version = 0;
    int r = open_file(shelf, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);

    shelf->read_only = true;
    if (!r)
        r = check_owner(shelf, &version);
    if (!r && version > 0 && version < N_STEPS) {
        shelf_close(shelf, true);
        r = open_older(shelf, path, version);
        shelf->read_only = true;
    }
    if (!r)
        r = judge_tables(shelf_prepare(shelf));
    if (r)
        shelf_close(shelf, true);
    return r;
}

void shelf_close(Shelf *shelf, bool as_it_is)
{
    int r;

    if (shelf->db && as_it_is)
        sqlite3_db_config(shelf->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    for (int i = 0; i < SHELF_N_STATEMENTS; i++) {
        sqlite3_finalize(shelf->statements[i]);
        shelf->statements[i] = NULL;
    }
    r = sqlite3_close(shelf->db);
    assert(r == SQLITE_OK); /* no statement is left */
    shelf->db = NULL;
}
