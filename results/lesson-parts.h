/* What the lessons of all experiments are made of; private to this folder. An experiment's lesson is one
 * function of the family below, in a file lesson-*.c, and one line in lesson.c. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A lesson on its way. The three parts become a sentence each, with a capital and a full stop; a part that
 * stays empty is left out. */
typedef struct Lesson {
    json_t *cells;     /* those that are done, at least one */
    json_t *varying;   /* names of what differs between them, as of view_names() */
    FILE *result;      /* what was asked and what came out */
    FILE *why;         /* clauses, written by lesson_because() */
    FILE *source;      /* what others showed; gives way where something stands against the figures */
    int n_reasons;     /* clauses of why */
    bool compares;     /* rests on verdicts, so too few repetitions stand against it */
    bool lacks_serial; /* there are times but nothing to compare them with */
    bool computes;     /* rests on computing side by side, so a single CPU and short tasks stand against it */
} Lesson;

typedef void LessonTell(Lesson *lesson);

LessonTell lesson_convoy, lesson_countdown, lesson_counter, lesson_crunch, lesson_fetch, lesson_idle,
    lesson_refcount, lesson_share;

/* Verdicts, as a set. */
enum { LESSON_SAME = 1, LESSON_FASTER = 2, LESSON_SLOWER = 4 };

/* A clause that is true of some mode and lock if the verdicts of all their cells are among the given ones.
 * Cells with one task or one CPU, or too short to show it, say nothing for or against it. */
typedef struct LessonReason {
    const char *mode, *lock; /* NULL: any */
    int verdicts;
    const char *text;
} LessonReason;

/* What somebody else measured with a mode and a lock. */
typedef struct LessonSource {
    const char *mode, *lock; /* NULL: any */
    int check_interval;      /* ticks, at which it was measured; 0: it does not matter, or the text says it */
    const char *text;
} LessonSource;

/* The text of a cell's mode, lock or parameter, "" if it has none. */
const char *lesson_word(const json_t *cell, const char *name);

/* Its number, 0 if it has none. */
double lesson_number(const json_t *cell, const char *name);

/* Its number of tasks; 0 if that is missing or absurd, as it may be in an archive. */
int64_t lesson_n_tasks(const json_t *cell);

/* Whether a text parameter has this value; it is the same in all cells. */
bool lesson_asked(const Lesson *lesson, const char *name, const char *value);

/* Reads a number that only this experiment measures. Returns whether there is one. */
bool lesson_metric(const json_t *cell, const char *name, double *ret);

/* Returns the same for people, 1,000,000, owned by the caller, or NULL. */
char *lesson_metric_text(const json_t *cell, const char *name);

/* The median of a time of a cell ("wall_ns"), in nanoseconds, and a field of its memory, in bytes; 0 if there
 * is none. */
double lesson_median(const json_t *cell, const char *time);
double lesson_memory(const json_t *cell, const char *name);

/* Whether a cell has this mode and this lock; NULL: any. */
bool lesson_matches(const json_t *cell, const char *mode, const char *lock);

/* The verdict of a cell against its serial cell as one of the set, or 0 if there is none or it cannot tell.
 */
int lesson_verdict(const json_t *cell);

/* Whether a cell spent more than a fifth of its time on creating and joining its tasks. */
bool lesson_is_short(const json_t *cell);

/* 2 if some cell has more than one task, else 0: cells with fewer tasks than this are no comparison. */
int64_t lesson_least_tasks(const Lesson *lesson);

/* Whether no cell has more than one task. */
bool lesson_is_single(const Lesson *lesson);

/* Returns "2 countdowns" or "2 to 8 countdowns", owned by the caller. */
char *lesson_tasks(const Lesson *lesson, const char *one, const char *several);

/* Writes one such value: " in threads", " under gil", " with 2 tasks", " on 1 CPU", " at
 * switch_interval_us=500". */
void lesson_write_value(const char *name, const json_t *value, FILE *file);

/* Writes into the result how the modes compare with serial, or without serial cells how long they took:
 * "SUBJECT under gil: threads took 1.01 times the serial time (the same), processes 0.51 times (faster)". */
void lesson_compare(Lesson *lesson, const char *subject);

/* Whether a parameter means anything to a cell: the settings of a lock mean nothing under another one, and
 * the switch interval nothing where nobody has to wait for the lock. */
bool lesson_matters(const json_t *cell, const char *name);

/* Returns what is to be said of a cell, owned by the caller, and sets *ret_size to the number in it; or NULL.
 */
typedef char *LessonAmount(const json_t *cell, double *ret_size);

/* Writes into the result the subject and what is to be said of each cell: "Waiting took 5.2 ms in threads
 * under gil, 28 us to 31 us in threads under none". Cells that would be called the same are a range. Nothing
 * if there is nothing to be said of any. */
void lesson_list(Lesson *lesson, const char *subject, LessonAmount *amount);

/* Adds a clause to why. At most three are kept. */
void lesson_because(Lesson *lesson, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds all reasons that hold, in the order of the table; one that follows itself is given once. */
void lesson_give_reasons(Lesson *lesson, const LessonReason *reasons, size_t n);

/* Writes the first source that is about some cell. */
void lesson_cite(Lesson *lesson, const LessonSource *sources, size_t n);

/* Writes "; " and a clause for each thing that stands against the figures; without a result that is only what
 * has none. */
void lesson_write_doubts(const Lesson *lesson, const json_t *run, FILE *file);

/* Writes ": REASON" of the first cell without a result, if it has one. */
void lesson_write_missing(const json_t *run, FILE *file);
