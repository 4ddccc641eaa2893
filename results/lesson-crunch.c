/* Computing outside the lock: the same work as a countdown to the CPU, but not to the GIL. */
#include "base/cleanup.h"
#include "base/text.h"
#include "results/lesson-parts.h"

static const LessonReason released[] = {
    {"threads", "gil", LESSON_FASTER, "the work is done outside the GIL, so it runs on all CPUs at once"},
    {"threads", "gil-py2", LESSON_FASTER,
        "the work is done outside the lock, so it runs on all CPUs at once"},
};

static const LessonReason kept[] = {
    {"threads", "gil", LESSON_SAME | LESSON_SLOWER,
        "the work keeps the GIL, so threads take turns as in a countdown"},
    {"threads", "gil-py2", LESSON_SAME | LESSON_SLOWER,
        "the work keeps the lock, so threads take turns as in a countdown"},
};

static const LessonReason always[] = {
    {"threads", "none", LESSON_FASTER, "without a lock there is nothing to let go of"},
    {"processes", "gil", LESSON_FASTER, "each process has a lock of its own"},
    {"processes", "gil-py2", LESSON_FASTER, "each process has a lock of its own"},
    {"epoll", NULL, LESSON_SAME | LESSON_SLOWER,
        "an event loop is one thread, and has one CPU to compute on"},
};

static const LessonSource sources[] = {
    {"threads", NULL, 0,
        "The article says that image processing and NumPy run outside the GIL; in CPython two threads of "
        "NumPy took "
        "0.54 times the serial time"},
};

void lesson_crunch(Lesson *lesson)
{
    const char *kernel = lesson_word(json_array_get(lesson->cells, 0), "kernel");
    bool keeps = lesson_asked(lesson, "release", "off");
    auto_free char *tasks = lesson_tasks(lesson, "task", "tasks");
    auto_free char *subject =
        text_printf("%s of %s %s the lock", tasks, *kernel ? kernel : "work", keeps ? "inside" : "outside");

    lesson->computes = true;
    lesson_compare(lesson, subject);
    if (keeps)
        lesson_give_reasons(lesson, kept, sizeof(kept) / sizeof(kept[0]));
    else
        lesson_give_reasons(lesson, released, sizeof(released) / sizeof(released[0]));
    lesson_give_reasons(lesson, always, sizeof(always) / sizeof(always[0]));
    lesson_cite(lesson, sources, sizeof(sources) / sizeof(sources[0]));
}
