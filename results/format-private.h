/* What the list in results/format.h names: what writes a run or a comparison in one format;
 * private to this folder. */
#pragma once

#include <stdio.h>

#include "results/cell.h"
#include "results/compare.h"

typedef void RunWriter(const ResultRun *run, FILE *file);
typedef void ComparisonWriter(const RunComparison *comparison, FILE *file);

RunWriter run_write_csv, run_write_json, run_write_markdown, run_write_table;
ComparisonWriter compare_write_csv, compare_write_json, compare_write_markdown, compare_write_table;
