/* Computing outside the lock: the same work as a countdown to the CPU, but not to the GIL. With release=off
 * it keeps the lock, so the two runs side by side show that it is the lock and not the work that makes
 * threads wait.
 *
 * The reasons come in pairs for that: the same cells, the two values of release, and verdicts that are
 * opposite. */
#include <string.h>

#include "results/lesson-parts.h"

static void crunch_tell(Lesson *lesson)
{
    const char *kernel = lesson_asked(lesson, "kernel");
    bool keeps = strcmp(lesson_asked(lesson, "release"), "off") == 0;

    lesson_compare(lesson, words_printf(lesson->words, "%s of %s %s the lock", lesson_tasks(lesson, "task"),
                               *kernel ? kernel : "work", keeps ? "inside" : "outside"));
}

const LessonKind lesson_crunch = {
    .experiment = "crunch",
    .computes = true,
    .tell = crunch_tell,
    .doubt = lesson_doubts_cpus,
    .reasons =
        {
            {LESSON_WAITING, "the work is done outside {lock}, so it runs on all CPUs at once",
                .verdicts = LESSON_FASTER, .parameter = "release", .is = "on",
                .cause = LESSON_BY_COMPUTING_AT_ONCE, .sight = LESSON_TOGETHER_OUTSIDE,
                .fact = "the work is done outside {lock}"},
            {LESSON_WAITING, "the work keeps {lock}, so {tasks} take turns as in a countdown",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .parameter = "release", .is = "off",
                .cause = LESSON_BY_TURNS, .sight = LESSON_ALONE, .fact = "the work keeps {lock}"},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "without a lock there is nothing to let go of",
                .verdicts = LESSON_FASTER, .cause = LESSON_BY_COMPUTING_AT_ONCE},
            {LESSON_APART | LESSON_ONE_LOCK, "each {task} has a lock of its own", .verdicts = LESSON_FASTER,
                .cause = LESSON_BY_COMPUTING_AT_ONCE},
            {LESSON_LOOP, "an event loop is one thread, and has one CPU to compute on",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .cause = LESSON_BY_ONE_THREAD},
        },
    .sources =
        {
            {LESSON_TOGETHER, NULL, false,
                "The article says that image processing and NumPy run outside the GIL; in CPython two "
                "threads of NumPy took 0.54 times the serial time"},
        },
};
