/* Starting goes in one direction: listen, ask the runtime what it can do, start the origin, answer requests.
 * A client that comes too early waits in the socket's backlog.
 *
 * Stopping goes the other way, each step when the one before is over: listen no more; let the running run
 * end, or end it when its grace is over; send what is to be sent; stop the origin. Then nothing is left on
 * the loop and it ends by itself. A second signal takes the grace away, a third the rest. */
#include "server/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/sibling.h"
#include "handlers/app.h"
#include "handlers/routes.h"
#include "server/http.h"
#include "server/listen.h"

enum { DRAIN_MS = 1000 }; /* for the last answers to be read */

typedef struct Server {
    const Config *config;
    uv_loop_t loop;
    char *guard, *origin_program, *runtime;
    json_t *allow;
    RunSettings settings;
    Catalog catalog;
    Origin *origin;
    Queue *queue;
    App app;
    Http *http;
    uv_signal_t terminate, interrupt;
    int n_signals;
} Server;

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "gilscope: %s: %s\n", what, why);
    return -1;
}

/* Each waiting client needs two descriptors, and the soft limit is often 1024. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int find_programs(Server *server)
{
    const char *runtime = server->config->runtimes.c;

    server->guard = sibling_find("guard", "gilscope-guard");
    server->origin_program = sibling_find("origin", "gilscope-origin");
    server->runtime = *runtime ? strdup(runtime) : sibling_find("engine", "gilscope-run");
    if (!server->guard)
        return complain("gilscope-guard", "not found beside this program");
    if (!server->origin_program)
        return complain("gilscope-origin", "not found beside this program");
    if (!server->runtime)
        return complain("gilscope-run", "not found beside this program; or set runtimes.c");
    return 0;
}

static void fill_settings(Server *server)
{
    const Config *config = server->config;

    server->allow = config_allowed(config);
    server->settings = (RunSettings){
        .limits =
            {
                .default_lock = config->lock.policy,
                .default_switch_interval_us = config->lock.switch_interval_us,
                .default_check_interval = config->lock.check_interval,
                .default_timeout_ms = config->limits.timeout_ms,
                .max_timeout_ms = config->limits.max_timeout_ms,
                .max_cells = config->limits.max_cells,
                .max_estimate_ms = config->limits.max_estimate_ms,
                .max_repeat = config->limits.max_repeat,
                .max_tasks = config->limits.max_tasks,
                .allow = config->fetch.allow,
            },
        .max_queue = config->limits.max_queue,
        .origin_ports = config->fetch.origin_ports,
        .tick_ns = config->lock.tick_ns,
        .allow = server->allow,
        .guard = server->guard,
        .origin = server->origin_program,
        .runtime = server->runtime,
    };
}

static void on_http_stopped(void *data)
{
    Server *server = data;

    origin_stop(server->origin);
    queue_free(server->queue);
    uv_close((uv_handle_t *)&server->terminate, NULL);
    uv_close((uv_handle_t *)&server->interrupt, NULL);
}

static void on_idle(void *data)
{
    Server *server = data;

    http_stop(server->http, DRAIN_MS, on_http_stopped, server);
}

static void on_signal(uv_signal_t *handle, int signal_number)
{
    Server *server = handle->data;

    server->n_signals++;
    log_info("stopping", log_number("signal", signal_number), log_number("times", server->n_signals));
    if (server->n_signals > 2)
        _exit(EXIT_FAILURE);
    if (server->n_signals == 1)
        http_stop_listening(server->http);
    queue_stop(server->queue, server->n_signals == 1 ? (uint64_t)server->config->server.grace_ms : 0, on_idle,
        server);
}

static Response *on_request(void *data, Request *request)
{
    return routes_dispatch(data, request);
}

static int open_http(Server *server, int fd)
{
    HttpSettings settings = {
        .max_connections = server->config->server.max_connections,
        .header_timeout_ms = server->config->limits.header_timeout_ms,
        .max_body_bytes = server->config->limits.max_body_bytes,
    };

    server->http = http_start(&server->loop, fd, &settings, on_request, &server->app);
    return server->http ? 0 : complain("http", "libmicrohttpd cannot start");
}

static void watch_signals(Server *server)
{
    uv_signal_init(&server->loop, &server->terminate);
    uv_signal_init(&server->loop, &server->interrupt);
    server->terminate.data = server->interrupt.data = server;
    uv_signal_start(&server->terminate, on_signal, SIGTERM);
    uv_signal_start(&server->interrupt, on_signal, SIGINT);
}

static void greet(const Server *server, int port)
{
    auto_free char *url = listen_url(server->config->server.bind, port);

    printf("gilscope " GILSCOPE_VERSION " listens on %s\n", url);
    printf("try: curl '%srun/countdown?tasks=2&format=table'\n", url);
    fflush(stdout);
    log_info("listening", log_text("address", server->config->server.bind), log_number("port", port));
}

/* Everything up to the first request. */
static int start(Server *server)
{
    int port = 0, fd;
    auto_free char *reason = NULL;

    if (find_programs(server) < 0)
        return -1;
    fd = listen_open(server->config->server.bind, server->config->server.port, &port);
    if (fd < 0) {
        auto_free char *url = listen_url(server->config->server.bind, (int)server->config->server.port);

        return complain(url, fd == -EADDRINUSE ? "the port is in use; choose another one with --set "
                                                 "server.port=N, or 0 for any that is free"
                                               : strerror(-fd));
    }
    fill_settings(server);
    if (catalog_load(&server->loop, &server->settings, &server->catalog, &reason) < 0) {
        close(fd);
        return complain("runtime", reason);
    }
    server->origin = origin_start(&server->loop, &server->settings);
    while (!origin_is_settled(server->origin))
        uv_run(&server->loop, UV_RUN_ONCE);
    server->queue = queue_new(&server->loop, &server->settings, &server->catalog, server->origin);
    app_init(&server->app, GILSCOPE_VERSION, &server->settings, &server->catalog, server->queue);
    if (open_http(server, fd) < 0) {
        origin_stop(server->origin);
        queue_free(server->queue);
        return -1;
    }
    watch_signals(server);
    greet(server, port);
    return 0;
}

int serve(const Config *config)
{
    Server server = {.config = config};
    int r;

    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    uv_loop_init(&server.loop);
    r = start(&server);
    uv_run(&server.loop, UV_RUN_DEFAULT);
    if (r == 0)
        log_info("stopped", log_number("signals", server.n_signals));
    app_finish(&server.app);
    catalog_finish(&server.catalog);
    uv_loop_close(&server.loop);
    json_decref(server.allow);
    free(server.guard);
    free(server.origin_program);
    free(server.runtime);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
