/* What a person reads of the benchmark, and what a program reads. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "tests/bench/measure.h"

/* The table, in Markdown that can be read as it is. */
void report_table(const RowResult *results, size_t n);

/* A chart of a part whose contenders are sizes of one thing. */
void report_series(const Measured *measured);

/* Below the table: what was counted, left out, or failed, a line each. */
void report_notes(const RowResult *results, size_t n);

/* The same for programs: an object with rows, and series of the parts that have one. */
json_t *report_json(const RowResult *results, size_t n_results, const Measured *const *parts, size_t n_parts);
