/* A list of jobs is done in three steps. First each is done, in order, on the runs in memory: a run that a
 * job changes and that is not there is read from disk. Then each run that was touched is written, once,
 * however many jobs changed it. At last runs go from memory that the disk now answers for. */
#include "runs/archive-store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "runs/archive-disk.h"
#include "runs/asks-json.h"

/* Of finished runs that are in memory because the disk did not take them. */
enum { MEMORY_MAX_RUNS = 200, MEMORY_MAX_BYTES = 64 << 20 };

struct Store {
    char *path;
    int64_t max_runs, max_bytes;           /* on disk */
    int64_t max_held_runs, max_held_bytes; /* of finished ones in memory */
    Disk disk;
    KeptRuns held; /* in memory, newest first */
    Notes notes;
    char *trouble;
    bool busy;     /* another program has the file: these jobs have waited for it once, that is enough */
    bool replaced; /* the file was, while these jobs are done */
    bool closed;
    int64_t n_runs, n_bytes;
};

/* --- runs in memory --- */

static KeptRun *find_held(const Store *store, const char *id)
{
    KeptRun *run;

    TAILQ_FOREACH (run, &store->held, link)
        if (strcmp(run->id, id) == 0)
            return run;
    return NULL;
}

/* Newest first, as lists show them. Ids sort by time, so the place is found by comparing them. */
static void hold_run(Store *store, KeptRun *run)
{
    KeptRun *older;

    TAILQ_FOREACH (older, &store->held, link)
        if (strcmp(older->id, run->id) < 0)
            break;
    if (older)
        TAILQ_INSERT_BEFORE(older, run, link);
    else
        TAILQ_INSERT_TAIL(&store->held, run, link);
}

static void forget_held(Store *store, KeptRun *run)
{
    TAILQ_REMOVE(&store->held, run, link);
    kept_run_free(run);
}

/* The disk has to be given the run. */
static bool is_unsaved(const KeptRun *run)
{
    return run->on_disk != ON_DISK_ALL;
}

/* --- the disk --- */

/* Takes the words over. */
static void set_trouble(Store *store, char *words)
{
    free(store->trouble);
    store->trouble = words;
}

/* There is another file than before, or none: whatever the old one had, the runs in memory are all that is
 * sure. save() then writes them to the new one, and `replaced` has it try even for those that no job has
 * touched. Texts that are not in memory are there only if the new file has the run, too. */
static void change_disk(Store *store)
{
    KeptRun *run;

    TAILQ_FOREACH (run, &store->held, link)
        run->on_disk = disk_is_open(&store->disk) && shelf_has(&store->disk.shelf, run->id) ? ON_DISK_OLDER
                                                                                            : ON_DISK_NOTHING;
    notes_lose(&store->notes);
    store->replaced = true;
}

/* The disk refused something with r; says so in words. A file that is damaged is replaced by a new one with
 * what can be read of it, if that is possible: then there is no trouble. One that another program keeps busy
 * is not waited for again by the jobs of this list: each would wait for the whole timeout, and everybody for
 * all of them. */
static void take_error(Store *store, int r)
{
    if (shelf_is_damage(r)) {
        set_trouble(store, disk_replace(&store->disk));
        change_disk(store);
    } else {
        set_trouble(store, text_printf("%s: %s", store->path, store->disk.shelf.error));
    }
    if ((r & 0xff) == SQLITE_BUSY)
        store->busy = true;
}

/* Before jobs that write: has somebody taken the file away, or can it be opened, or written, by now? Each new
 * run tries, and each note. */
static void reopen_disk(Store *store, bool begins)
{
    bool gone = disk_takes(&store->disk) && disk_let_go(&store->disk);

    if (begins && disk_is_open(&store->disk) && !disk_takes(&store->disk) &&
        disk_can_be_written(&store->disk)) {
        disk_close(&store->disk, true);
        gone = true;
    }
    if (!disk_is_open(&store->disk) && (gone || begins))
        set_trouble(store, disk_open(&store->disk));
    if (gone)
        change_disk(store);
}

