/* The list of texts that are read has a hold on each, like every reader. So a text that only the list holds
 * has no reader left; that is looked at whenever a request is over and nothing is being made. While something
 * is, the texts stay: those who wait in the line may want the same, and the first readers may be done before
 * the last ones have their turn. */
#include "handlers/run-text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/answer-run.h"

enum {
    KEY_ID = 2,       /* where the id stands in a key, behind [" */
    LARGE = 64 << 10, /* bytes; what is smaller takes less time than a way to a thread and back is worth */
    RETRY_AFTER_S = 30,
};

/* A large text that is read, or was a moment ago. */
typedef struct ReadText {
    LIST_ENTRY(ReadText) link;
    char *key;
    Shared *text;
} ReadText;

RunText *run_text_new(
    App *app, const char *id, void (*made)(void *data, const RunText *text, Shared *shared), void *data)
{
    RunText *text = calloc(1, sizeof(*text));

    assert(text);
    text->app = app;
    text->id = text_copy(id);
    text->made = made;
    text->data = data;
    return text;
}

static RunText *of_heavy(HeavyWork *heavy)
{
    return (RunText *)((char *)heavy - offsetof(RunText, heavy));
}

/* Also off the loop, as freeing a large tree takes as long as parsing it. */
static void drop_content(RunText *text)
{
    json_decref(text->object);
    free(text->run);
    free(text->other);
    run_picture_drop(text->picture);
    text->object = NULL;
    text->run = text->other = NULL;
}

static void free_text(RunText *text)
{
    Heavy *heavy = &text->app->heavy;
    bool had_turn = text->has_turn, was_large = run_text_is_large(text->size);

    drop_content(text);
    run_picture_free(text->picture);
    run_view_finish(&text->view);
    free(text->id);
    free(text->key);
    free(text->moment);
    free(text->owner);
    free(text->trouble);
    free(text);
    if (had_turn)
        heavy_leave(heavy, was_large);
}

void run_text_cancel(RunText *text)
{
    free_text(text);
}

static void on_turn_to_read(HeavyWork *heavy)
{
    RunText *text = of_heavy(heavy);

    text->has_turn = true;
    text->turn(text->data);
}

void run_text_wait(RunText *text, void (*turn)(void *data))
{
    text->turn = turn;
    heavy_enter(&text->app->heavy, &text->heavy, on_turn_to_read);
}

void run_text_see(RunText *text, RunView view)
{
    run_view_finish(&text->view);
    text_replace(&text->owner, view.reader.owner);
    text_replace(&text->trouble, view.trouble);
    text->view = view;
    text->view.reader.owner = text->owner;
    text->view.trouble = text->trouble;
}

void run_text_picture(RunText *text, const Run *run)
{
    text->picture = run_picture_take(run);
    /* What was said of it so far, how it stands, and the second, as its duration goes on. */
    text->moment = text_printf(
        "%zu %s %llu", run->n_bytes, run_status_name(run), (unsigned long long)(nsec_now() / NSEC_PER_SEC));
}

bool run_text_is_large(size_t size)
{
    return size >= LARGE;
}

void run_text_not_kept(RunText *text, const char *trouble)
{
    text_replace(&text->trouble, trouble);
    text->view.trouble = text->trouble;
    text->view.tells_kept = true;
    text->view.kept = false;
}

/* Two readers see the same if they are told the same of all who asked. What came out is the run's, so that is
 * left to its id, and while it goes on to the moment. */
static char *make_key(const RunText *text)
{
    const RunView *view = &text->view;
    json_auto_t *asks = view->asks ? asks_told(view->asks, NULL, &view->reader) : NULL;
    json_auto_t *told = json_pack("[s, s, I, o, O?, b, b, b, s?, s?]", text->id, text->kind,
        (json_int_t)text->number, asks ? json_incref(asks) : json_null(), view->own, (int)view->joined,
        (int)view->tells_kept, (int)view->kept, view->trouble, text->moment);
    char *key = json_dumps(told, JSON_COMPACT);

    assert(key);
    return key;
}

static ReadText *find_read(const App *app, const char *key)
{
    ReadText *read;

    LIST_FOREACH (read, &app->read_texts, link)
        if (strcmp(read->key, key) == 0)
            return read;
    return NULL;
}

int64_t run_texts_bytes(const App *app)
{
    const ReadText *read;
    int64_t n = 0;

    LIST_FOREACH (read, &app->read_texts, link)
        n += (int64_t)read->text->length;
    return n;
}

static void sweep(App *app)
{
    for (ReadText *read = LIST_FIRST(&app->read_texts), *next; read; read = next) {
        next = LIST_NEXT(read, link);
        if (read->text->n_holders > 1)
            continue;
        LIST_REMOVE(read, link);
        shared_drop(read->text);
        free(read->key);
        free(read);
    }
}

