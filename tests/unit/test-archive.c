/* What an archive does while its file is well. */
#include <sqlite3.h>

#include "base/array.h"
#include "runs/archive-shelf.h"
#include "tests/unit/keeper.h"
#include "tests/unit/tree.h"

static Keeper keeper;

static void begin_test(void)
{
    tree_make();
    keeper_init(&keeper, tree_root);
    keeper_open(&keeper);
    ck_assert_ptr_null(archive_trouble(keeper.archive));
}

static void end_test(void)
{
    keeper_finish(&keeper);
    tree_remove();
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void assert_numbers(const ArchiveFilter *filter, const char *expected)
{
    auto_free char *numbers = kept_numbers(&keeper, filter);

    ck_assert_str_eq(numbers, expected);
}

START_TEST(a_run_goes_its_way_and_leaves_its_texts)
{
    auto_free char *events = NULL, *trace = NULL, *run = NULL;
    json_auto_t *summary = NULL;

    ck_assert(keep_begin(&keeper, 7, "countdown").kept);
    assert_status(&keeper, 7, "queued");
    ck_assert_ptr_null(kept_text(&keeper, 7, ARCHIVE_RUN));
    ck_assert(keep_words(&keeper, 7, "client:a", (AskWords){"mine", "countdown", "half"}).kept);
    ck_assert(keep_change(&keeper, 7, "running").kept);
    assert_status(&keeper, 7, "running");
    ck_assert(keep_finish(&keeper, 7, "done").kept);
    run = kept_text(&keeper, 7, ARCHIVE_RUN);
    events = kept_text(&keeper, 7, ARCHIVE_EVENTS);
    trace = kept_text(&keeper, 7, ARCHIVE_TRACE);
    ck_assert_str_eq(run, "{\"number\": 7}");
    ck_assert_str_eq(events, "events 7");
    ck_assert_str_eq(trace, "trace 7");
    summary = kept_summary(&keeper, 7, NULL);
    ck_assert_str_eq(text_of(summary, "id"), "01K00000000000000000000007");
    ck_assert_str_eq(text_of(summary, "experiment"), "countdown");
    ck_assert_str_eq(text_of(summary, "status"), "done");
    ck_assert_str_eq(text_of(summary, "created_at"), "1970-01-01T00:00:00.007Z");
    ck_assert_str_eq(text_of(summary, "label"), "mine");
    ck_assert_str_eq(text_of(summary, "question"), "countdown");
    ck_assert_str_eq(text_of(summary, "prediction"), "half");
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "asks")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "number")), 7);
    ck_assert_int_eq(archive_n_runs(keeper.archive), 1);
    ck_assert_int_gt(archive_n_bytes(keeper.archive), 0);
}
END_TEST

START_TEST(what_nobody_began_is_not_found)
{
    ck_assert(!keep_ask(&keeper, 1, "client:a", NULL, NULL).found);
    ck_assert(!keep_change(&keeper, 1, "running").found);
    ck_assert(!keep_finish(&keeper, 1, "done").found);
    ck_assert(!keep_relabel(&keeper, 1, NULL, "x").found);
    ck_assert(!keep_remove(&keeper, 1).found);
    assert_absent(&keeper, 1);
    ck_assert_int_eq(archive_n_runs(keeper.archive), 0);
}
END_TEST

START_TEST(all_is_there_after_it_was_opened_again)
{
    json_auto_t *before = NULL, *after = NULL;
    auto_free char *trace = NULL;

    keep_begin(&keeper, 1, "fetch");
    keep_ask(&keeper, 1, "client:a", "Größe \"1\"", NULL);
    keep_ask(&keeper, 1, "client:b", NULL, "slower");
    keep_finish(&keeper, 1, "timeout");
    before = kept_summary(&keeper, 1, "client:b");
    keeper_reopen(&keeper);
    after = kept_summary(&keeper, 1, "client:b");
    ck_assert(json_equal(before, after));
    trace = kept_text(&keeper, 1, ARCHIVE_TRACE);
    ck_assert_str_eq(trace, "trace 1");
    ck_assert_int_eq(archive_n_runs(keeper.archive), 1);
}
END_TEST

