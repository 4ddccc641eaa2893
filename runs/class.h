/* A class that somebody leads: what everybody shall do next, and whether predictions are shown. There is one
 * on a server, and it is on or not. It outlives the server, as a note of the archive.
 *
 *     {"on": true, "revealed": false, "next": {"title", "experiment", "request", "question", "step",
 * "number", "since"}}
 *
 * Everybody who watches the board is told what it is, first of all, and again with each change. Whether the
 * one who changes it may do so was asked before. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "runs/archive.h"
#include "runs/board.h"

typedef struct Class Class;

/* What can be done to it. */
typedef enum ClassAction {
    CLASS_NEXT,   /* begins the class, if it is not on, and says what comes next; predictions are hidden */
    CLASS_REVEAL, /* shows predictions */
    CLASS_HIDE,   /* hides them again */
    CLASS_CLEAR,  /* forgets what comes next, and the rows of the board; runs stay in the archive */
    CLASS_END,    /* ends it; nothing is hidden any more */
} ClassAction;

/* The names, in this order; NULL ends the list. */
extern const char *const class_action_names[];

/* Returns the class that the archive remembers, or one that is not on, and tells the board. Both must outlive
 * it. Call it before the loop runs. */
Class *class_new(Archive *archive, Board *board);

/* NULL is fine. */
void class_free(Class *class);

/* Whether an action fits the class as it is: nothing is revealed or hidden where there is none. */
bool class_allows(const Class *class, ClassAction action);

/* Does what is allowed, and tells the board. next is for CLASS_NEXT: an object with title, experiment,
 * request, question and step, each of which may be null; borrowed, as an object from which all but number and
 * since is taken. done is told when the archive has it; its `found` means nothing. */
void class_act(Class *class, ClassAction action, const json_t *next, ArchiveDone done, void *data);

/* The object above, borrowed until the next action. */
const json_t *class_json(const Class *class);

/* Whether what others predicted, and what came of it, is hidden from all but the instructor now. */
bool class_hides_predictions(const Class *class);
