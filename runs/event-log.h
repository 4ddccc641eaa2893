/* The events of a run, in the form in which an event stream carries them (WHATWG HTML, server-sent events):
 *
 *     id: 3
 *     event: sample
 *     data: {"cell":0,"repetition":1,...}
 *
 * They are numbered from 1. Whoever comes late gets those that were, and whoever comes back gets those behind
 * the last one that came through. A run that waits tells its place again and again; only the last such event
 * is kept, so a number may be missing. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/shared.h"

typedef struct LoggedEvent {
    uint64_t number;
    Shared *text;
} LoggedEvent;

typedef struct EventLog {
    LoggedEvent *events;
    size_t n_events, room;
    uint64_t last_number;
    bool replaceable; /* the last event gives way to the next one of its kind */
} EventLog;

/* An EventLog of zeros is empty and ready. This frees what it holds and makes it one again. */
void event_log_finish(EventLog *log);

/* Adds an event of this name; data is written as one line of JSON and stays the caller's. replaceable: it
 * takes the place of the last one, if that was replaceable too, and gets a new number all the same.
 * Returns its text, borrowed from the log until the event is replaced or the log is finished. */
Shared *event_log_add(EventLog *log, const char *name, const json_t *data, bool replaceable);

/* The same with a text that event_text() made for the next number, which the log holds from now on in the
 * place of the caller. */
void event_log_put(EventLog *log, Shared *text);

/* Returns an event as text that is not in any log, held by the caller (shared_drop()); one of the number 0
 * has none. */
Shared *event_text(uint64_t number, const char *name, const json_t *data);

/* The same with data that was written already, compactly. */
Shared *event_text_of(uint64_t number, const char *name, const char *json);

/* Returns the index of the first event behind a number; n_events if there is none. */
size_t event_log_after(const EventLog *log, uint64_t number);

/* Returns all of it as one text, owned by the caller. */
char *event_log_text(const EventLog *log);

/* Returns the last event of such a text, "" if there is none, and sets *ret_number to its number. */
const char *event_text_last(const char *text, uint64_t *ret_number);

/* Returns the part of such a text that stands behind the event of a number, "" if there is nothing left. */
const char *event_text_after(const char *text, uint64_t number);