/* What the callbacks say, in their order. */
static char said[64];

static void say_done(void *data, bool found, bool kept)
{
    strcat(said, data);
    strcat(said, found && kept ? "+" : "-");
}

static void say_listed(void *data, const json_t *runs, const json_t *unreadable, bool more)
{
    strcat(said, data);
    strcat(said, json_array_size(runs) == 1 && json_array_size(unreadable) == 0 && !more ? "+" : "-");
}

static void say_got(void *data, const ArchiveFound *found)
{
    strcat(said, data);
    strcat(said, found ? "+" : "-");
}

START_TEST(answers_come_in_order_and_a_reader_sees_what_was_written_before_it_asked)
{
    Archive *archive = keeper.archive;
    ArchiveFilter all = {.limit = 10};
    ArchiveTexts texts = {.run = "{}"};

    archive_get(archive, "A", NULL, ARCHIVE_RUN, say_got, "a");
    archive_begin(archive, "A", 0, "idle", "queued", NULL, say_done, "b");
    archive_list(archive, &all, say_listed, "c");
    archive_ask(archive, "A", "client:a", &(AskWords){.label = "one"}, say_done, "d");
    archive_finish(archive, "A", "done", NULL, &texts, say_done, "e");
    archive_get(archive, "A", NULL, ARCHIVE_RUN, say_got, "f");
    archive_remove(archive, "A", say_done, "g");
    archive_list(archive, &all, say_listed, "h");
    ck_assert_str_eq(said, "");
    keeper_settle(&keeper);
    ck_assert_str_eq(said, "a-b+c+d+e+f+g+h-");
}
END_TEST

static void ask_again(void *data, bool found, bool kept)
{
    say_done(data, found, kept);
    archive_get(keeper.archive, "A", NULL, 0, say_got, "z");
}

START_TEST(a_callback_may_ask_on_even_while_it_closes)
{
    archive_begin(keeper.archive, "A", 0, "idle", "queued", NULL, ask_again, "a");
    keeper_close(&keeper);
    ck_assert_str_eq(said, "a+z+");
}
END_TEST

START_TEST(a_cursor_walks_through_all_runs_once_and_newest_first)
{
    char before[ID_SIZE] = "";
    int expected = 100;
    bool more = true;

    for (int i = 1; i <= 100; i++)
        keep_begin(&keeper, i, "countdown");
    while (more) {
        ArchiveFilter filter = {.before = before[0] ? before : NULL, .limit = 7};
        json_auto_t *runs = kept_page(&keeper, &filter, &more);
        json_t *run;
        size_t i;

        ck_assert_uint_eq(json_array_size(runs), more ? 7 : 100 % 7);
        json_array_foreach (runs, i, run) {
            ck_assert_int_eq(json_integer_value(json_object_get(run, "number")), expected--);
            snprintf(before, sizeof(before), "%s", text_of(run, "id"));
        }
    }
    ck_assert_int_eq(expected, 0);
}
END_TEST

START_TEST(a_page_that_is_just_full_says_that_there_is_no_more)
{
    bool more = true;

    for (int i = 1; i <= 3; i++)
        keep_begin(&keeper, i, "countdown");
    json_decref(kept_page(&keeper, &(ArchiveFilter){.limit = 3}, &more));
    ck_assert(!more);
    json_decref(kept_page(&keeper, &(ArchiveFilter){.limit = 2}, &more));
    ck_assert(more);
    json_decref(kept_page(&keeper, &(ArchiveFilter){.limit = 0}, &more));
    ck_assert(more);
}
END_TEST

