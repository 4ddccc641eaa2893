/* What another task did, and whether the parent sees it. Threads share their memory with it, processes have
 * copies, and a pipe or mapped memory reaches across. Nothing here is about time, but for the price of an
 * item. */
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "results/lesson-parts.h"

/* How many times one price must be the other to be told. */
#define CLEAR_FACTOR 2

/* Both numbers or none: "0" means little without what was sent. */
static const char *seen_by_parent(Lesson *lesson, const ResultCell *cell, double *ret_size)
{
    const char *arrived = lesson_figure_text(lesson, cell, "seen_by_parent");
    const char *sent = lesson_figure_text(lesson, cell, "expected");

    if (!arrived || !sent)
        return NULL;
    *ret_size = lesson_figure(cell, "seen_by_parent");
    return words_printf(lesson->words, "%s of %s", arrived, sent);
}

/* Whether all that was sent was seen, or nothing of it. A part of it is neither. */
static LessonOpinion share_saw(const ResultCell *cell, bool everything)
{
    double expected, by_parent;

    return result_metric(cell, "expected", &expected) && result_metric(cell, "seen_by_parent", &by_parent) &&
                   expected > 0 && by_parent == (everything ? expected : 0)
               ? LESSON_FOR
               : LESSON_AGAINST;
}

static LessonOpinion share_saw_everything(const ResultCell *cell)
{
    return share_saw(cell, true);
}

static LessonOpinion share_saw_nothing(const ResultCell *cell)
{
    return share_saw(cell, false);
}

/* The parameter's values are words of a request; a sentence needs an article. */
static void share_tell(Lesson *lesson)
{
    static const char *const ways[][2] = {{"pipe", "a pipe"}, {"shared-memory", "shared memory"}};
    const char *via = lesson_asked(lesson, "via"), *way = "a variable";

    for (size_t i = 0; i < ARRAY_LENGTH(ways); i++)
        way = strcmp(via, ways[i][0]) == 0 ? ways[i][1] : way;
    lesson_list(lesson, words_printf(lesson->words, "Through %s the parent saw ", way), seen_by_parent);
}

static double price_of_item(const ResultCell *cell)
{
    return lesson_figure(cell, "ns_per_item");
}

/* The only cell of its kind, if it says what an item cost; of several nobody would know which is meant, and
 * two of different runtimes would be compared for what those are. */
static const ResultCell *priced_cell(const Lesson *lesson, int where)
{
    size_t n = 0;

    for (size_t i = 0; i < lesson->cells.n; i++)
        n += lesson_is(lesson->cells.at[i], where);
    return n == 1 ? lesson_best(lesson, where, price_of_item) : NULL;
}

/* It is of one repetition, so a small difference may be noise. */
static void tell_price_of_item(Lesson *lesson)
{
    const ResultCell *together = priced_cell(lesson, LESSON_TOGETHER);
    const ResultCell *apart = priced_cell(lesson, LESSON_APART);
    double ns = together ? price_of_item(together) : 0, ns_apart = apart ? price_of_item(apart) : 0;

    if (together && apart && strcmp(together->runtime, apart->runtime) == 0 &&
        fmax(ns, ns_apart) >= CLEAR_FACTOR * fmin(ns, ns_apart))
        lesson_because(lesson, "an item took %s ns in %s and %s ns in %s", words_real(lesson->words, ns),
            together->mode, words_real(lesson->words, ns_apart), apart->mode);
}

const LessonKind lesson_share = {
    .experiment = "share",
    .tell = share_tell,
    .reasons =
        {
            {LESSON_TOGETHER, "{tasks} write to the memory of their parent", .ask = share_saw_everything,
                .parameter = "via", .is = "variable"},
            {LESSON_APART, "a {task} writes to a copy of its own, which ends with it",
                .ask = share_saw_nothing, .parameter = "via", .is = "variable"},
            {LESSON_APART, "{tasks} share what they map together", .ask = share_saw_everything,
                .parameter = "via", .is = "shared-memory"},
            {LESSON_APART, "messages reach the parent from anywhere", .ask = share_saw_everything,
                .parameter = "via", .is = "pipe"},
            {.tell = tell_price_of_item},
        },
    .sources =
        {
            {LESSON_APART, NULL, false,
                "The article ends with this: threads can share data, and processes have memory of their own"},
        },
};
