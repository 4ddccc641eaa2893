/* Whether what is given as a reason was large enough for its effect.
 *
 * That threads take turns under a GIL is true of any two threads, also of two whose work takes two
 * microseconds. Those took 150 times the serial time because threads had to be made, and a sentence on turns
 * beside that figure teaches something that this run denies: it was as slow without any lock. So each cause
 * has a function that says how much time it can explain, and what it is to explain is measured, too:
 *
 *     lost     how much longer than the baseline cell it took
 *     gained   how much shorter
 *     missed   how much longer than it would have been with the work on all CPUs at once
 *     waited   how much longer than it would have been with all waits at once
 *
 * A cause counts if it can explain half of that. Times of different tasks may pass at once, and only what the
 * whole cell waited for made it longer: where n tasks compete for one lock, up to n - 1 of them wait at the
 * same time, so of their sum at least the (n - 1)th part is time in which somebody waited.
 *
 * What a runtime does not say is no argument, neither for a cause nor against it. */
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "results/lesson-parts.h"

#define LARGE_PART 0.5 /* of what is to be explained */

/* NAN if it is not known. Comparisons with NAN are false, and each function below is written so that they
 * come out as "not known". */
static double time_ns(const ResultTime *time)
{
    return time->median == RESULT_UNKNOWN ? NAN : (double)time->median;
}

static double cause_counted(int64_t value)
{
    return value == RESULT_UNKNOWN ? NAN : (double)value;
}

/* Without the cell itself its wall time can still be had from the ratio; all else is not known then. */
static double baseline_wall_ns(const ResultCell *cell)
{
    const ResultCell *baseline = cell->relative.baseline;

    return baseline ? time_ns(&baseline->wall) : time_ns(&cell->wall) / cell->relative.ratio;
}

static double baseline_cpu_ns(const ResultCell *cell)
{
    return cell->relative.baseline ? time_ns(&cell->relative.baseline->cpu) : NAN;
}

static double baseline_waits_ns(const ResultCell *cell)
{
    return cell->relative.baseline ? time_ns(&cell->relative.baseline->waits) : NAN;
}

/* A number to divide by. */
static double tasks_of(const ResultCell *cell)
{
    return cell->tasks > 1 ? (double)cell->tasks : 1;
}

/* The part of the work that the CPU with most tasks has to do. */
static double share_of_one_cpu(const ResultCell *cell)
{
    double cpus = cell->cpus > 1 ? (double)cell->cpus : 1;

    return ceil(tasks_of(cell) / cpus) / tasks_of(cell);
}

static double effect_lost(const ResultCell *cell)
{
    return time_ns(&cell->wall) - baseline_wall_ns(cell);
}

static double effect_gained(const ResultCell *cell)
{
    return -effect_lost(cell);
}

static double effect_missed(const ResultCell *cell)
{
    return time_ns(&cell->wall) - baseline_wall_ns(cell) * share_of_one_cpu(cell);
}

static double effect_waited(const ResultCell *cell)
{
    return time_ns(&cell->wall) - baseline_wall_ns(cell) / tasks_of(cell);
}

static double cause_create(const ResultCell *cell)
{
    return time_ns(lesson_create(cell));
}

static double cause_start(const ResultCell *cell)
{
    return time_ns(&cell->start);
}

/* Where the last task ended before its maker came back, a part of it is in the time of creation. */
static double cause_join(const ResultCell *cell)
{
    double join = time_ns(&cell->join), rest = time_ns(&cell->wall) - lesson_known(cell->create.median);

    return join > rest ? rest : join;
}

static double cause_turns(const ResultCell *cell)
{
    return cell->tasks < 2 ? 0 : cause_counted(cell->lock_stats.waited_ns) / (tasks_of(cell) - 1);
}

/* Under a lock that lets one inside, the times for which it was held have no moment in common. So what is
 * left of the time in which tasks were there is time in which nobody had it. */
