/* What an archive does when its file is harmed, held, full, foreign or gone, and when it is killed. */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/array.h"
#include "tests/unit/keeper.h"
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
    tree_remove();
}

/* Runs are not kept, but they can be read and listed, go on and change, and are gone at the end. */
static void assert_works_in_memory(const char *trouble)
{
    auto_free char *text = NULL;

    assert_trouble(&keeper, trouble);
    keep_whole(&keeper, 901, false);
    keep_begin(&keeper, 902, "fetch");
    ck_assert(keep_ask(&keeper, 902, "client:a", "mine", NULL).found);
    assert_trouble(&keeper, trouble);
    assert_status(&keeper, 902, "queued");
    ck_assert(keep_finish(&keeper, 902, "failed").found);
    ck_assert(keep_relabel(&keeper, 902, NULL, "yours").found);
    text = kept_text(&keeper, 901, ARCHIVE_RUN);
    ck_assert_str_eq(text, "{\"number\": 901}");
    assert_all_numbers(&keeper, "902 901");
    ck_assert_int_eq(archive_n_runs(keeper.archive), 2);
    ck_assert(keep_remove(&keeper, 901).kept);
    assert_all_numbers(&keeper, "902");
    keeper_reopen(&keeper);
    assert_absent(&keeper, 902);
}

static char *bytes_of(const char *path, size_t *ret_size)
{
    char *bytes = NULL;

    ck_assert_msg(text_read_file(path, 1 << 30, &bytes, ret_size) == 0, "%s", path);
    return bytes;
}

/* The path of the damaged file, from the notice. */
static char *path_aside(void)
{
    const char *notice = archive_notice(keeper.archive);
    const char *path;

    ck_assert_ptr_nonnull(notice);
    path = strstr(notice, " was damaged and is kept as ");
    ck_assert_msg(path && strncmp(notice, keeper.path, strlen(keeper.path)) == 0, "%s", notice);
    path += strlen(" was damaged and is kept as ");
    return text_printf("%.*s", (int)(strchr(path, ':') - path), path);
}

/* The file was harmed: it must be found out and kept as it is, and a new one be in use. */
static void assert_set_aside_at_opening(void)
{
    size_t size, size_aside;
    auto_free char *harmed = bytes_of(keeper.path, &size), *aside = NULL, *path = NULL;

    keeper_open(&keeper);
    assert_trouble(&keeper, NULL);
    path = path_aside();
    aside = bytes_of(path, &size_aside);
    ck_assert_uint_eq(size_aside, size);
    ck_assert(memcmp(aside, harmed, size) == 0);
    keep_whole(&keeper, 1001, true);
    keeper_reopen(&keeper);
    assert_notice(&keeper, NULL);
    assert_status(&keeper, 1001, "done");
}

START_TEST(a_file_of_garbage_is_set_aside)
{
    for (int i = 0; i < 3; i++) {
        auto_free char *garbage = malloc(100000);

        memset(garbage, 'x' + i, 100000);
        tree_write_bytes("/runs.db", garbage, 100000);
        assert_set_aside_at_opening();
        assert_all_numbers(&keeper, "1001");
        keeper_close(&keeper);
    }
}
END_TEST

START_TEST(a_short_text_is_set_aside_too)
{
    tree_write("/runs.db", "hello\n");
    assert_set_aside_at_opening();
}
END_TEST

START_TEST(an_empty_file_is_a_new_one)
{
    tree_write("/runs.db", "");
    keeper_open(&keeper);
    assert_trouble(&keeper, NULL);
    assert_notice(&keeper, NULL);
    keep_whole(&keeper, 1, true);
}
END_TEST