START_TEST(filters_can_be_combined)
{
    static const char *const experiments[] = {"countdown", "fetch"};
    static const char *const labels[] = {"one", "Two", "O'ne; DROP"};

    for (int i = 1; i <= 12; i++) {
        keep_begin(&keeper, i, experiments[i % 2]);
        keep_ask(&keeper, i, "client:a", labels[i % 3], NULL);
        /* A second one with the same label does not show the run twice. */
        keep_ask(&keeper, i, "client:b", labels[i % 3], NULL);
        if (i > 4)
            keep_finish(&keeper, i, i % 4 == 0 ? "failed" : "done");
    }
    assert_numbers(&(ArchiveFilter){.limit = 99}, "12 11 10 9 8 7 6 5 4 3 2 1");
    assert_numbers(&(ArchiveFilter){.experiment = "fetch", .limit = 99}, "11 9 7 5 3 1");
    assert_numbers(&(ArchiveFilter){.status = "failed", .limit = 99}, "12 8");
    assert_numbers(&(ArchiveFilter){.label = "one", .limit = 99}, "12 9 6 3");
    assert_numbers(&(ArchiveFilter){.label = "TWO", .limit = 99}, "10 7 4 1");
    assert_numbers(&(ArchiveFilter){.label = "o'NE; drop", .limit = 99}, "11 8 5 2");
    assert_numbers(&(ArchiveFilter){.label = "on", .limit = 99}, "");
    assert_numbers(&(ArchiveFilter){.label = "one", .experiment = "fetch", .limit = 99}, "9 3");
    assert_numbers(&(ArchiveFilter){.label = "one", .status = "queued", .limit = 99}, "3");
    assert_numbers(&(ArchiveFilter){"fetch", "done", "two", "01K00000000000000000000011", NULL, 99}, "7");
    assert_numbers(&(ArchiveFilter){.experiment = "countdown", .status = "done", .limit = 2}, "10 6");
    assert_numbers(&(ArchiveFilter){.experiment = "' OR 1 --", .limit = 99}, "");
}
END_TEST

START_TEST(each_owner_sees_its_own_words_and_others_those_of_the_first)
{
    static const struct {
        const char *owner, *label, *question, *prediction;
        bool yours;
    } rows[] = {
        {NULL, "first", "countdown", "same", false},
        {"client:a", "first", "countdown", "same", true},
        {"client:b", "second", "two-threads", NULL, true},
        {"client:c", NULL, NULL, NULL, true},
        {"client:x", "first", "countdown", "same", false},
    };

    keep_begin(&keeper, 1, "countdown");
    keep_words(&keeper, 1, "client:a", (AskWords){"first", "countdown", "same"});
    keep_words(&keeper, 1, "client:b", (AskWords){"second", "two-threads", NULL});
    keep_words(&keeper, 1, "client:c", (AskWords){0});
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        ArchiveFilter filter = {.owner = rows[i].owner, .limit = 1};
        json_auto_t *summary = kept_summary(&keeper, 1, rows[i].owner);
        json_auto_t *runs = kept_page(&keeper, &filter, NULL);

        ck_assert_pstr_eq(text_of(summary, "label"), rows[i].label);
        ck_assert_pstr_eq(text_of(summary, "question"), rows[i].question);
        ck_assert_pstr_eq(text_of(summary, "prediction"), rows[i].prediction);
        ck_assert(json_is_true(json_object_get(summary, "yours")) == rows[i].yours);
        ck_assert_int_eq(json_integer_value(json_object_get(summary, "asks")), 3);
        ck_assert(json_is_null(json_object_get(summary, "label")) == !rows[i].label);
        ck_assert(json_equal(json_array_get(runs, 0), summary));
    }
}
END_TEST

START_TEST(an_owner_that_asks_again_replaces_its_words_and_keeps_its_place)
{
    json_auto_t *summary = NULL;

    keep_begin(&keeper, 1, "countdown");
    keep_words(&keeper, 1, "client:a", (AskWords){"first", "countdown", "same"});
    keep_words(&keeper, 1, "client:b", (AskWords){"second", "countdown", "same"});
    ck_assert(keep_words(&keeper, 1, "client:a", (AskWords){"third", "two-threads", NULL}).found);
    summary = kept_summary(&keeper, 1, NULL);
    ck_assert_str_eq(text_of(summary, "label"), "third");
    ck_assert_str_eq(text_of(summary, "question"), "two-threads");
    ck_assert_ptr_null(text_of(summary, "prediction"));
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "asks")), 2);
    assert_numbers(&(ArchiveFilter){.label = "first", .limit = 9}, "");
}
END_TEST

static void note_owner(void *data, const ArchiveFound *found)
{
    sprintf(data, "%s%s", found->owned ? "owned" : "", found->began ? " began" : "");
}

