/* How many threads and processes may be started here without harm to the machine. All programs share one
 * table of process numbers, and one that fills it takes the machine from everybody; so does one that takes
 * all memory. A part of both always stays free: a tenth of the numbers and at least a thousand, half of the
 * memory. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ROOM_REASON_SIZE = 100 };

/* Returns how many bytes of memory are left at this moment, by the machine and by the control groups. */
int64_t room_memory(void);

/* Returns the most threads or processes that take so many bytes each: by the limits alone, or (now) less what
 * is in use at this moment; at least 1. Writes what it is that allows no more. root is as in base/machine.h.
 */
int64_t room_for_tasks(const char *root, uint64_t bytes_each, bool now, char reason[static ROOM_REASON_SIZE]);
