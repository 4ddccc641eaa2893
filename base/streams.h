/* The three standard descriptors, which not everybody who starts a program provides. */
#pragma once

/* Opens /dev/null on those of 0, 1 and 2 that are closed, so that no other file ever takes their place. */
void streams_fill(void);

/* Writes out what standard output still holds. Returns 0; or a negative errno, after a line on standard error
 * that begins with the program's name, if any of the output was lost. */
int streams_finish(const char *program);
