/* Waiting. The lock is let go meanwhile, so everything that can wait side by side does. */
#include "base/cleanup.h"
#include "results/human.h"
#include "results/lesson-parts.h"

#define MANY_TASKS 100

static const LessonReason reasons[] = {
    {"threads", "gil", LESSON_FASTER, "who waits for an answer lets go of the GIL, so the waits overlap"},
    {"threads", "gil-py2", LESSON_FASTER,
        "who waits for an answer lets go of the lock, so the waits overlap"},
    {"threads", "none", LESSON_FASTER, "threads wait side by side, with or without a lock"},
};

static const LessonReason async_reasons[] = {
    {"epoll", NULL, LESSON_FASTER, "the event loop waits for all answers at once in one thread"},
};

static const LessonReason blocking_reasons[] = {
    {"epoll", NULL, LESSON_SAME | LESSON_SLOWER,
        "a client that blocks gives the event loop nothing back until its answer is there, so nothing "
        "overlaps"},
};

static const LessonSource sources[] = {
    {"threads", NULL, 0, "In the article one fetch took 0.88 s, two in a row 1.72 s and two threads 0.89 s"},
};

static const LessonSource order_sources[] = {
    {"epoll", NULL, 0, "The five asyncio fetches of the article ended in the order 3, 4, 2, 1, 5"},
};

/* Whether some event loop got its answers in another order than it asked. */
static bool is_out_of_order(const Lesson *lesson)
{
    size_t i, k;
    json_t *cell, *id;

    json_array_foreach (lesson->cells, i, cell) {
        json_int_t last = -1;

        if (!lesson_matches(cell, "epoll", NULL))
            continue;
        json_array_foreach (json_object_get(cell, "completion_order"), k, id) {
            if (json_integer_value(id) < last)
                return true;
            last = json_integer_value(id);
        }
    }
    return false;
}

/* The cell of a mode with most tasks that has a CPU time and memory, or NULL. */
static const json_t *largest(const Lesson *lesson, const char *mode)
{
    const json_t *found = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_matches(cell, mode, NULL) && lesson_median(cell, "cpu_ns") > 0 &&
            lesson_memory(cell, "rss_per_task_bytes") > 0 &&
            (!found || lesson_number(cell, "tasks") > lesson_number(found, "tasks")))
            found = cell;
    }
    return found;
}

/* With many tasks the times are alike, and the costs are what differs. */
static void explain_costs(Lesson *lesson)
{
    const json_t *threads = largest(lesson, "threads"), *epoll = largest(lesson, "epoll");
    auto_free char *cpu_of_threads = NULL, *cpu_of_epoll = NULL, *tasks = NULL;

    if (!threads || !epoll || lesson_number(threads, "tasks") != lesson_number(epoll, "tasks") ||
        lesson_number(threads, "tasks") < MANY_TASKS)
        return;
    tasks = human_value(json_object_get(threads, "tasks"));
    cpu_of_threads = human_time((int64_t)lesson_median(threads, "cpu_ns"));
    cpu_of_epoll = human_time((int64_t)lesson_median(epoll, "cpu_ns"));
    lesson_because(lesson,
        "with %s tasks the threads used %s of CPU time, and %.1f KB of memory each, the event loop %s and "
        "%.1f KB",
        tasks, cpu_of_threads, lesson_memory(threads, "rss_per_task_bytes") / 1000, cpu_of_epoll,
        lesson_memory(epoll, "rss_per_task_bytes") / 1000);
}

void lesson_fetch(Lesson *lesson)
{
    auto_free char *subject = lesson_tasks(lesson, "fetch", "fetches");

    lesson_compare(lesson, subject);
    explain_costs(lesson);
    lesson_give_reasons(lesson, reasons, sizeof(reasons) / sizeof(reasons[0]));
    if (lesson_asked(lesson, "client", "blocking"))
        lesson_give_reasons(lesson, blocking_reasons, sizeof(blocking_reasons) / sizeof(blocking_reasons[0]));
    else
        lesson_give_reasons(lesson, async_reasons, sizeof(async_reasons) / sizeof(async_reasons[0]));
    if (is_out_of_order(lesson)) {
        lesson_because(lesson, "the loop took the answers as they came, not in the order of the questions");
        lesson_cite(lesson, order_sources, sizeof(order_sources) / sizeof(order_sources[0]));
    } else {
        lesson_cite(lesson, sources, sizeof(sources) / sizeof(sources[0]));
    }
}
