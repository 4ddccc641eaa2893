/* A request is suspended until its time has come, so that ten thousand can wait at once in one thread.
 *
 * libmicrohttpd is never run from inside one of its callbacks, nor once for each request that becomes due:
 * whatever happens marks its port, and before the loop sleeps each marked port runs once.
 *
 * Three things mark a port: its epoll descriptor is ready, a visitor's wait is over, or the sweep comes. The
 * descriptor is libmicrohttpd's own epoll set, which is one descriptor among ours; libmicrohttpd has no loop
 * and no thread here.
 *
 * Several ports exist because one address and port have only some 28,000 numbers for clients of one
 * machine: ten thousand transfers at once, again and again, would run out of them while old connections
 * linger. */
#include "origin/origin.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "origin/request.h"
#include "origin/visitor.h"

enum {
    BACKLOG = 4096,
    DEFER_SECONDS = 5,            /* a connection without a request is accepted after that */
    MAX_CONNECTIONS = 1000000,    /* of a port; the descriptors end earlier */
    MEMORY_PER_CONNECTION = 4096, /* for headers; libmicrohttpd takes 32 KB if nobody says how much */
    IDLE_SECONDS = 60,            /* how long a connection may be silent that waits for nothing */
    SWEEP_MS = 10000,             /* how often libmicrohttpd looks for those */
    LAST_TURNS = 16,              /* of a daemon that is about to be stopped */
};

typedef struct Port {
    Origin *origin;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    bool marked; /* has to run: something was resumed or is ready */
} Port;

struct Origin {
    uv_loop_t *loop;
    PageLimits limits;
    Visitors *visitors;
    uv_prepare_t pump; /* where libmicrohttpd is run, before the loop sleeps */
    uv_idle_t busy;    /* active while a port is marked: the loop must not sleep */
    uv_timer_t sweep;
    int n_ports;
    Port ports[];
};

/* All that callbacks do: the port runs before the loop sleeps. It says nothing about why: libmicrohttpd
 * finds that out itself. */
static void port_mark(Port *port)
{
    port->marked = true;
}

/* The request's wait is over, or its client is gone. request_handle() is called once more for it when the
 * port runs, and finds out which. */
static void port_on_over(Visitor *visitor)
{
    MHD_resume_connection(visitor->connection);
    port_mark(visitor->port);
}

/* Called by libmicrohttpd for each connection at its beginning and at its end. Between the two the
 * visitor is the context of the socket, the same for all requests that come over it. */
static void port_on_connection(
    void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
    Port *port = data;

    switch (code) {
    /* Without memory for a visitor there is none in the context, and the request is refused. */
    case MHD_CONNECTION_NOTIFY_STARTED: {
        int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        Visitor *visitor = visitor_take(port->origin->visitors, fd);

        if (visitor) {
            visitor->port = port;
            visitor->connection = connection;
            visitor->limits = &port->origin->limits;
        }
        *context = visitor;
        break;
    }
    case MHD_CONNECTION_NOTIFY_CLOSED:
        if (*context)
            visitor_give_back(*context);
        *context = NULL;
        break;
    }
}

/* Being active is all that it is for. */
static void origin_on_busy(uv_idle_t *busy)
{
    (void)busy;
}

/* One turn for each marked port. libmicrohttpd does a limited amount in a turn, and what it has left
 * makes no descriptor ready: it only shows as a timeout of 0. Such a port stays marked, and the idle
 * handle keeps the loop from sleeping; without it the rest would wait for the next client. */
static void origin_on_pump(uv_prepare_t *pump)
{
    Origin *origin = pump->data;
    bool busy = false;

    for (int i = 0; i < origin->n_ports; i++) {
        Port *port = &origin->ports[i];
        MHD_UNSIGNED_LONG_LONG timeout;

        if (!port->marked)
            continue;
        MHD_run(port->daemon);
        port->marked = MHD_get_timeout(port->daemon, &timeout) == MHD_YES && timeout == 0;
        busy = busy || port->marked;
    }
    if (busy)
        uv_idle_start(&origin->busy, origin_on_busy);
    else
        uv_idle_stop(&origin->busy);
}

/* The events are not read here: they are libmicrohttpd's. */
static void port_on_ready(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    port_mark(poll->data);
}

/* libmicrohttpd notices that a connection has been silent for too long only when it runs, and with nobody
 * active it would not run. */
static void origin_on_sweep(uv_timer_t *sweep)
{
    Origin *origin = sweep->data;

    for (int i = 0; i < origin->n_ports; i++)
        port_mark(&origin->ports[i]);
}

