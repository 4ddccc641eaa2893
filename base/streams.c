/* A program that is started with its standard output closed gets 1 for the first file that it opens, and
 * whatever it prints goes into that file: a database, for one. So the three numbers are taken before anything
 * else is opened. */
#include "base/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* open(2) always gives the lowest number that is free, so opening again and again fills the gaps among 0, 1
 * and 2 in their order. The first number above them says that there is no gap left; that one is closed
 * again. These are the only descriptors without close-on-exec: children are to inherit them. */
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

    /* An earlier write may have failed long before this one: fflush() does not tell, but ferror() remembers,
     * without the reason. */
    errno = 0;
    if (fflush(stdout) != 0)
        r = errno ? -errno : -EIO;
    else if (ferror(stdout))
        r = -EIO;
    if (r < 0)
        fprintf(stderr, "%s: the output was lost: %s\n", program, strerror(-r));
    return r;
}
