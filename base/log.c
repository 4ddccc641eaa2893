/* An entry is built in a buffer on the stack, from left to right, and leaves in one write. The two forms
 * differ in what stands around keys and values; escapes are those of JSON in both. */
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

typedef struct Form {
    const char *begin, *separator, *key_quote, *equals, *end, *cut;
    bool quotes_all; /* texts are always in quotes */
} Form;

static const Form forms[] = {
    {"", " ", "", "=", "\n", " cut=true\n", false},
    {"{", ",", "\"", ":", "}\n", ",\"cut\":true}\n", true},
};
/* Set before there are other threads, then read-only; so is least_level below. */
static const Form *form = &forms[0];

/* Behind a text that had to be cut there is always room for its quote and what says that it was. */
enum { END_ROOM = 20, LINE_ROOM = LOG_LINE_MAX - END_ROOM };

typedef struct Line {
    char text[LOG_LINE_MAX];
    size_t length;
    bool cut;    /* something did not fit: nothing more is added */
    bool quoted; /* a quote is open */
} Line;

/* A piece goes in whole or not at all, so neither an escape nor a character of several bytes is ever cut in
 * two. Once one piece did not fit, no later one is added, however short it is: a line with a hole in it
 * would look complete. */
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

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Of plain characters as many go in as have room, all of them together. */
static void line_add_plain(Line *line, const char *text, size_t length)
{
    size_t room = LINE_ROOM - line->length;

    line_add(line, text, length < room ? length : room);
    line->cut |= length > room;
}

/* Escapes as in JSON, which readers of logfmt expect. A bad byte becomes the replacement character. */
static void line_add_escaped(Line *line, const char *text)
{
    const char *at = text, *end = text + strlen(text);

    while (at < end && !line->cut) {
        const char *start = at;
        uint32_t character;
        char escape[8];

        while (is_plain(*at))
            at++;
        line_add_plain(line, start, (size_t)(at - start));
        if (at == end || line->cut)
            return;
        start = at;
        character = utf8_next(&at, end);
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

/* Readers of logfmt end a value at a blank, take a second equals sign for an error, and disagree about what
 * is not ASCII. */
static bool needs_quotes(const char *text)
{
    if (*text == '\0')
        return true;
    while (is_plain(*text) && *text != ' ' && *text != '=')
        text++;
    return *text != '\0';
}

static void line_add_key(Line *line, const char *key)
{
    line_add_text(line, key);
    line_add_text(line, form->key_quote);
    line_add_text(line, form->equals);
}

static void line_add_value(Line *line, const LogField *field)
{
    char number[24];

    if (!field->text) {
        snprintf(number, sizeof(number), "%" PRId64, field->number);
        line_add_text(line, number);
    } else if (!form->quotes_all && !needs_quotes(field->text)) {
        line_add_escaped(line, field->text);
    } else {
        line_add_text(line, "\"");
        line->quoted = !line->cut;
        line_add_escaped(line, field->text);
        line_add_text(line, "\"");
        line->quoted = line->quoted && line->cut;
    }
}

/* A field of which not one byte of the value fits is left out. It would be a key with nothing behind it, or
 * with a lone quote, which looks like an empty value. (The one byte more is the quote that opens.) */
static void line_add_field(Line *line, const LogField *field)
{
    size_t start = line->length, value;

    line_add_text(line, start > strlen(form->begin) ? form->separator : "");
    line_add_text(line, form->key_quote);
    line_add_key(line, field->key);
    value = line->length + 1;
    if (!line->cut)
        line_add_value(line, field);
    if (line->cut && line->length <= value) {
        line->length = start;
        line->quoted = false;
    }
}

/* There is always room here: END_ROOM was kept free of everything else. */
static void line_end(Line *line)
{
    const char *end = line->cut ? form->cut : form->end;

    if (line->quoted)
        line->text[line->length++] = '"';
    memcpy(line->text + line->length, end, strlen(end));
    line->length += strlen(end);
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

void log_set_json(bool on)
{
    form = &forms[on];
}

bool log_is_json(void)
{
    return form == &forms[true];
}

void log_set_least(LogLevel least)
{
    least_level = least;
}

/* Now, in UTC with milliseconds, as RFC 3339 has it. */
static void write_stamp(char *stamp, size_t size)
{
    struct timespec now;
    struct tm utc;
    char seconds[24];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(stamp, size, "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
}

/* Nothing is buffered between entries and no lock is taken: write(2) of at most PIPE_BUF bytes to a pipe is
 * atomic (POSIX), so entries of threads and processes cannot mix. What fails to be written is lost; there is
 * nowhere else to say so. errno is kept, because callers log and then return it. */
void log_event(LogLevel level, const char *event, const LogField *fields)
{
    int saved_errno = errno;
    Line line = {.length = 0};
    char stamp[40], name[104];
    ssize_t n;

    if (level < least_level)
        return;
    write_stamp(stamp, sizeof(stamp));
    snprintf(name, sizeof(name), "%.100s", event);
    line_add_text(&line, form->begin);
    line_add_field(&line, &(LogField){.key = "time", .text = stamp});
    line_add_field(&line, &(LogField){.key = "level", .text = level_name(level)});
    line_add_field(&line, &(LogField){.key = "event", .text = name});
    for (; fields->key && !line.cut; fields++)
        line_add_field(&line, fields);
    line_end(&line);
    do
        n = write(STDERR_FILENO, line.text, line.length);
    while (n < 0 && errno == EINTR);
    errno = saved_errno;
}
