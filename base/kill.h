/* Killing a process that descends from us, together with its group where that is safe. */
#pragma once

#include <sys/types.h>

/* Sends SIGKILL. A session is inherited by fork and left by setsid() only. So in another session than ours
 * there are only descendants, and the whole group may go at once, so that nobody escapes by forking. In our
 * own session, whose number is own_session, a group may have strangers in it, such as our own parent: there
 * only the one process is killed. */
void kill_with_group(pid_t pid, pid_t own_session);
