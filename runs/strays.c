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

#include "base/cgroup-runs.h"
#include "base/cleanup.h"
#include "base/kill.h"
#include "base/log.h"
#include "base/text.h"

enum {
    GRACE_MS = 1000,    /* for a watchman, which needs a few milliseconds */
    GIVE_UP_MS = 10000, /* processes that even SIGKILL does not end, or that multiply faster than they die */
    GROUP_MS = 1000,    /* for the kernel to let go of a control group whose last process is dead */
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

/* The group of the guard that was killed can go when the last stray is dead. */
static bool strays_leave_a_group(void)
{
    Cgroup found;

    cgroup_runs_find("", &found);
    return cgroup_runs_sweep(&found) > 0;
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

static bool pid_is_of_loop(uv_loop_t *loop, pid_t pid)
{
    Sought sought = {.pid = pid};

    uv_walk(loop, stray_compare_handle, &sought);
    return sought.found;
}

typedef enum Deed {
    DEED_REAP,  /* all that are dead */
    DEED_AWAIT, /* strays only, and say whether there were any */
    DEED_KILL,  /* the same, and kill those that live */
} Deed;

/* A guard has a session of its own, and so have all below it. What is a child in the server's session was
 * there before the server: it was started by the shell that became the server, as "sleep 9 & exec gilscope"
 * does. So it is no stray, but it has nobody else who would reap it. */
static bool stray_visit(uv_loop_t *loop, pid_t pid, Deed deed)
{
    if (pid_is_of_loop(loop, pid) || (deed != DEED_REAP && getsid(pid) == getsid(0)))
        return false;
    if (waitpid(pid, NULL, WNOHANG | __WALL) == 0 && deed == DEED_KILL)
        kill_with_group(pid, getsid(0));
    return true;
}

/* Each thread of ours has a list of the children that are its own. Returns whether there was a stray. One
 * that is reaped here counts too: its children may have become ours in a list that was read before. */
static bool strays_visit_list(uv_loop_t *loop, const char *path, Deed deed)
{
    auto_free char *text = NULL;
    size_t length;
    bool any = false;
    char *end;

    if (text_read_file(path, MAX_LIST, &text, &length) < 0)
        return false;
    /* Not by sscanf(), which measures all that is left each time. */
    for (const char *at = text;; at = end) {
        long pid = strtol(at, &end, 10);

        if (end == at)
            return any;
        if (stray_visit(loop, (pid_t)pid, deed))
            any = true;
    }
}

static bool strays_visit(uv_loop_t *loop, Deed deed)
{
    DIR *threads = opendir("/proc/self/task");
    const struct dirent *thread;
    bool any = false;

    while (threads && (thread = readdir(threads))) {
        auto_free char *path = text_printf("/proc/self/task/%s/children", thread->d_name);

        if (thread->d_name[0] != '.' && strays_visit_list(loop, path, deed))
            any = true;
    }
    if (threads)
        closedir(threads);
    return any;
}

void strays_reap(uv_loop_t *loop)
{
    strays_visit(loop, DEED_REAP);
}

static void strays_on_turn(uv_timer_t *timer)
{
    Strays *strays = timer->data;
    uint64_t ms = uv_now(timer->loop) - strays->started_ms;
    bool any = strays_visit(timer->loop, ms < GRACE_MS ? DEED_AWAIT : DEED_KILL);

    if (any && ms < GIVE_UP_MS) {
        uv_timer_start(timer, strays_on_turn, strays->pause_ms, 0);
        if (strays->pause_ms < LAST_PAUSE_MS)
            strays->pause_ms *= 2;
        return;
    }
    if (any)
        log_error("strays_left", log_number("waited_ms", (int64_t)ms));
    if (!any && ms < GROUP_MS && strays_leave_a_group()) {
        uv_timer_start(timer, strays_on_turn, LAST_PAUSE_MS, 0);
        return;
    }
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
