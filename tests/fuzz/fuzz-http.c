/* The bytes of a connection, through a real socket to the real server with all its routes, in this process
 * and on this thread, so that what they reach is seen and the same bytes reach the same. A client connects,
 * writes them, waits a moment for an answer, closes its side, and reads to the end: the server must close its
 * own. Every 64th time it is asked whether it is alive.
 *
 * A unit separator (0x1f) in the input is a pause: what stands behind it comes when the server has read what
 * stands before. Runs that are accepted are real ones, and small. */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/nsec.h"
#include "server/lab.h"
#include "server/listen.h"
#include "server/site.h"
#include "tests/fuzz/fuzz.h"

enum { PAUSE = 0x1f, PATIENCE_S = 30, EACH = 64, MOST_TURNS = 100 };

typedef struct Server {
    Config config;
    Lab lab;
    App app;
    int port;
} Server;

/* What bounds the work that an input can make. */
static const char *const settings[] = {"archive.path=none", "archive.max_runs=20", "limits.max_estimate_ms=1",
    "limits.max_timeout_ms=200", "limits.timeout_ms=200", "limits.max_tasks=2", "limits.max_repeat=2",
    "limits.max_cells=2", "limits.header_timeout_ms=2000", "server.instructor_token=teachers-token",
    "server.trusted_proxies=127.0.0.1",
    "runtimes.python3=", "runtimes.pypy3=", "runtimes.jython=", "runtimes.ruby="};

static void set_config(Config *config)
{
    auto_problem Problem problem = {0};

    config_init(config);
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        config_set(config, settings[i], &problem);
    if (problem_is_set(&problem))
        problem_print(&problem, stderr);
    assert(problem.status == 0);
}

/* As serve() does it, but for signals and the end: that of the process is the server's. */
static Server *start(void)
{
    static Server server;
    Http *http;
    int fd, r;

    log_set_least(LOG_LEVEL_ERROR);
    set_config(&server.config);
    r = lab_init(&server.lab, &server.config);
    assert(r == 0);
    r = lab_start(&server.lab, &server.config);
    assert(r == 0);
    site_make_app(&server.app, &server.lab, &server.config);
    fd = listen_open("127.0.0.1", 0, &server.port);
    assert(fd >= 0);
    http = site_open(&server.app, &server.lab, &server.config, fd);
    assert(http);
    return &server;
}

static void turn(Server *server)
{
    uv_run(&server->lab.loop, UV_RUN_NOWAIT);
}

/* One that asks. What it is answered is kept as far as there is room. */
typedef struct Client {
    int fd;
    char kept[64];
    size_t length;
} Client;

static int open_connection(const Server *server)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)server->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

    assert(fd >= 0);
    r = connect(fd, (struct sockaddr *)&to, sizeof(to));
    assert(r == 0);
    return fd;
}

/* Reads what there is. Returns whether the server has closed its side. */
static bool read_some(Client *client)
{
    static char bytes[1 << 16];

    for (;;) {
        ssize_t n = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

        if (n == 0 || (n < 0 && errno != EAGAIN))
            return true;
        if (n < 0)
            return false;
        for (ssize_t i = 0; i < n && client->length < sizeof(client->kept) - 1; i++)
            client->kept[client->length++] = bytes[i];
    }
}

/* One that hangs is a finding. */
static void look_at_clock(nsec_t began)
{
    bool late = nsec_now() - began > PATIENCE_S * NSEC_PER_SEC;

    assert(!late);
}

/* Returns whether the server still listens to this connection. */
static bool write_piece(Server *server, Client *client, const uint8_t *piece, size_t length)
{
    nsec_t began = nsec_now();

    while (length > 0) {
        ssize_t n = send(client->fd, piece, length, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno != EAGAIN)
            return false;
        if (n > 0) {
            piece += n;
            length -= (size_t)n;
        }
        look_at_clock(began);
        turn(server);
        if (read_some(client))
            return false;
    }
    return true;
}

static void write_all(Server *server, Client *client, const uint8_t *data, size_t size)
{
    bool listens = true;

    while (size > 0 && listens) {
        const uint8_t *pause = memchr(data, PAUSE, size);
        size_t piece = pause ? (size_t)(pause - data) : size;

        listens = write_piece(server, client, data, piece);
        data += piece + (pause ? 1 : 0);
        size -= piece + (pause ? 1 : 0);
    }
}

static void wait_for_more(const Client *client, int wait_ms)
{
    struct pollfd wanted = {.fd = client->fd, .events = POLLIN};

    poll(&wanted, 1, wait_ms);
}

/* From its first byte to the server's last. One that closes its side has left, and answers that need a moment
 * would never come, so that it waits a little before. */
static void talk(Server *server, Client *client, const uint8_t *data, size_t size)
{
    auto_close int fd = open_connection(server);
    nsec_t began = nsec_now();
    bool is_closed = false;
    int turns = 0;

    client->fd = fd;
    write_all(server, client, data, size);
    for (; turns < MOST_TURNS && client->length == 0 && !is_closed; turns++) {
        turn(server);
        is_closed = read_some(client);
    }
    shutdown(fd, SHUT_WR);
    while (!read_some(client)) {
        turn(server);
        wait_for_more(client, ++turns > 2 * MOST_TURNS ? 1 : 0);
        look_at_clock(began);
    }
}

static void ask_health(Server *server)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    Client client = {0};
    bool alive;

    talk(server, &client, (const uint8_t *)request, strlen(request));
    alive = strncmp(client.kept, "HTTP/1.1 200 ", 13) == 0;
    assert(alive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Server *server;
    static unsigned n;
    Client client = {0};

    if (!server)
        server = start();
    talk(server, &client, data, size);
    if (n++ % EACH == 0)
        ask_health(server);
    return 0;
}
