/* Starting goes in one direction: listen, ask the engine what it can do, start the origin, answer requests,
 * ask the other runtimes. A client that comes too early waits in the socket's backlog.
 *
 * A signal to stop that comes while it starts cuts short what it waits for: a runtime that is being asked is
 * stopped, and the origin is not waited for.
 *
 * Stopping goes the other way, each step when the one before is over: listen no more; let the running run
 * end, or end it when its grace is over; send what is to be sent; stop the origin. Then nothing is left on
 * the loop and it ends by itself. A second signal takes the grace away, a third the rest.
 *
 * A hang-up (SIGHUP) may be a terminal that was closed: it ends a server that was started from there as
 * SIGTERM does, so that those who wait are answered and finished work is kept. It comes twice, from the shell
 * and from the kernel, so it never takes the grace away. From a shell it may come while the terminal is still
 * there, so that is looked at once more a moment later. Else somebody wants the runtimes to be asked again.
 * nohup ignores SIGHUP, and then it stays ignored. */
#include "server/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "runs/strays.h"
#include "server/config-host.h"
#include "server/lab.h"
#include "server/listen.h"
#include "server/site.h"
#include "server/terminal.h"

enum {
    DRAIN_MS = 1000,    /* for the last answers to be read */
    TERMINAL_MS = 1000, /* for a shell that has sent SIGHUP to end, and its terminal with it */
};

static const int watched_signals[] = {SIGTERM, SIGINT, SIGHUP};
enum { N_SIGNALS = ARRAY_LENGTH(watched_signals) };

typedef struct Server {
    const Config *config;
    Lab lab;
    App app;
    Http *http;
    uv_signal_t signals[N_SIGNALS];
    int n_signals;          /* that counted */
    uv_signal_t deaths;     /* of children, see runs/strays.h */
    bool had_terminal;      /* when it was started */
    uv_timer_t second_look; /* at the terminal */
} Server;

/* Without this the loop would never come to its end. */
static void serve_unwatch_signals(Server *server)
{
    for (size_t i = 0; i < N_SIGNALS; i++)
        uv_close((uv_handle_t *)&server->signals[i], NULL);
    uv_close((uv_handle_t *)&server->deaths, NULL);
    uv_close((uv_handle_t *)&server->second_look, NULL);
}

/* The last client is answered, so nothing can begin any more. */
static void serve_on_http_stopped(void *data)
{
    Server *server = data;

    lab_stop(&server->lab);
    serve_unwatch_signals(server);
}

/* No run is left, and all who waited for one were answered. The board is the last thing that clients
 * still hang on: it ends their streams, as HTTP cannot be stopped while a connection is suspended. */
static void serve_on_idle(void *data)
{
    Server *server = data;

    board_free(server->lab.board);
    http_stop(server->http, DRAIN_MS, serve_on_http_stopped, server);
}

/* The first signal begins the stop, with the grace of the settings; the second calls the same with a
 * grace of 0. */
static void serve_stop(Server *server)
{
    if (server->n_signals == 1)
        http_stop_listening(server->http);
    queue_stop(server->lab.queue, server->n_signals == 1 ? (uint64_t)server->config->server.grace_ms : 0,
        serve_on_idle, server);
}

/* From the third signal on somebody has lost all patience: the process ends at once, and the guards notice
 * that it is gone and end the runs. While the server still starts there is nothing to stop yet but the start.
 */
static void serve_count_signal(Server *server, int signal_number)
{
    server->n_signals++;
    log_info("stopping", log_number("signal", signal_number), log_number("times", server->n_signals));
    if (server->n_signals > 2)
        _exit(EXIT_FAILURE);
    if (server->http)
        serve_stop(server);
    else
        server->lab.cancelled = true;
}

static bool serve_lost_terminal(const Server *server)
{
    return server->had_terminal && !terminal_is_there();
}

static void serve_on_second_look(uv_timer_t *timer)
{
    Server *server = timer->data;

    if (server->n_signals == 0 && serve_lost_terminal(server))
        serve_count_signal(server, SIGHUP);
}

/* While the server still starts, the runtimes are about to be asked anyway. */
static void serve_on_hangup(Server *server)
{
    if (serve_lost_terminal(server)) {
        serve_count_signal(server, SIGHUP);
        return;
    }
    if (server->had_terminal)
        uv_timer_start(&server->second_look, serve_on_second_look, TERMINAL_MS, 0);
    if (server->http && survey_begin(server->lab.survey))
        log_info("asking_again", log_number("signal", SIGHUP));
}

