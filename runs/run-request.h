/* What a runtime is asked (docs/protocol.md). */
#pragma once

#include "runs/origin.h"
#include "runs/run.h"

/* Returns the request for this part of the run, one line of JSON with its end, owned by the caller. */
char *run_request_text(const RunPart *part, const Origin *origin);
