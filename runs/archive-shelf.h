/* A shelf: one database that holds runs, the file on disk or one in memory, both with the same tables; and
 * the SQL that is said to it.
 *
 * Functions that return int, here and in what builds on it, return SQLITE_OK or SQLite's code, and then
 * shelf->error says in words what happened; outputs are as they were. A shelf is used by one thread at a
 * time. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum ShelfStatement {
    SHELF_ASK,
    SHELF_ASKS,
    SHELF_CHANGE,
    SHELF_COUNT,
    SHELF_COUNT_UNFINISHED,
    SHELF_DROP,
    SHELF_KEEP_TEXT,
    SHELF_OLDEST_FINISHED,
    SHELF_PUT,
    SHELF_RELABEL,
    SHELF_RUN,
    SHELF_TEXTS,
    SHELF_UNFINISHED,
    SHELF_USED_BYTES,
    SHELF_WORDS,
    SHELF_N_STATEMENTS,
} ShelfStatement;

typedef struct Shelf {
    sqlite3 *db; /* NULL: closed */
    sqlite3_stmt *statements[SHELF_N_STATEMENTS];
    char error[256];
} Shelf;

/* Prepares all statements. */
int shelf_prepare(Shelf *shelf);

/* The file is not what was written to it. */
bool shelf_is_damage(int r);

/* For those who have got the error r from SQLite: takes note of it in words and returns it. */
int shelf_fail(Shelf *shelf, int r);

/* Runs SQL without results, one or more statements. */
int shelf_exec(Shelf *shelf, const char *sql);

/* Reads the one number, or the one text (owned by the caller, NULL if there is no row), that SQL gives. */
int shelf_exec_number(Shelf *shelf, const char *sql, int64_t *ret);
int shelf_exec_text(Shelf *shelf, const char *sql, char **ret);

/* Takes back what was not committed, if anything is left to take back. */
void shelf_rollback(Shelf *shelf);

/* Returns a statement with texts bound to its first parameters; NULL is SQL's NULL. */
#define shelf_bind(shelf, which, ...)                                                                        \
    shelf_bind_texts(shelf, which, (const char *const[]){__VA_ARGS__},                                       \
        (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))
sqlite3_stmt *shelf_bind_texts(Shelf *shelf, ShelfStatement which, const char *const texts[], int n_texts);

/* Goes to the next row: SQLITE_ROW, SQLITE_DONE or an error. */
int shelf_step(Shelf *shelf, sqlite3_stmt *statement);

/* Goes to the only row, reads its first column and resets the statement; without a row *ret is NULL. */
int shelf_take_text(Shelf *shelf, sqlite3_stmt *statement, char **ret);
int shelf_take_number(Shelf *shelf, sqlite3_stmt *statement, int64_t *ret);

/* Runs a statement that writes, and resets it. *ret_found: it changed a row; may be NULL. */
int shelf_run(Shelf *shelf, sqlite3_stmt *statement, bool *ret_found);

/* A column's text, owned by the caller; NULL for SQL's NULL. */
char *shelf_column(sqlite3_stmt *statement, int i);

/* Makes a statement ready for the next time and lets go of the texts that were bound to it. */
static inline void shelf_reset(sqlite3_stmt **statement)
{
    sqlite3_reset(*statement);
    sqlite3_clear_bindings(*statement);
}
#define auto_reset __attribute__((cleanup(shelf_reset)))