static void serve_on_signal(uv_signal_t *handle, int signal_number)
{
    Server *server = handle->data;

    if (signal_number != SIGHUP)
        serve_count_signal(server, signal_number);
    else if (server->n_signals == 0)
        serve_on_hangup(server);
}

static void serve_on_death(uv_signal_t *handle, int signal_number)
{
    (void)signal_number;
    strays_reap(handle->loop);
}

/* Whether the signal was ignored before we began, as nohup has it. */
static bool signal_is_ignored(int signal_number)
{
    struct sigaction now;

    return sigaction(signal_number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void serve_watch_signals(Server *server)
{
    server->had_terminal = terminal_is_there();
    uv_timer_init(&server->lab.loop, &server->second_look);
    server->second_look.data = server;
    for (size_t i = 0; i < N_SIGNALS; i++) {
        uv_signal_init(&server->lab.loop, &server->signals[i]);
        server->signals[i].data = server;
        if (watched_signals[i] != SIGHUP || !signal_is_ignored(SIGHUP))
            uv_signal_start(&server->signals[i], serve_on_signal, watched_signals[i]);
    }
    uv_signal_init(&server->lab.loop, &server->deaths);
    uv_signal_start(&server->deaths, serve_on_death, SIGCHLD);
}

/* For a person at a terminal, on standard output, with a line that can be copied. It is flushed, because
 * a script that reads it from a pipe waits for exactly this line before it sends a request. Who wants JSON
 * wants nothing else: a container has both outputs in one log. */
static void serve_greet(const Server *server, int port)
{
    auto_free char *url = listen_url(server->config->server.bind, port);
    auto_free char *near_url = listen_url(host_reachable(server->config->server.bind), port);

    if (!log_is_json()) {
        printf("gilscope " GILSCOPE_VERSION " listens on %s\n", url);
        printf("try: curl '%srun/countdown?tasks=2&format=table'\n", near_url);
        fflush(stdout);
    }
    log_info("listening", log_text("address", server->config->server.bind), log_number("port", port));
    if (!host_is_loopback(server->config->server.bind) && *server->config->server.token == '\0')
        log_warning("no_token", log_text("address", server->config->server.bind),
            log_text("setting", "server.token"),
            log_text("risk", "everybody who reaches this address can start runs"));
}

/* Everything up to the first request. The socket is opened before the engine is asked, which takes longest:
 * so a port that is in use is told at once, and a client that comes too early waits instead of being refused.
 */
static int serve_open(Server *server)
{
    Lab *lab = &server->lab;
    int port = 0, fd;

    fd = listen_open(server->config->server.bind, server->config->server.port, &port);
    if (fd < 0) {
        auto_free char *url = listen_url(server->config->server.bind, (int)server->config->server.port);

        return lab_complain(url, fd == -EADDRINUSE ? "the port is in use; choose another one with --set "
                                                     "server.port=N, or 0 for any that is free"
                                                   : strerror(-fd));
    }
    lab->keeps = true;
    if (lab_start(lab, server->config) < 0) {
        close(fd);
        return -1;
    }
    queue_log_archive(lab->queue);
    site_make_app(&server->app, lab, server->config);
    if (!lab->cancelled)
        server->http = site_open(&server->app, lab, server->config, fd);
    if (!server->http) {
        if (lab->cancelled)
            close(fd);
        board_free(lab->board);
        lab_stop(lab);
        return -1;
    }
    survey_begin(lab->survey);
    serve_greet(server, port);
    return 0;
}

/* Signals are watched before anything is started: one that struck the process while the runtime is asked
 * would end it at once, in the middle of things. */
static int serve_start(Server *server)
{
    int r;

    if (lab_init(&server->lab, server->config) < 0)
        return -1;
    serve_watch_signals(server);
    r = serve_open(server);
    if (r < 0)
        serve_unwatch_signals(server);
    return r;
}

static LogLevel serve_log_level(const char *name)
{
    return strcmp(name, "info") == 0      ? LOG_LEVEL_INFO
           : strcmp(name, "warning") == 0 ? LOG_LEVEL_WARNING
                                          : LOG_LEVEL_ERROR;
}

void serve_set_log(const Config *config)
{
    log_set_least(serve_log_level(config->log.level));
    log_set_json(strcmp(config->log.format, "json") == 0);
}

int serve(const Config *config)
{
    Server server = {.config = config};
    int r;

    r = serve_start(&server);

    uv_run(&server.lab.loop, UV_RUN_DEFAULT);
    if (r == 0 || server.n_signals > 0)
        log_info("stopped", log_number("signals", server.n_signals));
    app_finish(&server.app);
    lab_finish(&server.lab);
    /* A start that was told to stop has not failed. */
    return r < 0 && server.n_signals == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
