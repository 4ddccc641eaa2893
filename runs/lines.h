/* Cuts a stream of bytes into lines, whatever pieces they arrive in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Lines {
    char *text; /* of the line that is not complete yet */
    size_t length, room, max;
    bool cut; /* a longer line is handed out in pieces instead of being refused */
} Lines;

/* A line without its newline, with a NUL behind it; it may be changed. */
typedef void (*LinesCallback)(void *data, char *line, size_t length);

void lines_init(Lines *lines, size_t max, bool cut);
void lines_finish(Lines *lines);

/* Calls back for each line that is complete with these bytes. Returns 0, or -EMSGSIZE for a line of more than
 * max bytes; after that nothing more should be fed. */
int lines_feed(Lines *lines, const char *bytes, size_t length, LinesCallback callback, void *data);

/* The stream is over: hands out what stands behind the last newline. */
void lines_end(Lines *lines, LinesCallback callback, void *data);
