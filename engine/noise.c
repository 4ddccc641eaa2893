/* Busy time is taken from idle time: idle time is counted exactly on kernels that stop the tick of an idle
 * CPU (all usual ones), while user and system time are guessed at each tick from what happens to run just
 * then, which can charge a whole tick to a process that woke for a moment. */
#include "engine/noise.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* A line for each CPU, and one with the count of every interrupt. */
enum { MAX_STAT = 4 << 20 };

int noise_parse_stat(const char *text, NoiseCpuTimes *ret)
{
    unsigned long long user, nice, system, idle, disk, hard, soft, steal = 0;
    nsec_t tick = NSEC_PER_SEC / (nsec_t)sysconf(_SC_CLK_TCK);
    NoiseCpuTimes times = {0};

    if (sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &disk,
            &hard, &soft, &steal) < 7 ||
        user + nice + system + idle == 0)
        return -EINVAL;
    for (const char *line = text; (line = strstr(line, "\ncpu")); line += 4)
        times.n_cpus += line[4] >= '0' && line[4] <= '9';
    if (times.n_cpus == 0)
        return -EINVAL;
    times.idle = (idle + disk) * tick;
    times.interrupts = (hard + soft) * tick;
    times.steal = steal * tick;
    *ret = times;
    return 0;
}

/* Some of these figures may go back a little. */
static double since(nsec_t before, nsec_t after)
{
    return after > before ? (double)(after - before) : 0;
}

Noise noise_between(const NoiseReading *before, const NoiseReading *after)
{
    double span = since(before->at, after->at), all = span * after->cpu.n_cpus;
    double steal = since(before->cpu.steal, after->cpu.steal);
    double ours = since(before->run, after->run) + since(before->friends, after->friends);
    double unused = since(before->cpu.idle, after->cpu.idle) + steal +
                    since(before->cpu.interrupts, after->cpu.interrupts);

    return (Noise){
        .span = (nsec_t)span,
        .foreign_cpu = all > 0 ? (all - unused - ours) / all : 0,
        .steal = all > 0 ? steal / all : 0,
        .throttled = (nsec_t)since(before->throttled, after->throttled),
    };
}

/* Of this process and of its children that were waited for; with them goes all that they had waited for. */
static nsec_t run_cpu(void)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return nsec_read_clock(CLOCK_PROCESS_CPUTIME_ID) +
           (nsec_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
           (nsec_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NSEC_PER_USEC;
}

/* A process has a clock that others may read, to the nanosecond; /proc/PID/stat has ticks. A friend that has
 * ended keeps what it had. */
static nsec_t friends_cpu(NoiseMeter *meter)
{
    nsec_t sum = 0;

    for (size_t i = 0; i < meter->n_friends; i++) {
        struct timespec used;
        clockid_t clock;

        if (clock_getcpuclockid(meter->friends[i], &clock) == 0 && clock_gettime(clock, &used) == 0 &&
            nsec_from_timespec(&used) > meter->friend_cpu[i])
            meter->friend_cpu[i] = nsec_from_timespec(&used);
        sum += meter->friend_cpu[i];
    }
    return sum;
}

static bool read_now(NoiseMeter *meter, NoiseReading *ret)
{
    auto_free char *text = NULL;
    size_t length;
    int r;

    r = text_read_file("/proc/stat", MAX_STAT, &text, &length);
    if (r < 0)
        return false;
    ret->at = nsec_now();
    ret->run = run_cpu();
    ret->friends = friends_cpu(meter);
    ret->throttled = cgroup_throttled(&meter->cgroup);
    return noise_parse_stat(text, &ret->cpu) == 0;
}

void noise_start(NoiseMeter *meter, const pid_t *friends, size_t n_friends)
{
    assert(n_friends <= NOISE_MAX_FRIENDS);
    *meter = (NoiseMeter){.n_friends = n_friends};
    memcpy(meter->friends, friends, n_friends * sizeof(*friends));
    cgroup_find("", &meter->cgroup);
    meter->works = read_now(meter, &meter->last);
}

bool noise_take(NoiseMeter *meter, Noise *ret)
{
    NoiseReading now;

    if (!meter->works || !read_now(meter, &now))
        return false;
    *ret = noise_between(&meter->last, &now);
    meter->last = now;
    return true;
}
