/* The table of what only this experiment measures, below the one of times; private to this folder. Texts
 * among the metrics are not shown here. */
#pragma once

#include "results/axes.h"
#include "results/prose.h"

/* Writes the metrics that are numbers, after an empty line; nothing if there are none. shown is the path of a
 * figure that is in the table of times already, "metrics.lost_updates", and left out here; NULL: none is. */
void metrics_write(const ResultCells *cells, const Axes *varying, const char *shown, const Prose *prose);
