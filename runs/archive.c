/* The archive: jobs and the loop here, the runs themselves in the other archive files.
 *
 *     archive.c         what is asked goes into a list; one piece of work at a time takes the whole list off
 *                       the loop, and when it is done the callbacks come and the next list goes
 *     archive-store.c   where a run is: in memory, on disk, or on its way; a home for runs that is not a file
 *                       would stand in its place, and do the same lists of jobs
 *     archive-run.c     a run, what changes it, and how it is seen
 *     archive-notes.c   the few short texts that are no runs
 *     archive-shelf.c   SQL; archive-schema.c: the tables
 *     archive-disk.c    the file, its lock, and its other name when it is damaged; archive-denial.c: whose it
 * is archive-salvage.c what is brought over from a damaged file to a new one
 *
 * There is one database, and it has all runs while the disk is well. In memory is a short list of whole runs:
 * those that are not over, because the file may be taken away under them, and those that the disk did not
 * take or has in an older form. A run is always changed in memory and then written whole. So nothing has to
 * be done again or put together from two places when a transaction fails: the run just stays in the list, as
 * unsaved, until the disk takes it, and is then dropped if it is over.
 *
 * While the disk is away, readers lose nothing that can be had. A run in the list is read from the list,
 * any other from the disk as long as the file can be read, and its large texts are read from the disk also
 * when only a new label waits in the list. A page of the history is the database's, with the unsaved runs in
 * their places; there are none of those while all is well. A removal is not noted for later, as the run would
 * come back with the next server: it is done or refused.
 *
 * Damage is the run's as long as it can be: each text and each run carries a sum, and one that does not fit,
 * or that SQLite cannot get at, is a run that cannot be read, among others that can. Where SQLite cannot
 * write or walk on, or says at the opening that its pages do not hang together, it is the file's: that is set
 * aside as it is, and its place taken by a new one with all that could be read, and with the runs in the
 * list.
 *
 * No reader meets a run half moved: one work at a time has the store, and a run leaves the list only after
 * the transaction that wrote it. */
#include "runs/archive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "runs/archive-job.h"
#include "runs/archive-store.h"

struct Archive {
    uv_loop_t *loop;
    Store *store; /* of the work while there is any */
    ArchiveJobs noted;
    ArchiveJobs taken; /* by the work */
    uv_work_t work;
    bool busy, closing, closes; /* closes: this work does nothing but close */
    char *trouble, *notice;     /* as after the last work, for the loop */
    int64_t n_runs, n_bytes;
    void (*closed)(void *data);
    void *closed_data;
};

/* Only while no work is under way. The trouble, the notice and the counts are copies, so that the loop
 * can ask for them at any time, while the store belongs to a thread. */
static void take_state(Archive *archive)
{
    StoreState state = store_state(archive->store);

    text_replace(&archive->trouble, state.trouble);
    text_replace(&archive->notice, state.notice);
    archive->n_runs = state.n_runs;
    archive->n_bytes = state.n_bytes;
}

/* Of a run that cannot be read at all there is nothing to be shown but that. */
static void answer_get(const ArchiveJob *job)
{
    json_auto_t *no_summary = json_object(), *no_asks = json_array();
    ArchiveFound found = {
        .status = job->row ? job->status : "",
        .summary = job->row ? job->row : no_summary,
        .asks = job->row ? job->asks : no_asks,
        .run = job->got[0],
        .events = job->got[1],
        .trace = job->got[2],
        .owned = job->owned,
        .began = job->began,
        .unreadable = job->unreadable,
    };

    job->answer(job->data, job->row || job->unreadable ? &found : NULL);
}

static void answer_list(const ArchiveJob *job)
{
    json_auto_t *none = json_array();

    job->listed(job->data, job->runs ? job->runs : none, job->unlisted ? job->unlisted : none, job->more);
}

static void answer_job(const ArchiveJob *job)
{
    if (job->kind == ARCHIVE_JOB_GET)
        answer_get(job);
    else if (job->kind == ARCHIVE_JOB_LIST)
        answer_list(job);
    else if (job->kind == ARCHIVE_JOB_EMPTY)
        job->emptied(job->data, job->n_removed, job->kept);
    else if (job->done)
        job->done(job->data, job->found, job->kept);
}

static void free_job(ArchiveJob *job)
{
    char *const texts[] = {job->id, job->experiment, job->status, job->summary, job->owner, job->label,
        job->question, job->prediction, job->before, job->unreadable};

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(texts[i]);
    for (int i = 0; i < ARCHIVE_N_TEXTS; i++) {
        free(job->texts[i]);
        free(job->got[i]);
    }
    json_decref(job->runs);
    json_decref(job->unlisted);
    json_decref(job->row);
    json_decref(job->asks);
    free(job);
}

static void do_archive_work(uv_work_t *work)
{
    Archive *archive = work->data;

    if (archive->closes)
        store_close(archive->store);
    else
        store_do(archive->store, &archive->taken);
}

static void free_archive(Archive *archive)
{
    void (*closed)(void *data) = archive->closed;
    void *data = archive->closed_data;

    store_free(archive->store);
    free(archive->trouble);
    free(archive->notice);
    free(archive);
    if (closed)
        closed(data);
}

static void begin_work(Archive *archive);