START_TEST(it_knows_who_asked_and_who_began)
{
    static const char *const rows[][2] = {
        {"client:a", "owned began"}, {"client:b", "owned"}, {"client:c", ""}, {NULL, ""}};

    keep_begin(&keeper, 1, "countdown");
    keep_ask(&keeper, 1, "client:a", NULL, NULL);
    keep_ask(&keeper, 1, "client:b", NULL, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char words[32] = "nothing", id[ID_SIZE];

        archive_get(keeper.archive, id_of(1, id), rows[i][0], 0, note_owner, words);
        keeper_settle(&keeper);
        ck_assert_str_eq(words, rows[i][1]);
    }
}
END_TEST

static void assert_label(const char *owner, const char *label)
{
    json_auto_t *summary = kept_summary(&keeper, 1, owner);

    ck_assert_pstr_eq(text_of(summary, "label"), label);
}

START_TEST(labels_change_for_whom_they_belong_to)
{
    keep_begin(&keeper, 1, "countdown");
    ck_assert(!keep_relabel(&keeper, 1, NULL, "x").found);
    keep_ask(&keeper, 1, "client:a", "first", NULL);
    keep_ask(&keeper, 1, "client:b", "second", NULL);
    keep_finish(&keeper, 1, "done");
    ck_assert(keep_relabel(&keeper, 1, "client:b", "other").kept);
    ck_assert(!keep_relabel(&keeper, 1, "client:c", "none").found);
    assert_label(NULL, "first");
    assert_label("client:b", "other");
    ck_assert(keep_relabel(&keeper, 1, NULL, "by the instructor").kept);
    assert_label("client:a", "by the instructor");
    assert_label("client:b", "other");
    ck_assert(keep_relabel(&keeper, 1, "client:b", NULL).kept);
    assert_label("client:b", NULL);
    assert_numbers(&(ArchiveFilter){.label = "other", .limit = 9}, "");
    assert_numbers(&(ArchiveFilter){.label = "BY THE INSTRUCTOR", .limit = 9}, "1");
}
END_TEST

START_TEST(a_run_is_removed_with_all_it_left_but_not_before_it_is_over)
{
    keep_begin(&keeper, 1, "countdown");
    keep_ask(&keeper, 1, "client:a", "mine", NULL);
    ck_assert(!keep_remove(&keeper, 1).found);
    assert_status(&keeper, 1, "queued");
    keep_finish(&keeper, 1, "done");
    ck_assert(keep_remove(&keeper, 1).kept);
    assert_absent(&keeper, 1);
    ck_assert_ptr_null(kept_text(&keeper, 1, ARCHIVE_RUN));
    assert_numbers(&(ArchiveFilter){.label = "mine", .limit = 9}, "");
    keeper_reopen(&keeper);
    assert_absent(&keeper, 1);
    ck_assert_int_eq(archive_n_runs(keeper.archive), 0);
}
END_TEST

START_TEST(all_finished_runs_are_removed_at_once_and_those_that_go_on_stay)
{
    int64_t n;

    ck_assert(keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, 0);
    keep_whole(&keeper, 1, true);
    keep_begin(&keeper, 2, "fetch");
    keep_ask(&keeper, 2, "client:a", "mine", NULL);
    keep_whole(&keeper, 3, true);
    keep_begin(&keeper, 4, "fetch");
    keep_change(&keeper, 4, "running");
    keep_note(&keeper, "a", "stays");
    ck_assert(keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, 2);
    assert_numbers(&(ArchiveFilter){.limit = 9}, "4 2");
    ck_assert_int_eq(archive_n_runs(keeper.archive), 2);
    ck_assert(keep_finish(&keeper, 2, "done").kept);
    keeper_reopen(&keeper);
    assert_numbers(&(ArchiveFilter){.limit = 9}, "4 2");
    assert_note(&keeper, "a", "stays");
    assert_absent(&keeper, 1);
    /* The one that the last server left unfinished is over by now. */
    ck_assert(keep_nothing(&keeper, &n));
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(archive_n_runs(keeper.archive), 0);
}
END_TEST

