/* gilscope-origin: a slow HTTP server on loopback, so that fetch teaches without the Internet. It says where
 * it listens in one line of JSON and ends when its standard input does, so it never outlives its owner. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/number.h"
#include "origin/origin.h"

enum { MAX_PORTS = 64, EXIT_USAGE = 2 };

typedef struct Options {
    int64_t n_ports;
    const char *address;
} Options;

static void print_usage(FILE *file)
{
    fprintf(file,
        "usage: gilscope-origin [--ports=N] [--bind=ADDRESS]\n\n"
        "Serves GET /ANYTHING?delay_ms=200&bytes=1024&status=200, answered after the delay.\n"
        "  --ports=N       how many free ports to listen on, 1 to %d; 8 if not given\n"
        "  --bind=ADDRESS  an IPv4 address; 127.0.0.1 if not given\n"
        "Ends when its standard input does.\n",
        MAX_PORTS);
}

/* Returns 0, or the status to exit with. */
static int read_option(Options *options, const char *argument)
{
    if (strncmp(argument, "--bind=", 7) == 0) {
        options->address = argument + 7;
        return 0;
    }
    if (strncmp(argument, "--ports=", 8) == 0) {
        if (number_parse(argument + 8, strlen(argument + 8), &options->n_ports) == 0 &&
            options->n_ports >= 1 && options->n_ports <= MAX_PORTS)
            return 0;
        fprintf(stderr, "gilscope-origin: %s: must be a whole number from 1 to %d\n", argument, MAX_PORTS);
        return EXIT_USAGE;
    }
    fprintf(stderr, "gilscope-origin: %s: unknown option\n\n", argument);
    print_usage(stderr);
    return EXIT_USAGE;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void on_input(uv_poll_t *poll, int status, int events)
{
    char ignored[256];
    ssize_t n = read(STDIN_FILENO, ignored, sizeof(ignored));

    (void)events;
    if (status == 0 && (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))))
        return;
    uv_stop(poll->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    uv_stop(handle->loop);
}

static void announce(const uint16_t *ports, int64_t n)
{
    printf("{\"event\":\"ready\",\"pid\":%d,\"ports\":[", (int)getpid());
    for (int64_t i = 0; i < n; i++)
        printf("%s%u", i > 0 ? "," : "", ports[i]);
    printf("]}\n");
    fflush(stdout);
}

/* A file or /dev/null as input cannot be polled: then only a signal ends the origin. */
static void watch_end(uv_loop_t *loop, uv_poll_t *input, uv_signal_t signals[2])
{
    if (uv_poll_init(loop, input, STDIN_FILENO) == 0)
        uv_poll_start(input, UV_READABLE | UV_DISCONNECT, on_input);
    uv_signal_init(loop, &signals[0]);
    uv_signal_start(&signals[0], on_signal, SIGTERM);
    uv_signal_init(loop, &signals[1]);
    uv_signal_start(&signals[1], on_signal, SIGINT);
}

int main(int argc, char **argv)
{
    Options options = {.n_ports = 8, .address = "127.0.0.1"};
    uint16_t ports[MAX_PORTS];
    uv_signal_t signals[2];
    Origin *origin;
    uv_poll_t input;
    uv_loop_t loop;
    int r;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("gilscope-origin %s\n", GILSCOPE_VERSION) < 0;
    for (int i = 1; i < argc; i++) {
        r = read_option(&options, argv[i]);
        if (r != 0)
            return r;
    }
    raise_descriptor_limit();
    uv_loop_init(&loop);
    r = origin_start(&loop, options.address, (int)options.n_ports, ports, &origin);
    if (r < 0) {
        fprintf(stderr, "gilscope-origin: cannot listen on %s: %s\n", options.address, strerror(-r));
        return 1;
    }
    announce(ports, options.n_ports);
    watch_end(&loop, &input, signals);
    uv_run(&loop, UV_RUN_DEFAULT);
    origin_stop(origin);
    return 0;
}
