/* What an archive does when the disk is full, read-only, slow, or has a bad sector. */
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/array.h"
#include "tests/unit/bad-disk.h"
#include "tests/unit/keeper.h"
#include "tests/unit/own-mounts.h"
#include "tests/unit/tree.h"

static Keeper keeper;

static void begin_test(void)
{
    tree_make();
    keeper_init(&keeper, tree_root);
}

static void end_test(void)
{
    keeper_finish(&keeper);
    umount2(tree_root, MNT_DETACH); /* if it has one of its own */
    tree_remove();
}

START_TEST(a_full_file_system_holds_runs_in_memory_until_there_is_room)
{
    auto_free char *filler = text_printf("%s/filler", tree_root);
    int i = 1, n_kept;

    if (!mounts_make(tree_root, "2m"))
        return;
    keeper_open(&keeper);
    tree_write_bytes("/filler", (char[1 << 19]){0}, 1 << 19);
    do
        keep_begin(&keeper, i, "countdown");
    while (keep_large(&keeper, i, 100000).kept && i++ < 100);
    n_kept = i - 1;
    ck_assert_int_lt(n_kept, 100);
    ck_assert_ptr_nonnull(archive_trouble(keeper.archive));
    keep_whole(&keeper, ++i, false);
    for (int k = 1; k < i; k++)
        assert_large(&keeper, k, 100000);
    assert_status(&keeper, i, "done");
    ck_assert_int_eq(remove(filler), 0);
    keep_whole(&keeper, ++i, true);
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_trouble(&keeper, NULL);
    assert_notice(&keeper, NULL);
    for (int k = 1; k <= n_kept + 1; k++)
        assert_large(&keeper, k, 100000);
    assert_status(&keeper, i - 1, "done");
    ck_assert_int_eq(archive_n_runs(keeper.archive), i);
}
END_TEST

/* A change by somebody else, after which SQLite reads again what it had in memory. */
static void forget_pages(void)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE other (a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void fill_file_system(const char *path)
{
    FILE *file = fopen(path, "w");
    char block[4096] = {0};

    ck_assert_ptr_nonnull(file);
    setbuf(file, NULL);
    while (fwrite(block, sizeof(block), 1, file) == 1)
        ;
    fclose(file);
}

static void spoil_file(const char *path)
{
    FILE *file = fopen(path, "r+");
    long size;

    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    ck_assert_int_gt(size, 8192);
    fseek(file, 4096, SEEK_SET);
    for (long i = 4096; i < size; i++)
        fputc('x', file);
    fclose(file);
}

/* The file is damaged, and there is no room for one that would take its place. What is in it may be found
 * again. */
START_TEST(nothing_is_removed_from_a_file_that_cannot_be_replaced)
{
    auto_free char *filler = text_printf("%s/filler", tree_root);
    int64_t n;

    if (!mounts_make(tree_root, "2m"))
        return;
    for (int all = 0; all < 2; all++) {
        keeper_open(&keeper);
        for (int i = 1; i < 6; i++) {
            keep_begin(&keeper, i, "countdown");
            ck_assert(keep_large(&keeper, i, 20000).kept);
        }
        keeper_reopen(&keeper);
        forget_pages();
        spoil_file(keeper.path);
        fill_file_system(filler);
        if (all)
            ck_assert(!keep_nothing(&keeper, &n));
        else
            ck_assert(!keep_remove(&keeper, 1).kept);
        ck_assert_ptr_nonnull(archive_trouble(keeper.archive));
        keeper_close(&keeper);
        ck_assert_int_eq(remove(filler), 0);
        ck_assert_int_eq(remove(keeper.path), 0);
    }
}
END_TEST

/* All that is there, and what comes is held in memory. */
static void assert_shown_only(const char *numbers, const char *with_next)
{
    keeper_open(&keeper);
    assert_trouble(&keeper, "Read-only file system; the runs that it has are shown");
    assert_all_numbers(&keeper, numbers);
    assert_status(&keeper, 1, "done");
    keep_whole(&keeper, 8, false);
    ck_assert(keep_relabel(&keeper, 1, NULL, "new").found);
    ck_assert(!keep_remove(&keeper, 1).kept);
    assert_trouble(&keeper, "Read-only file system; the runs that it has are shown");
    assert_all_numbers(&keeper, with_next);
}

START_TEST(a_read_only_file_system_is_shown_and_written_when_it_can_be)
{
    auto_free char *text = NULL;

    if (!mounts_make(tree_root, "4m"))
        return;
    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_ask(&keeper, 1, "client:a", "old", NULL);
    keep_begin(&keeper, 2, "fetch");
    ck_assert(keep_note(&keeper, "a", "one").kept);
    keeper_close(&keeper);
    mounts_set_read_only(tree_root, true);
    assert_shown_only("2 1", "8 2 1");
    assert_note(&keeper, "a", "one");
    /* Its server is gone. */
    assert_status(&keeper, 2, "failed");
    mounts_set_read_only(tree_root, false);
    keep_whole(&keeper, 9, true);
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "9 8 2 1");
    text = kept_text(&keeper, 1, ARCHIVE_TRACE);
    ck_assert_str_eq(text, "trace 1");
}
END_TEST