START_TEST(notes_come_back_each_under_its_name_and_the_newest)
{
    assert_note(&keeper, "a", NULL);
    ck_assert(keep_note(&keeper, "a", "one").kept);
    ck_assert(keep_note(&keeper, "b", "").kept);
    ck_assert(keep_note(&keeper, "a", "Größe \"2\"").kept);
    keeper_reopen(&keeper);
    assert_note(&keeper, "a", "Größe \"2\"");
    assert_note(&keeper, "b", "");
    assert_note(&keeper, "c", NULL);
    ck_assert_int_eq(archive_n_runs(keeper.archive), 0);
}
END_TEST

START_TEST(any_summary_and_any_text_come_back)
{
    /* Deeper than what any summary is, a NUL, a character outside of the basic plane, no text at all. */
    static const char *const summaries[] = {
        "{\"a\": {\"b\": [[[[{}]]]]}, \"nul\": \"a\\u0000b\", \"emoji\": \"\\ud83d\\ude00\", \"\": null}",
        "{\"big\": 9223372036854775807, \"small\": 1e-300, \"status\": 5, \"id\": [], \"asks\": \"x\"}",
        "{}",
    };
    char id[ID_SIZE];

    for (int i = 0; i < 3; i++) {
        json_auto_t *given = json_loads(summaries[i], JSON_ALLOW_NUL, NULL);
        json_auto_t *summary = NULL;
        ArchiveTexts texts = {.run = "", .events = "\xf0\x9f\x98\x80 \r\n"};
        auto_free char *run = NULL, *events = NULL;
        Kept kept = {0};

        archive_begin(keeper.archive, id_of(i, id), -1, "x", "running", given, NULL, NULL);
        archive_ask(
            keeper.archive, id, "", &(AskWords){.label = "", .prediction = "\xf0\x9f\x98\x80"}, NULL, NULL);
        archive_finish(keeper.archive, id, "done", given, &texts, note_kept, &kept);
        keeper_settle(&keeper);
        ck_assert(kept.kept);
        summary = kept_summary(&keeper, i, "");
        ck_assert_str_eq(text_of(summary, "label"), "");
        ck_assert_str_eq(text_of(summary, "prediction"), "\xf0\x9f\x98\x80");
        ck_assert(json_is_null(json_object_get(summary, "created_at")));
        json_object_update_existing(given, summary);
        json_object_update_missing(given, summary);
        ck_assert(json_equal(given, summary));
        run = kept_text(&keeper, i, ARCHIVE_RUN);
        events = kept_text(&keeper, i, ARCHIVE_EVENTS);
        ck_assert_str_eq(run, "");
        ck_assert_str_eq(events, texts.events);
        ck_assert_ptr_null(kept_text(&keeper, i, ARCHIVE_TRACE));
    }
}
END_TEST

START_TEST(runs_that_the_last_server_left_unfinished_are_marked)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL, *summary = NULL;

    keep_begin(&keeper, 1, "countdown");
    keep_ask(&keeper, 1, "client:a", "mine", NULL);
    keep_begin(&keeper, 2, "fetch");
    keep_change(&keeper, 2, "running");
    keep_whole(&keeper, 3, true);
    keeper_reopen(&keeper);
    assert_status(&keeper, 1, "failed");
    assert_status(&keeper, 2, "failed");
    assert_status(&keeper, 3, "done");
    summary = kept_summary(&keeper, 1, NULL);
    ck_assert_str_eq(text_of(summary, "reason"), "the server ended before the run did");
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "number")), 1);
    assert_numbers(&(ArchiveFilter){.label = "mine", .status = "failed", .limit = 9}, "1");
    text = kept_text(&keeper, 1, ARCHIVE_RUN);
    run = json_loads(text, 0, NULL);
    ck_assert_str_eq(text_of(run, "id"), "01K00000000000000000000001");
    ck_assert_str_eq(text_of(run, "experiment"), "countdown");
    ck_assert_str_eq(text_of(run, "status"), "failed");
    ck_assert_str_eq(text_of(run, "reason"), "the server ended before the run did");
    ck_assert(json_is_array(json_object_get(run, "cells")));
    ck_assert_ptr_null(kept_text(&keeper, 1, ARCHIVE_EVENTS));
}
END_TEST

