/* The one loop that joins experiment, mode and lock as an interpreter does. A mode makes a loop, sets its
 * lock and its seat, and calls drive_tasks() in the thread that the tasks are to run in. */
#pragma once

#include "engine/loop.h"

/* Runs count tasks of the arena, from number first, on the loop until they have ended: holds the lock while
 * it runs steps, asks the lock between them, and lets go of it while it waits. Called by the loop's thread.
 * A task that fails says so in the arena. The first call opens the experiment's state of the loop. */
void drive_tasks(Loop *loop, uint32_t first, uint32_t count);

/* Closes what the first call opened. In the same thread, when all tasks of the loop have ended, and still
 * inside the timed region: what an experiment opens for each loop is part of what it costs. */
void drive_close(Loop *loop);
