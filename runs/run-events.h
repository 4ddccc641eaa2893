/* What the runtimes of a run say. */
#pragma once

#include "runs/relay.h"

/* The lines of a runtime's output, for ChildSpec.reader; the data is its RunPart. */
extern const RelayReader run_events_reader;
