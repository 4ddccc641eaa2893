/* The runtimes that a run is of, and what of the request some of them do not have. Private to this folder but
 * for results_leave_out(). */
#pragma once

#include "results/figures.h"
#include "results/words.h"

/* Returns an array with an object for each runtime, in the order in which their first cells stand: {runtime,
 * version, about, status, reason?, locks: [{name, title, models, real, parameters: [names]}], sizes:
 * [names]}. reason is there only if it was lost. locks are those of its cells, and sizes the parameters of
 * which each runtime has a value of its own: so that a stored run can be held against one of another runtime
 * (results/compare-models.h) when nobody knows the catalog any more. */
json_t *runtimes_json(const Results *results, const Figures *figures);

/* Returns the entry of a runtime in a stored run, as runtimes_json() has made it, and that of one of its
 * locks; borrowed, or NULL if the run does not say it. */
const json_t *runtimes_find(const json_t *run, const char *runtime);
const json_t *runtimes_find_lock(const json_t *run, const char *runtime, const char *lock);

/* "jython: processes: it cannot fork" of an item of a run's "left_out": what is left out, and why. */
const char *runtimes_left_out_words(Words *words, const json_t *item);

/* "python3 was lost: it died of signal 9"; NULL if it was not lost. */
const char *runtimes_lost_words(Words *words, const ResultRuntime *runtime);

/* "python3 3.11.7 (CPython on Linux)" */
const char *runtimes_name_words(Words *words, const ResultRuntime *runtime);

/* Whether a run is of several runtimes. */
bool runtimes_are_many(const ResultRun *run);
