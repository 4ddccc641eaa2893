/* Why it came out so.
 *
 * A reason is a claim, and the reader carries it home. So it needs every cell that could speak against it to
 * speak for it: where one of five cells under a lock was faster and the others were not, no sentence about
 * that lock is true of the run, however well it is known to be true in general. What a cell cannot show it
 * does not say: two tasks on one CPU are never faster, whatever the lock, and would prove any lock guilty.
 *
 * Nothing here knows a mode or a lock by name. What a row is about is found by the facts that the catalog
 * gives, and a cell without facts, as of a stored run whose lock there is no more, is about nothing. */
#include <string.h>

#include "base/array.h"
#include "catalog/catalog.h"
#include "results/lesson-parts.h"

/* Side by side needs two tasks, and where they compute two CPUs, and tasks that outlast their creation. What
 * came out of others shows nothing. */
static bool can_show(const Lesson *lesson, const ResultCell *cell)
{
    return verdict_words(cell->relative.verdict) && cell->tasks >= 2 &&
           (!lesson->kind->computes || (cell->cpus >= 2 && !lesson_is_short(cell)));
}

/* A verdict is asked for before anything else: a row that rests on verdicts is silent about a cell whose
 * verdict shows nothing, and denied by one whose verdict is another, or whose cause was too small for it. */
static LessonOpinion opinion_of(const Lesson *lesson, const LessonReason *reason, const ResultCell *cell)
{
    if (lesson_denies(cell, reason->sight))
        return LESSON_AGAINST;
    if (reason->verdicts && !can_show(lesson, cell))
        return LESSON_SILENT;
    if (reason->verdicts && !(reason->verdicts & 1 << cell->relative.verdict))
        return LESSON_AGAINST;
    if (!lesson_explains(cell, reason->cause))
        return LESSON_AGAINST;
    return reason->ask ? reason->ask(cell) : LESSON_FOR;
}

/* Whether a reason holds for the cells it is about; if a cell is given, for those under its lock. One cell
 * against it is enough to silence it, and cells that only keep silent do not carry it. */
static bool reason_holds(const Lesson *lesson, const LessonReason *reason, const ResultCell *under)
{
    bool any = false;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        LessonOpinion opinion;

        if (!lesson_is(cell, reason->where) || (under && !lesson_shares_lock(cell, under)))
            continue;
        opinion = opinion_of(lesson, reason, cell);
        if (opinion == LESSON_AGAINST)
            return false;
        any = any || opinion == LESSON_FOR;
    }
    return any;
}

/* Whether the fact behind a reason was seen, although the times do not bear the reason itself. */
static bool fact_holds(const Lesson *lesson, const LessonReason *reason, const ResultCell *under)
{
    ResultCrowd seen;

    return reason->fact && !reason_holds(lesson, reason, under) &&
           lesson_sees(lesson, reason, under, NULL, &seen);
}

/* Whether no earlier cell that the reason is about has the lock of this one: each lock is asked once, in the
 * order in which they were measured. */
static bool is_first_of_lock(const Lesson *lesson, const LessonReason *reason, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (lesson_is(cell, reason->where) && lesson_shares_lock(cell, lesson->cells.at[index]))
            return false;
    }
    return true;
}

/* "the GIL", "the GIL and the ticket lock": all locks under which a clause holds, a title that two runtimes
 * share once. One clause for each lock would say the same again and again, and push the other reasons out of
 * the lesson. At the beginning of a clause the locks are its subject, and "each of" lets the verb stay as it
 * is for one. */
static const char *name_locks(
    Lesson *lesson, const LessonReason *reason, const char *template, LessonHolds *holds)
{
    Words *words = lesson->words;
    json_auto_t *titles = json_object(); /* a set that keeps the order in which they came */
    const char *names = "", *last = NULL;
    bool are_many = false;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (!lesson_is(cell, reason->where) || !is_first_of_lock(lesson, reason, i) ||
            !holds(lesson, reason, cell) || json_object_get(titles, lesson_lock(cell)))
            continue;
        json_object_set_new(titles, lesson_lock(cell), json_true());
        if (last)
            names = words_join(words, names, ", ", last);
        are_many = are_many || last;
        last = lesson_lock(cell);
    }
    if (!are_many)
        return last ? last : "the lock";
    return words_printf(
        words, "%s%s and %s", strncmp(template, "{lock}", 6) == 0 ? "each of " : "", names, last);
}

/* " (c, python3)": of which runtimes a clause on locks is true, in a run of several. What it says of a lock
 * is not true of a lock of the same kind in a runtime whose figures do not bear it. */
static const char *name_runtimes(Lesson *lesson, const LessonReason *reason, LessonHolds *holds)
{
    json_auto_t *seen = json_object();
    const char *names = "";

    if (!axes_have_runtimes(&lesson->varying) || !lesson_asks_each_lock(reason))
        return "";
    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (!lesson_is(cell, reason->where) || json_object_get(seen, cell->runtime) ||
            !holds(lesson, reason, cell))
            continue;
        json_object_set_new(seen, cell->runtime, json_true());
        names = words_join(lesson->words, names, ", ", cell->runtime);
    }
    return words_printf(lesson->words, " (%s)", names);
}

/* Behind the clause stands what was seen, if it was: "the GIL lets one thread run at a time: never more than
 * one held it at a time". */
static void give_clause(Lesson *lesson, const LessonReason *reason, const char *template, LessonHolds *holds,
    const ResultCell *cell)
{
    const WordsName names[] = {
        {"mode", cell->mode},
        {"lock",
            lesson_asks_each_lock(reason) ? name_locks(lesson, reason, template, holds) : lesson_lock(cell)},
        {"task", lesson_noun(cell)},
        {"tasks", lesson_nouns(lesson, cell)},
    };
    const char *clause = words_fill(lesson->words, template, names, ARRAY_LENGTH(names), lesson->is_many);
    ResultCrowd seen;

    clause = words_printf(lesson->words, "%s%s", clause, name_runtimes(lesson, reason, holds));
    if (lesson_sees(lesson, reason, NULL, holds, &seen))
        clause = words_join(lesson->words, clause, ": ", lesson_sight(lesson, reason->sight, &seen));
    lesson_because(lesson, "%s", clause);
}

/* What is true of one lock may not be of another, so a row about locks is asked for each of them. Returns the
 * first cell for which it holds, which tells it; its clause names all others. */
static const ResultCell *find_teller(const Lesson *lesson, const LessonReason *reason, LessonHolds *holds)
{
    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (lesson_is(cell, reason->where) && is_first_of_lock(lesson, reason, i) &&
            holds(lesson, reason, lesson_asks_each_lock(reason) ? cell : NULL))
            return cell;
    }
    return NULL;
}

/* First what the times bear. Under other locks they may not, and there a fact may have been seen. */
static void give_reason(Lesson *lesson, const LessonReason *reason)
{
    const ResultCell *by_times = find_teller(lesson, reason, reason_holds);
    const ResultCell *by_sight = find_teller(lesson, reason, fact_holds);

    if (by_times && reason->tell)
        reason->tell(lesson);
    else if (by_times)
        give_clause(lesson, reason, reason->text, reason_holds, by_times);
    if (by_sight)
        give_clause(lesson, reason, reason->fact, fact_holds, by_sight);
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

/* A figure of a real lock is cited only beside that lock or a model of it. */
static bool source_is_about(const LessonSource *source, const ResultCell *cell)
{
    const CatalogLock *lock = cell->lock_facts;
    const char *models = !lock ? NULL : lock->real ? lock->real : lock->models;

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
    if (lesson->has_ratios)
        lesson_tell_making(lesson);
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
