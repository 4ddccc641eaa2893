/* HTTP over libmicrohttpd, driven by the loop: requests in, responses out. What a request means is not known
 * here.
 *
 * libmicrohttpd answers some things by itself, with a page of HTML instead of problem details; docs/http.md
 * lists them. Version 0.9.75 sends the header of some of these pages twice and closes. They are in the log as
 * request_unreadable, and in no metric.
 *
 * The struct Request that a handler gets is part of the connection. It is valid until its answer is given
 * or gone() was called. All calls and callbacks are in the loop's thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "handlers/request.h"
#include "handlers/response.h"

typedef struct Http Http;

typedef struct HttpSettings {
    int64_t max_connections; /* more wait, in the kernel's backlog, until one is closed; near this many, those
                              * that have been silent longest are closed for new ones */
    int64_t header_timeout_ms; /* for a request's header, from the connection's start or the last answer;
                                * again for its body */
    int64_t answer_timeout_ms; /* for a client to take something of its answer, again and again */
    int64_t max_body_bytes;
    const char *trusted_proxies; /* server.trusted_proxies, which outlives the server; "": none */
    /* Called when a request is over, with the status of its answer, 0 if there was none because the client
     * had left; NULL: not wanted. data is the handler's. */
    void (*answered)(void *data, const Request *request, int status);
} HttpSettings;

/* Returns the answer to the request, or NULL if request->answer() follows. */
typedef Response *(*HttpHandler)(void *data, Request *request);

/* Serves on a listening socket, which is taken over; the settings are copied. handler(data, request) is
 * called from the loop for each request that is complete and not refused before. Returns NULL if
 * libmicrohttpd cannot start; the socket is closed then. */
Http *http_start(uv_loop_t *loop, int fd, const HttpSettings *settings, HttpHandler handler, void *data);

/* Closes the listening socket; the connections that there are go on, and may send further requests. */
void http_stop_listening(Http *http);

/* Connections that are open now. */
size_t http_n_connections(const Http *http);

/* Waits until all requests are answered, at most drain_ms, closes everything and calls stopped() from the
 * loop; http is gone then. A request that has no answer by that time, and a stream without its end, is told
 * gone(). */
void http_stop(Http *http, uint64_t drain_ms, void (*stopped)(void *data), void *data);
