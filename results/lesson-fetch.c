/* Waiting. The lock is let go meanwhile, so everything that can wait side by side does, also on one CPU: what
 * stands against computing does not stand against this. */
#include <stdlib.h>

#include "base/array.h"
#include "results/lesson-parts.h"

#define MANY_TASKS 100 /* from which on the memory of each is mostly its own */

/* 1 if an event loop got its answers in another order than it asked. Tasks are numbered in the order in which
 * they asked, so an answer with a smaller number than the one before it overtook. */
static double is_out_of_order(const ResultCell *cell)
{
    json_int_t last = -1;
    size_t i;
    json_t *id;

    json_array_foreach (cell->completion_order, i, id) {
        if (json_integer_value(id) < last)
            return 1;
        last = json_integer_value(id);
    }
    return 0;
}

/* The tasks of a cell that says what they cost; 0, which lesson_best() never takes, for any other. */
static double costed_tasks(const ResultCell *cell)
{
    return cell->cpu.median > 0 && cell->memory.rss_per_task_bytes > 0 ? (double)cell->tasks : 0;
}

/* With many tasks the times are alike, and the costs are what differs. Of few tasks the memory is mostly that
 * of the loop itself or of the first thread, and says nothing of what one more costs. */
static void tell_costs(Lesson *lesson)
{
    const ResultCell *together = lesson_best(lesson, LESSON_TOGETHER, costed_tasks);
    const ResultCell *loop = lesson_best_beside(lesson, LESSON_LOOP, costed_tasks, together);

    if (!together || !loop || together->tasks != loop->tasks || loop->tasks < MANY_TASKS)
        return;
    lesson_because(lesson,
        "with %s tasks%s the %s used %s of CPU time, and %s of memory each, the event loop %s and %s",
        words_integer(lesson->words, (double)loop->tasks), lesson_in_runtime(lesson, loop),
        lesson_nouns(lesson, together), words_time(lesson->words, (double)together->cpu.median),
        words_bytes(lesson->words, (double)together->memory.rss_per_task_bytes),
        words_time(lesson->words, (double)loop->cpu.median),
        words_bytes(lesson->words, (double)loop->memory.rss_per_task_bytes));
}

/* The order is known of one repetition, and one is enough to show that it can happen. */
static void tell_order(Lesson *lesson)
{
    if (!lesson_best(lesson, LESSON_LOOP, is_out_of_order))
        return;
    lesson_because(lesson, "the loop took the answers as they came, not in the order of the questions");
    lesson->source = "The five asyncio fetches of the article ended in the order 3, 4, 2, 1, 5";
}

/* The answers of all cells that are done. */
typedef struct Answers {
    json_int_t n;
    json_int_t n_bad;   /* with a status that is not one of 200 to 299 */
    json_int_t n_empty; /* without content */
    long codes[3];      /* of those that are bad, the first ones that occurred */
    size_t n_codes;     /* how many there are; more than have a place, if there were others */
    bool all_redirects; /* those that are bad */
} Answers;

static void answers_count(Answers *answers, long code, json_int_t n)
{
    size_t i = 0;

    answers->n += n;
    if (code / 100 == 2 || n == 0)
        return;
    answers->all_redirects = (answers->n_bad == 0 || answers->all_redirects) && code / 100 == 3;
    answers->n_bad += n;
    while (i < answers->n_codes && i < ARRAY_LENGTH(answers->codes) && answers->codes[i] != code)
        i++;
    if (i == answers->n_codes)
        answers->n_codes++;
    if (i < ARRAY_LENGTH(answers->codes))
        answers->codes[i] = code;
}

/* An empty page of gilscope's own server is one that was asked for (bytes=0). */
static void answers_count_cell(Answers *answers, const ResultCell *cell)
{
    const char *code;
    json_t *n;

    json_object_foreach (json_object_get(cell->metrics, "responses"), code, n)
        answers_count(answers, strtol(code, NULL, 10), json_integer_value(n));
    if (*result_param_text(cell, "url"))
        answers->n_empty += json_integer_value(json_object_get(cell->metrics, "answers_empty"));
}

/* "404 and 503" */
static const char *answers_codes(Words *words, const Answers *answers)
{
    const char *all = "";
    size_t n =
        answers->n_codes < ARRAY_LENGTH(answers->codes) ? answers->n_codes : ARRAY_LENGTH(answers->codes);

    for (size_t i = 0; i < n; i++)
        all = words_join(words, all, i + 1 == answers->n_codes ? " and " : ", ",
            words_printf(words, "%ld", answers->codes[i]));
    return n < answers->n_codes ? words_printf(words, "%s and others", all) : all;
}

/* A refusal can take as long as a page, or no time at all; both look like a fine result. So it is said
 * however few of the answers they are, and of all repetitions. */
static const char *fetch_doubt(Lesson *lesson)
{
    Words *words = lesson->words;
    Answers answers = {0};
    const char *bad = "", *empty = "", *all;

    for (size_t i = 0; i < lesson->cells.n; i++)
        answers_count_cell(&answers, lesson->cells.at[i]);
    all = words_integer(words, (double)answers.n);
    if (answers.n_bad > 0)
        bad = words_printf(words, "%s of %s answers %s %s%s", words_integer(words, (double)answers.n_bad),
            all, answers.n_bad == 1 ? "was" : "were", answers_codes(words, &answers),
            answers.all_redirects ? " (redirects are not followed)" : "");
    if (answers.n_empty > 0)
        empty = words_printf(words, "%s of %s answers %s empty",
            words_integer(words, (double)answers.n_empty), all, answers.n_empty == 1 ? "was" : "were");
    all = words_join(words, bad, "; ", empty);
    return *all ? all : NULL;
}

const LessonKind lesson_fetch = {
    .experiment = "fetch",
    .task = "fetch",
    .doubt = fetch_doubt,
    .reasons =
        {
            {.tell = tell_costs},
            {LESSON_WAITING, "a {task} that waits for an answer lets go of {lock}, so the waits overlap",
                .verdicts = LESSON_FASTER, .cause = LESSON_BY_WAITING_AT_ONCE},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "{tasks} wait side by side, with or without a lock",
                .verdicts = LESSON_FASTER, .cause = LESSON_BY_WAITING_AT_ONCE},
            {LESSON_LOOP,
                "a client that blocks gives the event loop nothing back until its answer is there, so "
                "nothing overlaps",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .parameter = "client", .is = "blocking",
                .cause = LESSON_BY_BLOCKING},
            {LESSON_LOOP, "the event loop waits for all answers at once in one thread",
                .verdicts = LESSON_FASTER, .parameter = "client", .is = "async",
                .cause = LESSON_BY_WAITING_AT_ONCE},
            {.tell = tell_order},
        },
    .sources =
        {
            {LESSON_TOGETHER, NULL, false,
                "In the article one fetch took 0.88 s, two in a row 1.72 s and two threads 0.89 s"},
        },
};
