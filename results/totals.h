/* Counts of which those of every repetition matter.
 *
 * What a cell says besides its times comes from the one repetition that stands for all. That is right for
 * what belongs together, and wrong for what must not happen: a server that refuses one request in five would
 * be seen or not as chance has it. So an experiment names metrics that are counts ("totals" in its entry of
 * the catalog), and a cell shows these summed over all its good repetitions that count; see cell_totals().
 *
 * A total is a whole number, or an object of whole numbers whose members are summed one by one. Anything
 * else of that name is left as it is. */
#pragma once

#include <jansson.h>

#include "catalog/catalog.h"

/* Adds the metrics of one repetition to the sums so far, an object that is made with the first; NULL before.
 * Nothing happens if the experiment names none, or metrics is no object. */
void totals_add(json_t **totals, const CatalogExperiment *experiment, const json_t *metrics);

/* Returns the metrics with the sums in the places of what was counted in this repetition alone, a new
 * reference; the order stays. Either may be NULL; without metrics the answer is NULL. */
json_t *totals_apply(const json_t *metrics, const json_t *totals);
