/* The server at its limits: connections, descriptors. Whoever has to wait comes in as soon as there is room,
 * and however much comes at once, the server is there afterwards. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

/* The idle connections of a test stay open until it closes them itself. */
#define PATIENT "limits.header_timeout_ms=600000"
#define EIGHT "server.max_connections=8"

enum { N_EIGHT = 8, N_DESCRIPTORS = 72, N_CROWD = 60 };

static ApiServer server;

/* Asks over a connection that stays open. */
static int ask_health(void)
{
    return api_send(&server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

static void assert_answered(int fd)
{
    char answer[512] = "";

    ck_assert_int_gt(recv(fd, answer, sizeof(answer) - 1, 0), 0);
    ck_assert_msg(strncmp(answer, "HTTP/1.1 200 ", 13) == 0, "%s", answer);
}

/* What happens meanwhile, the server sees all at once. */
static void pause_server(void)
{
    int status;

    ck_assert_int_eq(kill(server.pid, SIGSTOP), 0);
    ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
    ck_assert(WIFSTOPPED(status));
}

START_TEST(when_all_connections_end_at_once_the_next_is_accepted)
{
    int fds[N_EIGHT];

    api_server_start(&server, EIGHT, PATIENT, NULL);
    for (int i = 0; i < N_EIGHT; i++) {
        fds[i] = ask_health();
        assert_answered(fds[i]);
    }
    pause_server();
    for (int i = 0; i < N_EIGHT; i++)
        close(fds[i]);
    ck_assert_int_eq(kill(server.pid, SIGCONT), 0);
    fds[0] = ask_health();
    assert_answered(fds[0]);
    close(fds[0]);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The next heartbeat would let the waiting client in, too: so it must not have come before the answer. */
START_TEST(when_one_of_the_watchers_leaves_who_waits_comes_in)
{
    ApiStream streams[N_EIGHT];
    int fd;

    api_server_start(&server, EIGHT, PATIENT, NULL);
    for (int i = 0; i < N_EIGHT; i++)
        api_stream_open(&streams[i], &server, "/events", "");
    fd = ask_health();
    api_stream_close(&streams[0]);
    assert_answered(fd);
    for (int i = 1; i < N_EIGHT; i++) {
        char text[4096] = "";

        recv(streams[i].fd, text, sizeof(text) - 1, MSG_DONTWAIT);
        ck_assert_msg(!strstr(text, ": still here"), "it came in with the heartbeat only");
        api_stream_close(&streams[i]);
    }
    close(fd);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Limits the server, which inherits it; this process needs as many. */
static void limit_descriptors(void)
{
    const struct rlimit limit = {.rlim_cur = N_DESCRIPTORS, .rlim_max = N_DESCRIPTORS};

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int count_ready(struct pollfd *clients, size_t n, int patience_ms)
{
    int r = poll(clients, n, patience_ms);

    ck_assert_int_ge(r, 0);
    return r;
}

/* Returns how many are answered when the server can take no more: it has said so when the last that it took
 * is answered and no other one follows. */
static int wait_until_full(struct pollfd *clients, size_t n)
{
    int n_ready = 0, n_before;

    do {
        n_before = n_ready;
        usleep(200000);
        n_ready = count_ready(clients, n, API_PATIENCE_S * 1000);
    } while (n_ready != n_before);
    return n_ready;
}

START_TEST(when_a_descriptor_becomes_free_who_waits_comes_in)
{
    struct pollfd clients[N_CROWD];
    int n_ready, i;

    limit_descriptors();
    api_server_start(&server, PATIENT, NULL);
    for (i = 0; i < N_CROWD; i++)
        clients[i] = (struct pollfd){.fd = ask_health(), .events = POLLIN};
    n_ready = wait_until_full(clients, ARRAY_LENGTH(clients));
    ck_assert_int_lt(n_ready, N_CROWD);
    for (i = 0; !(clients[i].revents & POLLIN); i++)
        ;
    close(clients[i].fd);
    clients[i].fd = -1;
    for (i = 0; i < N_CROWD; i++)
        if (clients[i].revents & POLLIN)
            clients[i].events = 0;
    ck_assert_msg(
        count_ready(clients, ARRAY_LENGTH(clients), API_PATIENCE_S * 1000) == 1, "nobody else comes in");
    for (i = 0; i < N_CROWD; i++)
        if (clients[i].fd >= 0)
            close(clients[i].fd);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-limits", 120, when_all_connections_end_at_once_the_next_is_accepted,
    when_one_of_the_watchers_leaves_who_waits_comes_in, when_a_descriptor_becomes_free_who_waits_comes_in)