/* --- jobs --- */

/* Whether an error says nothing of the file but that this run cannot be had: the run is not what was written,
 * or lies where the disk gives nothing back. */
static bool is_of_run(int r)
{
    return shelf_is_damage(r) || (r & 0xff) == SQLITE_IOERR;
}

/* A run, or one of its texts, could not be read with r. */
static void take_unreadable(Store *store, ArchiveJob *job, int r)
{
    if (job->unreadable)
        return;
    job->unreadable = shelf_is_damage(r) ? text_printf("is damaged")
                                         : text_printf("cannot be read: %s", store->disk.shelf.error);
    if (!is_of_run(r))
        take_error(store, r);
}

/* Reads a run that is not in memory; NULL if it is not on disk either, or unreadable. */
static KeptRun *read_stored(Store *store, ArchiveJob *job)
{
    KeptRun *run = NULL;
    int r = disk_is_open(&store->disk) ? shelf_read(&store->disk.shelf, job->id, &run) : SQLITE_OK;

    if (r)
        take_unreadable(store, job, r);
    return run;
}

/* The run that a job changes, in memory; NULL if there is none. From here on it is held until
 * drop_saved() finds that the disk has it. */
static KeptRun *take_run(Store *store, ArchiveJob *job)
{
    KeptRun *run = find_held(store, job->id);

    if (run)
        return run;
    run = job->kind == ARCHIVE_JOB_BEGIN ? kept_run_new(job->id) : read_stored(store, job);
    if (run)
        hold_run(store, run);
    return run;
}

static void change_run(Store *store, ArchiveJob *job)
{
    KeptRun *run = take_run(store, job);

    job->found = run && kept_run_apply(run, job);
    if (!job->found)
        return;
    run->touched = true;
    if (run->on_disk == ON_DISK_ALL)
        run->on_disk = ON_DISK_OLDER;
}

/* Returns whether the disk has let go of it. A file that turns out to be damaged is replaced, perhaps with
 * the run in it: then once more. */
static bool drop_stored(Store *store, const char *id)
{
    Shelf *shelf = &store->disk.shelf;

    for (int i = 0; i < 2 && disk_takes(&store->disk); i++) {
        int r = store->busy ? SQLITE_BUSY : shelf_drop(shelf, id);

        if (!r)
            return true;
        take_error(store, r);
        if (!shelf_is_damage(r))
            return false;
        /* Nobody knows what a file that was closed still has; it may be opened again. */
        if (!disk_is_open(&store->disk))
            return false;
        if (!shelf_has(shelf, id))
            return true;
    }
    return false;
}

/* At once, and not with what the jobs write: a removal that the disk refuses leaves the run where it is. One
 * that is unreadable is over, as those that are not are in memory. */
static void remove_run(Store *store, ArchiveJob *job)
{
    KeptRun *run = take_run(store, job);
    bool stored = run ? run->on_disk != ON_DISK_NOTHING : job->unreadable != NULL;

    job->found = run ? kept_run_is_over(run) : stored;
    if (!job->found)
        return;
    if (stored && !drop_stored(store, job->id))
        return;
    job->kept = true;
    if (run)
        forget_held(store, run);
}

/* On disk in one transaction: first the runs that are over, and that the disk may still know as unfinished,
 * then all that it has as finished. Returns SQLite's code. */
static int empty_disk(Store *store, int64_t *ret_n)
{
    Shelf *shelf = &store->disk.shelf;
    int64_t n_held = 0, n_others = 0;
    const KeptRun *run;
    int r = store->busy ? SQLITE_BUSY : shelf_exec(shelf, "BEGIN IMMEDIATE");

    TAILQ_FOREACH (run, &store->held, link)
        if (!r && kept_run_is_over(run) && run->on_disk != ON_DISK_NOTHING) {
            r = shelf_drop(shelf, run->id);
            n_held++;
        }
    if (!r)
        r = shelf_drop_finished(shelf, &n_others);
    if (!r)
        r = shelf_exec(shelf, "COMMIT");
    shelf_rollback(shelf);
    if (!r)
        *ret_n = n_held + n_others;
    return r;
}

