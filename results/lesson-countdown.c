/* Computing. The article's surprise, that two threads are no faster than one call after the other, and its
 * way out, processes.
 *
 * That threads take turns is true under every lock that lets one in at a time, and explains why they are not
 * faster. It does not explain why they are slower. For that there are two causes that the locks count, and
 * where one of them was counted it is given instead. */
#include <string.h>

#include "catalog/catalog.h"
#include "results/lesson-parts.h"

#define MANY_HANDOFFS 10

/* Tasks so short that making them weighs are slower for that reason, and count for no other. */
static bool is_slower(const ResultCell *cell)
{
    return cell->relative.verdict == VERDICT_SLOWER && !lesson_is_short(cell);
}

/* Of a lock that is let go and taken straight back: how often somebody woke up in between for nothing, if
 * what that took can have made it slower. A lock with the parameter check_interval is of that kind; its name
 * does not matter. */
static double storm(const ResultCell *cell)
{
    return is_slower(cell) && lesson_lock_has(cell, "check_interval") &&
                   lesson_explains(cell, LESSON_BY_WAKEUPS)
               ? lesson_known(cell->lock_stats.false_wakeups)
               : 0;
}

/* Of a lock that goes to whoever came first: how often it changed hands, if that can have made it slower. Of
 * one or two times nothing can be told: all that happened once meanwhile would be their price. */
static double fair_handoffs(const ResultCell *cell)
{
    double n = lesson_known(cell->lock_stats.handoffs);

    return is_slower(cell) && lesson_is_fair(cell) && n >= MANY_HANDOFFS &&
                   lesson_explains(cell, LESSON_BY_HANDOVERS)
               ? n
               : 0;
}

/* How often CPython's lock changed hands, which is not fair and is what fairness is held against. 0 for cells
 * of any other lock. */
static double handoffs_of_cpython(const ResultCell *cell)
{
    const char *models = cell->lock_facts->models;

    return models && strcmp(models, "cpython3") == 0 ? lesson_known(cell->lock_stats.handoffs) : 0;
}

/* Where it took longer for a cause that was counted, that cause is the reason. */
static LessonOpinion only_takes_turns(const ResultCell *cell)
{
    return storm(cell) > 0 || fair_handoffs(cell) > 0 ? LESSON_AGAINST : LESSON_FOR;
}

/* The storm of waiters that wake up for nothing is counted, so it need not be believed. The cell with the
 * most of them is the one that shows it. */
static void tell_storm(Lesson *lesson)
{
    const ResultCell *worst = lesson_best(lesson, LESSON_WAITING, storm);
    const json_t *every = worst ? result_param(worst, "check_interval") : NULL;

    if (worst)
        lesson_because(lesson,
            "%s is let go every %s ticks and taken straight back, so that waiters woke up %s times for "
            "nothing",
            lesson_lock(worst), every ? words_value(lesson->words, every) : "few",
            words_integer(lesson->words, storm(worst)));
}

/* Whether one median is above another beyond doubt, as far as their intervals are known. */
static bool took_longer(const ResultCell *one, const ResultCell *other)
{
    return one->wall.low == RESULT_UNKNOWN || other->wall.high == RESULT_UNKNOWN ||
           one->wall.low > other->wall.high;
}

/* What it costs to serve whoever came first: how much longer it took than under CPython's lock, which is
 * slowed down by all else in the same way, or if that is not in the run than in serial, for each change of
 * hands.
 *
 * Without CPython's lock the longer time is wall - wall / ratio, which is the wall time less that of the
 * serial cell. With it, both the time and the number of changes are differences between the two cells, which
 * must have as many tasks and CPUs. A difference that is not above 0, or that is not beyond doubt, has no
 * price, and then nothing is said. */
static void tell_price_of_fairness(Lesson *lesson)
{
    const ResultCell *fair = lesson_best(lesson, LESSON_WAITING, fair_handoffs);
    const ResultCell *other = lesson_best_beside(lesson, LESSON_WAITING, handoffs_of_cpython, fair);
    const char *beside = "";
    double n, more_ns, more_handoffs;

    if (!fair)
        return;
    n = more_handoffs = fair_handoffs(fair);
    more_ns = lesson_known(fair->wall.median) * (1 - 1 / fair->relative.ratio);
    if (other && other->tasks == fair->tasks && other->cpus == fair->cpus) {
        if (!took_longer(fair, other))
            return;
        more_handoffs -= handoffs_of_cpython(other);
        more_ns = lesson_known(fair->wall.median) - lesson_known(other->wall.median);
        beside = words_printf(lesson->words, " (%s %s times)", lesson_lock(other),
            words_integer(lesson->words, handoffs_of_cpython(other)));
    }
    if (more_ns > 0 && more_handoffs > 0)
        lesson_because(lesson,
            "%s is fair, so it changed hands %s times%s, and each time took %s, which a lock like CPython's "
            "saves by not being fair",
            lesson_lock(fair), words_integer(lesson->words, n), beside,
            words_time(lesson->words, more_ns / more_handoffs));
}

const LessonKind lesson_countdown = {
    .experiment = "countdown",
    .task = "countdown",
    .computes = true,
    .doubt = lesson_doubts_cpus,
    .reasons =
        {
            {.tell = tell_storm},
            {.tell = tell_price_of_fairness},
            {LESSON_WAITING, "{lock} lets one {task} run at a time, so {tasks} that compute only take turns",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .ask = only_takes_turns, .cause = LESSON_BY_TURNS,
                .sight = LESSON_ALONE, .fact = "{lock} lets one {task} run at a time"},
            {LESSON_WAITING,
                "a lock that lets one {task} run at a time cannot do that, so doubt the serial time of this "
                "run",
                .verdicts = LESSON_FASTER},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "without a lock {tasks} run on all CPUs at once",
                .verdicts = LESSON_FASTER, .cause = LESSON_BY_COMPUTING_AT_ONCE,
                .sight = LESSON_TOGETHER_INSIDE, .fact = "without a lock no {task} waits for another"},
            {LESSON_TOGETHER | LESSON_OWN_LOCKS, "with {lock} {tasks} do not wait for each other",
                .verdicts = LESSON_FASTER, .cause = LESSON_BY_COMPUTING_AT_ONCE,
                .sight = LESSON_TOGETHER_INSIDE, .fact = "with {lock} {tasks} do not wait for each other"},
            {LESSON_APART | LESSON_ONE_LOCK, "each {task} has a lock of its own", .verdicts = LESSON_FASTER,
                .cause = LESSON_BY_COMPUTING_AT_ONCE, .sight = LESSON_TOGETHER_INSIDE,
                .fact = "each {task} has a lock of its own"},
            {LESSON_LOOP, "an event loop is one thread, and has one CPU to compute on",
                .verdicts = LESSON_SAME | LESSON_SLOWER, .cause = LESSON_BY_ONE_THREAD},
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
            {LESSON_TOGETHER, "jython", false,
                "The article says that Jython has no GIL, and that what it measures is CPython"},
            {LESSON_APART, NULL, false,
                "In the article two processes took about 8 s, as long as a single call"},
        },
};
