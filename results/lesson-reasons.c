/* Why it came out so.
 *
 * A reason is a claim, and the reader carries it home. So it needs every cell that could speak against it to
 * speak for it: where one of five cells under a lock was faster and the others were not, no sentence about
 * that lock is true of the run, however well it is known to be true in general. What a cell cannot show it
 * does not say: two tasks on one CPU are never faster, whatever the lock, and would prove any lock guilty.
 *
 * Nothing here knows a mode or a lock by name. What a row is about is found by the facts that the catalog
 * gives, and a cell without facts, as of a stored run whose lock there is no more, is about nothing. */
#include <stdarg.h>
#include <string.h>

#include "base/array.h"
#include "catalog/catalog.h"
#include "results/lesson-parts.h"

#define MOST_REASONS 3
#define SHORT_PART 0.2 /* of the wall time spent on creating and joining */

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
    const CatalogLock *lock = cell->lock_facts;

    for (size_t i = 0; lock && i < lock->n_parameters; i++) {
        if (strcmp(lock->parameters[i].name, name) == 0)
            return true;
    }
    return false;
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
    return lesson_known(cell->create.median) + lesson_known(cell->join.median) >
           SHORT_PART * lesson_known(cell->wall.median);
}

/* "Best" is whatever the rate makes highest: the worst storm, the largest crowd. A rate of 0 keeps a cell
 * out. */
const ResultCell *lesson_best(const Lesson *lesson, int where, double (*rate)(const ResultCell *cell))
{
    const ResultCell *best = NULL;
    double highest = 0;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        double of_cell = !lesson_is(cell, where) ? 0 : rate ? rate(cell) : 1;

        if (of_cell > highest) {
            best = cell;
            highest = of_cell;
        }
    }
    return best;
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

/* Side by side needs two tasks, and where they compute two CPUs, and tasks that outlast their creation. What
 * came out of others shows nothing. */
static bool can_show(const Lesson *lesson, const ResultCell *cell)
{
    return verdict_words(cell->relative.verdict) && cell->tasks >= 2 &&
           (!lesson->kind->computes || (cell->cpus >= 2 && !lesson_is_short(cell)));
}

/* A verdict is asked for before anything else: a row that rests on verdicts is silent about a cell whose
 * verdict shows nothing, and denied by one whose verdict is another. */
static LessonOpinion opinion_of(const Lesson *lesson, const LessonReason *reason, const ResultCell *cell)
{
    if (reason->verdicts && !can_show(lesson, cell))
        return LESSON_SILENT;
    if (reason->verdicts && !(reason->verdicts & 1 << cell->relative.verdict))
        return LESSON_AGAINST;
    return reason->ask ? reason->ask(cell) : LESSON_FOR;
}

/* Whether a reason holds for the cells it is about; if a lock is given, for those under that one. One cell
 * against it is enough to silence it, and cells that only keep silent do not carry it. */
static bool reason_holds(const Lesson *lesson, const LessonReason *reason, const char *lock)
{
    bool any = false;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        LessonOpinion opinion;

        if (!lesson_is(cell, reason->where) || (lock && strcmp(cell->lock, lock) != 0))
            continue;
        opinion = opinion_of(lesson, reason, cell);
        if (opinion == LESSON_AGAINST)
            return false;
        any = any || opinion == LESSON_FOR;
    }
    return any;
}

/* Whether no earlier cell that the reason is about has the lock of this one: each lock is asked once, in the
 * order in which they were measured. */
static bool is_first_of_lock(const Lesson *lesson, const LessonReason *reason, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (lesson_is(cell, reason->where) && strcmp(cell->lock, lesson->cells.at[index]->lock) == 0)
            return false;
    }
    return true;
}

/* "the GIL", "the GIL and the ticket lock": all locks under which a reason holds, in one clause. One clause
 * for each lock would say the same again and again, and push the other reasons out of the lesson. At the
 * beginning of a clause the locks are its subject, and "each of" lets the verb stay as it is for one. */