/* At once, as one run is removed. Runs in a file that cannot be opened are not seen, so those in memory stay,
 * too: half of it done would look like all. */
static void remove_runs(Store *store, ArchiveJob *job)
{
    int r = SQLITE_CORRUPT;

    if (!disk_takes(&store->disk) && store->path)
        return;
    /* A file that is damaged is replaced by one with the same runs. */
    for (int i = 0; i < 2 && shelf_is_damage(r) && disk_is_open(&store->disk); i++) {
        r = empty_disk(store, &job->n_removed);
        if (r)
            take_error(store, r);
    }
    if (r && store->path)
        return;
    job->kept = true;
    for (KeptRun *run = TAILQ_FIRST(&store->held), *next; run; run = next) {
        next = TAILQ_NEXT(run, link);
        if (!kept_run_is_over(run))
            continue;
        job->n_removed += run->on_disk == ON_DISK_NOTHING;
        forget_held(store, run);
    }
}

static void keep_note(Store *store, const ArchiveJob *job)
{
    notes_set(&store->notes, job->id, job->texts[0]);
}

/* Of a run that is in memory, those that are there; others are on disk. That it left such a text is known, so
 * one that is not found there was lost. */
static int read_run_text(Store *store, const KeptRun *run, int i, char **ret)
{
    const KeptText *text = &run->texts[i];
    int r = SQLITE_OK;

    if (text->packed)
        return kept_text_unpack(text->packed, text->packed_size, text->size, ret) < 0 ? SQLITE_NOMEM
                                                                                      : SQLITE_OK;
    if (run->on_disk != ON_DISK_NOTHING)
        r = shelf_read_text(&store->disk.shelf, run->id, i, ret);
    return !r && !*ret && (run->kinds & 1u << i) ? SQLITE_CORRUPT : r;
}

static void get_run(Store *store, ArchiveJob *job)
{
    KeptRun *held = find_held(store, job->id);
    KeptRun *run = held ? held : read_stored(store, job);

    if (!run)
        return;
    job->status = text_copy(run->status);
    job->row = kept_run_row(run, job->owner, &job->owned, &job->began);
    job->asks = asks_json(&run->asks);
    for (int i = 0; i < ARCHIVE_N_TEXTS; i++) {
        int r = job->wanted & 1u << i ? read_run_text(store, run, i, &job->got[i]) : SQLITE_OK;

        if (r)
            take_unreadable(store, job, r);
    }
    if ((job->wanted & ARCHIVE_RUN) && !job->got[0] && !job->unreadable && kept_run_is_over(run))
        job->got[0] = kept_run_stand_in(job->row);
    if (!held)
        kept_run_free(run);
}

/* The next run in memory that a list shows. Without the disk it shows all that fit, else only those that the
 * disk does not have as they are. */
static const KeptRun *next_listed(const KeptRun *run, const ArchiveFilter *filter, bool without_disk)
{
    while (run && !(kept_run_fits(run, filter) && (without_disk || is_unsaved(run))))
        run = TAILQ_NEXT(run, link);
    return run;
}

/* Goes on to the next id on disk that is not in memory in a newer form. */
static int skip_unsaved(const Store *store, Ids *ids)
{
    int r = SQLITE_OK;

    while (!r && ids->id) {
        const KeptRun *run = find_held(store, ids->id);

        if (!run || !is_unsaved(run))
            break;
        r = ids_next(ids);
    }
    return r;
}

static void show_run(ArchiveJob *job, const KeptRun *run)
{
    json_array_append_new(job->runs, kept_run_row(run, job->owner, NULL, NULL));
}

/* One that cannot be read takes no place on the page, so that a page is as long as it was asked for. */
static int show_stored(Store *store, ArchiveJob *job, Ids *ids)
{
    KeptRun *run = NULL;
    int r = shelf_read(&store->disk.shelf, ids->id, &run);

    if (is_of_run(r))
        json_array_append_new(job->unlisted, json_string(ids->id));
    else if (r)
        return r;
    if (run) {
        show_run(job, run);
        kept_run_free(run);
    }
    return ids_next(ids);
}

