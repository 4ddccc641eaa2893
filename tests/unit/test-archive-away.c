/* What an archive does when its file, its folder, its log or its lock is taken away while it is in use, and
 * what it says where it may not write. */
#include <fcntl.h>
#include <signal.h>
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

/* The path of the archive with something behind it. */
static char *beside(const char *suffix)
{
    return text_printf("%s%s", keeper.path, suffix);
}

static void remove_beside(const char *suffix)
{
    auto_free char *name = beside(suffix);

    ck_assert_int_eq(remove(name), 0);
}

/* The runs of a file that is opened and closed again; with its own keeper, as another may be in use. */
static void assert_other_has(const char *path, const char *numbers)
{
    Keeper other;

    keeper_init(&other, tree_root);
    other.settings.path = path;
    keeper_open(&other);
    assert_trouble(&other, NULL);
    assert_all_numbers(&other, numbers);
    keeper_finish(&other);
}

/* A process that has just been forked, as the server does for each run, has a copy of every descriptor until
 * it becomes another program. */
START_TEST(a_file_that_was_deleted_while_a_child_begins_is_begun_anew)
{
    pid_t child;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_begin(&keeper, 2, "fetch");
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    remove_beside("");
    ck_assert(keep_finish(&keeper, 2, "done").kept);
    assert_trouble(&keeper, NULL);
    assert_notice(&keeper, "was moved or deleted while it was in use: what it had is not shown any more");
    assert_all_numbers(&keeper, "2");
    keeper_reopen(&keeper);
    assert_trouble(&keeper, NULL);
    assert_all_numbers(&keeper, "2");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_file_that_was_renamed_is_whole_under_its_new_name)
{
    auto_free char *backup = beside(".backup");

    keeper_open(&keeper);
    for (int i = 1; i <= 3; i++)
        keep_whole(&keeper, i, true);
    ck_assert_int_eq(rename(keeper.path, backup), 0);
    keep_whole(&keeper, 4, true);
    assert_notice(&keeper, "was moved or deleted");
    assert_all_numbers(&keeper, "4");
    assert_other_has(backup, "3 2 1");
}
END_TEST

static void copy_file(const char *from, const char *to)
{
    auto_free char *bytes = NULL;
    size_t size;

    ck_assert_int_eq(text_read_file(from, 1 << 30, &bytes, &size), 0);
    tree_write_bytes(to, bytes, size);
}

START_TEST(a_file_that_was_replaced_gets_nothing_of_the_log_of_the_old_one)
{
    auto_free char *other = text_printf("%s/other.db", tree_root);

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keeper_close(&keeper);
    copy_file(keeper.path, "/other.db");
    keeper_open(&keeper);
    for (int i = 2; i <= 4; i++)
        keep_whole(&keeper, i, true);
    ck_assert_int_eq(rename(other, keeper.path), 0);
    keep_whole(&keeper, 5, true);
    assert_trouble(&keeper, NULL);
    assert_notice(&keeper, "was replaced by another file");
    assert_all_numbers(&keeper, "5 1");
    keeper_reopen(&keeper);
    assert_notice(&keeper, NULL);
    assert_all_numbers(&keeper, "5 1");
}
END_TEST

/* Moves the archive into a folder of its own. */
static char *live_in_folder(void)
{
    snprintf(keeper.path, sizeof(keeper.path), "%s/state/runs.db", tree_root);
    return text_printf("%s/state", tree_root);
}

START_TEST(a_folder_that_was_renamed_is_made_again_and_the_old_one_is_free)
{
    auto_free char *folder = live_in_folder(), *old = text_printf("%s/old", tree_root);
    auto_free char *moved = text_printf("%s/old/runs.db", tree_root);

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    ck_assert_int_eq(rename(folder, old), 0);
    keep_whole(&keeper, 2, true);
    assert_notice(&keeper, "was moved or deleted");
    assert_other_has(moved, "1");
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "2");
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_again_is_said_and_runs_wait_for_it)
{
    auto_free char *folder = live_in_folder(), *old = text_printf("%s/old", tree_root);

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    ck_assert_int_eq(rename(folder, old), 0);
    tree_write("/state", "a file");
    keep_whole(&keeper, 2, false);
    assert_trouble(&keeper, "Not a directory");
    ck_assert_int_eq(remove(folder), 0);
    keep_whole(&keeper, 3, true);
    assert_trouble(&keeper, NULL);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "3 2");
}
END_TEST

/* Keeps a run, has something taken away, keeps another and dies. */
static void die_without(const char *suffix)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        keeper_init(&keeper, tree_root);
        keeper_open(&keeper);
        keep_whole(&keeper, 1, true);
        remove_beside(suffix);
        keep_whole(&keeper, 2, true);
        assert_notice(&keeper, "lost its log");
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static void assert_lost_nothing_without(const char *suffix)
{
    die_without(suffix);
    keeper_open(&keeper);
    assert_trouble(&keeper, NULL);
    assert_all_numbers(&keeper, "2 1");
}

