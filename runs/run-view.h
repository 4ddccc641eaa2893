/* A run as JSON: whole, and as one of those who asked for it sees it.
 *
 * A run has one object, but not everybody may see the same: label, question and prediction are a client's
 * own, whether it joined somebody else's run is true for it alone, and what others predicted may be hidden.
 */
#pragma once

#include "catalog/questions.h"
#include "runs/asks-json.h"
#include "runs/run.h"

/* Returns the whole run as a new object, as the one that began it sees it. It only reads the run, so it
 * may be called off the loop while nobody changes the run, and on the loop also for a run that is not
 * over: then the object has what was measured so far. */
json_t *run_json(const Run *run);

/* The same of it that the samples do not say; borrowed from the run. */
RunHead run_head(const Run *run);

/* Who asked for a run that is not over, as asks_json() has it, and whether each of them waits: it watches the
 * run, or wants it to go on all the same. */
json_t *run_asks(const Run *run);

/* How one sees a run. */
typedef struct RunView {
    json_t *asks; /* owned; all who asked, see asks_json() */
    json_t *own;  /* owned; what the request that is answered said, in the same form; NULL: it did not ask */
    AskReader reader;
    const Questions *questions; /* their texts; NULL: none are known */
    bool joined;                /* it joined the run, somebody else had begun it */
    bool tells_kept, kept;      /* whether anything is said of the disk, and whether it is there */
    const char *trouble;        /* why it is not; or NULL */
} RunView;

void run_view_finish(RunView *view);
#define auto_run_view __attribute__((cleanup(run_view_finish)))

/* Returns what run_json() made or an archive kept as one sees it, a new object that shares what is the same.
 * It has question, prediction, outcome and held of the reader's own ask, or of the first, as far as the
 * reader may see them, with the first three in words, too, and asks: all who asked. */
json_t *run_json_for(const json_t *object, const RunView *view);
