#include "base/kill.h"

#include <signal.h>
#include <unistd.h>

void kill_with_group(pid_t pid, pid_t own_session)
{
    pid_t session = getsid(pid), group = getpgid(pid);

    if (session > 0 && session != own_session && group > 1)
        kill(-group, SIGKILL);
    else
        kill(pid, SIGKILL);
}
