/* The writers that the list in results/format.h names: what writes a run or a comparison in one format;
 * private to this folder.
 *
 * They are declared by the list itself, so a format that is added there without its writers does not link. */
#pragma once

#include <stdio.h>

#include "results/cell.h"
#include "results/compare.h"

/* The width is for lines of a terminal, in characters; formats for programs pass over it. */
typedef void RunWriter(const ResultRun *run, size_t width, FILE *file);
typedef void ComparisonWriter(const RunComparison *comparison, FILE *file);

#define RESULT_DECLARE_WRITERS(id, name, type, charset, write_run, write_comparison)                         \
    RunWriter write_run;                                                                                     \
    ComparisonWriter write_comparison;

RESULT_ANSWER_FORMATS(RESULT_DECLARE_WRITERS)

#undef RESULT_DECLARE_WRITERS