static double cause_handovers(const ResultCell *cell)
{
    return time_ns(&cell->wall) - cause_counted(cell->lock_stats.held_ns) -
           lesson_known(lesson_create(cell)->median) - lesson_known(cell->start.median) -
           lesson_known(cell->join.median);
}

/* Who wakes up for nothing computes for it. */
static double cause_wakeups(const ResultCell *cell)
{
    return cell->lock_stats.false_wakeups == 0 ? 0 : time_ns(&cell->cpu) - baseline_cpu_ns(cell);
}

/* What the other CPUs could have taken over. */
static double cause_one_thread(const ResultCell *cell)
{
    return baseline_wall_ns(cell) * (1 - share_of_one_cpu(cell));
}

static double cause_blocked(const ResultCell *cell)
{
    return time_ns(&cell->waits) * (1 - 1 / tasks_of(cell));
}

/* With two CPUs at work the CPU time is above the wall time. */
static double cause_at_once(const ResultCell *cell)
{
    return time_ns(&cell->cpu) - time_ns(&cell->wall);
}

/* In a loop all tasks wait in one place, and it is that wait which is counted. Elsewhere it is the sum over
 * the tasks, which all wait at once. */
static double cause_overlap(const ResultCell *cell)
{
    double own = time_ns(&cell->waits);

    return baseline_waits_ns(cell) - (lesson_is(cell, LESSON_LOOP) ? own : own / tasks_of(cell));
}

/* By LessonCause. */
static const struct {
    double (*explains)(const ResultCell *cell);
    double (*effect)(const ResultCell *cell);
    const char *doing; /* with the tasks' name behind it; only of what making tasks takes */
    const char *after; /* behind that */
} causes[] = {
    [LESSON_BY_CREATING] = {cause_create, effect_lost, "creating the", ""},
    [LESSON_BY_STARTING] = {cause_start, effect_lost, "waiting until the", " first ran"},
    [LESSON_BY_JOINING] = {cause_join, effect_lost, "joining the", ""},
    [LESSON_BY_HANDOVERS] = {cause_handovers, effect_lost, NULL, NULL},
    [LESSON_BY_WAKEUPS] = {cause_wakeups, effect_lost, NULL, NULL},
    [LESSON_BY_TURNS] = {cause_turns, effect_missed, NULL, NULL},
    [LESSON_BY_ONE_THREAD] = {cause_one_thread, effect_missed, NULL, NULL},
    [LESSON_BY_BLOCKING] = {cause_blocked, effect_waited, NULL, NULL},
    [LESSON_BY_COMPUTING_AT_ONCE] = {cause_at_once, effect_gained, NULL, NULL},
    [LESSON_BY_WAITING_AT_ONCE] = {cause_overlap, effect_gained, NULL, NULL},
};

/* Where there is nothing to be explained, or nothing is known, nothing speaks against it. */
bool lesson_explains(const ResultCell *cell, LessonCause cause)
{
    return cause == LESSON_BY_NOTHING ||
           !(causes[cause].explains(cell) < LARGE_PART * causes[cause].effect(cell));
}

/* Of all that can make a cell slower than its baseline cell, what took longest; LESSON_BY_NOTHING if nothing
 * is known. */
static LessonCause largest_cause(const ResultCell *cell)
{
    LessonCause largest = LESSON_BY_NOTHING;
    double most = 0;

    for (LessonCause cause = LESSON_BY_NOTHING + 1; cause < ARRAY_LENGTH(causes); cause++) {
        double ns = causes[cause].effect == effect_lost ? causes[cause].explains(cell) : 0;

        if (ns > most) {
            most = ns;
            largest = cause;
        }
    }
    return largest;
}

/* To make the tasks and to wait for their end, as far as it is known. */
static double making_ns(const ResultCell *cell)
{
    return lesson_known(lesson_create(cell)->median) + lesson_known(cell->start.median) +
           fmax(cause_join(cell), 0);
}