START_TEST(only_so_many_finished_runs_are_kept)
{
    keeper_close(&keeper);
    keeper.settings.max_runs = 5;
    keeper_open(&keeper);
    keep_begin(&keeper, 1, "countdown");
    for (int i = 2; i <= 12; i++)
        keep_whole(&keeper, i, true);
    assert_numbers(&(ArchiveFilter){.limit = 99}, "12 11 10 9 8 1");
    ck_assert_int_eq(archive_n_runs(keeper.archive), 6);
    /* The oldest one is the one that has just finished. */
    ck_assert(keep_finish(&keeper, 1, "done").kept);
    assert_numbers(&(ArchiveFilter){.limit = 99}, "12 11 10 9 1");
}
END_TEST

START_TEST(a_lowered_limit_removes_many_at_once)
{
    for (int i = 1; i <= 50; i++)
        keep_whole(&keeper, i, true);
    keeper_close(&keeper);
    keeper.settings.max_runs = 2;
    keeper_open(&keeper);
    keep_whole(&keeper, 51, true);
    assert_numbers(&(ArchiveFilter){.limit = 99}, "51 50");
}
END_TEST

START_TEST(only_so_many_bytes_are_kept)
{
    enum { MAX = 2 << 20, SIZE = 200 << 10 };
    auto_free char *wal = text_printf("%s-wal", keeper.path), *numbers = NULL;
    struct stat status;

    keeper_close(&keeper);
    keeper.settings.max_bytes = MAX;
    keeper_open(&keeper);
    for (int i = 1; i <= 100; i++) {
        keep_begin(&keeper, i, "countdown");
        ck_assert(keep_large(&keeper, i, SIZE).kept);
        ck_assert_int_le(archive_n_bytes(keeper.archive), MAX);
        assert_large(&keeper, i, SIZE);
    }
    numbers = kept_numbers(&keeper, &(ArchiveFilter){.limit = 99});
    ck_assert_msg(strncmp(numbers, "100 99 98 97 96 95 ", 19) == 0, "%s", numbers);
    /* The files stay small too, not just what is in use. */
    ck_assert_int_eq(stat(keeper.path, &status), 0);
    ck_assert_int_le(status.st_size, 2 * MAX);
    ck_assert_int_eq(stat(wal, &status), 0);
    ck_assert_int_le(status.st_size, 10 << 20);
}
END_TEST

START_TEST(a_run_larger_than_the_limit_pushes_all_others_out_but_is_kept)
{
    keeper_close(&keeper);
    keeper.settings.max_bytes = 1 << 20;
    keeper_open(&keeper);
    keep_whole(&keeper, 1, true);
    keep_begin(&keeper, 2, "countdown");
    ck_assert(keep_large(&keeper, 2, 3 << 20).kept);
    assert_large(&keeper, 2, 3 << 20);
    assert_absent(&keeper, 1);
}
END_TEST

