/* A client of an event stream that reads it event by event. It asks in HTTP/1.0, so that the body comes as it
 * is, and ends where the connection ends. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/api/api-server.h"

enum { API_STREAM_ROOM = 1 << 20 };

typedef struct ApiStream {
    int fd;
    char *text;    /* what came and was not taken yet */
    size_t length; /* of it */
    char *header;  /* of the answer */
} ApiStream;

/* What stands between two empty lines. */
typedef struct ApiEvent {
    uint64_t id;   /* 0: none */
    char name[32]; /* "": a comment, or with ended set nothing */
    json_t *data;  /* owned; NULL: none */
    bool ended;    /* the stream is at its end */
} ApiEvent;

void api_event_finish(ApiEvent *event);
#define auto_event __attribute__((cleanup(api_event_finish)))

/* Asks for the path, with more header lines, each with its end of line ("": none), and reads the header of
 * the answer. Asserts that it is a stream. */
void api_stream_open(ApiStream *stream, const ApiServer *server, const char *path, const char *headers);

/* Waits for the next event, at most API_PATIENCE_S. */
ApiEvent api_stream_next(ApiStream *stream);

/* Waits for the next event of this name and passes over all others. Fails if the stream ends before. */
ApiEvent api_stream_find(ApiStream *stream, const char *name);

/* Leaves. */
void api_stream_close(ApiStream *stream);
