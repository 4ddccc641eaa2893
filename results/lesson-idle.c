/* Thousands that do nothing: what they cost by being there. Memory is read while all are there, so it needs
 * no repetition to be believed. */
#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/lesson-parts.h"

#define GIGABYTE 1e9
#define MANY_TASKS 100 /* among which it does not matter what the loop itself takes */

static const LessonSource sources[] = {
    {"threads", NULL, 0,
        "The article warns of gigabytes and of 5 % of the CPU for thousands of threads; a thread of CPython "
        "took 16 KB "
        "resident and 8.4 MB reserved, an asyncio task 1.4 KB"},
};

static char *bytes_text(double bytes)
{
    return bytes >= 1e9   ? text_printf("%.3g GB", bytes / 1e9)
           : bytes >= 1e6 ? text_printf("%.3g MB", bytes / 1e6)
           : bytes >= 1e3 ? text_printf("%.3g KB", bytes / 1e3)
                          : text_printf("%.0f bytes", bytes);
}

/* In serial there is never more than one, so nothing can be told of many. */
static char *memory_of_each(const json_t *cell, double *ret_size)
{
    double bytes = lesson_memory(cell, "virtual_per_task_bytes");
    auto_free char *resident = bytes_text(lesson_memory(cell, "rss_per_task_bytes"));
    auto_free char *reserved = bytes_text(bytes);

    if (lesson_memory(cell, "rss_per_task_bytes") <= 0 || lesson_matches(cell, "serial", NULL))
        return NULL;
    *ret_size = lesson_memory(cell, "rss_per_task_bytes");
    return bytes > 0 ? text_printf("%s (%s reserved)", resident, reserved) : take_pointer(resident);
}

/* The cell of a mode with most tasks that started, or NULL. */
static const json_t *largest(const Lesson *lesson, const char *mode, double *ret_started)
{
    const json_t *found = NULL;
    size_t i;
    json_t *cell;

    *ret_started = 0;
    json_array_foreach (lesson->cells, i, cell) {
        double started;

        if (lesson_matches(cell, mode, NULL) && lesson_metric(cell, "started", &started) && started < 1e15 &&
            started > *ret_started) {
            found = cell;
            *ret_started = started;
        }
    }
    return found;
}

static void tell_who_did_not_start(Lesson *lesson)
{
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        const json_t *metrics = json_object_get(cell, "metrics");
        const char *reason = json_string_value(json_object_get(metrics, "not_started_reason"));
        double started;

        if (lesson_metric(cell, "started", &started) && started < lesson_number(cell, "tasks")) {
            auto_free char *text = lesson_metric_text(cell, "started");
            auto_free char *asked = human_value(json_object_get(cell, "tasks"));

            lesson_because(lesson, "only %s of %s %s could be started%s%.120s", text, asked,
                lesson_word(cell, "mode"), reason ? ": " : "", reason ? reason : "");
            return;
        }
    }
}

/* What the gigabytes of the article are. */
static void explain_memory(Lesson *lesson)
{
    double n_threads, n_tasks;
    const json_t *threads = largest(lesson, "threads", &n_threads),
                 *epoll = largest(lesson, "epoll", &n_tasks);
    double resident =
        lesson_memory(threads, "rss_per_task_bytes") + lesson_memory(threads, "kernel_per_task_bytes");
    double reserved = lesson_memory(threads, "virtual_per_task_bytes") * n_threads;
    double of_task = lesson_memory(epoll, "rss_per_task_bytes");

    if (reserved >= GIGABYTE && resident * n_threads < reserved / 10) {
        auto_free char *used = bytes_text(resident * n_threads), *all = bytes_text(reserved);
        auto_free char *threads_text = human_integer((int64_t)n_threads);

        lesson_because(lesson,
            "%s threads reserved %s of addresses but used %s of memory, kernel stacks included", threads_text,
            all, used);
    }
    if (n_tasks >= MANY_TASKS && of_task > 0 && resident > 2 * of_task)
        lesson_because(
            lesson, "a thread took as much memory as %.0f tasks of an event loop", resident / of_task);
}

static void tell_wakeups(Lesson *lesson)
{
    double ignored, share;
    const json_t *threads = largest(lesson, "threads", &ignored);

    if (threads && lesson_number(threads, "wakeups_per_s") > 0 &&
        lesson_metric(threads, "wakeup_cpu_share", &share) && share > 0 && share < 1e6)
        lesson_because(lesson, "waking the threads took %.3g %% of a CPU", 100 * share);
}

/* Alone it is no result, and noise stands for nothing against it. */
static void tell_serial(Lesson *lesson)
{
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (!lesson_matches(cell, "serial", NULL))
            continue;
        if (ftell(lesson->result) > 0)
            fputs("; in serial there is only ever one at a time", lesson->result);
        else
            lesson_because(lesson,
                "in serial there is only ever one idle task at a time, so that does not show what many cost "
                "together");
        return;
    }
}

void lesson_idle(Lesson *lesson)
{
    auto_free char *tasks = lesson_tasks(lesson, "idle task", "idle tasks");
    auto_free char *subject = text_printf(lesson_is_single(lesson) ? "%s took " : "Of %s each took ", tasks);

    lesson_list(lesson, subject, memory_of_each);
    tell_serial(lesson);
    tell_who_did_not_start(lesson);
    explain_memory(lesson);
    tell_wakeups(lesson);
    lesson_cite(lesson, sources, sizeof(sources) / sizeof(sources[0]));
}
