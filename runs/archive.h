/* What became of every run: a SQLite database that outlives the server. Nothing here blocks the loop. Each
 * call only notes down what is to be done and returns; one work at a time, off the loop, does all that was
 * noted, in that order, each run in one transaction; then the callbacks come, from the loop, in the same
 * order. So a reader always sees what was written before it asked.
 *
 * It promises: what a callback has confirmed as kept is there after the server was killed at any moment
 * (write-ahead log, synchronous=NORMAL: not after a loss of power). Runs that were not finished when the last
 * server died are marked failed, with the reason, when the file is opened.
 *
 * It never stands in the way of a run. What the disk does not take (no place, a full disk, read-only, locked
 * by another server, made by a newer version or by another program) is held in memory instead, and
 * archive_trouble() says why; what is in the file can be read on, if the file can. Each change tries the disk
 * again, each new run also a file that could not be opened; when one is taken, all that is held goes there,
 * and memory is empty again but for the runs that are not over. Memory holds the 200 newest finished runs at
 * most, in 64 MB, and ends with the server. Runs in a file that cannot even be opened are not seen.
 *
 * A file that is damaged is set aside under another name, never deleted, and a new one begun;
 * archive_notice() says so. Damage is found when the file is opened, in one above 64 MB when the damaged
 * place is touched. A run that goes on then is not lost.
 *
 * Beside the file lie SQLite's own two (-wal, -shm) and an empty one (.lock) that keeps a second server away.
 * Other programs may read the file meanwhile. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

typedef struct Archive Archive;

typedef struct ArchiveSettings {
    const char *path;  /* of the database; its folder is made if need be. NULL: memory only */
    int64_t max_runs;  /* finished runs that are kept; the oldest go first */
    int64_t max_bytes; /* of the database, counted in pages in use */
} ArchiveSettings;

/* Opens or makes the file, migrates its schema, marks what the last server left unfinished. Blocks: call it
 * before the loop runs. Always returns an archive; see archive_trouble(). */
Archive *archive_open(uv_loop_t *loop, const ArchiveSettings *settings);

/* Why runs are not kept on disk, in words for people ("/var/lib/x.db: disk is full"), or NULL while they are.
 * Borrowed until the loop runs again, and changes there only, before the callbacks of the same job. A disk
 * that has room again is noticed at the next change. */
const char *archive_trouble(const Archive *archive);

/* What was last done to a file that somebody should know, though it is no trouble any more ("/var/lib/x.db
 * was damaged and is kept as /var/lib/x.db.damaged-20171027T080000Z"), or NULL. It stays until there is
 * another; borrowed as the trouble is. */
const char *archive_notice(const Archive *archive);

/* How many runs there are, finished or not, and how large they are, as after the last job. */
int64_t archive_n_runs(const Archive *archive);
int64_t archive_n_bytes(const Archive *archive);

/* Does what was noted, then closes; closed(data) is called from the loop when the archive is gone. Callbacks
 * that come before may still call the archive; what is noted too late to be done finds no runs. */
void archive_close(Archive *archive, void (*closed)(void *data), void *data);

/* Confirms a writing call. kept: it is on disk. found: there was such a run (and, where it matters, such an
 * ask of it). */
typedef void (*ArchiveDone)(void *data, bool found, bool kept);

/* A run as it begins: its place in the lists. Ids sort by time. summary is the object that lists show of it
 * (see below); anything but an object counts as an empty one. Here and below all texts are copied, and done
 * may be NULL. */
void archive_begin(Archive *archive, const char *id, int64_t created_ms, const char *experiment,
    const char *status, const json_t *summary, ArchiveDone done, void *data);

/* A client asked for a run: the one that began it, and each that joined it, in this order. owner is who may
 * change it later ("client:abc", "address:127.0.0.1"), never shown; label and prediction may be NULL. A
 * second ask of the same owner replaces the words of the first. */
void archive_ask(Archive *archive, const char *id, const char *owner, const char *label,
    const char *prediction, ArchiveDone done, void *data);

/* A run has a new status and summary but is not over. */
void archive_change(Archive *archive, const char *id, const char *status, const json_t *summary,
    ArchiveDone done, void *data);

/* What a finished run leaves behind. Copied. */
typedef struct ArchiveTexts {
    const char *run;    /* the run's JSON object */
    const char *events; /* its event stream; NULL: none */
    const char *trace;  /* its timelines as trace JSON; NULL: none */
} ArchiveTexts;

/* The run is over. Makes room by removing the oldest finished runs, never this one. */
void archive_finish(Archive *archive, const char *id, const char *status, const json_t *summary,
    const ArchiveTexts *texts, ArchiveDone done, void *data);

/* Changes the label of an owner's ask; NULL takes it away. With owner NULL (an instructor) that of the ask
 * that began the run. */
void archive_relabel(
    Archive *archive, const char *id, const char *owner, const char *label, ArchiveDone done, void *data);

/* Removes a finished run with all that belongs to it. found: there was a finished run; kept: it is gone for
 * good; else the disk could not be written and it is still there. */
void archive_remove(Archive *archive, const char *id, ArchiveDone done, void *data);

/* Which runs a list shows, newest first. NULL: any. */
typedef struct ArchiveFilter {
    const char *experiment, *status;
    const char *label;  /* of any of its asks, the whole of it, upper and lower case of A to Z alike */
    const char *before; /* an id: only older ones */
    const char *owner;  /* whose label and prediction are shown, if it asked too; else those of the first */
    int64_t limit;      /* at most so many */
} ArchiveFilter;

/* One run of a list: the summary, into which id, experiment, status, label, prediction (null if there is
 * none), created_at (RFC 3339) and asks (how many asked for it) were set. Newest first. more: there are older
 * ones. runs is borrowed for the call. */
typedef void (*ArchiveListed)(void *data, const json_t *runs, bool more);
void archive_list(Archive *archive, const ArchiveFilter *filter, ArchiveListed listed, void *data);

/* Which texts archive_get() shall bring, added up. They are large, so what is not wanted is not read. */
enum { ARCHIVE_RUN = 1, ARCHIVE_EVENTS = 2, ARCHIVE_TRACE = 4 };

/* What is kept of one run, borrowed for the call. Of a finished run that left no object of its own, because
 * its server died, run is made of the summary, with no cells. */
typedef struct ArchiveFound {
    const char *status;
    const json_t *summary;            /* as in a list */
    const char *run, *events, *trace; /* those that were wanted and are there; else NULL */
    bool owned;                       /* the owner asked for it */
    bool began;                       /* the owner is the one who began it */
} ArchiveFound;

/* found is NULL if there is no such run. owner may be NULL. */
typedef void (*ArchiveGot)(void *data, const ArchiveFound *found);
void archive_get(
    Archive *archive, const char *id, const char *owner, unsigned wanted, ArchiveGot got, void *data);
