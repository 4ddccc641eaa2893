/* How much memory is in use. It is read from smaps_rollup and status in /proc, which are exact where statm
 * is not. A reading costs tens of microseconds, so it is taken in one repetition only. */
#pragma once

#include "engine/arena.h"

/* Reads this process: anonymous resident bytes (of what it shares with its parent, a proportional part) and
 * reserved bytes. Returns 0 or a negative errno. */
int memory_read(MemoryReading *ret);

/* Reads the most that this process ever had: resident with everything, and reserved. */
int memory_read_peak(uint64_t *ret_resident, uint64_t *ret_reserved);

/* Called by a task at its end: notes the memory in use in the arena, added up if tasks are processes. */
void memory_note(Arena *arena);
