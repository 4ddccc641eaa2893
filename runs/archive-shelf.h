/* A shelf: one database that holds runs, and the SQL that is said to it.
 *
 * Functions that return int return SQLITE_OK or SQLite's code, and then shelf->error says in words what
 * happened; outputs are as they were. A shelf is used by one thread at a time. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "runs/archive-notes.h"
#include "runs/archive-run.h"

typedef enum ShelfStatement {
    SHELF_ASKS,
    SHELF_COUNT,
    SHELF_DROP,
    SHELF_DROP_FINISHED,
    SHELF_LOSE,
    SHELF_NOTES,
    SHELF_OLDEST_FINISHED,
    SHELF_PUT,
    SHELF_PUT_ASK,
    SHELF_PUT_NOTE,
    SHELF_PUT_TEXT,
    SHELF_RUN,
    SHELF_RUN_AT,
    SHELF_TEXT,
    SHELF_UNFINISHED,
    SHELF_N_STATEMENTS,
} ShelfStatement;

typedef struct Shelf {
    sqlite3 *db; /* NULL: closed */
    sqlite3_stmt *statements[SHELF_N_STATEMENTS];
    bool read_only; /* its server is gone, whatever it may say of runs that go on */
    char error[256];
} Shelf;

/* Prepares all statements. */
int shelf_prepare(Shelf *shelf);

/* Whether SQLite's code r says that the file is not what was written to it. Where one run is read, this is
 * said of that run; where the file is written or walked through, of the file. */
bool shelf_is_damage(int r);

/* For a caller that has got the error r from SQLite: takes note of it in words and returns it. */
int shelf_fail(Shelf *shelf, int r);

/* Runs SQL without results, one or more statements. */
int shelf_exec(Shelf *shelf, const char *sql);

/* Runs SQL that gives one row, and reads the number in its first column. */
int shelf_exec_number(Shelf *shelf, const char *sql, int64_t *ret);

/* Takes back what was not committed, if anything is left to take back. */
void shelf_rollback(Shelf *shelf);

/* Reads a run without its texts; *ret is owned by the caller, NULL if there is no such run. A run that is not
 * what was written is damage. shelf_read_at() reads the row at a place, as the run of this id. */
int shelf_read(Shelf *shelf, const char *id, KeptRun **ret);
int shelf_read_at(Shelf *shelf, int64_t place, const char *id, KeptRun **ret);

/* Whether there is a run of this id. */
bool shelf_has(Shelf *shelf, const char *id);

/* Reads text number i of a run; *ret is owned by the caller, NULL if there is none. */
int shelf_read_text(Shelf *shelf, const char *id, int i, char **ret);

/* Makes the shelf's run what this one is; texts that are not here stay as they are there. */
int shelf_write(Shelf *shelf, const KeptRun *run);

/* Puts down that there was a run of this id which is lost: it is over, and can only be removed. */
int shelf_lose(Shelf *shelf, const char *id);

/* Removes a run with all that belongs to it: its asks and texts go by the foreign keys. It is no error if
 * there is none. */
int shelf_drop(Shelf *shelf, const char *id);

/* Removes all runs that are over, and says how many there were. */
int shelf_drop_finished(Shelf *shelf, int64_t *ret_n);

/* Reads all notes into the list, as saved. */
int shelf_read_notes(Shelf *shelf, Notes *notes);

/* Puts a note in the place of the one of its name. */
int shelf_write_note(Shelf *shelf, const Note *note);

/* Any run that is not over; the oldest behind an id ("": of all) that is. *ret_id is owned by the caller;
 * NULL: none. */
int shelf_unfinished(Shelf *shelf, char **ret_id);
int shelf_oldest_finished(Shelf *shelf, const char *after, char **ret_id);

typedef struct ShelfCounts {
    int64_t n_runs, n_finished, n_bytes; /* bytes: the pages in use */
} ShelfCounts;
int shelf_count(Shelf *shelf, ShelfCounts *ret);

/* The ids that a filter lets through, newest first. */
typedef struct Ids {
    Shelf *shelf;
    sqlite3_stmt *statement;
    char *id; /* the current one; NULL: there are no more */
} Ids;

/* Goes to the first id; on failure, too, call ids_finish(). The filter's texts must live as long as the
 * ids, and nothing may be written to the shelf meanwhile. ids_next() goes to the next one; at the end id
 * is NULL. An id that stands in several rows comes once. */
int ids_init(Ids *ids, Shelf *shelf, const ArchiveFilter *filter);
int ids_next(Ids *ids);
void ids_finish(Ids *ids);

/* The SQL for a filter, a new string. Its parameters are the filter's texts in the order experiment, status,
 * label, before, without those that are NULL but for before. */
char *ids_sql(const ArchiveFilter *filter);
