/* First the result, then the reason, then what others measured. Where something stands against the figures of
 * this run, that is said in place of the last: whoever reads two sentences has then read the one that
 * matters.
 *
 * Figures of others beside a doubtful result would lend it their weight. */
#include "results/lesson.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "results/lesson-parts.h"
#include "results/scaling.h"
#include "results/sentences.h"

#define MOST_SCALINGS 4

#define LESSON(name) extern const LessonKind lesson_##name;
#include "results/lessons.def"
#undef LESSON

#define LESSON(name) &lesson_##name,
static const LessonKind *const kinds[] = {
#include "results/lessons.def"
};

/* An experiment that nobody wrote a lesson for is compared all the same. */
static const LessonKind any_kind = {.task = "task"};

static const LessonKind *find_kind(const char *experiment)
{
    for (size_t i = 0; experiment && i < ARRAY_LENGTH(kinds); i++) {
        if (strcmp(kinds[i]->experiment, experiment) == 0)
            return kinds[i];
    }
    return &any_kind;
}

/* Cells that failed or were cancelled have figures, too, of fewer repetitions than were asked for. No
 * sentence is about them, but the doubts say how many there are. */
static ResultCells done_cells(const ResultRun *run)
{
    ResultCells done = result_cells_new(run->cells.n);

    for (size_t i = 0; i < run->cells.n; i++) {
        if (run->cells.at[i]->status == RESULT_DONE)
            result_cells_add(&done, run->cells.at[i]);
    }
    return done;
}

/* Returns what was said before and one sentence more: with a capital, a full stop, and a blank between.
 * Either may be empty. */
static const char *add_sentence(Words *words, const char *before, const char *text)
{
    if (!*text)
        return before;
    return words_printf(words, "%s%s%c%s%s", before, *before ? " " : "", toupper((unsigned char)text[0]),
        text + 1, strchr(".?!", text[strlen(text) - 1]) ? "" : ".");
}

/* Where there is no serial cell, how far each mode scales; more than a few would be a table again. */
static const char *add_scaling(Lesson *lesson, const char *said)
{
    const ResultCell *knee;
    size_t n = 0;

    for (size_t i = 0; i < lesson->cells.n && lesson->has_times; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (scaling_is_base(cell) && n++ < MOST_SCALINGS)
            said = add_sentence(lesson->words, said,
                sentence_scaling(lesson->words, &lesson->varying, &lesson->cells, cell, &knee));
    }
    return said;
}

/* Doubts are about what was said before, and others' figures stand beside a result. The order matters: a
 * reason takes the form, of one or of many, that the result has set, and doubts need to know what both rest
 * on. */
static const char *write_lesson(Lesson *lesson)
{
    const char *doubts, *said;

    if (lesson->kind->tell)
        lesson->kind->tell(lesson);
    else
        lesson_compare(lesson, lesson_tasks(lesson, lesson->kind->task));
    lesson_explain(lesson);
    doubts = lesson_doubts(lesson);
    said = add_sentence(lesson->words, "", lesson->result);
    said = add_scaling(lesson, said);
    said = add_sentence(lesson->words, said, lesson_models(lesson));
    said = add_sentence(lesson->words, said, lesson->why);
    if (*said && *doubts)
        return add_sentence(
            lesson->words, said, words_printf(lesson->words, "Take it with care: %s", doubts));
    return *lesson->result ? add_sentence(lesson->words, said, lesson->source) : said;
}

/* Why, in the words of the first cell that has a reason. */
static const char *nothing_came_out(Words *words, const ResultRun *run)
{
    const char *reason = lesson_missing(words, run);
    bool is_unfinished = lesson_is_unfinished(run);

    if (run->cells.n == 1)
        return words_printf(words, "Nothing can be said, the one cell %s%s.",
            is_unfinished ? "was not finished" : "has no result", reason);
    return words_printf(words, "Nothing can be said, none of the %zu cells %s%s.", run->cells.n,
        is_unfinished ? "was finished" : "has a result", reason);
}

/* Everything is borrowed; the cells are those that the lesson is about. */
static Lesson lesson_begin(const ResultRun *run, ResultCells cells, Words *words)
{
    return (Lesson){.run = run,
        .kind = find_kind(run->experiment),
        .cells = cells,
        .result = "",
        .why = "",
        .source = "",
        .words = words};
}

/* All texts of the lesson belong to words, which ends with this function; what is returned is a copy. */
char *lesson_make(const ResultRun *run)
{
    auto_result_cells ResultCells cells = done_cells(run);
    auto_axes Axes varying = axes_varying(&cells);
    auto_words Words words = {0};
    Lesson lesson = lesson_begin(run, cells, &words);
    const char *said;

    if (run->cells.n == 0 || run->status == RESULT_QUEUED || run->status == RESULT_RUNNING)
        return NULL;
    lesson.varying = varying;
    said = cells.n > 0 ? write_lesson(&lesson) : nothing_came_out(&words, run);
    said = lesson_explain_terms(&words, said);
    return *said ? strdup(said) : NULL;
}

char *lesson_own_doubt(const ResultRun *run)
{
    auto_result_cells ResultCells cells = done_cells(run);
    auto_words Words words = {0};
    Lesson lesson = lesson_begin(run, cells, &words);
    const char *doubt = lesson.kind->doubt ? lesson.kind->doubt(&lesson) : NULL;

    return doubt ? strdup(doubt) : NULL;
}