/* Fills the page with the newest runs, by merging two lists that are both newest first: the runs in
 * memory that have to be shown from there, and the ids on disk without those. ids is NULL without the
 * disk. While all is well there are no unsaved runs, and the page is what the database says. `more` is
 * set when the page is full and either list has something left. */
static int fill_page(Store *store, ArchiveJob *job, Ids *ids)
{
    const KeptRun *held = next_listed(TAILQ_FIRST(&store->held), &job->filter, !ids);
    int r = ids ? skip_unsaved(store, ids) : SQLITE_OK;

    json_decref(job->runs);
    json_decref(job->unlisted);
    job->runs = json_array();
    job->unlisted = json_array();
    while (!r) {
        const char *stored = ids ? ids->id : NULL;

        job->more = held || stored;
        if (!job->more || (int64_t)json_array_size(job->runs) >= job->filter.limit)
            break;
        if (held && (!stored || strcmp(held->id, stored) > 0)) {
            show_run(job, held);
            held = next_listed(TAILQ_NEXT(held, link), &job->filter, !ids);
        } else {
            r = show_stored(store, job, ids);
            if (!r)
                r = skip_unsaved(store, ids);
        }
    }
    return r;
}

/* If the disk fails in the middle of a page, the page is made again: of the file that took the place of a
 * damaged one, or of what is in memory. Half a page would look like the end of the history. */
static void list_runs(Store *store, ArchiveJob *job)
{
    int r = SQLITE_CORRUPT;

    for (int i = 0; i < 2 && shelf_is_damage(r) && disk_is_open(&store->disk); i++) {
        Ids ids = {0};

        r = ids_init(&ids, &store->disk.shelf, &job->filter);
        if (!r)
            r = fill_page(store, job, &ids);
        ids_finish(&ids);
        if (!r)
            return;
        take_error(store, r);
    }
    fill_page(store, job, NULL);
}

static void do_job(Store *store, ArchiveJob *job)
{
    switch (job->kind) {
    case ARCHIVE_JOB_BEGIN:
    case ARCHIVE_JOB_ASK:
    case ARCHIVE_JOB_CHANGE:
    case ARCHIVE_JOB_FINISH:
    case ARCHIVE_JOB_RELABEL:
        change_run(store, job);
        return;
    case ARCHIVE_JOB_REMOVE:
        remove_run(store, job);
        return;
    case ARCHIVE_JOB_EMPTY:
        remove_runs(store, job);
        return;
    case ARCHIVE_JOB_NOTE:
        keep_note(store, job);
        return;
    case ARCHIVE_JOB_LIST:
        list_runs(store, job);
        return;
    case ARCHIVE_JOB_GET:
        get_run(store, job);
        return;
    }
}

/* --- from memory to disk --- */

/* Removes the oldest finished runs until the rest fits, but none that is on its way to the disk: a run that
 * is larger than all the room there is shall push the others out, not itself. */
static int prune_disk(Store *store)
{
    auto_free char *after = text_copy("");

    for (;;) {
        auto_free char *id = NULL;
        const KeptRun *held;
        ShelfCounts counts;
        int r = shelf_count(&store->disk.shelf, &counts);

        if (!r && (counts.n_finished > store->max_runs || counts.n_bytes > store->max_bytes))
            r = shelf_oldest_finished(&store->disk.shelf, after, &id);
        if (r || !id)
            return r;
        held = find_held(store, id);
        if (!held || (!held->touched && !is_unsaved(held)))
            r = shelf_drop(&store->disk.shelf, id);
        if (r)
            return r;
        free(after);
        after = take_pointer(id);
    }
}

