/* What a job means for two shelves, one in memory and one on disk (see archive-store.h). Functions return
 * what the shelves return; what one of them refuses is not undone here. */
#pragma once

#include "runs/archive-job.h"
#include "runs/archive-shelf.h"

typedef struct Shelves {
    Shelf *spare;
    Shelf *disk; /* NULL: do without */
    bool writes; /* the disk is written to; else it is only read, and what is new goes to memory */
    int64_t max_runs, max_bytes; /* of the disk */
} Shelves;

/* Of finished runs that are held in memory only. */
enum { SPARE_MAX_RUNS = 200, SPARE_MAX_BYTES = 64 << 20 };

/* Does one job and enters what came of it. */
int do_job(const Shelves *shelves, ArchiveJob *job);

/* Puts a finished run from memory to disk. */
int do_settle(const Shelves *shelves, const char *id);
