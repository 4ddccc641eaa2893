/* A connection and the request that it carries: from libmicrohttpd's calls to a Request and back.
 *
 * libmicrohttpd calls exchange_on_request() several times for each request. The first call shows the header
 * only (answering there would close the connection afterwards, so it is done for refusals only), then it
 * hands over the body in pieces, then it wants the answer. If that comes later, the connection is suspended;
 * exchange_answer() resumes it, and exchange_on_request() is called once more.
 *
 * Nothing here runs libmicrohttpd: whatever changes something that it has to see sets http->pending, and
 * http.c runs it when none of its callbacks is on the stack any more. */
#include "server/http-exchange.h"

#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "handlers/forwarded.h"

enum {
    KEPT_FREE = 16,  /* of so many places one is kept free of silent connections */
    GIVEN_UP_S = 60, /* long enough never to pass */
};

/* From now on the deadline is the client's for reading the answer. */
static enum MHD_Result exchange_send(Exchange *exchange, Response *response)
{
    exchange->stage = STAGE_ANSWERED;
    deadline_set(&exchange->http->answering, &exchange->deadline);
    return answer_queue(exchange, response);
}

/* The answer to a request that has taken the memory in which the header of an answer would be made, or whose
 * body does not end: libmicrohttpd would close the connection without a word. So it is written past it, and
 * MHD_NO closes the connection behind it. */
static enum MHD_Result exchange_send_anyway(Exchange *exchange, Response *response)
{
    exchange->stage = STAGE_ANSWERED;
    answer_write(exchange, response);
    return MHD_NO;
}

/* Keeps a piece of the body. Returns false if the client sends so much that it is not worth reading on.
 * The room doubles, so that a body of many pieces is not copied once for each; of one that is too large
 * only the length is counted, so that the answer can say so when the client has finished. Many clients
 * read no answer before they have sent everything. */
static bool exchange_keep(Exchange *exchange, const char *piece, size_t length)
{
    size_t max = (size_t)exchange->http->settings.max_body_bytes;

    if (exchange->length + length > exchange->room && exchange->length + length <= max) {
        exchange->room =
            exchange->length + length > 2 * exchange->room ? exchange->length + length : 2 * exchange->room;
        exchange->body = realloc(exchange->body, exchange->room);
        assert(exchange->body);
    }
    if (exchange->length + length <= max)
        memcpy(exchange->body + exchange->length, piece, length);
    exchange->length += length;
    return exchange->length <= (max > REFUSE_MAX_DISCARDED ? max : REFUSE_MAX_DISCARDED);
}

/* The client has left while it waited for its answer. The handler is told, and may end the run. A
 * suspended connection can only be closed by resuming it and refusing to answer: the stage makes
 * exchange_on_request() do that. */
static void exchange_on_hangup(void *data)
{
    Exchange *exchange = data;

    exchange->stage = STAGE_GONE;
    exchange->request.gone(&exchange->request);
    MHD_resume_connection(exchange->connection);
    exchange->http->pending = true;
}

void exchange_give_up(Exchange *exchange)
{
    if (exchange->stage == STAGE_WAITING)
        exchange_on_hangup(exchange);
    else
        stream_give_up(exchange);
}

/* A handler's answer that comes later. If it comes before the handler has returned, nothing is suspended
 * yet, and exchange_call_handler() finds it. Else the watch for a hang-up is ended before the connection
 * is resumed: a client that leaves from now on is libmicrohttpd's affair, and the handler must hear no
 * gone() after its answer. */
static void exchange_answer(Request *request, Response *response)
{
    Exchange *exchange = exchange_of_request(request);

    assert(exchange->stage != STAGE_GONE && !exchange->response);
    exchange->response = response;
    if (exchange->stage != STAGE_WAITING)
        return;
    exchange->stage = STAGE_ANSWERED;
    hangup_stop(exchange->hangup);
    exchange->hangup = NULL;
    MHD_resume_connection(exchange->connection);
    exchange->http->pending = true;
}

/* The whole request is here, and its deadline is over: from now on it is the server that takes its time.
 * Three ways on: a refusal, an answer at once, or a wait, for which the connection is suspended and its
 * socket watched. */
static enum MHD_Result exchange_call_handler(Exchange *exchange)
{
    Http *http = exchange->http;
    Response *response = refuse_size(exchange); /* again, for what stood behind a chunked body */

    deadline_clear(&exchange->deadline);
    if (response)
        return exchange_send_anyway(exchange, response);
    if (exchange->length > (size_t)http->settings.max_body_bytes)
        return exchange_send(exchange, refuse_body(http->settings.max_body_bytes));
    if (http->draining)
        return exchange_send(exchange, refuse_late());
    exchange->request.body = exchange->body;
    exchange->request.body_length = exchange->length;
    response = http->handler(http->handler_data, &exchange->request);
    if (!response)
        response = exchange->response;
    exchange->response = NULL;
    if (response)
        return exchange_send(exchange, response);
    exchange->stage = STAGE_WAITING;
    MHD_suspend_connection(exchange->connection);
    exchange->hangup = hangup_watch(http->loop, exchange->fd, exchange_on_hangup, exchange);
    return MHD_YES;
}

