/* How much memory is in use. It is read from smaps_rollup and status in /proc, which are exact where statm
 * is not. A reading costs tens of microseconds, so it is taken in one repetition only. */
#pragma once

#include <sys/types.h>

#include "engine/arena.h"

/* Reads a process (0: this one): anonymous resident bytes (of what it shares with its parent, a proportional
 * part), reserved bytes and its page tables. Returns 0 or a negative errno. */
int memory_read(pid_t pid, MemoryReading *ret);

/* Reads the most that this process ever had: resident with everything, and reserved. */
int memory_read_peak(uint64_t *ret_resident, uint64_t *ret_reserved);

/* Adds the memory in use by a process (0: this one) to what the arena knows: called by a task at its end, or
 * by an experiment for all at once. If the process cannot be read, nothing is added. May be called by
 * several tasks at the same time. */
void memory_note(Arena *arena, pid_t pid);