void run_texts_sweep(void *app)
{
    if (heavy_is_idle(&((App *)app)->heavy))
        sweep(app);
}

/* Returns false if slow readers hold so much that there is no room for it. A single one always has room.
 * Where another one has made the same at the same time, that one is taken. */
static bool remember(RunText *text)
{
    App *app = text->app;
    ReadText *read = find_read(app, text->key);

    if (read) {
        shared_drop(text->result);
        text->result = shared_hold(read->text);
        return true;
    }
    if (run_texts_bytes(app) + (int64_t)text->result->length > app->max_unread_bytes)
        sweep(app);
    if (!LIST_EMPTY(&app->read_texts) &&
        run_texts_bytes(app) + (int64_t)text->result->length > app->max_unread_bytes)
        return false;
    read = calloc(1, sizeof(*read));
    assert(read);
    read->key = text->key;
    text->key = NULL;
    read->text = shared_hold(text->result);
    LIST_INSERT_HEAD(&app->read_texts, read, link);
    return true;
}

static void end_text(RunText *text)
{
    if (text->result && text->key && text->result->length >= LARGE)
        text->refused = !remember(text);
    text->made(text->data, text, text->refused ? NULL : text->result);
    shared_drop(text->result);
    free_text(text);
}

static void make(RunText *text)
{
    json_auto_t *run = text->object    ? json_incref(text->object)
                       : text->run     ? json_loads(text->run, 0, NULL)
                       : text->picture ? run_picture_json(text->picture)
                                       : NULL;
    json_auto_t *seen = run ? run_json_for(run, &text->view) : NULL;

    text->result = text->write(text, seen);
    drop_content(text);
}

static void work_on(uv_work_t *work)
{
    make(work->data);
}

static void on_worked(uv_work_t *work, int status)
{
    assert(status == 0);
    end_text(work->data);
}

bool run_text_is_read(const RunText *text)
{
    const ReadText *read;

    LIST_FOREACH (read, &text->app->read_texts, link)
        if (strncmp(read->key + KEY_ID, text->id, strlen(text->id)) == 0)
            return true;
    return false;
}

bool run_text_share(RunText *text)
{
    const ReadText *read;

    free(text->key);
    text->key = make_key(text);
    read = find_read(text->app, text->key);
    if (!read)
        return false;
    text->made(text->data, text, read->text);
    free_text(text);
    return true;
}

/* Somebody may have made the same meanwhile. */
static void begin_large(RunText *text)
{
    if (run_text_share(text))
        return;
    text->work.data = text;
    uv_queue_work(text->app->loop, &text->work, work_on, on_worked);
}

static void on_turn_to_make(HeavyWork *heavy)
{
    RunText *text = of_heavy(heavy);

    text->has_turn = true;
    begin_large(text);
}

void run_text_make(RunText *text, size_t size)
{
    text->size = size;
    if (!run_text_is_large(size)) {
        make(text);
        end_text(text);
    } else if (text->has_turn) {
        begin_large(text);
    } else {
        heavy_enter(&text->app->heavy, &text->heavy, on_turn_to_make);
    }
}

static Shared *write_answer(const RunText *text, const json_t *run)
{
    size_t length = 0;
    auto_free char *written = run ? result_format(run, (ResultFormat)text->number, &length) : NULL;

    return written ? shared_new(written, length) : NULL;
}

void run_text_as_answer(RunText *text, ResultFormat format)
{
    text->kind = "answer";
    text->number = format;
    text->write = write_answer;
}

static Shared *write_event(const RunText *text, const json_t *run)
{
    return run ? event_text(text->number, text->kind, run) : NULL;
}

void run_text_as_event(RunText *text, const char *name, uint64_t number)
{
    text->kind = name;
    text->number = number;
    text->write = write_event;
}

Response *run_text_failure(const RunText *text)
{
    auto_problem Problem problem = {0};

    if (text->refused) {
        problem_set(&problem, 503, "Too much unread",
            "slow clients have not read their answers yet, and no more than %lld bytes may be held for them "
            "(limits.max_unread_bytes)",
            (long long)text->app->max_unread_bytes);
        problem_extend(&problem, "retry_after_s", json_integer(RETRY_AFTER_S));
    } else {
        problem_set(&problem, 500, "Unreadable", "what was kept of the run %s cannot be read", text->id);
    }
    return answer_problem(&problem);
}

Response *run_text_answer(const RunText *text, int status, Shared *shared)
{
    return shared ? answer_text(status, shared, (ResultFormat)text->number) : run_text_failure(text);
}
