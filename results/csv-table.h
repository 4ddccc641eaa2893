/* A table of cells as CSV, for runs and comparisons; private to this folder. What a caller brings is a list
 * of its columns, each a name, a type and the offset of a field in its own struct, so there is one writer for
 * structs of different kinds. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "results/cell.h"

/* What a struct has at the place that a column names. What is unknown gives an empty field. */
typedef enum CsvType {
    CSV_TEXT,    /* const char *, or NULL */
    CSV_INTEGER, /* int64_t, or RESULT_UNKNOWN */
    CSV_COUNT,   /* size_t */
    CSV_REAL,    /* double, or NAN */
    CSV_STATUS,  /* ResultStatus */
    CSV_VERDICT, /* Verdict */
} CsvType;

/* One column. The offset is that of offsetof(), in the struct that the table's list is about. */
typedef struct CsvColumn {
    const char *name;
    CsvType type;
    size_t offset;
} CsvColumn;

/* What a row is made of, in this order: values of the whole document, the number of the row, the runtime,
 * mode, lock, tasks and cpus of its cell, its parameters, its figures, its metrics. */
typedef struct CsvTable {
    const CsvColumn *document, *figures;
    size_t n_document, n_figures;
} CsvTable;

typedef struct CsvRow {
    const ResultCell *cell;
    const void *figures; /* a struct that the columns of figures are offsets in */
} CsvRow;

/* Writes a head and the rows. The columns of the document are offsets in what document points to. A caller
 * without columns of a kind leaves them NULL with a number of 0. */
void csv_table_write(
    const CsvTable *table, const void *document, const CsvRow *rows, size_t n_rows, FILE *file);
