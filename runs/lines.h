/* Cuts a stream of bytes into lines, whatever pieces they arrive in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Lines {
    char *text;               /* of the line that is not complete yet; owned */
    size_t length, room, max; /* bytes; max: of one line without its newline */
    bool cut;                 /* a longer line is handed out in pieces instead of being refused */
} Lines;

/* A line without its newline, with a NUL behind it; it may be changed. */
typedef void (*LinesCallback)(void *data, char *line, size_t length);

/* Sets it up for lines of at most max bytes. Nothing is allocated before there is a line. */
void lines_init(Lines *lines, size_t max, bool cut);
void lines_finish(Lines *lines);

/* Takes the next bytes and calls back, from inside, for each line that is complete with them. Empty lines
 * are left out. Returns 0, or -EMSGSIZE for a line of more than max bytes unless longer ones are cut;
 * after that nothing more should be fed. */
int lines_feed(Lines *lines, const char *bytes, size_t length, LinesCallback callback, void *data);

/* The stream is over: hands out what stands behind the last newline. */
void lines_end(Lines *lines, LinesCallback callback, void *data);
