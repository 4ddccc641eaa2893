/* What a run leaves behind: its object with all intervals and its lesson, what lists show of it, its last
 * events and its trace. Making them of a large grid takes longer than others may wait for an answer, so it is
 * done off the loop; then all of it goes to the archive. */
#pragma once

#include <stdbool.h>

#include "runs/archive.h"
#include "runs/run.h"

typedef struct EndingParts {
    uv_loop_t *loop;
    Archive *archive;
    const char *headline; /* the figure that its experiment is about; borrowed. NULL: the time */
    /* The run's object is there; summary is borrowed for the call. */
    void (*made)(void *data, Run *run, const json_t *summary);
    /* It is in the archive, on disk or not. Its last event is in its log, but nobody was told. */
    void (*over)(void *data, Run *run, bool kept);
    void *data;
} EndingParts;

/* For a run whose processes are gone or that never started; nobody may end it or change its results any more.
 * Both callbacks come later, from the loop. */
void ending_begin(const EndingParts *parts, Run *run);
