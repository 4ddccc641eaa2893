/* A body that comes bit by bit, such as an event stream: its maker writes when there is something, the
 * server reads when the client can take more. Texts are shared, not copied: an event that thirty clients
 * read is in memory once.
 *
 * It has two ends, and either may come to its end first. The maker calls stream_end(); the server calls
 * gone(). After either of these the maker does not touch it any more; the server frees it in both cases.
 * All of it belongs to the loop's thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/shared.h"

typedef struct Stream {
    /* The client has left, or does not read: the stream will be freed, and nobody may write to it any more.
     * Not called after stream_end(). Set by the maker. */
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

/* Adds a text, which is held, to what is to be sent, and wakes the reader if it waits. Not after
 * stream_end() or gone(). */
void stream_write(Stream *stream, Shared *text);

/* Nothing more will come. The maker must not touch the stream any more: the server frees it when all is
 * sent. */
void stream_end(Stream *stream);

/* For the server: copies at most room bytes and steps behind them. Returns how many; 0 if there are none
 * now, which is the end only if `ended` is set. */
size_t stream_read(Stream *stream, char *bytes, size_t room);

/* Whether there is something to be read. */
bool stream_has_more(const Stream *stream);

/* For the server: frees it with what was not sent. gone() is not called. */
void stream_free(Stream *stream);