static void say(const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

enum { N_FILLED = 40, FILLED_SIZE = 200 << 10 };

/* Leaves a closed file of 8 MB with the runs 1 to 40. */
static off_t fill(void)
{
    struct stat status;

    keeper_open(&keeper);
    for (int i = 1; i <= N_FILLED; i++) {
        keep_begin(&keeper, i, "countdown");
        ck_assert(keep_large(&keeper, i, FILLED_SIZE).kept);
    }
    keeper_close(&keeper);
    ck_assert_int_eq(stat(keeper.path, &status), 0);
    return status.st_size;
}

START_TEST(a_truncated_file_is_set_aside)
{
    off_t size = fill();

    ck_assert_int_eq(truncate(keeper.path, size / 2 / 4096 * 4096), 0);
    assert_set_aside_at_opening();
}
END_TEST

/* In a process of its own: SQLite's locks would go with the descriptor. */
static void overwrite(off_t from, off_t length)
{
    int status;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        auto_free char *bytes = malloc((size_t)length);
        int fd = open(keeper.path, O_WRONLY);

        memset(bytes, 0xa5, (size_t)length);
        _exit(pwrite(fd, bytes, (size_t)length, from) == (ssize_t)length ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

/* The numbers of the runs whose text cannot be read, of those that fill() made. */
static char *damaged_numbers(void)
{
    char *numbers = text_printf("%s", "");

    for (int i = 1; i <= N_FILLED; i++) {
        auto_free char *why = why_unreadable(&keeper, i, ARCHIVE_RUN);
        auto_free char *shorter = numbers;

        ck_assert_msg(!why || strcmp(why, "is damaged") == 0, "%s", why);
        numbers = text_printf(why ? "%s %d" : "%s", shorter, i);
    }
    return numbers;
}

/* Whatever page it is: what does not lie in it is brought over. */
START_TEST(a_page_in_the_middle_that_was_overwritten_costs_the_run_that_was_in_it)
{
    off_t size = fill();
    auto_free char *numbers = NULL;

    overwrite(size / 2 / 4096 * 4096, 4096);
    assert_set_aside_at_opening();
    numbers = damaged_numbers();
    ck_assert_msg(*numbers && !strchr(numbers + 1, ' '), "%s", numbers);
}
END_TEST

/* A change by somebody else, after which SQLite reads again what it had in memory. */
static const char forget_pages[] = "CREATE TABLE other (a)";

START_TEST(damage_that_comes_while_it_is_open_is_that_of_the_runs_in_it)
{
    off_t size = fill();
    auto_free char *before = NULL, *after = NULL;
    json_auto_t *summary = NULL;

    keeper_open(&keeper);
    keep_begin(&keeper, 100, "fetch");
    keep_ask(&keeper, 100, "client:a", "mine", NULL);
    overwrite(size / 4, size / 2);
    say(forget_pages);
    before = damaged_numbers();
    ck_assert_msg(strlen(before) > 30 && strlen(before) < 90, "%s", before);
    assert_trouble(&keeper, NULL);
    /* What goes on is complete. */
    assert_status(&keeper, 100, "queued");
    ck_assert(keep_ask(&keeper, 100, "client:b", NULL, NULL).kept);
    ck_assert(keep_finish(&keeper, 100, "done").kept);
    keeper_reopen(&keeper);
    after = damaged_numbers();
    ck_assert_str_eq(after, before);
    summary = kept_summary(&keeper, 100, "client:a");
    ck_assert_str_eq(json_string_value(json_object_get(summary, "label")), "mine");
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "asks")), 2);
}
END_TEST

START_TEST(a_write_that_meets_damage_goes_to_a_new_file)
{
    off_t size = fill();
    auto_free char *path = NULL;

    keeper_open(&keeper);
    say(forget_pages);
    overwrite(4096, size - 4096);
    ck_assert(keep_begin(&keeper, 100, "countdown").kept);
    ck_assert(keep_finish(&keeper, 100, "done").kept);
    path = path_aside();
    assert_trouble(&keeper, NULL);
    assert_all_numbers(&keeper, "100");
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "100");
}
END_TEST

START_TEST(tables_that_are_not_there_are_damage)
{
    keeper_open(&keeper);
    keeper_close(&keeper);
    say("DROP TABLE texts");
    assert_set_aside_at_opening();
}
END_TEST

/* The file stays as it is, byte for byte. */
static void assert_untouched(const char *trouble)
{
    size_t size, size_after;
    auto_free char *before = bytes_of(keeper.path, &size), *after = NULL;

    keeper_open(&keeper);
    assert_works_in_memory(trouble);
    keeper_close(&keeper);
    after = bytes_of(keeper.path, &size_after);
    ck_assert_uint_eq(size, size_after);
    ck_assert(memcmp(before, after, size) == 0);
}

START_TEST(a_newer_version_is_left_alone)
{
    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keeper_close(&keeper);
    say("PRAGMA user_version = 99");
    assert_untouched("was made by a newer version");
}
END_TEST

START_TEST(a_database_of_another_program_is_left_alone)
{
    say("CREATE TABLE runs (name TEXT); INSERT INTO runs VALUES ('mine')");
    assert_untouched("is a database of another program");
}
END_TEST

