#include "tests/bench/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"

enum { PATIENCE_S = 120, HEAD_SIZE = 8192 };

void client_answer_finish(ClientAnswer *answer)
{
    free(answer->body);
    *answer = (ClientAnswer){0};
}

int client_connect(int port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

    if (fd < 0)
        return bench_fail("no socket: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        close(fd);
        return bench_fail("port %d: %s", port, strerror(errno));
    }
    return fd;
}

int client_send(int fd, const char *method, const char *path, const char *headers)
{
    char request[2048];
    int length = snprintf(
        request, sizeof(request), "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", method, path, headers);

    if (length < 0 || (size_t)length >= sizeof(request))
        return bench_fail("the request is too long");
    return text_write_fd(fd, request, (size_t)length) < 0 ? bench_fail("the server hung up") : 0;
}

/* The value of a header line, up to its end; "" if there is none. The head ends in NUL. */
static void read_header(const char *head, const char *name, char *ret, size_t size)
{
    const char *line = strcasestr(head, name);

    ret[0] = '\0';
    if (line) {
        line += strlen(name);
        snprintf(ret, size, "%.*s", (int)strcspn(line, "\r\n"), line);
    }
}

/* What there is of the body must not be taken for headers, so they are looked for in a copy without it. */
static void read_headers(
    const char *head, size_t head_length, ClientAnswer *answer, char *length_text, size_t size)
{
    auto_free char *lines = strndup(head, head_length);

    read_header(lines, "\r\nContent-Length: ", length_text, size);
    read_header(lines, "\r\nContent-Type: ", answer->type, sizeof(answer->type));
    read_header(lines, "\r\nContent-Encoding: ", answer->encoding, sizeof(answer->encoding));
}

/* Reads until there is a whole head, and perhaps the beginning of the body. Returns how much was read, or a
 * negative number. */
static ssize_t receive_head(int fd, char *head, size_t *ret_head_length)
{
    size_t length = 0;

    while (length < HEAD_SIZE - 1) {
        ssize_t n = recv(fd, head + length, HEAD_SIZE - 1 - length, 0);
        char *end;

        if (n <= 0)
            return -1;
        length += (size_t)n;
        head[length] = '\0';
        end = strstr(head, "\r\n\r\n");
        if (end) {
            *ret_head_length = (size_t)(end - head) + 4;
            return (ssize_t)length;
        }
    }
    return -1;
}

static int receive_body(int fd, char *body, size_t length)
{
    while (length > 0) {
        ssize_t n = recv(fd, body, length, 0);

        if (n <= 0)
            return -1;
        body += n;
        length -= (size_t)n;
    }
    return 0;
}

int client_receive(int fd, ClientAnswer *ret)
{
    auto_client_answer ClientAnswer answer = {0};
    char head[HEAD_SIZE], text[32];
    size_t head_length, have;
    ssize_t n = receive_head(fd, head, &head_length);

    if (n < 0 || sscanf(head, "HTTP/1.1 %d", &answer.status) != 1)
        return bench_fail("no answer");
    have = (size_t)n - head_length;
    read_headers(head, head_length, &answer, text, sizeof(text));
    answer.length = strtoul(text, NULL, 10);
    if (!text[0] || have > answer.length)
        return bench_fail("an answer that does not say its length");
    answer.body = malloc(answer.length + 1);
    if (!answer.body)
        return bench_fail("no memory");
    memcpy(answer.body, head + head_length, have);
    answer.body[answer.length] = '\0';
    if (receive_body(fd, answer.body + have, answer.length - have) < 0)
        return bench_fail("the server hung up");
    *ret = answer;
    answer = (ClientAnswer){0};
    return 0;
}

int client_get(int fd, const char *path, const char *headers, ClientAnswer *ret)
{
    ClientAnswer answer;

    if (client_send(fd, "GET", path, headers) < 0 || client_receive(fd, &answer) < 0)
        return -1;
    if (answer.status != 200) {
        int status = answer.status;

        client_answer_finish(&answer);
        return bench_fail("GET %s: status %d", path, status);
    }
    *ret = answer;
    return 0;
}

int client_open(int port)
{
    auto_client_answer ClientAnswer answer = {0};
    int fd = client_connect(port);

    if (fd >= 0 && client_get(fd, "/healthz", "", &answer) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}
