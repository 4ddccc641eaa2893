#include "tests/unit/keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

void keeper_init(Keeper *keeper, const char *folder)
{
    memset(keeper, 0, sizeof(*keeper));
    snprintf(keeper->path, sizeof(keeper->path), "%s/runs.db", folder);
    keeper->settings = (ArchiveSettings){keeper->path, 1000000, INT64_C(1) << 40};
    uv_loop_init(&keeper->loop);
}

void keeper_open(Keeper *keeper)
{
    keeper->archive = archive_open(&keeper->loop, &keeper->settings);
    ck_assert_ptr_nonnull(keeper->archive);
}

static void on_closed(void *data)
{
    Keeper *keeper = data;

    keeper->archive = NULL;
}

void keeper_close(Keeper *keeper)
{
    archive_close(keeper->archive, on_closed, keeper);
    keeper_settle(keeper);
    ck_assert_ptr_null(keeper->archive);
}

void keeper_reopen(Keeper *keeper)
{
    keeper_close(keeper);
    keeper_open(keeper);
}

void keeper_finish(Keeper *keeper)
{
    if (keeper->archive)
        keeper_close(keeper);
    ck_assert_int_eq(uv_loop_close(&keeper->loop), 0);
}

void note_kept(void *data, bool found, bool kept)
{
    *(Kept *)data = (Kept){true, found, kept};
}

void keeper_settle(Keeper *keeper)
{
    uv_run(&keeper->loop, UV_RUN_DEFAULT);
}

static Kept settled(Keeper *keeper, const Kept *kept)
{
    ck_assert(!kept->called);
    keeper_settle(keeper);
    ck_assert(kept->called);
    return *kept;
}

const char *id_of(int i, char text[static ID_SIZE])
{
    snprintf(text, ID_SIZE, "01K%023d", i);
    return text;
}

static json_t *summary_of(int i)
{
    return json_pack("{s:i, s:{s:[f, n]}}", "number", i, "deep", "list", 0.1);
}

Kept keep_begin(Keeper *keeper, int i, const char *experiment)
{
    json_auto_t *summary = summary_of(i);
    char id[ID_SIZE];
    Kept kept = {0};

    archive_begin(keeper->archive, id_of(i, id), i, experiment, "queued", summary, note_kept, &kept);
    return settled(keeper, &kept);
}

Kept keep_words(Keeper *keeper, int i, const char *owner, AskWords words)
{
    char id[ID_SIZE];
    Kept kept = {0};

    archive_ask(keeper->archive, id_of(i, id), owner, &words, note_kept, &kept);
    return settled(keeper, &kept);
}

Kept keep_ask(Keeper *keeper, int i, const char *owner, const char *label, const char *prediction)
{
    return keep_words(keeper, i, owner, (AskWords){.label = label, .prediction = prediction});
}

Kept keep_change(Keeper *keeper, int i, const char *status)
{
    json_auto_t *summary = summary_of(i);
    char id[ID_SIZE];
    Kept kept = {0};

    archive_change(keeper->archive, id_of(i, id), status, summary, note_kept, &kept);
    return settled(keeper, &kept);
}

Kept keep_finish(Keeper *keeper, int i, const char *status)
{
    auto_free char *run = text_printf("{\"number\": %d}", i);
    auto_free char *events = text_printf("events %d", i);
    auto_free char *trace = text_printf("trace %d", i);
    json_auto_t *summary = summary_of(i);
    ArchiveTexts texts = {run, events, trace};
    char id[ID_SIZE];
    Kept kept = {0};

    archive_finish(keeper->archive, id_of(i, id), status, summary, &texts, note_kept, &kept);
    return settled(keeper, &kept);
}

static char *large_text(int i, size_t size)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-";
    uint32_t random = 2463534242u + (uint32_t)i;
    char *text = malloc(size + 1);

    ck_assert_ptr_nonnull(text);
    for (size_t n = 0; n < size; n++) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        text[n] = letters[random >> 26];
    }
    text[size] = '\0';
    return text;
}

Kept keep_large(Keeper *keeper, int i, size_t size)
{
    auto_free char *run = large_text(i, size);
    json_auto_t *summary = summary_of(i);
    ArchiveTexts texts = {.run = run};
    char id[ID_SIZE];
    Kept kept = {0};

    archive_finish(keeper->archive, id_of(i, id), "done", summary, &texts, note_kept, &kept);
    return settled(keeper, &kept);
}

Kept keep_relabel(Keeper *keeper, int i, const char *owner, const char *label)
{
    char id[ID_SIZE];
    Kept kept = {0};

    archive_relabel(keeper->archive, id_of(i, id), owner, label, note_kept, &kept);
    return settled(keeper, &kept);
}

Kept keep_remove(Keeper *keeper, int i)
{
    char id[ID_SIZE];
    Kept kept = {0};

    archive_remove(keeper->archive, id_of(i, id), note_kept, &kept);
    return settled(keeper, &kept);
}

Kept keep_note(Keeper *keeper, const char *name, const char *text)
{
    Kept kept = {0};

    archive_note(keeper->archive, name, text, note_kept, &kept);
    return settled(keeper, &kept);
}

void assert_note(Keeper *keeper, const char *name, const char *text)
{
    auto_free char *kept = archive_read_note(keeper->archive, name);

    if (text)
        ck_assert_pstr_eq(kept, text);
    else
        ck_assert_ptr_null(kept);
}

typedef struct Emptied {
    bool called, kept;
    int64_t n;
} Emptied;

static void on_emptied(void *data, int64_t n, bool kept)
{
    *(Emptied *)data = (Emptied){true, kept, n};
}

