/* Who asked for a run, as JSON: as it is kept, and as one reader may see it.
 *
 * What somebody predicted is theirs alone as long as a class has not revealed it, and what came out would
 * tell it to those who can see the prediction later. Here, and nowhere else, is decided who sees what of an
 * ask. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "runs/ask.h"

enum { ASK_PERSON_DIGITS = 6 }; /* few enough that they tell nothing of a secret */

/* One that looks at a run, whether or not it asked for it. */
typedef struct AskReader {
    const char *owner; /* the hash of its secret; "": it has none */
    bool sees_all;     /* also what others predicted */
} AskReader;

/* Returns one ask as it is kept: {owner, label, question, prediction}, the last three null where they were
 * not given. Not for anybody's eyes. */
json_t *ask_json(const Ask *ask);

/* All of them in their order, a new array. */
json_t *asks_json(const Asks *asks);

/* The one that the reader sees first: its own, or else that of the one that began the run; NULL if there is
 * none. Borrowed. */
const json_t *asks_first_for(const json_t *asks, const AskReader *reader);

/* Returns an ask as the reader sees it, a new object: {label, person, question, answered, prediction, waiting,
 * yours, outcome, held, hidden}. person tells the asks of one owner from those of another, by the last digits
 * of its hash, and proves nothing. outcomes is the run's, see results/outcome.h, NULL if it is not over. held says
 * whether the prediction came out: null where there is none or nothing could be told. Where the prediction is
 * hidden, so are outcome and held, and all three are null; answered says to everybody whether there is one.
 */
json_t *ask_told(const json_t *ask, const json_t *outcomes, const AskReader *reader);

/* The same of a list. */
json_t *asks_told(const json_t *asks, const json_t *outcomes, const AskReader *reader);

/* Returns an object of a run with members asks (a list as above) and outcomes as the reader sees it, a new
 * object: with the asks that it may see, without outcomes, and with its headline
 * null where all of them are hidden from it. All else is shared. */
json_t *asks_told_in(const json_t *object, const AskReader *reader);

/* What came out for a question; NULL: nothing is known. outcomes may be NULL, and so may question. Borrowed.
 */
const char *asks_outcome(const json_t *outcomes, const char *question);

/* Whether a prediction of a question came out: true or false, or null where it cannot be told or nothing was
 * predicted; a new reference. It may be certain that it did not, although several others are possible.
 * outcomes and each text may be NULL. */
json_t *ask_held(const json_t *outcomes, const char *question, const char *prediction);
