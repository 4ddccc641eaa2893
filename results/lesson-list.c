/* What was asked and what came out, in words: "2 to 8 countdowns", how the modes compare, and lists of what
 * each cell measured.
 *
 * A grid may have hundreds of cells, and a sentence room for a few. So cells that nothing tells apart but
 * what they measured are a group, which is said as a range. In a list a group is one mode at one place: lock,
 * its settings, tasks, CPUs, runtime, as far as the cells differ in them and it means anything to them. A
 * comparison leaves out the tasks; and where a mode has one verdict at all places, even the places are not
 * worth their names.
 *
 * The way of a cell: what is to be said of it is asked of a function (LessonAmount), its place is found, the
 * group of that place takes it in, and at the end each group is said with the least and the most of its
 * cells. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "results/lesson-parts.h"

#define MOST_LISTED 6
#define MOST_COMPARED 8

typedef struct Group {
    const ResultCell *cell;   /* the first of them */
    const char *place;        /* " under gil on 2 CPUs" */
    const char *least, *most; /* what is said of its cells */
    double low, high;         /* the numbers in that */
    size_t n;                 /* of its cells, and by verdict; without one is as undecided */
    size_t verdicts[VERDICT_CANNOT_TELL + 1];
} Group;

/* Room for one of each cell. */
typedef struct Groups {
    Group *list; /* owned */
    size_t n;
} Groups;

/* One task is as fast in any mode, give or take what making it costs. In a row from one task to eight it
 * would spoil each range and outvote each verdict. But where nobody asked for more, it is what there is. */
int64_t lesson_least_tasks(const Lesson *lesson)
{
    for (size_t i = 0; i < lesson->cells.n; i++) {
        if (lesson->cells.at[i]->tasks > 1)
            return 2;
    }
    return 0;
}

/* "2 countdowns" where all cells have as many, "2 or 8 countdowns" of two numbers, "2 to 8 countdowns" of
 * more. One pass is enough: a value that is neither the lowest nor the highest so far, while these two
 * differ, is a third. */
const char *lesson_tasks(Lesson *lesson, const char *noun)
{
    int64_t least = lesson_least_tasks(lesson), low = INT64_MAX, high = 0;
    bool has_more = false; /* than these two */

    for (size_t i = 0; i < lesson->cells.n; i++) {
        int64_t tasks = lesson->cells.at[i]->tasks;

        if (tasks < least || tasks == low || tasks == high)
            continue;
        has_more = has_more || (high > 0 && low < high);
        low = tasks < low ? tasks : low;
        high = tasks > high ? tasks : high;
    }
    if (low >= high)
        return words_count(lesson->words, high, noun);
    return words_printf(lesson->words, "%s %s %s", words_integer(lesson->words, (double)low),
        has_more ? "to" : "or", words_count(lesson->words, high, noun));
}

/* Whether the place of a cell includes this. A sweep of one lock's setting is made for all cells of the grid,
 * but means something only where tasks wait for that lock. Elsewhere the values are repetitions of the same
 * thing, and belong into one range instead of ten clauses that differ in nothing. */
static bool belongs_to_place(const Axis *axis, const ResultCell *cell)
{
    if (axis->kind == AXIS_PARAM && !(lesson_lock_has(cell, axis->name) && lesson_is(cell, LESSON_WAITING)))
        return false;
    return axis->kind != AXIS_MODE && axis_is_set(axis, cell);
}

/* " under gil with 2 tasks on 1 CPU at switch_interval_us=500" The words before a value are looked up by the
 * kind of axis. */
static const char *place_of(Lesson *lesson, const ResultCell *cell, bool with_tasks)
{
    static const char *const before[] = {[AXIS_PARAM] = "at", [AXIS_RUNTIME] = "in", [AXIS_LOCK] = "under"};
    Words *words = lesson->words;
    const char *place = "";

    for (size_t i = 0; i < lesson->varying.n; i++) {
        const Axis *axis = &lesson->varying.at[i];
        const char *value = words_keep(words, axis_text(axis, cell));

        if (!belongs_to_place(axis, cell) || (axis->kind == AXIS_TASKS && !with_tasks))
            continue;
        if (axis->kind == AXIS_TASKS)
            place = words_printf(words, "%s with %s", place, words_count(words, cell->tasks, "task"));
        else if (axis->kind == AXIS_CPUS)
            place = words_printf(words, "%s on %s", place, words_count(words, cell->cpus, "CPU"));
        else
            place = words_printf(words, "%s %s %s%s%s", place, before[axis->kind],
                axis->kind == AXIS_PARAM ? axis->name : "", axis->kind == AXIS_PARAM ? "=" : "", value);
    }
    return place;
}