/* Each is a test of its own, because a process that has threads should not fork. */
START_TEST(a_log_that_was_deleted_takes_no_run_with_it)
{
    assert_lost_nothing_without("-wal");
}
END_TEST

START_TEST(a_log_whose_index_was_deleted_takes_no_run_with_it)
{
    assert_lost_nothing_without("-shm");
}
END_TEST

START_TEST(a_lock_that_was_deleted_is_taken_anew)
{
    Keeper other;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    remove_beside(".lock");
    keep_whole(&keeper, 2, true);
    assert_notice(&keeper, NULL);
    keeper_init(&other, tree_root);
    keeper_open(&other);
    assert_trouble(&other, "another server has it");
    keeper_finish(&other);
}
END_TEST

START_TEST(a_file_that_another_server_took_with_its_lock_is_left_to_it)
{
    Keeper other;

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    remove_beside(".lock");
    keeper_init(&other, tree_root);
    keeper_open(&other);
    keep_whole(&keeper, 2, false);
    assert_trouble(&keeper, "another server has it");
    keep_whole(&other, 3, true);
    assert_all_numbers(&other, "3 1");
    keeper_finish(&other);
    keep_whole(&keeper, 4, true);
    assert_all_numbers(&keeper, "4 3 2 1");
}
END_TEST

/* Permissions mean nothing to root, and only root can take a number that owns nothing here. */
static bool become(uid_t number)
{
    if (getuid() != 0) {
        fprintf(stderr, "not root: what is said to another user is skipped\n");
        return false;
    }
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(setegid(number), 0);
    ck_assert_int_eq(seteuid(number), 0);
    return true;
}

enum { NUMBER = 10001 };

/* Opens the archive as a user of that number, and asserts the end of what it says of it. */
static void assert_denied(const char *what, const char *owner, const char *mend)
{
    auto_free char *words =
        text_printf("%s belongs to %s, and the server is user 10001, group 10001; as %s", what, owner, mend);

    keeper_open(&keeper);
    assert_trouble(&keeper, words);
    keeper_close(&keeper);
}

START_TEST(a_folder_of_another_owner_is_named_with_the_command_that_mends_it)
{
    auto_free char *folder = live_in_folder(), *mend = NULL, *make = NULL;

    chmod(tree_root, 0755);
    if (!become(NUMBER))
        return;
    make = text_printf("root: mkdir -p %s && chown 10001:10001 %s", folder, folder);
    assert_denied(tree_root, "user 0, group 0", make);
    become(0);
    mkdir(folder, 0755);
    become(NUMBER);
    mend = text_printf("root: chown 10001:10001 %s", folder);
    assert_denied(folder, "user 0, group 0", mend);
    become(0);
    ck_assert_int_eq(chown(folder, NUMBER, NUMBER), 0);
    become(NUMBER);
    keeper_open(&keeper);
    assert_trouble(&keeper, NULL);
    keeper_close(&keeper);
    become(0);
}
END_TEST

START_TEST(a_file_of_another_owner_is_named_with_the_command_that_mends_it)
{
    auto_free char *mend = text_printf("root: chown 10001:10001 %s*", keeper.path);

    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keeper_close(&keeper);
    chmod(tree_root, 0777);
    if (!become(NUMBER))
        return;
    assert_denied(keeper.path, "user 0, group 0", mend);
    become(0);
}
END_TEST

START_TEST(an_own_folder_that_lets_nobody_write_is_named_with_its_mode)
{
    auto_free char *mend = text_printf("this user: chmod u+rwx %s", tree_root);

    if (!become(0))
        return;
    chmod(tree_root, 0555);
    ck_assert_int_eq(chown(tree_root, NUMBER, NUMBER), 0);
    become(NUMBER);
    assert_denied(tree_root, "user 10001, group 10001", mend);
    become(0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_file_that_was_deleted_while_a_child_begins_is_begun_anew,
        a_file_that_was_renamed_is_whole_under_its_new_name,
        a_file_that_was_replaced_gets_nothing_of_the_log_of_the_old_one,
        a_folder_that_was_renamed_is_made_again_and_the_old_one_is_free,
        a_folder_that_cannot_be_made_again_is_said_and_runs_wait_for_it,
        a_log_that_was_deleted_takes_no_run_with_it,
        a_log_whose_index_was_deleted_takes_no_run_with_it,
        a_lock_that_was_deleted_is_taken_anew,
        a_file_that_another_server_took_with_its_lock_is_left_to_it,
        a_folder_of_another_owner_is_named_with_the_command_that_mends_it,
        a_file_of_another_owner_is_named_with_the_command_that_mends_it,
        an_own_folder_that_lets_nobody_write_is_named_with_its_mode,
    };

    return tree_run_tests_between("archive-away", begin_test, end_test, tests, ARRAY_LENGTH(tests));
}
