/* One wrong bit in an archive: what becomes of the run that it is in, and of all others. A disk, a cable or a
 * memory does that, and SQLite, which has no sums of its own, takes it for what was written. */
#include <sqlite3.h>

#include "base/array.h"
#include "tests/unit/keeper.h"
#include "tests/unit/tree.h"

enum { PAGE = 4096, N_RUNS = 60, DAMAGED = 7, LARGE = 60000 };

static Keeper keeper;

/* The file as it was before any harm, closed. */
static unsigned char *sound;
static size_t size;

static void read_sound(void)
{
    free(sound);
    ck_assert_int_eq(text_read_file(keeper.path, 1 << 30, (char **)&sound, &size), 0);
}

/* Runs 1 to N_RUNS; the one that will be damaged has a text of many pages. */
static void begin_test(void)
{
    tree_make();
    keeper_init(&keeper, tree_root);
    keeper_open(&keeper);
    for (int i = 1; i <= N_RUNS; i++) {
        auto_free char *label = text_printf("the label of run %d", i);

        keep_begin(&keeper, i, i % 2 ? "countdown" : "fetch");
        ck_assert(keep_ask(&keeper, i, "client:a", label, "half").kept);
        ck_assert(i == DAMAGED ? keep_large(&keeper, i, LARGE).kept : keep_finish(&keeper, i, "done").kept);
    }
    keeper_close(&keeper);
    read_sound();
}

/* Away with what earlier rounds left: the damaged files that were set aside, above all. */
static void clear_folder(void)
{
    tree_remove();
    ck_assert_int_eq(mkdir(tree_root, 0700), 0);
}

/* Closes the archive and opens the sound file with these bits of the byte at a place turned round. */
static void open_with(size_t at, unsigned char bits)
{
    if (keeper.archive)
        keeper_close(&keeper);
    clear_folder();
    ck_assert_uint_lt(at, size);
    sound[at] ^= bits;
    tree_write_bytes("/runs.db", (const char *)sound, size);
    sound[at] ^= bits;
    keeper_open(&keeper);
}

static void end_test(void)
{
    keeper_finish(&keeper);
    tree_remove();
    free(sound);
    sound = NULL;
}

/* Whether what the archive has of a run is what it was given, to the last word. False: it says that it cannot
 * be read, in whole or in part, or (*ret_absent) that there is none. Anything else is a lie. */
static bool is_whole(int i, bool *ret_absent)
{
    static const unsigned kinds[] = {ARCHIVE_RUN, ARCHIVE_EVENTS, ARCHIVE_TRACE};
    static const char *const formats[] = {"{\"number\": %d}", "events %d", "trace %d"};
    auto_free char *why = why_unreadable(&keeper, i, ARCHIVE_RUN | ARCHIVE_EVENTS | ARCHIVE_TRACE);
    auto_free char *label = text_printf("the label of run %d", i);
    json_auto_t *summary = NULL;

    *ret_absent = false;
    if (why) {
        ck_assert_str_eq(why, "is damaged");
        return false;
    }
    summary = kept_summary(&keeper, i, "client:a");
    *ret_absent = !summary;
    if (!summary)
        return false;
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "number")), i);
    ck_assert_str_eq(json_string_value(json_object_get(summary, "label")), label);
    ck_assert_str_eq(json_string_value(json_object_get(summary, "status")), "done");
    if (i == DAMAGED) {
        assert_large(&keeper, i, LARGE);
        return true;
    }
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
        auto_free char *expected = text_printf(formats[k], i), *text = kept_text(&keeper, i, kinds[k]);

        ck_assert_pstr_eq(text, expected);
    }
    return true;
}

/* All but one are as they were, and that one says what it is. Returns whether it is whole, too. */
static bool assert_others_whole(void)
{
    bool damaged_is_whole = false;

    assert_trouble(&keeper, NULL);
    for (int i = 1; i <= N_RUNS; i++) {
        bool absent, whole = is_whole(i, &absent);

        ck_assert_msg(whole || (i == DAMAGED && !absent), "run %d", i);
        damaged_is_whole = damaged_is_whole || (whole && i == DAMAGED);
    }
    return damaged_is_whole;
}

