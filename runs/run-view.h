/* A run as JSON: whole, and as one of those who asked for it sees it.
 *
 * A run has one object, but not everybody may see the same: the label and the prediction are a client's
 * own words, and whether it joined somebody else's run is true for it alone. */
#pragma once

#include "runs/run.h"

/* Returns the whole run as a new object, as the one that began it sees it. It only reads the run, so it
 * may be called off the loop while nobody changes the run, and on the loop also for a run that is not
 * over: then the object has what was measured so far. */
json_t *run_json(const Run *run);

/* How one that asked sees a run. */
typedef struct RunView {
    const char *label, *prediction; /* its own; or NULL */
    bool joined;                    /* it joined the run, somebody else had begun it */
    bool tells_kept, kept;          /* whether anything is said of the disk, and whether it is there */
    const char *trouble;            /* why it is not; or NULL */
} RunView;

/* Returns what run_json() made or an archive kept as one sees it, a new object that shares what is the same.
 */
json_t *run_json_for(const json_t *object, const RunView *view);
