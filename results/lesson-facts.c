/* What a row of a lesson asks of a cell, and how it writes its clause. What a cell is about is found by the
 * facts that the catalog gives of its mode and its lock, and nothing here knows one of them by name. */
#include <stdarg.h>
#include <string.h>

#include "catalog/catalog.h"
#include "results/lesson-parts.h"

#define MOST_REASONS 3
#define SHORT_PART 0.2 /* of the wall time spent on creating, starting and joining */

#define MODES (LESSON_SERIAL | LESSON_TOGETHER | LESSON_APART | LESSON_LOOP)
#define LOCKS (LESSON_ONE_LOCK | LESSON_OWN_LOCKS | LESSON_NO_LOCK)

/* A mode that is none of these (one task after the other, but not what is compared with) has no reasons: its
 * figures are compared, and that is all that can be said. */
static int kind_of_mode(const ResultCell *cell)
{
    const CatalogMode *mode = cell->mode_facts;

    if (result_is_baseline(cell))
        return LESSON_SERIAL;
    if (!mode)
        return 0;
    return mode->one_loop                              ? LESSON_LOOP
           : mode->side_by_side && mode->shares_memory ? LESSON_TOGETHER
           : mode->side_by_side                        ? LESSON_APART
                                                       : 0;
}

/* Whose it is comes first. A lock for each task lets one inside at a time as well, and keeps nobody waiting;
 * taken for an exclusive one it would be said to make threads take turns that run side by side. */
static int kind_of_lock(const ResultCell *cell)
{
    const CatalogLock *lock = cell->lock_facts;

    if (!lock)
        return 0;
    return lock->whose == CATALOG_FOR_EACH_TASK ? LESSON_OWN_LOCKS
           : lock->exclusive                    ? LESSON_ONE_LOCK
                                                : LESSON_NO_LOCK;
}

/* A set without modes, or without locks, leaves that side open; 0 is about every cell. */
bool lesson_is(const ResultCell *cell, int where)
{
    return (!(where & MODES) || (where & kind_of_mode(cell))) &&
           (!(where & LOCKS) || (where & kind_of_lock(cell)));
}

bool lesson_shares_lock(const ResultCell *one, const ResultCell *other)
{
    return strcmp(one->lock, other->lock) == 0 && strcmp(one->runtime, other->runtime) == 0;
}

bool lesson_asks_each_lock(const LessonReason *reason)
{
    return (reason->where & LOCKS) != 0;
}

const char *lesson_lock(const ResultCell *cell)
{
    return cell->lock_facts ? cell->lock_facts->title : "the lock";
}

const char *lesson_noun(const ResultCell *cell)
{
    return cell->mode_facts ? cell->mode_facts->task.noun : "task";
}

const char *lesson_nouns(Lesson *lesson, const ResultCell *cell)
{
    return words_plural(lesson->words, lesson_noun(cell));
}

/* A lock's parameters say what kind of lock it is: one with a check_interval is let go by counting. */
bool lesson_lock_has(const ResultCell *cell, const char *name)
{
    return cell->lock_facts && catalog_parameter_of_lock(cell->lock_facts, name);
}

bool lesson_is_fair(const ResultCell *cell)
{
    return cell->lock_facts && cell->lock_facts->fair;
}

const char *lesson_asked(const Lesson *lesson, const char *name)
{
    return result_param_text(lesson->cells.at[0], name);
}

double lesson_known(int64_t value)
{
    return value == RESULT_UNKNOWN ? 0 : (double)value;
}

const ResultTime *lesson_create(const ResultCell *cell)
{
    return cell->create_alone.median != RESULT_UNKNOWN ? &cell->create_alone : &cell->create;
}

double lesson_figure(const ResultCell *cell, const char *name)
{
    double figure = 0;

    result_metric(cell, name, &figure);
    return figure;
}

const char *lesson_figure_text(Lesson *lesson, const ResultCell *cell, const char *name)
{
    return words_keep(lesson->words, result_metric_text(cell, name));
}

/* Unknown times count as 0, so a cell without them is not short. */
bool lesson_is_short(const ResultCell *cell)
{
    return lesson_known(lesson_create(cell)->median) + lesson_known(cell->start.median) +
               lesson_known(cell->join.median) >
           SHORT_PART * lesson_known(cell->wall.median);
}

/* "Best" is whatever the rate makes highest: the worst storm, the largest crowd. A rate of 0 keeps a cell
 * out. */
static const ResultCell *best_of(
    const Lesson *lesson, int where, double (*rate)(const ResultCell *cell), const char *runtime)
{
    const ResultCell *best = NULL;
    double highest = 0;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        double of_cell = !lesson_is(cell, where) ? 0 : rate ? rate(cell) : 1;

        if (of_cell > highest && (!runtime || strcmp(cell->runtime, runtime) == 0)) {
            best = cell;
            highest = of_cell;
        }
    }
    return best;
}

const ResultCell *lesson_best(const Lesson *lesson, int where, double (*rate)(const ResultCell *cell))
{
    return best_of(lesson, where, rate, NULL);
}

const ResultCell *lesson_best_beside(
    const Lesson *lesson, int where, double (*rate)(const ResultCell *cell), const ResultCell *beside)
{
    return beside ? best_of(lesson, where, rate, beside->runtime) : NULL;
}

const char *lesson_in_runtime(Lesson *lesson, const ResultCell *cell)
{
    return axes_have_runtimes(&lesson->varying) ? words_printf(lesson->words, " in %s", cell->runtime) : "";
}

void lesson_say(Lesson *lesson, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lesson->result =
        words_join(lesson->words, lesson->result, "", words_vprintf(lesson->words, format, args));
    va_end(args);
}

/* They come in the order of a table, the most telling first, so what is dropped is the least. */
void lesson_because(Lesson *lesson, const char *format, ...)
{
    va_list args;

    if (lesson->n_reasons++ >= MOST_REASONS)
        return;
    va_start(args, format);
    lesson->why = words_join(lesson->words, lesson->why, "; ", words_vprintf(lesson->words, format, args));
    va_end(args);
}