/* The log of a server that was killed is still beside the file, with all that it had written. */
START_TEST(a_read_only_file_system_shows_what_a_killed_server_had_written_last)
{
    pid_t child;
    int status;

    if (!mounts_make(tree_root, "4m"))
        return;
    child = fork();
    if (child == 0) {
        keeper_init(&keeper, tree_root);
        keeper_open(&keeper);
        keep_whole(&keeper, 1, true);
        keep_ask(&keeper, 1, "client:a", "old", NULL);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    mounts_set_read_only(tree_root, true);
    assert_shown_only("1", "8 1");
    keeper_close(&keeper);
    mounts_set_read_only(tree_root, false);
}
END_TEST

/* What came behind these versions is taken back. */
static const char *const older_versions[] = {
    "ALTER TABLE runs DROP COLUMN sum; ALTER TABLE runs DROP COLUMN kinds; PRAGMA user_version = 5",
    "ALTER TABLE runs DROP COLUMN sum; ALTER TABLE runs DROP COLUMN kinds; DROP TABLE notes;"
    " ALTER TABLE asks DROP COLUMN question; PRAGMA user_version = 2",
};

/* Leaves a file with two runs, of an older version: whole, or as a server that is killed leaves it, with all
 * of the older version in its log. */
static void make_older(const char *sql, bool is_killed)
{
    sqlite3 *db;
    pid_t child;
    int status;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_ask(&keeper, 1, "client:a", "old", "faster");
    keep_begin(&keeper, 2, "fetch");
    keeper_close(&keeper);
    child = fork();
    if (child == 0) {
        bool is_said = sqlite3_open(keeper.path, &db) == SQLITE_OK &&
                       sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

        if (!is_killed)
            sqlite3_close(db);
        _exit(is_said ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

/* It cannot be brought to today's version there, and is all the same as if it were. */
static void assert_older_is_shown(const char *sql, bool is_killed)
{
    auto_free char *text = NULL, *again = NULL;
    json_auto_t *summary = NULL;

    make_older(sql, is_killed);
    mounts_set_read_only(tree_root, true);
    assert_shown_only("2 1", "8 2 1");
    assert_status(&keeper, 2, "failed");
    text = kept_text(&keeper, 1, ARCHIVE_TRACE);
    ck_assert_str_eq(text, "trace 1");
    summary = kept_summary(&keeper, 1, "client:a");
    ck_assert_str_eq(json_string_value(json_object_get(summary, "prediction")), "faster");
    mounts_set_read_only(tree_root, false);
    keep_whole(&keeper, 9, true);
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "9 8 2 1");
    again = kept_text(&keeper, 1, ARCHIVE_TRACE);
    ck_assert_str_eq(again, "trace 1");
    keeper_close(&keeper);
    ck_assert_int_eq(remove(keeper.path), 0);
}

START_TEST(a_file_of_an_older_version_that_cannot_be_written_is_shown)
{
    if (!mounts_make(tree_root, "4m"))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(older_versions); i++) {
        assert_older_is_shown(older_versions[i], false);
        assert_older_is_shown(older_versions[i], true);
    }
}
END_TEST

START_TEST(nothing_is_to_be_shown_where_there_is_no_file)
{
    if (!mounts_make(tree_root, "4m"))
        return;
    mounts_set_read_only(tree_root, true);
    keeper_open(&keeper);
    assert_trouble(&keeper, "runs.db: Read-only file system");
    keep_whole(&keeper, 1, false);
    assert_all_numbers(&keeper, "1");
    mounts_set_read_only(tree_root, false);
    keep_whole(&keeper, 2, true);
}
END_TEST

/* The loop goes on while the disk does not answer. */
enum { N_JOBS = 200, N_TURNS = 20 };

static Kept kept[N_JOBS];
static int n_turns, n_answered_early;

static void on_turn(uv_timer_t *timer)
{
    for (int i = 0; i < N_JOBS; i++)
        n_answered_early += kept[i].called;
    if (++n_turns < N_TURNS)
        return;
    uv_close((uv_handle_t *)timer, NULL);
    bad_disk_let_go();
}

/* Notes down many runs while nothing can be written. */
static void note_many(uv_timer_t *timer)
{
    static const ArchiveTexts texts = {.run = "{}"};

    bad_disk_install();
    keeper_open(&keeper);
    bad_disk_hold();
    for (int i = 0; i < N_JOBS; i++) {
        char id[ID_SIZE];

        archive_begin(keeper.archive, id_of(i + 1, id), i, "idle", "queued", NULL, NULL, NULL);
        archive_finish(keeper.archive, id, "done", NULL, &texts, note_kept, &kept[i]);
    }
    uv_timer_init(&keeper.loop, timer);
    uv_timer_start(timer, on_turn, 1, 1);
}

static void assert_all_kept(void)
{
    ck_assert_int_eq(n_turns, N_TURNS);
    ck_assert_int_eq(n_answered_early, 0);
    for (int i = 0; i < N_JOBS; i++)
        ck_assert_msg(kept[i].called && kept[i].kept, "job %d", i);
}

START_TEST(a_disk_that_does_not_answer_stops_no_loop_and_loses_nothing)
{
    uv_timer_t timer;

    note_many(&timer);
    keeper_settle(&keeper);
    assert_all_kept();
    keeper_reopen(&keeper);
    ck_assert_int_eq(archive_n_runs(keeper.archive), N_JOBS);
}
END_TEST

/* As the server does when it is told to stop. */
START_TEST(what_waits_for_the_disk_is_written_before_the_archive_is_closed)
{
    uv_timer_t timer;

    note_many(&timer);
    keeper_close(&keeper);
    assert_all_kept();
    keeper_open(&keeper);
    assert_trouble(&keeper, NULL);
    ck_assert_int_eq(archive_n_runs(keeper.archive), N_JOBS);
    assert_status(&keeper, N_JOBS, "done");
}
END_TEST

enum { LARGE = 100000, N_LARGE = 5, SECTOR = 4096 };

/* A place in the middle of the file, which is a text's; which one, the test need not know. */
static int64_t middle_of_file(void)
{
    struct stat status;

    ck_assert_int_eq(stat(keeper.path, &status), 0);
    return status.st_size / 2 / SECTOR * SECTOR;
}

/* Returns which run cannot be read because of it: one. */
static int assert_one_unreadable(const char *why)
{
    int unreadable = 0;

    assert_trouble(&keeper, NULL);
    assert_all_numbers(&keeper, "5 4 3 2 1");
    for (int i = 1; i <= N_LARGE; i++) {
        auto_free char *said = why_unreadable(&keeper, i, ARCHIVE_RUN);

        if (!said)
            continue;
        ck_assert_msg(strstr(said, why), "%s", said);
        ck_assert_int_eq(unreadable, 0);
        unreadable = i;
    }
    ck_assert_int_gt(unreadable, 0);
    return unreadable;
}

START_TEST(a_bad_sector_costs_the_run_in_it)
{
    int unreadable;

    bad_disk_install();
    keeper_open(&keeper);
    for (int i = 1; i <= N_LARGE; i++) {
        keep_begin(&keeper, i, "idle");
        ck_assert(keep_large(&keeper, i, LARGE).kept);
    }
    keeper_reopen(&keeper);
    forget_pages();
    bad_disk_spoil(keeper.path, middle_of_file(), SECTOR);
    unreadable = assert_one_unreadable("cannot be read: disk I/O error");
    /* It was only the cable. */
    bad_disk_spoil(keeper.path, 0, 0);
    assert_large(&keeper, unreadable, LARGE);
    /* At the next start, too, it is one run and not the history. */
    keeper_close(&keeper);
    bad_disk_spoil(keeper.path, middle_of_file(), SECTOR);
    keeper_open(&keeper);
    bad_disk_spoil(keeper.path, 0, 0);
    ck_assert_int_eq(assert_one_unreadable("is damaged"), unreadable);
    assert_notice(&keeper, "4 of its runs were brought over, 1 damaged");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_full_file_system_holds_runs_in_memory_until_there_is_room,
        nothing_is_removed_from_a_file_that_cannot_be_replaced,
        a_read_only_file_system_is_shown_and_written_when_it_can_be,
        a_read_only_file_system_shows_what_a_killed_server_had_written_last,
        a_file_of_an_older_version_that_cannot_be_written_is_shown,
        nothing_is_to_be_shown_where_there_is_no_file,
        a_disk_that_does_not_answer_stops_no_loop_and_loses_nothing,
        what_waits_for_the_disk_is_written_before_the_archive_is_closed,
        a_bad_sector_costs_the_run_in_it,
    };

    return tree_run_tests_between("archive-disk", begin_test, end_test, tests, ARRAY_LENGTH(tests));
}
