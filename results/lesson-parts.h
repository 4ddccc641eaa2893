/* What the lessons of all experiments are made of; private to this folder.
 *
 * A lesson is a table: what a task of the experiment is called, the reasons that may be given for what came
 * out, and what others measured. Each row says of which cells it is about, by facts of their mode and their
 * lock, and what their figures must be like. So a mode or a lock that is new finds the rows that are true of
 * it, and no row knows any of them by name: in texts {mode} becomes the mode's name, {lock} the lock's title
 * ("the GIL"), {task} and {tasks} what the mode makes ("thread", "threads").
 *
 * An experiment's lesson is its file lesson-*.c, which ends in a const LessonKind, and its line in
 * lessons.def. */
#pragma once

#include "results/axes.h"
#include "results/cell.h"
#include "results/words.h"

/* Which cells a row is about, as a set: the kinds of modes it names and the kinds of locks. Naming no mode
 * means any mode, naming no lock any lock. */
enum {
    LESSON_SERIAL = 1 << 0,   /* one task after the other: what the others are compared with */
    LESSON_TOGETHER = 1 << 1, /* side by side in one memory, as threads are */
    LESSON_APART = 1 << 2,    /* side by side, each with memory of its own, as processes are */
    LESSON_LOOP = 1 << 3,     /* by turns on one event loop */

    LESSON_ONE_LOCK = 1 << 4,  /* one for all tasks, with never two inside */
    LESSON_OWN_LOCKS = 1 << 5, /* one for each task, so that nobody waits */
    LESSON_NO_LOCK = 1 << 6,   /* none that keeps anybody out */

    LESSON_WAITING = LESSON_TOGETHER | LESSON_ONE_LOCK, /* where tasks wait for one another */
};

/* Verdicts against the serial cell, as a set. */
enum {
    LESSON_SAME = 1 << VERDICT_SAME,
    LESSON_FASTER = 1 << VERDICT_FASTER,
    LESSON_SLOWER = 1 << VERDICT_SLOWER,
};

/* What makes a cell slower or faster than its baseline cell, or keeps it from being faster. Each stands for a
 * time, and lesson-causes.c says what it can explain. */
typedef enum LessonCause {
    LESSON_BY_NOTHING,           /* the row does not rest on a time */
    LESSON_BY_CREATING,          /* slower: the tasks had to be made, */
    LESSON_BY_STARTING,          /* they were made and did not run yet, */
    LESSON_BY_JOINING,           /* their end was waited for, */
    LESSON_BY_HANDOVERS,         /* nobody had the lock, because it was on its way, */
    LESSON_BY_WAKEUPS,           /* or waiters woke up for nothing */
    LESSON_BY_TURNS,             /* not faster: they waited for the lock, */
    LESSON_BY_ONE_THREAD,        /* all computed in one thread, */
    LESSON_BY_BLOCKING,          /* or waited one after the other */
    LESSON_BY_COMPUTING_AT_ONCE, /* faster: several CPUs computed, */
    LESSON_BY_WAITING_AT_ONCE,   /* or the waits came at once */
} LessonCause;

/* What the traced repetition may show beside a clause, or instead of the times; see lesson-sights.c. */
typedef enum LessonSight {
    LESSON_UNSEEN,
    LESSON_ALONE,            /* never more than one task inside the lock */
    LESSON_TOGETHER_INSIDE,  /* several inside at once */
    LESSON_TOGETHER_OUTSIDE, /* several at work outside the lock at once */
} LessonSight;

typedef struct Lesson Lesson;

/* What a cell says to a reason: nothing, because it could not show it either way; that it is false; or that
 * it is true. One that says it is false is enough to silence the reason. */
typedef enum LessonOpinion { LESSON_SILENT, LESSON_AGAINST, LESSON_FOR } LessonOpinion;

/* A clause that is true if all cells it is about speak for it, at least one. A row about kinds of locks is
 * asked for each lock by itself. */
typedef struct LessonReason {
    int where;        /* which cells it is about */
    const char *text; /* a template */
    int verdicts;     /* a cell with another one speaks against it; 0: none does */
    LessonOpinion (*ask)(const ResultCell *cell); /* of the others; NULL: they speak for it */
    const char *parameter, *is;                   /* only in runs where this was asked; NULL: in all */
    LessonCause cause; /* a cell in which this was too small for its effect speaks against it */
    LessonSight
        sight; /* said behind the clause where it was seen, and where it was not so the clause is false */
    const char *fact; /* said in place of the clause where times cannot tell but the sight can; may be NULL */
    void (*tell)(Lesson *lesson); /* instead of a text: gives a reason with figures; without ask, always */
} LessonReason;