/* What stands in place of the places where a mode has one verdict at all of them. If only one setting varies,
 * its name says where: "at every switch_interval_us". "" if the places have no name at all. */
static const char *everywhere(const Lesson *lesson, const ResultCell *cell)
{
    const Axis *only = NULL;

    for (size_t i = 0; i < lesson->varying.n; i++) {
        const Axis *axis = &lesson->varying.at[i];

        if (axis->kind == AXIS_TASKS || !belongs_to_place(axis, cell))
            continue;
        if (only || axis->kind != AXIS_PARAM)
            return " everywhere";
        only = axis;
    }
    return only ? words_printf(lesson->words, " at every %s", only->name) : "";
}

/* The group of that mode and place, or a new one. In a list groups stand in the order of their cells, as in
 * the table above it. In a comparison all of a mode stand one after the other, so that it is named once.
 * There is room for a group of each cell, so the later ones can be moved to make a place. */
static Group *find_group(Groups *groups, const ResultCell *cell, const char *place, bool compares)
{
    size_t at = groups->n;

    for (size_t i = 0; i < groups->n; i++) {
        if (strcmp(groups->list[i].cell->mode, cell->mode) != 0)
            continue;
        if (strcmp(groups->list[i].place, place) == 0)
            return &groups->list[i];
        at = compares ? i + 1 : at;
    }
    memmove(&groups->list[at + 1], &groups->list[at], (groups->n++ - at) * sizeof(Group));
    groups->list[at] = (Group){.cell = cell, .place = place};
    return &groups->list[at];
}

/* Takes into a group what is said of a cell or of another group. Texts stay with their numbers, so the range
 * is said in the words of its ends. */
static void widen_group(Group *group, const Group *other)
{
    if (group->n == 0 || other->low < group->low) {
        group->low = other->low;
        group->least = other->least;
    }
    if (group->n == 0 || other->high > group->high) {
        group->high = other->high;
        group->most = other->most;
    }
    group->n += other->n;
    for (size_t i = 0; i < ARRAY_LENGTH(group->verdicts); i++)
        group->verdicts[i] += other->verdicts[i];
}

/* A cell without a verdict counts as one that cannot tell, so that the numbers of verdicts in brackets add up
 * to the cells. Cells of which there is nothing to say are in no group. */
static Groups collect_groups(Lesson *lesson, LessonAmount *amount, bool compares)
{
    Groups groups = {.list = calloc(lesson->cells.n + 1, sizeof(*groups.list))};

    assert(groups.list);
    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];
        Verdict verdict =
            cell->relative.verdict == VERDICT_NONE ? VERDICT_CANNOT_TELL : cell->relative.verdict;
        double size = 0;
        const char *text = amount(lesson, cell, &size);
        Group one = {.least = text, .most = text, .low = size, .high = size, .n = 1};

        one.verdicts[verdict] = 1;
        if (text)
            widen_group(find_group(&groups, cell, place_of(lesson, cell, !compares), compares), &one);
    }
    return groups;
}

/* "5.2 ms" or "28 µs to 31 µs" */
static void say_range(Lesson *lesson, const Group *group)
{
    bool is_one = strcmp(group->least, group->most) == 0;

    lesson_say(lesson, "%s%s%s", group->least, is_one ? "" : " to ", is_one ? "" : group->most);
}

/* A sentence that leaves something out says how much. */
static void say_rest(Lesson *lesson, size_t n, size_t most)
{
    if (n > most)
        lesson_say(lesson, " and %zu more", n - most);
}

static bool is_same_mode(const Group *a, const Group *b)
{
    return strcmp(a->cell->mode, b->cell->mode) == 0;
}

