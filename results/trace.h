/* The timelines of a run as Chrome Trace Event JSON, which Perfetto and chrome://tracing open: a process for
 * each cell, a thread for each task, a complete event for each span, an instant for each false wake-up. All
 * cells begin at 0, so they stand below one another, as if they had run at the same time: a reader sees at
 * once which of them waited more.
 *
 * The format: "Trace Event Format", Google, 2016. Times are microseconds with decimals. */
#pragma once

#include "results/results.h"

/* Returns a text that ends in a newline, owned by the caller, and sets *ret_length. A cell without a timeline
 * is named with the reason, its own or the run's; it is left out if there is none, as where nobody asked. */
char *trace_format(const Results *results, size_t *ret_length);
