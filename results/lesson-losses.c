/* Counting together, for the experiments that have the metric lost_updates. An update that was lost is a fact
 * of one repetition; that none was lost proves nothing, unless something promises it. */
#include "results/lesson-parts.h"

/* With one task there is nobody to lose an update to. */
static LessonOpinion losses_speak(const ResultCell *cell, bool for_losses)
{
    double updates;

    if (cell->tasks < 2)
        return LESSON_SILENT;
    return result_metric(cell, "lost_updates", &updates) && (updates > 0) == for_losses ? LESSON_FOR
                                                                                        : LESSON_AGAINST;
}

LessonOpinion lesson_lost(const ResultCell *cell)
{
    return losses_speak(cell, true);
}

LessonOpinion lesson_exact(const ResultCell *cell)
{
    return losses_speak(cell, false);
}

/* Those that lost something are listed with their numbers. All others are one clause, however many there are,
 * and if nobody lost anything that is the whole result. */
void lesson_losses(
    Lesson *lesson, const char *subject, const char *before, const char *good, LessonAmount *amount)
{
    size_t n = 0, n_exact = 0;
    double updates;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        if (result_metric(lesson->cells.at[i], "lost_updates", &updates)) {
            n++;
            n_exact += updates == 0;
        }
    }
    lesson_list(lesson, words_printf(lesson->words, "%s%s", subject, before), amount);
    if (n_exact == n && n > 0)
        lesson_say(lesson, "%s%s", subject, good);
    else if (n_exact == 1)
        lesson_say(lesson, ", and %s in the other cell", good);
    else if (n_exact > 0)
        lesson_say(lesson, ", and %s in the other %zu cells", good, n_exact);
}