START_TEST(without_a_file_runs_are_held_in_memory)
{
    keeper.settings.path = NULL;
    keeper_open(&keeper);
    assert_works_in_memory("no file is set");
}
END_TEST

START_TEST(a_folder_in_its_place_is_trouble)
{
    mkdir(keeper.path, 0700);
    keeper_open(&keeper);
    assert_works_in_memory("runs.db: Is a directory");
}
END_TEST

START_TEST(a_file_as_its_folder_is_trouble)
{
    tree_write("/file", "");
    snprintf(keeper.path, sizeof(keeper.path), "%s/file/runs.db", tree_root);
    keeper_open(&keeper);
    assert_works_in_memory("Not a directory");
}
END_TEST

START_TEST(a_pipe_in_its_place_does_not_block)
{
    ck_assert_int_eq(mkfifo(keeper.path, 0600), 0);
    keeper_open(&keeper);
    assert_works_in_memory("is not a regular file");
}
END_TEST

/* Permissions mean nothing to root. */
static void become_somebody(void)
{
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
}

static void become_root_again(void)
{
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}

START_TEST(a_folder_that_cannot_be_written_is_trouble)
{
    chmod(tree_root, 0555);
    become_somebody();
    keeper_open(&keeper);
    assert_works_in_memory("Permission denied");
    keeper_close(&keeper);
    become_root_again();
    chmod(tree_root, 0700);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_shown_and_left_as_it_is)
{
    auto_free char *lock = text_printf("%s.lock", keeper.path), *before = NULL, *after = NULL;
    size_t size, size_after;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_begin(&keeper, 2, "fetch");
    keeper_close(&keeper);
    ck_assert_int_eq(remove(lock), 0);
    before = bytes_of(keeper.path, &size);
    chmod(keeper.path, 0444);
    chmod(tree_root, 0777);
    become_somebody();
    keeper_open(&keeper);
    assert_trouble(&keeper, "attempt to write a readonly database");
    assert_trouble(&keeper, "; the runs that it has are shown");
    keep_whole(&keeper, 3, false);
    assert_all_numbers(&keeper, "3 2 1");
    ck_assert(keep_remove(&keeper, 1).found);
    ck_assert(!keep_remove(&keeper, 1).kept);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "2 1");
    keeper_close(&keeper);
    become_root_again();
    after = bytes_of(keeper.path, &size_after);
    ck_assert_uint_eq(size, size_after);
    ck_assert(memcmp(before, after, size) == 0);
}
END_TEST

START_TEST(a_second_archive_leaves_the_file_to_the_first)
{
    Keeper first;

    keeper_init(&first, tree_root);
    keeper_open(&first);
    keep_begin(&first, 1, "countdown");
    keeper_open(&keeper);
    assert_trouble(&keeper, "another server has it");
    assert_absent(&keeper, 1);
    assert_status(&first, 1, "queued");
    keep_whole(&keeper, 2, false);
    keep_begin(&keeper, 3, "fetch");
    assert_absent(&first, 2);
    ck_assert(keep_finish(&first, 1, "done").kept);
    /* When the first one ends, the next run opens the file, and all in memory goes there. */
    keeper_finish(&first);
    ck_assert(keep_begin(&keeper, 4, "idle").kept);
    assert_trouble(&keeper, NULL);
    assert_all_numbers(&keeper, "4 3 2 1");
    ck_assert(keep_finish(&keeper, 3, "done").kept);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "4 3 2 1");
    assert_status(&keeper, 1, "done");
    assert_status(&keeper, 2, "done");
    assert_status(&keeper, 3, "done");
    assert_status(&keeper, 4, "failed");
}
END_TEST

/* No file can grow beyond this: to SQLite it is a disk that does not take the bytes. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_is_no_end)
{
    enum { LARGE = 3 << 20 };

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_begin(&keeper, 2, "countdown");
    keep_ask(&keeper, 2, "client:a", "mine", NULL);
    limit_files(1 << 20);
    ck_assert(!keep_large(&keeper, 2, LARGE).kept);
    assert_trouble(&keeper, "disk I/O error");
    assert_status(&keeper, 2, "done");
    assert_large(&keeper, 2, LARGE);
    assert_all_numbers(&keeper, "2 1");
    ck_assert_int_eq(archive_n_runs(keeper.archive), 2);
    /* What is on disk can still be read. */
    assert_status(&keeper, 1, "done");
    limit_files(RLIM_INFINITY);
    /* The next run takes it along. */
    assert_trouble(&keeper, "disk I/O error");
    ck_assert(keep_begin(&keeper, 3, "idle").kept);
    assert_trouble(&keeper, NULL);
    ck_assert(keep_finish(&keeper, 3, "done").kept);
    assert_all_numbers(&keeper, "3 2 1");
    ck_assert_int_eq(archive_n_runs(keeper.archive), 3);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "3 2 1");
    assert_large(&keeper, 2, LARGE);
    assert_status(&keeper, 2, "done");
}
END_TEST

