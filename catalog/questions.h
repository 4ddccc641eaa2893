/* What a person is asked before a run: a question about an experiment, with a few answers to choose from.
 * Which of them came out is told by a figure of the run, so each choice is a range of that figure.
 *
 * All questions stand in one document, story/questions.json, a list of
 *
 *     {"id": "countdown", "experiment": "countdown", "text": "How long do ...?",
 *      "choices": [{"id": "half", "text": "about half as long", "to": 0.75}, ...],
 *      "answer": {"figure": "relative", "cell": {"mode": "threads"}}}
 *
 * An experiment may have several questions; the one that is called as the experiment is its own, which is
 * meant where nobody names another. The ranges of a question stay here: they would give the answer away.
 *
 * Read once, and not changed afterwards. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "catalog/catalog.h"

/* One answer. It is right for a figure from `from` to below `to`; where the document has no end, it is
 * infinite. */
typedef struct QuestionChoice {
    const char *id, *text;
    double from, to;
} QuestionChoice;

/* Which figure of which cell answers the question; results/outcome.h says how. */
typedef struct QuestionAnswer {
    const char *figure; /* "relative": the time over that of serial; or a member of a repetition, "cpu_ns",
                           "metrics.lost_updates" */
    const char *of;     /* it is divided by this one of the same repetition; NULL: by nothing */
    const json_t *cell; /* an object: what the cell must be, {"mode": "threads", "lock": "gil", "tasks": 2} */
    const json_t *over; /* the same, of a cell whose figure it is divided by; NULL: by none */
    bool quiet;         /* other programs change the figure itself, so a noisy machine gives no answer */
} QuestionAnswer;

typedef struct Question {
    const char *id, *experiment, *text;
    const QuestionChoice *choices; /* at least two; their ranges have nothing in common */
    size_t n_choices;
    QuestionAnswer answer;
} Question;

/* All of them. */
typedef struct Questions {
    json_t *json; /* owned; the document, into which everything else points */
    Memo *memo;
    const Question *list;
    size_t n;
} Questions;

/* Reads the document, of which a reference is taken. Returns 0 and sets *ret, to be freed by
 * questions_free(); or -EINVAL and sets *ret_reason, owned by the caller, to the first thing that is wrong
 * and its place: "[0].choices[1].id: "half" stands twice". */
int questions_read(json_t *json, Questions **ret, char **ret_reason);

/* NULL is taken, too. */
void questions_free(Questions *questions);

/* The question of that id; NULL: there is none, or no questions at all, or id is NULL. */
const Question *questions_find(const Questions *questions, const char *id);

/* The choice of that id; NULL: there is none, or no question, or id is NULL. */
const QuestionChoice *question_choice(const Question *question, const char *id);

/* What people may see, a new reference: a list of {id, experiment, text, choices: [{id, text}]} of the
 * questions about experiments that some runtime has. questions may be NULL. */
json_t *questions_json(const Questions *questions, const Catalogs *catalogs);
