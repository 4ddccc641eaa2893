/* What the traced repetition shows of who was inside the lock with whom.
 *
 * A busy machine makes every time doubtful, and this not: however often a thread is put off its CPU inside
 * the lock, no other gets in. So where the times of a cell cannot tell, a lesson can still rest on what was
 * seen.
 *
 * Who is inside has begun and not ended, which is less than computing: seven threads may be inside at once on
 * two CPUs, and on one. So they are said to be under way, and never to be at work.
 *
 * "Never" is said only of a timeline that has all its spans, and only if it could have been otherwise: two
 * threads of which one had ended before the other began were never inside together either, under any lock. */
#include "results/lesson-parts.h"

#define MET_PART 0.2 /* of the wall time that tasks must have waited for one another */

/* Whether tasks were there at the same time and wanted the lock, as far as it was counted. */
static bool has_met(const ResultCell *cell)
{
    double waited = (double)cell->lock_stats.waited_ns;

    return cell->tasks > 1 && (waited == RESULT_UNKNOWN || waited / (double)(cell->tasks - 1) >=
                                                               MET_PART * lesson_known(cell->wall.median));
}

bool lesson_shows(const ResultCell *cell, LessonSight sight)
{
    switch (sight) {
    case LESSON_UNSEEN:
        return false;
    case LESSON_ALONE:
        return cell->inside.is_known && cell->inside.is_whole && cell->inside.max == 1 && has_met(cell);
    case LESSON_TOGETHER_INSIDE:
        return cell->inside.is_known && cell->inside.max > 1;
    case LESSON_TOGETHER_OUTSIDE:
        return cell->outside.is_known && cell->outside.max > 1;
    }
    return false;
}

/* That several were not seen at once denies nothing: they may have missed each other. */
bool lesson_denies(const ResultCell *cell, LessonSight sight)
{
    return sight == LESSON_ALONE && cell->inside.is_known && cell->inside.max > 1;
}

/* Whether a cell that does not show it is no objection to what others show. Of one task, or of tasks that
 * never met, it is true as well; of a timeline that is missing or has not all its spans nobody knows. */
static bool is_no_objection(const ResultCell *cell, LessonSight sight)
{
    return sight != LESSON_ALONE ||
           (cell->inside.is_known && cell->inside.is_whole && cell->inside.max <= 1) || cell->tasks < 2;
}

bool lesson_sees(const Lesson *lesson, const LessonReason *reason, const ResultCell *under,
    LessonHolds *holds, ResultCrowd *ret)
{
    ResultCrowd seen = {.is_whole = true};

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        const ResultCrowd *crowd = reason->sight == LESSON_TOGETHER_OUTSIDE ? &cell->outside : &cell->inside;

        if (!lesson_is(cell, reason->where) || (under && !lesson_shares_lock(cell, under)) ||
            (holds && !holds(lesson, reason, lesson_asks_each_lock(reason) ? cell : NULL)))
            continue;
        if (lesson_shows(cell, reason->sight)) {
            seen.is_known = true;
            seen.is_whole = seen.is_whole && crowd->is_whole;
            seen.max = crowd->max > seen.max ? crowd->max : seen.max;
        } else if (!is_no_objection(cell, reason->sight)) {
            return false;
        }
    }
    *ret = seen;
    return seen.is_known;
}

const char *lesson_sight(Lesson *lesson, LessonSight sight, const ResultCrowd *seen)
{
    if (sight == LESSON_ALONE)
        return "never more than one held it at a time";
    return words_printf(lesson->words, "%s %s were %s at once", seen->is_whole ? "up to" : "at least",
        words_integer(lesson->words, (double)seen->max),
        sight == LESSON_TOGETHER_OUTSIDE ? "outside it" : "under way");
}
