/* What the server's operator reads: events on standard error, one line each, in logfmt or as JSON objects.
 *
 *     time=2026-01-31T12:00:00.123Z level=info event=listening address=127.0.0.1 port=8080
 *     time=2026-01-31T12:00:07.004Z level=warning event=origin_ended reason="signal 9" restarts=1
 *
 * An event has a name in snake_case and fields, each with a key and a value; prose for people goes into a
 * field. Values from outside are safe: what could end the line or move a cursor is escaped, so nobody can
 * forge an entry. A line leaves in one write(2) and is at most LOG_LINE_MAX bytes, so lines of several
 * processes on one pipe never mix; an entry that is longer ends in cut=true. Library code never logs: it
 * returns errors, and the program logs them once. Any thread may call; errno stays as it was. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define LOG_LINE_MAX PIPE_BUF

typedef enum LogLevel {
    LOG_LEVEL_INFO,    /* the normal course of things */
    LOG_LEVEL_WARNING, /* the server helped itself; somebody may want to know */
    LOG_LEVEL_ERROR,   /* something asked for does not work */
} LogLevel;

typedef struct LogField {
    const char *key;  /* letters, digits, underscores; NULL ends the list */
    const char *text; /* NULL: the number counts */
    int64_t number;
} LogField;

/* Leaves out all entries below this level from now on. To be called before there are other threads; at first
 * nothing is left out. */
void log_set_least(LogLevel least);

/* Writes JSON objects instead of logfmt from now on, with the same keys. */
void log_set_json(bool on);

/* Whether it does: then nothing else should be written between the entries, either. */
bool log_is_json(void);

/* A field with a text; NULL is written as an empty one. */
static inline LogField log_text(const char *key, const char *text)
{
    return (LogField){.key = key, .text = text ? text : ""};
}

/* A field with a number. A unit belongs into the key, as in grace_ms. */
static inline LogField log_number(const char *key, int64_t number)
{
    return (LogField){.key = key, .number = number};
}

/* Writes one entry: log_info("listening", log_text("address", bind), log_number("port", port)); */
#define log_info(...) log_event(LOG_LEVEL_INFO, LOG_EVENT(__VA_ARGS__, {0}))
#define log_warning(...) log_event(LOG_LEVEL_WARNING, LOG_EVENT(__VA_ARGS__, {0}))
#define log_error(...) log_event(LOG_LEVEL_ERROR, LOG_EVENT(__VA_ARGS__, {0}))

/* What the three call; fields ends with a key of NULL. */
void log_event(LogLevel level, const char *event, const LogField *fields);

#define LOG_EVENT(event, ...) event, ((const LogField[]){__VA_ARGS__})
