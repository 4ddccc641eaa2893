/* Universally unique lexicographically sortable identifiers: 48 bits of wall-clock milliseconds and 80
 * random bits in Crockford's base 32 (https://github.com/ulid/spec). */
#pragma once

#define ULID_LENGTH 26

/* Writes a new one with its NUL. Within one process a later one always sorts behind an earlier one. Not
 * thread-safe. */
void ulid_make(char text[static ULID_LENGTH + 1]);
