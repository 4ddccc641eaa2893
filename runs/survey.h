/* The runtimes other than the engine are asked in the background what they can run: at the start and whenever
 * somebody wants them to be asked again, one after the other. The server answers meanwhile; Jython alone
 * takes seconds.
 *
 * To describe itself a runtime starts, and measures how fast it is. That would disturb a run beside it, and a
 * run would spoil its figures. So a question waits until nothing runs and nothing waits for its turn, and a
 * run that comes meanwhile ends it: it is asked again later. After a minute of that it has its turn before
 * all that still wait, as soon as what runs is over. So a question that is due is asked within that minute
 * and the time that runs at work have left, and delays the line by at most the 20 seconds that a runtime has
 * to answer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/nsec.h"
#include "runs/present.h"
#include "runs/settings.h"

typedef struct Survey Survey;

#define SURVEY_PATIENCE (60 * NSEC_PER_SEC)

/* What it works with; all of it must outlive the survey. */
typedef struct SurveyParts {
    uv_loop_t *loop;
    const RunSettings *settings;
    const char *cpus; /* those of a run; NULL: all */
    Present *present; /* has the catalogs, or why there are none */
    nsec_t patience;  /* how long a question gives way to runs */
    /* How many runs are at work now, and how many wait for their turn. */
    size_t (*n_running)(void *data);
    size_t (*n_waiting)(void *data);
    /* Those that wait may be started now, if survey_gives_way() has kept them waiting. Never from inside a
     * call. */
    void (*go_on)(void *data);
    void *data;
} SurveyParts;

/* Returns one that asks nobody yet; the parts are copied as pointers. */
Survey *survey_new(const SurveyParts *parts);

/* Asks all runtimes but the first, also those that were asked before: a catalog stays in force until there is
 * a new one, or until it is found that there is none any more. What is installed is looked at now, or where
 * somebody is asked already, when all have been asked: however often this is called meanwhile, one more round
 * follows. Returns false if there was nothing to note: that round, or this one, is to come anyway. */
bool survey_begin(Survey *survey);

/* Whether a run may be started now: asked before each start. If not, go_on() is called when it may. NULL is
 * fine, and has nothing against it. */
bool survey_gives_way(Survey *survey);

/* Asks nobody any more, and ends whoever is being asked. Frees itself, on the loop. NULL is fine. */
void survey_stop(Survey *survey);
