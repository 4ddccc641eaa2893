/* An event is made into text once, when it happens; the log, the streams of thirty clients and the board hold
 * the same text, and the last one to let go frees it. */
#include "runs/event-log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* As many digits as a double holds for certain. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

void event_log_finish(EventLog *log)
{
    for (size_t i = 0; i < log->n_events; i++)
        shared_drop(log->events[i].text);
    free(log->events);
    *log = (EventLog){0};
}

Shared *event_text_of(uint64_t number, const char *name, const char *json)
{
    auto_free char *id = number ? text_printf("id: %" PRIu64 "\n", number) : text_copy("");
    auto_free char *text = text_printf("%sevent: %s\ndata: %s\n\n", id, name, json);

    return shared_new(text, strlen(text));
}

Shared *event_text(uint64_t number, const char *name, const json_t *data)
{
    auto_free char *json = json_dumps(data, DUMP_FLAGS);

    assert(json);
    return event_text_of(number, name, json);
}

void event_log_put(EventLog *log, Shared *text)
{
    if (log->n_events == log->room) {
        log->room = log->room ? 2 * log->room : 8;
        log->events = realloc(log->events, log->room * sizeof(*log->events));
        assert(log->events);
    }
    log->events[log->n_events++] = (LoggedEvent){++log->last_number, text};
    log->replaceable = false;
}

Shared *event_log_add(EventLog *log, const char *name, const json_t *data, bool replaceable)
{
    Shared *text = event_text(log->last_number + 1, name, data);

    if (replaceable && log->replaceable)
        shared_drop(log->events[--log->n_events].text);
    event_log_put(log, text);
    log->replaceable = replaceable;
    return text;
}

/* A client that was away names the last event it had. Numbers may be missing, so the next one is the first
 * that is greater, not the one that follows. */
size_t event_log_after(const EventLog *log, uint64_t number)
{
    size_t i = 0;

    while (i < log->n_events && log->events[i].number <= number)
        i++;
    return i;
}

char *event_log_text(const EventLog *log)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; i < log->n_events; i++)
        fwrite(log->events[i].text->text, 1, log->events[i].text->length, file);
    fclose(file);
    return text;
}

const char *event_text_last(const char *text, uint64_t *ret_number)
{
    const char *last = "", *end;

    for (; *text; text = end + 2) {
        last = text;
        end = strstr(text, "\n\n");
        if (!end)
            break;
    }
    *ret_number = strncmp(last, "id: ", 4) == 0 ? strtoull(last + 4, NULL, 10) : 0;
    return last;
}

/* An event ends with an empty line. Its data cannot have one inside, because JSON that is written
 * compactly has no newline. */
const char *event_text_after(const char *text, uint64_t number)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");

        if (strncmp(text, "id: ", 4) == 0 && strtoull(text + 4, NULL, 10) > number)
            return text;
        if (!end)
            break;
        text = end + 2;
    }
    return "";
}
