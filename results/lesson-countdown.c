/* Computing. The article's surprise, that two threads are no faster than one call after the other, and its
 * way out, processes. */
#include "results/lesson-parts.h"

/* Of a lock that is let go and taken straight back: how often somebody woke up in between for nothing. */
static double false_wakeups(const ResultCell *cell)
{
    return lesson_lock_has(cell, "check_interval") ? lesson_known(cell->lock_stats.false_wakeups) : 0;
}

static double storm(const ResultCell *cell)
{
    return cell->relative.verdict == VERDICT_SLOWER && !lesson_is_short(cell) ? false_wakeups(cell) : 0;
}

/* Where it took longer for a cause that was counted, that cause is the reason. */
static LessonOpinion only_takes_turns(const ResultCell *cell)
{
    return storm(cell) > 0 ? LESSON_AGAINST : LESSON_FOR;
}

/* The storm of waiters that wake up for nothing is counted, so it need not be believed. */
static void tell_storm(Lesson *lesson)
{
    const ResultCell *worst = lesson_best(lesson, LESSON_WAITING, storm);
    const json_t *every = worst ? result_param(worst, "check_interval") : NULL;

    if (worst)
        lesson_because(lesson,
            "%s is let go every %s ticks and taken straight back, so that waiters woke up %s times for "
            "nothing",
            lesson_lock(worst), every ? words_value(lesson->words, every) : "few",
            words_integer(lesson->words, false_wakeups(worst)));
}

const LessonKind lesson_countdown = {
    .experiment = "countdown",
    .task = "countdown",
    .computes = true,
    .reasons =
        {
            {.tell = tell_storm},
            {LESSON_WAITING, "{lock} lets one {task} run at a time, so {tasks} that compute only take turns",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .ask = only_takes_turns},
            {LESSON_WAITING,
                "a lock that lets one {task} run at a time cannot do that, so doubt the serial time of this "
                "run",
                .verdicts = LESSON_FASTER},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "without a lock {tasks} run on all CPUs at once",
                .verdicts = LESSON_FASTER},
            {LESSON_TOGETHER | LESSON_OWN_LOCKS, "with {lock} {tasks} do not wait for each other",
                .verdicts = LESSON_FASTER},
            {LESSON_APART | LESSON_ONE_LOCK, "each {task} has a lock of its own", .verdicts = LESSON_FASTER},
            {LESSON_LOOP, "an event loop is one thread, and has one CPU to compute on",
                .verdicts = LESSON_SAME | LESSON_SLOWER},
        },
    .sources =
        {
            {LESSON_TOGETHER, "cpython2", true,
                "CPython 2.7 took 1.5 times the serial time with two threads and 2.4 times with four, on two "
                "CPUs"},
            {LESSON_TOGETHER, "cpython3", false,
                "In the article two threads took 18.4 s where two calls in a row took 17.4 s, and two "
                "processes took about 8"},
            {LESSON_TOGETHER, "free-threaded", false,
                "CPython 3.13 without its GIL took half the serial time with two threads"},
            {LESSON_APART, NULL, false,
                "In the article two processes took about 8 s, as long as a single call"},
        },
};
