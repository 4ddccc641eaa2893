/* The one loop that joins experiment, mode and lock as an interpreter does. */
#pragma once

#include "engine/loop.h"

/* Runs count tasks of the arena, from number first, on the loop until they have ended: holds the lock while
 * it runs steps, asks the lock between them, and lets go of it while it waits. Called by the loop's thread.
 * A task that fails says so in the arena. The first call opens the experiment's state of the loop. */
void drive_tasks(Loop *loop, uint32_t first, uint32_t count);

/* Closes what the first call opened. */
void drive_close(Loop *loop);