/* What somebody else measured. */
typedef struct LessonSource {
    int where;
    const char *models; /* of which real lock it is a figure, as the catalog says of what a lock is or
                           models; NULL: it does not matter */
    bool is_usual;      /* it holds for the usual settings of that lock only */
    const char *text;
} LessonSource;

/* Rows of a table that are empty mean nothing. */
typedef struct LessonKind {
    const char *experiment;
    const char *task; /* "countdown"; compares the modes, unless it tells otherwise */
    bool computes;    /* rests on computing side by side, so a single CPU and short tasks stand against it */
    void (*tell)(Lesson *lesson);         /* writes the result */
    const char *(*doubt)(Lesson *lesson); /* what stands against it that only this experiment knows; NULL or
                                             the answer NULL: nothing does */
    LessonReason reasons[10];
    LessonSource sources[5];
} LessonKind;

/* On its way. The texts become a sentence each, with a capital and a full stop, unless they stay empty. */
struct Lesson {
    const ResultRun *run;
    const LessonKind *kind;
    ResultCells cells;  /* those that are done, at least one */
    Words *words;       /* for all texts of this lesson */
    const char *result; /* what was asked and what came out, written by lesson_say() */
    const char *why;    /* clauses, written by lesson_because() */
    const char *source; /* what others measured */
    size_t n_reasons;
    bool is_many;    /* which half of [one|many] reasons take; set by tell */
    bool has_ratios; /* rests on verdicts, so too few repetitions stand against it */
    bool has_times;  /* there was nothing to compare them with */
    Axes varying;    /* in what the cells differ */
};

/* Whether a row about these cells is about this one. */
bool lesson_is(const ResultCell *cell, int where);

/* What the cell's lock is called, and what its mode makes; something general ("the lock", "task") where the
 * catalog's facts are missing. */
const char *lesson_lock(const ResultCell *cell);
const char *lesson_noun(const ResultCell *cell);
const char *lesson_nouns(Lesson *lesson, const ResultCell *cell);

/* Whether the cell's own lock has this parameter. A cell also holds those of all other locks, which mean
 * nothing to it. */
bool lesson_lock_has(const ResultCell *cell, const char *name);

/* Whether the cell's lock serves whoever came first. */
bool lesson_is_fair(const ResultCell *cell);

/* A text parameter of the experiment, which is the same in all cells; "" if there is none. Only the first
 * cell is looked at. */
const char *lesson_asked(const Lesson *lesson, const char *name);

/* The number if it is known, else 0: of what is counted here, nothing and not known are the same to a
 * sentence. */
double lesson_known(int64_t value);

/* What making the tasks has cost: the part of it in which none of them was at work, if that is known. */
const ResultTime *lesson_create(const ResultCell *cell);

/* A number that only this experiment measures, 0 if there is none, and the same for people, NULL if there is
 * none. Its own lesson is where such a name is at home. */
double lesson_figure(const ResultCell *cell, const char *name);
const char *lesson_figure_text(Lesson *lesson, const ResultCell *cell, const char *name);

/* Whether a cell spent more than a fifth of its time on creating, starting and joining its tasks. */
bool lesson_is_short(const ResultCell *cell);

/* The cell of these with the highest rate above 0, the first if there are several, or NULL. Without a
 * function all have the same. */
const ResultCell *lesson_best(const Lesson *lesson, int where, double (*rate)(const ResultCell *cell));

/* The same among the cells of the runtime of this one, or NULL if that is NULL: figures of two runtimes side
 * by side would say something of the runtimes, and not of what they ran. */
const ResultCell *lesson_best_beside(
    const Lesson *lesson, int where, double (*rate)(const ResultCell *cell), const ResultCell *beside);

/* " in python3" in a run of several runtimes, else "". */
const char *lesson_in_runtime(Lesson *lesson, const ResultCell *cell);

/* Whether a cause can explain a large part of what it is to explain, as far as both are known. */
bool lesson_explains(const ResultCell *cell, LessonCause cause);

/* Says of modes that are slower because their tasks had to be made, by how much. */
void lesson_tell_making(Lesson *lesson);

