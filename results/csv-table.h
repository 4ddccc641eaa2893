/* A table of cells as CSV, for runs and comparisons; private to this folder. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* Instead of an item: how many there are. */
#define CSV_LENGTH (-1)

/* Where a column finds its value: a key, maybe a key in that, maybe an item of that array. */
typedef struct CsvColumn {
    const char *name, *key, *sub;
    int item; /* counted from 1; 0: none; or CSV_LENGTH */
} CsvColumn;

/* What a row is made of, in this order: values of the whole document, the number of the cell, its runtime,
 * mode, lock, tasks and cpus, its parameters, its figures, its metrics. */
typedef struct CsvTable {
    const CsvColumn *document, *figures;
    size_t n_document, n_figures;
} CsvTable;

/* Writes a head and a row for each of the cells. */
void csv_table_write(const CsvTable *table, const json_t *document, const json_t *cells, FILE *file);
