#include "server/health.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "server/config-host.h"

/* By a client of three lines, so that a container's check every few seconds costs no library. "localhost" is
 * a name that every server accepts, whatever server.hosts says. */
static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static int health_connect(const char *address_text, int64_t port)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    /* For each single step of the conversation. A check that hangs would be worse than one that fails. */
    const struct timeval patience = {.tv_sec = 3};
    auto_free char *service = text_printf("%lld", (long long)port);
    struct addrinfo *address;
    auto_close int fd = -1;
    int r = 0;

    if (getaddrinfo(address_text, service, &hints, &address) != 0)
        return -EADDRNOTAVAIL;
    fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
        connect(fd, address->ai_addr, address->ai_addrlen) < 0)
        r = -errno;
    freeaddrinfo(address);
    return r < 0 ? r : take_fd(&fd);
}

/* The answer is read to its end, which "Connection: close" makes the end of the connection. A time limit
 * of the socket shows as EAGAIN. */
int health_ask(const char *bind_to, int64_t port)
{
    auto_close int fd = health_connect(host_reachable(bind_to), port);
    auto_free char *answer = NULL;
    size_t length;
    int r;

    if (fd < 0)
        return fd;
    r = text_write_fd(fd, request, sizeof(request) - 1);
    if (r == 0)
        r = text_read_fd(fd, 65536, &answer, &length);
    if (r == -EAGAIN)
        return -ETIMEDOUT;
    if (r < 0)
        return r;
    return strncmp(answer, "HTTP/1.1 200 ", 13) == 0 ? 0 : -EPROTO;
}