/* Whether the traced repetition of this cell shows it, or shows that it is not so. Neither is true where
 * there is none, and both are false where it says too little. */
bool lesson_shows(const ResultCell *cell, LessonSight sight);
bool lesson_denies(const ResultCell *cell, LessonSight sight);

/* Returns a sentence on the locks that stand beside models of them: whether these agree; "" if none does. */
const char *lesson_models(Lesson *lesson);

/* Whether a row is asked for each lock by itself. */
bool lesson_asks_each_lock(const LessonReason *reason);

/* Whether both have the same lock: of one name and of one runtime, as each runtime has its own. */
bool lesson_shares_lock(const ResultCell *one, const ResultCell *other);

/* Whether a clause holds under the lock of this cell; NULL: under all. */
typedef bool LessonHolds(const Lesson *lesson, const LessonReason *reason, const ResultCell *under);

/* What was seen in the cells that a clause is about and under whose locks it holds: the most at once, and
 * whether all of it was seen. False if one of them does not bear it out, or none shows it. */
bool lesson_sees(const Lesson *lesson, const LessonReason *reason, const ResultCell *under,
    LessonHolds *holds, ResultCrowd *ret);

/* "never more than one held it at a time", "up to 3 were under way at once", or "at least 3" where spans
 * are missing */
const char *lesson_sight(Lesson *lesson, LessonSight sight, const ResultCrowd *seen);

/* 2 if some cell has more than one task, else 0: cells with fewer tasks than this are no comparison. */
int64_t lesson_least_tasks(const Lesson *lesson);

/* Whether the lesson holds this cell against serial. The sentences and the doubts about them ask the same, so
 * that they count the same cells. */
bool lesson_compares(const Lesson *lesson, const ResultCell *cell);

/* "2 countdowns" or "2 to 8 countdowns" */
const char *lesson_tasks(Lesson *lesson, const char *noun);

/* Writes into the result how the modes compare with serial, or without serial cells how long they took:
 * "SUBJECT under gil: threads took 1.01 times the serial time (the same), processes 0.51 times (faster)". */
void lesson_compare(Lesson *lesson, const char *subject);

/* Returns what is to be said of a cell, and sets *ret_size to the number in it; or NULL. */
typedef const char *LessonAmount(Lesson *lesson, const ResultCell *cell, double *ret_size);

/* Writes into the result the subject and what is to be said of each cell: "Waiting took 5.2 ms in threads
 * under gil, 28 µs to 31 µs in threads under none". Cells that would be called the same are a range. Nothing
 * if there is nothing to be said of any. */
void lesson_list(Lesson *lesson, const char *subject, LessonAmount *amount);

/* Adds to the result. */
void lesson_say(Lesson *lesson, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a clause to why. At most three are kept, the first ones: a table has its most telling reasons
 * first. */
void lesson_because(Lesson *lesson, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives all reasons that hold, in the order of the table, and the first source that is about some cell. To be
 * called once, when the result is written: is_many is set by then. */
void lesson_explain(Lesson *lesson);

#define LESSON_INTERPRETERS "locks of different interpreters do not keep each other out"

/* Lessons of counting, by the metric lost_updates. Of cells with two tasks or more: whether something was
 * lost, whether nothing was. */
LessonOpinion lesson_lost(const ResultCell *cell);
LessonOpinion lesson_exact(const ResultCell *cell);

/* Writes "SUBJECT BEFORE 600,000 of 2,000,000 in threads under none, and GOOD in the other 7 cells". */
void lesson_losses(
    Lesson *lesson, const char *subject, const char *before, const char *good, LessonAmount *amount);

/* Returns the text with each term explained where it first stands. */
const char *lesson_explain_terms(Words *words, const char *text);

/* Returns what stands against the figures, "a; b", or ""; without a result that is only what has none. */
const char *lesson_doubts(Lesson *lesson);

/* For experiments whose tasks share nothing as processes: a doubt of CPUs that were not equally fast, or
 * NULL. */
const char *lesson_doubts_cpus(Lesson *lesson);

/* Returns ": REASON" of the first cell without a result, "" if it has none. */
const char *lesson_missing(Words *words, const ResultRun *run);

/* Whether all cells that are not done have figures all the same, of fewer repetitions than were asked for. */
bool lesson_is_unfinished(const ResultRun *run);
