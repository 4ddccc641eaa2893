/* A body that comes bit by bit, such as an event stream: who makes it writes when there is something, the
 * server reads when the client can take more. Texts are shared, not copied: an event that thirty clients
 * read is in memory once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/shared.h"

typedef struct Stream {
    /* The client has left, or does not read: the stream will be freed, and nobody may write to it any more.
     * Not called after stream_end(). Set by who makes the stream. */
    void (*gone)(void *data);
    void *data;

    /* Set by the server while it waits for more. */
    void (*wake)(void *reader);
    void *reader;

    Shared **texts; /* a queue; the first n_read of them are done with */
    size_t n_texts, n_read, room;
    size_t offset; /* in the text that is being read */
    bool ended;
} Stream;

/* Returns a new one. gone may be NULL. */
Stream *stream_new(void (*gone)(void *data), void *data);

/* Adds a text, which is held, to what is to be sent. */
void stream_write(Stream *stream, Shared *text);

/* Nothing more will come. The maker must not touch the stream any more: the server frees it when all is
 * sent. */
void stream_end(Stream *stream);

/* For the server: copies at most room bytes and steps behind them. Returns how many; 0 if there are none
 * now. */
size_t stream_read(Stream *stream, char *bytes, size_t room);

/* Whether there is something to be read. */
bool stream_has_more(const Stream *stream);

/* For the server. */
void stream_free(Stream *stream);
