/* A request is suspended until its time has come, so that ten thousand can wait at once in one thread. Each
 * has a timer; what becomes due in one turn of the loop is resumed together, and each daemon then runs once.
 *
 * libmicrohttpd says nothing about a client that leaves while its connection is suspended. So the socket is
 * also watched in an epoll set of our own, which needs no further descriptor: the hang-up resumes the
 * connection, libmicrohttpd finds it closed, and its descriptor is free again. */
#include "origin/origin.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "origin/page.h"

enum {
    BACKLOG = 4096,
    HANGUPS_AT_ONCE = 256,
    MEMORY_PER_CONNECTION = 4096, /* for headers; libmicrohttpd takes 32 KB if nobody says how much */
};

typedef struct Port {
    Origin *origin;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    bool dirty; /* has to run: something was resumed or is ready */
} Port;

struct Origin {
    uv_loop_t *loop;
    int hangup_fd; /* the epoll set of suspended sockets */
    uv_poll_t hangup;
    uv_prepare_t pump;
    bool stopping;
    int n_ports;
    Port ports[];
};

/* A request from its first sight to its end. */
typedef struct Exchange {
    Port *port;
    struct MHD_Connection *connection;
    int fd;
    bool suspended, timer_open, over;
    uv_timer_t timer;
    PageRequest page;
    char title[PAGE_TITLE_SIZE];
} Exchange;

static enum MHD_Result read_parameter(
    void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    page_request_parameter(data, name, value);
    return MHD_YES;
}

static enum MHD_Result send_response(
    struct MHD_Connection *connection, unsigned status, struct MHD_Response *response, const char *type)
{
    enum MHD_Result r;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    r = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return r;
}

static enum MHD_Result send_page(Exchange *exchange, const char *path)
{
    struct iovec pieces[PAGE_MAX_PIECES];
    unsigned n = page_body(path, (size_t)exchange->page.bytes, exchange->title, pieces);

    /* The title lives in the exchange, which outlives the response. */
    return send_response(exchange->connection, (unsigned)exchange->page.status,
        MHD_create_response_from_iovec((const struct MHD_IoVec *)pieces, n, NULL, NULL), "text/html");
}

static enum MHD_Result send_error(Exchange *exchange, unsigned status, const char *text)
{
    return send_response(exchange->connection, status,
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY), "text/plain");
}

static void mark_dirty(Port *port)
{
    port->dirty = true;
}

static void resume(Exchange *exchange)
{
    if (!exchange->suspended)
        return;
    exchange->suspended = false;
    uv_timer_stop(&exchange->timer);
    epoll_ctl(exchange->port->origin->hangup_fd, EPOLL_CTL_DEL, exchange->fd, NULL);
    MHD_resume_connection(exchange->connection);
    mark_dirty(exchange->port);
}

static void on_due(uv_timer_t *timer)
{
    resume(timer->data);
}

static void on_hangup(uv_poll_t *poll, int status, int events)
{
    Origin *origin = poll->data;
    struct epoll_event found[HANGUPS_AT_ONCE];
    int n = epoll_wait(origin->hangup_fd, found, HANGUPS_AT_ONCE, 0);

    (void)status;
    (void)events;
    for (int i = 0; i < n; i++)
        resume(found[i].data.ptr);
}

static void suspend(Exchange *exchange)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = exchange};
    Origin *origin = exchange->port->origin;

    exchange->suspended = true;
    exchange->fd =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    epoll_ctl(origin->hangup_fd, EPOLL_CTL_ADD, exchange->fd, &event);
    uv_timer_init(origin->loop, &exchange->timer);
    exchange->timer.data = exchange;
    exchange->timer_open = true;
    uv_timer_start(&exchange->timer, on_due, (uint64_t)exchange->page.delay_ms, 0);
    MHD_suspend_connection(exchange->connection);
}

static Exchange *new_exchange(Port *port, struct MHD_Connection *connection)
{
    Exchange *exchange = malloc(sizeof(*exchange));

    if (!exchange)
        return NULL;
    exchange->port = port;
    exchange->connection = connection;
    exchange->suspended = exchange->timer_open = exchange->over = false;
    page_request_init(&exchange->page);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, read_parameter, &exchange->page);
    return exchange;
}