START_TEST(a_change_of_what_the_disk_did_not_take_brings_all_of_it_there)
{
    json_auto_t *summary = NULL;

    keeper_open(&keeper);
    keep_begin(&keeper, 1, "countdown");
    keep_ask(&keeper, 1, "client:a", "old", NULL);
    limit_files(1 << 20);
    ck_assert(!keep_large(&keeper, 1, 3 << 20).kept);
    limit_files(RLIM_INFINITY);
    ck_assert(keep_relabel(&keeper, 1, NULL, "new").kept);
    keeper_reopen(&keeper);
    assert_status(&keeper, 1, "done");
    assert_large(&keeper, 1, 3 << 20);
    summary = kept_summary(&keeper, 1, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(summary, "label")), "new");
}
END_TEST

/* Nothing at all can be written: changes of what is on disk are held in memory, too, but no removals. */
START_TEST(a_disk_that_takes_nothing_can_still_be_read_and_relabelled)
{
    json_auto_t *changed = NULL, *kept = NULL;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_ask(&keeper, 1, "client:a", "old", NULL);
    keep_whole(&keeper, 2, true);
    keeper_reopen(&keeper);
    limit_files(0);
    keep_whole(&keeper, 3, false);
    ck_assert(keep_relabel(&keeper, 1, "client:a", "new").found);
    ck_assert(!keep_relabel(&keeper, 2, "client:a", "new").found);
    changed = kept_summary(&keeper, 1, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(changed, "label")), "new");
    ck_assert(keep_remove(&keeper, 2).found);
    ck_assert(!keep_remove(&keeper, 2).kept);
    assert_status(&keeper, 2, "done");
    assert_all_numbers(&keeper, "3 2 1");
    limit_files(RLIM_INFINITY);
    keep_whole(&keeper, 4, true);
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "4 3 2 1");
    kept = kept_summary(&keeper, 1, NULL);
    ck_assert(json_equal(kept, changed));
}
END_TEST

/* Half of the runs are in memory in a newer form, and the history is one all the same. */
START_TEST(a_page_shows_what_is_on_disk_and_what_is_not_in_one_order)
{
    static const struct {
        ArchiveFilter filter;
        const char *numbers;
    } rows[] = {
        {{.limit = 99}, "6 5 4 3 2 1"},
        {{.limit = 2}, "6 5"},
        {{.limit = 2, .before = "01K00000000000000000000005"}, "4 3"},
        {{.limit = 99, .label = "new"}, "3 1"},
        {{.limit = 99, .label = "old"}, "4 2"},
        {{.limit = 1, .label = "old", .before = "01K00000000000000000000004"}, "2"},
        {{.limit = 99, .status = "failed"}, "6"},
        {{.limit = 99, .status = "done", .experiment = "countdown"}, "5 4 3 2 1"},
    };
    auto_free char *text = NULL;

    keeper_open(&keeper);
    for (int i = 1; i <= 4; i++) {
        keep_whole(&keeper, i, true);
        keep_ask(&keeper, i, "client:a", "old", NULL);
    }
    limit_files(0);
    ck_assert(!keep_relabel(&keeper, 1, NULL, "new").kept);
    ck_assert(!keep_relabel(&keeper, 3, NULL, "new").kept);
    keep_whole(&keeper, 5, false);
    keep_begin(&keeper, 6, "fetch");
    keep_finish(&keeper, 6, "failed");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *numbers = kept_numbers(&keeper, &rows[i].filter);

        ck_assert_str_eq(numbers, rows[i].numbers);
    }
    ck_assert_int_eq(archive_n_runs(keeper.archive), 6);
    /* Only the label is in memory. */
    text = kept_text(&keeper, 3, ARCHIVE_TRACE);
    ck_assert_str_eq(text, "trace 3");
    limit_files(RLIM_INFINITY);
    ck_assert(keep_relabel(&keeper, 4, NULL, NULL).kept);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "6 5 4 3 2 1");
    assert_status(&keeper, 6, "failed");
    free(text);
    text = kept_text(&keeper, 3, ARCHIVE_TRACE);
    ck_assert_str_eq(text, "trace 3");
}
END_TEST

