/* A table of cells as CSV, for runs and comparisons; private to this folder. What a caller brings is a list
 * of its columns, each a name, a type and the offset of a field in its own struct, so there is one writer for
 * structs of different kinds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "results/cell.h"
#include "results/words.h"

/* What a struct has at the place that a column names. What is unknown gives an empty field. */
typedef enum CsvType {
    CSV_TEXT,    /* const char *, or NULL */
    CSV_INTEGER, /* int64_t, or RESULT_UNKNOWN */
    CSV_COUNT,   /* size_t */
    CSV_REAL,    /* double, or NAN */
    CSV_STATUS,  /* ResultStatus */
    CSV_VERDICT, /* Verdict */
    CSV_MODEL,   /* ModelVerdict */
    CSV_WHOLE,   /* ResultCrowd: whether it was counted from all spans */
} CsvType;

/* One column. The offset is that of offsetof(), in the struct that the table's list is about. */
typedef struct CsvColumn {
    const char *name;
    CsvType type;
    size_t offset;
    bool of_document; /* a value of the whole document, and not of the row */
} CsvColumn;

/* What a row is made of, in this order: values of the whole document, the number of the row, the runtime,
 * mode, lock, tasks and cpus of its cell, its parameters, its figures, its metrics, and the closing columns
 * of both kinds. What is new comes into the closing list: there are scripts that count columns. In it, texts
 * that may have a comma stand behind all else, for scripts that split lines at commas. */
typedef struct CsvTable {
    const CsvColumn *document, *figures, *closing;
    size_t n_document, n_figures, n_closing;
} CsvTable;

/* What every row says of the run that it is from. A row is copied into a table with others, away from the
 * run, so its doubts have to be in it. Borrowed from the run, and from
 * the words. */
typedef struct CsvSource {
    const char *id, *experiment, *label, *created_at;
    const char *noisy; /* "true" or "false"; NULL: not known */
    double foreign_cpu, steal;
    int64_t throttled_ns;
    double precision_asked,
        precision_reached; /* per cent; NAN: none was asked for, or there is no interval */
    const char *stopped_by;
    const char *left_out; /* what some runtime does not have; NULL: nothing */
    const char *held;     /* "yes", "no" or "cannot tell"; NULL: nobody predicted, or it is not known */
    const char *question, *prediction, *outcome; /* in words; all NULL where nothing was predicted */
} CsvSource;

CsvSource csv_source(Words *words, const ResultRun *run);

typedef struct CsvRow {
    const ResultCell *cell;
    const void *figures; /* a struct that the columns of figures are offsets in */
} CsvRow;

/* Writes a head and the rows. The columns of the document are offsets in what document points to. A caller
 * without columns of a kind leaves them NULL with a number of 0. */
void csv_table_write(
    const CsvTable *table, const void *document, const CsvRow *rows, size_t n_rows, FILE *file);