bool keep_nothing(Keeper *keeper, int64_t *ret)
{
    Emptied emptied = {0};

    archive_empty(keeper->archive, on_emptied, &emptied);
    keeper_settle(keeper);
    ck_assert(emptied.called);
    *ret = emptied.n;
    return emptied.kept;
}

void keep_whole(Keeper *keeper, int i, bool kept)
{
    Kept begun = keep_begin(keeper, i, "countdown");
    Kept finished = keep_finish(keeper, i, "done");

    ck_assert(begun.found && finished.found);
    ck_assert_int_eq(finished.kept, kept);
}

typedef struct Got {
    bool called;
    json_t *summary;
    char *status, *text, *unreadable;
} Got;

static void on_got(void *data, const ArchiveFound *found)
{
    Got *got = data;
    const char *text;

    got->called = true;
    if (!found)
        return;
    got->unreadable = text_copy(found->unreadable);
    text = found->run ? found->run : found->events ? found->events : found->trace;
    got->summary = json_deep_copy(found->summary);
    got->status = strdup(found->status);
    got->text = text ? strdup(text) : NULL;
}

static Got get(Keeper *keeper, int i, const char *owner, unsigned wanted)
{
    char id[ID_SIZE];
    Got got = {0};

    archive_get(keeper->archive, id_of(i, id), owner, wanted, on_got, &got);
    keeper_settle(keeper);
    ck_assert(got.called);
    return got;
}

char *kept_text(Keeper *keeper, int i, unsigned kind)
{
    Got got = get(keeper, i, NULL, kind);

    json_decref(got.summary);
    free(got.status);
    free(got.unreadable);
    return got.text;
}

json_t *kept_summary(Keeper *keeper, int i, const char *owner)
{
    Got got = get(keeper, i, owner, 0);

    ck_assert_ptr_null(got.text);
    ck_assert_msg(!got.unreadable, "run %d: %s", i, got.unreadable);
    free(got.status);
    return got.summary;
}

void assert_status(Keeper *keeper, int i, const char *status)
{
    Got got = get(keeper, i, NULL, 0);

    ck_assert_msg(got.summary && !got.unreadable, "run %d is not there: %s", i, got.unreadable);
    ck_assert_str_eq(got.status, status);
    ck_assert_str_eq(json_string_value(json_object_get(got.summary, "status")), status);
    json_decref(got.summary);
    free(got.status);
}

char *why_unreadable(Keeper *keeper, int i, unsigned kinds)
{
    Got got = get(keeper, i, NULL, kinds);

    json_decref(got.summary);
    free(got.status);
    free(got.text);
    return got.unreadable;
}

void assert_large(Keeper *keeper, int i, size_t size)
{
    auto_free char *expected = large_text(i, size);
    auto_free char *text = kept_text(keeper, i, ARCHIVE_RUN);

    ck_assert_ptr_nonnull(text);
    ck_assert(strcmp(text, expected) == 0);
}

void assert_absent(Keeper *keeper, int i)
{
    json_auto_t *summary = kept_summary(keeper, i, NULL);

    ck_assert_ptr_null(summary);
}

typedef struct Page {
    bool called, more;
    json_t *runs, *unreadable;
} Page;

static void on_listed(void *data, const json_t *runs, const json_t *unreadable, bool more)
{
    *(Page *)data = (Page){true, more, json_deep_copy(runs), json_deep_copy(unreadable)};
}

static Page page_of(Keeper *keeper, const ArchiveFilter *filter)
{
    Page page = {0};

    archive_list(keeper->archive, filter, on_listed, &page);
    keeper_settle(keeper);
    ck_assert(page.called);
    return page;
}

json_t *kept_page(Keeper *keeper, const ArchiveFilter *filter, bool *ret_more)
{
    Page page = page_of(keeper, filter);

    json_decref(page.unreadable);
    if (ret_more)
        *ret_more = page.more;
    return page.runs;
}

char *unreadable_numbers(Keeper *keeper)
{
    Page page = page_of(keeper, &(ArchiveFilter){.limit = 999});
    char *numbers = text_printf("%s", "");
    json_t *id;
    size_t i;

    json_array_foreach (page.unreadable, i, id) {
        auto_free char *shorter = numbers;

        numbers = text_printf("%s%s%d", shorter, i ? " " : "", atoi(json_string_value(id) + 3));
    }
    json_decref(page.runs);
    json_decref(page.unreadable);
    return numbers;
}

char *kept_numbers(Keeper *keeper, const ArchiveFilter *filter)
{
    json_auto_t *runs = kept_page(keeper, filter, NULL);
    char *numbers = text_printf("%s", "");
    json_t *run;
    size_t i;

    json_array_foreach (runs, i, run) {
        char *longer = text_printf(
            "%s%s%d", numbers, i ? " " : "", (int)json_integer_value(json_object_get(run, "number")));

        free(numbers);
        numbers = longer;
    }
    return numbers;
}

void assert_all_numbers(Keeper *keeper, const char *expected)
{
    auto_free char *numbers = kept_numbers(keeper, &(ArchiveFilter){.limit = 99});

    ck_assert_str_eq(numbers, expected);
}

static void assert_says(const char *said, const char *words)
{
    ck_assert_msg(words ? said && strstr(said, words) : !said, "not \"%s\" but \"%s\"", words, said);
}

void assert_trouble(const Keeper *keeper, const char *words)
{
    assert_says(archive_trouble(keeper->archive), words);
}

void assert_notice(const Keeper *keeper, const char *words)
{
    assert_says(archive_notice(keeper->archive), words);
}
