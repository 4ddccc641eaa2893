/* The loop: libmicrohttpd has an epoll set of its own, and its descriptor is one among ours. When it is
 * ready, or when an answer came from outside, `pending` is set, and just before the loop sleeps MHD_run() is
 * called, once for all of it. It is never called from one of its own callbacks.
 *
 *     epoll descriptor ready  ─┐
 *     the timer is over       ─┼─► pending ─► prepare: MHD_run() ─► the loop sleeps, unless busy is active
 *     an answer from outside  ─┘ */
#include "server/http.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/array.h"
#include "base/log.h"
#include "server/http-exchange.h"

enum {
    QUIET_MS = 15000, /* after which a stream with nothing to say says so */
    REST_MS = 100,    /* between two tries to accept when no descriptor is left */
    /* Version 1 then refuses what it would repair. 0.9.75 checks only Host, and answers with a header that
     * comes twice: so http-refuse.c does it. */
    STRICT = MHD_VERSION >= 0x01000000,
};

static void http_on_ready(uv_poll_t *poll, int status, int events)
{
    Http *http = poll->data;

    (void)status;
    (void)events;
    http->pending = true;
}

/* libmicrohttpd has asked to be run again after some time, see MHD_get_timeout(). */
static void http_on_timer(uv_timer_t *timer)
{
    Http *http = timer->data;

    http->pending = true;
}

/* libmicrohttpd tells only in words that no descriptor was left for a connection. Of all its words only these
 * are of interest: the others are about what clients do. */
static void http_on_words(void *data, const char *format, va_list arguments)
{
    Http *http = data;

    (void)arguments;
    if (strstr(format, "resource limit"))
        http->exhausted = true;
}

/* While others are connected, libmicrohttpd listens no more until one of them leaves. With nobody there it
 * would try again at once, for ever, and take a CPU for that: so its events are not looked at for a while. */
static bool http_rests(Http *http)
{
    size_t n = http_n_connections(http);

    if (http->exhausted && !http->said_exhausted) {
        log_error("descriptors_exhausted", log_number("connections", (int64_t)n));
        http->said_exhausted = true;
    }
    http->resting = http->exhausted && n == 0;
    if (!http->resting)
        return false;
    uv_poll_stop(&http->poll);
    uv_idle_stop(&http->busy);
    uv_timer_start(&http->timer, http_on_timer, REST_MS, 0);
    return true;
}

/* While an idle handle is active, the loop asks for events without waiting for them. */
static void http_on_busy(uv_idle_t *busy)
{
    (void)busy;
}

static void http_finish(Http *http);

/* Runs before the loop sleeps, once for everything that happened in this turn. libmicrohttpd has no way to
 * wake the loop that drives it: what a run leaves to do shows in MHD_get_timeout(), or was asked for by a
 * callback, and neither makes its descriptor ready. A loop that slept then would leave somebody unanswered
 * until the next client comes. So pending is cleared before the run, and what is pending again behind it
 * keeps the loop awake. */
static void http_on_prepare(uv_prepare_t *prepare_handle)
{
    Http *http = prepare_handle->data;
    MHD_UNSIGNED_LONG_LONG timeout = 1;

    if (!http->pending)
        return;
    http->pending = http->exhausted = false;
    if (http->resting)
        uv_poll_start(&http->poll, UV_READABLE, http_on_ready);
    MHD_run(http->daemon);
    /* Asked behind the run, as it may have sent the last answer. Asked before, the answer would be cut
     * off. */
    if (http->draining && http->n_exchanges == 0) {
        http_finish(http);
        return;
    }
    if (http_rests(http))
        return;
    /* Each run has its own answer to when the next one is due. */
    uv_timer_stop(&http->timer);
    if (MHD_get_timeout(http->daemon, &timeout) == MHD_YES) {
        if (timeout == 0)
            http->pending = true;
        else
            uv_timer_start(&http->timer, http_on_timer, timeout, 0);
    }
    if (http->pending)
        uv_idle_start(&http->busy, http_on_busy);
    else
        uv_idle_stop(&http->busy);
}