START_TEST(memory_holds_only_so_many)
{
    auto_free char *numbers = NULL;

    keeper.settings.path = NULL;
    keeper_open(&keeper);
    for (int i = 1; i <= 210; i++)
        keep_whole(&keeper, i, false);
    ck_assert_int_eq(archive_n_runs(keeper.archive), 200);
    assert_absent(&keeper, 10);
    assert_status(&keeper, 11, "done");
    keep_begin(&keeper, 1, "countdown");
    ck_assert(keep_large(&keeper, 1, 100 << 20).found);
    numbers = kept_numbers(&keeper, &(ArchiveFilter){.limit = 999});
    ck_assert_str_eq(numbers, "1");
}
END_TEST

START_TEST(a_file_that_was_deleted_is_noticed)
{
    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_begin(&keeper, 2, "fetch");
    remove(keeper.path);
    ck_assert(keep_finish(&keeper, 2, "done").kept);
    assert_notice(&keeper, "was moved or deleted");
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "2");
}
END_TEST

/* Somebody looks into the file with another program and leaves a transaction open. */
START_TEST(a_file_that_another_program_holds_is_waited_for_and_then_done_without)
{
    Kept kept[100] = {0};
    char id[ID_SIZE];
    sqlite3 *db;

    keeper_open(&keeper);
    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 1; i <= 100; i++)
        archive_begin(keeper.archive, id_of(i, id), i, "idle", "queued", NULL, note_kept, &kept[i - 1]);
    /* The wait for one is two seconds: if each waited alone, the test would run out of time. */
    keeper_settle(&keeper);
    for (int i = 0; i < 100; i++)
        ck_assert(kept[i].found && !kept[i].kept);
    assert_trouble(&keeper, "database is locked");
    assert_status(&keeper, 1, "queued");
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    ck_assert(keep_finish(&keeper, 1, "done").kept);
    assert_trouble(&keeper, NULL);
}
END_TEST

/* Which of them are gone from a file that cannot be written, nobody could say later: so none goes. */
START_TEST(what_the_disk_does_not_let_go_of_is_not_removed)
{
    int64_t n;
    sqlite3 *db;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    keep_whole(&keeper, 2, false);
    ck_assert(!keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, 0);
    assert_trouble(&keeper, "database is locked");
    assert_all_numbers(&keeper, "2 1");
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    ck_assert(keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, 2);
    assert_all_numbers(&keeper, "");
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "");
}
END_TEST

START_TEST(runs_in_memory_are_removed_where_there_is_no_disk_and_stay_where_it_is_away)
{
    int64_t n;

    keeper.settings.path = NULL;
    keeper_open(&keeper);
    keep_whole(&keeper, 1, false);
    keep_begin(&keeper, 2, "fetch");
    ck_assert(keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, 1);
    assert_all_numbers(&keeper, "2");
    keeper_close(&keeper);
    keeper.settings.path = "/dev/null/runs.db";
    keeper_open(&keeper);
    keep_whole(&keeper, 3, false);
    ck_assert(!keep_nothing(&keeper, &n));
    assert_all_numbers(&keeper, "3");
}
END_TEST

START_TEST(a_note_that_the_disk_did_not_take_goes_there_with_the_next_change)
{
    sqlite3 *db;

    keeper_open(&keeper);
    ck_assert(keep_note(&keeper, "a", "one").kept);
    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert(keep_note(&keeper, "a", "two").found);
    assert_trouble(&keeper, "database is locked");
    ck_assert(!keep_note(&keeper, "a", "three").kept);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    ck_assert(keep_begin(&keeper, 1, "idle").kept);
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_note(&keeper, "a", "three");
}
END_TEST

START_TEST(notes_outlive_a_file_that_was_deleted)
{
    keeper_open(&keeper);
    ck_assert(keep_note(&keeper, "a", "one").kept);
    keeper_reopen(&keeper);
    remove(keeper.path);
    ck_assert(keep_note(&keeper, "b", "two").kept);
    keeper_reopen(&keeper);
    assert_note(&keeper, "a", "one");
    assert_note(&keeper, "b", "two");
}
END_TEST

/* Tells the parent what it was told to be kept. */
typedef struct Note {
    int fd, number;
} Note;

