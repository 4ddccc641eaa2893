/* Computing. The article's surprise, that two threads are no faster than one call after the other, and its
 * way out, processes. */
#include <string.h>

#include "base/cleanup.h"
#include "results/human.h"
#include "results/lesson-parts.h"
#include "results/view.h"

static const LessonReason reasons[] = {
    {"threads", "gil", LESSON_SAME | LESSON_SLOWER,
        "the GIL lets one thread run at a time, so threads that compute only take turns"},
    {"threads", "gil", LESSON_FASTER,
        "a lock that lets one thread run at a time cannot do that, so doubt the serial time of this run"},
    {"threads", "gil-py2", LESSON_SAME,
        "the lock of Python 2 lets one thread run at a time, so threads that compute only take turns"},
    {"threads", "none", LESSON_FASTER, "without a lock threads run on all CPUs at once"},
    {"threads", "per-interpreter", LESSON_FASTER,
        "with a lock for each interpreter threads do not wait for each other"},
    {"processes", "gil", LESSON_FASTER, "each process has a lock of its own"},
    {"processes", "gil-py2", LESSON_FASTER, "each process has a lock of its own"},
    {"epoll", NULL, LESSON_SAME | LESSON_SLOWER,
        "an event loop is one thread, and has one CPU to compute on"},
};

static const LessonSource sources[] = {
    {"threads", "gil-py2", 100,
        "CPython 2.7 took 1.5 times the serial time with two threads and 2.4 times with four, on two CPUs"},
    {"threads", "gil", 0,
        "In the article two threads took 18.4 s where two calls in a row took 17.4 s, and two processes took "
        "about 8"},
    {"threads", "none", 0, "CPython 3.13 without its GIL took half the serial time with two threads"},
    {"processes", NULL, 0, "In the article two processes took about 8 s, as long as a single call"},
};

static double false_wakeups(const json_t *cell)
{
    return json_number_value(json_object_get(json_object_get(cell, "lock_stats"), "false_wakeups"));
}

/* The storm of waiters that wake up for nothing is counted, so it need not be believed. */
static void explain_python_2(Lesson *lesson)
{
    const json_t *worst = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_matches(cell, "threads", "gil-py2") && lesson_verdict(cell) == LESSON_SLOWER &&
            !lesson_is_short(cell) && false_wakeups(cell) > (worst ? false_wakeups(worst) : 0))
            worst = cell;
    }
    if (worst && false_wakeups(worst) < 1e18) {
        auto_free char *times = human_integer((int64_t)false_wakeups(worst));
        auto_free char *every = human_value(view_value(worst, "check_interval"));

        lesson_because(lesson,
            "the lock of Python 2 is let go every %s ticks and taken straight back, so that waiters woke up "
            "%s "
            "times for nothing",
            strcmp(every, "-") == 0 ? "few" : every, times);
    }
}

void lesson_countdown(Lesson *lesson)
{
    auto_free char *subject = lesson_tasks(lesson, "countdown", "countdowns");

    lesson->computes = true;
    lesson_compare(lesson, subject);
    explain_python_2(lesson);
    lesson_give_reasons(lesson, reasons, sizeof(reasons) / sizeof(reasons[0]));
    lesson_cite(lesson, sources, sizeof(sources) / sizeof(sources[0]));
}
