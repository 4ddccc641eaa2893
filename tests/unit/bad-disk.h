/* A disk that does what it is told, below SQLite: one that is slow, and one with a bad sector. */
#pragma once

#include <stdint.h>

/* From here on all files that SQLite opens in this process are on it. */
void bad_disk_install(void);

/* Whatever writes or syncs waits until it is let go, in its thread. */
void bad_disk_hold(void);
void bad_disk_let_go(void);

/* Reads of these bytes of the file at path fail, whatever its name will be, as where a sector cannot be read
 * any more; length 0: none do. Call it while nothing reads. */
void bad_disk_spoil(const char *path, int64_t from, int64_t length);
