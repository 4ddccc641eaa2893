/* A body that comes bit by bit. libmicrohttpd asks for more whenever the socket can take it; when there is
 * nothing, the connection is suspended until the stream has more. A suspended connection is looked after by
 * nobody, so its socket is watched for a hang-up, and after some quiet time the client gets a comment: what
 * stands between the two does not take the connection for dead. */
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "server/http-exchange.h"

/* How many bytes libmicrohttpd asks for at a time. */
enum { BLOCK = 16384 };

/* libmicrohttpd must not be told twice to suspend or resume the same connection, so it is remembered.
 * What is resumed has to be run. */
static void stream_set_suspended(Exchange *exchange, bool suspended)
{
    if (exchange->suspended == suspended)
        return;
    exchange->suspended = suspended;
    if (suspended) {
        MHD_suspend_connection(exchange->connection);
        return;
    }
    MHD_resume_connection(exchange->connection);
    exchange->http->pending = true;
}

/* There is more to be sent; the client has its time to read it. */
static void stream_on_wake(void *reader)
{
    Exchange *exchange = reader;

    deadline_set(&exchange->http->answering, &exchange->deadline);
    stream_set_suspended(exchange, false);
}

/* libmicrohttpd asks for a block. Returning 0 while it is not suspended would make it ask again at once, and
 * for ever: so a stream that has nothing suspends its connection in the same breath. */
static ssize_t stream_on_read(void *data, uint64_t position, char *bytes, size_t room)
{
    Exchange *exchange = data;
    Stream *stream = exchange->stream;
    size_t n;

    (void)position;
    if (exchange->stage == STAGE_GONE || stream->is_cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    n = stream_read(stream, bytes, room);
    if (n > 0) {
        deadline_set(&exchange->http->answering, &exchange->deadline);
        return (ssize_t)n;
    }
    if (stream->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    stream->wake = stream_on_wake;
    deadline_set(&exchange->http->quiet, &exchange->deadline);
    stream_set_suspended(exchange, true);
    return 0;
}

void stream_on_quiet(Deadline *deadline)
{
    Exchange *exchange = exchange_of_deadline(deadline);
    Shared *comment = shared_new(": still here\n\n", 14);

    stream_write(exchange->stream, comment);
    shared_drop(comment);
}

/* Tells the maker that nobody reads any more. It happens once, whoever notices first: the hang-up, or
 * libmicrohttpd that cannot send. A stream that has ended is not the maker's any more, so the maker of it
 * hears nothing. */
static void stream_tell_gone(Stream *stream)
{
    void (*gone)(void *data) = stream->gone;

    stream->gone = NULL;
    stream->wake = NULL;
    if (!stream->ended && gone)
        gone(stream->data);
    stream->ended = true;
}

/* The connection is woken up to find that it has come to its end. */
void stream_give_up(Exchange *exchange)
{
    if (!exchange->stream)
        return;
    exchange->stage = STAGE_GONE;
    deadline_clear(&exchange->deadline);
    stream_tell_gone(exchange->stream);
    stream_set_suspended(exchange, false);
}

static void stream_on_hangup(void *data)
{
    stream_give_up(data);
}

/* The socket is shut down; the loop comes to stream_on_hangup() by that, and the library to an end of the
 * answer. */
static void stream_on_cut(void *reader)
{
    Exchange *exchange = reader;

    log_warning("watcher_too_slow", log_text("client", exchange->request.forwarded.client),
        log_text("request", exchange->request.id));
    exchange_hang_up(exchange);
}

/* The stream moves from the response to the exchange, because the response is freed now, and the stream
 * is read as long as the connection is. */
struct MHD_Response *stream_attach(Exchange *exchange, Response *response)
{
    struct MHD_Response *prepared =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, stream_on_read, exchange, NULL);

    assert(prepared && !exchange->stream);
    exchange->stream = response->stream;
    response->stream = NULL;
    exchange->stream->reader = exchange;
    exchange->stream->cut = stream_on_cut;
    exchange->hangup = hangup_watch(exchange->http->loop, exchange->fd, stream_on_hangup, exchange);
    return prepared;
}

/* The maker is told if it still writes, so it never writes to a stream that is freed here. */
void stream_detach(Exchange *exchange)
{
    if (!exchange->stream)
        return;
    stream_tell_gone(exchange->stream);
    stream_free(exchange->stream);
    exchange->stream = NULL;
    exchange->suspended = false;
}