/* The first call only takes the request in: an answer there would close the connection. */
static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *body, size_t *body_size, void **state)
{
    Exchange *exchange = *state;

    (void)version;
    (void)body;
    if (!exchange) {
        *state = new_exchange(data, connection);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*body_size > 0) {
        *body_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return send_error(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    if (exchange->page.error[0])
        return send_error(exchange, MHD_HTTP_BAD_REQUEST, exchange->page.error);
    if (exchange->page.delay_ms > 0 && !exchange->timer_open && !exchange->port->origin->stopping) {
        suspend(exchange);
        return MHD_YES;
    }
    return send_page(exchange, path);
}

static void free_exchange(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_completed(
    void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    Exchange *exchange = *state;

    (void)data;
    (void)connection;
    (void)code;
    *state = NULL;
    if (!exchange)
        return;
    if (exchange->timer_open)
        uv_close((uv_handle_t *)&exchange->timer, free_exchange);
    else
        free(exchange);
}

/* Runs what is dirty, before the loop sleeps. A daemon that is not done at once has another turn. */
static void on_pump(uv_prepare_t *pump)
{
    Origin *origin = pump->data;
    MHD_UNSIGNED_LONG_LONG timeout;

    for (int i = 0; i < origin->n_ports; i++) {
        Port *port = &origin->ports[i];

        while (port->dirty) {
            port->dirty = false;
            MHD_run(port->daemon);
            if (MHD_get_timeout(port->daemon, &timeout) == MHD_YES && timeout == 0)
                port->dirty = true;
        }
    }
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    mark_dirty(poll->data);
}

static int listen_on(const char *address, uint16_t *ret_port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof(name);
    auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return -EINVAL;
    if (bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        return -errno;
    *ret_port = ntohs(name.sin_port);
    return take_fd(&fd);
}

static int open_port(Origin *origin, Port *port, const char *address, uint16_t *ret_port)
{
    int fd = listen_on(address, ret_port);

    if (fd < 0)
        return fd;
    port->origin = origin;
    port->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, port,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, port,
        MHD_OPTION_CONNECTION_LIMIT, 100000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)MEMORY_PER_CONNECTION, MHD_OPTION_END);
    if (!port->daemon) {
        close(fd);
        return -EIO;
    }
    uv_poll_init(
        origin->loop, &port->poll, MHD_get_daemon_info(port->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
    port->poll.data = port;
    uv_poll_start(&port->poll, UV_READABLE, on_ready);
    return 0;
}

int origin_start(uv_loop_t *loop, const char *address, int n_ports, uint16_t *ports, Origin **ret)
{
    Origin *origin = calloc(1, sizeof(*origin) + (size_t)n_ports * sizeof(origin->ports[0]));
    int r;

    assert(origin);
    origin->loop = loop;
    origin->hangup_fd = epoll_create1(EPOLL_CLOEXEC);
    assert(origin->hangup_fd >= 0);
    uv_poll_init(loop, &origin->hangup, origin->hangup_fd);
    origin->hangup.data = origin;
    uv_poll_start(&origin->hangup, UV_READABLE, on_hangup);
    uv_prepare_init(loop, &origin->pump);
    origin->pump.data = origin;
    uv_prepare_start(&origin->pump, on_pump);
    for (int i = 0; i < n_ports; i++) {
        r = open_port(origin, &origin->ports[i], address, &ports[i]);
        if (r < 0) {
            origin_stop(origin);
            return r;
        }
        origin->n_ports++;
    }
    *ret = origin;
    return 0;
}

/* MHD_stop_daemon must not meet a suspended connection. There is no list of them: whoever stops the origin
 * ends its process, and the kernel closes what is open. */
void origin_stop(Origin *origin)
{
    origin->stopping = true;
    uv_prepare_stop(&origin->pump);
    uv_poll_stop(&origin->hangup);
    for (int i = 0; i < origin->n_ports; i++)
        uv_poll_stop(&origin->ports[i].poll);
}
