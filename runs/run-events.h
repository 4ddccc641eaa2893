/* What the runtimes of a run say. */
#pragma once

#include <stddef.h>

/* A line of a runtime's output, for ChildSpec.line; data is its RunPart. */
void run_events_read(void *data, char *line, size_t length);
