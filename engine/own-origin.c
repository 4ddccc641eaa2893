/* The origin lives as long as a pipe to it is open. If this process dies, in whatever way, the kernel closes
 * the pipe and the origin ends: nobody has to be left to tell it. That is safer than a signal at the end,
 * which a process that crashes never sends. */
#include "engine/own-origin.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/sibling.h"

/* The pipes are close-on-exec, and the two ends that the origin needs become its 0 and 1, which are not. So
 * it does not inherit our end of its own input, with which it would wait for itself for ever. */
static int own_origin_spawn(const char *path, int input, int output, pid_t *ret)
{
    char *const argv[] = {(char *)"gilscope-origin", NULL};
    posix_spawn_file_actions_t actions;
    int r;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    r = posix_spawn(ret, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

/* The origin says in one line where it listens, at once. If it ends without a word, the read comes to the end
 * of the pipe, since our copy of its output was closed. One that only says nothing is not waited for. */
static json_t *own_origin_read_ports(int fd)
{
    enum { START_MS = 10000 };
    auto_file FILE *file = fdopen(fd, "r");
    struct pollfd said = {.fd = fd, .events = POLLIN};
    json_auto_t *ready = NULL;
    char line[1024];

    if (!file || poll(&said, 1, START_MS) != 1 || !fgets(line, sizeof(line), file))
        return NULL;
    ready = json_loads(line, 0, NULL);
    if (!json_is_array(json_object_get(ready, "ports")))
        return NULL;
    return json_pack("{s:O}", "ports", json_object_get(ready, "ports"));
}

int own_origin_start(OwnOrigin *origin, json_t **ret_ports)
{
    auto_free char *path = sibling_find("origin", "gilscope-origin");
    int input[2], output[2], r;

    if (!path)
        return -ENOENT;
    if (pipe2(input, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(output, O_CLOEXEC) < 0) {
        r = -errno;
        close(input[0]);
        close(input[1]);
        return r;
    }
    r = own_origin_spawn(path, input[0], output[1], &origin->pid);
    close(input[0]);
    close(output[1]);
    if (r < 0) {
        close(input[1]);
        close(output[0]);
        return r;
    }
    origin->stdin_fd = input[1];
    *ret_ports = own_origin_read_ports(output[0]);
    if (*ret_ports)
        return 0;
    own_origin_stop(origin);
    return -EIO;
}

/* It is waited for, so that no zombie stays and its ports are free. It would end with its pipe, but not if
 * somebody has stopped it; and it has nothing to finish. */
void own_origin_stop(OwnOrigin *origin)
{
    if (origin->pid == 0)
        return;
    close(origin->stdin_fd);
    kill(origin->pid, SIGKILL);
    while (waitpid(origin->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *origin = (OwnOrigin){0};
}
