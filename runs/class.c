/* The class is the object that everybody is shown; how many have come next so far, since it began, is all
 * that is kept beside it. An action makes a new object, so one that was handed out stays what it was. */
#include "runs/class.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"

#define NOTE "class"

struct Class {
    Archive *archive;
    Board *board;
    json_t *shown; /* owned */
    json_int_t n_next;
};

const char *const class_action_names[] = {
    [CLASS_NEXT] = "next",
    [CLASS_REVEAL] = "reveal",
    [CLASS_HIDE] = "hide",
    [CLASS_CLEAR] = "clear",
    [CLASS_END] = "end",
    NULL,
};

static json_t *make_shown(bool on, bool revealed, const json_t *next)
{
    return json_pack("{s:b, s:b, s:O?}", "on", on, "revealed", revealed, "next", next);
}

/* What another program has put into the archive in the place of a class begins none. */
static bool is_class(const json_t *note)
{
    const json_t *next = json_object_get(note, "next");

    return json_is_boolean(json_object_get(note, "on")) &&
           json_is_boolean(json_object_get(note, "revealed")) && (json_is_object(next) || json_is_null(next));
}

Class *class_new(Archive *archive, Board *board)
{
    Class *class = calloc(1, sizeof(*class));
    auto_free char *text = archive_read_note(archive, NOTE);
    json_auto_t *note = text ? json_loads(text, 0, NULL) : NULL;
    bool kept = is_class(note);

    assert(class);
    class->archive = archive;
    class->board = board;
    class->shown = make_shown(kept && json_is_true(json_object_get(note, "on")),
        kept && json_is_true(json_object_get(note, "revealed")), kept ? json_object_get(note, "next") : NULL);
    class->n_next = kept ? json_integer_value(json_object_get(note, "n_next")) : 0;
    board_state(board, "class", class->shown);
    return class;
}

void class_free(Class *class)
{
    if (!class)
        return;
    json_decref(class->shown);
    free(class);
}

static bool is_on(const Class *class)
{
    return json_is_true(json_object_get(class->shown, "on"));
}

static bool is_revealed(const Class *class)
{
    return json_is_true(json_object_get(class->shown, "revealed"));
}

bool class_allows(const Class *class, ClassAction action)
{
    return is_on(class) || (action != CLASS_REVEAL && action != CLASS_HIDE);
}

static json_t *make_next(json_int_t number, const json_t *given)
{
    static const char *const copied[] = {"title", "experiment", "request", "question", "step", NULL};
    struct timespec now;
    auto_free char *since = NULL;
    json_t *next = json_object();

    clock_gettime(CLOCK_REALTIME, &now);
    since = text_time((int64_t)(nsec_from_timespec(&now) / NSEC_PER_MSEC));
    for (const char *const *name = copied; *name; name++) {
        json_t *value = json_object_get(given, *name);

        json_object_set_new(next, *name, value ? json_incref(value) : json_null());
    }
    json_object_set_new(next, "number", json_integer(number));
    json_object_set_new(next, "since", json_string(since));
    return next;
}

/* Who watches has seen predictions that are hidden now, or the other way round. */
static void show(Class *class, json_t *shown)
{
    bool hid = class_hides_predictions(class);

    json_decref(class->shown);
    class->shown = shown;
    board_state(class->board, "class", shown);
    if (class_hides_predictions(class) != hid)
        board_repeat(class->board);
}

static void keep(const Class *class, ArchiveDone done, void *data)
{
    json_auto_t *note = json_copy(class->shown);
    auto_free char *text = NULL;

    json_object_set_new(note, "n_next", json_integer(class->n_next));
    text = json_dumps(note, JSON_COMPACT);
    assert(text);
    archive_note(class->archive, NOTE, text, done, data);
}

void class_act(Class *class, ClassAction action, const json_t *given, ArchiveDone done, void *data)
{
    const json_t *next = json_object_get(class->shown, "next");
    json_auto_t *made = NULL;
    bool allowed = class_allows(class, action);

    assert(allowed);
    switch (action) {
    case CLASS_NEXT:
        made = make_next(++class->n_next, given);
        show(class, make_shown(true, false, made));
        break;
    case CLASS_REVEAL:
    case CLASS_HIDE:
        show(class, make_shown(true, action == CLASS_REVEAL, next));
        break;
    case CLASS_CLEAR:
        board_clear(class->board);
        show(class, make_shown(is_on(class), is_revealed(class), NULL));
        break;
    case CLASS_END:
        class->n_next = 0;
        show(class, make_shown(false, false, NULL));
        break;
    }
    keep(class, done, data);
}

const json_t *class_json(const Class *class)
{
    return class->shown;
}

bool class_hides_predictions(const Class *class)
{
    return is_on(class) && !is_revealed(class);
}
