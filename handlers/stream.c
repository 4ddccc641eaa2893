/* The queue holds texts, not copies, and what a slow client has not read yet is held by it alone. Waking the
 * reader is asked for once: it reads all there is and asks again when it has nothing to do, so a burst of
 * events costs one wake-up. */
#include "handlers/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

Stream *stream_new(Backlog *backlog, void (*gone)(void *data), void *data)
{
    Stream *stream = calloc(1, sizeof(*stream));

    assert(stream);
    stream->backlog = backlog;
    LIST_INSERT_HEAD(&backlog->streams, stream, link);
    stream->gone = gone;
    stream->data = data;
    return stream;
}

static void take(Stream *stream, Shared *text)
{
    stream->n_bytes += (int64_t)text->length;
    if (text->n_waiting++ == 0)
        stream->backlog->n_bytes += (int64_t)text->length;
    stream->texts[stream->n_texts++] = shared_hold(text);
}

static void let_go(Stream *stream)
{
    Shared *text = stream->texts[stream->n_read++];

    stream->n_bytes -= (int64_t)text->length;
    if (--text->n_waiting == 0)
        stream->backlog->n_bytes -= (int64_t)text->length;
    shared_drop(text);
    stream->offset = 0;
}

static void let_go_of_all(Stream *stream)
{
    while (stream->n_read < stream->n_texts)
        let_go(stream);
}

/* The one that holds most; NULL: none holds anything. One that is not sent yet cannot be slow. */
static Stream *find_slowest(const Backlog *backlog)
{
    Stream *stream, *slowest = NULL;

    LIST_FOREACH (stream, &backlog->streams, link)
        if (stream->cut && stream->n_bytes > (slowest ? slowest->n_bytes : 0))
            slowest = stream;
    return slowest;
}

/* A text that is longer than all together may be has room where it is the only one. */
static void relieve(Backlog *backlog, const Shared *newest)
{
    Stream *slowest;

    while (backlog->n_bytes > backlog->max_bytes && backlog->n_bytes > (int64_t)newest->length &&
           (slowest = find_slowest(backlog))) {
        let_go_of_all(slowest);
        slowest->is_cut = true;
        slowest->cut(slowest->reader);
    }
}

/* Tells the reader once that there is more. It asks again by setting `wake`, when it has read everything. */
static void wake(Stream *stream)
{
    void (*reader_wake)(void *reader) = stream->wake;

    /* Cleared before the call, as the reader may set it again from inside. */
    stream->wake = NULL;
    if (reader_wake)
        reader_wake(stream->reader);
}

/* Moves what is still to be read to the start before the queue grows. */
static void make_room(Stream *stream)
{
    if (stream->n_read > 0) {
        stream->n_texts -= stream->n_read;
        memmove(stream->texts, stream->texts + stream->n_read, stream->n_texts * sizeof(Shared *));
        stream->n_read = 0;
    }
    if (stream->n_texts < stream->room)
        return;
    stream->room = stream->room ? 2 * stream->room : 8;
    stream->texts = realloc(stream->texts, stream->room * sizeof(Shared *));
    assert(stream->texts);
}

void stream_write(Stream *stream, Shared *text)
{
    assert(!stream->ended);
    if (stream->is_cut)
        return;
    if (stream->n_texts == stream->room)
        make_room(stream);
    take(stream, text);
    relieve(stream->backlog, text);
    wake(stream);
}

/* The reader is woken to see the end, too. */
void stream_end(Stream *stream)
{
    stream->ended = true;
    wake(stream);
}

/* Texts are copied out piece by piece, because the client's socket takes so many bytes and not so many
 * texts. Each is let go of as soon as its last byte is out. */
size_t stream_read(Stream *stream, char *bytes, size_t room)
{
    size_t n = 0;

    while (n < room && stream->n_read < stream->n_texts) {
        Shared *text = stream->texts[stream->n_read];
        size_t left = text->length - stream->offset, part = left < room - n ? left : room - n;

        memcpy(bytes + n, text->text + stream->offset, part);
        n += part;
        stream->offset += part;
        if (stream->offset < text->length)
            break;
        let_go(stream);
    }
    return n;
}

void stream_free(Stream *stream)
{
    let_go_of_all(stream);
    LIST_REMOVE(stream, link);
    free(stream->texts);
    free(stream);
}
