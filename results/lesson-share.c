/* What another task did, and whether the parent sees it. */
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/lesson-parts.h"

#define CLEAR_FACTOR 2

static const LessonSource sources[] = {
    {"processes", NULL, 0,
        "The article ends with this: threads can share data, and processes have memory of their own"},
};

static char *seen(const json_t *cell, double *ret_size)
{
    auto_free char *arrived = lesson_metric_text(cell, "seen_by_parent");
    auto_free char *sent = lesson_metric_text(cell, "expected");

    if (!arrived || !sent)
        return NULL;
    lesson_metric(cell, "seen_by_parent", ret_size);
    return text_printf("%s of %s", arrived, sent);
}

/* Whether all cells of a mode, at least one, saw everything, or nothing. */
static bool all_saw(const Lesson *lesson, const char *mode, bool everything)
{
    bool any = false;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        double expected, by_parent;

        if (!lesson_matches(cell, mode, NULL))
            continue;
        if (!lesson_metric(cell, "expected", &expected) ||
            !lesson_metric(cell, "seen_by_parent", &by_parent) || expected <= 0 ||
            by_parent != (everything ? expected : 0))
            return false;
        any = true;
    }
    return any;
}

static void explain(Lesson *lesson, const char *via)
{
    bool variable = strcmp(via, "variable") == 0;

    if (variable && all_saw(lesson, "threads", true))
        lesson_because(lesson, "threads write to the memory of their parent");
    if (variable && all_saw(lesson, "processes", false))
        lesson_because(lesson, "a process writes to a copy of its own, which ends with it");
    if (strcmp(via, "shared-memory") == 0 && all_saw(lesson, "processes", true))
        lesson_because(lesson, "processes share what they map together");
    if (strcmp(via, "pipe") == 0 && all_saw(lesson, "processes", true))
        lesson_because(lesson, "messages reach the parent from anywhere");
}

/* What an item cost in a mode, if there is one such cell; else 0. */
static double price(const Lesson *lesson, const char *mode)
{
    double ns = 0;
    size_t i, n = 0;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_matches(cell, mode, NULL) && n++ == 0)
            lesson_metric(cell, "ns_per_item", &ns);
    }
    return n == 1 ? ns : 0;
}

/* It is of one repetition, so a small difference may be noise; and with several cells of a mode it is not
 * known which is meant. */
static void tell_price(Lesson *lesson)
{
    double threads = price(lesson, "threads"), processes = price(lesson, "processes");

    if (threads > 0 && processes > 0 && fmax(threads, processes) >= CLEAR_FACTOR * fmin(threads, processes)) {
        auto_free char *in_threads = human_real(threads), *in_processes = human_real(processes);

        lesson_because(
            lesson, "an item took %s ns in threads and %s ns in processes", in_threads, in_processes);
    }
}

void lesson_share(Lesson *lesson)
{
    const char *via = lesson_word(json_array_get(lesson->cells, 0), "via");
    auto_free char *subject =
        text_printf("Through %s the parent saw ", strcmp(via, "pipe") == 0            ? "a pipe"
                                                  : strcmp(via, "shared-memory") == 0 ? "shared memory"
                                                                                      : "a variable");

    lesson_list(lesson, subject, seen);
    explain(lesson, via);
    tell_price(lesson);
    lesson_cite(lesson, sources, sizeof(sources) / sizeof(sources[0]));
}