static void on_archive_worked(uv_work_t *work, int status)
{
    Archive *archive = work->data;
    bool closes = archive->closes;
    ArchiveJob *job;

    (void)status; /* nobody cancels it */
    take_state(archive);
    /* A callback may call the archive again. `busy` is still set meanwhile, so its job is only noted: a
     * work that began now would put it into the list that is being walked. */
    while ((job = STAILQ_FIRST(&archive->taken))) {
        STAILQ_REMOVE_HEAD(&archive->taken, link);
        answer_job(job);
        free_job(job);
    }
    archive->busy = false;
    archive->closes = false;
    if (closes && STAILQ_EMPTY(&archive->noted))
        free_archive(archive);
    else
        begin_work(archive);
}

/* Begins the next work if there is any. */
static void begin_work(Archive *archive)
{
    if (archive->busy || (STAILQ_EMPTY(&archive->noted) && !archive->closing))
        return;
    archive->busy = true;
    archive->closes = STAILQ_EMPTY(&archive->noted);
    STAILQ_CONCAT(&archive->taken, &archive->noted);
    uv_queue_work(archive->loop, &archive->work, do_archive_work, on_archive_worked);
}

static ArchiveJob *new_job(ArchiveJobKind kind, const char *id, void *data)
{
    ArchiveJob *job = calloc(1, sizeof(ArchiveJob));

    assert(job);
    job->kind = kind;
    job->id = text_copy(id);
    job->data = data;
    return job;
}

static void note_job(Archive *archive, ArchiveJob *job)
{
    STAILQ_INSERT_TAIL(&archive->noted, job, link);
    begin_work(archive);
}

/* The part of a run's state that is in lists. */
static void set_state(ArchiveJob *job, const char *status, const json_t *summary, ArchiveDone done)
{
    job->status = text_copy(status);
    job->summary = json_dumps(summary, JSON_COMPACT);
    if (!job->summary)
        job->summary = text_copy("{}");
    job->done = done;
}

Archive *archive_open(uv_loop_t *loop, const ArchiveSettings *settings)
{
    Archive *archive = calloc(1, sizeof(Archive));

    assert(archive);
    archive->loop = loop;
    STAILQ_INIT(&archive->noted);
    STAILQ_INIT(&archive->taken);
    archive->work.data = archive;
    archive->store = store_open(settings);
    take_state(archive);
    return archive;
}

const char *archive_trouble(const Archive *archive)
{
    return archive->trouble;
}

const char *archive_notice(const Archive *archive)
{
    return archive->notice;
}

int64_t archive_n_runs(const Archive *archive)
{
    return archive->n_runs;
}

int64_t archive_n_bytes(const Archive *archive)
{
    return archive->n_bytes;
}

void archive_close(Archive *archive, void (*closed)(void *data), void *data)
{
    assert(!archive->closing);
    archive->closing = true;
    archive->closed = closed;
    archive->closed_data = data;
    begin_work(archive);
}

void archive_begin(Archive *archive, const char *id, int64_t created_ms, const char *experiment,
    const char *status, const json_t *summary, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_BEGIN, id, data);

    job->created_ms = created_ms;
    job->experiment = text_copy(experiment);
    set_state(job, status, summary, done);
    note_job(archive, job);
}

void archive_ask(
    Archive *archive, const char *id, const char *owner, const AskWords *words, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_ASK, id, data);

    job->owner = text_copy(owner);
    job->label = text_copy(words->label);
    job->question = text_copy(words->question);
    job->prediction = text_copy(words->prediction);
    job->done = done;
    note_job(archive, job);
}

void archive_change(
    Archive *archive, const char *id, const char *status, const json_t *summary, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_CHANGE, id, data);

    set_state(job, status, summary, done);
    note_job(archive, job);
}

void archive_finish(Archive *archive, const char *id, const char *status, const json_t *summary,
    const ArchiveTexts *texts, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_FINISH, id, data);

    set_state(job, status, summary, done);
    job->texts[0] = text_copy(texts->run);
    job->texts[1] = text_copy(texts->events);
    job->texts[2] = text_copy(texts->trace);
    note_job(archive, job);
}

void archive_relabel(
    Archive *archive, const char *id, const char *owner, const char *label, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_RELABEL, id, data);

    job->owner = text_copy(owner);
    job->label = text_copy(label);
    job->done = done;
    note_job(archive, job);
}

void archive_remove(Archive *archive, const char *id, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_REMOVE, id, data);

    job->done = done;
    note_job(archive, job);
}

void archive_empty(Archive *archive, ArchiveEmptied emptied, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_EMPTY, NULL, data);

    job->emptied = emptied;
    note_job(archive, job);
}

void archive_note(Archive *archive, const char *name, const char *text, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_NOTE, name, data);

    job->texts[0] = text_copy(text);
    job->done = done;
    note_job(archive, job);
}

char *archive_read_note(const Archive *archive, const char *name)
{
    assert(!archive->busy); /* the store is the work's while there is any */
    return text_copy(store_note(archive->store, name));
}

void archive_list(Archive *archive, const ArchiveFilter *filter, ArchiveListed listed, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_LIST, NULL, data);

    job->experiment = text_copy(filter->experiment);
    job->status = text_copy(filter->status);
    job->label = text_copy(filter->label);
    job->before = text_copy(filter->before);
    job->owner = text_copy(filter->owner);
    /* The filter points to the job's own copies: the caller's texts are gone when the job is done. */
    job->filter =
        (ArchiveFilter){job->experiment, job->status, job->label, job->before, job->owner, filter->limit};
    job->listed = listed;
    note_job(archive, job);
}

void archive_get(
    Archive *archive, const char *id, const char *owner, unsigned wanted, ArchiveGot got, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_GET, id, data);

    job->owner = text_copy(owner);
    job->wanted = wanted;
    job->answer = got;
    note_job(archive, job);
}
