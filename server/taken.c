/* The count is younger than the struct in the C library's header, so the kernel's own header is used. The two
 * cannot be included together, and libuv includes the other one: hence a file for one function. */
#include "server/taken.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

uint64_t taken_bytes(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof(info);

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
        return 0;
    return info.tcpi_bytes_acked;
}
