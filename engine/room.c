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

/* The first number after a word in a file (NULL: at its beginning), or otherwise. */
static int64_t number_in(const char *path, const char *after, int64_t otherwise)
{
    auto_file FILE *file = fopen(path, "re");
    char line[256];
    size_t skip = after ? strlen(after) : 0;

    while (file && fgets(line, sizeof(line), file))
        if (!after || strncmp(line, after, skip) == 0)
            return strtoll(line + skip, NULL, 10);
    return otherwise;
}

/* The fourth word of "0.20 0.18 0.12 1/80 11206": of all threads of the machine so many are running. */
static int64_t threads_in_use(void)
{
    auto_file FILE *file = fopen("/proc/loadavg", "re");
    long long n_threads;

    return file && fscanf(file, "%*f %*f %*f %*d/%lld", &n_threads) == 1 ? n_threads : 0;
}

/* Threads have process numbers, too, so all of these bound threads and processes alike. What is in use is
 * taken off only if it is asked for now: the catalog tells what the machine can ever do, a cell what it can
 * do at this moment. How many threads of the user there are stands nowhere, so RLIMIT_NPROC is taken as it
 * is. */
static void bound_by_numbers(Room *room, bool now)
{
    enum { MACHINE_RESERVE = 1000, GROUP_RESERVE = 16 };
    int64_t used = now ? threads_in_use() : 0, left;
    const char *in_use = now ? "pids.current" : NULL;
    struct rlimit limit;
    Cgroup cgroup;

    left = number_in("/proc/sys/kernel/pid_max", NULL, INT64_MAX);
    bound(room, less_reserve(left, MACHINE_RESERVE) - used, "process numbers (kernel.pid_max)");
    left = number_in("/proc/sys/kernel/threads-max", NULL, INT64_MAX);
    bound(room, less_reserve(left, MACHINE_RESERVE) - used, "threads (kernel.threads-max)");
    if (geteuid() != 0 && getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur < INT64_MAX)
        bound(room, less_reserve((int64_t)limit.rlim_cur, GROUP_RESERVE), "threads (RLIMIT_NPROC)");
    cgroup_find_controller("", "pids", &cgroup);
    left = cgroup_left(&cgroup.v1, "pids.max", in_use);
    bound(room, less_reserve(left, GROUP_RESERVE), "process numbers (pids.max)");
    left = cgroup_left(&cgroup.v2, "pids.max", in_use);
    bound(room, less_reserve(left, GROUP_RESERVE), "process numbers (pids.max)");
}

/* In bytes. /proc/meminfo counts kilobytes. MemAvailable is what programs can have without swapping; MemFree
 * would leave out the page cache, which the kernel gives back when it is asked. */
static Room memory_left(bool now)
{
    int64_t left = number_in("/proc/meminfo", now ? "MemAvailable:" : "MemTotal:", INT64_MAX / 1024) * 1024;
    Room memory = {left, "memory"};
    Cgroup cgroup;

    cgroup_find_controller("", "memory", &cgroup);
    left = cgroup_left(&cgroup.v1, "memory.limit_in_bytes", now ? "memory.usage_in_bytes" : NULL);
    bound(&memory, left, "memory (memory.limit_in_bytes)");
    left = cgroup_left(&cgroup.v2, "memory.max", now ? "memory.current" : NULL);
    bound(&memory, left, "memory (memory.max)");
    return memory;
}

int64_t room_memory(void)
{
    return memory_left(true).most;
}

/* Half of the memory is kept free, because threads that fill it bring the machine to swap, and then it is no
 * longer measurable and hardly usable. */
int64_t room_for_tasks(uint64_t bytes_each, bool now, char reason[static ROOM_REASON_SIZE])
{
    Room room = {INT64_MAX, ""}, memory = memory_left(now);

    bound_by_numbers(&room, now);
    bound(&room, memory.most / 2 / (int64_t)bytes_each, memory.what);
    snprintf(reason, ROOM_REASON_SIZE, "the rest of the %s stays free for the machine", room.what);
    return room.most > 1 ? room.most : 1;
}
