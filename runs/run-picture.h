/* A run that goes on, as it is at one moment: taken on the loop, and made into JSON off it, while the run
 * goes on and may even end. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "runs/run.h"

typedef struct RunPicture RunPicture;

/* Takes one, owned by the caller, to be freed on the loop. What was measured is not copied but shared, so it
 * takes little time and room. */
RunPicture *run_picture_take(const Run *run);

/* Returns what run_json() would have returned then, a new object, and lets go of what it is made of: NULL the
 * second time. From any thread, one at a time. */
json_t *run_picture_json(RunPicture *picture);

/* Lets go of what it is made of, which may be large: from any thread, in the place of run_picture_json().
 * NULL is fine. */
void run_picture_drop(RunPicture *picture);

/* NULL is fine. One of which nothing was made is let go of here, which takes long if it is large. */
void run_picture_free(RunPicture *picture);
