/* One that answers beside those that compute: how long a request waits until it gets the lock. Latencies are
 * of one repetition with many requests, so a clause holds only for figures that are far from any other cause.
 *
 * In a convoy a thread that was waiting for a network gets CPython's lock only a whole switch interval after
 * it asked, because the thread that computes lets go no sooner. Serial, loops and fair locks have each
 * another figure, and each row below knows its own. */
#include <math.h>

#include "results/lesson-parts.h"

/* A millisecond: far below a switch interval of 5 ms, and far above what waking a thread takes. */
#define SOON_NS 1e6

/* The latency that most requests had, or the longest of all where they are too few for a median: a loop that
 * is frozen answers a single one. */
static bool convoy_usual_latency(const ResultCell *cell, double *ret)
{
    return result_metric(cell, "latency_p50_ns", ret) || result_metric(cell, "latency_max_ns", ret);
}

/* The bounds keep out what no clock can have measured, as a stored run may hold any number. */
static const char *convoy_latency(Lesson *lesson, const ResultCell *cell, double *ret_size)
{
    double latency, ignored;

    if (!convoy_usual_latency(cell, &latency) || latency < 0 || latency > 1e18)
        return NULL;
    *ret_size = latency;
    return words_join(lesson->words, words_time(lesson->words, latency), "",
        result_metric(cell, "latency_p50_ns", &ignored) ? "" : " (the longest of too few)");
}

/* Whether the median latency lies within these bounds. Without a hog beside it there is nothing to explain,
 * and on one CPU the turns that the kernel gives are in the latency as well, so such a cell says nothing. */
static LessonOpinion latency_within(const ResultCell *cell, double low, double high)
{
    double latency;

    if (result_param_number(cell, "hogs") < 1 || cell->cpus < 2)
        return LESSON_SILENT;
    return convoy_usual_latency(cell, &latency) && latency >= low && latency <= high ? LESSON_FOR
                                                                                     : LESSON_AGAINST;
}

static LessonOpinion answers_at_all(const ResultCell *cell)
{
    return latency_within(cell, 0, INFINITY);
}

static LessonOpinion answers_soon(const ResultCell *cell)
{
    return latency_within(cell, 0, SOON_NS);
}

/* Whether so much was waited for the lock that it can be what half of the requests took. */
static bool waited_for_lock(const ResultCell *cell)
{
    double latency, waited = (double)cell->lock_stats.waited_ns;

    return waited == RESULT_UNKNOWN || !convoy_usual_latency(cell, &latency) ||
           waited >= latency * lesson_figure(cell, "requests") / 2;
}

/* Of a lock that lets a waiter ask for it only after a while: it comes no sooner than so many intervals, and
 * a little later. A latency of three intervals has some other cause, a third task or a CPU that was busy. So
 * the bounds are narrow, and a latency outside of them denies the reason instead of stretching it. */
static LessonOpinion answers_after(const ResultCell *cell, double least, double most)
{
    double interval_ns = result_param_number(cell, "switch_interval_us") * 1e3;

    if (!lesson_lock_has(cell, "switch_interval_us"))
        return LESSON_SILENT;
    return waited_for_lock(cell) ? latency_within(cell, least * interval_ns, most * interval_ns)
                                 : LESSON_AGAINST;
}

/* The thread had the lock back before the request came. */
static LessonOpinion answers_after_interval(const ResultCell *cell)
{
    return answers_after(cell, 0.8, 1.4);
}

/* A request that comes while it still waits for the lock that it let go of to send the last answer: the part
 * of that interval which was over is missing from the second. */
static LessonOpinion answers_after_two_intervals(const ResultCell *cell)
{
    return answers_after(cell, 1.4, 2.2);
}

/* Of a lock that goes to whoever came first. */
static LessonOpinion answers_in_turn(const ResultCell *cell)
{
    return lesson_is_fair(cell) ? answers_soon(cell) : LESSON_SILENT;
}

/* Of any other lock: it is let go whether anybody waits or not. */
static LessonOpinion answers_between_checks(const ResultCell *cell)
{
    return lesson_lock_has(cell, "switch_interval_us") || lesson_is_fair(cell) ? LESSON_SILENT
                                                                               : answers_soon(cell);
}

/* In a loop that never comes back to its requests they are all answered at the end, half of them after more
 * than half of the time. */
static LessonOpinion answers_at_the_end(const ResultCell *cell)
{
    double half_ns = result_param_number(cell, "duration_ms") * 0.5e6;

    return result_param_number(cell, "await_every") == 0 ? latency_within(cell, half_ns, INFINITY)
                                                         : LESSON_SILENT;
}

static void convoy_tell(Lesson *lesson)
{
    double hogs = result_param_number(lesson->cells.at[0], "hogs");

    lesson->is_many = hogs > 1;
    lesson_list(lesson,
        hogs >= 1 && hogs < 1e9
            ? words_printf(lesson->words, "Half of the requests beside %.0f hog%s were answered within ",
                  hogs, lesson->is_many ? "s" : "")
            : "Half of the requests were answered within ",
        convoy_latency);
}

const LessonKind lesson_convoy = {
    .experiment = "convoy",
    .computes = true,
    .tell = convoy_tell,
    .reasons =
        {
            {LESSON_SERIAL, "in {mode} the hog[ begins|s begin] after the last request",
                .ask = answers_at_all},
            {LESSON_WAITING,
                "a {task} that comes back from waiting gets {lock} from a hog after a whole switch interval",
                .ask = answers_after_interval, .parameter = "paced", .is = "on"},
            {LESSON_WAITING,
                "a {task} waits for {lock} twice, after it has sent an answer and after it has received a "
                "request, each time up to a whole switch interval",
                .ask = answers_after_two_intervals, .parameter = "paced", .is = "on"},
            {LESSON_WAITING,
                "{lock} is fair, so a request waits for no more than a turn of [the hog|each hog]",
                .ask = answers_in_turn},
            {LESSON_WAITING, "{lock} is let go so often that a request soon gets in",
                .ask = answers_between_checks},
            {LESSON_TOGETHER | LESSON_NO_LOCK, "without a lock a request does not wait for a hog",
                .ask = answers_soon},
            {LESSON_TOGETHER | LESSON_OWN_LOCKS, "with {lock} a request does not wait for a hog",
                .ask = answers_soon},
            {LESSON_APART, "a {task} does not wait for the lock of another", .ask = answers_soon},
            {LESSON_LOOP, "in an event loop a request waits until the hog[ gives|s give] control back",
                .ask = answers_at_the_end},
        },
    .sources =
        {
            {LESSON_TOGETHER, "cpython3", false,
                "CPython 3.13 took 0.65, 5.2 to 8.8 and 50 to 99 ms at switch intervals of 0.5, 5 and 50 ms "
                "(an answer waits once or twice), and 16 to 33 µs without a hog"},
            {LESSON_TOGETHER, "cpython2", false,
                "CPython 2.7 on two CPUs took 38 µs, 102 µs and 26.8 ms at check intervals of 10, 100 and "
                "10,000 ticks"},
            {LESSON_TOGETHER, "free-threaded", false,
                "CPython 3.13 took 5.2 to 8.8 ms beside a hog, and 30 µs without its GIL"},
        },
};
