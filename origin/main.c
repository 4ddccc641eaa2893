/* gilscope-origin: a slow HTTP server on loopback, so that fetch teaches without the Internet. It says where
 * it listens in one line of JSON and ends when its standard input does, so it never outlives its owner.
 *
 * Standard input is its lifeline. The owner holds the other end of a pipe; when the owner ends in
 * whatever way, the kernel closes that end, and this process reads the end of file. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/descriptors.h"
#include "base/streams.h"
#include "origin/origin-options.h"
#include "origin/origin.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* What tells us to end. */
typedef struct End {
    uv_poll_t input;
    uv_signal_t interrupt, terminate;
} End;

/* What is written to us means nothing; only that there will be no more does. */
static void end_on_input(uv_poll_t *poll, int status, int events)
{
    char ignored[256];
    ssize_t n = read(STDIN_FILENO, ignored, sizeof(ignored));

    (void)events;
    if (status == 0 && (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))))
        return;
    uv_stop(poll->loop);
}

/* A signal does the same as the end of the input; nobody waits for what is still delayed. */
static void end_on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    uv_stop(handle->loop);
}

static void end_watch_signal(uv_loop_t *loop, uv_signal_t *handle, int number)
{
    uv_signal_init(loop, handle);
    uv_signal_start(handle, end_on_signal, number);
}

/* Returns false if the input cannot be waited for: a file or /dev/null, which have an end already. */
static bool end_watch(uv_loop_t *loop, End *end)
{
    end_watch_signal(loop, &end->interrupt, SIGINT);
    end_watch_signal(loop, &end->terminate, SIGTERM);
    if (uv_poll_init(loop, &end->input, STDIN_FILENO) < 0)
        return false;
    uv_poll_start(&end->input, UV_READABLE | UV_DISCONNECT, end_on_input);
    return true;
}

/* Whatever is left on the loop, so that the loop can end. Handles that are on their way out already are
 * left alone: closing twice is an error. */
static void origin_close_handle(uv_handle_t *handle, void *data)
{
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* The one line that the owner reads. It is flushed at once: in a pipe, standard output is written only
 * when its buffer is full. */
static int origin_announce(const uint16_t *ports, int64_t n)
{
    printf("{\"event\":\"ready\",\"pid\":%d,\"ports\":[", (int)getpid());
    for (int64_t i = 0; i < n; i++)
        printf("%s%u", i > 0 ? "," : "", ports[i]);
    printf("]}\n");
    return fflush(stdout) == 0 ? 0 : -errno;
}

/* The order at the end matters: origin_stop() ends all connections and begins to close the handles,
 * uv_walk() closes the rest, the loop runs until libuv has let go of all of them, and only then may their
 * memory be freed. */
static int origin_serve(uv_loop_t *loop, const OriginOptions *options)
{
    const OriginSettings settings = {
        .address = options->address,
        .n_ports = (int)options->n_ports,
        .limits = {.max_delay_ms = options->max_delay_ms, .max_bytes = options->max_bytes},
    };
    uint16_t ports[ORIGIN_MAX_PORTS];
    bool has_input;
    Origin *origin;
    End end;
    int r = origin_start(loop, &settings, ports, &origin);

    if (r < 0) {
        fprintf(stderr, "gilscope-origin: cannot listen on %s: %s\n", options->address, strerror(-r));
        return EXIT_FAILED;
    }
    /* Before anybody knows of us: the end may be told at once. */
    has_input = end_watch(loop, &end);
    r = origin_announce(ports, options->n_ports);
    if (r < 0)
        fprintf(stderr, "gilscope-origin: cannot say where it listens: %s\n", strerror(-r));
    else if (has_input)
        uv_run(loop, UV_RUN_DEFAULT);
    origin_stop(origin);
    uv_walk(loop, origin_close_handle, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    origin_free(origin);
    return r < 0 ? EXIT_FAILED : 0;
}

int main(int argc, char **argv)
{
    OriginOptions options;
    uv_loop_t loop;
    int status;

    (void)argc;
    streams_fill();
    if (origin_options_parse(&options, argv) < 0)
        return EXIT_USAGE;
    if (options.help) {
        origin_options_help();
        return 0;
    }
    if (options.version)
        return printf("gilscope-origin %s\n", GILSCOPE_VERSION) < 0;
    descriptors_raise();
    /* A client that leaves while it is answered is an error of a write, not the end of this process. */
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    status = origin_serve(&loop, &options);
    uv_loop_close(&loop);
    return status;
}