static const char *exchange_header(const Request *request, const char *name)
{
    const Exchange *exchange = exchange_of_request(request);

    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

/* One list that grows by each line of the name. */
typedef struct HeaderList {
    const char *name;
    char *text; /* NULL: none yet */
} HeaderList;

static enum MHD_Result list_on_header(
    void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    HeaderList *list = data;
    auto_free char *before = NULL;

    (void)kind;
    if (strcasecmp(name, list->name) != 0)
        return MHD_YES;
    before = list->text;
    list->text = text_printf("%s%s%s", before ? before : "", before ? ", " : "", value ? value : "");
    return MHD_YES;
}

static char *exchange_header_list(const Request *request, const char *name)
{
    const Exchange *exchange = exchange_of_request(request);
    HeaderList list = {.name = name};

    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, list_on_header, &list);
    return list.text;
}

/* The id stands in the log and in the answer, so that the two can be brought together.
 * A proxy or a client may have named the request already; what it says must be fit for a log. */
static void exchange_name_request(Exchange *exchange)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    enum { MAX_ID = 64 };
    const char *given = exchange_header(&exchange->request, "X-Request-ID");
    Http *http = exchange->http;

    if (given && *given && strlen(given) <= MAX_ID && given[strspn(given, allowed)] == '\0')
        strcpy(exchange->request.id, given);
    else
        snprintf(exchange->request.id, sizeof(exchange->request.id), "%08" PRIx32 "-%06" PRIx64,
            (uint32_t)http->id_start, ++http->n_requests);
}

/* The header is here. What can be refused by it is refused now, before a body is read. Also a refused
 * request gets its id, is counted and stands in the log: those who probe a server should be seen. */
static enum MHD_Result exchange_begin(Exchange *exchange, const char *method, const char *version)
{
    Response *refusal = refuse_size(exchange);
    bool is_large = refusal != NULL;

    if (!refusal)
        refusal = refuse_header(exchange, method, version);
    exchange->request.began = nsec_now();
    exchange_name_request(exchange);
    forwarded_read(&exchange->request, exchange->http->settings.trusted_proxies);
    exchange->stage = STAGE_BODY;
    exchange->counted = true;
    exchange->request.method = method_from_name(method);
    exchange->http->n_exchanges++;
    if (refusal)
        return is_large ? exchange_send_anyway(exchange, refusal) : exchange_send(exchange, refusal);
    deadline_set(&exchange->http->reading, &exchange->deadline);
    return MHD_YES;
}

enum MHD_Result exchange_on_request(void *data, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *piece, size_t *length, void **context)
{
    Exchange *exchange = *context;
    Response *response;

    (void)data;
    (void)connection;
    (void)url;
    switch (exchange->stage) {
    case STAGE_HEADER:
        return exchange_begin(exchange, method, version);
    case STAGE_BODY:
        if (*length == 0)
            return exchange_call_handler(exchange);
        if (!exchange_keep(exchange, piece, *length))
            return exchange_send_anyway(exchange, refuse_body(exchange->http->settings.max_body_bytes));
        *length = 0;
        return MHD_YES;
    case STAGE_WAITING:
        return MHD_YES;
    case STAGE_ANSWERED:
        /* Resumed: the handler's answer is here. */
        response = exchange->response;
        exchange->response = NULL;
        return response ? exchange_send(exchange, response) : MHD_NO;
    case STAGE_GONE:
        return MHD_NO;
    }
    assert(!"an exchange is in one of these stages");
}

static Exchange *exchange_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The request line is here; what is returned becomes the context of on_request(). The library decodes the
 * target too, but loses what stands behind a NUL.
 *
 * The query is cut off in the library's buffer, which it is about to change itself. It would parse it for
 * nobody, and take 64 bytes of the connection's memory for each parameter; version 0.9.75 forgets the request
 * when they do not fit, so that a URL of 1 KB, with 500 parameters, would get no answer until the deadline
 * closes it. */
void *exchange_on_target(void *data, const char *target, struct MHD_Connection *connection)
{
    Exchange *exchange = exchange_of(connection);
    size_t path_length = strcspn(target, "?");

    (void)data;
    free(exchange->request.target);
    exchange->target_start = target;
    exchange->request.target = strdup(target);
    assert(exchange->request.target);
    /* Our own copy above has the whole of it. */
    if (target[path_length] == '?')
        ((char *)target)[path_length + 1] = '\0';
    return exchange;
}

/* Leaves the path as it is: request_split_target() decodes our own copy. Version 1 of the library would
 * refuse a bad percent-escape and an escaped NUL by itself, in HTML. */
size_t exchange_on_unescape(void *data, struct MHD_Connection *connection, char *text)
{
    (void)data;
    (void)connection;
    return strlen(text);
}

