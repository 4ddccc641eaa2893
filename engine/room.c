/* The limits: kernel.pid_max and kernel.threads-max of the machine, pids.max and the memory limit of the
 * control groups (a container has both), RLIMIT_NPROC, which counts all threads of the user and does not bind
 * root, and the machine's memory.
 *
 * Each is asked in turn and the tightest counts, with its name: "only 3200 threads" helps nobody, "pids.max"
 * says what to change. A limit that cannot be read is INT64_MAX, and so no limit. */
#include "engine/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/machine.h"
#include "base/text.h"

/* How many there may be, and what allows no more. */
typedef struct Room {
    int64_t most;
    const char *what; /* the limit */
} Room;

/* Keeps the tighter of two limits. */
static void bound(Room *room, int64_t most, const char *what)
{
    if (most < room->most)
        *room = (Room){most, what};
}

/* Of a limit on numbers some stay free: a tenth, and at least so many. */
static int64_t less_reserve(int64_t limit, int64_t least)
{
    return limit - (limit / 10 > least ? limit / 10 : least);
}

/* The number at the beginning of a file; INT64_MAX if there is none. */
static int64_t number_in(const char *root, const char *name)
{
    auto_free char *path = text_printf("%s%s", root, name);
    auto_file FILE *file = fopen(path, "re");
    char line[256];

    return file && fgets(line, sizeof(line), file) ? strtoll(line, NULL, 10) : INT64_MAX;
}

/* The fourth word of "0.20 0.18 0.12 1/80 11206": of all threads of the machine so many are running. */
static int64_t threads_in_use(const char *root)
{
    auto_free char *path = text_printf("%s/proc/loadavg", root);
    auto_file FILE *file = fopen(path, "re");
    long long n_threads;

    return file && fscanf(file, "%*f %*f %*f %*d/%lld", &n_threads) == 1 ? n_threads : 0;
}

/* Threads have process numbers, too, so all of these bound threads and processes alike. What is in use is
 * taken off only if it is asked for now: the catalog tells what the machine can ever do, a cell what it can
 * do at this moment. How many threads of the user there are stands nowhere, so RLIMIT_NPROC is taken as it
 * is. */
static void bound_by_numbers(const char *root, Room *room, bool now)
{
    enum { MACHINE_RESERVE = 1000, GROUP_RESERVE = 16 };
    int64_t used = now ? threads_in_use(root) : 0, left;
    const char *in_use = now ? "pids.current" : NULL;
    struct rlimit limit;
    Cgroup cgroup;

    left = number_in(root, "/proc/sys/kernel/pid_max");
    bound(room, less_reserve(left, MACHINE_RESERVE) - used, "process numbers (kernel.pid_max)");
    left = number_in(root, "/proc/sys/kernel/threads-max");
    bound(room, less_reserve(left, MACHINE_RESERVE) - used, "threads (kernel.threads-max)");
    if (geteuid() != 0 && getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur < INT64_MAX)
        bound(room, less_reserve((int64_t)limit.rlim_cur, GROUP_RESERVE), "threads (RLIMIT_NPROC)");
    cgroup_find_controller(root, "pids", &cgroup);
    left = cgroup_left(&cgroup.v1, "pids.max", in_use);
    bound(room, less_reserve(left, GROUP_RESERVE), "process numbers (pids.max)");
    left = cgroup_left(&cgroup.v2, "pids.max", in_use);
    bound(room, less_reserve(left, GROUP_RESERVE), "process numbers (pids.max)");
}

int64_t room_memory(void)
{
    return machine_memory("", true, NULL);
}

/* Half of the memory is kept free, because threads that fill it bring the machine to swap, and then it is no
 * longer measurable and hardly usable. */
int64_t room_for_tasks(const char *root, uint64_t bytes_each, bool now, char reason[static ROOM_REASON_SIZE])
{
    Room room = {INT64_MAX, ""};
    const char *limit;
    int64_t memory = machine_memory(root, now, &limit);

    bound_by_numbers(root, &room, now);
    bound(&room, memory / 2 / (int64_t)bytes_each, limit);
    snprintf(reason, ROOM_REASON_SIZE, "the rest of the %s stays free for the machine", room.what);
    return room.most > 1 ? room.most : 1;
}