/* How SQLite goes about a statement. */
static char *plan_of(sqlite3 *db, const char *sql)
{
    auto_free char *question = text_printf("EXPLAIN QUERY PLAN %s", sql);
    char *plan = text_printf("%s", "");
    sqlite3_stmt *statement;

    ck_assert_int_eq(sqlite3_prepare_v2(db, question, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        char *longer = text_printf("%s%s\n", plan, (const char *)sqlite3_column_text(statement, 3));

        free(plan);
        plan = longer;
    }
    sqlite3_finalize(statement);
    return plan;
}

START_TEST(every_list_is_a_search_in_one_index_without_sorting)
{
    sqlite3 *db;

    keep_whole(&keeper, 1, true);
    keeper_close(&keeper);
    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    for (int i = 0; i < 8; i++) {
        ArchiveFilter filter = {
            .experiment = i & 1 ? "x" : NULL, .status = i & 2 ? "x" : NULL, .label = i & 4 ? "x" : NULL};
        auto_free char *sql = ids_sql(&filter);
        auto_free char *plan = plan_of(db, sql);
        /* As many conditions are met by the index as there are, and the one on the id. */
        int n_met = 0;

        for (const char *c = plan; (c = strpbrk(c, "=<")); c++)
            n_met++;
        ck_assert_msg(strncmp(plan, "SEARCH ", 7) == 0, "%s\n%s", sql, plan);
        ck_assert_msg(strstr(plan, "USING COVERING INDEX"), "%s\n%s", sql, plan);
        ck_assert_msg(!strstr(plan, "TEMP B-TREE"), "%s\n%s", sql, plan);
        ck_assert_msg(n_met == 1 + __builtin_popcount((unsigned)i), "%s\n%s", sql, plan);
    }
    sqlite3_close(db);
}
END_TEST

#define VERSION 6 /* that files have now */

/* The tables of the first version, as they were. */
static const char first_version[] =
    "CREATE TABLE runs (id TEXT NOT NULL PRIMARY KEY, created_ms INTEGER NOT NULL,"
    " experiment TEXT NOT NULL, status TEXT NOT NULL, summary TEXT NOT NULL);"
    "CREATE TABLE asks (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, number INTEGER NOT NULL,"
    " owner TEXT NOT NULL, label TEXT COLLATE NOCASE, prediction TEXT,"
    " PRIMARY KEY (run, number), UNIQUE (run, owner)) WITHOUT ROWID;"
    "CREATE TABLE texts (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, kind INTEGER NOT NULL,"
    " size INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, kind));"
    "PRAGMA application_id = 1734962291; PRAGMA user_version = 1;"
    "INSERT INTO runs VALUES ('01K00000000000000000000001', 1, 'fetch', 'done', '{\"number\": 1,"
    " \"headline\": {\"text\": \"old\", \"value\": 1, \"unit\": \"count\"}}'),"
    " ('01K00000000000000000000002', 2, 'idle', 'running', '{\"number\": 2}');"
    "INSERT INTO asks VALUES ('01K00000000000000000000001', 0, 'client:a', 'old', 'it is faster'),"
    " ('01K00000000000000000000002', 0, 'client:a', 'old', NULL);";

/* The file is closed in between. */
static void say(const char *sql)
{
    sqlite3 *db;

    if (keeper.archive)
        keeper_close(&keeper);
    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    keeper_open(&keeper);
    ck_assert_ptr_null(archive_trouble(keeper.archive));
    ck_assert_ptr_null(archive_notice(keeper.archive));
}

/* What came behind it is taken back. */
#define TO_SECOND_VERSION                                                                                    \
    "ALTER TABLE runs DROP COLUMN sum; ALTER TABLE runs DROP COLUMN kinds; DROP TABLE notes;"                \
    " ALTER TABLE asks DROP COLUMN question; PRAGMA user_version = 2;"

static void assert_headline(int i, const char *expected)
{
    json_auto_t *summary = kept_summary(&keeper, i, NULL);
    json_t *headline = json_object_get(summary, "headline");
    auto_free char *text = headline ? json_dumps(headline, JSON_ENCODE_ANY) : strdup("absent");

    ck_assert_str_eq(text, expected);
}

static int64_t version_of_file(void)
{
    sqlite3_stmt *statement;
    sqlite3 *db;
    int64_t version;

    ck_assert_int_eq(sqlite3_open(keeper.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    version = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return version;
}

/* A prediction was any text then, and is one still. */
START_TEST(a_file_of_the_first_version_is_migrated)
{
    json_auto_t *summary = NULL;

    keeper_close(&keeper);
    remove(keeper.path);
    say(first_version);
    assert_status(&keeper, 1, "done");
    assert_status(&keeper, 2, "failed");
    assert_headline(1, "null");
    summary = kept_summary(&keeper, 1, NULL);
    ck_assert(json_is_null(json_object_get(summary, "question")));
    ck_assert_str_eq(text_of(summary, "prediction"), "it is faster");
    assert_numbers(&(ArchiveFilter){.label = "OLD", .experiment = "fetch", .limit = 9}, "1");
    assert_numbers(&(ArchiveFilter){.label = "old", .status = "failed", .limit = 9}, "2");
    keep_whole(&keeper, 3, true);
    keeper_reopen(&keeper);
    assert_numbers(&(ArchiveFilter){.limit = 9}, "3 2 1");
}
END_TEST

/* The third version has the tables of the second. A program that knows no more than the second must not write
 * its headlines into a file that was freed of them, so the number has to grow with the step. */
START_TEST(headlines_of_the_second_version_are_forgotten_once)
{
    for (int i = 1; i <= 3; i++)
        keep_whole(&keeper, i, true);
    say("UPDATE runs SET summary = '{\"n_cells\": 9007199254740993, \"headline\": {\"text\": \"processes "
        "took 1.10 "
        "times the serial time\", \"value\": 1.1, \"unit\": \"ratio\"}, \"noisy\": null}' WHERE id LIKE '%1';"
        "UPDATE runs SET summary = '{\"headline\": null}' WHERE id LIKE '%2';"
        "UPDATE runs SET summary = '{\"n_cells\": 3}' WHERE id LIKE '%3';" TO_SECOND_VERSION);
    assert_headline(1, "null");
    assert_headline(2, "null");
    assert_headline(3, "absent");
    {
        json_auto_t *summary = kept_summary(&keeper, 1, NULL);

        ck_assert_int_eq(json_integer_value(json_object_get(summary, "n_cells")), 9007199254740993);
        ck_assert(json_is_null(json_object_get(summary, "noisy")));
    }
    ck_assert_int_eq(version_of_file(), VERSION);
    say("UPDATE runs SET summary = '{\"headline\": {\"text\": \"new\"}}' WHERE id LIKE '%1'");
    assert_headline(1, "{\"text\": \"new\"}");
}
END_TEST

/* What reads a damaged summary says so; the step before it must not make a damaged file of it. */
START_TEST(a_summary_that_is_no_json_does_not_stop_the_file_from_being_opened)
{
    keep_whole(&keeper, 1, true);
    keep_whole(&keeper, 2, true);
    say("UPDATE runs SET summary = '{\"headline\": {' WHERE id LIKE '%1';" TO_SECOND_VERSION);
    assert_status(&keeper, 2, "done");
    ck_assert_int_eq(version_of_file(), VERSION);
}
END_TEST

START_TEST(folders_above_the_file_are_made)
{
    keeper_close(&keeper);
    snprintf(keeper.path, sizeof(keeper.path), "%s/a/b/c/runs.db", tree_root);
    keeper_open(&keeper);
    ck_assert_ptr_null(archive_trouble(keeper.archive));
    keep_whole(&keeper, 1, true);
    ck_assert_int_eq(access(keeper.path, R_OK), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_run_goes_its_way_and_leaves_its_texts,
        what_nobody_began_is_not_found,
        all_is_there_after_it_was_opened_again,
        answers_come_in_order_and_a_reader_sees_what_was_written_before_it_asked,
        a_callback_may_ask_on_even_while_it_closes,
        a_cursor_walks_through_all_runs_once_and_newest_first,
        a_page_that_is_just_full_says_that_there_is_no_more,
        filters_can_be_combined,
        each_owner_sees_its_own_words_and_others_those_of_the_first,
        an_owner_that_asks_again_replaces_its_words_and_keeps_its_place,
        it_knows_who_asked_and_who_began,
        labels_change_for_whom_they_belong_to,
        a_run_is_removed_with_all_it_left_but_not_before_it_is_over,
        all_finished_runs_are_removed_at_once_and_those_that_go_on_stay,
        notes_come_back_each_under_its_name_and_the_newest,
        any_summary_and_any_text_come_back,
        runs_that_the_last_server_left_unfinished_are_marked,
        only_so_many_finished_runs_are_kept,
        a_lowered_limit_removes_many_at_once,
        only_so_many_bytes_are_kept,
        a_run_larger_than_the_limit_pushes_all_others_out_but_is_kept,
        every_list_is_a_search_in_one_index_without_sorting,
        a_file_of_the_first_version_is_migrated,
        headlines_of_the_second_version_are_forgotten_once,
        a_summary_that_is_no_json_does_not_stop_the_file_from_being_opened,
        folders_above_the_file_are_made,
    };

    return tree_run_tests_between("archive", begin_test, end_test, tests, ARRAY_LENGTH(tests));
}
