/* A line that is not complete is kept and grows by doubling; a complete one is handed out at once and
 * forgotten, so there is never more than one line in memory, however fast somebody writes. A runtime without
 * newlines is stopped at max bytes, not when the machine has no memory left. */
#include "runs/lines.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void lines_init(Lines *lines, size_t max, bool cut)
{
    *lines = (Lines){.max = max, .cut = cut};
}

void lines_finish(Lines *lines)
{
    free(lines->text);
    *lines = (Lines){0};
}

static void append(Lines *lines, const char *bytes, size_t length)
{
    size_t needed = lines->length + length + 1;

    if (needed > lines->room) {
        lines->room = needed > 2 * lines->room ? needed : 2 * lines->room;
        lines->text = realloc(lines->text, lines->room);
        assert(lines->text);
    }
    if (length > 0)
        memcpy(lines->text + lines->length, bytes, length);
    lines->length += length;
}

static void hand_out(Lines *lines, LinesCallback callback, void *data)
{
    size_t length = lines->length;

    lines->length = 0;
    if (length == 0)
        return;
    lines->text[length] = '\0';
    callback(data, lines->text, length);
}

int lines_feed(Lines *lines, const char *bytes, size_t length, LinesCallback callback, void *data)
{
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t piece = newline ? (size_t)(newline - bytes) : length;
        size_t used = newline ? piece + 1 : piece;

        /* A line that is cut is handed out as if a newline stood there: newline points to anything, and
         * no byte is skipped. */
        if (lines->length + piece > lines->max) {
            if (!lines->cut)
                return -EMSGSIZE;
            piece = used = lines->max - lines->length;
            newline = bytes;
        }
        append(lines, bytes, piece);
        if (newline)
            hand_out(lines, callback, data);
        bytes += used;
        length -= used;
    }
    return 0;
}

void lines_end(Lines *lines, LinesCallback callback, void *data)
{
    hand_out(lines, callback, data);
}