/* The place of some bytes, from a place on; 0: there are no more. */
static size_t place_of(const void *bytes, size_t length, size_t from)
{
    const unsigned char *found = memmem(sound + from, size - from, bytes, length);

    return found ? (size_t)(found - sound) : 0;
}

/* A place in the middle of the large text as it lies in the file. */
static size_t place_in_text(void)
{
    size_t place = 0;
    sqlite3_stmt *row;
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_prepare_v2(db, "SELECT body FROM texts WHERE length(body) > 10000", -1, &row, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    /* Some of the pieces lie across two pages. */
    for (int from = 15000; !place; from += 100)
        place = place_of((const char *)sqlite3_column_blob(row, 0) + from, 64, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return place;
}

START_TEST(a_bit_in_a_text_costs_that_text)
{
    auto_free char *unreadable = NULL;

    open_with(place_in_text(), 1);
    assert_notice(&keeper, NULL);
    ck_assert(!assert_others_whole());
    /* What lists show of it is sound. */
    assert_status(&keeper, DAMAGED, "done");
    unreadable = unreadable_numbers(&keeper);
    ck_assert_str_eq(unreadable, "");
}
END_TEST

/* The number in the summary is another one, and all is well with the pages. */
static void open_with_another_number(void)
{
    auto_free char *summary = text_printf("{\"number\":%d,", DAMAGED);
    size_t place = 0;

    /* In the page there may be older copies of the row, which nobody reads. */
    clear_folder();
    while ((place = place_of(summary, strlen(summary), place + 1)))
        sound[place + strlen(summary) - 2] ^= 1;
    tree_write_bytes("/runs.db", (const char *)sound, size);
    keeper_open(&keeper);
}

START_TEST(a_bit_in_what_lists_show_takes_that_run_out_of_them_with_a_word)
{
    auto_free char *unreadable = NULL, *page = NULL, *after = NULL;
    bool more;

    open_with_another_number();
    ck_assert(!assert_others_whole());
    assert_notice(&keeper, NULL);
    unreadable = unreadable_numbers(&keeper);
    ck_assert_str_eq(unreadable, "7");
    page = kept_numbers(&keeper, &(ArchiveFilter){.limit = 4, .before = "01K00000000000000000000010"});
    ck_assert_str_eq(page, "9 8 6 5");
    json_decref(
        kept_page(&keeper, &(ArchiveFilter){.limit = 5, .before = "01K00000000000000000000007"}, &more));
    ck_assert(more);
    /* It can be removed. */
    ck_assert(keep_remove(&keeper, DAMAGED).kept);
    assert_absent(&keeper, DAMAGED);
    after = unreadable_numbers(&keeper);
    ck_assert_str_eq(after, "");
    ck_assert_int_eq(archive_n_runs(keeper.archive), N_RUNS - 1);
}
END_TEST

START_TEST(damaged_runs_are_removed_with_all_others)
{
    int64_t n;

    open_with_another_number();
    ck_assert(keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, N_RUNS);
    keeper_reopen(&keeper);
    assert_all_numbers(&keeper, "");
    assert_absent(&keeper, DAMAGED);
}
END_TEST

/* The pages of a large text are a chain; SQLite must not write to a file where two of them may be one. */
START_TEST(a_bit_in_the_chain_of_pages_costs_that_run_and_all_others_are_brought_over)
{
    open_with(place_in_text() / PAGE * PAGE + 3, 4);
    assert_notice(&keeper, "59 of its runs were brought over, 1 damaged");
    ck_assert(!assert_others_whole());
    ck_assert_int_eq(archive_n_runs(keeper.archive), N_RUNS);
    keeper_reopen(&keeper);
    assert_notice(&keeper, NULL);
    ck_assert(!assert_others_whole());
}
END_TEST

static void say(const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Of a version without sums. */
START_TEST(an_older_damaged_file_is_brought_over_too)
{
    say("ALTER TABLE runs DROP COLUMN sum; ALTER TABLE runs DROP COLUMN kinds; PRAGMA user_version = 5");
    read_sound();
    open_with(place_in_text() / PAGE * PAGE + 3, 4);
    assert_notice(&keeper, "59 of its runs were brought over, 1 damaged");
    ck_assert(!assert_others_whole());
}
END_TEST

/* In rows, in indexes, in asks and in texts: wherever it stands, it costs one run at most. */
START_TEST(a_bit_in_an_id_costs_at_most_that_run)
{
    char id[ID_SIZE];
    size_t place = 0;
    int n_places = 0, n_whole = 0;

    id_of(DAMAGED, id);
    while ((place = place_of(id, strlen(id), place + 1))) {
        open_with(place + strlen(id) - 1, 8);
        n_whole += assert_others_whole();
        n_places++;
    }
    /* An index is made anew. */
    ck_assert_int_ge(n_places, 10);
    ck_assert_int_ge(n_whole, n_places / 2);
}
END_TEST

/* Anywhere. Where a page cannot be read at all, the runs in it are gone, but what is shown is never anything
 * else than what was written; and of the first page that all hangs on, that nothing ends. */
START_TEST(a_bit_anywhere_never_makes_another_run_of_one)
{
    enum { ROUNDS = 60 };
    uint32_t random = 2463534242;
    int n_lost = 0, n_grave = 0;

    for (int round = 0; round < ROUNDS; round++) {
        size_t place;
        int n_damaged = 0;

        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        /* The large text is most of the file, and has had its turn. */
        place = random % (round % 8 ? size : PAGE);
        open_with(place, (unsigned char)(1u << round % 8));
        for (int i = 1; i <= N_RUNS; i++) {
            bool absent;

            n_damaged += !is_whole(i, &absent);
            ck_assert_msg(!absent || archive_notice(keeper.archive) || archive_trouble(keeper.archive),
                "run %d is missing and nobody says why: byte %zu", i, place);
        }
        n_lost += n_damaged > 0;
        n_grave += place >= PAGE && n_damaged > N_RUNS / 2;
        ck_assert(keep_begin(&keeper, 1001, "idle").found);
    }
    printf("after %d bits runs were missing %d times, %d times more than half\n", ROUNDS, n_lost, n_grave);
    ck_assert_int_le(n_grave, ROUNDS / 10);
}
END_TEST

/* The number by which old runs are removed. */
START_TEST(a_wrong_count_of_runs_removes_none)
{
    bool absent;

    keeper.settings.max_runs = 1000;
    say("UPDATE totals SET n_runs = 5000000");
    keeper_open(&keeper);
    keep_whole(&keeper, 1001, true);
    for (int i = 1; i <= N_RUNS; i++)
        ck_assert(is_whole(i, &absent));
    ck_assert_int_eq(archive_n_runs(keeper.archive), N_RUNS + 1);
}
END_TEST

/* The server was killed when the damaged file was set aside and its successor had not its name yet. */
START_TEST(a_file_that_was_being_replaced_is_found_under_the_other_name)
{
    auto_free char *successor = text_printf("%s.new", keeper.path);

    ck_assert_int_eq(rename(keeper.path, successor), 0);
    keeper_open(&keeper);
    ck_assert(assert_others_whole());
    ck_assert_int_ne(access(successor, F_OK), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_bit_in_a_text_costs_that_text,
        a_bit_in_what_lists_show_takes_that_run_out_of_them_with_a_word,
        damaged_runs_are_removed_with_all_others,
        a_bit_in_the_chain_of_pages_costs_that_run_and_all_others_are_brought_over,
        an_older_damaged_file_is_brought_over_too,
        a_bit_in_an_id_costs_at_most_that_run,
        a_bit_anywhere_never_makes_another_run_of_one,
        a_wrong_count_of_runs_removes_none,
        a_file_that_was_being_replaced_is_found_under_the_other_name,
    };

    return tree_run_tests_between("archive-bits", begin_test, end_test, tests, ARRAY_LENGTH(tests));
}
