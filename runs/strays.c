/* Each turn kills only our own children, of which the kernel keeps a list. They are signalled before they are
 * reaped, and nobody else reaps them, so their numbers cannot have become those of strangers. Their children
 * are ours when they are dead, and are met in the next turn. That takes a turn for each generation, but needs
 * no walk through all of /proc, for which the loop has no time.
 *
 * A keeper that is killed leaves its watchman, who becomes a stray and is just killing the rest, faster and
 * more surely than it can be done from here. So strays have some time to end by themselves, and are killed
 * after it. */
#include "runs/strays.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/kill.h"
#include "base/log.h"
#include "base/text.h"

enum {
    GRACE_MS = 1000,    /* for a watchman, which needs a few milliseconds */
    GIVE_UP_MS = 10000, /* processes that even SIGKILL does not end, or that multiply faster than they die */
    FIRST_PAUSE_MS = 2, /* to the next look; doubles from one to the next */
    LAST_PAUSE_MS = 64,
    MAX_LIST = 1 << 20, /* bytes */
};

int strays_adopt(void)
{
    return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? -errno : 0;
}

void strays_init(Strays *strays, uv_loop_t *loop)
{
    *strays = (Strays){.hunting = false};
    uv_timer_init(loop, &strays->timer);
}

/* A process that is looked for among those that libuv has started. */
typedef struct Sought {
    pid_t pid;
    bool found;
} Sought;

/* A handle is active until libuv has reaped its process: after that the number may be anybody's. */
static void stray_compare_handle(uv_handle_t *handle, void *data)
{
    Sought *sought = data;

    if (uv_handle_get_type(handle) == UV_PROCESS && uv_is_active(handle) &&
        uv_process_get_pid((uv_process_t *)handle) == sought->pid)
        sought->found = true;
}

/* A guard has a session of its own, and so have all below it. What is a child in the server's session was
 * there before the server: it was started by the shell that became the server, as "sleep 9 & exec gilscope"
 * does. */
static bool pid_is_stray(uv_loop_t *loop, pid_t pid)
{
    Sought sought = {.pid = pid};

    if (getsid(pid) == getsid(0))
        return false;
    uv_walk(loop, stray_compare_handle, &sought);
    return !sought.found;
}

/* Each thread of ours has a list of the children that are its own. Returns whether there was a stray. One
 * that is reaped here counts too: its children may have become ours in a list that was read before. */
static bool strays_visit_list(uv_loop_t *loop, const char *path, bool may_kill)
{
    auto_free char *text = NULL;
    size_t length;
    bool any = false;
    int used;
    pid_t pid;

    if (text_read_file(path, MAX_LIST, &text, &length) < 0)
        return false;
    for (const char *at = text; sscanf(at, "%d%n", &pid, &used) == 1; at += used) {
        if (!pid_is_stray(loop, pid))
            continue;
        any = true;
        if (waitpid(pid, NULL, WNOHANG | __WALL) == 0 && may_kill)
            kill_with_group(pid, getsid(0));
    }
    return any;
}

static bool strays_visit(uv_loop_t *loop, bool may_kill)
{
    DIR *threads = opendir("/proc/self/task");
    const struct dirent *thread;
    bool any = false;

    while (threads && (thread = readdir(threads))) {
        auto_free char *path = text_printf("/proc/self/task/%s/children", thread->d_name);

        if (thread->d_name[0] != '.' && strays_visit_list(loop, path, may_kill))
            any = true;
    }
    if (threads)
        closedir(threads);
    return any;
}

static void strays_on_turn(uv_timer_t *timer)
{
    Strays *strays = timer->data;
    uint64_t ms = uv_now(timer->loop) - strays->started_ms;
    bool any = strays_visit(timer->loop, ms >= GRACE_MS);

    if (any && ms < GIVE_UP_MS) {
        uv_timer_start(timer, strays_on_turn, strays->pause_ms, 0);
        if (strays->pause_ms < LAST_PAUSE_MS)
            strays->pause_ms *= 2;
        return;
    }
    if (any)
        log_error("strays_left", log_number("waited_ms", (int64_t)ms));
    strays->hunting = false;
    strays->gone(strays->data);
}

void strays_hunt(Strays *strays, void (*gone)(void *data), void *data)
{
    strays->gone = gone;
    strays->data = data;
    strays->hunting = true;
    strays->pause_ms = FIRST_PAUSE_MS;
    strays->started_ms = uv_now(strays->timer.loop);
    strays->timer.data = strays;
    uv_timer_start(&strays->timer, strays_on_turn, 0, 0);
}

void strays_close(Strays *strays, uv_close_cb closed, void *data)
{
    strays->timer.data = data;
    uv_close((uv_handle_t *)&strays->timer, closed);
}
