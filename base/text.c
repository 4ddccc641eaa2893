/* Where there is no memory for a line of text there is none for an answer either, so text_printf() asserts.
 * Reading is another matter: how much a file holds is decided by others, and is an error of the world. */
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

char *text_printf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int r;

    va_start(args, format);
    r = vasprintf(&text, format, args);
    va_end(args);
    assert(r >= 0);
    return text;
}

char *text_copy(const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    assert(copy || !text);
    return copy;
}

void text_replace(char **text, const char *new)
{
    char *copy = text_copy(new);

    free(*text);
    *text = copy;
}

/* Blanks and commas in a row are one separator, so "a, b" and "a,,b" have two items each and there are no
 * empty ones. */
size_t text_next_item(const char **at, const char **ret)
{
    size_t length;

    *at += strspn(*at, " ,");
    length = strcspn(*at, " ,");
    *ret = *at;
    *at += length;
    return length;
}

int text_read_fd(int fd, size_t max, char **ret, size_t *ret_length)
{
    /* The size of a file in /proc is 0 and that of a pipe unknown, so nobody is asked: the room doubles. */
    size_t length = 0, room = 4096;
    auto_free char *text = malloc(room + 1);

    if (!text)
        return -ENOMEM;
    for (;;) {
        ssize_t n = read(fd, text + length, room - length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        length += (size_t)n;
        /* Asked after each read: a pipe that never ends would otherwise take all memory first. */
        if (length > max)
            return -EFBIG;
        if (length == room) {
            char *larger = realloc(text, 2 * room + 1);

            if (!larger)
                return -ENOMEM;
            text = larger;
            room *= 2;
        }
    }
    text[length] = '\0';
    *ret = take_pointer(text);
    *ret_length = length;
    return 0;
}

int text_read_file(const char *path, size_t max, char **ret, size_t *ret_length)
{
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    return text_read_fd(fd, max, ret, ret_length);
}

/* write(2) may take a part only, above all on pipes and sockets, and says so in nothing but its result. */
int text_write_fd(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, text, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        text += n;
        length -= (size_t)n;
    }
    return 0;
}

/* strftime(3) has no milliseconds. Years of five digits are not RFC 3339 and would not sort as texts. */
char *text_time(int64_t ms)
{
    static const int64_t end_ms = 253402300800000; /* 10000-01-01 */
    time_t seconds = (time_t)(ms / 1000);
    char date[40];
    struct tm tm;

    if (ms < 0 || ms >= end_ms || !gmtime_r(&seconds, &tm))
        return NULL;
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    return text_printf("%s.%03dZ", date, (int)(ms % 1000));
}
