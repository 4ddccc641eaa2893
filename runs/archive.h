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
 * most, in 64 MB, and ends with the server. Runs in a file that cannot even be opened are not seen; one that
 * cannot be written but read, as on a read-only file system, is shown.
 *
 * A run whose record is damaged is unreadable, and no other with it: archive_get() says so, and a list names
 * it apart. A file whose structure is damaged is set aside under another name, never deleted, and a new one
 * begun with all that could be read; archive_notice() says so. That is found when the file is opened, in one
 * above 64 MB when the damaged place is touched. A run that goes on then is not lost. A file that is taken
 * away while it is in use is not missed in silence either: a new one is begun.
 *
 * Beside the file lie SQLite's own two (-wal, -shm) and an empty one (.lock) that keeps a second server away.
 * Other programs may read the file meanwhile. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "runs/ask.h"

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
 * change it later ("client:abc", "address:127.0.0.1"), never shown. A second ask of the same owner replaces
 * the words of the first. */
void archive_ask(
    Archive *archive, const char *id, const char *owner, const AskWords *words, ArchiveDone done, void *data);

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

/* Removes a finished run, or one that is unreadable, with all that belongs to it. found: there was one; kept:
 * it is gone for good; else the disk could not be written and it is still there. */
void archive_remove(Archive *archive, const char *id, ArchiveDone done, void *data);

/* Removes all finished runs. n is how many; kept: they are gone for good. Else the disk could not be written,
 * and all of them are still there (n is 0), or it is away with the runs that it has. */
typedef void (*ArchiveEmptied)(void *data, int64_t n, bool kept);
void archive_empty(Archive *archive, ArchiveEmptied emptied, void *data);

/* Keeps a short text under a name, in the place of the one that is there: what the server has to know again
 * after a restart and is no run. It is kept, and held while the disk does not take it, as runs are; found is
 * true. */
void archive_note(Archive *archive, const char *name, const char *text, ArchiveDone done, void *data);

/* Returns the text of that name as it was when the archive was opened, owned by the caller; NULL: none. Call
 * it before the loop runs. */
char *archive_read_note(const Archive *archive, const char *name);

/* Which runs a list shows, newest first. NULL: any. */
typedef struct ArchiveFilter {
    const char *experiment, *status;
    const char *label;  /* of any of its asks, the whole of it, upper and lower case of A to Z alike */
    const char *before; /* an id: only older ones */
    const char *owner;  /* whose words are shown, if it asked too; else those of the first */
    int64_t limit;      /* at most so many */
} ArchiveFilter;

/* One run of a list: the summary, into which id, experiment, status, label, question, prediction (each null
 * if there is none), yours (whether these are the owner's), created_at (RFC 3339) and asks (how many asked
 * for it) were set. Newest first. more: there are older ones. unreadable: the ids of those that would be on
 * this page if their records were not damaged; the page is full without them. Both are borrowed for the call.
 */
typedef void (*ArchiveListed)(void *data, const json_t *runs, const json_t *unreadable, bool more);
void archive_list(Archive *archive, const ArchiveFilter *filter, ArchiveListed listed, void *data);

/* Which texts archive_get() shall bring, added up. They are large, so what is not wanted is not read. */
enum { ARCHIVE_RUN = 1, ARCHIVE_EVENTS = 2, ARCHIVE_TRACE = 4 };

/* What is kept of one run, borrowed for the call. Of a finished run that left no object of its own, because
 * its server died, run is made of the summary, with no cells. */
typedef struct ArchiveFound {
    const char *status;
    const json_t *summary;            /* as in a list */
    const json_t *asks;               /* all who asked for it, see asks_json() */
    const char *run, *events, *trace; /* those that were wanted and are there; else NULL */
    bool owned;                       /* the owner asked for it */
    bool began;                       /* the owner is the one who began it */
    /* Why it, or one of the texts that were wanted, cannot be read, as "is damaged"; else NULL. Where nothing
     * can be read the others are empty, and nobody owns it. */
    const char *unreadable;
} ArchiveFound;

/* found is NULL if there is no such run. owner may be NULL. */
typedef void (*ArchiveGot)(void *data, const ArchiveFound *found);
void archive_get(
    Archive *archive, const char *id, const char *owner, unsigned wanted, ArchiveGot got, void *data);