/* Returns a listening socket on a free port, or a negative errno; sets *ret_port. */
static int port_listen(const char *address, uint16_t *ret_port)
{
    struct sockaddr_storage name = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&name;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&name;
    socklen_t length = sizeof(name);
    auto_close int fd = -1;

    if (uv_ip4_addr(address, 0, ipv4) < 0 && uv_ip6_addr(address, 0, ipv6) < 0)
        return -EINVAL;
    fd = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    /* Without it a client's connect and its request wake this process one after the other, and where CPUs are
     * virtual each wake-up is dear. */
    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &(int){DEFER_SECONDS}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        return -errno;
    *ret_port = ntohs(name.ss_family == AF_INET ? ipv4->sin_port : ipv6->sin6_port);
    return take_fd(&fd);
}

/* MHD_USE_TURBO saves three system calls for each connection: it tries to read before it asks whether there
 * is anything to read, and closes without a shutdown before. */
static int port_open(Origin *origin, Port *port, const char *address, uint16_t *ret_port)
{
    int fd = port_listen(address, ret_port);

    if (fd < 0)
        return fd;
    port->origin = origin;
    port->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        request_handle, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_CONNECTION, port_on_connection,
        port, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_PER_CONNECTION,
        MHD_OPTION_END);
    if (!port->daemon) {
        int r = errno ? -errno : -EIO;

        close(fd);
        return r;
    }
    uv_poll_init(
        origin->loop, &port->poll, MHD_get_daemon_info(port->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
    port->poll.data = port;
    /* An epoll set is readable when one of its members is ready. */
    uv_poll_start(&port->poll, UV_READABLE, port_on_ready);
    return 0;
}

/* A daemon must not be stopped with suspended connections. Those are resumed by now, and are closed when it
 * runs. The number of turns only keeps eager clients from holding it up. */
static void port_close(Port *port)
{
    MHD_UNSIGNED_LONG_LONG timeout;

    uv_close((uv_handle_t *)&port->poll, NULL);
    for (int turn = 0; turn < LAST_TURNS; turn++) {
        MHD_run(port->daemon);
        if (MHD_get_timeout(port->daemon, &timeout) == MHD_NO || timeout > 0)
            break;
    }
    MHD_stop_daemon(port->daemon);
}

/* One block of memory with all ports in it: libuv keeps pointers to their handles, so they must not move. */
static Origin *origin_new(uv_loop_t *loop, const OriginSettings *settings)
{
    Origin *origin = calloc(1, sizeof(*origin) + (size_t)settings->n_ports * sizeof(origin->ports[0]));

    assert(origin);
    origin->loop = loop;
    origin->limits = settings->limits;
    origin->visitors = visitors_new(loop, port_on_over);
    uv_prepare_init(loop, &origin->pump);
    origin->pump.data = origin;
    uv_prepare_start(&origin->pump, origin_on_pump);
    uv_idle_init(loop, &origin->busy);
    uv_timer_init(loop, &origin->sweep);
    origin->sweep.data = origin;
    uv_timer_start(&origin->sweep, origin_on_sweep, SWEEP_MS, SWEEP_MS);
    return origin;
}

int origin_start(uv_loop_t *loop, const OriginSettings *settings, uint16_t *ports, Origin **ret)
{
    Origin *origin = origin_new(loop, settings);

    for (int i = 0; i < settings->n_ports; i++) {
        int r = port_open(origin, &origin->ports[i], settings->address, &ports[i]);

        if (r < 0) {
            origin_stop(origin);
            uv_run(loop, UV_RUN_DEFAULT);
            origin_free(origin);
            return r;
        }
        /* Counted only when it is open, so that origin_stop() closes no port that was never there. */
        origin->n_ports++;
    }
    *ret = origin;
    return 0;
}

/* The visitors are sent away before the ports are closed: all that was suspended is resumed by then, as
 * port_close() requires. */
void origin_stop(Origin *origin)
{
    uv_close((uv_handle_t *)&origin->pump, NULL);
    uv_close((uv_handle_t *)&origin->busy, NULL);
    uv_close((uv_handle_t *)&origin->sweep, NULL);
    visitors_send_away(origin->visitors);
    for (int i = 0; i < origin->n_ports; i++)
        port_close(&origin->ports[i]);
}

void origin_free(Origin *origin)
{
    visitors_free(origin->visitors);
    free(origin);
}
