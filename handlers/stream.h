/* A body that comes bit by bit, such as an event stream: its maker writes when there is something, the
 * server reads when the client can take more. Texts are shared, not copied: an event that thirty clients
 * read is in memory once.
 *
 * What slow clients have not read is counted over all streams, each text once. Beyond the limit those are cut
 * off that hold most of it. They can come back and ask for what they missed, which is kept elsewhere.
 *
 * It has two ends, and either may come to its end first. The maker calls stream_end(); the server calls
 * gone(). After either of these the maker does not touch it any more; the server frees it in both cases.
 * All of it belongs to the loop's thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/shared.h"

/* What all streams together have not sent yet. With max_bytes set, and zeros else, it is ready. */
typedef struct Backlog {
    LIST_HEAD(, Stream) streams;
    int64_t n_bytes, max_bytes; /* the newest text may be longer */
} Backlog;

typedef struct Stream {
    Backlog *backlog;
    LIST_ENTRY(Stream) link;

    /* The client has left, or does not read: the stream will be freed, and nobody may write to it any more.
     * Not called after stream_end(). Set by the maker. */
    void (*gone)(void *data);
    void *data;

    /* Set by the server while it waits for more. */
    void (*wake)(void *reader);
    void *reader;

    /* Set by the server once it sends: nothing that is left will be read. The connection is to be closed, not
     * from inside, as the maker may be in the middle of something; gone() follows as if it had left. */
    void (*cut)(void *reader);
    bool is_cut;

    Shared **texts; /* a queue; the first n_read of them are done with */
    size_t n_texts, n_read, room;
    size_t offset;   /* in the text that is being read */
    int64_t n_bytes; /* of the texts that are not done with */
    bool ended;
} Stream;

/* Returns a new one, which counts in the backlog. gone may be NULL. */
Stream *stream_new(Backlog *backlog, void (*gone)(void *data), void *data);

/* Adds a text, which is held, to what is to be sent, and wakes the reader if it waits; one that is cut off
 * takes no more. Not after stream_end() or gone(). */
void stream_write(Stream *stream, Shared *text);

/* Nothing more will come. The maker must not touch the stream any more: the server frees it when all is
 * sent. */
void stream_end(Stream *stream);

/* For the server: copies at most room bytes and steps behind them. Returns how many; 0 if there are none
 * now, which is the end only if `ended` is set. */
size_t stream_read(Stream *stream, char *bytes, size_t room);

/* For the server: frees it with what was not sent. gone() is not called. */
void stream_free(Stream *stream);
