/* Counting together what the program counts. A lock around the interpreter protects the interpreter: whether
 * an update of the program's is whole depends on where the lock may be let go, which no program is promised.
 *
 * With switch_inside=on there is a call between load and store, where every lock may change hands. Without
 * one it depends on the lock: one that is looked at between bytecodes may change hands within x += 1 as well,
 * which the lock's own fact says, and one that is only looked at where code jumps or calls may not. */
#include <string.h>

#include "results/lesson-parts.h"

/* "600,000 of 2,000,000". NULL for a cell that lost nothing: lesson_losses() names those together. */
static const char *lost_of_all(Lesson *lesson, const ResultCell *cell, double *ret_size)
{
    const char *all = lesson_figure_text(lesson, cell, "expected");

    if (!all || !result_metric(cell, "lost_updates", ret_size) || *ret_size <= 0)
        return NULL;
    return words_printf(lesson->words, "%s of %s", lesson_figure_text(lesson, cell, "lost_updates"), all);
}

static bool is_torn(const ResultCell *cell)
{
    return cell->lock_facts && cell->lock_facts->between_bytecodes;
}

/* Of the locks that leave x += 1 whole, and of those that do not. */
static LessonOpinion whole_and_exact(const ResultCell *cell)
{
    return is_torn(cell) ? LESSON_AGAINST : lesson_exact(cell);
}

static LessonOpinion torn_and_exact(const ResultCell *cell)
{
    return is_torn(cell) ? lesson_exact(cell) : LESSON_AGAINST;
}

static LessonOpinion torn_and_lost(const ResultCell *cell)
{
    return is_torn(cell) ? lesson_lost(cell) : LESSON_AGAINST;
}

/* One task alone is "it". */
static void counter_tell(Lesson *lesson)
{
    bool switches = strcmp(lesson_asked(lesson, "switch_inside"), "on") == 0;
    const char *subject = words_printf(lesson->words, "%s added to one counter%s: %s lost ",
        lesson_tasks(lesson, "task"), switches ? ", with a call between load and store" : "",
        lesson_least_tasks(lesson) == 0 ? "it" : "they");

    lesson_losses(lesson, subject, "", "nothing", lost_of_all);
}

const LessonKind lesson_counter = {
    .experiment = "counter",
    .computes = true,
    .tell = counter_tell,
    .reasons =
        {
            {LESSON_WAITING,
                "the lock may change hands in between: it protects the interpreter, not the program's data",
                .ask = lesson_lost, .parameter = "switch_inside", .is = "on"},
            {LESSON_WAITING, "{lock} is only let go between whole updates", .ask = whole_and_exact,
                .parameter = "switch_inside", .is = "off"},
            {LESSON_WAITING,
                "{lock} may change hands between any two bytecodes, so also between the load and the store "
                "of "
                "x += 1",
                .ask = torn_and_lost, .parameter = "switch_inside", .is = "off"},
            {LESSON_WAITING, "{lock} may change hands within x += 1, so that nothing was lost is luck",
                .ask = torn_and_exact, .parameter = "switch_inside", .is = "off"},
            {LESSON_TOGETHER | LESSON_NO_LOCK,
                "without a lock two {tasks} load the same value, and one result replaces the other",
                .ask = lesson_lost},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "without a lock nothing promises that nothing is lost",
                .ask = lesson_exact},
            {LESSON_TOGETHER | LESSON_OWN_LOCKS, LESSON_INTERPRETERS, .ask = lesson_lost},
            {LESSON_LOOP, "a loop that gives control away between load and store loses updates too",
                .ask = lesson_lost},
        },
    .sources =
        {
            {LESSON_TOGETHER, "cpython3", false,
                "CPython 3.11 and 3.13 lose nothing in x += 1, but 430,000 to 600,000 of 2,000,000 with a "
                "call in between"},
            {LESSON_TOGETHER, "cpython2", true,
                "CPython 2.7 lost 510,000 of 2,000,000 increments of two threads"},
            {LESSON_TOGETHER, "free-threaded", false,
                "CPython 3.13 without its GIL lost 720,000 of 2,000,000 increments of two threads"},
        },
};
