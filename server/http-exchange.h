/* Private to http*.c, which alone know libmicrohttpd: a connection and the request that it carries.
 *
 * The life of a request, by its stages:
 *
 *     HEADER ──► BODY ──► ANSWERED               answered at once, or refused
 *                 └─────► WAITING ──► ANSWERED   answered later
 *                            └──────► GONE       the client has left meanwhile
 *
 * Then exchange_reset() brings the connection back to HEADER for the next request. An Exchange lives as
 * long as its connection, and belongs to the loop's thread. */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "server/deadline.h"
#include "server/hangup.h"
#include "server/http.h"
#include "server/taken.h"

struct Http {
    uv_loop_t *loop;
    HttpSettings settings;
    HttpHandler handler;
    void *handler_data;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_prepare_t prepare;                /* where MHD_run() is called */
    uv_idle_t busy;                      /* active while the loop must not sleep */
    uv_timer_t timer;                    /* for MHD_get_timeout() */
    Deadlines reading, answering, quiet; /* a connection stands in one of them at most */
    uint64_t id_start, n_requests;       /* what the ids of requests are made of */
    bool pending;                        /* libmicrohttpd has to run before the loop sleeps */
    bool exhausted, resting;             /* it had no descriptor in its last run; poll is stopped therefore */
    bool said_exhausted;
    LIST_HEAD(, Exchange) exchanges; /* one for each connection */
    size_t n_connections;            /* how many these are */
    size_t n_exchanges;              /* requests that have begun and are not answered */
    bool draining, finished;         /* http_stop() was called; libmicrohttpd is stopped */
    uv_timer_t drain;
    void (*stopped)(void *data);
    void *stopped_data;
    int n_open; /* handles that are not closed yet */
};

typedef enum Stage {
    STAGE_HEADER,   /* nothing is known but perhaps the target */
    STAGE_BODY,     /* the header was seen */
    STAGE_WAITING,  /* the handler answers later; suspended */
    STAGE_ANSWERED, /* the answer is with libmicrohttpd, or will be in a moment */
    STAGE_GONE,     /* the client has left while it waited, or while its stream was sent */
} Stage;

/* A connection and the request that it carries at the moment. */
typedef struct Exchange {
    Request request;
    LIST_ENTRY(Exchange) link;
    Http *http;
    struct MHD_Connection *connection;
    int fd;                   /* libmicrohttpd's; to be watched and shut down, not to be closed */
    const char *target_start; /* where libmicrohttpd has the target; not to be read */
    Deadline deadline;
    Stage stage;
    bool counted;        /* in http->n_exchanges: its header was read */
    char *body;          /* owned */
    size_t length, room; /* length counts what was thrown away, too */
    Response *response;  /* made, not sent yet */
    int status;          /* of the answer; 0: there is none */
    Stream *stream;      /* owned; what is being sent, or NULL */
    bool suspended;      /* while the stream has nothing to be sent */
    uint64_t n_taken;    /* bytes that the client had taken when that was looked at last */
    Hangup *hangup;      /* while it waits or is a stream; else NULL */
    char peer[INET6_ADDRSTRLEN];
} Exchange;

/* Return the exchange that a request, or a deadline, is a part of. */
static inline Exchange *exchange_of_request(const Request *request)
{
    return (Exchange *)((char *)request - offsetof(Exchange, request));
}

static inline Exchange *exchange_of_deadline(Deadline *deadline)
{
    return (Exchange *)((char *)deadline - offsetof(Exchange, deadline));
}

/* The connection is shut down, not closed: the descriptor is the library's. It finds an end of file, gives
 * the connection up and closes it, which comes back as exchange_on_connection(). */
static inline void exchange_hang_up(const Exchange *exchange)
{
    shutdown(exchange->fd, SHUT_RDWR);
}

/* libmicrohttpd's callbacks; data is the Http. */
enum MHD_Result exchange_on_request(void *data, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *piece, size_t *length, void **context);
void *exchange_on_target(void *data, const char *target, struct MHD_Connection *connection);
size_t exchange_on_unescape(void *data, struct MHD_Connection *connection, char *text);
void exchange_on_completed(
    void *data, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code);
void exchange_on_connection(
    void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code);

/* Takes its client for one that has left, so that it is not suspended any more and whoever works for it
 * knows. */
void exchange_give_up(Exchange *exchange);

/* Closes a connection that is late. */
void exchange_on_late(Deadline *deadline);

/* Closes one whose client has taken nothing of its answer since this was asked before. */
void exchange_on_unread(Deadline *deadline);

/* Hands the answer over to libmicrohttpd, with the headers that the request has gathered; frees the
 * response unless it is constant. Returns what libmicrohttpd's callback has to return. */
enum MHD_Result answer_queue(Exchange *exchange, Response *response);

/* Writes the answer to the socket, past libmicrohttpd: only for one that has nothing else to say on this
 * connection, and is about to close it. Frees the response, which has no stream. */
void answer_write(Exchange *exchange, Response *response);

/* Takes the stream of a response over and returns what libmicrohttpd makes the answer's body of. */
struct MHD_Response *stream_attach(Exchange *exchange, Response *response);

/* The answer is over, whether it was sent or not; also for an exchange without a stream. */
void stream_detach(Exchange *exchange);

/* Ends a stream before its time; nothing happens to an exchange that is none. */
void stream_give_up(Exchange *exchange);

/* Nothing was sent for a while: writes a comment, which wakes the connection. */
void stream_on_quiet(Deadline *deadline);

/* The memory that libmicrohttpd has for each connection: the text of the header, a record for each of its
 * lines and cookies, and then the header of the answer are all made in it. */
enum { CONNECTION_MEMORY = 32768 };

/* Returns the answer to a request whose header takes too much of that memory, or NULL. */
Response *refuse_size(const Exchange *exchange);

/* Returns the answer to a request that is refused for what its header says, or NULL. */
Response *refuse_header(const Exchange *exchange, const char *method, const char *version);

/* A body that is too large is read and thrown away up to this size: closing the connection with bytes unread
 * could take the answer with it. */
enum { REFUSE_MAX_DISCARDED = 1 << 20 };

/* Returns the answer to a body that is too large. */
Response *refuse_body(int64_t max_body_bytes);

/* Returns the answer to a request that is complete only now that the server has stopped: what a handler would
 * work with is gone. */
Response *refuse_late(void);