/* Makes the exchange ready for the next request of its connection. */
static void exchange_reset(Exchange *exchange)
{
    hangup_stop(exchange->hangup);
    stream_detach(exchange);
    response_free(exchange->response);
    free(exchange->request.target);
    free(exchange->body);
    exchange->request = (Request){.header = exchange_header,
        .header_list = exchange_header_list,
        .answer = exchange_answer,
        .peer = exchange->peer};
    exchange->stage = STAGE_HEADER;
    exchange->counted = false;
    exchange->status = 0;
    exchange->body = NULL;
    exchange->length = exchange->room = 0;
    exchange->response = NULL;
    exchange->hangup = NULL;
}

/* The request was answered or has failed; called for each on_target(). Also a request that nobody could
 * read passes here, with nothing counted. A handler that still waits is told that its client is gone,
 * before the request's memory is used for the next one. */
void exchange_on_completed(
    void *data, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
    Http *http = data;
    Exchange *exchange = exchange_of(connection);

    /* It was the context of this request; the connection has one of its own. */
    *context = NULL;
    if (!exchange->counted && code == MHD_REQUEST_TERMINATED_WITH_ERROR)
        log_info("request_unreadable", log_text("client", exchange->peer));
    if (exchange->stage == STAGE_WAITING)
        exchange->request.gone(&exchange->request);
    if (exchange->counted && http->settings.answered)
        http->settings.answered(http->handler_data, &exchange->request, exchange->status);
    http->n_exchanges -= exchange->counted;
    /* After a failure the connection is given up in the next run, if somebody asks for one; but one that was
     * suspended only if it is the oldest of all, or has a time-out of its own, so it gets one. Version 0.9.75
     * would else keep its place as long as an older connection stays, and a server that is full would be
     * deaf. */
    if (code == MHD_REQUEST_TERMINATED_WITH_ERROR)
        MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, GIVEN_UP_S);
    if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK || http->draining)
        http->pending = true;
    exchange_reset(exchange);
    /* The time for the next header begins with the end of the last answer: a connection that only stays
     * open is closed some day, too. */
    deadline_set(&http->reading, &exchange->deadline);
}

/* An IPv4 client of an IPv6 socket is named as what it is. */
static void exchange_name_peer(Exchange *exchange)
{
    const struct sockaddr *address =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    const struct in6_addr *long_address;

    if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, exchange->peer,
            sizeof(exchange->peer));
        return;
    }
    long_address = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(long_address))
        inet_ntop(AF_INET, long_address->s6_addr + 12, exchange->peer, sizeof(exchange->peer));
    else
        inet_ntop(AF_INET6, long_address, exchange->peer, sizeof(exchange->peer));
}

/* Near the limit, one that has said nothing for long makes room for one that has just come: else a thousand
 * connections that are open and silent would keep everybody else waiting until their time is over. Of those
 * that are not silent the one goes whose answer has been on its way longest. Those who watch or wait stay;
 * there are never so many of them, see handlers/audience.h. */
static void exchange_make_room(Http *http)
{
    int64_t n = (int64_t)http->n_connections, most = http->settings.max_connections;
    Deadline *first = deadlines_first(&http->reading);

    if (!first)
        first = deadlines_first(&http->answering);
    if (n <= most - most / KEPT_FREE || !first)
        return;
    log_info("connection_given_up", log_text("client", exchange_of_deadline(first)->peer));
    deadline_clear(first);
    exchange_hang_up(exchange_of_deadline(first));
}

/* While a limit is reached, of connections or of descriptors, libmicrohttpd takes the listening socket out of
 * its epoll set, and only looks whether to put it back at the beginning of a run. A connection is cleaned up
 * at the end of one. If no event came after that, the server would be deaf: for ever when it was the last
 * connection, until the next event of another one when it was not. So each end of a connection asks for one
 * more run. */
void exchange_on_connection(
    void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
    Http *http = data;
    Exchange *exchange = *context;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        deadline_clear(&exchange->deadline);
        exchange_reset(exchange);
        LIST_REMOVE(exchange, link);
        http->n_connections--;
        free(exchange);
        *context = NULL;
        http->pending = true;
        return;
    }
    exchange = calloc(1, sizeof(*exchange));
    assert(exchange);
    exchange->http = http;
    exchange->connection = connection;
    exchange->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    LIST_INSERT_HEAD(&http->exchanges, exchange, link);
    http->n_connections++;
    exchange_name_peer(exchange);
    exchange_reset(exchange);
    exchange_make_room(http);
    deadline_set(&http->reading, &exchange->deadline);
    *context = exchange;
}

void exchange_on_late(Deadline *deadline)
{
    exchange_hang_up(exchange_of_deadline(deadline));
}

/* A deadline for the whole answer would cut off everybody who is slow, however steadily they read. So what
 * counts is whether the client's side has confirmed anything meanwhile. The count goes over all answers of
 * the connection, and is not looked at when an answer begins: that would be a call of the kernel for each. So
 * the first time may find what was confirmed before, and gives one more time. */
void exchange_on_unread(Deadline *deadline)
{
    Exchange *exchange = exchange_of_deadline(deadline);
    uint64_t n_taken = taken_bytes(exchange->fd);

    if (n_taken == exchange->n_taken) {
        exchange_hang_up(exchange);
        return;
    }
    exchange->n_taken = n_taken;
    deadline_set(&exchange->http->answering, deadline);
}