static void tell(void *data, bool found, bool kept)
{
    const Note *note = data;

    if (!found || !kept || write(note->fd, &note->number, sizeof(int)) != sizeof(int))
        _exit(1);
}

/* Writes runs until it is killed, several in one transaction. */
static void write_for_ever(int fd, int first)
{
    Note notes[8];
    char id[ID_SIZE];

    for (;;) {
        for (size_t i = 0; i < ARRAY_LENGTH(notes); i++) {
            ArchiveTexts texts = {.run = id_of(first, id)};

            notes[i] = (Note){fd, first};
            archive_begin(keeper.archive, id, first, "idle", "queued", NULL, NULL, NULL);
            archive_ask(keeper.archive, id, "client:a", &(AskWords){.label = id}, NULL, NULL);
            archive_finish(keeper.archive, id, "done", NULL, &texts, tell, &notes[i]);
            first++;
        }
        keeper_settle(&keeper);
    }
}

/* Returns 0 in a new process, in which the archive is open. */
static pid_t fork_keeper(void)
{
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    keeper_init(&keeper, tree_root);
    keeper_open(&keeper);
    return 0;
}

/* Kills the writer when it has told of so many; returns how many it told of in all. */
static int write_until_killed(int first, int n_enough)
{
    int ends[2], number, n_told = 0;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork_keeper();
    if (pid == 0) {
        close(ends[0]);
        write_for_ever(ends[1], first);
    }
    close(ends[1]);
    while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
        ck_assert_int_eq(number, first + n_told++);
        if (n_told == n_enough)
            kill(pid, SIGKILL);
    }
    close(ends[0]);
    waitpid(pid, NULL, 0);
    ck_assert_int_ge(n_told, n_enough);
    return n_told;
}

static void assert_all_there(int first, int n_runs)
{
    assert_trouble(&keeper, NULL);
    assert_notice(&keeper, NULL);
    for (int i = first; i < first + n_runs; i++) {
        char id[ID_SIZE];
        auto_free char *text = kept_text(&keeper, i, ARCHIVE_RUN);

        ck_assert_pstr_eq(text, id_of(i, id));
    }
}

/* This process has no threads of its own, so that it may fork. */
START_TEST(what_was_confirmed_is_there_after_a_kill)
{
    enum { ROUNDS = 20, APART = 100000 };

    for (int round = 1; round <= ROUNDS; round++) {
        int n_told = write_until_killed(round * APART, 10 + 7 * round);
        int status;
        pid_t pid = fork_keeper();

        if (pid == 0) {
            assert_all_there(round * APART, n_told);
            keeper_close(&keeper);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_file_of_garbage_is_set_aside,
        a_short_text_is_set_aside_too,
        an_empty_file_is_a_new_one,
        a_truncated_file_is_set_aside,
        a_page_in_the_middle_that_was_overwritten_costs_the_run_that_was_in_it,
        damage_that_comes_while_it_is_open_is_that_of_the_runs_in_it,
        a_write_that_meets_damage_goes_to_a_new_file,
        tables_that_are_not_there_are_damage,
        a_newer_version_is_left_alone,
        a_database_of_another_program_is_left_alone,
        without_a_file_runs_are_held_in_memory,
        a_folder_in_its_place_is_trouble,
        a_file_as_its_folder_is_trouble,
        a_pipe_in_its_place_does_not_block,
        a_folder_that_cannot_be_written_is_trouble,
        a_file_that_cannot_be_written_is_shown_and_left_as_it_is,
        a_second_archive_leaves_the_file_to_the_first,
        a_full_disk_is_no_end,
        a_change_of_what_the_disk_did_not_take_brings_all_of_it_there,
        a_disk_that_takes_nothing_can_still_be_read_and_relabelled,
        a_page_shows_what_is_on_disk_and_what_is_not_in_one_order,
        memory_holds_only_so_many,
        a_file_that_was_deleted_is_noticed,
        a_file_that_another_program_holds_is_waited_for_and_then_done_without,
        what_the_disk_does_not_let_go_of_is_not_removed,
        runs_in_memory_are_removed_where_there_is_no_disk_and_stay_where_it_is_away,
        a_note_that_the_disk_did_not_take_goes_there_with_the_next_change,
        notes_outlive_a_file_that_was_deleted,
        what_was_confirmed_is_there_after_a_kill,
    };

    return tree_run_tests_between("archive-harm", begin_test, end_test, tests, ARRAY_LENGTH(tests));
}
