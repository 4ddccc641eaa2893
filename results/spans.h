/* What a traced repetition of a cell recorded: which task did what when. Kept compact, a few dozen bytes a
 * span: as JSON values 20,000 of them would take ten times the room.
 *
 * Times begin at 0 with the cell, so the cells of a run can be laid below one another. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/schema.h"

/* Spans and instants together, that a runtime may send. They are the one thing that a runtime could send
 * without end, and all are kept until the run is over. */
enum { SPANS_MAX_CELL = 20000, SPANS_MAX_RUN = 100000 };

/* What a row says that its task did. The spans come first; from SPANS_FIRST_INSTANT on they are instants. */
typedef enum SpansKind {
    SPANS_RUN, /* inside the lock */
    SPANS_WAIT_LOCK,
    SPANS_WAIT_IO,
    SPANS_OUTSIDE, /* a step outside the lock that computes or blocks */
    SPANS_FALSE_WAKEUP,
    SPANS_FIRST_INSTANT = SPANS_FALSE_WAKEUP,
} SpansKind;

typedef struct SpanRow {
    int64_t start, end; /* nanoseconds since the cell's start; of an instant both are the same */
    uint32_t task;
    SpansKind kind;
} SpanRow;

typedef struct Spans {
    char *reason;             /* why there is nothing; NULL: there is */
    int64_t wall_ns, dropped; /* of the traced repetition; spans for which there was no room */
    size_t n_spans, n_instants;
    SpanRow *rows; /* the spans, then the instants, each in the order of the event */
} Spans;

/* Reads a timeline event, whose cell is the caller's business, with tasks from 0 to n_tasks - 1. Returns
 * whether it is right, and sets *ret, owned by the caller; has complained if not. */
bool spans_read(Reader *reader, const json_t *event, int64_t n_tasks, Spans **ret);

/* Lets go of what is beyond so many spans and instants together, and counts it as dropped. */
void spans_cut(Spans *spans, size_t most);

/* Returns one that has nothing but a reason (copied), owned by the caller. */
Spans *spans_of_reason(const char *reason);

/* Returns the same once more, owned by the caller; of NULL NULL. */
Spans *spans_copy(const Spans *spans);
void spans_free(Spans *spans);

/* "run", "wait-lock" and so on. */
const char *spans_kind_name(SpansKind kind);

/* Returns how much there is, {wall_ns, n_spans, n_instants, dropped}, or {reason}: a new reference. */
json_t *spans_counts(const Spans *spans);

/* Returns {wall_ns, dropped, spans: [[task, kind, start_ns, end_ns], ...], instants: [[task, kind, at_ns],
 * ...]}, or {reason}: a new reference. */
json_t *spans_json(const Spans *spans);