/* All of it in one transaction. */
static int write_run(Store *store, const KeptRun *run)
{
    Shelf *shelf = &store->disk.shelf;
    /* One that begins by reading could not write any more if somebody else wrote meanwhile. */
    int r = shelf_exec(shelf, "BEGIN IMMEDIATE");

    if (!r)
        r = shelf_write(shelf, run);
    if (!r && kept_run_is_over(run))
        r = prune_disk(store);
    if (!r)
        r = shelf_exec(shelf, "COMMIT");
    shelf_rollback(shelf);
    return r;
}

/* Returns whether it is on disk. If the file turns out to be damaged, the run goes to the one that replaces
 * it.
 */
static bool save_run(Store *store, KeptRun *run)
{
    bool again = true;

    for (int i = 0; i < 2 && again && disk_takes(&store->disk); i++) {
        int r = write_run(store, run);

        if (!r) {
            run->on_disk = ON_DISK_ALL;
            set_trouble(store, NULL);
            return true;
        }
        again = shelf_is_damage(r);
        take_error(store, r);
    }
    return false;
}

static KeptRun *oldest_unsaved(const Store *store)
{
    KeptRun *run;

    TAILQ_FOREACH_REVERSE (run, &store->held, KeptRuns, link)
        if (is_unsaved(run))
            return run;
    return NULL;
}

/* As save_run(); one statement is a transaction of its own. */
static bool save_note(Store *store, Note *note)
{
    bool again = true;

    for (int i = 0; i < 2 && again && disk_takes(&store->disk); i++) {
        int r = shelf_write_note(&store->disk.shelf, note);

        if (!r) {
            note->saved = true;
            set_trouble(store, NULL);
            return true;
        }
        again = shelf_is_damage(r);
        take_error(store, r);
    }
    return false;
}

static bool save_notes(Store *store)
{
    bool takes = false;
    Note *note;

    LIST_FOREACH (note, &store->notes, link)
        if (!note->saved && !store->busy)
            takes = save_note(store, note) || takes;
    return takes;
}

/* Each run that was touched, as one that is too large for the disk shall take no other with it. If the disk
 * took one, or is a new one, then also all that it did not take before, the oldest first, as long as it takes
 * them. */
static void save(Store *store)
{
    bool takes = store->replaced;
    KeptRun *run;

    TAILQ_FOREACH (run, &store->held, link)
        if (run->touched && is_unsaved(run) && !store->busy)
            takes = save_run(store, run) || takes;
    takes = save_notes(store) || takes;
    while (takes && !store->busy && (run = oldest_unsaved(store)))
        takes = save_run(store, run);
}

/* --- from memory to nowhere --- */

/* What the disk answers for goes, unless it may still change: whatever becomes of the file, a run that goes
 * on is complete. */
static void drop_saved(Store *store)
{
    for (KeptRun *run = TAILQ_FIRST(&store->held), *next; run; run = next) {
        next = TAILQ_NEXT(run, link);
        if (kept_run_is_over(run) && !is_unsaved(run))
            forget_held(store, run);
    }
}

/* Of finished runs that the disk did not take the oldest go, but none that has just come. */
static void prune_memory(Store *store)
{
    ShelfCounts counts = {0};
    KeptRun *run, *newer;

    TAILQ_FOREACH (run, &store->held, link) {
        counts.n_finished += kept_run_is_over(run);
        counts.n_bytes += kept_run_is_over(run) ? kept_run_bytes(run) : 0;
    }
    for (run = TAILQ_LAST(&store->held, KeptRuns); run; run = newer) {
        newer = TAILQ_PREV(run, KeptRuns, link);
        if (counts.n_finished <= store->max_held_runs && counts.n_bytes <= store->max_held_bytes)
            return;
        if (!kept_run_is_over(run) || run->touched)
            continue;
        counts.n_finished--;
        counts.n_bytes -= kept_run_bytes(run);
        forget_held(store, run);
    }
}

static void count_runs(Store *store)
{
    ShelfCounts counts = {0};
    bool open = disk_is_open(&store->disk);
    const KeptRun *run;

    if (open && shelf_count(&store->disk.shelf, &counts))
        return;
    TAILQ_FOREACH (run, &store->held, link) {
        counts.n_runs += run->on_disk == ON_DISK_NOTHING;
        counts.n_bytes += open ? 0 : kept_run_bytes(run);
    }
    store->n_runs = counts.n_runs;
    store->n_bytes = counts.n_bytes;
}

