/* Counting together what the interpreter counts: references. It is what a GIL is there for. A count that
 * comes out too low frees an object that is in use, and that it happened once in a million is no comfort. */
#include <string.h>

#include "results/lesson-parts.h"

#define ENOUGH_REFERENCES 1e5 /* for their price */

/* Lost takes and lost gives cancel each other: what is seen is the difference. */
static const char *how_far_off(Lesson *lesson, const ResultCell *cell, double *ret_size)
{
    return result_metric(cell, "lost_updates", ret_size) && *ret_size > 0
               ? lesson_figure_text(lesson, cell, "lost_updates")
               : NULL;
}

static void refcount_tell(Lesson *lesson)
{
    const char *subject = words_printf(lesson->words,
        "%s took and gave back references to one object: in the end its %s count was ",
        lesson_tasks(lesson, "task"), lesson_asked(lesson, "count"));

    lesson_losses(lesson, subject, "off by ", "right", how_far_off);
}

/* How often the count reached zero while the object was in use. */
static double premature_frees(const ResultCell *cell)
{
    return lesson_figure(cell, "premature_frees");
}

/* The worst cell is told, with "up to": others had fewer. */
static void tell_frees(Lesson *lesson)
{
    const ResultCell *worst = lesson_best(lesson, 0, premature_frees);

    if (worst)
        lesson_because(lesson,
            "%s the count said that nobody used the object, and an interpreter would have freed it in use",
            premature_frees(worst) == 1 ? "once"
                                        : words_printf(lesson->words, "up to %s times",
                                              lesson_figure_text(lesson, worst, "premature_frees")));
}

/* How many references were taken in all; 0 for a cell with one task, without CPU time, or with so few that
 * their price is mostly the clock's, or that of making the tasks. */
static double references(const ResultCell *cell)
{
    double n = result_param_number(cell, "n") * (double)cell->tasks;

    return cell->tasks > 1 && cell->cpu.median > 0 && n >= ENOUGH_REFERENCES && !lesson_is_short(cell) ? n
                                                                                                       : 0;
}

/* The CPU time of one reference taken and given back, in nanoseconds. */
static const char *price_of_reference(Lesson *lesson, const ResultCell *cell)
{
    return words_real(lesson->words, (double)cell->cpu.median / references(cell));
}

/* What a count costs that is right without the lock around the interpreter. A plain count is not right
 * without a lock, so it has no such price. */
static void tell_price_of_count(Lesson *lesson)
{
    const ResultCell *alone = lesson_best(lesson, LESSON_SERIAL, references);
    const ResultCell *together =
        lesson_best_beside(lesson, LESSON_TOGETHER | LESSON_NO_LOCK, references, alone);
    const char *count = lesson_asked(lesson, "count");

    if (strcmp(count, "plain") == 0 || !alone || !together)
        return;
    lesson_because(lesson, "%s, and a reference%s took %s ns of CPU time in %s and %s ns one after the other",
        strcmp(count, "locked") == 0 ? "it needs no global lock, because it has a lock of its own"
                                     : "it needs no lock",
        lesson_in_runtime(lesson, together), price_of_reference(lesson, together), together->mode,
        price_of_reference(lesson, alone));
}

const LessonKind lesson_refcount = {
    .experiment = "refcount",
    .computes = true,
    .tell = refcount_tell,
    .reasons =
        {
            {LESSON_TOGETHER | LESSON_NO_LOCK,
                "without a lock two {tasks} load the same count, and one result replaces the other",
                .ask = lesson_lost, .parameter = "count", .is = "plain"},
            {LESSON_TOGETHER | LESSON_OWN_LOCKS, LESSON_INTERPRETERS, .ask = lesson_lost,
                .parameter = "count", .is = "plain"},
            {.tell = tell_frees},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "without a lock nothing promises that a plain count is right",
                .ask = lesson_exact, .parameter = "count", .is = "plain"},
            {LESSON_WAITING, "{lock} keeps a plain count exact, because one {task} counts at a time",
                .ask = lesson_exact, .parameter = "count", .is = "plain", .sight = LESSON_ALONE},
            {LESSON_TOGETHER | LESSON_NO_LOCK, .ask = lesson_exact, .tell = tell_price_of_count},
        },
    .sources =
        {
            {0, NULL, false,
                "The article gives this as the reason for the GIL: without it Python's memory management is "
                "not safe in threads"},
        },
};