static bool is_same_amount(const Group *a, const Group *b)
{
    return strcmp(a->least, b->least) == 0 && strcmp(a->most, b->most) == 0;
}

/* How many groups have the amount of that one and were not said with an earlier one; 0 if it was. */
static size_t count_same(const Groups *groups, size_t at)
{
    size_t n = 0;

    for (size_t i = 0; i < groups->n; i++) {
        if (!is_same_amount(&groups->list[i], &groups->list[at]))
            continue;
        if (i < at)
            return 0;
        n++;
    }
    return n;
}

/* How many places of that amount are named. A list in which the first amount takes all the room would read as
 * if there were no other, so each that follows keeps its places, or at least an equal share. */
static size_t room_for(const Groups *groups, size_t at, size_t n_said)
{
    size_t left = MOST_LISTED - n_said, later = 0, n_amounts = 1, share, spare;

    for (size_t i = at + 1; i < groups->n; i++) {
        size_t n = count_same(groups, i);

        later += n;
        n_amounts += n > 0;
    }
    share = left > n_amounts ? left / n_amounts : 1;
    spare = left > later ? left - later : 0;
    return share > spare ? share : spare;
}

/* " in threads under none, processes under none and threads under gil", of the n that have that amount, but
 * no more than most. */
static void say_where(
    Lesson *lesson, const Groups *groups, size_t at, size_t n, size_t most, bool has_one_mode)
{
    size_t n_said = 0;

    for (size_t i = at; n_said < n && n_said < most; i++) {
        const Group *group = &groups->list[i];
        const char *before = n_said == 0 ? "" : n_said + 1 == n ? " and" : ",";

        if (!is_same_amount(group, &groups->list[at]))
            continue;
        if (i > 0 && has_one_mode)
            lesson_say(lesson, "%s%s", before, group->place);
        else
            lesson_say(
                lesson, "%s%s %s%s", before, n_said == 0 ? " in" : "", group->cell->mode, group->place);
        n_said++;
    }
    say_rest(lesson, n, most);
}

/* Where all have one mode, only the first that is named has it. What several have in common is said once,
 * with all of them; then commas are inside the clauses, and semicolons between. */
void lesson_list(Lesson *lesson, const char *subject, LessonAmount *amount)
{
    Groups groups = collect_groups(lesson, amount, false);
    bool has_one_mode = true;
    const char *gap = ", ";
    size_t n_said = 0, n_counted = 0;

    for (size_t i = 0; i < groups.n; i++) {
        has_one_mode = has_one_mode && is_same_mode(&groups.list[0], &groups.list[i]);
        gap = count_same(&groups, i) > 1 ? "; " : gap;
    }
    for (size_t i = 0; i < groups.n && n_said < MOST_LISTED; i++) {
        size_t n = count_same(&groups, i), room = room_for(&groups, i, n_said);

        if (n == 0)
            continue;
        lesson_say(lesson, "%s", i == 0 ? subject : gap);
        say_range(lesson, &groups.list[i]);
        say_where(lesson, &groups, i, n, room, has_one_mode);
        n_said += n < room ? n : room;
        n_counted += n;
    }
    say_rest(lesson, groups.n, n_counted);
    free(groups.list);
}

/* What was not measured, or what no clock can have measured, is not compared. NAN is not above 0 and is
 * refused by the same test. */
bool lesson_compares(const Lesson *lesson, const ResultCell *cell)
{
    double ratio = cell->relative.ratio;

    return cell->tasks >= lesson_least_tasks(lesson) && !lesson_is(cell, LESSON_SERIAL) && ratio > 0 &&
           ratio < 1e18;
}

static const char *ratio_of(Lesson *lesson, const ResultCell *cell, double *ret_ratio)
{
    *ret_ratio = cell->relative.ratio;
    return lesson_compares(lesson, cell) ? words_ratio(lesson->words, *ret_ratio) : NULL;
}

static const char *wall_time_of(Lesson *lesson, const ResultCell *cell, double *ret_ns)
{
    *ret_ns = lesson_known(cell->wall.median);
    if (cell->tasks < lesson_least_tasks(lesson) || *ret_ns == 0)
        return NULL;
    return words_time(lesson->words, *ret_ns);
}

