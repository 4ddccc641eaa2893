/* An entry is built in a buffer on the stack, from left to right, and leaves in one write. What follows
 * log_event() is the one form there is, logfmt; another form is another function from an entry to a Line. */
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

/* Behind a text that had to be cut there is always room for its quote and this. */
static const char cut_mark[] = " cut=true\n";

#define LINE_ROOM (LOG_LINE_MAX - sizeof(cut_mark))

typedef struct Line {
    char text[LOG_LINE_MAX];
    size_t length;
    bool cut;    /* something did not fit: nothing more is added */
    bool quoted; /* a quote is open */
} Line;

static void line_add(Line *line, const char *text, size_t length)
{
    if (line->cut || length > LINE_ROOM - line->length) {
        line->cut = true;
        return;
    }
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void line_add_text(Line *line, const char *text)
{
    line_add(line, text, strlen(text));
}

/* Escapes as in JSON, which readers of logfmt expect. A bad byte becomes the replacement character. */
static void line_add_escaped(Line *line, const char *text)
{
    const char *at = text, *end = text + strlen(text);

    while (at < end && !line->cut) {
        const char *start = at;
        uint32_t character = utf8_next(&at, end);
        char escape[8];

        if (character == '\n')
            line_add_text(line, "\\n");
        else if (character == '\t')
            line_add_text(line, "\\t");
        else if (character == '"' || character == '\\')
            line_add(line, (char[]){'\\', (char)character}, 2);
        else if (character == UTF8_BAD || utf8_is_control(character))
            line_add(line, escape,
                (size_t)snprintf(escape, sizeof(escape), "\\u%04x",
                    character == UTF8_BAD ? 0xfffdU : (unsigned)character & 0xffff));
        else
            line_add(line, start, (size_t)(at - start));
    }
}

static bool needs_quotes(const char *text)
{
    if (*text == '\0')
        return true;
    for (; *text; text++)
        if (*text <= ' ' || *text > '~' || strchr("\"\\=", *text))
            return true;
    return false;
}

/* A field of which not one byte of the value fits is left out. */
static void line_add_field(Line *line, const LogField *field)
{
    size_t start = line->length, value = start + strlen(field->key) + 2;
    char number[24];

    line_add_text(line, " ");
    line_add_text(line, field->key);
    line_add_text(line, "=");
    if (!field->text) {
        snprintf(number, sizeof(number), "%" PRId64, field->number);
        line_add_text(line, number);
    } else if (!needs_quotes(field->text)) {
        line_add_escaped(line, field->text);
    } else {
        line_add_text(line, "\"");
        line->quoted = true;
        line_add_escaped(line, field->text);
        line_add_text(line, "\"");
        line->quoted = line->cut;
    }
    if (line->cut && line->length <= value) {
        line->length = start;
        line->quoted = false;
    }
}

static void line_end(Line *line)
{
    if (line->quoted)
        line->text[line->length++] = '"';
    if (line->cut) {
        memcpy(line->text + line->length, cut_mark, sizeof(cut_mark) - 1);
        line->length += sizeof(cut_mark) - 1;
    } else {
        line->text[line->length++] = '\n';
    }
}

static const char *level_name(LogLevel level)
{
    switch (level) {
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_ERROR:
        return "error";
    }
    assert(!"there is no other level");
    return "";
}

static LogLevel least_level = LOG_LEVEL_INFO;

void log_set_least(LogLevel least)
{
    least_level = least;
}

void log_event(LogLevel level, const char *event, const LogField *fields)
{
    int saved_errno = errno;
    Line line = {.length = 0};
    char stamp[32];
    struct timespec now;
    struct tm utc;
    ssize_t n;

    if (level < least_level)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
    line.length = (size_t)snprintf(line.text, sizeof(line.text), "time=%s.%03ldZ level=%s event=%.100s",
        stamp, now.tv_nsec / 1000000, level_name(level), event);
    for (; fields->key && !line.cut; fields++)
        line_add_field(&line, fields);
    line_end(&line);
    do
        n = write(STDERR_FILENO, line.text, line.length);
    while (n < 0 && errno == EINTR);
    errno = saved_errno;
}
