/* Archives of many runs, for the parts that read them. Labels, experiments and statuses are such that some
 * match nearly all runs and some nearly none. */
#pragma once

#include <uv.h>

#include "runs/archive.h"

enum { ARCHIVE_ID_SIZE = 32 };

/* The id of the i-th run, counted from 0. */
void archive_fill_id(int i, char id[static ARCHIVE_ID_SIZE]);

/* Makes a new file with so many runs, each asked for by two clients ("client:a", "client:b"). Returns 0 or
 * the result of bench_fail(). */
int archive_fill(const char *path, int n_runs);
