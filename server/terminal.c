#include "server/terminal.h"

#include <fcntl.h>
#include <unistd.h>

/* /dev/tty is the controlling terminal, whatever the standard descriptors are. It cannot be opened where
 * there is none, nor when the other side of it is gone. */
bool terminal_is_there(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}
