/* First the result, then the reason, then what others measured. Where something stands against the figures of
 * this run, that is said in place of the last: who reads two sentences has then read the one that matters. */
#include "results/lesson.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/lesson-parts.h"
#include "results/view.h"

static const struct {
    const char *experiment;
    LessonTell *tell;
} experiments[] = {
    {"convoy", lesson_convoy},
    {"countdown", lesson_countdown},
    {"counter", lesson_counter},
    {"crunch", lesson_crunch},
    {"fetch", lesson_fetch},
    {"idle", lesson_idle},
    {"refcount", lesson_refcount},
    {"share", lesson_share},
};

/* An experiment that nobody wrote a lesson for is compared all the same. */
static void tell_any(Lesson *lesson)
{
    auto_free char *tasks = lesson_tasks(lesson, "task", "tasks");

    lesson_compare(lesson, tasks);
}

static LessonTell *find_tell(const json_t *run)
{
    const char *name = json_string_value(json_object_get(run, "experiment"));

    for (size_t i = 0; name && i < sizeof(experiments) / sizeof(experiments[0]); i++) {
        if (strcmp(experiments[i].experiment, name) == 0)
            return experiments[i].tell;
    }
    return tell_any;
}

static const char *status_of(const json_t *object)
{
    const char *status = json_string_value(json_object_get(object, "status"));

    return status ? status : "";
}

/* Returns the cells that are done, a new reference. */
static json_t *done_cells(const json_t *run)
{
    json_t *done = json_array(), *cell;
    size_t i;

    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        if (strcmp(status_of(cell), "done") == 0)
            json_array_append(done, cell);
    }
    return done;
}

/* Appends a sentence to those before it: with a capital, a full stop, and a blank between them. */
static void add_sentence(FILE *file, const char *text)
{
    size_t length = strlen(text);

    if (length == 0)
        return;
    fprintf(file, "%s%c%s%s", ftell(file) > 0 ? " " : "", toupper((unsigned char)text[0]), text + 1,
        strchr(".?!", text[length - 1]) ? "" : ".");
}

/* The parts as they are written, and their texts once they are closed; owned. */
typedef struct Parts {
    FILE *files[4];
    char *texts[4];
    size_t lengths[4];
} Parts;

enum { RESULT, WHY, SOURCE, DOUBT, N_PARTS };

static void parts_open(Parts *parts)
{
    for (int i = 0; i < N_PARTS; i++) {
        parts->files[i] = open_memstream(&parts->texts[i], &parts->lengths[i]);
        assert(parts->files[i]);
    }
}

/* Doubts are about what was said before, and others' figures stand beside a result. */
static void write_sentences(const Parts *parts, FILE *file)
{
    add_sentence(file, parts->texts[RESULT]);
    add_sentence(file, parts->texts[WHY]);
    if (ftell(file) > 0 && parts->lengths[DOUBT] > 0) {
        auto_free char *doubt = text_printf("Take it with care: %s", parts->texts[DOUBT] + 2);

        add_sentence(file, doubt);
    } else if (parts->lengths[RESULT] > 0) {
        add_sentence(file, parts->texts[SOURCE]);
    }
}

/* Returns the sentences, owned by the caller, or NULL if there are none; frees the parts. */
static char *parts_join(Parts *parts)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (int i = 0; i < N_PARTS; i++)
        fclose(parts->files[i]);
    write_sentences(parts, file);
    fclose(file);
    for (int i = 0; i < N_PARTS; i++)
        free(parts->texts[i]);
    if (length == 0) {
        free(text);
        return NULL;
    }
    return text;
}

static char *nothing_came_out(const json_t *run)
{
    size_t n = json_array_size(json_object_get(run, "cells"));
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    fprintf(file,
        n == 1 ? "Nothing can be said, the one cell has no result"
               : "Nothing can be said, none of the %zu cells has a result",
        n);
    lesson_write_missing(run, file);
    fputc('.', file);
    fclose(file);
    return text;
}

char *lesson_make(const json_t *run)
{
    json_auto_t *cells = done_cells(run), *varying = view_names(cells, true);
    Lesson lesson = {.cells = cells, .varying = varying};
    Parts parts;

    if (json_array_size(json_object_get(run, "cells")) == 0 || strcmp(status_of(run), "queued") == 0 ||
        strcmp(status_of(run), "running") == 0)
        return NULL;
    if (json_array_size(cells) == 0)
        return nothing_came_out(run);
    parts_open(&parts);
    lesson.result = parts.files[RESULT];
    lesson.why = parts.files[WHY];
    lesson.source = parts.files[SOURCE];
    find_tell(run)(&lesson);
    lesson_write_doubts(&lesson, run, parts.files[DOUBT]);
    return parts_join(&parts);
}