/* What of making the tasks made this cell slower; LESSON_BY_NOTHING if it is not slower, or something else
 * did. Creating, starting and joining may each be too small for it, and all together not: then the largest of
 * them is named. Cells with fewer tasks than the result is about are not among those that are counted: "2 or
 * 4 countdowns ... in 4 of 6 cells" would have two too many. */
static LessonCause slow_by_making(const ResultCell *cell, int64_t least_tasks)
{
    LessonCause cause;

    if (cell->tasks < least_tasks || cell->relative.verdict != VERDICT_SLOWER ||
        !lesson_is(cell, LESSON_TOGETHER | LESSON_APART))
        return LESSON_BY_NOTHING;
    cause = largest_cause(cell);
    return causes[cause].doing && making_ns(cell) >= LARGE_PART * effect_lost(cell) ? cause
                                                                                    : LESSON_BY_NOTHING;
}

/* The cells of one mode that are slower, and those of them that are for the same reason. */
typedef struct SlowCells {
    const ResultCell *first; /* for that reason */
    LessonCause cause;
    size_t n, n_explained;
} SlowCells;

static SlowCells count_slow_cells(const Lesson *lesson, const ResultCell *first)
{
    int64_t least_tasks = lesson_least_tasks(lesson);
    SlowCells slow = {.first = first, .cause = slow_by_making(first, least_tasks)};

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (strcmp(cell->mode, first->mode) != 0 || cell->tasks < least_tasks)
            continue;
        slow.n += cell->relative.verdict == VERDICT_SLOWER;
        slow.n_explained += slow_by_making(cell, least_tasks) == slow.cause;
    }
    return slow;
}

/* "creating the threads took 133 µs of the 226 µs by which they were slower". Tasks that work while others
 * are still being made can have a creation that took longer than that. */
static void tell_one_slow_cell(Lesson *lesson, const ResultCell *cell, LessonCause cause, const char *what)
{
    Words *words = lesson->words;
    double ns = causes[cause].explains(cell), lost = effect_lost(cell);
    const char *lost_text = words_time(words, lost);

    if (ns > lost)
        lesson_because(lesson, "%s took %s, more than the %s by which they were slower", what,
            words_time(words, ns), lost_text);
    else if (ns >= LARGE_PART * lost)
        lesson_because(
            lesson, "%s took %s of the %s by which they were slower", what, words_time(words, ns), lost_text);
    else
        lesson_because(lesson,
            "creating, starting and joining the %s took %s of the %s by which they were slower, the largest "
            "part was %s",
            lesson_nouns(lesson, cell), words_time(words, fmin(making_ns(cell), lost)), lost_text, what);
}

static void tell_slow_cells(Lesson *lesson, const SlowCells *slow)
{
    const char *what = words_printf(lesson->words, "%s %s%s", causes[slow->cause].doing,
        lesson_nouns(lesson, slow->first), causes[slow->cause].after);

    if (slow->n == 1)
        tell_one_slow_cell(lesson, slow->first, slow->cause, what);
    else if (slow->n == slow->n_explained)
        lesson_because(lesson, "%s took the largest part of the time by which they were slower", what);
    else
        lesson_because(lesson,
            "in %zu of %zu cells %s took the largest part of the time by which they were slower",
            slow->n_explained, slow->n, what);
}

/* Each mode once, at its first cell that is slow by making its tasks. */
void lesson_tell_making(Lesson *lesson)
{
    int64_t least_tasks = lesson_least_tasks(lesson);

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        bool is_first = slow_by_making(cell, least_tasks) != LESSON_BY_NOTHING;

        for (size_t k = 0; k < i && is_first; k++)
            is_first = strcmp(lesson->cells.at[k]->mode, cell->mode) != 0 ||
                       slow_by_making(lesson->cells.at[k], least_tasks) == LESSON_BY_NOTHING;
        if (is_first) {
            const SlowCells slow = count_slow_cells(lesson, cell);

            tell_slow_cells(lesson, &slow);
        }
    }
}
