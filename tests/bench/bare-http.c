/* The floor for the server: libmicrohttpd in an external epoll loop, driven by libuv, one persistent answer:
 * the bytes of the file that is its argument. Nothing is looked at and nothing can go wrong. Prints where it
 * listens and serves until it is ended. */
#include <assert.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <uv.h>

#include "base/text.h"

enum { MAX_BODY = 16 << 20 };

static struct MHD_Daemon *server;
static struct MHD_Response *response;
static uv_idle_t busy;
static bool pending = true;

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *piece, size_t *length, void **context)
{
    (void)data;
    (void)url;
    (void)method;
    (void)version;
    (void)piece;
    (void)length;
    if (!*context) {
        *context = &server;
        return MHD_YES;
    }
    *context = NULL;
    return MHD_queue_response(connection, 200, response);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    (void)poll;
    (void)status;
    (void)events;
    pending = true;
}

static void on_busy(uv_idle_t *idle)
{
    (void)idle;
}

static void on_prepare(uv_prepare_t *prepare)
{
    MHD_UNSIGNED_LONG_LONG timeout;

    (void)prepare;
    if (!pending)
        return;
    MHD_run(server);
    pending = MHD_get_timeout(server, &timeout) == MHD_YES && timeout == 0;
    if (pending)
        uv_idle_start(&busy, on_busy);
    else
        uv_idle_stop(&busy);
}

int main(int argc, char **argv)
{
    char *body = NULL;
    size_t length = 0;
    uv_loop_t *loop = uv_default_loop();
    uv_poll_t poll;
    uv_prepare_t prepare;

    if (argc != 2 || text_read_file(argv[1], MAX_BODY, &body, &length) < 0) {
        fprintf(stderr, "usage: bare-http FILE\n");
        return 2;
    }
    response = MHD_create_response_from_buffer(length, body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    server = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO, 0, NULL, NULL, on_request, NULL,
        MHD_OPTION_CONNECTION_LIMIT, 2000U, MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096U, MHD_OPTION_END);
    assert(server);
    printf("http://127.0.0.1:%d/\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    uv_poll_init(loop, &poll, MHD_get_daemon_info(server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
    uv_poll_start(&poll, UV_READABLE, on_ready);
    uv_prepare_init(loop, &prepare);
    uv_prepare_start(&prepare, on_prepare);
    uv_idle_init(loop, &busy);
    return uv_run(loop, UV_RUN_DEFAULT);
}
