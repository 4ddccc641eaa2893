/* One socket for one address. "::" takes IPv4 clients too, where the kernel is set so; their addresses
 * are shown as IPv4 in http-exchange.c. */
#include "server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/text.h"

/* Connections that the kernel keeps while the server is busy, or at its limit: a whole room that presses the
 * button at once must not be refused. The kernel lowers it to net.core.somaxconn. */
enum { BACKLOG = 4096 };

static int listen_port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int listen_open(const char *bind_to, int64_t port, int *ret_port)
{
    const struct addrinfo hints = {
        .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    auto_free char *service = text_printf("%lld", (long long)port);
    struct addrinfo *address;
    auto_close int fd = -1;
    int r, on = 1;

    if (getaddrinfo(bind_to, service, &hints, &address) != 0)
        return -EADDRNOTAVAIL;
    /* Close-on-exec, so that no runtime holds the port when the server is gone; not blocking, as
     * libmicrohttpd accepts until there is nothing more. */
    fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    r = fd < 0 ? -errno : 0;
    /* Connections that linger from the last server do not keep this one from starting. */
    if (r == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
        r = -errno;
    if (r == 0 && bind(fd, address->ai_addr, address->ai_addrlen) < 0)
        r = -errno;
    freeaddrinfo(address);
    if (r == 0 && listen(fd, BACKLOG) < 0)
        r = -errno;
    if (r < 0)
        return r;
    r = listen_port_of(fd);
    if (r < 0)
        return r;
    *ret_port = r;
    return take_fd(&fd);
}

char *listen_url(const char *bind_to, int port)
{
    return text_printf(strchr(bind_to, ':') ? "http://[%s]:%d/" : "http://%s:%d/", bind_to, port);
}
