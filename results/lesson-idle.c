/* Thousands that do nothing: what they cost by being there. Memory is read while all are there, so it needs
 * no repetition to be believed. */
#include "results/lesson-parts.h"

#define GIGABYTE 1e9
#define MANY_TASKS 100 /* among which it does not matter what the loop itself takes */
#define MOST_STARTED 1e15

/* In serial there is never more than one, so nothing can be told of many. Addresses are reserved for stacks;
 * where less is reserved than used, as of a loop, the tasks live in what was there before, and the number
 * would only look like a mistake. */
static const char *memory_of_each(Lesson *lesson, const ResultCell *cell, double *ret_size)
{
    double reserved = lesson_known(cell->memory.virtual_per_task_bytes);
    const char *resident;

    *ret_size = lesson_known(cell->memory.rss_per_task_bytes);
    if (*ret_size == 0 || lesson_is(cell, LESSON_SERIAL))
        return NULL;
    resident = words_bytes(lesson->words, *ret_size);
    return reserved > *ret_size ? words_printf(lesson->words, "%s (%s of addresses reserved)", resident,
                                      words_bytes(lesson->words, reserved))
                                : resident;
}

/* In serial there is only ever one at a time. Of serial alone there is no result, and noise stands for
 * nothing against that. */
static void idle_tell(Lesson *lesson)
{
    const ResultCell *serial = lesson_best(lesson, LESSON_SERIAL, NULL);
    const char *form = lesson_least_tasks(lesson) == 0 ? "%s took " : "Of %s each took ";

    lesson_list(lesson, words_printf(lesson->words, form, lesson_tasks(lesson, "idle task")), memory_of_each);
    if (!serial)
        return;
    if (*lesson->result)
        lesson_say(lesson, "; in %s there is only ever one at a time", serial->mode);
    else
        lesson_because(lesson,
            "in %s there is only ever one idle task at a time, so that does not show what many cost "
            "together",
            serial->mode);
}

/* How many there really were: a machine may have room for fewer than were asked for. A number that is no
 * number of tasks counts as none. */
static double idle_started(const ResultCell *cell)
{
    double n = lesson_figure(cell, "started");

    return n < MOST_STARTED ? n : 0;
}

/* 0 where nothing is known, so that such a cell never is the best. */
static double idle_not_started(const ResultCell *cell)
{
    double n;

    return result_metric(cell, "started", &n) ? (double)cell->tasks - n : 0;
}

/* What a machine has no room for is a result too: it is the first reason, before any figure of those that
 * were started. */
static void tell_not_started(Lesson *lesson)
{
    const ResultCell *cell = lesson_best(lesson, 0, idle_not_started);
    const char *reason = cell ? result_metric_word(cell, "not_started_reason") : "";

    if (cell)
        lesson_because(lesson, "only %s of %s could be started%s%s%.120s",
            lesson_figure_text(lesson, cell, "started"),
            words_count(lesson->words, cell->tasks, lesson_noun(cell)), lesson_in_runtime(lesson, cell),
            *reason ? ": " : "", reason);
}

/* What the gigabytes of the article are: addresses, most of them never touched. Both numbers are given,
 * because each alone has been used to prove the opposite. Reserved addresses are worth a word only where
 * there is a gigabyte of them and less than a tenth is in use. A thread is held against a task of a loop only
 * if the loop had so many tasks that its own memory does not weigh; what the kernel keeps for it is counted,
 * and the sum said, or the ratio would not be that of the figures above it. */
static void tell_memory(Lesson *lesson)
{
    const ResultCell *together = lesson_best(lesson, LESSON_TOGETHER, idle_started);
    const ResultCell *loop = lesson_best_beside(lesson, LESSON_LOOP, idle_started, together);
    double n, resident, kernel, reserved, of_task;

    if (!together)
        return;
    n = idle_started(together);
    kernel = lesson_known(together->memory.kernel_per_task_bytes);
    resident = lesson_known(together->memory.rss_per_task_bytes) + kernel;
    reserved = lesson_known(together->memory.virtual_per_task_bytes) * n;
    of_task = loop && idle_started(loop) >= MANY_TASKS ? lesson_known(loop->memory.rss_per_task_bytes) : 0;
    if (reserved >= GIGABYTE && resident * n < reserved / 10)
        lesson_because(lesson,
            "%s %s%s reserved %s of addresses but used %s of memory, kernel stacks included",
            words_integer(lesson->words, n), lesson_nouns(lesson, together),
            lesson_in_runtime(lesson, together), words_bytes(lesson->words, reserved),
            words_bytes(lesson->words, resident * n));
    if (of_task > 0 && resident > 2 * of_task)
        lesson_because(lesson, "a %s%s took %s%s, as much as %.0f tasks of an event loop",
            lesson_noun(together), lesson_in_runtime(lesson, together), words_bytes(lesson->words, resident),
            kernel > 0 ? " with what the kernel keeps for it" : "", resident / of_task);
}

/* Of one CPU, so it can be above 1. Where nobody asked to be woken it says nothing. */
static double wakeup_share(const ResultCell *cell)
{
    double share = lesson_figure(cell, "wakeup_cpu_share");

    return result_param_number(cell, "wakeups_per_s") > 0 && share < 1e6 ? share : 0;
}

static void tell_wakeups(Lesson *lesson)
{
    const ResultCell *together = lesson_best(lesson, LESSON_TOGETHER, idle_started);

    if (together && wakeup_share(together) > 0)
        lesson_because(lesson, "waking the %s%s took %.3g %% of a CPU", lesson_nouns(lesson, together),
            lesson_in_runtime(lesson, together), 100 * wakeup_share(together));
}

const LessonKind lesson_idle = {
    .experiment = "idle",
    .tell = idle_tell,
    .reasons = {{.tell = tell_not_started}, {.tell = tell_memory}, {.tell = tell_wakeups}},
    .sources =
        {
            {LESSON_TOGETHER, NULL, false,
                "The article warns of gigabytes and of 5 % of the CPU for thousands of threads; a thread of "
                "CPython took 16 KB resident and 8.4 MB reserved, an asyncio task 1.4 KB"},
        },
};
