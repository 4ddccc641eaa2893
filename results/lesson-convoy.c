/* One that answers beside those that compute: how long a request waits until it gets the lock. Latencies are
 * of one repetition with many requests, so a clause holds only for figures that are far from any other cause.
 */
#include <math.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/lesson-parts.h"

#define SOON_NS 1e6

static const LessonSource sources[] = {
    {"threads", "gil", 0,
        "CPython 3.13 took 0.65, 5.2 and 50.4 ms at switch intervals of 0.5, 5 and 50 ms, and 16 to 33 µs "
        "without a hog"},
    {"threads", "gil-py2", 0,
        "CPython 2.7 on two CPUs took 38 µs, 102 µs and 26.8 ms at check intervals of 10, 100 and 10,000 "
        "ticks"},
    {"threads", "none", 0, "CPython 3.13 took 5.2 ms beside a hog, and 30 µs without its GIL"},
};

static char *latency(const json_t *cell, double *ret_size)
{
    double p50;

    if (!lesson_metric(cell, "latency_p50_ns", &p50) || p50 < 0 || p50 > 1e18)
        return NULL;
    *ret_size = p50;
    return human_time((int64_t)p50);
}

static bool has_hogs(const json_t *cell)
{
    return lesson_number(cell, "hogs") >= 1 && lesson_number(cell, "cpus") >= 2;
}

/* Whether the median latencies of all cells with this mode and lock beside a hog lie between low and high,
 * which are nanoseconds or, if of_interval, parts of the switch interval. */
static bool all_within(
    const Lesson *lesson, const char *mode, const char *lock, double low, double high, bool of_interval)
{
    bool any = false;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        double unit = of_interval ? lesson_number(cell, "switch_interval_us") * 1e3 : 1, p50;

        if (!lesson_matches(cell, mode, lock) || !has_hogs(cell))
            continue;
        if (!lesson_metric(cell, "latency_p50_ns", &p50) || p50 < low * unit || p50 > high * unit)
            return false;
        any = true;
    }
    return any;
}

static void explain(Lesson *lesson)
{
    const json_t *first = json_array_get(lesson->cells, 0);
    bool many = lesson_number(first, "hogs") > 1;
    double half = lesson_number(first, "duration_ms") * 0.5e6;

    if (all_within(lesson, "serial", NULL, 0, INFINITY, false))
        lesson_because(lesson, "in serial the hog%s after the last request", many ? "s begin" : " begins");
    if (lesson_asked(lesson, "paced", "on") && all_within(lesson, "threads", "gil", 0.8, 1.4, true))
        lesson_because(
            lesson, "who comes back from waiting gets the GIL from a hog after a whole switch interval");
    if (all_within(lesson, "threads", "gil-py2", 0, SOON_NS, false))
        lesson_because(lesson, "the lock of Python 2 is let go so often that a request soon gets in");
    if (all_within(lesson, "threads", "none", 0, SOON_NS, false))
        lesson_because(lesson, "without a lock a request does not wait for a hog");
    if (all_within(lesson, "threads", "per-interpreter", 0, SOON_NS, false))
        lesson_because(lesson, "with a lock for each interpreter a request does not wait for a hog");
    if (all_within(lesson, "processes", NULL, 0, SOON_NS, false))
        lesson_because(lesson, "a process does not wait for the lock of another");
    if (lesson_number(first, "await_every") == 0 && all_within(lesson, "epoll", NULL, half, INFINITY, false))
        lesson_because(lesson, "in an event loop a request waits until the hog%s control back",
            many ? "s give" : " gives");
}

void lesson_convoy(Lesson *lesson)
{
    const json_t *first = json_array_get(lesson->cells, 0);
    double hogs = lesson_number(first, "hogs");
    auto_free char *subject =
        hogs >= 1 && hogs < 1e9 ? text_printf("Half of the requests beside %.0f hog%s were answered within ",
                                      hogs, hogs == 1 ? "" : "s")
                                : text_printf("Half of the requests were answered within ");

    lesson->computes = true;
    lesson_list(lesson, subject, latency);
    explain(lesson);
    lesson_cite(lesson, sources, sizeof(sources) / sizeof(sources[0]));
}