/* --- the store --- */

/* Kept means: the disk is open and has the run as it is now. A run that is not in memory any more was
 * dropped because the disk has it. */
static void confirm(const Store *store, ArchiveJob *job)
{
    const KeptRun *run = find_held(store, job->id);

    if (job->kind == ARCHIVE_JOB_NOTE) {
        job->found = true;
        job->kept = disk_takes(&store->disk) && notes_find(&store->notes, job->id)->saved;
        return;
    }
    job->kept = job->found && disk_takes(&store->disk) && (!run || !is_unsaved(run));
}

static int64_t least(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

static void read_notes(Store *store)
{
    int r = SQLITE_CORRUPT;

    for (int i = 0; i < 2 && shelf_is_damage(r) && disk_is_open(&store->disk); i++) {
        r = shelf_read_notes(&store->disk.shelf, &store->notes);
        if (r)
            take_error(store, r);
    }
}

const char *store_note(const Store *store, const char *name)
{
    const Note *note = notes_find(&store->notes, name);

    return note ? note->text : NULL;
}

/* Whether the answer says what the disk has in the end. A removal has said so by itself. */
static bool is_confirmed(const ArchiveJob *job)
{
    return archive_job_writes(job) && job->kind != ARCHIVE_JOB_REMOVE && job->kind != ARCHIVE_JOB_EMPTY;
}

Store *store_open(const ArchiveSettings *settings)
{
    Store *store = calloc(1, sizeof(Store));

    assert(store);
    store->path = text_copy(settings->path);
    store->max_runs = settings->max_runs;
    store->max_bytes = settings->max_bytes;
    store->max_held_runs = least(MEMORY_MAX_RUNS, settings->max_runs);
    store->max_held_bytes = least(MEMORY_MAX_BYTES, settings->max_bytes);
    TAILQ_INIT(&store->held);
    LIST_INIT(&store->notes);
    disk_init(&store->disk, store->path);
    set_trouble(store, disk_open(&store->disk));
    read_notes(store);
    count_runs(store);
    return store;
}

/* The steps of the paragraph at the top, in their order. `touched` marks the runs of this list: they are
 * written one by one even if the disk refused the one before, and they are not pruned, as their callers
 * are still waiting to hear of them. */
void store_do(Store *store, ArchiveJobs *jobs)
{
    bool writes = false, begins = false;
    ArchiveJob *job;
    KeptRun *run;

    if (store->closed)
        return;
    STAILQ_FOREACH (job, jobs, link) {
        writes = writes || archive_job_writes(job);
        begins = begins || job->kind == ARCHIVE_JOB_BEGIN || job->kind == ARCHIVE_JOB_NOTE;
    }
    store->busy = store->replaced = false;
    TAILQ_FOREACH (run, &store->held, link)
        run->touched = false;
    if (writes)
        reopen_disk(store, begins);
    STAILQ_FOREACH (job, jobs, link)
        do_job(store, job);
    if (!writes && !store->replaced)
        return;
    save(store);
    STAILQ_FOREACH (job, jobs, link)
        if (is_confirmed(job))
            confirm(store, job);
    drop_saved(store);
    prune_memory(store);
    count_runs(store);
}

StoreState store_state(const Store *store)
{
    return (StoreState){store->trouble, store->disk.notice, store->n_runs, store->n_bytes};
}

void store_close(Store *store)
{
    store->busy = false;
    store->replaced = true; /* the last try */
    save(store);
    disk_close(&store->disk, false);
    store->closed = true;
}

void store_free(Store *store)
{
    KeptRun *run;

    while ((run = TAILQ_FIRST(&store->held)))
        forget_held(store, run);
    notes_finish(&store->notes);
    disk_finish(&store->disk);
    free(store->trouble);
    free(store->path);
    free(store);
}
