/* One wrong bit may cut off a page, and with it all that SQLite reaches through it: a walk through a table
 * ends there. So each table is walked through in four ways, by its rows and by its index, from either end. A
 * run is taken from the first way that leads to a row with a sum that fits; where the id in the row is what
 * was damaged, the index still has the right one, and the other way round. What no way leads to whole, but
 * one has a name for, is put down as lost, so that whoever asks for it is told. */
#include "runs/archive-salvage.h"

#include "base/cleanup.h"

enum { N_WAYS = 4 };

static const char *const run_ways[N_WAYS] = {
    "SELECT rowid, id FROM runs NOT INDEXED ORDER BY rowid",
    "SELECT rowid, id FROM runs NOT INDEXED ORDER BY rowid DESC",
    "SELECT rowid, id FROM runs INDEXED BY sqlite_autoindex_runs_1 ORDER BY id",
    "SELECT rowid, id FROM runs INDEXED BY sqlite_autoindex_runs_1 ORDER BY id DESC",
};

/* They lie in their index. A wrong key there leads a search for other keys astray, but not a walk. */
static const char *const ask_ways[N_WAYS] = {
    "SELECT run, number, owner, label, question, prediction FROM asks ORDER BY run, number",
    "SELECT run, number, owner, label, question, prediction FROM asks ORDER BY run DESC, number DESC",
};

static const char *const text_ways[N_WAYS] = {
    "SELECT rowid, run, kind FROM texts NOT INDEXED ORDER BY rowid",
    "SELECT rowid, run, kind FROM texts NOT INDEXED ORDER BY rowid DESC",
    "SELECT rowid, run, kind FROM texts INDEXED BY sqlite_autoindex_texts_1 ORDER BY run, kind",
    "SELECT rowid, run, kind FROM texts INDEXED BY sqlite_autoindex_texts_1 ORDER BY run DESC, kind DESC",
};

typedef enum SalvageStatement {
    FIND,
    FOUND,
    IS_TAKEN,
    TAKE,
    IS_WANTED,
    BODY,
    PUT,
    N_STATEMENTS,
} SalvageStatement;

