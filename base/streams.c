#include "base/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void streams_fill(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int streams_finish(const char *program)
{
    int r = 0;

    errno = 0;
    if (fflush(stdout) != 0)
        r = errno ? -errno : -EIO;
    else if (ferror(stdout))
        r = -EIO;
    if (r < 0)
        fprintf(stderr, "%s: the output was lost: %s\n", program, strerror(-r));
    return r;
}