static const char *name_locks(Lesson *lesson, const LessonReason *reason)
{
    Words *words = lesson->words;
    const char *names = "", *last = NULL;
    bool are_many = false;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (!lesson_is(cell, reason->where) || !is_first_of_lock(lesson, reason, i) ||
            !reason_holds(lesson, reason, cell->lock))
            continue;
        if (last)
            names = words_join(words, names, ", ", last);
        are_many = are_many || last;
        last = lesson_lock(cell);
    }
    if (!are_many)
        return last ? last : "the lock";
    return words_printf(
        words, "%s%s and %s", strncmp(reason->text, "{lock}", 6) == 0 ? "each of " : "", names, last);
}

static void give_clause(Lesson *lesson, const LessonReason *reason, const ResultCell *cell)
{
    const WordsName names[] = {
        {"mode", cell->mode},
        {"lock", reason->where & LOCKS ? name_locks(lesson, reason) : lesson_lock(cell)},
        {"task", lesson_noun(cell)},
        {"tasks", lesson_nouns(lesson, cell)},
    };

    lesson_because(
        lesson, "%s", words_fill(lesson->words, reason->text, names, ARRAY_LENGTH(names), lesson->is_many));
}

/* What is true of one lock may not be of another, so a row about locks is asked for each of them. The first
 * cell for which it holds tells it, and its clause names all others. */
static void give_reason(Lesson *lesson, const LessonReason *reason)
{
    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (!lesson_is(cell, reason->where) || !is_first_of_lock(lesson, reason, i) ||
            !reason_holds(lesson, reason, reason->where & LOCKS ? cell->lock : NULL))
            continue;
        if (reason->tell)
            reason->tell(lesson);
        else
            give_clause(lesson, reason, cell);
        return;
    }
}

/* Published figures were measured with the settings that a lock has if nobody gives others. Beside a cell
 * with a hundred times the interval they would invite a comparison that means nothing. A cell that does not
 * say what it had, had the usual ones. */
static bool has_usual_settings(const ResultCell *cell)
{
    const CatalogLock *lock = cell->lock_facts;

    for (size_t i = 0; lock && i < lock->n_parameters; i++) {
        const json_t *fallback = lock->parameters[i].fallback, *value;

        value = result_param(cell, lock->parameters[i].name);
        fallback = json_is_array(fallback) ? json_array_get(fallback, 0) : fallback;
        if (value && !json_equal(value, fallback))
            return false;
    }
    return true;
}

/* A figure of a real lock is cited only beside a model of that lock. */
static bool source_is_about(const LessonSource *source, const ResultCell *cell)
{
    const char *models = cell->lock_facts ? cell->lock_facts->models : NULL;

    return lesson_is(cell, source->where) &&
           (!source->models || (models && strcmp(models, source->models) == 0)) &&
           (!source->is_usual || has_usual_settings(cell));
}

/* One is enough: it says that others saw the same, and two would say no more. */
static void cite(Lesson *lesson, const LessonSource *source)
{
    for (size_t i = 0; !*lesson->source && i < lesson->cells.n; i++) {
        if (source_is_about(source, lesson->cells.at[i]))
            lesson->source = source->text;
    }
}

/* Tables have a fixed size, and rows that are not used are all zero: without a text and without a function
 * they are passed over. A row with a parameter holds only in runs where it had that value. */
void lesson_explain(Lesson *lesson)
{
    for (size_t i = 0; i < ARRAY_LENGTH(lesson->kind->reasons); i++) {
        const LessonReason *reason = &lesson->kind->reasons[i];

        if (reason->parameter && strcmp(lesson_asked(lesson, reason->parameter), reason->is) != 0)
            continue;
        if (reason->tell && !reason->ask)
            reason->tell(lesson);
        else if (reason->tell || reason->text)
            give_reason(lesson, reason);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(lesson->kind->sources); i++) {
        if (lesson->kind->sources[i].text)
            cite(lesson, &lesson->kind->sources[i]);
    }
}
