/* Waiting. The lock is let go meanwhile, so everything that can wait side by side does, also on one CPU: what
 * stands against computing does not stand against this. */
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
    const ResultCell *loop = lesson_best(lesson, LESSON_LOOP, costed_tasks);

    if (!together || !loop || together->tasks != loop->tasks || loop->tasks < MANY_TASKS)
        return;
    lesson_because(lesson,
        "with %s tasks the %s used %s of CPU time, and %s of memory each, the event loop %s and %s",
        words_integer(lesson->words, (double)loop->tasks), lesson_nouns(lesson, together),
        words_time(lesson->words, (double)together->cpu.median),
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

const LessonKind lesson_fetch = {
    .experiment = "fetch",
    .task = "fetch",
    .reasons =
        {
            {.tell = tell_costs},
            {LESSON_WAITING, "who waits for an answer lets go of {lock}, so the waits overlap",
                .verdicts = LESSON_FASTER},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "{tasks} wait side by side, with or without a lock",
                .verdicts = LESSON_FASTER},
            {LESSON_LOOP,
                "a client that blocks gives the event loop nothing back until its answer is there, so "
                "nothing overlaps",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .parameter = "client", .is = "blocking"},
            {LESSON_LOOP, "the event loop waits for all answers at once in one thread",
                .verdicts = LESSON_FASTER, .parameter = "client", .is = "async"},
            {.tell = tell_order},
        },
    .sources =
        {
            {LESSON_TOGETHER, NULL, false,
                "In the article one fetch took 0.88 s, two in a row 1.72 s and two threads 0.89 s"},
        },
};
