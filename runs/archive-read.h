/* What can be read of the runs of one shelf. */
#pragma once

#include "runs/archive-job.h"
#include "runs/archive-shelf.h"

/* *ret is the run's status, owned by the caller, or NULL if there is no such run. */
int shelf_status(Shelf *shelf, const char *id, char **ret);

/* *ret is a new object: the summary as it was given. SQLITE_NOTFOUND if there is no such run. */
int shelf_summary(Shelf *shelf, const char *id, json_t **ret);

/* Reads one run as lists show it to this owner. ret->summary is NULL if there is no such run. */
int shelf_row(Shelf *shelf, const char *id, const char *owner, ArchiveRow *ret);

/* Reads the run's texts that are wanted and there. */
int shelf_texts(Shelf *shelf, const char *id, unsigned wanted, char *ret[ARCHIVE_N_TEXTS]);

/* The statement that gives kind, size and packed bytes of the run's texts of these kinds. */
sqlite3_stmt *shelf_bind_kinds(Shelf *shelf, const char *id, unsigned kinds);

/* The ids that a filter lets through, newest first. */
typedef struct Ids {
    Shelf *shelf, *above; /* what is on the shelf above is not shown here; NULL: none */
    sqlite3_stmt *statement;
    char *id; /* the current one; NULL: there are no more */
} Ids;

/* Goes to the first id. Only the filter's fields in the job matter. */
int ids_init(Ids *ids, Shelf *shelf, Shelf *above, const ArchiveJob *filter);
int ids_next(Ids *ids);
void ids_finish(Ids *ids);

/* The SQL for a filter, a new string. Its parameters are the filter's texts in the order experiment, status,
 * label, before, without those that are NULL but for before. */
char *ids_sql(const ArchiveJob *filter);