static void http_init_handles(Http *http)
{
    uv_loop_t *loop = http->loop;
    int epoll_fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;

    uv_poll_init(loop, &http->poll, epoll_fd);
    uv_prepare_init(loop, &http->prepare);
    uv_idle_init(loop, &http->busy);
    uv_timer_init(loop, &http->timer);
    uv_timer_init(loop, &http->drain);
    http->poll.data = http->prepare.data = http->busy.data = http->timer.data = http->drain.data = http;
    uv_poll_start(&http->poll, UV_READABLE, http_on_ready);
    uv_prepare_start(&http->prepare, http_on_prepare);
}

Http *http_start(uv_loop_t *loop, int fd, const HttpSettings *settings, HttpHandler handler, void *data)
{
    Http *http = calloc(1, sizeof(*http));

    assert(http);
    http->loop = loop;
    http->settings = *settings;
    http->handler = handler;
    http->handler_data = data;
    http->daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG, 0,
            NULL, NULL, exchange_on_request, http, MHD_OPTION_EXTERNAL_LOGGER, http_on_words, http,
            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)settings->max_connections,
            MHD_OPTION_NOTIFY_CONNECTION, exchange_on_connection, http, MHD_OPTION_NOTIFY_COMPLETED,
            exchange_on_completed, http, MHD_OPTION_STRICT_FOR_CLIENT, STRICT, MHD_OPTION_URI_LOG_CALLBACK,
            exchange_on_target, http, MHD_OPTION_UNESCAPE_CALLBACK, exchange_on_unescape, NULL,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
    if (!http->daemon) {
        close(fd);
        free(http);
        return NULL;
    }
    deadlines_init(&http->reading, loop, (uint64_t)settings->header_timeout_ms, exchange_on_late);
    deadlines_init(&http->answering, loop, (uint64_t)settings->answer_timeout_ms, exchange_on_unread);
    deadlines_init(&http->quiet, loop, QUIET_MS, stream_on_quiet);
    if (getrandom(&http->id_start, sizeof(http->id_start), 0) != sizeof(http->id_start))
        assert(!"the kernel has random bytes");
    http_init_handles(http);
    http->pending = true;
    return http;
}

/* The clients in the backlog are reset; those that are connected may still ask whether the server is ready.
 */
void http_stop_listening(Http *http)
{
    int fd = MHD_quiesce_daemon(http->daemon);

    if (fd >= 0)
        close(fd);
    http->pending = true;
}

/* libmicrohttpd would count them, too, but closes those that are over for that, and may be asked from within
 * one of its own callbacks. */
size_t http_n_connections(const Http *http)
{
    return http->n_connections;
}

/* The last of the handles; nothing of libuv points to http any more. */
static void http_on_closed(uv_handle_t *handle)
{
    Http *http = handle->data;

    if (--http->n_open > 0)
        return;
    http->stopped(http->stopped_data);
    free(http);
}

/* All requests are answered, or their time is over. libmicrohttpd must not be stopped while a connection is
 * suspended: so nobody waits for a run any more when the server is stopped, and who waits for anything else
 * was given up. */
static void http_finish(Http *http)
{
    uv_handle_t *handles[] = {(uv_handle_t *)&http->poll, (uv_handle_t *)&http->prepare,
        (uv_handle_t *)&http->busy, (uv_handle_t *)&http->timer, (uv_handle_t *)&http->drain};

    if (http->finished)
        return;
    http->finished = true;
    uv_poll_stop(&http->poll);
    MHD_stop_daemon(http->daemon);
    http->n_open = ARRAY_LENGTH(handles) + 3;
    for (size_t i = 0; i < ARRAY_LENGTH(handles); i++)
        uv_close(handles[i], http_on_closed);
    deadlines_close(&http->reading, http_on_closed, http);
    deadlines_close(&http->answering, http_on_closed, http);
    deadlines_close(&http->quiet, http_on_closed, http);
}

/* A client that does not read its last answer is not waited for longer, nor an answer that still is not made.
 * libmicrohttpd resumes what was suspended when it runs. */
static void http_on_drained(uv_timer_t *timer)
{
    Http *http = timer->data;
    Exchange *exchange;

    LIST_FOREACH (exchange, &http->exchanges, link)
        exchange_give_up(exchange);
    MHD_run(http->daemon);
    http_finish(http);
}

void http_stop(Http *http, uint64_t drain_ms, void (*stopped)(void *data), void *data)
{
    http->stopped = stopped;
    http->stopped_data = data;
    http->draining = true;
    http->pending = true;
    uv_timer_start(&http->drain, http_on_drained, drain_ms, 0);
}