/* The verdict that all of a group share; one beyond the last if there is none. */
static Verdict common_verdict(const Group *group)
{
    Verdict verdict = VERDICT_SAME;

    while (verdict <= VERDICT_CANNOT_TELL && group->verdicts[verdict] < group->n)
        verdict++;
    return verdict;
}

/* " (the same)" or " (3 faster, 1 cannot tell)" */
static void say_verdict(Lesson *lesson, const Group *group)
{
    bool is_common = common_verdict(group) <= VERDICT_CANNOT_TELL;
    const char *before = " (";

    for (Verdict verdict = VERDICT_SAME; verdict <= VERDICT_CANNOT_TELL; verdict++) {
        const char *said = verdict_words(verdict);

        if (group->verdicts[verdict] == 0)
            continue;
        lesson_say(lesson, "%s", before);
        if (!is_common)
            lesson_say(lesson, "%zu ", group->verdicts[verdict]);
        lesson_say(lesson, "%s", said ? said : verdict_name(verdict));
        before = ", ";
    }
    lesson_say(lesson, ")");
}

/* The n-th clause of a comparison: "processes 0.51 times under none (faster)". The first says what all the
 * others are times of. */
static void say_clause(Lesson *lesson, size_t n, const char *before, const Group *group)
{
    const ResultCell *serial = lesson_best(lesson, LESSON_SERIAL, NULL);

    if (n >= MOST_COMPARED)
        return;
    lesson_say(lesson, "%s%s", before, n == 0 ? "took " : "");
    say_range(lesson, group);
    if (lesson->has_ratios)
        lesson_say(lesson, " times");
    if (lesson->has_ratios && n == 0)
        lesson_say(lesson, " %s %s time", axes_have_runtimes(&lesson->varying) ? "their runtime's" : "the",
            serial ? serial->mode : "serial");
    lesson_say(lesson, "%s", group->place);
    if (lesson->has_ratios)
        say_verdict(lesson, group);
}

/* Mode by mode, each with its places; as one, if they share a verdict. "Cannot tell" is none: that the cells
 * of two places both cannot tell does not make their range a finding. The groups of a mode stand side by side
 * (find_group()), so a mode is the piece from i to end. Between modes a semicolon separates where the last
 * had several clauses with commas of their own. */
static void say_comparison(Lesson *lesson, Groups *groups)
{
    const char *between = " ";
    size_t n = 0, end;

    for (size_t i = 0; i < groups->n; i = end) {
        Group all = groups->list[i];

        for (end = i + 1; end < groups->n && is_same_mode(&all, &groups->list[end]); end++)
            widen_group(&all, &groups->list[end]);
        /* The merged group takes the place of the mode's last, and the others are passed over. */
        if (end - i > 1 && lesson->has_ratios && common_verdict(&all) < VERDICT_CANNOT_TELL) {
            all.place = everywhere(lesson, all.cell);
            groups->list[end - 1] = all;
            i = end - 1;
        }
        for (size_t k = i; k < end; k++)
            say_clause(lesson, n++,
                k == i ? words_printf(lesson->words, "%s%s ", between, all.cell->mode) : ", ",
                &groups->list[k]);
        between = end - i > 1 ? "; " : ", ";
    }
    say_rest(lesson, n, MOST_COMPARED);
}

/* Without serial cells there are no ratios, and the times themselves are all there is to say; but not where
 * each runtime did another amount of work, and a time compared with that of another would be a lie. */
void lesson_compare(Lesson *lesson, const char *subject)
{
    Groups groups = collect_groups(lesson, ratio_of, true);
    const char *lock = lesson->cells.at[0]->lock;

    lesson->has_ratios = groups.n > 0;
    if (groups.n == 0 && !axes_work_differs(&lesson->varying)) {
        free(groups.list);
        groups = collect_groups(lesson, wall_time_of, true);
        lesson->has_times = groups.n > 0;
    }
    for (size_t i = 0; i < lesson->varying.n; i++)
        lock = lesson->varying.at[i].kind == AXIS_LOCK ? "" : lock;
    if (groups.n > 0)
        lesson_say(lesson, "%s%s%s:", subject, *lock ? " under " : "", lock);
    say_comparison(lesson, &groups);
    free(groups.list);
}
