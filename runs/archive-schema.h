/* Opens a shelf: the tables and their history, and what has to be true before a shelf is used. */
#pragma once

#include "runs/archive-shelf.h"

/* A file up to this size is read through for damage when it is opened; in a larger one damage is found when
 * it is touched. */
enum { SHELF_MAX_CHECKED_BYTES = 64 << 20 };

/* What is said of a run that was not finished when its server died. */
#define SHELF_INTERRUPTED "the server ended before the run did"

/* Opens the database at path, makes or migrates its tables, and marks runs that were not finished as failed.
 * A file that is not ours or was made by a newer version stays as it is: SQLITE_MISMATCH. */
int shelf_open(Shelf *shelf, const char *path);

/* Opens a file that cannot be written, to show what is in it; nobody else writes to it either. Runs that were
 * not finished are read as failed. One of an older version is brought to this one in memory. */
int shelf_open_read_only(Shelf *shelf, const char *path);

/* Opens a damaged file that cannot be used any more, to read from it what can be read. Close it as it is. */
int shelf_open_damaged(Shelf *shelf, const char *path);

/* Closes it; a closed one stays closed. as_it_is: without writing the log back into the file, for one
 * that is damaged or not ours. */
void shelf_close(Shelf *shelf, bool as_it_is);
