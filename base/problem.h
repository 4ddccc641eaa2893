/* What to say to a user who asked for the impossible: one Problem that names every bad parameter at once.
 * It becomes RFC 9457 problem details over HTTP and a few lines on a terminal. However large the request was,
 * the problem stays well below 64 KB as indented JSON: names, values and texts are cut, and errors beyond a
 * limit are counted only.
 *
 * A function that checks what somebody asked for takes a Problem, adds to it and goes on, so that all faults
 * are found in one pass; its caller asks problem_is_set() at the end. It belongs to one thread. Locals are
 * declared as auto_problem and begin as {0}. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A small request can hold thousands of bad parameters; the answer names so many and counts the rest. */
#define PROBLEM_MAX_ERRORS 64

typedef struct Problem {
    int status;     /* HTTP status; 0 means that there is no problem */
    char *title;    /* owned; what kind of problem this is */
    char *detail;   /* owned; NULL: made from the errors */
    json_t *errors; /* owned; array of {param, got, reason, min, max, choices, did_you_mean}, or NULL */
    size_t n_bytes; /* what they are as JSON */
    int n_omitted;  /* further errors, for which there was no room */
    json_t *extra;  /* owned; object with further members, or NULL */
} Problem;

/* Frees what the problem holds; afterwards there is none. */
void problem_finish(Problem *problem);
#define auto_problem __attribute__((cleanup(problem_finish)))

static inline bool problem_is_set(const Problem *problem)
{
    return problem->status != 0;
}

/* Sets status, title and detail. A problem that is set already keeps its errors and gets the new words. */
void problem_set(Problem *problem, int status, const char *title, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));

/* Whether the next error would only be counted, so that nothing need be made for it. */
bool problem_is_full(const Problem *problem);

/* Adds one bad parameter; an unset problem becomes 400 "Bad parameters". param is its name; got is what was
 * given (taken over; NULL: nothing was), a value of any type and size, of which a part is shown; allowed is
 * an object with min, max or choices (taken over; NULL: none); reason is one clause such as "is not a whole
 * number". */
void problem_add(Problem *problem, const char *param, json_t *got, json_t *allowed, const char *reason, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds a name that somebody looked up in vain. param and got as above; name is what was looked up, names are
 * those that there are, an array of texts, borrowed and shared by all errors about names of the same kind.
 * The error has them as choices, the nearest as did_you_mean if one is near, and reason, one clause such as
 * "there is no such parameter", becomes "there is no such parameter; did you mean tasks?" or, once in a
 * problem,
 * "...; there are mode, lock, tasks". */
void problem_add_name(
    Problem *problem, const char *param, json_t *got, const char *name, json_t *names, const char *reason);

/* Adds what is wrong with parameters that stand inside of another one: each error of `from`, its param with
 * the name of that and a dot in front ("request.tasks"). A `from` that says what is wrong in its detail only
 * gives one error, for the parameter itself. */
void problem_add_inner(Problem *problem, const char *param, const Problem *from);

/* Returns the one of the names that is nearest to this one, borrowed from the array of texts; NULL if none is
 * near, see base/near.h. */
const char *problem_nearest(const char *name, const json_t *names);

/* Returns "mode, lock, tasks", owned by the caller; names is an array of texts. */
char *problem_names(const json_t *names);

/* Adds a further member to the problem's object; value is taken over. */
void problem_extend(Problem *problem, const char *name, json_t *value);

/* Returns a new reference to the RFC 9457 object. */
json_t *problem_json(const Problem *problem);

/* Writes the same for a person: the title, then one line for each bad parameter. */
void problem_print(const Problem *problem, FILE *file);

/* Writes the same for a terminal or a script that reads lines: the detail, or a line for each bad parameter.
 * Each begins with the prefix and a colon and makes sense without the others. */
void problem_print_lines(const Problem *problem, const char *prefix, FILE *file);