static const struct {
    bool of_old; /* said to the damaged shelf */
    const char *sql;
} statements[N_STATEMENTS] = {
    [FIND] = {false, "INSERT OR IGNORE INTO found VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
    [FOUND] = {false, "SELECT owner, label, question, prediction FROM found WHERE run = ?1 ORDER BY number"},
    [IS_TAKEN] = {false, "SELECT 1 FROM taken WHERE place = ?1"},
    [TAKE] = {false, "INSERT INTO taken VALUES (?1)"},
    [IS_WANTED] = {false, "SELECT 1 FROM runs WHERE id = ?1 AND kinds & ?2"
                          " AND NOT EXISTS (SELECT 1 FROM texts WHERE run = ?1 AND kind = ?2)"},
    [BODY] = {true, "SELECT size, body FROM texts WHERE rowid = ?1"},
    [PUT] = {false, "INSERT INTO texts (run, kind, size, body) VALUES (?1, ?2, ?3, ?4)"},
};

typedef struct Salvage {
    Shelf *from, *to;
    sqlite3_stmt *statements[N_STATEMENTS];
} Salvage;

/* Takes one row of a way over; an error is one of the new shelf. */
typedef int (*Bring)(Salvage *salvage, sqlite3_stmt *row);

static int walk(Salvage *salvage, const char *const ways[static N_WAYS], Bring bring)
{
    int r = SQLITE_OK;

    for (int i = 0; !r && i < N_WAYS && ways[i]; i++) {
        sqlite3_stmt *row = NULL;

        sqlite3_prepare_v2(salvage->from->db, ways[i], -1, &row, NULL);
        while (!r && sqlite3_step(row) == SQLITE_ROW)
            r = bring(salvage, row);
        sqlite3_finalize(row);
    }
    return r;
}

/* Whether a statement whose parameters are bound gives a row. */
static bool says_yes(sqlite3_stmt *statement)
{
    bool yes = sqlite3_step(statement) == SQLITE_ROW;

    sqlite3_reset(statement);
    return yes;
}

static int run_on_new(Salvage *salvage, sqlite3_stmt *statement)
{
    int r = sqlite3_step(statement);

    sqlite3_reset(statement);
    return r == SQLITE_DONE ? SQLITE_OK : shelf_fail(salvage->to, r);
}

static int find_ask(Salvage *salvage, sqlite3_stmt *row)
{
    sqlite3_stmt *find = salvage->statements[FIND];

    for (int i = 0; i < 6; i++)
        sqlite3_bind_value(find, i + 1, sqlite3_column_value(row, i));
    return run_on_new(salvage, find);
}

/* Whether the row at this place became a run, or a run of this id came from another one. */
static bool is_brought(Salvage *salvage, int64_t place, const char *id)
{
    sqlite3_bind_int64(salvage->statements[IS_TAKEN], 1, place);
    return says_yes(salvage->statements[IS_TAKEN]) || shelf_has(salvage->to, id);
}

static int take_place(Salvage *salvage, int64_t place)
{
    sqlite3_bind_int64(salvage->statements[TAKE], 1, place);
    return run_on_new(salvage, salvage->statements[TAKE]);
}

static int bring_run(Salvage *salvage, sqlite3_stmt *row)
{
    int64_t place = sqlite3_column_int64(row, 0);
    const char *id = (const char *)sqlite3_column_text(row, 1);
    KeptRun *run = NULL;
    int r;

    if (!id || is_brought(salvage, place, id) || shelf_read_at(salvage->from, place, id, &run) || !run)
        return SQLITE_OK;
    r = shelf_write(salvage->to, run);
    kept_run_free(run);
    return r ? r : take_place(salvage, place);
}

/* A second walk over the same ways, when all that is whole has been brought over. */
static int lose_run(Salvage *salvage, sqlite3_stmt *row)
{
    int64_t place = sqlite3_column_int64(row, 0);
    const char *id = (const char *)sqlite3_column_text(row, 1);
    int r;

    if (!id || !*id || is_brought(salvage, place, id))
        return SQLITE_OK;
    r = shelf_lose(salvage->to, id);
    return r ? r : take_place(salvage, place);
}

/* Where the chain of its pages was damaged, SQLite may read on in another text without a word. */
static bool is_sound(sqlite3_stmt *body)
{
    auto_free char *text = NULL;
    const void *packed = sqlite3_column_blob(body, 1);

    return packed && kept_text_unpack(packed, (size_t)sqlite3_column_bytes(body, 1),
                         (size_t)sqlite3_column_int64(body, 0), &text) == 0;
}

/* Packed as it is. */
static int put_text(Salvage *salvage, sqlite3_stmt *row, sqlite3_stmt *body)
{
    sqlite3_stmt *put = salvage->statements[PUT];

    sqlite3_bind_value(put, 1, sqlite3_column_value(row, 1));
    sqlite3_bind_value(put, 2, sqlite3_column_value(row, 2));
    sqlite3_bind_value(put, 3, sqlite3_column_value(body, 0));
    sqlite3_bind_value(put, 4, sqlite3_column_value(body, 1));
    return run_on_new(salvage, put);
}

static int bring_text(Salvage *salvage, sqlite3_stmt *row)
{
    sqlite3_stmt *wanted = salvage->statements[IS_WANTED], *body = salvage->statements[BODY];
    int r = SQLITE_OK;

    sqlite3_bind_value(wanted, 1, sqlite3_column_value(row, 1));
    sqlite3_bind_value(wanted, 2, sqlite3_column_value(row, 2));
    if (!says_yes(wanted))
        return SQLITE_OK;
    sqlite3_bind_int64(body, 1, sqlite3_column_int64(row, 0));
    if (sqlite3_step(body) == SQLITE_ROW && is_sound(body))
        r = put_text(salvage, row, body);
    sqlite3_reset(body);
    return r;
}

static int bring_notes(Salvage *salvage)
{
    Notes notes = LIST_HEAD_INITIALIZER(notes);
    const Note *note;
    int r = SQLITE_OK;

    shelf_read_notes(salvage->from, &notes);
    LIST_FOREACH (note, &notes, link)
        if (!r)
            r = shelf_write_note(salvage->to, note);
    notes_finish(&notes);
    return r;
}

static int prepare(Salvage *salvage)
{
    int r = shelf_exec(salvage->to,
        "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE taken (place INTEGER NOT NULL PRIMARY KEY);"
        "CREATE TEMP TABLE found (run, number, owner, label, question, prediction,"
        " PRIMARY KEY (run, number))");

    for (int i = 0; !r && i < N_STATEMENTS; i++) {
        Shelf *shelf = statements[i].of_old ? salvage->from : salvage->to;

        r = sqlite3_prepare_v2(shelf->db, statements[i].sql, -1, &salvage->statements[i], NULL);
        if (r)
            shelf_fail(salvage->to, r);
    }
    return r;
}

static int count_salvaged(Shelf *to, Salvaged *ret)
{
    int r = shelf_exec_number(to,
        "SELECT count(*) FROM runs WHERE sum >= 0"
        " AND kinds = (SELECT ifnull(sum(kind), 0) FROM texts WHERE run = id)",
        &ret->n_whole);

    if (!r)
        r = shelf_exec_number(to, "SELECT count(*) FROM runs", &ret->n_damaged);
    ret->n_damaged -= ret->n_whole;
    return r;
}

int salvage_runs(Shelf *from, Shelf *to, Salvaged *ret)
{
    Salvage salvage = {.from = from, .to = to};
    Salvaged salvaged = {0};
    sqlite3_stmt *of_damaged = from->statements[SHELF_ASKS];
    int r = prepare(&salvage);

    if (!r)
        r = walk(&salvage, ask_ways, find_ask);
    /* A run is read with the asks that were found, whether or not a search in the old file leads to them. */
    from->statements[SHELF_ASKS] = salvage.statements[FOUND];
    if (!r)
        r = walk(&salvage, run_ways, bring_run);
    if (!r)
        r = walk(&salvage, run_ways, lose_run);
    from->statements[SHELF_ASKS] = of_damaged;
    if (!r)
        r = walk(&salvage, text_ways, bring_text);
    if (!r)
        r = bring_notes(&salvage);
    if (!r)
        r = count_salvaged(to, &salvaged);
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(salvage.statements[i]);
    if (!r)
        *ret = salvaged;
    return r;
}
