/* What the list in results/format.h names: what writes a run, or what compare_runs() made, in one format;
 * private to this folder. */
#pragma once

#include <jansson.h>
#include <stdio.h>

typedef void RunWriter(const json_t *run, FILE *file);
typedef void ComparisonWriter(const json_t *comparison, FILE *file);

RunWriter run_write_csv, run_write_json, run_write_markdown, run_write_table;
ComparisonWriter compare_write_csv, compare_write_json, compare_write_markdown, compare_write_table;
